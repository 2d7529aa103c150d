"""Lists and nested values of the registers survive every exchange format."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.exporters import export_layer
from layers.importers import import_file
from layers.store import Actor, open_store

REVIEWER = Actor("reviewer", "reviewer")
WORD = st.text("水塔桥、,; |[]{}\"'=+-@0", min_size=1, max_size=8).filter(str.strip)
REF = st.fixed_dictionaries(
    {"name": WORD},
    optional={
        "grid_azimuth_deg": st.floats(0, 360),
        "distance_m": st.floats(0.001, 1e6),
    },
)
LINES = st.lists(
    st.sampled_from(["140423-140430", "140423-140429", "140403-140423"]),
    min_size=2,
    max_size=3,
    unique=True,
)
MARKERS = st.fixed_dictionaries(
    {
        "number": st.sampled_from(["示-001", "示-002", "0423-1"]),
        "line_ids": LINES,
        "kind": st.just("tripoint"),
        "refs": st.none() | st.lists(REF, max_size=3),
        "quality": st.just("approximate"),
        "source": st.just("示意"),
        "geometry": st.none() | st.builds(shapely.Point, st.floats(70, 140), st.floats(1, 60)),
    }
)
NAMES = st.fixed_dictionaries(
    {
        "name": WORD,
        "kind": st.just("natural"),
        "variants": st.none() | st.lists(WORD, min_size=1, max_size=3),
        "former_names": st.none() | st.lists(WORD, min_size=1, max_size=2),
        "quality": st.just("approximate"),
        "source": st.just("示意"),
    }
)


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    path = tmp_path_factory.mktemp("nested") / "county.gpkg"
    with open_store(f"gpkg:{path}", create=True, min_free_mb=0) as store:
        yield store


def assert_unchanged(store, layer: str, rows: list[dict], ending: str) -> None:
    store.delete(layer, store.table(layer).columns["id"], actor=REVIEWER)
    store.put(layer, rows, actor=REVIEWER)
    with TemporaryDirectory() as folder:
        file = Path(folder) / f"out.{ending}"
        export_layer(store, layer, file)
        report = import_file(store, layer, file, actor=REVIEWER, reason="again")
    assert report.findings == ()
    assert (report.unchanged, report.stored) == (len(rows), 0)


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["csv", "fgb", "geojson", "gpkg", "parquet", "xlsx"])
@settings(max_examples=10)
@given(rows=st.lists(MARKERS, min_size=1, max_size=3))
def test_markers_import_again_unchanged(shared, ending, rows):
    assert_unchanged(shared, "boundary_markers", rows, ending)


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["csv", "fgb", "geojson", "gpkg", "parquet", "xlsx"])
@settings(max_examples=10)
@given(rows=st.lists(NAMES, min_size=1, max_size=3))
def test_place_names_import_again_unchanged(shared, ending, rows):
    assert_unchanged(shared, "place_names", rows, ending)


def test_a_marker_without_id_is_recognised_by_number_and_lines(store, tmp_path):
    file = tmp_path / "markers.csv"
    head = "界桩号,所在界线,类型,方位物\n"
    file.write_text(
        head
        + '1,140423-140430,单立,"[{""name"": ""水塔"", ""distance_m"": 35}]"\n'
        + "1,140423-140429,单立,\n"
        + "9,140423-140429、140423-140430,三交点,\n",
        encoding="utf-8",
    )
    first = import_file(store, "boundary_markers", file, actor=REVIEWER)
    again = import_file(store, "boundary_markers", file, actor=REVIEWER)
    assert (first.new, first.findings) == (3, ())
    assert (again.unchanged, again.findings) == (3, ())


def test_each_broken_marker_is_told_by_row_and_field(store, tmp_path):
    file = tmp_path / "markers.csv"
    file.write_text(
        "界桩号,所在界线,类型,方位物\n"
        "1,140423-140430,三交点,\n"
        '2,140423,单立,"[{""name"": ""水塔"", ""distance_m"": 0}]"\n'
        "3,140423-140430、140423-140429,单立,水塔\n",
        encoding="utf-8",
    )
    report = import_file(store, "boundary_markers", file, actor=REVIEWER)
    assert {(f.row, f.field, f.code) for f in report.findings} == {
        (2, "line_ids", "I06"),
        (3, "line_ids", "I06"),
        (3, "refs", "I06"),
        (4, "line_ids", "I06"),
        (4, "refs", "I04"),
    }
