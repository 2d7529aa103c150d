"""FlatGeobuf: indexed where every feature has a place, and nothing lost."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.exporters import export_layer
from layers.exporters.cells import list_text
from layers.store import Actor, open_store
from tests.layers.exporters.test_round_trip import SITES

REVIEWER = Actor("reviewer", "reviewer")


def sites(count):
    return [{"name": f"站{i}", "geometry": shapely.Point(113 + i / 9, 36)} for i in range(count)]


def test_a_layer_with_places_is_indexed(store, tmp_path):
    store.put("care_facilities", sites(9), actor=REVIEWER)
    path = tmp_path / "a.fgb"
    export_layer(store, "care_facilities", path)
    info = pyogrio.read_info(path)
    assert (info["crs"], info["geometry_type"], info["features"]) == ("EPSG:4490", "Point", 9)
    assert info["capabilities"]["fast_spatial_filter"]
    assert info["layer_metadata"]["TITLE"] == "养老服务设施"
    assert gpd.read_file(path, bbox=(113.3, 35, 113.4, 37))["name"].tolist() == ["站3"]


def test_a_feature_without_place_is_kept(store, tmp_path):
    store.put("care_facilities", [*sites(1), {"name": "无位", "beds": 3}], actor=REVIEWER)
    path = tmp_path / "a.fgb"
    export_layer(store, "care_facilities", path)
    frame = gpd.read_file(path)
    assert frame["name"].tolist() == ["站0", "无位"]
    assert frame.geometry[1] is None


def test_kinds_may_be_mixed(store, tmp_path):
    base = {"name": "甲", "level": "county", "kind": "county", "legal": True}
    rows = [
        {**base, "code": "140423000000", "geometry": shapely.box(113, 36, 114, 37)},
        {**base, "code": "140424000000", "geometry": shapely.Point(1, 2)},
    ]
    store.put("divisions", rows, actor=REVIEWER)
    path = tmp_path / "a.fgb"
    export_layer(store, "divisions", path)
    frame = gpd.read_file(path).set_index("code")
    assert frame.geometry["140423000000"].equals(rows[0]["geometry"])
    assert frame.geometry["140424000000"] == rows[1]["geometry"]
    assert frame["legal"].tolist() == [True, True]


@pytest.mark.slow
@settings(max_examples=40)
@given(rows=st.lists(SITES, min_size=1, max_size=6))
def test_every_value_comes_back(shared_store, tmp_path_factory, rows):
    store = shared_store
    with store.batch(REVIEWER, "test"):
        store.delete(
            "care_facilities", [r["id"] for r in store.find("care_facilities")], actor=REVIEWER
        )
        store.put("care_facilities", rows, actor=REVIEWER, reason="test")
    path = tmp_path_factory.getbasetemp() / "round.fgb"
    export_layer(store, "care_facilities", path)
    back = gpd.read_file(path).set_index("id")
    stored = list(store.find("care_facilities"))
    assert len(back) == len(stored)
    for row in stored:
        got = back.loc[row["id"]]
        assert got.geometry == row["geometry"]
        for name in back.columns.drop("geometry"):
            value = None if pd.isna(got[name]) else got[name]
            assert (value.date() if isinstance(value, pd.Timestamp) else value) == _text(row[name])


def _text(value):
    return list_text(value) if isinstance(value, list) else value


@pytest.fixture(scope="module")
def shared_store(tmp_path_factory):
    """One store for all examples: a store takes longer to make than an example to run."""
    path = tmp_path_factory.mktemp("store") / "county.gpkg"
    with open_store(f"gpkg:{path}", create=True, min_free_mb=0) as store:
        yield store
