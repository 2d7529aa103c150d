"""Writing a sheet."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from tests.webmap.printing.build import small_picture
from webmap.printing import SheetError, circles_sheet


@pytest.fixture(scope="module")
def drawn():
    return circles_sheet(small_picture())


@pytest.mark.parametrize(
    ("ending", "start"), [(".pdf", b"%PDF-"), (".svg", b"<svg "), (".PNG", b"\x89PNG")]
)
def test_each_format_is_written_whole(drawn, tmp_path: Path, ending, start):
    file = drawn.write(tmp_path / "new" / f"c{ending}", dpi=40)
    assert file.read_bytes().startswith(start)
    assert [entry.name for entry in file.parent.iterdir()] == [file.name]


def test_another_ending_is_refused_before_anything_is_written(drawn, tmp_path: Path):
    with pytest.raises(SheetError, match=r"c\.tif"):
        drawn.write(tmp_path / "c.tif")
    assert list(tmp_path.iterdir()) == []


def test_the_svg_has_real_text_and_nothing_from_outside(drawn):
    assert ">虒亭镇</text>" in drawn.svg
    assert "href" not in drawn.svg
    assert drawn.svg.count("http") == 1  # the namespace


def test_the_json_has_no_crosses_unless_asked(drawn):
    assert "crosses" not in drawn.to_json()
    assert drawn.to_json()["crs"] == "EPSG:4547"


def test_a_preview_is_the_same_drawing_with_fewer_dots(drawn, tmp_path: Path):
    assert drawn.png(dpi=40) == drawn.write(tmp_path / "c.png", dpi=40).read_bytes()
    with Image.open(BytesIO(drawn.png(dpi=40))) as picture:
        assert picture.size == pytest.approx((420 / 25.4 * 40, 297 / 25.4 * 40), abs=1)
