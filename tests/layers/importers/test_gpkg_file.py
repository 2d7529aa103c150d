from __future__ import annotations

from datetime import date

import numpy as np
import pyogrio
import pytest
import shapely

from layers.findings import UnreadableError
from layers.importers.gpkg_file import read_gpkg


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
    table = read_gpkg(path, sheet=None, prefer="care_facilities")
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
    chunk = next(read_gpkg(path, sheet=None, prefer="x").chunks)
    assert (chunk.cells, chunk.geometry) == ({"beds": [1, 2]}, None)


def test_a_layer_that_is_not_there_is_refused_with_those_that_are(path):
    with pytest.raises(UnreadableError, match="sites"):
        read_gpkg(path, sheet="other", prefer="x")


@pytest.mark.parametrize("keep", [0.2, 0.6, 0.95])
def test_a_truncated_file_is_refused(path, keep):
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * keep)])
    with pytest.raises(UnreadableError, match="不是完整的 GeoPackage"):
        list(read_gpkg(path, sheet=None, prefer="x").chunks)
