from __future__ import annotations

import pytest

from geo.errors import InputError
from layers.findings import UnreadableError
from layers.importers.formats import open_table
from tests.layers.importers.files import write_features, write_text


def test_the_ending_chooses_the_reader_in_any_case(tmp_path):
    table = open_table(write_text(tmp_path, "A.CSV", "name\n甲\n"), layer="elders", sheet=None)
    assert table.textual
    path = write_features(tmp_path, {"name": "甲"}, name="a.json")
    assert not open_table(path, layer="elders", sheet=None).textual


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("a.csv", b"SQLite format 3\x00", "sqlite"),
        ("a.csv", b"PK\x03\x04", "xlsx"),
        ("a.geojson", b"%PDF-1.7", "pdf"),
        ("a.csv", b"\xd0\xcf\x11\xe0\xa1\xb1", "xls"),
        ("a.gpkg", b"name,beds\n", "不是 .gpkg"),
    ],
)
def test_contents_must_be_what_the_ending_says(tmp_path, name, data, kind):
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(UnreadableError, match=kind):
        open_table(path, layer="elders", sheet=None)


def test_a_road_file_is_for_roads_alone(tmp_path):
    path = tmp_path / "a.osm.pbf"
    path.write_bytes(b"x")
    with pytest.raises(InputError) as caught:
        open_table(path, layer="elders", sheet=None)
    assert caught.value.code == "format_unknown"
    assert "pbf" not in str(caught.value).split("可用的格式")[1]
