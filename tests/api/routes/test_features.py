import csv
import io
from itertools import islice
from urllib.parse import parse_qs, urlsplit

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from api.ogc.crs import CRS84, CRS_URIS
from layers.accesslog import AccessLog
from layers.exporters.tables import hidden_counts
from layers.store import Actor

COLLECTIONS = "/ogc/collections"
ROADS = f"{COLLECTIONS}/roads/items"
FACILITIES = f"{COLLECTIONS}/care_facilities/items"
NAMES = f"{COLLECTIONS}/place_names/items"
ELDERS = f"{COLLECTIONS}/elders/items"
UNITS = f"{COLLECTIONS}/divisions/items"
CLERK, REVIEWER = Actor("甲"), Actor("乙", "reviewer")
ODD = "<b>\"𠀀'&村</b>"


@pytest.fixture(scope="module", autouse=True)
def names(served):
    """Three place names: one proposed, one refused after that, one standard with an odd name."""
    place = shapely.Point(113, 36.5)
    rows = [{"id": f"n{n}", "name": ODD, "note": f"{n}", "geometry": place} for n in range(3)]
    served.store.put("place_names", rows, actor=CLERK)
    for id, status in (("n1", "refused"), ("n2", "standard")):
        row = {"id": id, "status": status, "pinyin_tone": "Cūn"}
        served.store.put("place_names", [row], actor=REVIEWER, reason="批复", merge=True)


def follow(served, path, **options):
    """All pages from a path on."""
    while path:
        answer = served.get(path, **options)
        assert answer.status_code == 200, answer.text
        body = answer.json()
        yield body
        following = [link["href"] for link in body["links"] if link["rel"] == "next"]
        assert ("link" in answer.headers) is bool(following)
        path = following[0].removeprefix("http://localhost") if following else None


def ids(body):
    return [feature["id"] for feature in body["features"]]


# Pages


def test_a_page_counts_what_it_holds_and_what_there_is(served):
    body = served.get(f"{ROADS}?limit=7").json()
    assert body["type"] == "FeatureCollection"
    assert body["numberReturned"] == len(body["features"]) == 7
    assert body["numberMatched"] == served.store.count("roads")
    assert body["timeStamp"].endswith("Z")
    assert {link["rel"] for link in body["links"]} >= {"self", "alternate", "next"}
    assert served.get(ROADS).json()["numberReturned"] == 100


def test_all_pages_together_are_the_layer(served):
    pages = list(follow(served, f"{ROADS}?limit=1500"))
    found = [id for page in pages for id in ids(page)]
    assert found == served.store.table("roads").columns["id"]
    assert {page["numberMatched"] for page in pages} == {len(found)}


def test_next_keeps_every_parameter(served):
    asked = {
        "limit": ["3"], "bbox": ["112.9,36.4,113.1,36.6"], "crs": [CRS_URIS[3]],
        "datetime": ["2024-01-01/.."], "highway": ["residential"],
        "filter": ["length_m > 0"], "filter-lang": ["cql2-text"],
    }  # fmt: skip
    query = "&".join(f"{name}={text}" for name, [text] in asked.items())
    pages = list(islice(follow(served, f"{ROADS}?{query}"), 3))
    href = next(link["href"] for link in pages[1]["links"] if link["rel"] == "next")
    told = parse_qs(urlsplit(href).query)
    assert told.pop("after")
    assert told == asked
    assert not set(ids(pages[0])) & set(ids(pages[1]))


@pytest.mark.parametrize("limit", ["0", "-1", "1.5", "many", ""])
def test_a_bad_limit_is_400(served, limit):
    answer = served.get(f"{ROADS}?limit={limit}")
    assert (answer.status_code, answer.json()["where"]) == (400, "limit")


def test_a_large_limit_is_clamped(served):
    assert served.get(f"{FACILITIES}?limit=10001").status_code == 200


