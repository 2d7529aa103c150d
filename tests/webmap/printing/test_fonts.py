"""Fonts: advances and the glyph gate."""

from pathlib import Path

import pytest

from webmap.printing.errors import SheetError
from webmap.printing.fonts import Face, FontBook, default_fonts
from webmap.printing.items import TextItem

COUNTY = "虒垴襄堡垣亭侯戠漳隒岇墚坨疃磛"


def text(words: str, **more) -> TextItem:
    return TextItem(x=0, y=0, text=words, size=2, layer="divisions", **more)


def test_both_faces_have_the_county_s_characters():
    assert all(face.lacks(COUNTY) == () for face in default_fonts().faces)


def test_a_chinese_character_is_one_em_wide():
    assert default_fonts().width("虒亭镇", size=2.0, role="hei") == pytest.approx(6.0)


def test_spacing_stands_between_letters_only():
    assert default_fonts().width("虒亭镇", size=2.0, role="song", spacing=0.5) == pytest.approx(7.0)


def test_latin_is_narrower():
    assert default_fonts().width("iii", size=2.0, role="hei") < 3.0


def test_an_unknown_character_stops_a_strict_sheet_with_text_code_point_and_layer():
    with pytest.raises(SheetError, match="U\\+E123") as caught:
        default_fonts().check([text("上\ue123村")], strict=True)
    assert caught.value.code == "glyph_missing"
    assert "divisions" in str(caught.value)


def test_an_unknown_character_becomes_a_mark_and_a_warning_else():
    report = default_fonts().check([text("上\ue123村")], strict=False)
    assert report.items[0].text == "上〓村"
    assert len(report.missing) == 1


@pytest.mark.parametrize("character", ["\u202e", "\x07", "\u200b"])
def test_characters_that_draw_nothing_are_missing(character):
    assert default_fonts().check([text(f"a{character}b")], strict=False).missing


def test_every_text_gets_its_face():
    report = default_fonts().check([text("虒亭"), text("虒亭", family="song")], strict=True)
    assert [item.face for item in report.items] == ["Noto Sans SC", "Noto Serif SC"]
    assert report.fonts == ("Noto Sans SC", "Noto Serif SC")


class Poor(Face):
    """A face that lacks one character."""

    def lacks(self, text: str) -> tuple[str, ...]:
        return tuple(c for c in text if c == "垴")


def test_a_name_that_needs_the_next_font_takes_it_whole():
    good = default_fonts().faces[1]
    book = FontBook({"hei": (Poor("Poor", default_fonts().faces[0].path), good)})
    report = book.check([text("贾垴"), text("虒亭")], strict=True)
    assert [item.face for item in report.items] == [good.family, "Poor"]
    assert "贾垴" in report.substituted[0]


def test_a_file_that_is_no_font_is_refused(tmp_path: Path):
    (tmp_path / "x.otf").write_bytes(b"no font")
    with pytest.raises(SheetError, match=r"x\.otf"):
        default_fonts([tmp_path / "x.otf"])
