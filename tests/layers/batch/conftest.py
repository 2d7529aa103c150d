"""A province small enough to be read in a moment, once a run."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from layers.batch import read_manifest
from layers.sample.province import SampleProvince
from layers.sample.province_files import write_province

SMALL = SampleProvince(counties=4, side=12, villages=12)


@pytest.fixture(scope="session")
def province(tmp_path_factory) -> Path:
    """The manifest of four counties; its files are not to be changed."""
    return write_province(tmp_path_factory.mktemp("province"), SMALL)


@pytest.fixture
def own_province(province, tmp_path) -> Path:
    """The same province to be spoiled."""
    shutil.copytree(province.parent, tmp_path / "province")
    return tmp_path / "province" / province.name


@pytest.fixture
def tasks(province):
    return read_manifest(province).counties


@pytest.fixture
def listing(tmp_path):
    """Write a manifest of the given form and give its path."""

    def write(body: object, name: str = "counties.json") -> Path:
        file = tmp_path / name
        text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False, default=str)
        file.write_text(text, encoding="utf-8")
        return file

    return write
