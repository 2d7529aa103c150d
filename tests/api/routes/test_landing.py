from urllib.parse import urlsplit

import pytest

from api.ogc.documents import CONFORMANCE


@pytest.mark.parametrize("path", ["/ogc", "/ogc/"])
def test_the_landing_page_leads_to_documents_of_the_announced_type(served, path):
    body = served.get(path).json()
    assert [link["rel"] for link in body["links"]] == [
        "self", "alternate", "service-desc", "service-doc", "conformance", "data"
    ]  # fmt: skip
    for link in body["links"]:
        assert link["href"].startswith("http://localhost/")
        split = urlsplit(link["href"])
        answer = served.get(f"{split.path}?{split.query}".rstrip("?"))
        assert answer.status_code == 200, link
        assert answer.headers["content-type"].startswith(link["type"]), link


def test_links_stand_on_the_asked_host(served):
    answer = served.get("/ogc", headers={"Host": "localhost:8123"})
    assert answer.json()["links"][0]["href"] == "http://localhost:8123/ogc"


def test_conformance_names_each_class_once(served):
    classes = served.get("/ogc/conformance").json()["conformsTo"]
    assert len(classes) == len(set(classes)) == len(CONFORMANCE)
    assert all(name.startswith("http://www.opengis.net/spec/") for name in classes)


@pytest.mark.parametrize("path", ["/ogc", "/ogc/conformance", "/ogc/style.css"])
def test_head_gives_the_headers_of_get(served, path):
    head, get = served.ask("HEAD", path), served.get(path)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(get.content))


@pytest.mark.parametrize(
    ("query", "accept", "status"),
    [("?f=xml", "*/*", 400), ("", "image/png", 406), ("?g=1", "*/*", 400), ("?f=html", "*/*", 200)],
)
def test_formats_are_negotiated(served, query, accept, status):
    answer = served.get(f"/ogc{query}", headers={"Accept": accept})
    assert answer.status_code == status
    if status >= 400:
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/ogc", "/ogc/conformance"])
def test_pages_are_whole_and_load_only_our_stylesheet(served, path):
    answer = served.get(path, headers={"Accept": "text/html,*/*;q=0.8"})
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["vary"].lower().startswith("accept, accept-encoding")
    page = answer.text
    assert '<html lang="zh-CN">' in page
    assert '<meta charset="utf-8">' in page
    assert "<title>" in page
    assert "<script" not in page
    assert page.count("<link ") == 1
    assert served.get("/ogc/style.css").headers["content-type"].startswith("text/css")
