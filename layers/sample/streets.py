"""Street nets: a bent grid with dead ends in every village, one large grid in the town."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from layers.sample.draws import Draws

__all__ = ["Net", "town_net", "village_net"]

_BLOCK_M = (76.0, 133.0)  # 60 to 150 m with both ends shaken
_BLOCK_LIMIT = 40
_SHAKE_M = 8.0
_TOWN_BLOCK_M = (92.0, 133.0)
_TOWN_HALF_M = (1_230.0, 1_560.0)
_MAIN_EVERY = 5


@dataclass(frozen=True)
class Net:
    """The streets of one place.

    Attributes
    ----------
    centre
        (2,) metres: the place's point.
    xy
        (k, 2) crossings and ends of streets.
    ends
        (m, 2) positions in `xy` of each piece's two ends.
    street
        (m,) number of the street that the piece belongs to; pieces of a street are consecutive.
    rank
        (m,) 0 in a lane, 1 in a main street, 2 in one of the two that cross in a town's middle.
    one_way
        (m,) 1 where wheels may only go from the first end to the second, -1 the other way, else 0.
    """

    centre: NDArray[np.float64]
    xy: NDArray[np.float64]
    ends: NDArray[np.int64]
    street: NDArray[np.int64]
    rank: NDArray[np.int64]
    one_way: NDArray[np.int64]


def village_net(draws: Draws, centre: NDArray[np.float64], area_m2: float, reach_m: float) -> Net:
    """Draw a village's streets.

    Parameters
    ----------
    draws
        Stream of the roads.
    centre
        (2,) the village's point, metres.
    area_m2
        Built-up area.
    reach_m
        About how far from the centre the streets may get.

    Returns
    -------
    One piece, at least one block; the centre lies a few metres from a crossing.
    """
    aspect, lean, loss = draws.between(0.6, 1.7, 1)[0], *draws.unit(2)
    side = 1.3 * (reach_m - 60.0)
    depth = min(side, np.sqrt(area_m2 / aspect))
    width = min(side, area_m2 / depth)
    columns, rows = _lines(draws, width, _BLOCK_M), _lines(draws, depth, _BLOCK_M)
    axes = _turned(draws)
    lot = draws.unit(2 * (len(columns) + 1) * (len(rows) + 1))
    net = _grid(draws, columns, rows, axes, _SHAKE_M)
    # Lanes along the village's length stay whole, those across it are broken more or less often.
    along = net.street < len(rows)
    chance = np.where(along, 0.12, 0.15 + 0.35 * loss)
    keep = _connected(net, lot[: len(along)], chance, first=along)
    return _placed(net, keep, centre, draws.between(-11.0, 11.0, 2), lean)


def town_net(draws: Draws, centre: NDArray[np.float64]) -> Net:
    """Draw the one street grid of the county seat, about six square kilometres.

    Parameters
    ----------
    draws
        Stream of the roads.
    centre
        (2,) the seat, metres.

    Returns
    -------
    One piece; every fifth street is a main street that runs through.
    """
    columns = _lines(draws, 2 * _TOWN_HALF_M[0], _TOWN_BLOCK_M)
    rows = _lines(draws, 2 * _TOWN_HALF_M[1], _TOWN_BLOCK_M)
    axes = np.array([[63.0, 16.0], [-16.0, 63.0]]) / 65.0
    net = _grid(draws, columns, rows, axes, _SHAKE_M)
    number = np.where(net.street < len(rows), net.street, net.street - len(rows))
    lines = np.where(net.street < len(rows), len(rows), len(columns))
    rank = (np.abs(number - lines // 2) % _MAIN_EVERY == 0).astype(np.int64)
    rank[number == lines // 2] = 2
    # The lanes beside the middle column are one-way, up on one side and down on the other.
    aside = np.where(net.street >= len(rows), number - lines // 2, 0)
    one_way = np.where(np.abs(aside) == 1, aside, 0)
    town = _rounded(Net(net.centre, net.xy, net.ends, net.street, rank, one_way), axes, draws)
    chance = np.where(town.rank > 0, 0.0, 0.16)
    keep = _connected(town, draws.unit(len(chance)), chance, first=town.rank > 0)
    return _placed(town, keep, centre, np.zeros(2), 0.0)


def _rounded(net: Net, axes: NDArray[np.float64], draws: Draws) -> Net:
    """Cut the grid to a ragged ellipse: towns have no corners."""
    lot = draws.between(0.86, 1.16, len(net.xy))
    along = (net.xy * axes[0]).sum(axis=1) / _TOWN_HALF_M[0]
    across = (net.xy * axes[1]).sum(axis=1) / _TOWN_HALF_M[1]
    town = along * along + across * across < lot
    neighbours = np.bincount(net.ends[town[net.ends].all(axis=1)].ravel(), minlength=len(town))
    town &= neighbours >= 2
    number = np.cumsum(town) - 1
    kept = town[net.ends].all(axis=1)
    return Net(
        net.centre,
        net.xy[town],
        number[net.ends[kept]],
        net.street[kept],
        net.rank[kept],
        net.one_way[kept],
    )


def _lines(draws: Draws, length: float, block: tuple[float, float]) -> NDArray[np.float64]:
    """Places of parallel streets across a length: as many whole blocks as fit, at least one."""
    depths = np.cumsum(draws.between(*block, _BLOCK_LIMIT))
    count = max(1, int(np.count_nonzero(depths <= length)))
    lines = np.concatenate([[0.0], depths[:count]])
    return np.asarray(lines - lines[-1] / 2)


def _turned(draws: Draws) -> NDArray[np.float64]:
    """Draw a turned pair of axes from whole numbers: square roots are exact, sines are not."""
    east, north = draws.whole(1, 12, 1)[0], draws.whole(-11, 12, 1)[0]
    first = np.array([east, north]) / np.sqrt(float(east * east + north * north))
    return np.array([first, [-first[1], first[0]]])


def _grid(
    draws: Draws,
    columns: NDArray[np.float64],
    rows: NDArray[np.float64],
    axes: NDArray[np.float64],
    shake_m: float,
) -> Net:
    """Cross the streets: rows are numbered first, then columns."""
    x, y = np.meshgrid(columns, rows)
    flat = np.column_stack([x.ravel(), y.ravel()])
    flat += draws.between(-shake_m, shake_m, flat.size).reshape(-1, 2)
    # Axes by hand: a matrix product may use fused operations on one machine and not on another.
    xy = flat[:, :1] * axes[0] + flat[:, 1:] * axes[1]
    node = np.arange(len(flat)).reshape(len(rows), len(columns))
    across = np.column_stack([node[:, :-1].ravel(), node[:, 1:].ravel()])
    up = np.column_stack([node.T[:, :-1].ravel(), node.T[:, 1:].ravel()])
    street = np.concatenate(
        [
            np.repeat(np.arange(len(rows)), len(columns) - 1),
            len(rows) + np.repeat(np.arange(len(columns)), len(rows) - 1),
        ]
    )
    ends = np.vstack([across, up])
    none = np.zeros(len(ends), dtype=np.int64)
    return Net(np.zeros(2), xy, ends, street, none, none)


def _connected(
    net: Net, lot: NDArray[np.float64], chance: NDArray[np.float64], *, first: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Drop pieces by lot, but none that the place needs to hold together (Kruskal)."""
    keep = lot >= chance
    parent = list(range(len(net.xy)))

    def root(at: int) -> int:
        while parent[at] != at:
            parent[at] = parent[parent[at]]
            at = parent[at]
        return at

    for k in np.lexsort((lot, ~first, ~keep)):
        a, b = root(int(net.ends[k, 0])), root(int(net.ends[k, 1]))
        if a != b:
            parent[a] = b
            keep[k] = True
    return keep


def _placed(
    net: Net,
    keep: NDArray[np.bool_],
    centre: NDArray[np.float64],
    offset: NDArray[np.float64],
    lean: float,
) -> Net:
    """Move the net so that its middle crossing lies beside the place's point."""
    square = (net.xy * net.xy).sum(axis=1)
    middle = net.xy[np.argsort(square, kind="stable")[int(lean * min(3, len(square)))]]
    xy = net.xy - middle + centre + offset
    return Net(centre, xy, net.ends[keep], net.street[keep], net.rank[keep], net.one_way[keep])
