"""What the manual tells people to write can be written."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

import pytest

from geo.errors import InputError
from layers.cql2 import fitted, parse_filter
from layers.schema import layer_names, layer_schema

MANUAL = Path(__file__).parents[3] / "docs" / "manual" / "filters.md"


def examples() -> list[str]:
    """Give the conditions in the second column of the table."""
    rows = [line.split(" | ", 1) for line in MANUAL.read_text(encoding="utf-8").splitlines()]
    cells = [row[1] for row in rows if row[0].startswith("| ") and len(row) == 2]
    spans = [span for cell in cells for span in re.findall(r"`([^`]+)`", cell)]
    return [span for span in spans if re.search("[a-z]", span) and span[0] != "*"]


@pytest.mark.parametrize("text", examples())
def test_an_example_fits_a_layer(text: str) -> None:
    node = parse_filter(text)
    for name in layer_names():
        with suppress(InputError):
            fitted(node, layer_schema(name))
            return
    pytest.fail(f"no layer can be asked this: {text}")


def test_the_json_example_is_the_text_one() -> None:
    found = re.search(r"`(\{.*\})`", MANUAL.read_text(encoding="utf-8"))
    assert found
    assert parse_filter(found[1], lang="cql2-json") == parse_filter("beds >= 50")
