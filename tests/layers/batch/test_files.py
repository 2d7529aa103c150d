"""GeoParquet layers come out as the store would give them, or are refused with a reason."""

from __future__ import annotations

from datetime import date

import geopandas as gpd
import pandas as pd
import pytest

from geo.errors import InputError
from layers.batch.files import file_stamp, read_layer_file
from layers.errors import NotFound
from layers.exporters import export_layer
from layers.sample.province import province_county
from layers.store import Actor, open_store, read_frame
from tests.layers.batch.conftest import SMALL


@pytest.fixture
def elders(province):
    return gpd.read_parquet(province.parent / "990001" / "elders.parquet")


def refusal(frame, tmp_path, layer="elders"):
    frame.to_parquet(tmp_path / "x.parquet")
    with pytest.raises(InputError) as caught:
        read_layer_file(tmp_path / "x.parquet", layer)
    return caught.value


def test_an_exported_layer_reads_as_the_store_gives_it(tmp_path):
    county = province_county(SMALL, 1)
    with open_store(f"gpkg:{tmp_path / 's.gpkg'}", create=True) as store:
        for layer, rows in county.layers.items():
            store.put(layer, rows, actor=Actor("示意数据"))
            file = tmp_path / f"{layer}.parquet"
            export_layer(store, layer, file, full=True)
            expected = read_frame(store, layer).drop(
                columns=["version", "updated_at", "updated_by"]
            )
            found = read_layer_file(file, layer)[expected.columns]
            pd.testing.assert_frame_equal(found, expected)


def test_a_box_gives_what_touches_it_with_boxes_in_the_file_and_without(province, tmp_path):
    roads = province.parent / "roads.parquet"
    whole = gpd.read_parquet(roads)
    west, south, east, north = whole.total_bounds
    box = (west, south, (west + east) / 2, (south + north) / 2)
    whole.to_parquet(tmp_path / "plain.parquet")
    found = read_layer_file(roads, "roads", box=box)
    assert 0 < len(found) < len(whole)
    plain = read_layer_file(tmp_path / "plain.parquet", "roads", box=box)
    pd.testing.assert_frame_equal(found, plain)


def test_rows_of_another_day_are_left_out(elders, tmp_path):
    elders["valid_from"] = pd.Timestamp("2020-01-01")
    elders["valid_to"] = pd.NaT
    elders.loc[0, "valid_to"] = pd.Timestamp("2022-01-01")
    elders.to_parquet(tmp_path / "e.parquet")
    count = len(elders)
    for day, rows in (
        (None, count - 1),
        (date(2019, 12, 31), 0),
        (date(2020, 1, 1), count),
        (date(2022, 1, 1), count - 1),
    ):
        assert len(read_layer_file(tmp_path / "e.parquet", "elders", at=day)) == rows


def test_a_file_without_a_column_has_it_empty(elders, tmp_path):
    elders.drop(columns=["age80", "id"]).to_parquet(tmp_path / "e.parquet")
    found = read_layer_file(tmp_path / "e.parquet", "elders")
    assert found["age80"].isna().all()
    assert found["age80"].dtype == "Int64"
    assert found.index.is_unique


def test_wrong_files_are_refused(elders, tmp_path):
    assert refusal(elders.to_crs("EPSG:4547"), tmp_path).code == "file_crs"
    assert "两次" in str(refusal(pd.concat([elders, elders]), tmp_path))
    assert refusal(elders.assign(age60="many"), tmp_path).where == "age60"
    negative = refusal(elders.assign(age80=-1), tmp_path)
    assert negative.code == "file_rows"
    (tmp_path / "x.parquet").write_bytes(b"PAR1 and nothing more")
    with pytest.raises(InputError) as caught:
        read_layer_file(tmp_path / "x.parquet", "elders")
    assert caught.value.code == "file_unreadable"


def test_roads_without_end_nodes_are_refused(province, tmp_path):
    roads = gpd.read_parquet(province.parent / "roads.parquet").drop(columns="u")
    assert "起点节点" in str(refusal(roads, tmp_path, "roads"))


def test_a_missing_file_is_named(tmp_path):
    for ask in (file_stamp, lambda path: read_layer_file(path, "elders")):
        with pytest.raises(NotFound, match=r"no\.parquet") as caught:
            ask(tmp_path / "no.parquet")
        assert caught.value.code == "file_missing"


def test_a_stamp_changes_with_the_file(tmp_path):
    file = tmp_path / "a"
    file.write_bytes(b"1")
    before = file_stamp(file)
    assert file_stamp(file) == before
    file.write_bytes(b"12")
    assert file_stamp(file) != before
