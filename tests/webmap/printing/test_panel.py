"""Key figures, legend, table."""

from dataclasses import replace

import pandas as pd
import pytest

from layers.analysis.question import CareQuestion
from layers.provenance import Provenance
from tests.webmap.printing.build import small_picture, town_picture
from webmap.printing.fonts import default_fonts
from webmap.printing.items import TextItem, text_box
from webmap.printing.panel import panel
from webmap.printing.recipe import load_recipe
from webmap.style import load_style

LAYOUT, STYLE, FONTS = load_recipe("circles").layout("A3"), load_style(), default_fonts()


def texts(picture, keys=(), convergence=-0.61) -> list[TextItem]:
    items = panel(picture, LAYOUT, STYLE, FONTS, keys=keys, convergence_deg=convergence)
    return [item for item in items if isinstance(item, TextItem)]


def words(picture, **more) -> list[str]:
    return [item.text for item in texts(picture, **more)]


def test_the_table_ranks_towns_and_ends_with_the_sum():
    found = words(small_picture())
    start = found.index("1")
    assert found[start : start + 8] == ["1", "贾垴镇", "340", "0", "340", *["0.0%"] * 3]
    assert found[start + 8 : start + 11] == ["2", "虒亭镇", "200"]
    assert found[found.index("合计") + 1 :][:3] == ["540", "120", "420"]


def towns(number, base):
    """As many towns as asked, made of the first one's row."""
    one = base.gaps.iloc[[0]]
    gaps = pd.concat([one.assign(name=f"镇{k}") for k in range(number)], ignore_index=True)
    return replace(base, gaps=gaps)


def test_a_row_too_many_stands_closer_rather_than_be_left_out():
    base = small_picture()
    rows = {}
    for number in range(5, 40):
        found = words(towns(number, base))
        rows[number] = sum(text.startswith("镇") and text[1:].isdigit() for text in found)
    whole = [number for number, shown in rows.items() if shown == number]
    cut = [number for number in rows if number not in whole]
    assert whole == list(range(5, whole[-1] + 1))
    assert rows[cut[-1]] < whole[-1]  # a long list is set at the usual distance
    lines = texts(towns(whole[-1], base))
    (last,) = (item for item in lines if item.text == f"镇{whole[-1] - 1}")
    (note,) = (item for item in lines if item.text.startswith("道路覆盖率："))
    assert last.y < note.y
    assert "未列出" not in note.text


def test_a_store_without_divisions_has_one_row_and_no_sum():
    found = words(town_picture())
    assert "全部" in found
    assert "范围" in found
    assert "合计" not in found


def test_counts_below_five_are_hidden_with_what_gives_them_away():
    picture = small_picture()
    gaps = picture.gaps.assign(covered=[3.0, 100.0], uncovered=[337.0, 100.0])
    found = words(replace(picture, gaps=gaps))
    start = found.index("贾垴镇")
    assert found[start + 2] == "<5"
    assert found[start + 3] == "隐去"
    assert "337" not in found
    assert found[start + 4 : start + 6] == ["—", "—"]


def test_the_key_figures_say_between_which_ends_the_share_lies():
    picture = small_picture()
    assert "道路覆盖率在 17.6–22.2% 之间" in "".join(words(picture))
    same = {**picture.summary, "share_low": picture.summary["share"]}
    assert "之间" not in "".join(words(replace(picture, summary=same)))


def test_the_key_figures_hide_a_small_count_too():
    picture = small_picture()
    few = {**picture.summary, "covered": 3.0, "misled": 2.0, "share": 3 / 540}
    found = "".join(words(replace(picture, summary=few)))
    assert "服务点的 <5 人" in found
    assert "把 <5 人误算" in found
    assert "537" not in found
    assert "0.6%" not in found


def test_millions_of_people_still_fit_their_column():
    picture = small_picture()
    many = {**picture.summary, "total": 12_345_678.0, "uncovered": 12_345_558.0}
    found = texts(replace(picture, summary=many))
    (figure,) = (item for item in found if item.text == "12,345,558" and item.size > 4)
    assert FONTS.item_width(figure) < LAYOUT.panel.width / 3


def test_a_service_that_comes_home_is_said_so():
    question = CareQuestion(direction="from_facility", mode="car")
    assert any("汽车15分钟内服务能上门的" in w for w in words(small_picture(question=question)))


def test_the_legend_shows_what_occurs_and_nothing_else():
    found = words(small_picture(), keys={"area.circle", "gap.3", "line.county"})
    assert "服务圈" in found
    assert "未覆盖 200–499 人" in found
    assert "县界" in found
    assert "乡镇界" not in found
    assert "未覆盖 1–49 人" not in found


@pytest.mark.parametrize(("value", "side"), [(-0.61, "以西"), (0.61, "以东"), (0.0, "一致")])
def test_the_convergence_is_said_with_its_side(value, side):
    assert any(side in word for word in words(small_picture(), convergence=value))


def test_sources_stand_on_the_foot():
    assert "资料来源：© OpenStreetMap contributors (ODbL)；demand.csv" in words(town_picture())


def test_too_many_sources_are_counted_and_a_licence_is_never_dropped():
    many = tuple(f"某单位提供的第 {k} 份很长很长很长的资料" for k in range(60))
    picture = small_picture(provenance=Provenance("approximate", (*many, "OpenStreetMap")))
    found = "".join(words(picture))
    assert "资料来源：© OpenStreetMap contributors (ODbL)；" in found
    assert "等 61 个来源" in found


def test_everything_stays_in_the_panel_and_nothing_touches():
    keys = {f"gap.{k}" for k in range(5)} | {f"road.{k}" for k in range(5)}
    keys |= {f"facility.{k}" for k in STYLE.facilities} | {"area.circle", "line.county"}
    boxes = [(t, text_box(t, FONTS.item_width(t))) for t in texts(small_picture(), keys=keys)]
    for text, box in boxes:
        assert LAYOUT.panel.grown(0.2).holds(box), text.text
    for number, (one, box) in enumerate(boxes):
        for other, another in boxes[number + 1 :]:
            assert not box.meets(another), (one.text, other.text)


def test_many_rows_are_cut_to_the_room_and_said():
    picture = small_picture()
    gaps = picture.gaps.loc[[0, 1] * 40].reset_index(drop=True)
    found = texts(replace(picture, gaps=gaps))
    assert any("行未列出" in item.text for item in found)
    assert max(item.y for item in found) < LAYOUT.panel.bottom
