"""The table of gaps as text."""

from dataclasses import replace

from tests.webmap.printing.build import small_picture, town_picture
from webmap.printing.gap_cells import gap_cells


def test_rows_come_in_rank_order_and_the_sum_last():
    rows = gap_cells(small_picture())
    assert rows[0] == ("1", "贾垴镇", "340", "0", "340", "0.0%", "0.0%", "0.0%")
    assert rows[-1] == ("", "合计", "540", "120", "420", "22.2%", "17.6–22.2%", "28.9%")


def test_a_unit_without_a_name_is_unknown():
    picture = small_picture()
    nameless = replace(picture, gaps=picture.gaps.assign(name=[None, "虒亭镇"]))
    assert gap_cells(nameless)[0][1] == "未载明"


def test_a_lone_row_hides_a_small_count_and_its_complement():
    picture = town_picture()
    gaps = picture.gaps.assign(total=100.0, covered=3.0, uncovered=97.0)
    assert gap_cells(replace(picture, gaps=gaps))[0][2:] == ("100", "<5", "隐去", "—", "—", "39.8%")
