"""Records of a search: what it asks of a node or an arc at one time lies together in memory."""

from __future__ import annotations

from typing import Final

import numpy as np

__all__ = ["ARC", "DONE", "NODE", "OPEN"]

ARC: Final = np.dtype([("head", np.int32), ("seconds", np.float64)])
"""An arc of a search graph: the row it leads to, and the seconds along it. Packed: what is not read
need not be waited for."""

NODE: Final = np.dtype(
    [
        ("seconds", np.float64),
        ("start", np.uint32),
        ("label", np.int32),
        ("state", np.int32),
        ("position", np.int32),
    ],
    align=True,
)
"""A node during a search: seconds (inf: not reached), where its arcs begin, the label of where the
search came from, `OPEN` and `DONE`, and its position in the network. One row more than there are
nodes: it tells where the arcs of the last one end."""

OPEN: Final = 1
"""State of a node, a bit: the search still has to go on from it, and it is in one list once."""

DONE: Final = 2
"""State of a node, a bit: the search went on from it, and may have to again."""
