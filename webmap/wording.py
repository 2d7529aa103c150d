"""Chinese words and figures that maps and tables share: the question, counts, shares, minutes."""

from __future__ import annotations

import math
from numbers import Real
from typing import TYPE_CHECKING

from layers.analysis.question import MODES

if TYPE_CHECKING:
    from geo.siting import Solution
    from layers.analysis.question import CareQuestion

__all__ = [
    "AGE_TITLES",
    "BAND_TITLES",
    "BOUNDARY_NOTE",
    "DIRECTION_TITLES",
    "UNIT_TITLES",
    "UNKNOWN",
    "bracketed_counts",
    "bracketed_range",
    "count_text",
    "minutes_text",
    "question_parts",
    "range_text",
    "service_title",
    "share_text",
    "siting_status",
]

AGE_TITLES = {
    "60": "60 岁及以上",
    "70": "70 岁及以上",
    "80": "80 岁及以上",
    "disabled": "失能老年人",
}
"""Age band of a question -> Chinese title."""

BAND_TITLES = {
    "age60": AGE_TITLES["60"],
    "age70": AGE_TITLES["70"],
    "age80": AGE_TITLES["80"],
    "disabled": AGE_TITLES["disabled"],
}
"""Column of `elders` -> Chinese title."""

DIRECTION_TITLES = {"to_facility": "老人前往设施", "from_facility": "服务送到家"}
"""Direction of a question -> Chinese title."""

UNIT_TITLES = {"township": "乡镇", "village": "村（社区）"}
"""Unit of a gap table -> Chinese title."""

UNKNOWN = "—"
"""What stands for a figure that is not known or not shown."""

BOUNDARY_NOTE = "本图界线不作为划界依据"
"""What every map says about its lines."""


def service_title(question: CareQuestion, county: str = "") -> str:
    """Title of a map or table of one question, such as 襄垣县 15 分钟养老服务圈与覆盖缺口."""
    return f"{county} {question.minutes:g} 分钟养老服务圈与覆盖缺口".strip()


def question_parts(question: CareQuestion) -> tuple[str, ...]:
    """Say a question in short parts: how, who, how fast, which way, counted by what, as of when."""
    speed = f"步行 {question.speed_mps:g} 米/秒"
    how = speed if question.mode == "walk" else f"{MODES[question.mode]}（接驳{speed}）"
    parts = (
        how,
        AGE_TITLES[question.age],
        DIRECTION_TITLES[question.direction],
        f"按{UNIT_TITLES[question.by]}统计",
    )
    day = question.as_of
    return parts if day is None else (*parts, f"{day:%Y-%m-%d} 的区划和设施")


def count_text(value: object) -> str:
    """Render a count for people; text (`<5`) stays, what is missing is a dash."""
    if isinstance(value, str):
        return value
    number = _number(value)
    return UNKNOWN if number is None else f"{number:,.0f}"


def share_text(share: object) -> str:
    """Render a share as a percentage with one decimal; what is missing is a dash."""
    number = _number(share)
    return UNKNOWN if number is None else f"{100 * number:.1f}%"


def range_text(low: object, high: object) -> str:
    """Render a range of shares, such as 26.9–30.1%; one figure where both are the same to see."""
    ends = share_text(low), share_text(high)
    if ends[0] == ends[1] or UNKNOWN in ends:
        return ends[0]
    return f"{ends[0].removesuffix('%')}–{ends[1]}"


def bracketed_range(low: object, high: object) -> str:
    """Render a range to stand behind its share, （26.9–30.1%）; nothing where it is but one."""
    text = range_text(low, high)
    return f"（{text}）" if "–" in text else ""


def bracketed_counts(low: object, high: object) -> str:
    """Render a range of counts to stand behind its count, （1,975–2,118）; as `bracketed_range`."""
    ends = count_text(low), count_text(high)
    return "" if ends[0] == ends[1] or UNKNOWN in ends else f"（{ends[0]}–{ends[1]}）"


def minutes_text(seconds: object) -> str:
    """Render seconds as minutes; below one and above 600 in words, unreached is 不可达."""
    number = _number(seconds)
    if number is None:
        return UNKNOWN
    if math.isinf(number):
        return "不可达"
    minutes = number / 60
    return "不到 1 分钟" if minutes < 1 else f"{minutes:.0f} 分钟"


def siting_status(solution: Solution) -> str:
    """Say in words how good a siting answer provably is, or why there is none."""
    if solution.status == "infeasible":
        return f"没有可行方案：{solution.reason}"
    if solution.status == "optimal":
        return "已证明最优：没有别的选法更好。"
    return f"可行方案：离最优最多差 {100 * solution.gap:.2f}%（时间用完，尚未证明最优）。"


def _number(value: object) -> float | None:
    """Read a cell as a number; None for None, NaN and NA."""
    if not isinstance(value, Real) or math.isnan(value):
        return None
    return float(value)
