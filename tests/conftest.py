"""Fixtures that more than one room needs."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import settings

settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
settings.register_profile("dev", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "dev")


def lacking(what: str, cure: str) -> NoReturn:
    """Stop the test because the machine lacks a part: a failure in CI, a visible skip elsewhere."""
    text = f"{what} is missing: {cure}"
    if os.environ.get("CI"):
        pytest.fail(text, pytrace=False)
    pytest.skip(text)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real roads beside the project; users have none, so the rest stands without."""
    folder = Path(__file__).resolve().parents[2] / "shared" / "data"
    if not (folder / "osm" / "heidelberg.osm.pbf").exists():
        pytest.skip("no ../shared/data beside the project: real roads are for developers only")
    return folder


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of Debian's Chromium."""
    path = shutil.which("chromium")
    if path is None:
        lacking("chromium", "run `make system` as root")
    return path
