"""Columns become typed columns; missing stays missing."""

from __future__ import annotations

import pandas as pd
import shapely

from layers.frames import frame_of
from layers.schema import layer_schema, parse_schema
from layers.store import Table

KINDS = ("text", "integer", "real", "boolean", "date", "datetime", "list")
SCHEMA = parse_schema(
    {
        "name": "things",
        "title": "物",
        "fields": {kind: {"title": kind, "type": kind} for kind in KINDS},
    }
)
FULL = ["甲", 2**53 + 1, 0.1, 1, "1912-01-01", "2024-06-30T08:00:00.000Z", '["a"]']


def frame(*rows: list) -> pd.DataFrame:
    columns = dict(zip(KINDS, map(list, zip(*rows, strict=True)), strict=True))
    ids = [str(i) for i in range(len(rows))]
    return frame_of(SCHEMA, Table({"id": ids, **columns}, [None] * len(rows)))


def test_values_arrive_exactly():
    row = frame(FULL).iloc[0]
    assert row["integer"] == 2**53 + 1
    assert row["boolean"] is True or bool(row["boolean"])
    assert row["date"] == pd.Timestamp("1912-01-01")
    assert row["datetime"] == pd.Timestamp("2024-06-30T08:00:00Z")
    assert row["list"] == ["a"]


def test_types_do_not_depend_on_what_is_missing():
    types = frame(FULL, [None] * 7).dtypes
    assert (frame(FULL).dtypes == types).all()
    assert (frame([None] * 7).dtypes == types).all()


def test_missing_values_are_missing():
    nothing = frame([None] * 7).drop(columns="geometry").iloc[0]
    assert nothing.isna().all()


def test_geometry_comes_first_and_in_order():
    points = [shapely.Point(1, 2), None, shapely.Point(3, 4)]
    table = Table({"id": ["a", "b", "c"]}, [p and p.wkb for p in points])
    found = frame_of(layer_schema("roads"), table)
    assert found.columns[0] == "geometry"
    assert found.geometry.tolist() == points
    assert found.crs.to_epsg() == 4490
