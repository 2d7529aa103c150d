from __future__ import annotations

import geopandas as gpd
import pytest
import shapely

from layers.findings import UnreadableError
from layers.importers.child import read_in_child
from layers.readers.fgb import read_fgb
from tests.layers.readers.files import read

SITES = gpd.GeoDataFrame(
    {"name": ["甲", "乙"], "beds": [3, 4]},
    geometry=[shapely.Point(113, 36.5), None],
    crs="EPSG:4490",
)


def test_features_without_geometry_are_read_too(tmp_path):
    path = tmp_path / "a.fgb"
    SITES.to_file(path, driver="FlatGeobuf", layer_options={"SPATIAL_INDEX": "NO"})
    table = read_in_child("fgb", path, sheet=None, prefer="care_facilities")
    assert table.crs == "EPSG:4490"
    assert read(table) == ([1, 2], {"name": ["甲", "乙"], "beds": [3, 4]})


def test_another_file_is_refused(tmp_path):
    path = tmp_path / "a.fgb"
    path.write_bytes(b"fgb\x03fgb\x00" + b"\x00" * 64)
    with pytest.raises(UnreadableError):
        list(read_fgb(path, sheet=None, prefer="x"))