@pytest.mark.parametrize(
    "query",
    ["x=1", "updated_by=a", "bbox=1,2,3", "bbox=NaN,1,2,3", "bbox=113,37,114,36", "datetime=x",
     "datetime=2024-02-01/2024-01-01", "crs=EPSG:4490", "crs=http://www.opengis.net/def/crs/EPSG/0/3857",
     "bbox-crs=x&bbox=1,2,3,4", "filter-crs=x", "filter=colour=1", "filter=(",
     "filter-lang=sql&filter=1=1",
     "f=xml", "f=", "limit=1&limit=2", "after=x", "beds=many", "%FF=1", "bbox=%00", "name=%00"],
)  # fmt: skip
def test_what_is_not_understood_is_400(served, query):
    answer = served.get(f"{FACILITIES}?{query}")
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"].endswith("。")


# Choosing


@settings(max_examples=25)
@given(
    st.floats(112.7, 113.2), st.floats(112.7, 113.2), st.floats(36.4, 36.7), st.floats(0, 0.2)
)  # fmt: skip
def test_a_box_gives_what_shapely_says(served, west, east, south, height):
    west, east = sorted((west, east))
    box = shapely.box(west, south, east, south + height)
    table = served.store.table("roads")
    expected = [
        id
        for id, shape in zip(table.columns["id"], shapely.from_wkb(table.wkb), strict=True)
        if shapely.intersects(shape, box)
    ]
    query = f"limit=10000&bbox={west!r},{south!r},{east!r},{south + height!r}"
    body = served.get(f"{ROADS}?{query}").json()
    assert ids(body) == expected
    assert body["numberMatched"] == len(expected)


@pytest.mark.parametrize("uri", CRS_URIS)
def test_coordinates_come_in_the_asked_system_and_are_found_in_it(served, uri):
    answer = served.get(f"{FACILITIES}?crs={uri}&limit=1")
    assert answer.headers["content-crs"] == f"<{uri}>"
    [feature] = answer.json()["features"]
    x, y = feature["geometry"]["coordinates"]
    found = served.get(f"{FACILITIES}?bbox={x!r},{y!r},{x!r},{y!r}&bbox-crs={uri}").json()
    assert feature["id"] in ids(found)
    alone = served.get(f"{FACILITIES}/{feature['id']}?crs={uri}")
    assert alone.json()["geometry"] == feature["geometry"]
    assert alone.headers["content-crs"] == f"<{uri}>"


def test_nothing_said_is_crs84(served):
    answer = served.get(FACILITIES)
    assert answer.headers["content-crs"] == f"<{CRS84}>"
    assert answer.headers["content-type"] == "application/geo+json"
    assert 112 < answer.json()["features"][0]["geometry"]["coordinates"][0] < 114


def test_units_are_the_present_ones_unless_a_time_is_asked(served):
    present = served.get(f"{UNITS}?limit=1").json()["numberMatched"]
    every = served.get(f"{UNITS}?limit=1&datetime=../..").json()["numberMatched"]
    assert present == 250
    assert every == served.store.count("divisions") > present


def test_a_property_and_a_filter_choose(served):
    body = served.get(f"{FACILITIES}?kind=station").json()
    assert body["numberMatched"] == 2
    assert served.get(f"{FACILITIES}?filter=kind='station'").json()["features"] == body["features"]
    assert served.get(f"{NAMES}?name={ODD.replace('&', '%26')}").json()["numberMatched"] == 1


# One feature


def test_one_feature_is_the_one_of_the_page(served):
    [of_page] = served.get(f"{FACILITIES}?limit=1").json()["features"]
    answer = served.get(f"{FACILITIES}/{of_page['id']}")
    body = answer.json()
    links = {link["rel"]: link["href"] for link in body.pop("links")}
    assert body == of_page
    assert {"self", "alternate", "collection"} <= set(links)
    assert answer.headers["etag"].startswith('"1')
    for href in links.values():
        assert served.get(href.removeprefix("http://localhost")).status_code == 200


