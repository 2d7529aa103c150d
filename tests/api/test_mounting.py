"""A call is asked for method, right, parameters and body, in this order; errors become problems."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from api.account import VIEWER, Account
from api.bodies import Body
from api.calls import json_response, no_content
from api.mounting import may_call, routes_of
from api.operations import Operation, Param, Upload
from api.permissions import CLERKS, EVERYBODY
from api.service import Service
from api.settings import Settings
from layers.errors import NotFound, StaleVersion, StoreError

CLERK = Account("wang", "clerk", "token")


class Number(Body):
    number: int


def give(call):
    return json_response({"id": call.params["id"], "n": call.params["n"], "by": call.account.name})


def take(call):
    return json_response({"number": call.body(Number).number}, 201)


def fail(call):
    raise {
        "stale": StaleVersion("版本已变。"),
        "gone": NotFound("没有。", where="x"),
        "full": StoreError("磁盘满了。", code="disk_full"),
        "bug": ZeroDivisionError("secret"),
    }[call.params["id"]]


def store_file(call):
    return json_response({"size": len(call.form["file"].file.read())})


ID = Param("id", {"type": "string"}, where="path")
N = Param("n", {"type": "integer", "default": 1})
OPERATIONS = (
    Operation("GET", "/things/{id}", give, "看一件", EVERYBODY, params=(ID, N)),
    Operation("POST", "/things/{id}", take, "写一件", CLERKS, params=(ID,), body=Number),
    Operation("DELETE", "/things/{id}", lambda _: no_content(), "删一件", CLERKS, params=(ID,)),
    Operation("GET", "/errors/{id}", fail, "出错", EVERYBODY, params=(ID,)),
    Operation("POST", "/files", store_file, "存文件", CLERKS, body=Upload({"file": {}})),
    Operation("POST", "/raw", take, "写", EVERYBODY, body={"application/json": {}}, body_limit=10),
)


@pytest.fixture
def client(tmp_path):
    def recognise(request, _):
        return CLERK if "x-clerk" in request.headers else VIEWER

    from starlette.applications import Starlette

    service = Service(Settings(data=tmp_path), store=None)
    with TestClient(Starlette(routes=routes_of(OPERATIONS, service, recognise))) as made:
        yield made


def test_an_endpoint_gets_typed_parameters_and_who_asks(client):
    answer = client.get("/things/a?n=3", headers={"x-clerk": "1"})
    assert answer.json() == {"id": "a", "n": 3, "by": "wang"}


def test_head_is_get_without_the_body(client):
    answer = client.head("/things/a")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == client.get("/things/a").headers["content-length"]


def test_options_is_answered_without_a_sign_in(client):
    answer = client.options("/things/a")
    assert (answer.status_code, answer.headers["allow"]) == (
        204,
        "DELETE, GET, HEAD, OPTIONS, POST",
    )


@pytest.mark.parametrize("method", ["PUT", "PATCH", "TRACE", "BREW"])
def test_another_method_is_405_and_says_what_is_allowed(client, method):
    answer = client.request(method, "/things/a")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "DELETE, GET, HEAD, OPTIONS, POST"
    assert answer.json()["code"] == "method_not_allowed"


def test_a_refused_role_hears_so_before_anything_of_its_request_is_looked_at(client):
    answer = client.post("/things/a?bad=1", content=b"{", headers={"content-type": "text/x"})
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert answer.headers["content-type"] == "application/problem+json"


def test_parameters_are_looked_at_before_the_body(client):
    headers = {"x-clerk": "1", "content-type": "application/json"}
    assert client.post("/things/a?bad=1", content=b"{", headers=headers).status_code == 400


def test_a_body_is_read_into_the_declared_model(client):
    headers = {"x-clerk": "1"}
    assert client.post("/things/a", json={"number": 4}, headers=headers).json() == {"number": 4}
    assert client.post("/things/a", json={"number": "4"}, headers=headers).status_code == 422
    assert client.post("/things/a", content=b"4", headers=headers).status_code == 415


def test_a_file_comes_as_a_form(client):
    headers = {"x-clerk": "1"}
    answer = client.post("/files", files={"file": ("a.txt", b"12345")}, headers=headers)
    assert answer.json() == {"size": 5}
    typed = headers | {"content-type": "multipart/form-data; boundary=x"}
    assert client.post("/files", content=b"nonsense", headers=typed).status_code == 400


def test_a_body_over_the_limit_is_refused(client):
    headers = {"content-type": "application/json"}
    assert client.post("/raw", content=b"[1,2,3,4,5,6]", headers=headers).status_code == 413


@pytest.mark.parametrize(("id", "status"), [("stale", 412), ("gone", 404), ("full", 507)])
def test_an_error_of_the_platform_is_a_problem_with_its_status(client, id, status):
    answer = client.get(f"/errors/{id}")
    assert answer.status_code == answer.json()["status"] == status
    assert answer.json()["detail"].endswith("。")


def test_an_unforeseen_error_shows_an_incident_and_nothing_else(client, caplog):
    answer = client.get("/errors/bug")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert answer.json()["incident"] in answer.json()["detail"]
    assert caplog.records[-1].incident == answer.json()["incident"]


@pytest.mark.parametrize("path", ["/things/%ff", "/things/%ed%a0%80", "/things/a?n=%ff"])
def test_a_url_that_is_no_utf_8_is_refused(client, path):
    assert client.get(path).json()["code"] in {"bad_url", "bad_parameter"}


def test_the_same_method_on_the_same_path_twice_is_a_mistake_of_ours(tmp_path):
    service = Service(Settings(data=tmp_path), store=None)
    with pytest.raises(ValueError, match="twice"):
        routes_of([OPERATIONS[0], OPERATIONS[0]], service, lambda *_: VIEWER)


def test_a_layer_of_the_path_narrows_the_roles():
    write = Operation(
        "POST", "/c/{collection}", take, "写", CLERKS, layer_right="write", body=Number
    )
    assert may_call(write, CLERK, {"collection": "care_facilities"})
    assert not may_call(write, CLERK, {"collection": "divisions"})
    assert not may_call(write, Account("q", "reviewer", "session"), {"collection": "findings"})
    assert not may_call(write, VIEWER, {"collection": "care_facilities"})
