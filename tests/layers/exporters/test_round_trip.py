"""Export then import: all unchanged, whatever the rows hold."""

from __future__ import annotations

from datetime import date
from tempfile import TemporaryDirectory

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.exporters import export_layer
from layers.importers import import_file
from layers.schema import layer_schema
from layers.store import Actor, open_store

REVIEWER = Actor("reviewer", "reviewer")
TYPED = ("csv", "fgb", "geojson", "gpkg", "parquet", "xlsx")
IN_CHILD = ("fgb", "gpkg", "parquet", "xlsx")

# What a store takes: no control, bidi or surrogate characters; single lines have no breaks.
UNSEEN = "\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufffe\uffff\ufeff"
LINE = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Nd"), exclude_characters=UNSEEN),
    min_size=1,
    max_size=12,
) | st.sampled_from(
    [
        "=1+1",
        "+1",
        "-1",
        "@x",
        "'x",
        "''",
        "'",
        ' "q" ',
        "a,b;c",
        "𠀀𪜀村",
        " 前后 ",
        "null",
        "2020/01/02",
        "1.40423E+11",
        "<5",
        "true",
        "[1]",
        "\u3000",
        "NA",
        "#N/A",
        "_x000D_",
        "a_x005F_x000d_",
        "〔长文 1〕",
    ]
)
NOTE = (
    LINE
    | st.lists(LINE, min_size=1, max_size=3).map("\n".join)
    | st.sampled_from(["\r\n", "\t", "a\r\nb", "\r", "=\n"])
)
DAYS = st.dates(date(1800, 1, 1), date(2200, 1, 1))
POINTS = st.builds(shapely.Point, st.floats(70, 140), st.floats(1, 60))
SERVICES = st.lists(
    st.sampled_from(list(layer_schema("care_facilities").fields["services"].codes)), unique=True
)


def maybe(strategy):
    return st.none() | strategy


SITES = st.fixed_dictionaries(
    {
        "name": LINE.filter(str.strip),
        "kind": maybe(st.sampled_from(["station", "canteen"])),
        "township_code": maybe(st.just("140423100000")),
        "beds": maybe(st.integers(0, 2**53)),
        "floor_area_m2": maybe(st.floats(0, 1e12)),
        "operator": maybe(LINE),
        "services": maybe(SERVICES),
        "opened": maybe(DAYS),
        "note": maybe(NOTE),
        "quality": st.sampled_from(["synthetic", "approximate", "surveyed"]),
        "source": LINE.filter(str.strip),
        "geometry": maybe(POINTS),
    }
)


@pytest.mark.slow
@pytest.mark.parametrize("ending", sorted(set(TYPED) - set(IN_CHILD)))
@settings(max_examples=40)
@given(rows=st.lists(SITES, min_size=1, max_size=6))
def test_facilities_import_again_unchanged(shared_store, ending, rows):
    assert_unchanged(shared_store, "care_facilities", rows, ending)


@pytest.mark.slow
@pytest.mark.parametrize("ending", IN_CHILD)
@settings(max_examples=15)  # each starts a process; so each has more rows
@given(rows=st.lists(SITES, min_size=5, max_size=25))
def test_facilities_read_in_a_child_import_again_unchanged(shared_store, ending, rows):
    assert_unchanged(shared_store, "care_facilities", rows, ending)


@pytest.mark.parametrize("ending", TYPED)
def test_divisions_with_outlines_and_periods_import_again_unchanged(shared_store, ending):
    ring = [(113 + i / 7, 36 + i * i / 11) for i in range(3)]
    base = {"name": "甲", "level": "county", "kind": "county", "legal": False}
    rows = [
        base | {"code": "140423000000", "geometry": shapely.Polygon(ring)},
        base | {"code": "140424000000", "geometry": shapely.MultiPolygon([shapely.Polygon(ring)])},
        base
        | {"code": "140424000000", "valid_to": date(2020, 1, 1), "geometry": shapely.Point(1, 2)},
        base | {"code": "140425000000", "valid_from": date(2020, 1, 1), "legal": True},
    ]
    assert_unchanged(shared_store, "divisions", rows, ending)


@pytest.mark.parametrize("ending", TYPED)
def test_outline_and_note_longer_than_a_cell_import_again_unchanged(shared_store, ending):
    outline = shapely.Point(113.1, 36.5).buffer(0.1, quad_segs=400)
    assert len(outline.wkt) > 40_000
    rows = [
        {"name": "甲", "level": "county", "kind": "county", "legal": True, "code": code,
         "geometry": outline, "note": "\r" * 5_000 + code}
        for code in ("140423000000", "140424000000")
    ]  # fmt: skip
    assert_unchanged(shared_store, "divisions", rows, ending)


@pytest.mark.parametrize("ending", TYPED)
def test_roads_import_again_unchanged(shared_store, ending):
    line = shapely.LineString([(113.1, 36.3), (113.1 + 1e-9, 36.30000000000001)])
    rows = [
        {"way_id": -(2**61), "piece": 0, "u": 1, "v": 2**62, "highway": "path", "geometry": line},
        {"way_id": 5, "piece": 3, "u": 5, "v": 5, "highway": "service", "car_kmh": 12.5},
    ]
    assert_unchanged(shared_store, "roads", rows, ending)


@pytest.mark.parametrize("ending", TYPED)
def test_elders_exported_in_full_import_again_unchanged(shared_store, ending):
    rows = [{"village_code": "140423100001", "year": 2020, "population": 9, "age80": 1}]
    assert_unchanged(shared_store, "elders", rows, ending)


@pytest.fixture(scope="module")
def shared_store(tmp_path_factory):
    """One store for all examples: a store takes longer to make than an example to run."""
    path = tmp_path_factory.mktemp("store") / "county.gpkg"
    with open_store(f"gpkg:{path}", create=True, min_free_mb=0) as store:
        yield store


def assert_unchanged(store, layer, rows, ending):
    before = [row["id"] for row in store.find(layer)]
    with store.batch(REVIEWER, "test"):
        store.delete(layer, before, actor=REVIEWER)
        store.put(layer, rows, actor=REVIEWER, reason="test")
    head = store.head()
    with TemporaryDirectory() as folder:
        path = f"{folder}/out.{ending}"
        export_layer(store, layer, path, full=True)
        report = import_file(store, layer, path, actor=Actor("clerk"))
    assert [f for f in report.findings if f.level == "error"] == []
    assert (report.unchanged, report.stored) == (len(rows), 0)
    assert store.head() == head
