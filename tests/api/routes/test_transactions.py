"""Features are written as OGC API - Features Part 4 says, and nobody's work is lost."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest

from api.auth import Accounts
from api.ogc.crs import CRS84, CRS_URIS
from api.routes.transactions import UNLOCKED
from layers.store import Actor

ROOT = "/ogc/collections"
FACILITIES = f"{ROOT}/care_facilities/items"
NAMES = f"{ROOT}/place_names/items"
ODD = "<b>\"𠀀'&村</b>"
POINT = {"type": "Point", "coordinates": [113.05, 36.5]}
MERGE = "application/merge-patch+json"
NUMBERS = count()


def told(properties=None, geometry=POINT, **more):
    return {"type": "Feature", "geometry": geometry, "properties": properties or {}, **more}


def send(served, method, path, body=None, *, role="clerk", tag=None, media=None, crs=None):
    media = media or (MERGE if method == "PATCH" else "application/geo+json")
    headers = {"Content-Type": media} if body is not None else {}
    headers |= {} if tag is None else {"If-Match": tag}
    headers |= {} if crs is None else {"Content-Crs": crs}
    content = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    return served.ask(method, path, role=role, headers=headers, content=content)


@pytest.fixture
def made(served):
    """Path and tag of a new facility."""
    answer = send(served, "POST", FACILITIES, told({"name": f"示意站{next(NUMBERS)}", "beds": 5}))
    assert answer.status_code == 201, answer.text
    return answer.headers["location"].removeprefix("http://localhost"), answer.headers["etag"]


def properties(served, path, role="clerk"):
    answer = served.get(path, role=role)
    assert answer.status_code == 200, answer.text
    return answer.json()["properties"]


def refused(answer, status, code=None):
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert code is None or answer.json()["code"] == code
    return answer.json()


# Adding


def test_a_new_feature_says_where_it_is_and_which_version(served):
    answer = send(served, "POST", FACILITIES, told({"name": ODD, "beds": 3}))
    assert answer.status_code == 201, answer.text
    where = answer.headers["location"]
    assert where.startswith(f"http://localhost{FACILITIES}/")
    found = served.get(where.removeprefix("http://localhost"), role="clerk")
    assert found.headers["etag"] == answer.headers["etag"]
    body = found.json()
    assert (body["properties"]["name"], body["properties"]["beds"]) == (ODD, 3)
    assert body["geometry"] == POINT
    assert body["properties"]["updated_by"] == "test-clerk"


def test_equal_features_are_both_kept_whatever_id_they_bring(served):
    body = told({"name": "同名"}, id="same")
    first, second = (send(served, "POST", FACILITIES, body) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.headers["location"] != second.headers["location"]


def test_a_name_alone_is_enough_and_geometry_may_be_null(served):
    for path in (FACILITIES, NAMES):
        answer = send(served, "POST", path, told({"name": "只有名"}, None))
        assert answer.status_code == 201, answer.text
    path = answer.headers["location"].removeprefix("http://localhost")
    assert properties(served, path)["status"] == "proposed"


def test_a_feature_of_a_key_that_is_there_is_not_written_over(served):
    body = told({"village_code": "140423999201", "year": 2020, "age60": 3}, None)
    path = f"{ROOT}/elders/items"
    assert send(served, "POST", path, body, role="planner").status_code == 201
    refused(send(served, "POST", path, body, role="planner"), 409, "already_there")


@pytest.mark.parametrize("media", ["application/json", "application/geo+json; charset=utf-8"])
def test_both_media_types_of_geojson_are_taken(served, media):
    answer = send(served, "POST", FACILITIES, told({"name": "甲"}), media=media)
    assert answer.status_code == 201


# Replacing, changing, deleting


def test_replacing_empties_what_is_left_out(served, made):
    path, tag = made
    answer = send(served, "PUT", path, told({"name": "新名"}), tag=tag)
    assert answer.status_code == 204, answer.text
    assert answer.headers["etag"] == served.get(path, role="clerk").headers["etag"] != tag
    found = properties(served, path)
    assert (found["name"], found["beds"], found["version"]) == ("新名", None, 2)


def test_what_was_read_may_be_sent_back_unchanged(served, made):
    path, tag = made
    body = served.get(path, role="clerk").json()
    assert send(served, "PUT", path, body, tag=tag).status_code == 204
    assert properties(served, path)["version"] == 1


def test_a_patch_changes_what_it_names_and_null_empties(served, made):
    path, tag = made
    patch = {"properties": {"care_beds": 2, "note": "两\n行"}}
    answer = send(served, "PATCH", path, patch, tag=tag)
    assert answer.status_code == 204, answer.text
    patch = {"properties": {"care_beds": None}, "geometry": None}
    answer = send(
        served, "PATCH", path, patch, tag=answer.headers["etag"], media="application/geo+json"
    )
    assert answer.status_code == 204, answer.text
    body = served.get(path, role="clerk").json()
    assert body["geometry"] is None
    found = body["properties"]
    assert (found["beds"], found["care_beds"], found["note"]) == (5, None, "两\n行")


@pytest.mark.parametrize("layer", ["divisions", "elders", "boundary_lines", "roads"])
def test_a_patch_need_not_name_what_the_id_is_made_of(served, layer):
    items = f"{ROOT}/{layer}/items"
    found = served.get(f"{items}?limit=10000&datetime=../..", role="reviewer").json()["features"]
    past = [one for one in found if "@" in one["id"]]
    assert bool(past) is (layer == "divisions")
    for one in (found[0], *past[:1]):
        path = f"{items}/{one['id']}"
        for patch in ({"properties": {"note": "改"}}, {"geometry": one["geometry"]}):
            answer = send(served, "PATCH", path, patch, role="reviewer", tag="*")
            assert answer.status_code == 204, answer.text
        expected = one["properties"] | {"note": "改", "version": one["properties"]["version"] + 1}
        now = properties(served, path, "reviewer")
        for name in ("updated_at", "updated_by"):
            now.pop(name), expected.pop(name)
        assert now == expected


def test_a_null_in_a_new_feature_is_what_was_left_out(served):
    names = served.store.schema("place_names").fields
    answer = send(served, "POST", NAMES, told({**dict.fromkeys(names), "name": "甲"}), role="gis")
    path = answer.headers["location"].removeprefix("http://localhost")
    assert properties(served, path)["status"] == "proposed"


def test_system_properties_in_a_body_are_passed_over(served, made):
    path, tag = made
    patch = {"properties": {"version": 90, "updated_at": "x", "updated_by": "别人", "beds": 6}}
    assert send(served, "PATCH", path, patch, tag=tag).status_code == 204
    found = properties(served, path)
    assert (found["version"], found["updated_by"], found["beds"]) == (2, "test-clerk", 6)


def test_a_deleted_feature_is_gone_and_its_history_stays(served, made):
    path, tag = made
    assert send(served, "DELETE", path, tag=tag).status_code == 204
    refused(served.get(path), 404)
    versions = served.get(f"{path}/history", role="clerk").json()["versions"]
    assert [one["action"] for one in versions] == ["create", "delete"]


# The version that was seen

WRITES = [
    ("PUT", told({"name": "甲"})),
    ("PATCH", {"properties": {"name": "甲"}}),
    ("DELETE", None),
]


@pytest.mark.parametrize(("method", "body"), WRITES)
def test_without_if_match_nothing_is_written(served, made, method, body):
    refused(send(served, method, made[0], body), 428, "if_match_missing")
    assert properties(served, made[0])["version"] == 1


@pytest.mark.parametrize(("method", "body"), WRITES)
@pytest.mark.parametrize("tag", ['"99-a.geojson"', "nonsense", '"0"', ""])
def test_a_stale_or_foreign_tag_is_refused(served, made, method, body, tag):
    refused(send(served, method, made[0], body, tag=tag), 412, "stale_version")
    assert properties(served, made[0])["version"] == 1


@pytest.mark.parametrize(("method", "body"), WRITES)
@pytest.mark.parametrize("change", [lambda tag: f"W/{tag}", lambda _: "*", '"7", {}'.format])
def test_weak_tags_lists_and_stars_are_taken(served, made, method, body, change):
    answer = send(served, method, made[0], body, tag=change(made[1]))
    assert answer.status_code == 204, answer.text


@pytest.mark.parametrize(("method", "body"), WRITES)
@pytest.mark.parametrize(("role", "tag"), [("clerk", "*"), ("clerk", '"1"'), ("gis", None)])
def test_an_unknown_id_is_not_found_and_nothing_is_made(served, method, body, role, tag):
    before = served.store.head().seq
    refused(send(served, method, f"{FACILITIES}/nobody", body, role=role, tag=tag), 404)
    assert served.store.head().seq == before


def test_of_eight_writers_of_three_features_no_step_is_lost(served):
    paths = []
    for _ in range(3):
        answer = send(served, "POST", FACILITIES, told({"name": "热点", "beds": 0}))
        paths.append(answer.headers["location"].removeprefix("http://localhost"))

    def add_one(number):
        path = paths[number % 3]
        for _ in range(200):
            seen = served.get(path, role="clerk")
            patch = {"properties": {"beds": seen.json()["properties"]["beds"] + 1}}
            answer = send(served, "PATCH", path, patch, tag=seen.headers["etag"])
            if answer.status_code == 204:
                return
            assert answer.status_code == 412, answer.text
        raise AssertionError("never served")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add_one, range(48)))
    found = [properties(served, path) for path in paths]
    assert [(one["beds"], one["version"]) for one in found] == [(16, 17)] * 3


# Desktop GIS


def test_qgis_writes_without_if_match_and_the_history_says_so(served):
    for path, allowed in ((FACILITIES, {"POST"}), (f"{FACILITIES}/x", {"PUT", "PATCH", "DELETE"})):
        answer = served.ask("OPTIONS", path)
        assert answer.status_code == 204
        assert allowed <= set(answer.headers["allow"].split(", "))
    answer = send(served, "POST", FACILITIES, told({"name": "桌面", "beds": 1}), role="gis")
    path = answer.headers["location"].removeprefix("http://localhost")
    steps = [("PUT", told({"name": "桌面"})), ("PATCH", {"properties": {"beds": 2}})]
    for method, body in [*steps, ("DELETE", None)]:
        answer = send(served, method, path, body, role="gis")
        assert answer.status_code == 204, answer.text
    versions = served.get(f"{path}/history", role="clerk").json()["versions"]
    assert [one["reason"] for one in versions] == ["", UNLOCKED, UNLOCKED, UNLOCKED]
    assert "unlocked" in UNLOCKED
    assert {one["actor"] for one in versions} == {"test-clerk"}


def test_a_desktop_that_does_send_a_version_is_held_to_it(served, made):
    refused(send(served, "DELETE", made[0], role="gis", tag='"9"'), 412)


def test_an_unlocked_write_gives_a_reviewer_no_reason_to_set_what_casework_owns(served):
    with Accounts(served.folder / "accounts.sqlite") as accounts:
        operator = Actor("installer", "admin")
        text = accounts.issue_token("test-reviewer", label="g", days=1, gis=True, actor=operator)[0]
    served.tokens["gis-reviewer"] = text
    path = f"{NAMES}/owned"
    row = {"id": "owned", "name": "甲", "status": "standard", "pinyin_tone": "Jiǎ"}
    served.store.put("place_names", [row], actor=Actor("乙", "reviewer"), reason="批复")
    for method, body, code in (
        ("PATCH", {"properties": {"status": "former"}}, "by_case_only"),
        ("PUT", told({"name": "甲", "pinyin_tone": "Jiǎ"}), "by_case_only"),
        ("PATCH", {"properties": {"quality": "surveyed"}}, "quality_raise"),
    ):
        refused(send(served, method, path, body, role="gis-reviewer"), 403, code)
    patch = {"properties": {"origin": "山名"}}
    assert send(served, "PATCH", path, patch, role="gis-reviewer").status_code == 204


# Refusals


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_another_media_type_is_refused(served, made, method):
    path = FACILITIES if method == "POST" else made[0]
    for media in ("text/plain", "application/xml"):
        refused(send(served, method, path, told({"name": "甲"}), media=media, tag="*"), 415)
    if method != "PATCH":
        refused(send(served, method, path, told({"name": "甲"}), media=MERGE, tag="*"), 415)


@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b'{"a":NaN}', b'{"type":1,"type":2}', b"\xff", b"[" * 100_000, b'{"a":1e999}'],
)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_what_is_no_json_is_a_bad_request(served, made, method, raw):
    path = FACILITIES if method == "POST" else made[0]
    refused(send(served, method, path, raw, tag="*"), 400, "bad_json")


@pytest.mark.parametrize(
    "geometry",
    [
        {},
        [],
        "POINT(1 2)",
        {"type": "Point"},
        {"type": [], "coordinates": [1, 2]},
        {"type": "Point", "coordinates": []},
        {"type": "Point", "coordinates": ["113", "36"]},
        {"type": "Point", "coordinates": [True, 36]},
        {"type": "Point", "coordinates": [None, 36]},
        {"type": "Point", "coordinates": [113, 36.5, 900]},
        {"type": "Point", "coordinates": [0, 0]},
        {"type": "Point", "coordinates": [36.5, 113]},
        {"type": "Point", "coordinates": [500000, 4000000]},
        {"type": "Point", "coordinates": [10**400, 1]},
        {"type": "LineString", "coordinates": [[113, 36], [113, 37]]},
        {"type": "GeometryCollection", "geometries": []},
    ],
)
def test_a_bad_geometry_is_refused_with_findings(served, geometry):
    found = refused(send(served, "POST", FACILITIES, told({"name": "甲"}, geometry)), 422)
    assert found["findings"][0]["field"] == "geometry"


@pytest.mark.parametrize(
    "ring",
    [
        [[113, 36], [113.1, 36], [113.1, 36.1]],
        [[113, 36], [113.1, 36], [113.1, 36.1], [113, 36.1]],
        [[113, 36], [113.1, 36.1], [113.1, 36], [113, 36.1], [113, 36]],
        [],
    ],
)
def test_open_and_self_crossing_rings_are_refused(served, ring):
    shape = {"type": "Polygon", "coordinates": [ring] if ring else []}
    refused(send(served, "POST", NAMES, told({"name": "甲"}, shape)), 422)


@pytest.mark.parametrize(
    "properties",
    [
        {"name": "甲", "nothing": 1},
        {"name": "甲", "id": "x"},
        {"name": "甲", "geometry": None},
        {"name": "甲", "\ud800": 1},
        {"name": None},
        {},
        {"name": "长" * 201},
        {"name": "甲\u0000"},
        {"name": "甲\u202e乙"},
        {"name": "\ud800"},
        {"name": 5},
        {"name": "甲", "beds": "5"},
        {"name": "甲", "beds": 1.5},
        {"name": "甲", "beds": -1},
        {"name": "甲", "beds": 10**30},
        {"name": "甲", "beds": 2, "care_beds": 3},
        {"name": "甲", "kind": "castle"},
        {"name": "甲", "opened": "2026-02-30"},
        {"name": "甲", "note": "长" * 65537},
    ],
)
def test_a_bad_field_is_refused_with_findings(served, properties):
    before = served.store.head().seq
    found = refused(send(served, "POST", FACILITIES, told(properties)), 422)
    assert found["findings"]
    assert served.store.head().seq == before


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {"type": "Feature"},
        told({"name": "甲"}, type="FeatureCollection"),
        told({"name": "甲"}, crs={"type": "name"}),
        told({"name": "甲"}, **{"\ud800": 1}),
        {"type": "Feature", "geometry": None, "properties": None},
    ],
)
def test_what_is_no_feature_is_refused(served, body):
    raw = json.dumps(body).encode()
    found = refused(send(served, "POST", FACILITIES, raw), 422, "invalid_feature")
    assert found["findings"]


def test_an_id_other_than_the_address_is_refused(served, made):
    for method in ("PUT", "PATCH"):
        refused(send(served, method, made[0], told({"name": "甲"}, id="b"), tag="*"), 422)


def test_values_that_nest_very_deeply_are_refused_and_no_incident(served, made):
    deep = b'{"properties":{"services":' + b'{"a":' * 600 + b"1" + b"}" * 602
    answer = send(served, "PATCH", made[0], deep, tag="*")
    assert answer.status_code in {400, 422}, answer.text


def test_what_casework_decides_is_not_set_by_writing(served):
    body = told({"name": "甲", "status": "standard", "pinyin_tone": "Jiǎ"})
    for role in ("clerk", "reviewer"):
        refused(send(served, "POST", NAMES, body, role=role), 403, "by_case_only")


@pytest.mark.parametrize(
    ("layer", "role", "status"),
    [
        ("care_facilities", "viewer", 401),
        ("care_facilities", "admin", 403),
        ("care_facilities", "auditor", 403),
        ("elders", "clerk", 403),
        ("divisions", "planner", 403),
        ("inspections", "reviewer", 403),
        ("findings", "reviewer", 403),
        ("cases", "clerk", 404),
        ("nothing", "clerk", 404),
    ],
)
def test_who_may_not_write_a_layer_is_refused(served, layer, role, status):
    path = f"{ROOT}/{layer}/items"
    refused(send(served, "POST", path, told({"name": "甲"}), role=role), status)


# Coordinates


@pytest.mark.parametrize("form", ["<{}>", "{}"])  # QGIS sends no brackets
@pytest.mark.parametrize("uri", CRS_URIS)
def test_coordinates_are_read_in_the_system_that_the_body_names(served, made, uri, form):
    path, tag = made
    shown = served.get(f"{path}?crs={uri}", role="clerk").json()["geometry"]
    answer = send(served, "PATCH", path, {"geometry": shown}, tag=tag, crs=form.format(uri))
    assert answer.status_code == 204, answer.text
    found = served.get(path, role="clerk").json()["geometry"]["coordinates"]
    assert found == pytest.approx(POINT["coordinates"], abs=1e-9)


@pytest.mark.parametrize(
    "crs", ["<>", "", f"<{CRS84}", "<http://www.opengis.net/def/crs/EPSG/0/3857>"]
)
def test_another_system_is_a_bad_request(served, made, crs):
    answer = send(served, "PATCH", made[0], {"geometry": POINT}, tag="*", crs=crs)
    assert refused(answer, 400, "crs_unsupported")["where"] == "Content-Crs"


# Texts


@pytest.mark.parametrize("name", [ODD, "𠮷𠀀", "a'b\"c", "=1+1", "長治\u3000襄垣", "x" * 200])
def test_texts_come_back_as_they_went_in(served, made, name):
    path, tag = made
    patch = {"properties": {"name": name, "note": f"{name}\n{name}"}}
    assert send(served, "PATCH", path, patch, tag=tag).status_code == 204
    found = properties(served, path)
    assert (found["name"], found["note"]) == (name, f"{name}\n{name}")


def test_a_stored_script_does_not_run_in_a_page(served, made):
    path, tag = made
    script = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    patch = {"properties": {"name": script, "note": script}}
    assert send(served, "PATCH", path, patch, tag=tag).status_code == 204
    for page in (path, f"{path}/history", FACILITIES):
        text = served.get(f"{page}?f=html", role="clerk").text
        assert "<script>alert" not in text
        assert "<img src=x" not in text
    assert "&lt;script&gt;" in served.get(f"{path}?f=html", role="clerk").text