@pytest.mark.parametrize(
    "id", ["nothing", "%00", "%FF", "%ED%A0%80", "x" * 300, "..%2F..%2Fetc", "<b>"]
)
def test_odd_ids_are_4xx(served, id):
    for ending in ("", "/history"):
        answer = served.get(f"{FACILITIES}/{id}{ending}")
        assert 400 <= answer.status_code < 500
        assert answer.headers["content-type"] == "application/problem+json"


def test_history_is_oldest_first_and_names_people_to_accounts_only(served):
    mine = served.get(f"{NAMES}/n2/history", role="clerk").json()["versions"]
    assert [(v["version"], v["action"], v["actor"]) for v in mine] == [
        (1, "create", "甲"), (2, "update", "乙")
    ]  # fmt: skip
    assert mine[1]["properties"]["status"] == "standard"
    assert mine[0]["geometry"] == {"type": "Point", "coordinates": [113.0, 36.5]}
    [public] = served.get(f"{NAMES}/n2/history").json()["versions"]
    assert public["version"] == 2
    assert "actor" not in public
    assert "reason" not in public


def test_a_deletion_is_a_version(served):
    served.store.put("care_facilities", [{"id": "gone", "name": "将撤"}], actor=CLERK)
    served.store.delete("care_facilities", ["gone"], actor=CLERK)
    assert served.get(f"{FACILITIES}/gone").status_code == 404
    versions = served.get(f"{FACILITIES}/gone/history").json()["versions"]
    assert [version["action"] for version in versions] == ["create", "delete"]
    assert versions[1]["properties"] is versions[1]["geometry"] is None


# Who sees what


def test_proposed_and_refused_names_are_for_accounts(served):
    assert ids(served.get(NAMES).json()) == ["n2"]
    assert ids(served.get(NAMES, role="auditor").json()) == ["n0", "n1", "n2"]
    for id in ("n0", "n1"):
        for ending in ("", "/history", "?f=html", "/history?f=html"):
            assert served.get(f"{NAMES}/{id}{ending}").status_code == 404
            assert served.get(f"{NAMES}/{id}{ending}", role="clerk").status_code == 200
    assert "n0" not in served.get(f"{NAMES}?f=csv").text
    assert "n0" in served.get(f"{NAMES}?f=csv", role="clerk").text


def test_a_name_that_is_refused_while_a_page_is_made_is_not_on_it(served, monkeypatch):
    row = {"id": "late", "name": "迟", "status": "standard", "pinyin_tone": "Chí"}
    served.store.put("place_names", [row], actor=REVIEWER, reason="批复")
    table = served.store.table

    def after_another_wrote(*asked):
        change = {"id": "late", "status": "refused"}
        served.store.put("place_names", [change], actor=REVIEWER, reason="撤", merge=True)
        return table(*asked)

    monkeypatch.setattr(served.store, "table", after_another_wrote)
    body = served.get(f"{NAMES}?id=late").json()
    assert (body["numberMatched"], ids(body)) == (1, [])


def test_small_counts_are_for_planners_in_every_format(served):
    hidden = hidden_counts(served.store, "elders")
    assert hidden
    id, shown = next(iter(hidden.items()))
    name = next(iter(shown))
    for role, sees in (("viewer", False), ("clerk", False), ("planner", True)):
        page = served.get(f"{ELDERS}?id={id}", role=role).json()["features"][0]["properties"]
        alone = served.get(f"{ELDERS}/{id}", role=role).json()["properties"]
        past = served.get(f"{ELDERS}/{id}/history", role=role).json()["versions"][0]["properties"]
        text = served.get(f"{ELDERS}?f=csv&id={id}", role=role).text.removeprefix("\ufeff")
        [row] = csv.DictReader(io.StringIO(text))
        assert [p[name] is not None for p in (page, alone, past)] == [sees] * 3
        assert row[name].isdigit() is sees
        html = served.get(f"{ELDERS}/{id}?f=html", role=role).text
        assert (f"<dd>{shown[name]}</dd>".replace("<5", "&lt;5") in html) is not sees


