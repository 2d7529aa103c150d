"""What is asked of a siting model beside the care question."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from geo.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["LIMITED_MODELS", "MODEL_TITLES", "SitingQuestion", "siting_parts"]

MODEL_TITLES: Final = {
    "mclp": "最大覆盖",
    "lscp": "全覆盖最少设施",
    "p_median": "总路程最短",
    "p_center": "最远者最近",
}
"""Model -> Chinese title."""

LIMITED_MODELS: Final = ("lscp", "mclp")
"""Models that ask only who is within the limit."""


@dataclass(frozen=True, kw_only=True)
class SitingQuestion:
    """What is asked beside the care question (minutes, mode, age, direction) of the inputs.

    Attributes
    ----------
    model
        One of `MODEL_TITLES`.
    p
        How many new sites; lscp finds it itself. None: as many as the budget buys.
    budget
        mclp: yuan that the new sites may cost together; every candidate then needs its
        `investment_yuan`.
    township
        Candidates lie in this township; models that have to serve everybody (lscp, p_median,
        p_center) then serve its people, while mclp counts whoever is won in the whole county.
    existing
        Whether the counted facilities stay open; False asks for a plan from nothing.
    forbidden
        Ids of candidates where nothing may be built.
    min_share
        mclp: share of its people that every township has to have covered at least.
    places
        p_median: beds or places of every new site that does not say its own; those of standing
        facilities are the register's. None: nobody asks for places.
    unserved_minutes
        p_median: whoever finds no place counts as this long a way, and nobody is sent farther.
        None: everybody must be served.
    choices
        At most so many choices are shown, the best included.
    tolerance
        How much worse than the best a choice may be, relative to it.
    time_limit_s
        Time for all of it; None: as long as it takes.

    Raises
    ------
    InputError
        If one of them is none of those offered.
    """

    model: str = "mclp"
    p: int | None = 1
    budget: float | None = None
    township: str | None = None
    existing: bool = True
    forbidden: tuple[str, ...] = ()
    min_share: float | None = None
    places: float | None = None
    unserved_minutes: float | None = None
    choices: int = 5
    tolerance: float = 0.02
    time_limit_s: float | None = None

    def __post_init__(self) -> None:
        if self.model not in MODEL_TITLES:
            raise InputError(
                f"没有选址模型“{self.model}”，可选：{'、'.join(MODEL_TITLES)}。",
                code="unknown_model",
                where="model",
            )
        if self.budget is not None and self.model != "mclp":
            raise InputError(
                "预算只能和最大覆盖（mclp）一起用。", code="budget_without_mclp", where="budget"
            )
        if self.budget is not None and not 0 <= self.budget < math.inf:
            raise InputError(
                f"预算应是 0 或更多的元数，现在是 {self.budget}。", code="negative", where="budget"
            )
        if self.p is None and self.budget is None and self.model != "lscp":
            raise InputError("请给出新建几处（p）或预算（budget）。", code="p_or_budget", where="p")
        if self.p is not None and self.p < 1 and self.model != "lscp":
            raise InputError(
                f"新建设施数应是 1 或更多，现在是 {self.p}。", code="p_invalid", where="p"
            )
        if self.min_share is not None and self.model != "mclp":
            raise InputError(
                "最低覆盖率只能和最大覆盖（mclp）一起用。",
                code="share_without_mclp",
                where="min_share",
            )
        self._require_positive("places", "每处新建的名额")
        self._require_positive("unserved_minutes", "没有名额的人所计的分钟数")

    def _require_positive(self, name: str, title: str) -> None:
        """Refuse a number that p_median alone knows, with another model or not above 0.

        Raises
        ------
        InputError
            `p_median_only`, `not_positive`.
        """
        value = getattr(self, name)
        if value is None:
            return
        if self.model != "p_median":
            raise InputError(
                f"{title}只能和总路程最短（p_median）一起用；"
                "其他模型不分名额，满了没有请看 xygeo access。",
                code="p_median_only",
                where=name,
            )
        if not 0 < value < math.inf:
            raise InputError(
                f"{title}应大于 0，现在是 {value:g}。", code="not_positive", where=name
            )


def siting_parts(options: Mapping[str, object]) -> tuple[str, ...]:
    """Say in short parts what a siting question limits: money, places, the price of having none.

    Parameters
    ----------
    options
        The question's own words, as it is kept; what is missing or None is not asked about.
    """
    words = {
        "budget": "预算 {:,.0f} 元",
        "places": "新建每处 {:,.0f} 个名额（候选点自己写了的按所写）",
        "unserved_minutes": "没有名额的人按 {:g} 分钟算",
    }
    return tuple(
        text.format(options[name]) for name, text in words.items() if options.get(name) is not None
    )
