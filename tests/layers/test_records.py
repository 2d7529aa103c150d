"""The same row has the same body and digest, however it was handed over."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from layers.errors import InvalidRecord
from layers.records import RecordCodec
from layers.schema import layer_schema

FACILITIES = RecordCodec(layer_schema("care_facilities"))


def body(**row: object) -> str:
    return FACILITIES.body(FACILITIES.records([{"id": "a", "name": "甲", **row}])[0])


def test_a_body_is_sorted_and_leaves_nulls_out():
    point = shapely.Point(1, 2)
    assert body(beds=None, kind="station", geometry=point) == (
        f'{{"geometry":"{point.wkb.hex()}","id":"a","kind":"station","name":"甲"}}'
    )


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("beds", [3, 3.0, np.int64(3), np.float64(3)]),
        ("floor_area_m2", [2, 2.0, np.int32(2), np.float32(2)]),
        ("floor_area_m2", [0, 0.0, -0.0]),
        ("opened", ["2023-11-15", date(2023, 11, 15), pd.Timestamp("2023-11-15")]),
        ("services", [["助餐"], ("助餐",)]),
        ("operator", [None, "", float("nan"), pd.NA, pd.NaT, np.nan]),
        ("geometry", [None, shapely.Point(), shapely.Polygon()]),
    ],
)
def test_equal_values_have_one_body(field, values):
    assert len({body(**{field: value}) for value in values}) == 1


def test_every_character_of_a_name_is_kept():
    name = "<b>'\"𠮷 \u0301&;--"
    assert FACILITIES.records([{"name": name}])[0].values["name"] == name


def test_a_note_may_have_lines_and_a_name_may_not():
    body(note="一\n二\t三")
    with pytest.raises(InvalidRecord):
        body(name="一\n二")


def test_a_refused_value_with_unseen_characters_is_shown_escaped():
    with pytest.raises(InvalidRecord) as caught:
        body(name="东\u202e村")
    assert "“东\\u202e村”" in str(caught.value)


def test_the_id_of_a_past_period_ends_with_its_end():
    divisions = RecordCodec(layer_schema("divisions"))
    row = {"code": "140423101222", "valid_to": date(2020, 1, 1)}
    assert divisions.records([row])[0].id == "140423101222@2020-01-01"


def test_a_key_with_a_missing_part_is_refused():
    with pytest.raises(InvalidRecord, match="年份") as caught:
        RecordCodec(layer_schema("elders")).records([{"village_code": "140423100007"}])
    assert caught.value.where == "year"


finite = st.floats(allow_nan=False, allow_infinity=False, min_value=0)
text = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), min_size=1, max_size=40)
rows = st.fixed_dictionaries(
    {"name": text},
    optional={
        "beds": st.integers(0, 2**63 - 1),
        "floor_area_m2": finite,
        "opened": st.dates(),
        "note": text,
        "services": st.lists(st.sampled_from(["助餐", "助洁"])),
        "geometry": st.builds(shapely.Point, st.floats(-180, 180), st.floats(-90, 90)),
    },
)


@given(rows)
def test_a_record_survives_its_body(row):
    record = FACILITIES.records([row | {"id": "a"}])[0]
    again = FACILITIES.record_of(FACILITIES.body(record))
    assert FACILITIES.body(again) == FACILITIES.body(record)
    shape = None if again.wkb is None else shapely.from_wkb(again.wkb)
    back = FACILITIES.row_of({"id": "a", **again.values}, shape)
    assert {name: back[name] for name in row} == row
