"""Symbols that would stand on one another are set side by side, as on any printed map."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["side_by_side"]

_HIDDEN = 0.6
"""Two symbols closer than this, in the mean of their sizes, hide each other."""

_GAP = 1.06
"""Distance in a row, in sizes."""


def side_by_side(
    places: Sequence[tuple[float, float]], sizes: Sequence[float]
) -> list[tuple[float, float]]:
    """Move symbols that hide each other into a row about their common middle.

    Parameters
    ----------
    places
        Middles of the symbols, mm, in drawing order: so they stand from left to right.
    sizes
        Their widths, mm.

    Returns
    -------
    A place for each; symbols that stand free keep theirs.
    """
    out = list(places)
    for group in _groups(places, sizes):
        if len(group) == 1:
            continue
        width = sum(sizes[k] for k in group) * _GAP
        left = sum(places[k][0] for k in group) / len(group) - width / 2
        y = sum(places[k][1] for k in group) / len(group)
        for k in group:
            out[k] = (left + sizes[k] * _GAP / 2, y)
            left += sizes[k] * _GAP
    return out


def _groups(places: Sequence[tuple[float, float]], sizes: Sequence[float]) -> list[list[int]]:
    """Group the indices of symbols that hide each other, directly or through others."""
    waiting = list(range(len(places)))
    groups: list[list[int]] = []
    while waiting:
        group = [waiting.pop(0)]
        for here in group:
            near = [
                k
                for k in waiting
                if math.dist(places[here], places[k]) < _HIDDEN * (sizes[here] + sizes[k]) / 2
            ]
            group += near
            waiting = [k for k in waiting if k not in near]
        groups.append(sorted(group))
    return groups
