"""The description of the service, for programs and people, and the bare address."""

from __future__ import annotations

from api.app import operations


def test_whoever_opens_the_bare_address_is_led_to_the_start_page(served):
    answer = served.get("/", follow_redirects=False)
    assert answer.status_code == 307
    assert served.get("/").headers["content-type"].startswith("text/html")


def test_the_page_names_every_operation_and_loads_nothing_from_elsewhere(served):
    page = served.get("/docs").text
    for one in operations():
        assert f"{one.method} {one.path}" in page
    assert "<script" not in page
    assert "http://localhost/ogc/style.css" in page


def test_both_documents_are_the_same_under_their_own_types(served):
    ogc, plain = served.get("/ogc/api"), served.get("/api/openapi.json")
    assert ogc.content == plain.content
    assert ogc.headers["content-type"] == "application/vnd.oai.openapi+json;version=3.0"
    assert plain.headers["content-type"] == "application/json"
    assert ogc.json()["servers"] == [{"url": "http://localhost"}]
    layers = ogc.json()["paths"]["/ogc/collections/{collection}/items"]["get"]["parameters"][0]
    assert "care_facilities" in layers["schema"]["enum"]
