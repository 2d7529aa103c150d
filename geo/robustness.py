"""Does the choice stand when speeds, modes, demand or services move? Options compared over worlds.

Works on tables of seconds alone, so that thousands of worlds are asked in a moment. In each world
an option's score is the people covered; its rank is 1 plus the number of options that cover more
(equals share a rank), and what is lost by it is the best score less its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd

from geo.cost_table import CostTable
from geo.errors import InputError
from geo.frames import require_not_negative, require_positive
from geo.reach import LIMIT_SLACK_S

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

__all__ = ["FAMILIES", "Condition", "Robustness", "noisy_demand", "robustness"]

FAMILIES: Final = ("asked", "speed", "mode", "demand", "failure", "together")
"""What moves: nothing; the speed; the mode; the counts of people; one facility out; all at once."""

_SAME_PEOPLE: Final = 1e-6


class Condition(NamedTuple):
    """How people travel: a mode, and the walking speed on the level, m/s."""

    mode: str
    speed_mps: float


@dataclass(frozen=True, kw_only=True)
class Robustness:
    """How the options fare in all worlds.

    Attributes
    ----------
    summary
        Index (`family`, `option`), options as given: `worlds`; `first` worlds in which none covers
        more, `first_share`; `mean_rank worst_rank`; `mean_covered`; `mean_lost worst_lost`, the
        people covered by the best option of a world and not by this one, and `lost_when_not_first`,
        their mean over the worlds in which another is first (NaN if there is none).
    ranks
        Same index; columns 1, 2 ...: in how many worlds the option has the rank.
    worlds
        Index (`family`, `world`) for asked, speed, mode and failure, whose worlds have a name;
        columns the options: people covered.
    """

    summary: pd.DataFrame
    ranks: pd.DataFrame
    worlds: pd.DataFrame


def robustness(
    costs: Mapping[Condition, pd.DataFrame],
    demand: pd.Series,
    options: Mapping[str, Sequence[object]],
    *,
    asked: Condition,
    existing: Sequence[object] = (),
    minutes: float = 15,
    draws: int = 200,
    noise: float = 0.2,
    seed: int = 7,
) -> Robustness:
    """Compare options over worlds.

    Parameters
    ----------
    costs
        Seconds by condition: rows demand, columns sites, the same labels in each; inf where there
        is no way.
    demand
        People by demand label.
    options
        Option -> its sites; the chosen one usually first. No site at all is an option too.
    asked
        The condition in which demand and facilities are moved one at a time.
    existing
        Sites that serve in every option, and fail in turn.
    minutes
        Limit, > 0, inclusive.
    draws
        How many counts of people are drawn, >= 0.
    noise
        Their coefficient of variation: 0.2 is about 20 % either way (see `noisy_demand`).
    seed
        Of the draws.

    Returns
    -------
    The comparison. `speed` are the conditions with the asked mode, `mode` those with the asked
    speed; `together` is every condition with every failure (and none) and every draw (and none),
    each world counted once. A family without worlds is left out.

    Raises
    ------
    InputError
        If there is no option (`no_options`), a site or condition is unknown (`unknown_site`,
        `unknown_condition`), tables have other labels (`labels_unmatched`), or a number is out of
        its range.
    """
    limit_s = 60.0 * require_positive(minutes, "minutes") + LIMIT_SLACK_S
    noise, draws = require_not_negative(noise, "noise"), int(require_not_negative(draws, "draws"))
    if not options:
        raise InputError("没有可比较的方案，请至少给出一个。", code="no_options", where="options")
    if asked not in costs:
        raise InputError(
            f"没有 {asked.mode} {asked.speed_mps:g} 米/秒 的出行时间表，请补上。",
            code="unknown_condition",
            where="asked",
        )
    tables = {condition: CostTable.of(table) for condition, table in costs.items()}
    first = tables[asked]
    for condition, table in tables.items():
        _require_same_labels(first, table, condition)
    people = first.people(demand)
    sites = first.facility_ids[first.column]
    chosen = [_columns(sites, some) for some in options.values()]
    standing = _columns(sites, existing)
    covers = {condition: table.seconds <= limit_s for condition, table in tables.items()}
    drawn = np.column_stack((people, _drawn(people, draws, noise, seed)))
    tally = _Tally(list(options))

    def ask(family: str, condition: Condition, failed: int | None, draw: slice) -> None:
        within = covers[condition]
        left = [site for site in standing if site != failed]
        served = within[:, left].any(axis=1)
        open_ = np.column_stack([served | within[:, one].any(axis=1) for one in chosen])
        name = (
            str(sites[failed])
            if failed is not None
            else f"{condition.mode} {condition.speed_mps:g}"
        )
        tally.take(family, name, open_.T @ drawn[:, draw])

    nominal, noisy = slice(0, 1), slice(1, None)
    ask("asked", asked, None, nominal)
    for condition in costs:
        if condition.mode == asked.mode:
            ask("speed", condition, None, nominal)
    for condition in costs:
        if condition.speed_mps == asked.speed_mps:
            ask("mode", condition, None, nominal)
    if draws:
        ask("demand", asked, None, noisy)
    for site in standing:
        ask("failure", asked, site, nominal)
    for condition in costs:
        for failed in (None, *standing):
            ask("together", condition, failed, slice(None))
    return tally.answer()


def noisy_demand(
    demand: pd.Series, *, draws: int, noise: float = 0.2, seed: int = 7
) -> pd.DataFrame:
    """Draw counts of people round the known ones.

    Parameters
    ----------
    demand
        People, unique index.
    draws
        How many times, >= 0.
    noise
        Coefficient of variation, >= 0.
    seed
        Of the draws; the order of rows does not matter.

    Returns
    -------
    Index of `demand`, a column a draw. Each count is multiplied by a lognormal factor of its own
    with mean 1 and this coefficient of variation, so that the expected total is the known one and
    no count becomes negative.

    Raises
    ------
    InputError
        If a count is missing or negative, or an argument is out of its range.
    """
    table = CostTable.of(pd.DataFrame(index=demand.index))
    people = table.people(demand)
    draws, noise = int(require_not_negative(draws, "draws")), require_not_negative(noise, "noise")
    drawn = np.empty((len(people), draws))
    drawn[table.row] = _drawn(people, draws, noise, seed)
    return pd.DataFrame(drawn, index=demand.index)


def _drawn(people: NDArray[np.float64], draws: int, noise: float, seed: int) -> NDArray[np.float64]:
    spread = np.sqrt(np.log1p(noise**2))
    factors = np.random.default_rng(seed).normal(size=(draws, len(people))).T
    drawn: NDArray[np.float64] = people[:, None] * np.exp(spread * factors - spread**2 / 2)
    return drawn


class _Tally:
    """Counts ranks and losses of options, world by world."""

    def __init__(self, options: list[str]) -> None:
        self.options = options
        self.ranks: dict[str, NDArray[np.int64]] = {}
        self.sums: dict[str, NDArray[np.float64]] = {}
        self.named: dict[tuple[str, str], NDArray[np.float64]] = {}

    def take(self, family: str, name: str, covered: NDArray[np.float64]) -> None:
        """Take (options, worlds) people covered."""
        m, worlds = covered.shape
        best = covered.max(axis=0)
        more = covered[None] > covered[:, None] + _SAME_PEOPLE
        rank = 1 + more.sum(axis=1)
        lost = np.where(rank == 1, 0.0, best - covered)
        ranks = self.ranks.setdefault(family, np.zeros((m, m), np.int64))
        for option in range(m):
            ranks[option] += np.bincount(rank[option] - 1, minlength=m)
        sums = self.sums.setdefault(family, np.zeros((3, m)))
        sums[0] += covered.sum(axis=1)
        sums[1] += lost.sum(axis=1)
        sums[2] = np.maximum(sums[2], lost.max(axis=1))
        if worlds == 1:
            self.named[family, name] = covered[:, 0]

    def answer(self) -> Robustness:
        families = [family for family in FAMILIES if family in self.ranks]
        index = pd.MultiIndex.from_product([families, self.options], names=["family", "option"])
        ranks = np.concatenate([self.ranks[family] for family in families])
        covered, lost, worst = np.concatenate([self.sums[family] for family in families], axis=1)
        places = np.arange(1, len(self.options) + 1)
        worlds = ranks.sum(axis=1)
        behind = worlds - ranks[:, 0]
        summary = pd.DataFrame(
            {
                "worlds": worlds,
                "first": ranks[:, 0],
                "first_share": ranks[:, 0] / worlds,
                "mean_rank": ranks @ places / worlds,
                "worst_rank": np.where(ranks > 0, places, 0).max(axis=1),
                "mean_covered": covered / worlds,
                "mean_lost": lost / worlds,
                "worst_lost": worst,
                "lost_when_not_first": np.divide(
                    lost, behind, out=np.full(len(lost), np.nan), where=behind > 0
                ),
            },
            index=index,
        )
        named = pd.MultiIndex.from_tuples(list(self.named), names=["family", "world"])
        return Robustness(
            summary=summary,
            ranks=pd.DataFrame(ranks, index=index, columns=places),
            worlds=pd.DataFrame(np.stack(list(self.named.values())), named, self.options),
        )


def _columns(sites: pd.Index, wanted: Sequence[object]) -> list[int]:
    """Positions of sites.

    Raises
    ------
    InputError
        `unknown_site`.
    """
    found = [int(at) for at in sites.get_indexer(pd.Index(list(wanted)))] if len(wanted) else []
    if -1 in found:
        site = list(wanted)[found.index(-1)]
        raise InputError(
            f"点位“{site}”不在出行时间表中，请核对编号。", code="unknown_site", where=str(site)
        )
    return found


def _require_same_labels(first: CostTable, table: CostTable, condition: Condition) -> None:
    """Refuse a table with other rows or columns.

    Raises
    ------
    InputError
        `labels_unmatched`.
    """
    pairs = (
        (first.demand_ids[first.row], table.demand_ids[table.row]),
        (first.facility_ids[first.column], table.facility_ids[table.column]),
    )
    if not all(mine.equals(other) for mine, other in pairs):
        raise InputError(
            f"{condition.mode} {condition.speed_mps:g} 米/秒 的出行时间表与其他表的需求点或"
            "点位不同，请用同一批点计算。",
            code="labels_unmatched",
            where="costs",
        )
