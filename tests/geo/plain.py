"""Shortest times by relaxing every edge until nothing changes: slow, short and plainly right."""

from __future__ import annotations

import numpy as np


def along(share, whole_s):
    """Seconds of a share of an edge; a closed edge is closed however short."""
    return share * whole_s if whole_s < np.inf else np.inf


def relaxed(network, own, offset_s, ahead, behind):
    """Seconds from nodes to the facility by relaxing every edge until nothing changes."""
    ends = network.edges[["u", "v"]].to_numpy()
    least = dict.fromkeys(network.nodes.index, np.inf)
    if own.connected:
        u, v = ends[own.edge_id]
        least[u] = offset_s + along(own.fraction, ahead[own.edge_id])
        least[v] = min(least[v], offset_s + along(1 - own.fraction, behind[own.edge_id]))
    for _ in least:
        for e, (u, v) in enumerate(ends):
            least[u] = min(least[u], least[v] + ahead[e])
            least[v] = min(least[v], least[u] + behind[e])
    return least
