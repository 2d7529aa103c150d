from api.ogc.documents import CONFORMANCE, collection, collections, conformance, landing
from api.ogc.links import Links
from layers.schema import layer_schema
from layers.store import LayerSummary

LINKS = Links("http://h")
WORLD = (-180.0, -90.0, 180.0, 90.0)
ROADS = layer_schema("roads")


def test_every_document_has_a_link_to_itself_and_to_its_page():
    summary = LayerSummary(0, {}, (), None)
    for body in (
        landing(LINKS), conformance(LINKS), collections(LINKS, []),
        collection(LINKS, ROADS, summary, WORLD),
    ):  # fmt: skip
        assert [link["rel"] for link in body["links"][:2]] == ["self", "alternate"]
        assert all(link["href"].startswith("http://h/") for link in body["links"])


def test_a_collection_tells_the_worst_quality_and_all_sources():
    summary = LayerSummary(3, {"surveyed": 2, "synthetic": 1}, ("甲", "乙"), (1.0, 2.0, 3.0, 4.0))
    body = collection(LINKS, ROADS, summary, WORLD)
    assert (body["quality"], body["sources"]) == ("synthetic", ["甲", "乙"])
    assert body["notice"] == "示意数据 非法定"
    assert body["extent"]["spatial"]["bbox"] == [[1.0, 2.0, 3.0, 4.0]]


def test_an_empty_collection_has_the_extent_of_all():
    body = collection(LINKS, ROADS, LayerSummary(0, {}, (), None), WORLD)
    assert body["extent"]["spatial"]["bbox"] == [list(WORLD)]
    assert body["quality"] is None


def test_conformance_names_the_parts_that_are_there():
    parts = {
        name.partition("ogcapi-features-")[2][:1] for name in CONFORMANCE if "cql2" not in name
    }
    assert {"1", "2", "3", "5"} <= parts
    assert any(name.endswith("cql2/1.0/conf/basic-cql2") for name in CONFORMANCE)
