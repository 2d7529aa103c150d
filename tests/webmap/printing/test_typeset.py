"""Breaking lines, writing numbers."""

from datetime import date

from webmap.printing.fonts import default_fonts
from webmap.printing.typeset import broken, chinese_date, counted, percent

FONTS = default_fonts()


def lines(text: str, width: float) -> tuple[str, ...]:
    return broken(text, width, size=1.0, role="hei", fonts=FONTS)


def test_chinese_breaks_anywhere():
    assert lines("一二三四五", 2.0) == ("一二", "三四", "五")


def test_no_line_begins_with_a_comma_or_a_closing_bracket():
    assert all(line[0] not in "，）。" for line in lines("一二，三四）五六。七", 2.0))


def test_no_line_ends_with_an_opening_bracket():
    assert all(line[-1] != "（" for line in lines("一（二三四", 2.0))


def test_a_latin_word_stays_whole():
    assert lines("见OpenStreetMap的图", 8.0)[1].startswith("OpenStreetMap")


def test_a_word_wider_than_the_line_is_cut():
    assert "".join(lines("x" * 40, 3.0)) == "x" * 40


def test_nothing_gives_no_line():
    assert lines("", 3.0) == ()


def test_numbers_and_days():
    assert counted(49415.0) == "49,415"
    assert counted(float("nan")) == "—"
    assert percent(0.0951) == "9.5%"
    assert percent(float("nan")) == "—"
    assert chinese_date(date(2026, 11, 1)) == "2026年11月1日"
