"""GeoParquet that geopandas and DuckDB open: typed, located, described, nothing lost."""

from __future__ import annotations

import json
from datetime import date

import geopandas as gpd
import pyarrow.parquet as pq
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.exporters import export_layer
from layers.store import Actor, open_store
from tests.layers.exporters.test_round_trip import SITES

REVIEWER = Actor("reviewer", "reviewer")
SITE = {
    "name": "甲",
    "services": ["助餐", "助洁"],
    "opened": date(2020, 1, 2),
    "beds": 30,
    "quality": "synthetic",
    "source": "示意",
    "geometry": shapely.Point(113.25, 36.5),
}


def metadata(path, key=b"geo"):
    return json.loads(pq.read_metadata(path).metadata[key])


def test_the_metadata_are_those_of_the_standard(store, tmp_path):
    sites = [SITE, {"name": "乙"}, {**SITE, "name": "丙", "geometry": shapely.Point(113.5, 36)}]
    store.put("care_facilities", sites, actor=REVIEWER)
    path = tmp_path / "a.parquet"
    export_layer(store, "care_facilities", path)
    geo = metadata(path)
    assert (geo["version"], geo["primary_column"]) == ("1.1.0", "geometry")
    column = geo["columns"]["geometry"]
    assert (column["encoding"], column["geometry_types"]) == ("WKB", ["Point"])
    assert column["bbox"] == [113.25, 36.0, 113.5, 36.5]
    assert column["crs"]["id"] == {"authority": "EPSG", "code": 4490}
    about = metadata(path, b"xygeo")
    assert (about["title"], about["notice"]) == ("养老服务设施", "示意数据 非法定")


def test_geopandas_reads_types_lists_and_missing_places(store, tmp_path):
    store.put("care_facilities", [SITE, {"name": "乙"}], actor=REVIEWER)
    path = tmp_path / "a.parquet"
    export_layer(store, "care_facilities", path)
    frame = gpd.read_parquet(path)
    assert frame.crs.to_epsg() == 4490
    assert list(frame["services"][0]) == ["助餐", "助洁"]
    assert frame["opened"][0] == date(2020, 1, 2)
    assert frame.geometry[0] == SITE["geometry"]
    assert frame.geometry[1] is None
    schema = pq.read_schema(path)
    assert str(schema.field("beds").type) == "int64"
    assert str(schema.field("opened").type) == "date32[day]"


def test_a_layer_without_rows_is_valid_too(store, tmp_path):
    path = tmp_path / "a.parquet"
    export_layer(store, "divisions", path)
    column = metadata(path)["columns"]["geometry"]
    assert column["geometry_types"] == []
    assert "bbox" not in column
    assert len(gpd.read_parquet(path)) == 0


def test_hidden_counts_are_null_and_said(store, tmp_path):
    rows = [{"village_code": f"14042310000{n}", "year": 2020, "age80": n} for n in (3, 7)]
    store.put("elders", rows, actor=REVIEWER)
    path = tmp_path / "a.parquet"
    export_layer(store, "elders", path)
    table = pq.read_table(path).to_pydict()
    assert table["age80"] == [None, None]
    assert table["suppressed"] == [["age80"], ["age80"]]
    assert metadata(path, b"xygeo")["suppressed"] is True


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
    path = tmp_path_factory.getbasetemp() / "round.parquet"
    export_layer(store, "care_facilities", path)
    back = pq.read_table(path).to_pylist()
    stored = list(store.find("care_facilities"))
    for got, row in zip(back, stored, strict=True):
        assert shapely.from_wkb(got.pop("geometry")) == row["geometry"]
        assert got == {name: row[name] for name in got}


@pytest.fixture(scope="module")
def shared_store(tmp_path_factory):
    """One store for all examples: a store takes longer to make than an example to run."""
    path = tmp_path_factory.mktemp("store") / "county.gpkg"
    with open_store(f"gpkg:{path}", create=True, min_free_mb=0) as store:
        yield store
