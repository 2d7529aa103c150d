import orjson
import pytest
import shapely

from api.ogc.crs import CRS84, CRS_URIS, read_crs
from api.ogc.geojson import collection_bytes, features_of, geometry_json
from api.ogc.visibility import view_of
from layers.exporters.tables import hidden_counts
from layers.store import Actor, Query, open_store

PLAIN = read_crs(CRS84)


def features(store, layer, *, role="viewer", crs=PLAIN, query=None):
    view = view_of(store.schema(layer), role)
    hidden = hidden_counts(store, layer) if view.counts else None
    made = features_of(view, store.table(layer, query), crs, hidden=hidden)
    written = map(orjson.dumps, made)
    return orjson.loads(collection_bytes(written, {"links": []}))["features"]


def test_a_feature_has_every_property_in_its_json_type(store):
    found = features(store, "care_facilities")[1]
    assert (found["type"], found["id"]) == ("Feature", "f1")
    assert found["geometry"] == {"type": "Point", "coordinates": [113.01, 36.5]}
    properties = found["properties"]
    assert properties["beds"] == 1
    assert properties["services"] == ["助餐"]
    assert properties["opened"] == "2021-01-01"
    assert properties["operator"] is None
    assert properties["updated_at"].endswith("Z")
    view = view_of(store.schema("care_facilities"), "viewer")
    assert list(properties) == [field.name for field in view.fields]


def test_truth_values_are_truth_values(store):
    assert features(store, "divisions")[0]["properties"]["legal"] is True


def test_a_feature_without_a_place_has_a_null_geometry(store):
    for uri in CRS_URIS:
        assert features(store, "care_facilities", crs=read_crs(uri))[-1]["geometry"] is None


def test_coordinates_are_the_very_numbers_that_were_given(tmp_path):
    line = shapely.LineString([(113.123456789012345, 36.1), (113.1 + 1e-13, 1 / 3)])
    hole = shapely.Polygon(
        [(113, 36), (114, 36), (114, 37)], [[(113.5, 36.2), (113.6, 36.2), (113.6, 36.3)]]
    )
    with open_store(f"gpkg:{tmp_path / 'c.gpkg'}", create=True, min_free_mb=0) as opened:
        rows = [{"name": "线", "geometry": line}, {"name": "面", "geometry": hole}]
        rows += [{"name": "点", "geometry": shapely.Point(1 / 3, 2 / 3)}]
        opened.put("place_names", rows, actor=Actor("a"))
        shapes = [
            shapely.geometry.shape(f["geometry"])
            for f in features(opened, "place_names", role="clerk")
        ]
    assert shapes == [row["geometry"] for row in rows]


def test_hidden_counts_are_null_and_named(store):
    shown = [f["properties"] for f in features(store, "elders")]
    assert [(p["age80"], p["suppressed"]) for p in shown] == [
        (None, ["age80"]),
        (None, ["age80"]),
        (50, []),
    ]
    whole = [f["properties"] for f in features(store, "elders", role="planner")]
    assert [p["age80"] for p in whole] == [3, 7, 50]
    assert "suppressed" not in whole[0]


def test_a_collection_without_features_is_one(store):
    assert features(store, "care_facilities", query=Query(ids=[])) == []


def test_members_stand_beside_the_features():
    assert orjson.loads(collection_bytes([], {"numberMatched": 0})) == {
        "type": "FeatureCollection", "features": [], "numberMatched": 0
    }  # fmt: skip


@pytest.mark.parametrize("shape", [shapely.Point(113, 36), None])
def test_single_geometries_are_shown_in_a_system(shape):
    [made] = geometry_json([shape], read_crs(CRS_URIS[1]))
    told = orjson.loads(orjson.dumps(made))
    assert told == (None if shape is None else {"type": "Point", "coordinates": [36.0, 113.0]})
