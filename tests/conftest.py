"""Fixtures that more than one room needs."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn
from uuid import uuid4

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.postgis_server import PostgisServer

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


@pytest.fixture(scope="session")
def postgis() -> Iterator[PostgisServer]:
    """A PostgreSQL server with PostGIS, one a worker."""
    from tests.postgis_server import postgis_server

    with postgis_server() as server:
        yield server


@pytest.fixture(scope="module")
def postgis_url(postgis: PostgisServer) -> str:
    """Address of an empty database, one a module."""
    return postgis.database(f"m{uuid4().hex[:12]}")
