"""Only the names that an installation has are answered."""

from __future__ import annotations

import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from api.guards.hosts import HostCheck


def asked(host, hosts):
    client = TestClient(HostCheck(PlainTextResponse("x"), hosts))
    return client.get("/", headers={"Host": host})


@pytest.mark.parametrize(
    "host", ["map.example.cn", "MAP.example.CN:8000", "127.0.0.1:8000", "[::1]:8000", "a.gov.cn"]
)
def test_a_known_name_is_answered_with_any_port(host):
    assert asked(host, ["map.example.cn", "127.0.0.1", "::1", "*.gov.cn"]).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "map.example.cn.evil", "gov.cn", "", "a@map.example.cn@x", "[::1", "x:y"],
)
def test_another_name_is_refused(host):
    answer = asked(host, ["map.example.cn", "127.0.0.1", "*.gov.cn"])
    assert (answer.status_code, answer.json()["code"]) == (400, "unknown_host")


def test_without_a_list_every_host_is_answered():
    assert asked("any.example", []).status_code == 200
