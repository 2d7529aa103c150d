"""Coverage of people spread along their streets, beside coverage at the village's point."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from geo.capacity import serve_by_capacity
from geo.reach import cost_matrix
from geo.spread import spread_demand, spread_shares

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from layers.analysis.inputs import ServiceInputs

__all__ = ["Streets", "door_costs", "share_span", "span_of"]


@dataclass(frozen=True, eq=False)
class Streets:
    """The people of every village along the streets that are walked there.

    Attributes
    ----------
    points
        `geo.spread.spread_demand` of the demand on the walking network.
    """

    inputs: ServiceInputs
    points: gpd.GeoDataFrame
    _found: dict[tuple[str, str, float], pd.Series] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, inputs: ServiceInputs) -> Streets:
        """Spread the demand of a question; streets are those of walking, whatever its mode.

        Raises
        ------
        PlatformError
            If a network cannot be built or an input is refused by `geo`.
        """
        return cls(inputs, spread_demand(inputs.network("walk"), inputs.demand))

    def serving(self, inputs: ServiceInputs) -> Streets:
        """Give the same people on the same streets, asked with other facilities or roads.

        Parameters
        ----------
        inputs
            The same demand.
        """
        return self if inputs is self.inputs else Streets(inputs, self.points)

    def covered_shares(
        self,
        mode: str | None = None,
        direction: str | None = None,
        speed_mps: float | None = None,
    ) -> pd.Series:
        """Share of each village's streets within the limit, in the order of the demand.

        Parameters
        ----------
        mode, direction, speed_mps
            Those of the question unless given.

        Returns
        -------
        `covered_share` in [0, 1], index of the demand. Kept: asking again costs nothing.

        Raises
        ------
        PlatformError
            If a network cannot be built or an input is refused by `geo`.
        """
        question = self.inputs.question
        key = (
            mode or question.mode,
            direction or question.direction,
            speed_mps or question.speed_mps,
        )
        if key not in self._found:
            shares = spread_shares(
                self.inputs.network(key[0]),
                self.inputs.counted,
                self.points,
                minutes=question.minutes,
                speed_mps=key[2],
                direction=key[1],
            )
            self._found[key] = shares.reindex(self.inputs.demand.index)
        return self._found[key]

    def served(self, capacity: pd.Series) -> pd.Series:
        """People of each village who find a place, when all walk from where they live.

        Parameters
        ----------
        capacity
            Places of each counted facility; missing is unknown.

        Returns
        -------
        `served`, people in the order of the demand, not whole.

        Raises
        ------
        PlatformError
            If a network cannot be built or an input is refused by `geo`.
        """
        homes = self.points["demand_id"].to_numpy()
        weight = self.inputs.demand["weight"]
        people = self.points["share"] * weight.reindex(homes).to_numpy()
        answer = serve_by_capacity(
            door_costs(self.inputs, self.points),
            people,
            capacity,
            minutes=self.inputs.question.minutes,
        )
        return answer.demand["served"].groupby(homes).sum().reindex(weight.index)


def door_costs(inputs: ServiceInputs, homes: gpd.GeoDataFrame) -> pd.DataFrame:
    """Seconds from homes to counted facilities in the question's direction.

    Parameters
    ----------
    inputs
        What the question reads.
    homes
        Points with unique ids: the villages, or their people along the streets.

    Returns
    -------
    Rows homes, columns facilities.

    Raises
    ------
    PlatformError
        If `geo` refuses an input.
    """
    question = inputs.question
    turned = question.direction == "from_facility"
    ends = (inputs.counted, homes) if turned else (homes, inputs.counted)
    table = cost_matrix(inputs.network(), *ends, speed_mps=question.speed_mps)
    return table.T if turned else table


def share_span(share: float, weight: pd.Series, covered_share: pd.Series) -> tuple[float, float]:
    """Low and high end of a share of all people: at their points, and along their streets.

    Parameters
    ----------
    share
        The share at the points.
    weight
        People of each village.
    covered_share
        What `Streets.covered_shares` gave for the same question.

    Returns
    -------
    (low, high); NaN without people.
    """
    people = weight.to_numpy(np.float64)
    total = people.sum()
    along = float(people @ covered_share.to_numpy(np.float64) / total) if total else float("nan")
    return span_of(share, along)


def span_of(share: float, along: float) -> tuple[float, float]:
    """Put a share at the points and the same along the streets in order of size.

    Parameters
    ----------
    share, along
        The two; alike but for the rounding of sums, they are one.
    """
    along = share if np.isclose(along, share, rtol=0, atol=1e-12) else along
    return min(share, along), max(share, along)