def test_taking_small_counts_out_as_a_file_is_noted(served):
    served.get(f"{ELDERS}?f=csv", role="reviewer")
    with AccessLog(served.folder / "accounts.sqlite") as log:
        last = [entry for entry in log.entries() if entry.action == "export_full"][-1]
    assert (last.actor, last.detail["layer"]) == ("test-reviewer", "elders")


# Caches


def test_what_a_client_has_is_not_sent_again(served):
    for path in (FACILITIES, f"{FACILITIES}?f=html", f"{ROADS}?limit=1"):
        answer = served.get(path)
        etag = answer.headers["etag"]
        assert answer.headers["cache-control"] == "no-cache"
        again = served.get(path, headers={"If-None-Match": etag})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == etag
        other = served.get(path, role="clerk", headers={"If-None-Match": etag})
        assert other.status_code == 200
    served.store.put("care_facilities", [{"id": "fresh", "name": "新"}], actor=CLERK)
    etag = served.get(FACILITIES).headers["etag"]
    served.store.delete("care_facilities", ["fresh"], actor=CLERK)
    assert served.get(FACILITIES, headers={"If-None-Match": etag}).status_code == 200


@pytest.mark.parametrize("layer", ["elders", "place_names", "boundary_markers", "inspections"])
def test_what_differs_by_role_is_kept_by_nobody(served, layer):
    for role in ("clerk", "planner"):
        answer = served.get(f"{COLLECTIONS}/{layer}/items", role=role)
        assert answer.headers["cache-control"] == "private, no-store"


def test_head_gives_headers_alone(served):
    for query in ("", "?f=csv", "?f=html"):
        answer = served.ask("HEAD", f"{FACILITIES}{query}")
        assert (answer.status_code, answer.content) == (200, b"")


# Pages for people, files


@pytest.mark.parametrize("path", [NAMES, f"{NAMES}/n2", f"{NAMES}/n2/history"])
def test_pages_escape_what_people_wrote(served, path):
    page = served.get(f"{path}?f=html").text
    assert "n2" in page
    assert "&lt;b&gt;" in page
    assert "<b>" not in page
    assert "<script" not in page
    assert "𠀀" in page


def test_names_come_back_unchanged(served):
    assert served.get(f"{NAMES}/n2").json()["properties"]["name"] == ODD


@pytest.mark.parametrize("name", ["csv", "xlsx", "gpkg", "fgb", "parquet", "jsonld"])
def test_files_hold_every_matching_row_and_leave_nothing(served, name):
    before = set(served.folder.iterdir())
    plain = {"Accept-Encoding": "identity"}
    answer = served.get(f"{UNITS}?f={name}&datetime=../..", headers=plain)
    assert answer.status_code == 200
    assert answer.headers["content-disposition"] == f'attachment; filename="divisions.{name}"'
    assert int(answer.headers["content-length"]) == len(answer.content) > 10_000
    assert set(served.folder.iterdir()) == before


def test_a_csv_has_all_rows_unless_a_limit_is_given(served):
    def rows(query):
        text = served.get(f"{ROADS}?f=csv{query}").content.decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text)))

    assert len(rows("")) == served.store.count("roads")
    assert len(rows("&limit=3")) == 3
    box = "bbox=112.9,36.4,113.1,36.6"
    assert len(rows(f"&{box}")) == served.get(f"{ROADS}?{box}").json()["numberMatched"]


def test_a_file_goes_on_from_nowhere(served):
    answer = served.get(f"{ROADS}?f=csv&limit=2&after=2")
    assert (answer.status_code, answer.json()["where"]) == (400, "after")


def test_a_file_in_another_system_is_refused(served):
    assert served.get(f"{ROADS}?f=csv&crs={CRS_URIS[3]}").status_code == 400
    assert served.get(f"{ROADS}?f=csv&crs={CRS84}&limit=1").status_code == 200


def test_a_layer_without_names_has_no_linked_places(served):
    assert served.get(f"{ROADS}?f=jsonld").status_code == 400
