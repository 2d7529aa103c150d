"""Names in the Linked Places format: what a gazetteer elsewhere reads."""

from __future__ import annotations

import json
from datetime import date

import geopandas as gpd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import InputError
from layers.exporters import export_layer
from layers.schema import layer_schema
from layers.store import Actor, open_store
from tests.layers.exporters.test_round_trip import DAYS, LINE, POINTS, maybe

REVIEWER = Actor("reviewer", "reviewer")
TOWN = {
    "code": "140423108000",
    "name": "善福镇",
    "full_name": "善福镇",
    "level": "township",
    "kind": "township",
    "parent_code": "140423000000",
    "legal": True,
    "pinyin": "Shanfu Zhen",
    "source": "名录",
    "valid_from": date(2021, 1, 1),
    "date_precision": "year",
    "quality": "synthetic",
    "geometry": shapely.box(113, 36, 114, 37),
}
OLD = TOWN | {
    "code": "140423200000",
    "name": "善福乡",
    "full_name": None,
    "pinyin": None,
    "valid_from": None,
    "valid_to": date(2021, 1, 1),
    "geometry": None,
}


def places(store, tmp_path, layer, **options):
    path = tmp_path / f"{layer}.jsonld"
    report = export_layer(store, layer, path, **options)
    body = json.loads(path.read_text(encoding="utf-8"))
    assert report.rows == len(body["features"])
    return body


def test_a_division_is_a_place_with_names_type_time_and_parent(store, tmp_path):
    store.put("divisions", [TOWN], actor=REVIEWER)
    body = places(store, tmp_path, "divisions")
    assert body["type"] == "FeatureCollection"
    assert body["@context"].endswith("linkedplaces-context-v1.1.jsonld")
    assert body["notice"] == "示意数据 非法定"
    (place,) = body["features"]
    assert (place["@id"], place["type"]) == ("urn:xygeo:divisions:140423108000", "Feature")
    properties = place["properties"]
    assert (properties["title"], properties["ccodes"]) == ("善福镇", ["CN"])
    assert properties["fclasses"] == ["A"]
    assert place["names"] == [
        {"toponym": "善福镇", "lang": "zh-Hans", "citations": [{"label": "名录"}]},
        {"toponym": "Shanfu Zhen", "lang": "zh-Latn-pinyin"},
    ]
    (kind,) = place["types"]
    assert kind["identifier"] == "aat:300232418"
    assert kind["sourceLabels"] == [{"label": "乡镇", "lang": "zh-Hans"}]
    assert place["relations"] == [
        {
            "relationType": "gvp:broaderPartitive",
            "relationTo": "urn:xygeo:divisions:140423000000",
        }
    ]
    (shape,) = place["geometry"]["geometries"]
    assert (shape["type"], shape["certainty"]) == ("Polygon", "uncertain")


def test_time_is_told_as_exactly_as_it_is_known(store, tmp_path):
    store.put("divisions", [TOWN, OLD], actor=REVIEWER)
    when = {
        place["properties"]["name"]: place["when"]["timespans"]
        for place in places(store, tmp_path, "divisions")["features"]
    }
    # It still is on the day of the data; it was no more from 2021, so 2020 is its last year.
    assert when["善福镇"] == [{"start": {"in": "2021"}, "end": {"earliest": "2024-06-30"}}]
    assert when["善福乡"] == [{"start": {"latest": "2020"}, "end": {"in": "2020"}}]


def test_a_place_without_dates_or_geometry_says_neither(store, tmp_path):
    store.put("place_names", [{"name": "无名坡", "source": "调查"}], actor=REVIEWER)
    (place,) = places(store, tmp_path, "place_names")["features"]
    assert "when" not in place
    assert place["geometry"] == {"type": "GeometryCollection", "geometries": []}
    assert (place["types"], place["relations"]) == ([], [])


