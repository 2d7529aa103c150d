"""The small map of a boundary line."""

from io import BytesIO

import pytest
from PIL import Image

from layers.errors import NotFound
from tests.layers.analysis.boundary import ID, filled
from webmap.printing.inset import Inset
from webmap.printing.line_inset import line_inset


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    with filled(tmp_path_factory.mktemp("inset")) as store:
        yield store


@pytest.fixture(scope="module")
def drawn(store):
    return line_inset(store, ID, 120, 60)


def test_it_has_the_size_asked_for(drawn):
    with Image.open(BytesIO(drawn.png(100))) as picture:
        assert picture.size == pytest.approx((120 / 25.4 * 100, 60 / 25.4 * 100), abs=1)
    assert 'width="120mm" height="60mm"' in drawn.svg


def test_it_shows_the_numbers_and_both_sides(drawn):
    for text in (">1<", ">2<", ">3<", "邻县", "示意县", "本图界线不作为划界依据"):
        assert text in drawn.svg


def test_the_line_fits_its_frame(drawn):
    assert 8_950 * 1000 / drawn.scale <= 120 - 18  # 0.1 degrees on 36.5 N
    assert drawn.grid_km > 0


def test_references_are_for_large_maps(store, drawn):
    assert "30.5°" not in drawn.svg
    assert "30.5°" in line_inset(store, ID, 120, 60, references=True).svg


def test_surveyed_rows_bear_no_notice_and_synthetic_rows_do(tmp_path, drawn):
    assert "示意数据" not in drawn.svg
    with filled(tmp_path, quality="synthetic") as store:
        assert "示意数据 非法定" in line_inset(store, ID, 120, 60).svg


def test_the_same_store_gives_the_same_picture(store, drawn):
    again = line_inset(store, ID, 120, 60)
    assert again.svg == drawn.svg
    assert again.inset(72) == drawn.inset(72)
    assert isinstance(again.inset(72), Inset)


def test_a_tiny_map_is_still_a_map(store):
    assert line_inset(store, ID, 16, 12).scale > 0


def test_an_unknown_line_is_refused(store):
    with pytest.raises(NotFound):
        line_inset(store, "1-2", 120, 60)
