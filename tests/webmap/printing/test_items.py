"""Boxes and text boxes."""

from webmap.printing.items import Box, TextItem, text_box


def test_boxes_that_only_touch_do_not_meet():
    assert not Box(0, 0, 1, 1).meets(Box(1, 0, 1, 1))


def test_boxes_that_share_an_area_meet():
    assert Box(0, 0, 1, 1).meets(Box(0.9, 0.9, 1, 1))


def test_a_box_holds_itself_but_not_a_grown_one():
    box = Box(2, 3, 4, 5)
    assert box.holds(box)
    assert not box.holds(box.grown(0.1))
    assert box.grown(-1) == Box(3, 4, 2, 3)


def test_the_text_box_follows_the_anchor():
    text = TextItem(x=10, y=10, text="虒亭", size=2, anchor="middle")
    assert text_box(text, 4) == Box(8, 10 - 1.76, 4, 2)
