import numpy as np
import pandas as pd
import pytest

from geo.errors import InputError
from geo.referral import referral_times

INF = np.inf


def table(rows, index, columns):
    return pd.DataFrame(rows, index=list(index), columns=list(columns), dtype=float)


DOOR = table([[60, 90], [120, 60], [INF, INF]], "abc", "st")
HOME = table([[600, 500], [INF, 700]], "st", "gh")
CENTRE = table([[300], [900]], "gh", "z")


def test_each_link_goes_to_the_nearest_of_the_next_level():
    times = referral_times(DOOR, HOME, CENTRE)
    assert times["station_id"].tolist() == ["s", "t", pd.NA]
    assert times["home_id"].tolist() == ["h", "h", pd.NA]
    assert times["centre_id"].tolist() == ["z", "z", pd.NA]
    assert times["referral_seconds"].tolist() == [1400, 1600, INF]
    assert times["total_seconds"].tolist() == [1460, 1660, INF]
    assert times["missing"].tolist() == [pd.NA, pd.NA, "station"]


def test_the_first_missing_link_is_named_and_what_comes_before_is_kept():
    no_home = referral_times(DOOR, HOME.iloc[:, :0], CENTRE.iloc[:0])
    assert no_home["missing"].tolist() == ["home", "home", "station"]
    assert no_home["door_seconds"].tolist() == [60, 60, INF]
    no_centre = referral_times(DOOR, HOME, CENTRE.iloc[:, :0])
    assert no_centre["missing"].tolist() == ["centre", "centre", "station"]
    assert no_centre["home_seconds"].tolist() == [500, 700, INF]
    assert no_centre["centre_id"].isna().all()


def test_no_station_at_all_is_the_missing_link_of_everybody():
    times = referral_times(DOOR.iloc[:, :0], HOME.iloc[:0], CENTRE)
    assert times["missing"].tolist() == ["station"] * 3


def test_equals_go_to_the_smaller_id_whatever_the_order():
    even = table([[5, 5]], "a", "ts")
    home = table([[1], [2]], "st", "g")
    assert referral_times(even, home, CENTRE.loc[["g"]])["station_id"].tolist() == ["s"]
    turned = referral_times(DOOR.iloc[::-1, ::-1], HOME.iloc[::-1, ::-1], CENTRE.iloc[::-1])
    pd.testing.assert_frame_equal(turned.iloc[::-1], referral_times(DOOR, HOME, CENTRE))


def test_tables_of_different_facilities_are_refused():
    with pytest.raises(InputError) as refused:
        referral_times(DOOR, HOME.iloc[:1], CENTRE)
    assert refused.value.code == "labels_unmatched"
