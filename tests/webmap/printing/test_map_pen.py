"""The pen of a map."""

import pytest
import shapely

from geo.crs import COUNTY_CRS
from tests.webmap.printing.build import small_picture
from webmap.printing.fonts import default_fonts
from webmap.printing.map_pen import MapPen
from webmap.printing.page import Page
from webmap.printing.recipe import load_recipe
from webmap.style import load_style

LAYOUT, STYLE = load_recipe("circles").layout("A3"), load_style()


@pytest.fixture
def pen() -> MapPen:
    page = Page(
        paper="A3",
        width=420,
        height=297,
        frame=LAYOUT.frame,
        scale=25_000,
        centre=(412_241.0, 4_043_240.0),
    )
    return MapPen(small_picture(), page, LAYOUT, STYLE, default_fonts(), COUNTY_CRS)


def test_the_county_lies_in_the_frame_in_mm(pen):
    (shape,) = pen.county
    assert pen.page.frame.holds(pen.page.frame)
    assert shapely.box(*pen.page.frame.bounds).contains(shape)
    assert 100 < shape.bounds[3] - shape.bounds[1] < 220


def test_a_missing_geometry_becomes_empty(pen):
    frame = small_picture().demand
    frame.loc[frame.index[0], "geometry"] = None
    assert pen.shapes_mm(frame)[0].is_empty
    assert pen.inside(pen.shapes_mm(frame)[0]) is None


def test_a_point_outside_the_frame_is_not_drawn(pen):
    assert pen.inside(shapely.Point(1, 1)) is None
    assert pen.inside(shapely.Point(200, 150)) == (200.0, 150.0)


def test_an_area_stands_for_its_middle(pen):
    x, y = pen.inside(shapely.box(100, 100, 120, 110))
    assert shapely.box(100, 100, 120, 110).contains(shapely.Point(x, y))


def test_a_symbol_keeps_its_square_free(pen):
    assert pen.stand((100.0, 100.0), 3.0) == 1.5
    assert pen.symbols[-1] == (98.5, 98.5, 3.0, 3.0)


def test_a_thing_without_a_name_asks_for_none(pen):
    pen.name("elders", "1", "", STYLE.letters["village"], kind="village", at=(100, 100))
    assert pen.drawing.labels == []


def test_a_name_has_its_width_with_spacing(pen):
    letter = STYLE.letters["township"]
    pen.name("divisions", "1", "虒亭镇", letter, kind="township", area=shapely.box(0, 0, 9, 9))
    (label,) = pen.drawing.labels
    size = LAYOUT.letter(letter.size_mm)
    assert label.height == size
    assert label.width == pytest.approx(3 * size + 2 * pen.drawing.spacing(label))
