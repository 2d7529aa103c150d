"""What a call takes from its environment."""

from __future__ import annotations

import getpass

import pytest

from api.cli.session import actor, start
from api.cli.usage import UsageError
from tests.calling import xygeo


@pytest.mark.parametrize(
    ("name", "value"),
    [("XYGEO_MIN_FREE_MB", "many"), ("XYGEO_MIN_FREE_MB", "-1"), ("XYGEO_TZ", "Mars/Olympus")],
)
def test_a_wrong_setting_is_named(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(UsageError, match=name):
        start(None, as_json=False)


def test_an_empty_setting_is_none(monkeypatch):
    monkeypatch.setenv("XYGEO_DATA", "")
    assert start(None, as_json=False).folder.name == "xygeo-data"


def test_writing_stops_below_the_free_space_that_is_set(monkeypatch, tmp_path):
    assert xygeo("init", data=tmp_path).code == 0
    (tmp_path / "a.csv").write_text("名称,类型\n甲,驿站\n", encoding="utf-8")
    monkeypatch.setenv("XYGEO_MIN_FREE_MB", str(10**12))
    answer = xygeo(
        "import", "care_facilities", tmp_path / "a.csv", "--actor", "a", "--json", data=tmp_path
    )
    assert (answer.code, answer.json["error"]["code"]) == (1, "disk_full")


def test_an_unknown_role_is_refused():
    with pytest.raises(UsageError, match="没有身份“king”"):
        actor("a", "king")


def test_a_user_without_a_name_is_asked_for_one(monkeypatch):
    def nobody():
        raise KeyError("getpwuid(): uid not found: 12345")

    monkeypatch.setattr(getpass, "getuser", nobody)
    with pytest.raises(UsageError, match="--actor"):
        actor(None, "clerk")
    assert actor("张", "clerk").name == "张"
