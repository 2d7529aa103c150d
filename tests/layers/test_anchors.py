"""Heads of the chain are written down once, whole, and survive a power cut."""

from __future__ import annotations

import pytest

from layers.anchors import Anchor, Anchors

FIRST = Anchor("s", 1, "h1", "2024-06-30T08:00:00.000Z")
SECOND = Anchor("s", 2, "h2", "2024-06-30T08:00:01.000Z")


@pytest.fixture
def anchors(tmp_path):
    return Anchors(tmp_path / "anchors.jsonl")


def test_an_anchor_reads_back(anchors):
    anchors.write(FIRST)
    assert [Anchor.parse(line) for line in anchors.lines()] == [FIRST]


def test_the_same_head_is_written_once_even_after_a_restart(anchors):
    assert anchors.write(FIRST)
    assert anchors.write(FIRST)
    assert Anchors(anchors.path).write(FIRST)
    anchors.write(SECOND)
    assert len(anchors.lines()) == 2


def test_half_a_line_is_dropped_before_the_next(anchors):
    anchors.write(FIRST)
    with anchors.path.open("a") as file:
        file.write('{"seq":')
    anchors.write(SECOND)
    assert [Anchor.parse(line) for line in anchors.lines()] == [FIRST, SECOND]


def test_a_file_that_cannot_be_written_is_said_but_no_error(tmp_path, caplog):
    assert not Anchors(tmp_path / "missing" / "anchors.jsonl").write(FIRST)
    assert "anchor not written" in caplog.text


@pytest.mark.parametrize("line", ["", "[]", "{}", '{"seq": 1}', "x"])
def test_what_is_no_anchor_is_refused(line):
    with pytest.raises(ValueError):  # noqa: PT011 - json's own and ours
        Anchor.parse(line)
