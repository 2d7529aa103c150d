"""Figures in words."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from layers.analysis.question import CareQuestion
from webmap.wording import (
    bracketed_counts,
    bracketed_range,
    count_text,
    minutes_text,
    question_parts,
    range_text,
    service_title,
    share_text,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (np.int64(1234), "1,234"), (49415.0, "49,415"), ("<5", "<5"), (pd.NA, "—")],
)
def test_counts(value, text):
    assert count_text(value) == text


@pytest.mark.parametrize(("value", "text"), [(0.3011, "30.1%"), (float("nan"), "—"), (None, "—")])
def test_shares(value, text):
    assert share_text(value) == text


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (0.269, 0.3011, "26.9–30.1%"),
        (0.3, 0.30001, "30.0%"),
        (None, 0.3, "—"),
        (0, 1, "0.0–100.0%"),
    ],
)
def test_ranges(low, high, text):
    assert range_text(low, high) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(30, "不到 1 分钟"), (900, "15 分钟"), (float("inf"), "不可达"), (float("nan"), "—")],
)
def test_minutes(seconds, text):
    assert minutes_text(seconds) == text


def test_title_names_county_and_minutes():
    question = CareQuestion(minutes=12.5)
    assert service_title(question, "襄垣县") == "襄垣县 12.5 分钟养老服务圈与覆盖缺口"
    assert service_title(question) == "12.5 分钟养老服务圈与覆盖缺口"


def test_another_day_is_said():
    assert question_parts(CareQuestion())[-1] == "按乡镇统计"
    then = CareQuestion(as_of=date(2020, 6, 30))
    assert question_parts(then)[-1] == "2020-06-30 的区划和设施"


def test_a_vehicle_still_walks_to_the_road():
    assert question_parts(CareQuestion(mode="car", age="80"))[0] == "汽车（接驳步行 0.8 米/秒）"


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (0.269, 0.301, "（26.9–30.1%）"),
        (0.3011, 0.3012, ""),
        (None, 0.3, ""),
        (float("nan"), float("nan"), ""),
    ],
)
def test_a_range_stands_in_brackets_only_where_it_is_one(low, high, text):
    assert bracketed_range(low, high) == text


@pytest.mark.parametrize(
    ("low", "high", "text"), [(1975.0, 2118.0, "（1,975–2,118）"), (0.0, 0.0, ""), (None, 5, "")]
)
def test_a_range_of_counts_stands_in_brackets(low, high, text):
    assert bracketed_counts(low, high) == text
