import numpy as np
import pytest

from geo.errors import NetworkError
from geo.modes import CAR_KMH, ETRIKE_MPS, MODES, require_mode


def test_speeds_are_those_of_the_table():
    car = MODES["car"].speeds_mps
    assert car["motorway"] == car["motorway_link"] == 100 / 3.6
    assert CAR_KMH["living_street"] == 10
    assert set(MODES["etrike"].speeds_mps.values()) == {ETRIKE_MPS}
    assert all(np.isnan(speed) for speed in MODES["walk"].speeds_mps.values())


def test_classes_are_those_of_the_table():
    classes = {mode: set(MODES[mode].speeds_mps) for mode in MODES}
    counts = {mode: len(names) for mode, names in classes.items()}
    assert counts == {"walk": 21, "etrike": 15, "car": 16}
    assert "motorway" not in classes["walk"] | classes["etrike"]
    assert "cycleway" not in classes["car"]
    assert "steps" not in classes["etrike"]


def test_walkers_are_not_bound_by_one_way_streets():
    assert [MODES[mode].oneway for mode in ("walk", "etrike", "car")] == [False, True, True]


def test_an_unknown_mode_is_refused():
    with pytest.raises(NetworkError, match="boat") as caught:
        require_mode("boat")
    assert caught.value.code == "unknown_mode"
