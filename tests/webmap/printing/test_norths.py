"""The arrow."""

import numpy as np
import pytest

from webmap.printing.items import PathItem, TextItem
from webmap.printing.norths import convergence_text, norths
from webmap.printing.recipe import load_recipe
from webmap.style import load_style

LAYOUT, STYLE = load_recipe("circles").layout("A3"), load_style()


@pytest.mark.parametrize(
    ("value", "text"),
    [(-0.6137, "−0°36.8′"), (1.25, "1°15.0′"), (0.0, "0°00.0′"), (0.9999, "1°00.0′")],
)
def test_degrees_and_minutes(value, text):
    assert convergence_text(value) == text


@pytest.mark.parametrize(("value", "side"), [(-0.6, 1), (0.6, -1), (0.0, 0)])
def test_true_north_leans_to_its_true_side(value, side):
    items = norths(LAYOUT, STYLE, x=50, y=80, height=15, convergence_deg=value)
    grid, true = next(i for i in items if isinstance(i, PathItem)).lines
    assert grid[1][0] == 50
    assert np.sign(true[1][0] - 50) == side


def test_both_norths_are_named():
    items = norths(LAYOUT, STYLE, x=50, y=80, height=15, convergence_deg=-0.6)
    assert {i.text for i in items if isinstance(i, TextItem)} == {"真北", "坐标北"}
