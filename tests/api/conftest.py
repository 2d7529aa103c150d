"""The sample county, made once, and a service on a copy of it for each module that asks."""

from __future__ import annotations

import shutil

import pytest

from layers.sample import SAMPLE_CLOCK, fill_sample
from layers.store import open_store
from tests.service import serving


@pytest.fixture(scope="session")
def sample_folder(tmp_path_factory):
    """A data folder with the sample county; to be copied, not written."""
    folder = tmp_path_factory.mktemp("sample")
    with open_store(
        f"gpkg:{folder / 'county.gpkg'}", create=True, clock=SAMPLE_CLOCK, min_free_mb=0
    ) as store:
        fill_sample(store)
    return folder


@pytest.fixture(scope="module")
def served(sample_folder, tmp_path_factory):
    """A service on the sample county with an account of every role."""
    folder = tmp_path_factory.mktemp("served") / "data"
    shutil.copytree(sample_folder, folder)
    with serving(folder) as made:
        yield made
