"""The sample county of seed 7, made once."""

import pytest

from layers.sample import SAMPLE_LAYERS, sample_rows


@pytest.fixture(scope="session")
def county():
    """Layer -> rows."""
    return {layer: sample_rows(layer, seed=7) for layer in SAMPLE_LAYERS}


@pytest.fixture(scope="session")
def divisions(county):
    """Id -> row."""
    return {row["id"]: row for row in county["divisions"]}


@pytest.fixture(scope="session")
def roads(county):
    """Rows of the roads."""
    return county["roads"]
