"""The planner's question: who reaches a service in how many minutes, and how."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from geo.errors import InputError
from geo.frames import DIRECTIONS
from geo.reach import AGE_SPEEDS_MPS

if TYPE_CHECKING:
    from datetime import date

__all__ = ["AGE_COLUMNS", "MODES", "SERVICE_KINDS", "CareQuestion"]

AGE_COLUMNS = {"60": "age60", "70": "age70", "80": "age80", "disabled": "disabled"}
"""Age band -> column of `elders`; the bands are those of `geo.reach.AGE_SPEEDS_MPS`."""

MODES = {"walk": "步行", "etrike": "电动三轮", "car": "汽车"}
"""Mode -> Chinese title."""

SERVICE_KINDS = ("station", "community_centre", "rural_daycare")
"""Kinds that serve at the door; homes and the county centre serve by referral."""


@dataclass(frozen=True, kw_only=True)
class CareQuestion:
    """One question about service circles, answered by every module of this package.

    `as_of` chooses what is valid on a day, `year` the count of elders (None: the newest).

    Raises
    ------
    InputError
        If minutes, mode, age, direction or `by` is not one of those offered.
    """

    minutes: float = 15
    mode: str = "walk"
    age: str = "60"
    direction: str = "to_facility"
    kinds: tuple[str, ...] = SERVICE_KINDS
    by: str = "township"
    as_of: date | None = None
    year: int | None = None

    def __post_init__(self) -> None:
        if not 0 < self.minutes <= 240:
            raise InputError(
                f"时限 {self.minutes} 分钟不在 0 到 240 之间，请改 --minutes。", where="minutes"
            )
        for name, value, allowed in (
            ("mode", self.mode, tuple(MODES)),
            ("age", self.age, tuple(AGE_COLUMNS)),
            ("direction", self.direction, DIRECTIONS),
            ("by", self.by, ("township", "village")),
        ):
            if value not in allowed:
                raise InputError(
                    f"{name} 不能是“{value}”，可选：{'、'.join(allowed)}。", where=name
                )

    @property
    def speed_mps(self) -> float:
        """Walking speed of the age band on the level, m/s."""
        return AGE_SPEEDS_MPS[self.age]

    @property
    def demand_column(self) -> str:
        """The column of `elders` that is counted."""
        return AGE_COLUMNS[self.age]
