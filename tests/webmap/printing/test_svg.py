"""The SVG text."""

import numpy as np

from webmap.printing.items import PathItem, TextItem
from webmap.printing.svg import render_svg


def drawn(*items) -> str:
    return render_svg(items, width=420, height=297)


def test_the_page_is_in_millimetres():
    assert 'width="420mm" height="297mm" viewBox="0 0 420 297"' in drawn()


def test_coordinates_have_three_decimals_at_most():
    path = PathItem(lines=(np.array([(1 / 3, 2.0), (-1e-9, 5.5)]),), stroke="#000", width=0.1)
    assert 'd="M0.333 2L0 5.5"' in drawn(path)


def test_rings_close_and_leave_holes_open():
    ring = np.array([(0, 0), (1, 0), (1, 1), (0, 0)], dtype=float)
    svg = drawn(PathItem(lines=(ring,), closed=True, fill="#fff"))
    assert 'd="M0 0L1 0 1 1Z"' in svg
    assert 'fill-rule="evenodd"' in svg


def test_a_halo_is_one_text_with_paint_order():
    svg = drawn(TextItem(x=1, y=2, text="虒亭", size=2, halo=0.2, face="Noto Sans SC"))
    assert svg.count("虒亭") == 1
    assert 'stroke-width="0.4"' in svg
    assert 'paint-order="stroke"' in svg


def test_markup_in_a_name_is_text():
    svg = drawn(TextItem(x=1, y=2, text="<b>&", size=2, face='a"b'))
    assert "&lt;b&gt;&amp;</text>" in svg


def test_an_empty_path_draws_nothing():
    assert "<path" not in drawn(PathItem(lines=(np.empty((0, 2)),), stroke="#000", width=1))
