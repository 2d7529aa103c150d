from __future__ import annotations

import contextlib
import sqlite3
from datetime import date

import numpy as np
import pyogrio
import pytest
import shapely

from layers.findings import UnreadableError
from layers.importers.child import read_in_child


@pytest.fixture
def path(tmp_path):
    pyogrio.raw.write(
        tmp_path / "in.gpkg",
        shapely.to_wkb(np.array([shapely.Point(113, 36), None])),
        [
            np.array(["甲", None], dtype=object),
            np.array([3, 4]),
            np.array([True, False]),
            np.array(["2020-01-02", "NaT"], dtype="datetime64[D]"),
        ],
        ["name", "beds", "legal", "opened"],
        layer="sites",
        driver="GPKG",
        crs="EPSG:4490",
        geometry_type="Point",
    )
    return tmp_path / "in.gpkg"


def test_values_keep_the_types_of_the_file(path):
    table = read_in_child("gpkg", path, sheet=None, prefer="care_facilities")
    assert (table.headings, table.crs, table.total) == (
        ("name", "beds", "legal", "opened"),
        "EPSG:4490",
        2,
    )
    chunk = next(table.chunks)
    assert chunk.rows == [1, 2]
    assert chunk.cells == {
        "name": ["甲", None],
        "beds": [3, 4],
        "legal": [True, False],
        "opened": [date(2020, 1, 2), None],
    }
    assert chunk.geometry.tolist() == [shapely.Point(113, 36), None]


def test_a_table_without_geometry_is_read_too(tmp_path):
    path = tmp_path / "in.gpkg"
    pyogrio.raw.write(
        path, None, [np.array([1, 2])], ["beds"], layer="t", driver="GPKG", geometry_type=None
    )
    chunk = next(read_in_child("gpkg", path, sheet=None, prefer="x").chunks)
    assert (chunk.cells, chunk.geometry) == ({"beds": [1, 2]}, None)


def test_a_layer_that_is_not_there_is_refused_with_those_that_are(path):
    with pytest.raises(UnreadableError, match="sites"):
        read_in_child("gpkg", path, sheet="other", prefer="x")


@pytest.mark.parametrize("keep", [0.2, 0.6, 0.95])
def test_a_truncated_file_is_refused(path, keep):
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * keep)])
    with pytest.raises(UnreadableError, match="不是完整的 GeoPackage"):
        list(read_in_child("gpkg", path, sheet=None, prefer="x").chunks)


ENDLESS = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(i) fid FROM n"
)


def change(path, *statements):
    with contextlib.closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def test_a_view_beside_the_layer_never_runs(path):
    change(
        path,
        f"CREATE VIEW endless AS {ENDLESS}",
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, last_change, srs_id)"
        " VALUES ('endless', 'attributes', 'endless', '2020-01-01T00:00:00.000Z', 0)",
    )
    table = read_in_child("gpkg", path, sheet="sites", prefer="x", seconds=20)
    assert sum(len(chunk.rows) for chunk in table.chunks) == 2


def test_a_view_is_no_layer(path):
    change(
        path,
        f"CREATE VIEW endless AS {ENDLESS}",
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, last_change, srs_id)"
        " VALUES ('endless', 'attributes', 'endless', '2020-01-01T00:00:00.000Z', 0)",
    )
    with pytest.raises(UnreadableError, match="是视图"):
        read_in_child("gpkg", path, sheet="endless", prefer="x")


def test_a_list_of_layers_that_is_a_view_is_refused(path):
    change(
        path,
        "ALTER TABLE gpkg_contents RENAME TO kept",
        "CREATE VIEW gpkg_contents AS SELECT * FROM kept",
    )
    with pytest.raises(UnreadableError, match="目录表是视图"):
        read_in_child("gpkg", path, sheet=None, prefer="x")


def test_reading_fires_no_trigger_and_leaves_the_file_as_it_was(path):
    change(path, "CREATE TRIGGER t AFTER UPDATE ON sites BEGIN DELETE FROM sites; END")
    before = path.read_bytes()
    assert sum(len(c.rows) for c in read_in_child("gpkg", path, sheet=None, prefer="x").chunks) == 2
    assert path.read_bytes() == before
