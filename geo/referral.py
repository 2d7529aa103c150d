"""How long a referral takes: door to station, station to regional home, home to county centre."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geo.cost_table import CostTable
from geo.errors import InputError
from geo.frames import take_ids

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["referral_times"]

_LINKS: Final = ("station", "home", "centre")


def referral_times(
    door_seconds: pd.DataFrame, home_seconds: pd.DataFrame, centre_seconds: pd.DataFrame
) -> pd.DataFrame:
    """Follow each village's referral chain, always to the nearest of the next level.

    Parameters
    ----------
    door_seconds
        Rows villages, columns stations; inf where there is no way.
    home_seconds
        Rows the same stations, columns regional homes.
    centre_seconds
        Rows the same homes, columns county centres.

    Returns
    -------
    By village, in the order of `door_seconds`: `station_id`, `door_seconds`, `home_id`,
    `home_seconds` (from the station), `centre_id`, `centre_seconds` (from the home),
    `referral_seconds` (both referral legs), `total_seconds` (with the way to the station), and
    `missing`: the first link without a way, `station`, `home` or `centre`, else `<NA>`. From a
    missing link on ids are `<NA>` and seconds inf. Of equals the smaller id.

    Raises
    ------
    InputError
        If a label is missing or occurs twice, a cost is not a time, or the rows of one table are
        not the columns of the one before (`labels_unmatched`).

    Source
    ------
    Chain of the county's 1+3 layout (one county centre leads regional homes, which lead the
    stations); nearest facility of the next level as in the referral analysis of WHO AccessMod 5.
    """
    for before, after, what in (
        (door_seconds, home_seconds, "驿站"),
        (home_seconds, centre_seconds, "区域养老院"),
    ):
        if set(before.columns) != set(after.index):
            raise InputError(
                f"转介表里{what}的编号前后对不上，请用同一批设施计算各段时间。",
                code="labels_unmatched",
                where=what,
            )
    villages = door_seconds.index
    at = np.arange(len(villages))
    columns: dict[str, object] = {}
    legs: list[NDArray[np.float64]] = []
    missing = np.full(len(villages), -1)
    table = door_seconds
    for number, link in enumerate(_LINKS):
        nearest, seconds = _nearest(table)
        here = at >= 0
        leg = np.full(len(villages), np.inf)
        leg[here] = seconds[at[here]]
        there = np.isfinite(leg)
        missing[(missing < 0) & ~there] = number
        target = np.full(len(villages), -1)
        target[there] = nearest[at[there]]
        columns[f"{link}_id"] = take_ids(table.columns, target)
        columns["door_seconds" if link == "station" else f"{link}_seconds"] = leg
        legs.append(leg)
        if number + 1 < len(_LINKS):
            after = (home_seconds, centre_seconds)[number]
            row_of = after.index.get_indexer(table.columns)
            at = np.where(target >= 0, row_of[target] if len(row_of) else -1, -1)
            table = after
    answer = pd.DataFrame(columns, index=villages)
    answer["referral_seconds"] = legs[1] + legs[2]
    answer["total_seconds"] = legs[0] + legs[1] + legs[2]
    answer["missing"] = take_ids(pd.Index(list(_LINKS)), missing)
    return answer


def _nearest(table: pd.DataFrame) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Column and seconds of the nearest for each row; of equals the smaller id."""
    costs = CostTable.of(table)
    column, seconds = np.full(len(table), -1, np.intp), np.full(len(table), np.inf)
    if len(costs.column) and len(costs.row):
        best = costs.seconds.argmin(axis=1)
        column[costs.row] = costs.column[best]
        seconds[costs.row] = costs.seconds[np.arange(len(best)), best]
    return column, seconds
