"""Every route × every role, from the OpenAPI document: who may not is told so, before all else."""

from __future__ import annotations

import re

import pytest

from api.account import ROLES
from api.app import operations
from api.permissions import EVERYBODY, readers, writers

ALL_ROLES = ("viewer", *ROLES)
LAYERS = ("care_facilities", "divisions", "elders", "inspections", "boundary_markers")
NOBODY_SIGNS_IN = "/api/login"


def described():
    """Method, path, x-roles of every operation, as the document of the service has them."""
    return [
        pytest.param(one.method, one.path, one, id=f"{one.method} {one.path}")
        for one in operations()
    ]


def places(operation):
    """The paths to ask, and who may: of a layer's operation one for each of some layers."""
    fixed = re.sub(r"\{(?!collection\})[^}]+\}", "x", operation.path)
    if operation.layer_right is None:
        return [(fixed.replace("{collection}", "care_facilities"), operation.roles)]
    of_layer = readers if operation.layer_right == "read" else writers
    return [
        (fixed.replace("{collection}", layer), operation.roles & of_layer(layer))
        for layer in LAYERS
    ]


def test_the_document_says_of_every_operation_who_may_call_it(served):
    document = served.get("/api/openapi.json").json()
    told = {
        (method.upper(), path): set(operation["x-roles"])
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }
    assert told == {(one.method, one.path): set(one.roles) for one in operations()}
    assert all(told.values())


@pytest.mark.parametrize(("method", "_path", "operation"), described())
def test_who_may_not_is_refused_and_who_may_is_not(served, method, _path, operation):
    # The body is nonsense of a nonsensical kind: who may not must hear of the right first, and
    # who may hears of the body, so that nothing is written here.
    junk = {"content": b"{", "headers": {"Content-Type": "application/x-nonsense"}}
    sent = {} if method == "GET" else junk
    for place, allowed in places(operation):
        for role in ALL_ROLES:
            if role in allowed and method == "DELETE":
                continue  # it has no body to stumble over
            if role in allowed and operation.path.endswith("/events"):
                continue  # a stream never ends by itself
            status = served.ask(method, place, role=role, **sent).status_code
            if role in allowed:
                assert status not in {401, 403}, (role, place, status)
                assert status < 500, (role, place, status)
            else:
                assert status == (401 if role == "viewer" else 403), (role, place, status)


@pytest.mark.parametrize(("method", "path", "operation"), described())
def test_writing_needs_an_account(method, path, operation):
    reads = method == "GET" or path in {NOBODY_SIGNS_IN, "/api/names/check", "/api/logout"}
    assert reads or "viewer" not in operation.roles


@pytest.mark.parametrize(("method", "path", "operation"), described())
def test_a_bad_token_is_refused_everywhere(served, method, path, operation):
    place, _ = places(operation)[0]
    headers = {"Authorization": "Bearer xyg_" + "0" * 43}
    answer = served.client.request(method, place, headers=headers)
    if path == NOBODY_SIGNS_IN:
        assert answer.status_code in {400, 415, 422}
    else:
        assert (answer.status_code, answer.headers["www-authenticate"][:6]) == (401, "Bearer")


def test_no_role_is_unknown():
    for one in operations():
        assert one.roles <= EVERYBODY, one.id
    names = [one.id for one in operations()]
    assert len(names) == len(set(names))
