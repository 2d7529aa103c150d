"""A result never loses the worst quality and the sources of what it was made from."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import InputError
from layers.provenance import QUALITIES, Provenance, merge, provenance_of

some = st.builds(
    Provenance,
    st.sampled_from(QUALITIES),
    st.lists(st.sampled_from("abcd"), unique=True).map(tuple),
)


def test_the_worst_quality_wins_and_sources_keep_their_order():
    merged = merge(Provenance("surveyed", ("b", "a")), Provenance("approximate", ("a", "c")))
    assert merged == Provenance("approximate", ("b", "a", "c"))


@given(some, some, some)
def test_merging_is_associative_and_repeats_add_nothing(a, b, c):
    assert merge(merge(a, b), c) == merge(a, merge(b, c)) == merge(a, b, c)
    assert merge(a, a) == a


def test_merging_nothing_is_an_error():
    with pytest.raises(InputError):
        merge()


def test_one_synthetic_row_puts_the_notice_on_the_result():
    frame = pd.DataFrame({"quality": ["surveyed", "synthetic"], "source": ["甲", "示意"]})
    found = provenance_of(frame)
    assert found == Provenance("synthetic", ("甲", "示意"))
    assert found.notice == "示意数据 非法定"


def test_real_rows_carry_no_notice():
    assert Provenance("approximate").notice == ""


def test_missing_quality_counts_as_approximate_and_missing_source_adds_nothing():
    frame = pd.DataFrame({"quality": ["surveyed", None], "source": ["甲", None]})
    assert provenance_of(frame) == Provenance("approximate", ("甲",))
    assert provenance_of(pd.DataFrame({"a": [1]})) == Provenance("approximate", ())


def test_empty_frames_add_nothing():
    empty = pd.DataFrame({"quality": [], "source": []})
    full = pd.DataFrame({"quality": ["surveyed"], "source": ["甲"]})
    assert provenance_of(empty, full) == Provenance("surveyed", ("甲",))
    assert provenance_of() == Provenance("approximate", ())


def test_openstreetmap_is_attributed_with_its_licence_once():
    found = Provenance("approximate", ("OpenStreetMap 2024", "民政局", "heidelberg openstreetmap"))
    assert found.attributions == ("© OpenStreetMap contributors (ODbL)", "民政局")
    assert found.to_json()["source"] == "© OpenStreetMap contributors (ODbL)；民政局"


def test_an_unknown_quality_is_refused():
    with pytest.raises(InputError, match="best"):
        Provenance("best")
