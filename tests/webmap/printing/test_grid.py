"""Kilometre grid and graticule."""

import numpy as np
import pyproj
import pytest
import shapely

from webmap.printing.grid import graticule, kilometre_grid, nice_step
from webmap.printing.items import PathItem, TextItem
from webmap.printing.page import Page
from webmap.printing.recipe import load_recipe

LAYOUT = load_recipe("circles").layout("A3")


def page(scale: int = 100_000) -> Page:
    return Page(
        paper="A3",
        width=420,
        height=297,
        frame=LAYOUT.frame,
        scale=scale,
        centre=(412_345.0, 4_043_210.0),
    )


def grid(scale: int = 100_000, sides: str = "nesw"):
    return kilometre_grid(page(scale), LAYOUT, color="#888", ink="#000", width=0.05, sides=sides)


@pytest.mark.parametrize(("least", "step"), [(900, 1000), (1000, 1000), (1001, 2000), (4800, 5000)])
def test_steps_are_one_two_five(least, step):
    assert nice_step(least) == step


def test_lines_stand_on_whole_steps():
    step = 5_000
    for line in grid().lines[0].lines:
        if line[0][0] == line[1][0]:
            east = page().centre[0] + (line[0][0] - LAYOUT.frame.centre[0]) * 100
            assert east / step == pytest.approx(round(east / step), abs=1e-6)


def test_labels_name_the_kilometre_of_their_line():
    texts = {item.text: item for item in grid().labels if isinstance(item, TextItem)}
    item = texts["410"]
    x = page().to_mm(np.array([[410_000.0, 0.0]]))[0][0]
    assert item.x == pytest.approx(x)


def test_labels_lie_between_the_two_frames():
    for item in grid(20_000).labels:
        if isinstance(item, TextItem):
            inside = LAYOUT.frame.x < item.x < LAYOUT.frame.right
            inside &= LAYOUT.frame.y < item.y - item.size / 2 < LAYOUT.frame.bottom
            assert not inside
            assert LAYOUT.outer.x < item.x < LAYOUT.outer.right


def test_only_the_named_sides_have_labels():
    right = [i for i in grid(sides="sw").labels if isinstance(i, TextItem)]
    assert all(i.x < LAYOUT.frame.right and i.y > LAYOUT.frame.y for i in right)


def test_meridians_and_parallels_stay_in_the_frame_and_are_labelled():
    crs = pyproj.CRS.from_epsg(4547)
    net = graticule(page(), LAYOUT, crs, color="#888", ink="#000", width=0.05)
    points = np.vstack([line for item in net.lines for line in item.lines])
    assert points[:, 0].min() >= LAYOUT.frame.x - 1e-6
    assert points[:, 1].max() <= LAYOUT.frame.bottom + 1e-6
    words = [item.text for item in net.labels if isinstance(item, TextItem)]
    assert "113°04′" in words
    assert "36°" in words


def test_a_meridian_runs_through_its_true_place():
    crs = pyproj.CRS.from_epsg(4547)
    net = graticule(page(), LAYOUT, crs, color="#888", ink="#000", width=0.05)
    move = pyproj.Transformer.from_crs(4490, 4547, always_xy=True)
    at = page().to_mm(np.array([move.transform(113.0, 36.5)]))[0]
    lines = [shapely.LineString(line) for item in net.lines for line in item.lines]
    assert min(shapely.distance(lines, shapely.Point(at))) < 0.01


def test_the_grid_is_one_path():
    assert [type(item) for item in grid().lines] == [PathItem]
