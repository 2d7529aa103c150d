"""What rows say about themselves."""

from datetime import UTC, timedelta, timezone

from layers.sample.stamp import SAMPLE_CLOCK, SAMPLE_TIME, sample_source


def test_the_day_is_the_same_in_beijing_and_greenwich():
    beijing = SAMPLE_TIME.astimezone(timezone(timedelta(hours=8)))
    assert SAMPLE_CLOCK().astimezone(UTC).date() == beijing.date()


def test_what_is_real_keeps_its_source():
    assert sample_source(7) == "示意数据（种子 7）"
    assert sample_source(7, "某表", "图形") == "某表；图形为示意数据（种子 7）"
