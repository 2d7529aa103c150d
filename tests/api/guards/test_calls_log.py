"""One line a call, and nothing in it that is nobody's business."""

from __future__ import annotations

import logging

import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from api.account import Account
from api.guards.calls_log import CallsLog


class Operation:
    path = "/ogc/collections/{collection}/items"


async def app(scope, receive, send):
    scope["operation"] = Operation
    scope["account"] = Account("wang", "clerk", "token")
    if "boom" in scope["path"]:
        raise ZeroDivisionError("secret")
    await PlainTextResponse("x", 503 if "down" in scope["path"] else 200)(scope, receive, send)


@pytest.fixture
def lines(caplog):
    caplog.set_level(logging.INFO, "xygeo")
    return caplog


def test_a_line_says_route_status_time_id_and_account(lines):
    answer = TestClient(CallsLog(app)).get("/ogc/collections/elders/items?name=secret")
    (line,) = lines.records
    assert (line.getMessage(), line.levelname, line.method) == ("call", "INFO", "GET")
    assert (line.route, line.status, line.account) == (Operation.path, 200, "wang")
    assert line.request_id == answer.headers["x-request-id"]
    assert line.ms >= 0
    assert "secret" not in str(line.__dict__)


def test_a_failure_of_ours_is_an_error(lines):
    TestClient(CallsLog(app)).get("/down")
    assert (lines.records[0].levelname, lines.records[0].status) == ("ERROR", 503)


def test_a_call_that_was_never_answered_has_its_line(lines):
    with pytest.raises(ZeroDivisionError):
        TestClient(CallsLog(app)).get("/boom")
    assert lines.records[0].status == 500


def test_an_unknown_path_is_not_written_down(lines):
    TestClient(CallsLog(PlainTextResponse("x", 404))).get("/secret")
    assert (lines.records[0].route, lines.records[0].status, lines.records[0].account) == (
        "",
        404,
        "",
    )
