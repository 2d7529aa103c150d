"""The style: complete, told apart by everybody, and a legend of what occurs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from shapely import Polygon

from tests.webmap.pictures import picture, placeless_picture
from webmap.style import gap_class, legend_rows, load_style, picture_keys, village_key

STYLE = load_style()

# Machado, Oliveira & Fernandes 2009, severity 1.0, on linear RGB.
PROTANOPIA = np.array(
    [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ]
)
DEUTERANOPIA = np.array(
    [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ]
)
TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)


def linear(color: str) -> np.ndarray:
    value = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def lab(rgb: np.ndarray) -> np.ndarray:
    x = TO_XYZ @ np.clip(rgb, 0, 1) / np.array([0.95047, 1.0, 1.08883])
    f = np.where(x > 216 / 24389, np.cbrt(x), (24389 / 27 * x + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def contrast(one: str, other: str) -> float:
    bright, dark = sorted((float(TO_XYZ[1] @ linear(c)) for c in (one, other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def test_lab_of_white_and_mid_grey_is_as_published():
    assert lab(linear("#ffffff")) == pytest.approx([100, 0, 0], abs=0.02)
    assert lab(linear("#777777"))[0] == pytest.approx(50.03, abs=0.05)


@pytest.mark.parametrize("classes", [STYLE.gap_villages, STYLE.gap_shares])
def test_gap_classes_differ_by_7_lightness_in_grey(classes):
    lightness = [lab(linear(step.color))[0] for step in classes]
    assert np.diff(lightness).max() <= -7


@pytest.mark.parametrize("seen_by", [np.eye(3), PROTANOPIA, DEUTERANOPIA])
@pytest.mark.parametrize("classes", [STYLE.gap_villages, STYLE.gap_shares])
def test_gap_classes_differ_by_10_under_red_green_blindness(classes, seen_by):
    seen = [lab(seen_by @ linear(step.color)) for step in classes]
    apart = [np.linalg.norm(a - b) for i, a in enumerate(seen) for b in seen[:i]]
    assert min(apart) >= 10


def test_a_covered_village_is_no_gap_for_red_green_blindness_either():
    covered = STYLE.dots["covered"].color
    for seen_by in (PROTANOPIA, DEUTERANOPIA):
        for step in STYLE.gap_villages:
            apart = lab(seen_by @ linear(covered)) - lab(seen_by @ linear(step.color))
            assert np.linalg.norm(apart) >= 10


def test_tints_are_at_most_five_and_pale():
    assert len(STYLE.tints) <= 5
    assert min(lab(linear(tint))[0] for tint in STYLE.tints) > 90


def test_names_are_readable_on_every_tint():
    for tint in (*STYLE.tints, STYLE.paper):
        for name in ("county", "township", "village", "facility"):
            assert contrast(STYLE.letters[name].color, tint) >= 4.5


def test_kinds_are_told_apart_by_shape_where_the_colour_is_one():
    looks = [(s.color, s.shape) for s in STYLE.facilities.values()]
    shapes = [s.shape for s in STYLE.facilities.values()]
    assert len(set(looks)) == len(looks)
    assert len(set(shapes)) == len(shapes)


def test_rings_stay_inside_their_square():
    for symbol in (*STYLE.facilities.values(), STYLE.other_facility):
        assert all(abs(x) <= 1 and abs(y) <= 1 for x, y in symbol.ring)
        assert symbol.shape == "circle" or Polygon(symbol.ring).is_valid


def test_a_class_holds_its_lower_edge():
    assert [gap_class(STYLE.gap_villages, v) for v in (0, 1, 49, 50, 500, 9000)] == [
        None,
        0,
        0,
        1,
        4,
        4,
    ]
    assert gap_class(STYLE.gap_shares, float("nan")) is None


def test_every_osm_class_is_in_one_group():
    listed = [name for group in STYLE.roads for name in group.highways]
    assert len(set(listed)) == len(listed)
    assert STYLE.road("tertiary_link") == STYLE.road("tertiary")
    assert STYLE.road(None) == STYLE.road("corridor") == len(STYLE.roads) - 1


def test_a_village_without_elders_is_neither_covered_nor_gap():
    assert village_key(STYLE, weight=0, covered=True) == "dot.empty"
    assert village_key(STYLE, weight=float("nan"), covered=False) == "dot.empty"
    assert village_key(STYLE, weight=120, covered=False) == "gap.2"


def test_unknown_kind_has_a_symbol_and_a_title():
    assert STYLE.facility(float("nan")).title == "类型未载明"
    assert STYLE.facility("station", hollow=True).hollow


def test_legend_shows_what_occurs_in_a_fixed_order():
    rows = legend_rows(STYLE, {"road.0", "facility.station", "line.county", "gap.4"})
    assert [row.key for row in rows] == ["gap.4", "facility.station", "line.county", "road.0"]


def test_legend_refuses_a_key_that_draws_nothing():
    with pytest.raises(ValueError, match=r"gap\.9"):
        legend_rows(STYLE, {"gap.9"})


def test_every_class_of_a_picture_has_its_row():
    rows = legend_rows(STYLE, picture_keys(picture(), STYLE))
    assert [row.title for row in rows] == [
        "服务圈", "已覆盖村", "未覆盖 1–49 人", "未覆盖 50–99 人", "区域性养老机构（不计入）",
        "养老服务驿站", "农村日间照料中心", "县界", "乡镇界", "干线公路", "村道与街巷", "小路",
    ]  # fmt: skip


def test_an_empty_picture_has_no_legend():
    whole = placeless_picture()
    empty = replace(whole, roads=whole.roads[:0], circles=whole.circles[:0])
    empty = replace(empty, facilities=whole.facilities[:0], demand=whole.demand[:0])
    assert picture_keys(empty, STYLE) == frozenset()
