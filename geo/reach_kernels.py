"""The compiled inner loops of `geo.reach`; imported on first use, for numba costs a second.

Scratch arrays come in clean and are left clean, so that a search costs what it reaches and not what
the network holds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numba as nb
import numpy as np

from geo.compiled import kernel, prefetch
from geo.search_records import ARC, DONE, NODE, OPEN

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

__all__ = [
    "bounded",
    "direct_seconds",
    "labelled_search",
    "merge_parts",
    "node_parts",
    "point_seconds",
    "reset",
    "search",
    "search_each",
]

_INF = np.inf
_TICKS_PER_SECOND = 2.0**34  # as in `geo.network.whole_ticks`

_INTS, _LONGS, _FLOATS = nb.int32[::1], nb.int64[::1], nb.float64[::1]
_INT_ROWS, _FLOAT_ROWS = nb.int32[:, ::1], nb.float64[:, ::1]
_NODES = nb.from_dtype(NODE)[::1]
_ARCS = nb.from_dtype(ARC)[::1]
_LEGS = (_INT_ROWS, _FLOAT_ROWS)
_PAIR = nb.types.Tuple((_INTS, _FLOATS))  # type: ignore[no-untyped-call]
_SCRATCH = (_NODES, nb.uint32[:, ::1])

# A search keeps two plain lists, nodes to go on from now and nodes beyond the horizon; when the
# first is used up the horizon moves on. No heap and no buckets: what a search waits for are wrong
# guesses of the processor, so the relaxing of an arc holds no branch that depends on the roads, and
# memory: arcs are called for when a node is met, before it is gone on from. A node improved after
# it was gone on from comes again, so the answer does not depend on the width; the width decides
# only how rarely that happens.


@kernel(nb.int64(_NODES, nb.uint32[::1]))
def _unfinished(nodes: NDArray[np.void], found: NDArray[np.uint32]) -> int:
    """Find all nodes that the search still has to go on from, each once; returns how many."""
    count = 0
    for row in range(len(nodes) - 1):
        if nodes[row]["state"] & OPEN:
            found[count] = row
            count += 1
    return count


def _searching(*, labelled: bool) -> Callable[..., int]:
    """Write a search that tells of each node which place is nearest, or one that need not."""

    @kernel(nb.int64(_ARCS, _INTS, _FLOATS, nb.float64, nb.float64, *_SCRATCH))
    def search(
        arcs: NDArray[np.void],
        leg_row: NDArray[np.int32],
        leg_seconds: NDArray[np.float64],
        limit_s: float,
        width_s: float,
        nodes: NDArray[np.void],
        lists: NDArray[np.uint32],
    ) -> int:
        """Find all nodes within the limit of the nearest place; returns how many.

        Each place has two legs, one after the other; at row -1 there is none. `lists[2, :count]`
        are the nodes in no order; `nodes` holds their seconds.
        """
        near, far, reached = lists[0], lists[1], lists[2]
        beyond_s = np.nextafter(limit_s, _INF)
        count = waiting = 0
        for i in range(len(leg_row)):
            row = leg_row[i]
            d = leg_seconds[i]
            if row < 0 or not d < beyond_s:
                continue
            here = nodes[row]
            if d < here["seconds"] or (d == here["seconds"] and i >> 1 < here["label"]):
                if here["seconds"] == _INF:
                    far[waiting] = row
                    waiting += 1
                here["seconds"] = d
                here["label"] = i >> 1
                here["state"] = OPEN
        while waiting > 0:
            near, far = far, near
            tail, waiting = waiting, 0
            least_s = _INF
            for i in range(tail):
                least_s = min(least_s, nodes[near[i]]["seconds"])
            horizon_s = least_s + width_s
            i = 0
            while i < tail:
                # Unsigned, for numba would ask of each index whether it counts from the end.
                row = near[np.uint64(i)]
                i += 1
                here = nodes[row]
                d = here["seconds"]
                if d > horizon_s:
                    far[np.uint64(waiting)] = row
                    waiting += 1
                    continue
                start = np.uint64(here["start"])
                stop = np.uint64(nodes[row + np.uint32(1)]["start"])
                if tail + np.int64(stop - start) > len(near):
                    tail = _unfinished(nodes, near)
                    i = waiting = 0
                    continue
                reached[np.uint64(count)] = row
                count += here["state"] < DONE
                here["state"] = DONE
                label = here["label"]
                for k in range(start, stop):
                    head = np.uint32(arcs[k]["head"])
                    there = nodes[head]
                    prefetch(arcs, np.uint64(there["start"]))
                    e = d + arcs[k]["seconds"]
                    f = there["seconds"]
                    state = there["state"]
                    if labelled:
                        other = there["label"]
                        if e == f and label < other:
                            f = _INF
                    better = e < min(f, beyond_s)
                    there["seconds"] = e if better else f
                    if labelled:
                        there["label"] = label if better else other
                    there["state"] = state | np.int32(better)
                    near[np.uint64(tail)] = head
                    tail += better & (state & OPEN == 0)
        return count

    return search


search = _searching(labelled=False)
labelled_search = _searching(labelled=True)
"""A search whose `nodes` hold the number of their place as label, of equally near ones the smaller
one. Carrying it along is a fifth of a search."""


@kernel(nb.void(nb.int64, *_SCRATCH))
def reset(count: int, nodes: NDArray[np.void], lists: NDArray[np.uint32]) -> None:
    """Make scratch clean again after a search that reached `count` nodes."""
    for i in range(count):
        here = nodes[lists[2, i]]
        here["seconds"] = _INF
        here["state"] = 0


@kernel(_PAIR(_ARCS, *_LEGS, nb.int64, nb.int64, nb.float64, nb.float64, *_SCRATCH))
def bounded(
    arcs: NDArray[np.void],
    leg_row: NDArray[np.int32],
    leg_seconds: NDArray[np.float64],
    first: int,
    last: int,
    limit_s: float,
    width_s: float,
    nodes: NDArray[np.void],
    lists: NDArray[np.uint32],
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Search from some rows of legs together, hand out positions and seconds of the nodes reached.

    Scratch is left clean.
    """
    row = leg_row[first:last].reshape(2 * (last - first))
    leg_s = leg_seconds[first:last].reshape(2 * (last - first))
    count = search(arcs, row, leg_s, limit_s, width_s, nodes, lists)
    position, seconds = np.empty(count, np.int32), np.empty(count, np.float64)
    for i in range(count):
        here = nodes[lists[2, i]]
        position[i] = here["position"]
        seconds[i] = here["seconds"]
        here["seconds"] = _INF
        here["state"] = 0
    return position, seconds


