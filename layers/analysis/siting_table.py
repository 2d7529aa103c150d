"""The table of seconds behind a siting question, and the models' answers over it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.errors import InputError
from geo.reach import cost_matrix
from geo.siting import alternatives
from layers.analysis.siting_places import site_capacity
from layers.analysis.siting_question import LIMITED_MODELS

if TYPE_CHECKING:
    from geo.siting import Solution
    from layers.analysis.inputs import ServiceInputs
    from layers.analysis.siting_question import SitingQuestion

__all__ = ["SitingTable"]


@dataclass(frozen=True, kw_only=True)
class SitingTable:
    """Seconds of the people asked about to every standing and possible place.

    Attributes
    ----------
    seconds
        Rows demand ids, columns ids of standing facilities and candidates; inf past the limit for
        models that ask only who is within.
    weight, township
        Of the same rows.
    existing, forbidden
        Columns that stand, and that must not be built.
    site_cost
        Yuan by candidate; None where no budget is asked about.
    capacity
        Places by column, those of standing facilities that do not say theirs 0; None where nobody
        asks for places.
    """

    question: SitingQuestion
    minutes: float
    seconds: pd.DataFrame
    weight: pd.Series
    township: pd.Series
    existing: tuple[str, ...]
    forbidden: tuple[str, ...]
    site_cost: pd.Series | None = None
    capacity: pd.Series | None = None

    @classmethod
    def of(
        cls,
        inputs: ServiceInputs,
        question: SitingQuestion,
        places: gpd.GeoDataFrame,
        standing: gpd.GeoDataFrame,
    ) -> SitingTable:
        """Search the roads.

        Parameters
        ----------
        inputs
            Rows of the care question.
        question
            What is asked beside it.
        places, standing
            Candidates and facilities, ids unique over both.

        Raises
        ------
        InputError
            `site_cost_missing` if a budget is asked about and a candidate has no price.
        PlatformError
            If `geo` refuses an input.
        """
        site_cost = None if question.budget is None else _site_cost(places, question.forbidden)
        care, demand = inputs.question, inputs.demand
        if question.township is not None and question.model != "mclp":
            demand = demand[demand["township_code"] == question.township]
        sites = gpd.GeoDataFrame(
            geometry=np.concatenate((standing.geometry.to_numpy(), places.geometry.to_numpy())),
            index=pd.Index([*standing.index, *places.index], dtype="str"),
            crs=places.crs,
        )
        limit = care.minutes if question.model in LIMITED_MODELS else None
        coming = care.direction == "to_facility"
        ends = (demand, sites) if coming else (sites, demand)
        seconds = cost_matrix(
            inputs.network(care.mode), *ends, minutes=limit, speed_mps=care.speed_mps
        )
        return cls(
            question=question,
            minutes=care.minutes,
            seconds=seconds if coming else seconds.T,
            weight=demand["weight"],
            township=demand["township_code"],
            existing=tuple(standing.index),
            forbidden=question.forbidden,
            site_cost=site_cost,
            capacity=site_capacity(question, places, standing),
        )

    def without_doubles(self) -> SitingTable:
        """Keep one of the candidates that reach the same people: the nearest to them all.

        The forbidden ones go first, so that none of them stands for a neighbour.
        """
        gone = {*self.existing, *self.forbidden}
        own = [site for site in self.seconds.columns if site not in gone]
        ways = self.seconds[own].to_numpy()
        within = np.isfinite(ways)
        near = self.weight.to_numpy() @ np.where(within, ways, 0.0)
        _, group = np.unique(np.packbits(within, axis=0), axis=1, return_inverse=True)
        best = (
            pd.DataFrame({"group": group.ravel(), "near": near, "id": own})
            .sort_values(["group", "near", "id"])
            .drop_duplicates("group")["id"]
        )
        return replace(self, seconds=self.seconds[[*self.existing, *sorted(best)]], forbidden=())

    def solve(self) -> tuple[Solution, ...]:
        """Give the best choice and the next best ones, best first.

        Raises
        ------
        InputError
            If the models refuse the question.
        """
        question = self.question
        shares = question.min_share is not None
        unserved = question.unserved_minutes
        return alternatives(
            question.model,
            self.seconds,
            self.weight,
            k=question.choices,
            tolerance=question.tolerance,
            minutes=self.minutes,
            p=None if question.model == "lscp" else question.p,
            budget=question.budget,
            site_cost=self.site_cost,
            existing=self.existing,
            forbidden=self.forbidden,
            groups=self.township if shares else None,
            min_share=question.min_share,
            capacity=self.capacity,
            unserved_seconds=None if unserved is None else 60.0 * unserved,
            time_limit_s=question.time_limit_s,
        )


def _site_cost(places: gpd.GeoDataFrame, forbidden: tuple[str, ...]) -> pd.Series:
    """Give the price of every candidate that may be built.

    Raises
    ------
    InputError
        `site_cost_missing`.
    """
    if "investment_yuan" not in places:
        raise InputError(
            "用预算选址需要每个候选点的投资：请从文件或 care_facilities 的行取候选点，"
            "填好 investment_yuan（投资，元）。",
            code="site_cost_missing",
            where="candidates",
        )
    price = places["investment_yuan"].drop(index=list(forbidden), errors="ignore")
    lacking = price.index[price.isna()]
    if len(lacking):
        raise InputError(
            f"候选点“{lacking[0]}”没有 investment_yuan（投资，元），用预算选址时每个候选点都要填。",
            code="site_cost_missing",
            where=str(lacking[0]),
        )
    return price
