"""Tell whether a recommended site stays the best under all speeds, modes, noise and failures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import pandas as pd

from geo.reach import AGE_SPEEDS_MPS, cost_matrix
from geo.robustness import Condition, Robustness, robustness
from layers.analysis.question import MODES
from layers.privacy import SMALL_TEXT, SMALLEST_SHOWN

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from layers.analysis.inputs import ServiceInputs
    from layers.analysis.question import CareQuestion
    from layers.provenance import Provenance

__all__ = [
    "FAMILY_TITLES",
    "RobustnessAnswer",
    "robustness_answer",
    "robustness_body",
    "shown_robustness",
]

FAMILY_TITLES: Final = {
    "asked": "按所问条件",
    "speed": "步速变化",
    "mode": "出行方式变化",
    "demand": "人数波动",
    "failure": "已有设施逐处停用",
    "together": "以上全部组合",
}
"""What moves -> Chinese title."""

_PEOPLE: Final = ("mean_covered", "mean_lost", "worst_lost", "lost_when_not_first")


@dataclass(frozen=True, kw_only=True)
class RobustnessAnswer:
    """How the chosen sites fare beside the alternatives.

    Attributes
    ----------
    options
        Option -> ids of its sites; the chosen one first.
    found
        `geo.robustness.Robustness`; worlds in which a facility fails are named by its id.
    facilities
        Id of each facility that fails in turn -> its name.
    draws, noise, seed
        Of the demand noise: so many draws, each count times a lognormal factor of mean 1 and this
        coefficient of variation.
    """

    question: CareQuestion
    options: dict[str, tuple[str, ...]]
    found: Robustness
    facilities: dict[str, str]
    draws: int
    noise: float
    seed: int
    provenance: Provenance
    warnings: tuple[str, ...] = ()

    @property
    def chosen(self) -> str:
        """The option that is judged."""
        return next(iter(self.options))


def robustness_answer(
    inputs: ServiceInputs,
    sites: gpd.GeoDataFrame,
    options: Mapping[str, Sequence[str]],
    *,
    draws: int = 200,
    noise: float = 0.2,
    seed: int = 7,
    on_progress: Callable[[float, str], None] | None = None,
) -> RobustnessAnswer:
    """Ask the care question in every world.

    Parameters
    ----------
    inputs
        Rows of the care question; its counted facilities stand in every world but their own
        failure.
    sites
        All sites that an option may open: index id, points in EPSG:4490.
    options
        Option -> ids of sites; the chosen one first.
    draws, noise, seed
        As `geo.robustness.robustness`.
    on_progress
        Told the share done and a word.

    Returns
    -------
    The comparison: speeds of `AGE_SPEEDS_MPS`, modes of `MODES`, demand noise, each facility out.

    Raises
    ------
    InputError
        As `geo.robustness.robustness`; if a site has the id of a facility that stands.
    PlatformError
        If a network cannot be built or `geo` refuses an input.
    """
    question, counted = inputs.question, inputs.counted
    together = gpd.GeoDataFrame(
        geometry=pd.concat([counted.geometry, sites.geometry]), crs=counted.crs
    )
    conditions = [Condition(mode, speed) for mode in MODES for speed in AGE_SPEEDS_MPS.values()]
    costs = {}
    for done, condition in enumerate(conditions):
        if on_progress is not None:
            on_progress(
                done / len(conditions),
                f"稳健性：{MODES[condition.mode]} {condition.speed_mps:g} 米/秒",
            )
        costs[condition] = _seconds(inputs, together, condition)
    found = robustness(
        costs,
        inputs.demand["weight"],
        options,
        asked=Condition(question.mode, question.speed_mps),
        existing=list(counted.index),
        minutes=question.minutes,
        draws=draws,
        noise=noise,
        seed=seed,
    )
    return RobustnessAnswer(
        question=question,
        options={name: tuple(some) for name, some in options.items()},
        found=found,
        facilities={str(one): str(name) for one, name in counted["name"].items()},
        draws=draws,
        noise=noise,
        seed=seed,
        provenance=inputs.provenance,
        warnings=inputs.warnings,
    )


def shown_robustness(answer: RobustnessAnswer, *, full: bool = False) -> pd.DataFrame:
    """Give the table as everybody may see it.

    Parameters
    ----------
    answer
        Of `robustness_answer`.
    full
        Whether the reader may see small counts.

    Returns
    -------
    Columns `family title option worlds first first_share mean_rank worst_rank mean_covered
    mean_lost worst_lost lost_when_not_first`; people are rounded to whole ones, 1-4 are `<5`.
    """
    table = answer.found.summary.reset_index()
    table.insert(1, "title", table["family"].map(FAMILY_TITLES))
    people = table[list(_PEOPLE)].round(0)
    cells = people.astype(object).where(people.notna(), None)
    if not full:
        cells = cells.mask((people > 0) & (people < SMALLEST_SHOWN), SMALL_TEXT)
    return table.assign(**{name: cells[name] for name in _PEOPLE})


def robustness_body(answer: RobustnessAnswer, *, full: bool = False) -> dict[str, Any]:
    """Give the answer as one mapping, for programs and for keeping.

    Parameters
    ----------
    answer, full
        As `shown_robustness`.
    """
    summary = answer.found.summary
    return {
        "chosen": answer.chosen,
        "options": {name: list(sites) for name, sites in answer.options.items()},
        "draws": answer.draws,
        "noise": answer.noise,
        "noise_distribution": "lognormal, mean 1, coefficient of variation = noise",
        "seed": answer.seed,
        "first_share": {
            family: float(summary.loc[(family, answer.chosen), "first_share"])
            for family in summary.index.unique("family")
        },
        "rows": shown_robustness(answer, full=full).to_dict("records"),
        "ranks": answer.found.ranks.rename(columns=str).reset_index().to_dict("records"),
    }


def _seconds(inputs: ServiceInputs, sites: gpd.GeoDataFrame, condition: Condition) -> pd.DataFrame:
    """Rows demand, columns sites."""
    question, network = inputs.question, inputs.network(condition.mode)
    asked = {"minutes": question.minutes, "speed_mps": condition.speed_mps}
    if question.direction == "to_facility":
        return cost_matrix(network, inputs.demand, sites, **asked)
    return cost_matrix(network, sites, inputs.demand, **asked).T
