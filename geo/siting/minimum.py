"""The share of its people that every group (a township) is owed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geo.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.siting.problem import Problem

__all__ = ["Minimum"]

_ROUNDING = 1e-12  # of a group's weight


@dataclass(frozen=True, eq=False)
class Minimum:
    """What has to be covered in every group.

    Attributes
    ----------
    group
        (n,) number of each sorted row's group, -1: none.
    share
        Share of its weight, 0 to 1, that each group is owed.
    """

    group: NDArray[np.intp]
    share: float

    @classmethod
    def of(
        cls, problem: Problem, groups: pd.Series | None, min_share: float | None
    ) -> Minimum | None:
        """Check a minimum as it is asked; None if none is.

        Raises
        ------
        InputError
            If only one of the two is given, or the share is not from 0 to 1.
        """
        if groups is None and min_share is None:
            return None
        if groups is None or min_share is None:
            raise InputError(
                "groups（分组）和 min_share（每组最低覆盖率）要一起给出。",
                code="groups_and_share",
                where="groups" if groups is None else "min_share",
            )
        if not 0 <= min_share <= 1:
            raise InputError(
                f"min_share 应在 0 到 1 之间，现在是 {min_share}。",
                code="share_invalid",
                where="min_share",
            )
        numbers, _ = pd.factorize(problem.of_demand(groups, "groups"), sort=False)
        return cls(np.asarray(numbers, np.intp), float(min_share))

    def weights(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """(g, n) weight of each row in each group."""
        numbers = np.arange(int(self.group.max(initial=-1)) + 1)
        return np.asarray(np.equal.outer(numbers, self.group) * weights)

    def met(
        self, weights: NDArray[np.float64], covered: NDArray[np.bool_]
    ) -> NDArray[np.bool_] | np.bool_:
        """Whether rows that are covered, (n,) or each column of (n, m), are enough everywhere."""
        of_group = self.weights(weights)
        needed = self.share * of_group.sum(axis=1) * (1 - _ROUNDING)
        shares = (of_group @ covered.astype(float)).T
        return np.asarray(shares >= needed).all(axis=-1)

    def out_of_reach(
        self, problem: Problem, weights: NDArray[np.float64], uncoverable: NDArray[np.bool_]
    ) -> str:
        """Name a group that misses the minimum even if every candidate is built; else empty."""
        for number, people in enumerate(self.weights(weights)):
            total, best = people.sum(), people[~uncoverable].sum()
            if total and best < self.share * total * (1 - _ROUNDING):
                row = int(problem.row[np.argmax(self.group == number)])
                return (
                    f"“{problem.demand[row]}”所在的组即使全部候选点都建也只能覆盖 "
                    f"{best / total:.1%}，达不到 {self.share:.1%}，请增加候选点或降低 min_share。"
                )
        return ""
