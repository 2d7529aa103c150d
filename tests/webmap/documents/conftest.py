"""Cases walked to all their documents, and the office program that prints them."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from layers.cases import document_rows, plate_rows
from layers.store import open_store
from tests.case_walks import (
    fill_county,
    fill_street,
    walked_inspection,
    walked_name,
    walked_nomination,
    walked_siting,
)
from tests.conftest import lacking
from tests.layers.cases.conftest import CLERK, DAY
from webmap.documents import write_document

if TYPE_CHECKING:
    from pathlib import Path


def _all_rows(folder: Path, *, placed: bool, markers: int) -> dict[str, dict]:
    url = f"gpkg:{folder / 'county.gpkg'}"
    with open_store(url, create=True, min_free_mb=0) as store:
        fill_county(store, placed=placed, markers=markers)
        fill_street(store)
        cases = (
            walked_inspection(store),
            walked_name(store),
            walked_nomination(store),
            walked_siting(store),
        )
        rows = {
            f"{case.type}.{name}": document_rows(store, case.id, name)
            for case in cases
            for name in case.documents
        }
        village = {
            "code": "140423104201", "name": "虒亭村", "level": "village", "kind": "village",
            "parent_code": "140423104000", "legal": True, "quality": "approximate",
        }  # fmt: skip
        store.put("divisions", [village], actor=CLERK)
        rows["plates.list"] = plate_rows(store, on=DAY, villages=["140423104201"])
        return rows


@pytest.fixture(scope="session")
def paper_rows(tmp_path_factory) -> dict[str, dict]:
    """Rows of every document of cases on paper alone."""
    return _all_rows(tmp_path_factory.mktemp("paper"), placed=False, markers=2)


@pytest.fixture(scope="session")
def placed_rows(tmp_path_factory) -> dict[str, dict]:
    """Rows of every document of cases with places; the line has so many markers as fill pages."""
    return _all_rows(tmp_path_factory.mktemp("placed"), placed=True, markers=40)


def _write_all(rows: dict[str, dict], folder: Path) -> dict[tuple[str, str], Path]:
    written = {}
    for name, one in rows.items():
        for suffix in one["formats"]:
            path = folder / f"{name}-{suffix}.{suffix}"
            write_document(one, path)
            written[name, suffix] = path
    return written


@pytest.fixture(scope="session")
def paper_files(paper_rows, tmp_path_factory) -> dict[tuple[str, str], Path]:
    """Every document of cases on paper alone, written once."""
    return _write_all(paper_rows, tmp_path_factory.mktemp("paper-files"))


@pytest.fixture(scope="session")
def placed_files(placed_rows, tmp_path_factory) -> dict[tuple[str, str], Path]:
    """Every document of cases with places, written once."""
    return _write_all(placed_rows, tmp_path_factory.mktemp("placed-files"))


@pytest.fixture(scope="session")
def printed(placed_files, tmp_path_factory) -> dict[tuple[str, str], Path]:
    """Every document of cases with places as LibreOffice prints it, with a profile of its own."""
    program = shutil.which("soffice")
    if program is None:
        lacking("soffice", "run `make system` as root")
    profile = tmp_path_factory.mktemp("office")
    folder = tmp_path_factory.mktemp("printed")
    words = [
        program, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", "pdf",
        "--outdir", str(folder), *map(str, placed_files.values()),
    ]  # fmt: skip
    subprocess.run(words, check=True, capture_output=True, timeout=300)
    return {key: folder / f"{path.stem}.pdf" for key, path in placed_files.items()}
