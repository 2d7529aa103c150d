from __future__ import annotations

import geopandas as gpd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from layers.findings import UnreadableError
from layers.readers.parquet import read_parquet

SITES = gpd.GeoDataFrame(
    {"name": ["甲", None], "services": [["助餐"], None]},
    geometry=[shapely.Point(113, 36.5), None],
    crs="EPSG:4547",
)


def messages(path):
    return list(read_parquet(path, sheet=None, prefer="care_facilities"))


def test_geometry_crs_and_lists_are_read_as_the_file_says(tmp_path):
    SITES.to_parquet(tmp_path / "a.parquet", index=False)
    head, rows = messages(tmp_path / "a.parquet")
    assert (head["headings"], head["crs"], head["total"]) == (["name", "services"], "EPSG:4547", 2)
    assert rows["rows"] == [1, 2]
    assert rows["columns"] == [["甲", None], [["助餐"], None]]
    assert [wkb and shapely.from_wkb(wkb) for wkb in rows["wkb"]] == [
        shapely.Point(113, 36.5),
        None,
    ]


def test_the_columns_of_bounds_are_no_columns_of_the_layer(tmp_path):
    SITES.to_parquet(tmp_path / "a.parquet", index=False, write_covering_bbox=True)
    assert messages(tmp_path / "a.parquet")[0]["headings"] == ["name", "services"]


def test_a_plain_table_has_no_geometry_and_no_crs(tmp_path):
    pq.write_table(pa.table({"name": ["甲"], "lon": [113.0]}), tmp_path / "a.parquet")
    head, rows = messages(tmp_path / "a.parquet")
    assert (head["headings"], head["crs"], "wkb" in rows) == (["name", "lon"], None, False)


def test_a_geometry_that_is_no_wkb_is_refused(tmp_path):
    SITES.dropna().to_parquet(tmp_path / "a.parquet", geometry_encoding="geoarrow")
    with pytest.raises(UnreadableError, match="WKB"):
        messages(tmp_path / "a.parquet")


@pytest.mark.parametrize("keep", [4, 40, -20])
def test_a_cut_file_is_damaged(tmp_path, keep):
    path = tmp_path / "a.parquet"
    SITES.to_parquet(path)
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(UnreadableError, match="不是完整的 Parquet"):
        messages(path)
