"""The seeded county's names in a store: read only, so made once."""

from __future__ import annotations

import pytest

from layers.sample.divisions import division_rows
from layers.sample.facilities import facility_rows
from layers.store import Actor, open_store


@pytest.fixture(scope="session")
def county(tmp_path_factory):
    """Divisions and facilities of the sample county, and three place names."""
    path = tmp_path_factory.mktemp("names") / "county.gpkg"
    clerk = Actor("tester", "reviewer")
    with open_store(f"gpkg:{path}", create=True, min_free_mb=0) as store:
        store.put("divisions", division_rows(7), actor=clerk)
        store.put("care_facilities", facility_rows(7), actor=clerk)
        yield store
