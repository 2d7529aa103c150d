"""Compiled loops that turn a set of sites into the outline of their cells.

Import it inside functions, see `geo.compiled`. Arrays of zeros serve as scratch and are left so:
a circle costs what it covers and not what the network holds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo.compiled import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["rings", "sites_on", "with_blocks"]

FRACTION_EPS = 1e-9


@kernel(
    "int32[::1](int64[::1], float64[::1], float64[::1], int32[::1], int32[:, ::1], int64[::1],"
    " int32[::1], int32[::1], uint8[::1])"
)
def sites_on(
    edge: NDArray[np.int64],
    part_start: NDArray[np.float64],
    part_stop: NDArray[np.float64],
    nodes: NDArray[np.int32],
    ends: NDArray[np.int32],
    edge_start: NDArray[np.int64],
    edge_site: NDArray[np.int32],
    node_site: NDArray[np.int32],
    inside: NDArray[np.uint8],
) -> NDArray[np.int32]:
    """Distinct sites on parts of edges and at nodes.

    Parameters
    ----------
    edge, part_start, part_stop
        Parts of edges, fractions from their first node.
    nodes
        Nodes.
    ends
        (m, 2) nodes of every edge.
    edge_start, edge_site, node_site
        Of the `Cells`.
    inside
        Scratch, a zero for each site.
    """
    most = len(nodes)
    for i in range(len(edge)):
        most += edge_start[edge[i] + 1] - edge_start[edge[i]] + 2
    found = np.empty(most, np.int32)
    count = 0
    for node in nodes:
        site = node_site[node]
        if inside[site] == 0:
            inside[site] = 1
            found[count] = site
            count += 1
    for i in range(len(edge)):
        first = edge_start[edge[i]]
        steps = edge_start[edge[i] + 1] - first + 1
        low = int(np.ceil(part_start[i] * steps - FRACTION_EPS))
        high = int(np.floor(part_stop[i] * steps + FRACTION_EPS))
        for k in range(low, high + 1):
            if k == 0:
                site = node_site[ends[edge[i], 0]]
            elif k == steps:
                site = node_site[ends[edge[i], 1]]
            else:
                site = edge_site[first + k - 1]
            if inside[site] == 0:
                inside[site] = 1
                found[count] = site
                count += 1
    for i in range(count):
        inside[found[i]] = 0
    return found[:count].copy()


@kernel(
    "int32[::1](int32[::1], int64[::1], int32[::1], float64[::1], int64[::1], int64[::1],"
    " int32[::1], float64, int32[::1])"
)
def with_blocks(
    sites: NDArray[np.int32],
    touch_start: NDArray[np.int64],
    touch_block: NDArray[np.int32],
    block_m2: NDArray[np.float64],
    block_border: NDArray[np.int64],
    block_start: NDArray[np.int64],
    block_guard: NDArray[np.int32],
    fill_m2: float,
    met: NDArray[np.int32],
) -> NDArray[np.int32]:
    """Sites and the guards of those small blocks whose whole border is among the sites.

    Parameters
    ----------
    sites
        Distinct sites.
    touch_start, touch_block, block_m2, block_border, block_start, block_guard
        Of the `Cells`.
    fill_m2
        Largest block to fill.
    met
        Scratch, a zero for each block.
    """
    extra = 0
    for site in sites:
        for i in range(touch_start[site], touch_start[site + 1]):
            block = touch_block[i]
            met[block] += 1
            if met[block] == block_border[block] and block_m2[block] <= fill_m2:
                extra += block_start[block + 1] - block_start[block]
    out = np.empty(len(sites) + extra, np.int32)
    out[: len(sites)] = sites
    at = len(sites)
    for site in sites:
        for i in range(touch_start[site], touch_start[site + 1]):
            block = touch_block[i]
            if met[block] == block_border[block] and block_m2[block] <= fill_m2:
                for j in range(block_start[block], block_start[block + 1]):
                    out[at] = block_guard[j]
                    at += 1
            met[block] = 0
    return out


@kernel(
    "Tuple((int32[::1], int64[::1], float64[::1], int64[::1]))(int32[::1], int32[:, ::1],"
    " int32[:, ::1], int64[::1], int32[::1], int32[::1], float64[:, ::1], uint8[::1], uint8[::1])"
)
def rings(
    sites: NDArray[np.int32],
    triangles: NDArray[np.int32],
    beyond: NDArray[np.int32],
    site_start: NDArray[np.int64],
    site_triangle: NDArray[np.int32],
    site_next: NDArray[np.int32],
    centre: NDArray[np.float64],
    inside: NDArray[np.uint8],
    seen: NDArray[np.uint8],
) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.float64], NDArray[np.int64]]:
    """Rings round the union of the sites' cells, the land always on the left.

    A triangle is mixed when some of its corners are in and some out; the outline turns at its
    circumcentre. It is left over the one side that runs counter-clockwise from out to in.

    Parameters
    ----------
    sites
        Distinct sites that are in.
    triangles, beyond, site_start, site_triangle, site_next, centre
        Of the `Cells`.
    inside, seen
        Scratch, a zero for each site and each triangle.

    Returns
    -------
    Triangles round each ring, the first repeated at the end; where each ring begins (one more at
    the end); signed area of each ring (holes negative); for a hole the ring of the smallest shell
    round it, for a shell itself.
    """
    most = 0
    for site in sites:
        inside[site] = 1
        most += site_start[site + 1] - site_start[site]
    path = np.empty(2 * most + 1, np.int32)  # a ring has three corners or more, and one again
    start = np.empty(most + 1, np.int64)
    area = np.empty(most, np.float64)
    start[0] = 0
    count = 0
    at = 0
    for site in sites:
        for i in range(site_start[site], site_start[site + 1]):
            # Each mixed triangle has one side from in to out, so it is met once.
            first = site_triangle[i]
            if inside[site_next[i]] != 0 or seen[first] != 0:
                continue
            begin = at
            t = first
            while True:
                seen[t] = 1
                path[at] = t
                at += 1
                k = 0
                while inside[triangles[t, k]] != 0 or inside[triangles[t, (k + 1) % 3]] == 0:
                    k += 1
                t = beyond[t, (k + 2) % 3]
                if t == first:
                    break
            path[at] = path[begin]
            at += 1
            twice = 0.0
            x0, y0 = centre[path[begin], 0], centre[path[begin], 1]
            for j in range(begin, at - 1):
                ax, ay = centre[path[j], 0] - x0, centre[path[j], 1] - y0
                bx, by = centre[path[j + 1], 0] - x0, centre[path[j + 1], 1] - y0
                twice += ax * by - ay * bx
            area[count] = twice / 2.0
            count += 1
            start[count] = at
    for site in sites:
        inside[site] = 0
    for j in range(at):
        seen[path[j]] = 0
    shell = np.empty(count, np.int64)
    for r in range(count):
        shell[r] = r
        if area[r] > 0.0:
            continue
        x, y = centre[path[start[r]], 0], centre[path[start[r]], 1]
        best = -1
        for s in range(count):
            if area[s] > -area[r] and (best < 0 or area[s] < area[best]):
                odd = False
                for j in range(start[s], start[s + 1] - 1):
                    ax, ay = centre[path[j], 0], centre[path[j], 1]
                    bx, by = centre[path[j + 1], 0], centre[path[j + 1], 1]
                    if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
                        odd = not odd
                if odd:
                    best = s
        shell[r] = best
    return path[:at].copy(), start[: count + 1].copy(), area[:count].copy(), shell