def test_all_names_of_a_place_are_there_once(store, tmp_path):
    row = {
        "name": "虒亭",
        "kind": "committee_seat",
        "pinyin_tone": "Sītíng",
        "variants": ["司亭", "虒亭"],
        "former_names": ["铜鞮"],
        "origin": "因驿亭得名",
        "division_code": "140423104000",
    }
    store.put("place_names", [row], actor=REVIEWER)
    (place,) = places(store, tmp_path, "place_names")["features"]
    toponyms = [name["toponym"] for name in place["names"]]
    assert toponyms[:4] == ["虒亭", "司亭", "铜鞮", "Sītíng"]
    assert len(set(toponyms)) == len(toponyms)
    assert place["descriptions"] == [{"value": "因驿亭得名", "lang": "zh-Hans"}]
    assert place["relations"][0]["relationTo"].endswith("140423104000")


def test_it_is_geojson_too(store, tmp_path):
    store.put("divisions", [TOWN, OLD], actor=REVIEWER)
    places(store, tmp_path, "divisions")
    frame = gpd.read_file(tmp_path / "divisions.jsonld")
    assert sorted(frame["title"]) == ["善福乡", "善福镇"]


def test_only_places_of_a_day_are_written(store, tmp_path):
    store.put("divisions", [TOWN, OLD], actor=REVIEWER)
    (place,) = places(store, tmp_path, "divisions", at=date(2020, 6, 30))["features"]
    assert place["properties"]["name"] == "善福乡"


def test_a_layer_without_names_is_refused_and_nothing_written(store, tmp_path):
    with pytest.raises(InputError) as caught:
        export_layer(store, "elders", tmp_path / "a.jsonld")
    assert caught.value.code == "format_unfit"
    assert not list(tmp_path.glob("a.jsonld*"))


@pytest.mark.parametrize("layer", ["divisions", "place_names", "heritage_names"])
def test_every_kind_of_a_layer_has_a_class(store, tmp_path, layer):
    kinds = layer_schema(layer).fields["kind"].codes
    base = {"divisions": TOWN, "place_names": {}, "heritage_names": {"status": "nominated"}}[layer]
    rows = [{**base, "name": f"示意{k}", "kind": kind} for k, kind in enumerate(kinds)]
    if layer == "divisions":
        rows = [{**row, "code": f"14042310{k}000"} for k, row in enumerate(rows)]
    store.put(layer, rows, actor=REVIEWER)
    for place in places(store, tmp_path, layer)["features"]:
        assert set(place["properties"]["fclasses"]) <= set("AHLPRST")
        assert place["types"][0]["sourceLabels"][0]["label"] in kinds.values()


NAMES = st.fixed_dictionaries(
    {
        "name": LINE.filter(str.strip),
        "kind": maybe(st.sampled_from(["natural", "street"])),
        "variants": maybe(st.lists(LINE, max_size=3)),
        "approved_on": maybe(DAYS),
        "meaning": maybe(LINE),
        "source": LINE.filter(str.strip),
        "geometry": maybe(POINTS),
    }
)


@pytest.mark.slow
@settings(max_examples=30)
@given(rows=st.lists(NAMES, min_size=1, max_size=5))
def test_every_value_comes_back(shared_store, tmp_path_factory, rows):
    store = shared_store
    with store.batch(REVIEWER, "test"):
        old = [row["id"] for row in store.find("place_names")]
        store.delete("place_names", old, actor=REVIEWER)
        store.put("place_names", rows, actor=REVIEWER)
    body = places(store, tmp_path_factory.getbasetemp(), "place_names")
    schema = layer_schema("place_names")
    for place, row in zip(body["features"], store.find("place_names"), strict=True):
        for name, field in schema.fields.items():
            value = place["properties"][name]
            if field.type == "date" and value is not None:
                value = date.fromisoformat(value)
            assert value == row[name]
        shapes = [shapely.geometry.shape(g) for g in place["geometry"]["geometries"]]
        assert shapes == ([] if row["geometry"] is None else [row["geometry"]])


@pytest.fixture(scope="module")
def shared_store(tmp_path_factory):
    """One store for all examples: a store takes longer to make than an example to run."""
    path = tmp_path_factory.mktemp("store") / "county.gpkg"
    with open_store(f"gpkg:{path}", create=True, min_free_mb=0) as opened:
        yield opened
