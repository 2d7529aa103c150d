"""The compiled loops of `geo.snapping`; imported on first use, for numba costs a second.

Roads lie in squares, numbered `row * columns + column`. Those of square s are the straight pieces
`piece[start[s]:start[s + 1]]`, each told by the vertex at which it begins; their ends lie in the
same order, so that those of a square lie together in memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo.compiled import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["metres_along", "nearest_close", "squares_touched"]

_SLACK = 1e-6  # of a square: a piece that touches a border is in both


@kernel("i8(f8[:,::1], i4[::1], i8, i8[::1], i4[::1])")
def squares_touched(
    at: NDArray[np.float64],
    owner: NDArray[np.int32],
    columns: int,
    square: NDArray[np.int64],
    piece: NDArray[np.int32],
) -> int:
    """Write every square that every piece touches, as long as there is room; returns how many.

    `at` are vertices in squares from the corner, `owner` their edges (-1: not to be found).
    """
    count = 0
    for i in range(len(at) - 1):
        if owner[i] < 0 or owner[i] != owner[i + 1]:
            continue
        west, east = (i, i + 1) if at[i, 0] <= at[i + 1, 0] else (i + 1, i)
        x, y = at[west]
        width, rise = at[east, 0] - x, at[east, 1] - y
        for column in range(int(np.floor(x - _SLACK)), int(np.floor(x + width + _SLACK)) + 1):
            begin, end = 0.0, 1.0
            if width > _SLACK:
                begin = min(max((column - _SLACK - x) / width, 0.0), 1.0)
                end = min(max((column + 1 + _SLACK - x) / width, 0.0), 1.0)
            low, high = y + min(begin * rise, end * rise), y + max(begin * rise, end * rise)
            for row in range(int(np.floor(low - _SLACK)), int(np.floor(high + _SLACK)) + 1):
                if count < len(square):
                    square[count] = row * columns + column
                    piece[count] = i
                count += 1
    return count


@kernel("f8[::1](f8[:,::1], i4[::1])")
def metres_along(line_xy: NDArray[np.float64], owner: NDArray[np.int32]) -> NDArray[np.float64]:
    """Metres from the first vertex of its line to each vertex."""
    along = np.zeros(len(line_xy))
    for i in range(1, len(line_xy)):
        if owner[i] == owner[i - 1]:
            dx, dy = line_xy[i, 0] - line_xy[i - 1, 0], line_xy[i, 1] - line_xy[i - 1, 1]
            along[i] = along[i - 1] + np.sqrt(dx * dx + dy * dy)
    return along


@kernel("UniTuple(f8, 2)(f8, f8, f8[:,::1], u8)")
def _foot(x: float, y: float, ends: NDArray[np.float64], k: np.uint64) -> tuple[float, float]:
    """Squared distance of a place from a piece given by its ends, and where on it."""
    ax, ay = ends[k, 0] - x, ends[k, 1] - y
    dx, dy = ends[k, 2] - ends[k, 0], ends[k, 3] - ends[k, 1]
    length2 = dx * dx + dy * dy
    part = min(max(-(ax * dx + ay * dy) / length2, 0.0), 1.0) if length2 > 0.0 else 0.0
    ax += part * dx
    ay += part * dy
    return float(ax * ax + ay * ay), float(part)


@kernel("UniTuple(i8, 4)(f8, f8, f8, i8[::1])")
def _window(x: float, y: float, reach: float, size: NDArray[np.int64]) -> tuple[int, ...]:
    """First column, last column, first row and last row of what lies so near; all in squares."""
    columns, rows = float(size[0]), float(size[1])
    return (
        int(min(max(x - reach, 0.0), columns)),
        int(max(min(x + reach, columns - 1.0), -1.0)),
        int(min(max(y - reach, 0.0), rows)),
        int(max(min(y + reach, rows - 1.0), -1.0)),
    )


@kernel(
    "void(f8[:,::1], f8[::1], f8, f8, i8[::1], i8[::1], i4[::1], f8[:,::1], i4[::1], f8[::1], f8,"
    " i8[::1], f8[::1], f8[::1])"
)
def nearest_close(
    xy: NDArray[np.float64],
    corner: NDArray[np.float64],
    side_m: float,
    close_m: float,
    size: NDArray[np.int64],
    start: NDArray[np.int64],
    piece: NDArray[np.int32],
    ends: NDArray[np.float64],
    owner: NDArray[np.int32],
    along_m: NDArray[np.float64],
    tie_m: float,
    edge: NDArray[np.int64],
    offset_m: NDArray[np.float64],
    at_m: NDArray[np.float64],
) -> None:
    """Nearest edge of each place, among the pieces no farther than `close_m`, and metres along it.

    Among edges whose distances differ by no more than `tie_m` the smallest wins. Farther pieces may
    be found, but not the nearest of them; without any, -1 and infinity are left.
    """
    columns = size[0]
    for i in range(len(xy)):
        x, y = xy[i]
        at_x, at_y = (x - corner[0]) / side_m, (y - corner[1]) / side_m
        nearest2, reach_m = np.inf, 0.0
        # The square of the place itself, then what can hold something nearer, then what is as near.
        for look in range(2):
            first, last, low, high = _window(at_x, at_y, reach_m / side_m, size)
            if first <= last:
                for row in range(low * columns, (high + 1) * columns, columns):
                    for k in range(start[row + first], start[row + last + 1]):
                        nearest2 = min(nearest2, _foot(x, y, ends, np.uint64(k))[0])
            reach_m = np.sqrt(nearest2) + tie_m
            if look == 0:
                reach_m = min(reach_m, close_m)
        edge[i], offset_m[i], at_m[i] = -1, np.sqrt(nearest2), np.nan
        if nearest2 == np.inf:
            continue
        tied2 = reach_m**2
        own, own2, own_at, own_k = np.int64(len(owner)), np.inf, np.int64(0), np.int64(0)
        first, last, low, high = _window(at_x, at_y, min(reach_m, close_m) / side_m, size)
        for row in range(low * columns, (high + 1) * columns, columns):
            for k in range(start[row + first], start[row + last + 1]):
                at = np.int64(piece[k])
                away2 = _foot(x, y, ends, np.uint64(k))[0]
                if away2 > tied2 or owner[at] > own:
                    continue
                # Of one edge the nearest piece, the first of several: a line may meet itself.
                if owner[at] < own or away2 < own2 or (away2 == own2 and at < own_at):
                    own, own2, own_at, own_k = np.int64(owner[at]), away2, at, np.int64(k)
        part = _foot(x, y, ends, np.uint64(own_k))[1]
        edge[i] = own
        at_m[i] = along_m[own_at] + part * (along_m[own_at + 1] - along_m[own_at])