@kernel(nb.void(_ARCS, *_LEGS, *_LEGS, nb.float64, nb.float64, *_SCRATCH, _FLOAT_ROWS))
def search_each(
    arcs: NDArray[np.void],
    leg_row: NDArray[np.int32],
    leg_seconds: NDArray[np.float64],
    other_row: NDArray[np.int32],
    other_seconds: NDArray[np.float64],
    limit_s: float,
    width_s: float,
    nodes: NDArray[np.void],
    lists: NDArray[np.uint32],
    out: NDArray[np.float64],
) -> None:
    """Seconds over the network from each row of legs to each other one, a search a row."""
    for i in range(len(leg_row)):
        count = search(arcs, leg_row[i], leg_seconds[i], limit_s, width_s, nodes, lists)
        for j in range(len(other_row)):
            best = _INF
            for side in range(2):
                row = other_row[j, side]
                if row >= 0:
                    best = min(best, nodes[row]["seconds"] + other_seconds[j, side])
            out[i, j] = best
        reset(count, nodes, lists)


# Places of points: `edge` position or -1; `place` (n, 5): fraction, offset in seconds, offset in
# metres, x, y. `ahead` and `behind`: seconds along edges towards v and towards u when going from
# the point to the other one.


@kernel("f8(f8)")
def _tick(seconds: float) -> float:
    """Round as `geo.network.whole_ticks` does."""
    return float(np.floor(seconds * _TICKS_PER_SECOND + 0.5) / _TICKS_PER_SECOND)


@kernel("f8(f8, f8, f8)")
def _along(part: float, ahead_s: float, behind_s: float) -> float:
    """Seconds along a signed part of an edge; standing still needs only one way to be open."""
    if part == 0:
        return 0.0 if min(ahead_s, behind_s) < _INF else _INF
    whole = ahead_s if part > 0 else behind_s
    return _tick(abs(part) * whole) if whole < _INF else _INF


@kernel("f8(f8, f8, f8, f8)")
def _straight(dx: float, dy: float, offset_m: float, speed_mps: float) -> float:
    """Seconds straight from point to point, if they are no farther apart than the offset."""
    if abs(dx) > offset_m or abs(dy) > offset_m:
        return _INF
    apart = np.sqrt(dx * dx + dy * dy)
    return _tick(apart / speed_mps) if apart <= offset_m else _INF


