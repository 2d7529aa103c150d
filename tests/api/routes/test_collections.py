import pytest
import shapely

from api.ogc.crs import CRS_URIS
from layers.schema import layer_names, layer_schema

LISTED = sorted(name for name in layer_names() if layer_schema(name).listed)
FOR_ACCOUNTS = {"boundary_markers", "findings", "inspections"}


def test_strangers_see_the_public_layers_and_accounts_see_all(served):
    def names(role):
        body = served.get("/ogc/collections", role=role).json()
        return [one["id"] for one in body["collections"]]

    assert names("viewer") == [name for name in LISTED if name not in FOR_ACCOUNTS]
    assert names("auditor") == LISTED


def test_a_collection_is_the_same_alone_as_in_the_list(served):
    for one in served.get("/ogc/collections", role="clerk").json()["collections"]:
        alone = served.get(f"/ogc/collections/{one['id']}", role="clerk").json()
        assert alone == one
        assert one["itemType"] == "feature"
        assert one["crs"] == list(CRS_URIS)
        assert one["storageCrs"].endswith("/4490")
        rels = {link["rel"].rpartition("/")[2] for link in one["links"]}
        assert {"self", "alternate", "items", "queryables", "schema"} <= rels


def test_the_extent_encloses_every_feature(served):
    for one in served.get("/ogc/collections").json()["collections"]:
        features = served.get(f"/ogc/collections/{one['id']}/items?limit=10000&datetime=../..")
        shapes = [
            shapely.geometry.shape(feature["geometry"])
            for feature in features.json()["features"]
            if feature["geometry"]
        ]
        [extent] = one["extent"]["spatial"]["bbox"]
        if shapes:
            assert extent == shapely.total_bounds(shapes).tolist()
        else:  # that of all layers
            assert shapely.box(*extent).area > 0.1


@pytest.mark.parametrize("name", LISTED)
def test_every_served_property_is_described(served, name):
    here = f"/ogc/collections/{name}"
    for role in ("viewer", "planner"):
        if name in FOR_ACCOUNTS and role == "viewer":
            continue
        documents = [served.get(f"{here}/{d}", role=role) for d in ("schema", "queryables")]
        for document in documents:
            assert document.headers["content-type"] == "application/schema+json"
        shown = documents[0].json()["properties"]
        asked = documents[1].json()["properties"]
        features = served.get(f"{here}/items?limit=5", role=role).json()["features"]
        for feature in features:
            assert set(feature["properties"]) | {"id", "geometry"} == set(shown) | {"geometry"}
            assert set(feature["properties"]) - {"suppressed"} <= set(asked)


@pytest.mark.parametrize("ending", ["", "/items", "/queryables", "/schema", "/items/x",
                                    "/items/x/history", "/items?f=csv", "?f=html"])  # fmt: skip
def test_layers_for_accounts_ask_to_sign_in_in_every_format(served, ending):
    for name in FOR_ACCOUNTS:
        answer = served.get(f"/ogc/collections/{name}{ending}")
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("name", ["nothing", "cases", "xg_events", "%00", "%FF", "..%2F", "地名"])
def test_other_layers_are_not_found(served, name):
    for ending in ("", "/items", "/schema"):
        assert 400 <= served.get(f"/ogc/collections/{name}{ending}").status_code < 500


@pytest.mark.parametrize("ending", ["", "/divisions", "/divisions/schema", "/divisions/queryables"])
def test_pages_are_for_people(served, ending):
    answer = served.get(f"/ogc/collections{ending}?f=html")
    assert answer.status_code == 200
    assert "行政区划" in answer.text
    assert "divisions" in answer.text
    assert "<script" not in answer.text
    assert "http://" not in answer.text.replace("http://localhost", "").replace(
        "http://www.opengis.net", ""
    )


def test_unknown_parameters_are_refused(served):
    for path in ("", "/divisions", "/divisions/schema"):
        assert served.get(f"/ogc/collections{path}?x=1").status_code == 400
