"""`xygeo backup` and `xygeo restore` on the command line."""

from __future__ import annotations

import contextlib
import io

import pytest

from tests.calling import xygeo


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "data"
    assert xygeo("init", data=folder).code == 0
    return folder


def test_a_backup_restores(data, tmp_path):
    file = tmp_path / "a.zip"
    made = xygeo("backup", file, "--json", data=data)
    assert (made.code, made.json["file"], made.json["events"]) == (0, str(file), 0)
    back = xygeo("restore", file, "--json", data=tmp_path / "back")
    assert (back.code, back.json["head"]) == (0, made.json["head"])
    assert xygeo("verify", "--json", data=tmp_path / "back").json["ok"]


def test_people_are_told_where_and_that_it_was_verified(data, tmp_path):
    assert "已备份到" in xygeo("backup", tmp_path / "a.zip", data=data).out
    assert "已核验" in xygeo("restore", tmp_path / "a.zip", data=tmp_path / "back").out


def test_a_full_folder_needs_force(data, tmp_path):
    xygeo("backup", tmp_path / "a.zip", data=data)
    refused = xygeo("restore", tmp_path / "a.zip", data=data)
    assert (refused.code, refused.out) == (1, "")
    assert "--force" in refused.err
    assert xygeo("restore", tmp_path / "a.zip", "--force", data=data).code == 0


def test_a_damaged_backup_is_refused_and_leaves_no_store(tmp_path):
    (tmp_path / "a.zip").write_bytes(b"PK")
    refused = xygeo("restore", tmp_path / "a.zip", "--json", data=tmp_path / "back")
    assert (refused.code, refused.json["error"]["code"]) == (1, "backup_damaged")
    assert not (tmp_path / "back").exists()


def test_a_backup_of_nothing_says_what_to_do(tmp_path):
    refused = xygeo("backup", tmp_path / "a.zip", data=tmp_path / "none")
    assert (refused.code, refused.err.count("\n")) == (1, 1)
    assert "xygeo init" in refused.err


@pytest.mark.parametrize(("port", "code"), [("70000", 2), ("x", 2)])
def test_a_port_that_is_none_is_wrong_use(data, port, code):
    assert xygeo("serve", "--port", port, data=data).code == code


@pytest.mark.parametrize("words", [[], ["--json"]])
def test_ready_is_told_in_one_write(data, monkeypatch, words):
    written = []

    class Pipe(io.StringIO):
        def write(self, text):
            written.append(text)
            return len(text)

    def serve(*_about, on_ready, **_more):
        with contextlib.redirect_stdout(Pipe()):
            on_ready("http://127.0.0.1:8000")

    monkeypatch.setattr("api.serving.running.serve", serve)
    assert xygeo("serve", *words, data=data).code == 0
    (line,) = filter(None, written)
    assert "http://127.0.0.1:8000" in line
    assert line.endswith("\n")
