"""Browser libraries come from npm as the lock says, are never committed, and name no registry."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools"))

import assets  # noqa: E402 - a tool, not a package


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A project of its own, with an npm that only writes down that it was called."""
    (tmp_path / "package-lock.json").write_text("{}")
    modules = tmp_path / "node_modules"
    for name in assets.FILES:
        (modules / name).parent.mkdir(parents=True, exist_ok=True)
        (modules / name).write_text(f"// {name}")
    monkeypatch.setattr(assets, "ROOT", tmp_path)
    monkeypatch.setattr(assets, "VENDOR", tmp_path / "webmap" / "live" / "vendor")
    npm = tmp_path / "npm"
    npm.write_text(f"#!/bin/sh\necho called >> {tmp_path}/calls\nexit $(cat {tmp_path}/code)\n")
    npm.chmod(0o755)
    (tmp_path / "code").write_text("0")
    monkeypatch.setattr(assets.shutil, "which", lambda _: str(npm))
    return tmp_path


def calls(place):
    log = place / "calls"
    return len(log.read_text().splitlines()) if log.exists() else 0


def test_libraries_are_fetched_once_and_again_only_when_the_lock_changes(place):
    assert assets.build()
    assert {path.name for path in assets.VENDOR.iterdir()} == {
        *assets.FILES.values(),
        "stamp.txt",
    }
    assert not assets.build()
    assert calls(place) == 1
    (place / "package-lock.json").write_text('{"a": 1}')
    assert assets.build()
    assert calls(place) == 2


def test_a_failed_fetch_leaves_what_was_there(place):
    assets.build()
    (place / "package-lock.json").write_text('{"a": 1}')
    (place / "code").write_text("1")
    with pytest.raises(assets.AssetsError, match="npm ci failed"):
        assets.build()
    assert (assets.VENDOR / "htm-preact.js").exists()


def test_without_npm_the_cure_is_named(place, monkeypatch):
    monkeypatch.setattr(assets.shutil, "which", lambda _: None)
    with pytest.raises(assets.AssetsError, match="make assets"):
        assets.build()
    assert not (place / "webmap").exists()


def test_the_lock_holds_hashes_and_no_registry():
    lock = json.loads((ROOT / "package-lock.json").read_text("utf-8"))
    packages = {name: pack for name, pack in lock["packages"].items() if name}
    assert set(packages) == {"node_modules/htm", "node_modules/axe-core"}
    for pack in packages.values():
        assert pack["integrity"].startswith("sha512-")
        assert "resolved" not in pack


def test_nothing_of_npm_is_tracked():
    listed = subprocess.run(
        ["git", "ls-files", "node_modules", "webmap/live/vendor"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert listed.stdout == ""