@kernel("void(i8[::1], f8[:,::1], i8[::1], f8[:,::1], f8[::1], f8[::1], f8, f8, f8[:,::1])")
def direct_seconds(
    edge: NDArray[np.int64],
    place: NDArray[np.float64],
    other_edge: NDArray[np.int64],
    other_place: NDArray[np.float64],
    ahead: NDArray[np.float64],
    behind: NDArray[np.float64],
    speed_mps: float,
    limit_s: float,
    out: NDArray[np.float64],
) -> None:
    """Let direct ways compete in a matrix of seconds, then cut it at the limit."""
    for i in range(len(edge)):
        e = edge[i]
        here = place[i]
        for j in range(len(other_edge)):
            there = other_place[j]
            best = out[i, j]
            if e >= 0 and e == other_edge[j]:
                along = _along(there[0] - here[0], ahead[e], behind[e])
                best = min(best, here[1] + along + there[1])
            reach = max(here[2], there[2])
            best = min(best, _straight(there[3] - here[3], there[4] - here[4], reach, speed_mps))
            out[i, j] = best if best <= limit_s else _INF


@kernel(
    nb.void(
        *_LEGS, _LONGS, _FLOAT_ROWS, _LONGS, _FLOAT_ROWS, _FLOATS, _FLOATS, nb.float64, _NODES,
        _FLOATS, _INTS,
    )
)  # fmt: skip
def point_seconds(
    leg_row: NDArray[np.int32],
    leg_seconds: NDArray[np.float64],
    edge: NDArray[np.int64],
    place: NDArray[np.float64],
    other_edge: NDArray[np.int64],
    other_place: NDArray[np.float64],
    ahead: NDArray[np.float64],
    behind: NDArray[np.float64],
    speed_mps: float,
    nodes: NDArray[np.void],
    out_seconds: NDArray[np.float64],
    out_label: NDArray[np.int32],
) -> None:
    """Seconds and label of the nearest of the others for each point, after a search from them."""
    for i in range(len(edge)):
        best = _INF
        label = -1
        for side in range(2):
            row = leg_row[i, side]
            if row < 0:
                continue
            found = nodes[row]
            d = found["seconds"] + leg_seconds[i, side]
            if d < best or (d == best and d < _INF and found["label"] < label):
                best = d
                label = int(found["label"])
        e = edge[i]
        here = place[i]
        for j in range(len(other_edge)):
            there = other_place[j]
            reach = max(here[2], there[2])
            d = _straight(there[3] - here[3], there[4] - here[4], reach, speed_mps)
            if e >= 0 and e == other_edge[j]:
                along = _along(there[0] - here[0], ahead[e], behind[e])
                d = min(d, here[1] + along + there[1])
            if d < best or (d == best and d < _INF and j < label):
                best = d
                label = j
        out_seconds[i] = best
        out_label[i] = label


@kernel("i8(i8[::1], i8[::1], i4[::1], f8[::1], f8, f8[::1], f8[::1], i8[::1], f8[::1], f8[::1])")
def node_parts(
    indptr: NDArray[np.int64],
    arcs: NDArray[np.int64],
    nodes: NDArray[np.int32],
    seconds: NDArray[np.float64],
    limit_s: float,
    beyond_u: NDArray[np.float64],
    beyond_v: NDArray[np.float64],
    edge: NDArray[np.int64],
    start: NDArray[np.float64],
    stop: NDArray[np.float64],
) -> int:
    """Parts of edges that hang on reached nodes, as far as the seconds left go; returns how many.

    `beyond_u` are the seconds of a whole edge counted from u, `beyond_v` from v.
    """
    count = 0
    for i in range(len(nodes)):
        left = limit_s - seconds[i]
        if left < 0:
            continue
        for k in range(indptr[nodes[i]], indptr[nodes[i] + 1]):
            e = arcs[k] >> 1
            whole = beyond_v[e] if arcs[k] & 1 else beyond_u[e]
            if whole == _INF or (left == 0 and whole > 0):
                continue
            share = left / whole if whole > left else 1.0
            edge[count] = e
            start[count] = 1.0 - share if arcs[k] & 1 else 0.0
            stop[count] = 1.0 if arcs[k] & 1 else share
            count += 1
    return count


@kernel("i8(i8[::1], f8[::1], f8[::1])")
def merge_parts(
    edge: NDArray[np.int64], start: NDArray[np.float64], stop: NDArray[np.float64]
) -> int:
    """Join parts that touch, in place; they come ordered by edge. Returns how many."""
    # Few parts have an edge in common. Told by start here: sorting by both takes three times as
    # long as by edge.
    for i in range(1, len(edge)):
        j = i
        while j > 0 and edge[j - 1] == edge[j] and start[j - 1] > start[j]:
            start[j - 1], start[j] = start[j], start[j - 1]
            stop[j - 1], stop[j] = stop[j], stop[j - 1]
            j -= 1
    count = 0
    for i in range(len(edge)):
        if count > 0 and edge[count - 1] == edge[i] and start[i] <= stop[count - 1]:
            stop[count - 1] = max(stop[count - 1], stop[i])
        else:
            edge[count] = edge[i]
            start[count] = start[i]
            stop[count] = stop[i]
            count += 1
    return count
