"""The compiled inner loops of `geo.reach`; imported on first use, for numba costs a second.

Scratch arrays come in clean and are left clean, so that a search costs what it reaches and not what
the network holds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo.compiled import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "direct_seconds",
    "merge_parts",
    "node_parts",
    "point_seconds",
    "reset",
    "search",
    "search_each",
]

_INF = np.inf
_TICKS_PER_SECOND = 2.0**34  # as in `geo.network.whole_ticks`

# A search keeps nodes in buckets of equal width by their seconds, first in first out within one:
# a calendar, not a heap. A node that is improved after it was taken goes back in, so the answer
# does not depend on the width; the width decides only how rarely that happens. Buckets are reused
# in a circle, which is right for the same reason.
#
# `links` (5, n): next and previous node in the bucket, the bucket (-1: in none), label, and the
# nodes reached. `ends` (2, power of two): first and last node of each bucket, -1 if empty.
# Clean: `dist` inf, `links[2]` -1, `ends[0]` -1.


@kernel(
    "i8(i8[::1], i4[::1], f8[::1], i4[::1], f8[::1], i4[::1], f8, f8, f8[::1], i4[:,::1],"
    " i4[:,::1])"
)
def search(
    indptr: NDArray[np.int64],
    heads: NDArray[np.int32],
    seconds: NDArray[np.float64],
    seed_node: NDArray[np.int32],
    seed_seconds: NDArray[np.float64],
    seed_label: NDArray[np.int32],
    limit_s: float,
    buckets_per_s: float,
    dist: NDArray[np.float64],
    links: NDArray[np.int32],
    ends: NDArray[np.int32],
) -> int:
    """Find all nodes within the limit of the nearest seed; returns how many.

    `links[4, :count]` are these nodes in no order, `dist` and `links[3]` their seconds and label.
    Between seeds equally near the smaller label wins. Seeds at node -1 are none.
    """
    after, before, bucket, label, reached = links[0], links[1], links[2], links[3], links[4]
    first, last = ends[0], ends[1]
    mask = ends.shape[1] - 1
    count = 0
    least = _INF
    for i in range(len(seed_node)):
        node = seed_node[i]
        d = seed_seconds[i]
        if node < 0 or not (d <= limit_s and d < _INF):
            continue
        if d < dist[node] or (d == dist[node] and seed_label[i] < label[node]):
            if dist[node] == _INF:
                reached[count] = node
                count += 1
            dist[node] = d
            label[node] = seed_label[i]
            least = min(least, d)
    if count == 0:
        return 0
    for i in range(count):
        node = reached[i]
        b = np.int64(dist[node] * buckets_per_s) & mask
        before[node] = last[b] if first[b] >= 0 else -1
        after[node] = -1
        if first[b] >= 0:
            after[last[b]] = node
        else:
            first[b] = node
        last[b] = node
        bucket[node] = b
    waiting = count
    cursor = np.int64(least * buckets_per_s)
    while waiting > 0:
        now = cursor & mask
        node = first[now]
        if node < 0:
            cursor += 1
            continue
        follower = after[node]
        first[now] = follower
        if follower >= 0:
            before[follower] = -1
        bucket[node] = -1
        waiting -= 1
        d = dist[node]
        a = label[node]
        # Unsigned, for numba would ask of each index whether it counts from the end.
        for k in range(np.uint64(indptr[node]), np.uint64(indptr[node + 1])):
            head = np.uint32(heads[k])
            e = d + seconds[k]
            f = dist[head]
            if e < f:
                if e > limit_s:
                    continue
                if f == _INF:
                    reached[count] = head
                    count += 1
            elif not (e == f and e < _INF and a < label[head]):
                continue
            dist[head] = e
            label[head] = a
            # A dead end leads only back to where the search came from: it need not wait its turn.
            out = indptr[head]
            ways = indptr[head + 1] - out
            if ways == 0 or (ways == 1 and heads[out] == node):
                continue
            b = np.int64(e * buckets_per_s) & mask
            old = bucket[head]
            if old == b:
                continue
            if old >= 0:
                p = before[head]
                q = after[head]
                if p >= 0:
                    after[p] = q
                else:
                    first[old] = q
                if q >= 0:
                    before[q] = p
                else:
                    last[old] = p
            else:
                waiting += 1
            after[head] = -1
            if first[b] >= 0:
                before[head] = last[b]
                after[last[b]] = head
            else:
                before[head] = -1
                first[b] = head
            last[b] = head
            bucket[head] = b
    return count


@kernel("void(i8, f8[::1], i4[:,::1])")
def reset(count: int, dist: NDArray[np.float64], links: NDArray[np.int32]) -> None:
    """Make scratch clean again after a search that reached `count` nodes."""
    for i in range(count):
        dist[links[4, i]] = _INF


@kernel(
    "void(i8[::1], i4[::1], f8[::1], i4[:,::1], f8[:,::1], i4[:,::1], f8[:,::1], f8, f8, f8[::1],"
    " i4[:,::1], i4[:,::1], f8[:,::1])"
)
def search_each(
    indptr: NDArray[np.int64],
    heads: NDArray[np.int32],
    seconds: NDArray[np.float64],
    leg_node: NDArray[np.int32],
    leg_seconds: NDArray[np.float64],
    other_node: NDArray[np.int32],
    other_seconds: NDArray[np.float64],
    limit_s: float,
    buckets_per_s: float,
    dist: NDArray[np.float64],
    links: NDArray[np.int32],
    ends: NDArray[np.int32],
    out: NDArray[np.float64],
) -> None:
    """Seconds over the network from each row of legs to each other one, a search a row."""
    label = np.zeros(2, np.int32)
    for i in range(len(leg_node)):
        count = search(
            indptr, heads, seconds, leg_node[i], leg_seconds[i], label, limit_s, buckets_per_s,
            dist, links, ends,
        )  # fmt: skip
        for j in range(len(other_node)):
            best = _INF
            for side in range(2):
                node = other_node[j, side]
                if node >= 0:
                    best = min(best, dist[node] + other_seconds[j, side])
            out[i, j] = best
        reset(count, dist, links)


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
    "void(i4[:,::1], f8[:,::1], i8[::1], f8[:,::1], i8[::1], f8[:,::1], f8[::1], f8[::1], f8,"
    " f8[::1], i4[:,::1], f8[::1], i4[::1])"
)
def point_seconds(
    leg_node: NDArray[np.int32],
    leg_seconds: NDArray[np.float64],
    edge: NDArray[np.int64],
    place: NDArray[np.float64],
    other_edge: NDArray[np.int64],
    other_place: NDArray[np.float64],
    ahead: NDArray[np.float64],
    behind: NDArray[np.float64],
    speed_mps: float,
    dist: NDArray[np.float64],
    links: NDArray[np.int32],
    out_seconds: NDArray[np.float64],
    out_label: NDArray[np.int32],
) -> None:
    """Seconds and label of the nearest of the others for each point, after a search from them."""
    for i in range(len(edge)):
        best = _INF
        label = -1
        for side in range(2):
            node = leg_node[i, side]
            if node < 0:
                continue
            d = dist[node] + leg_seconds[i, side]
            if d < best or (d == best and d < _INF and links[3, node] < label):
                best = d
                label = int(links[3, node])
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
    """Join parts that touch, in place; they come ordered by edge and start. Returns how many."""
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
