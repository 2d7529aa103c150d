"""Records of a search: what it asks of a node or an arc at one time lies together in memory."""

from __future__ import annotations

from typing import Final

import numpy as np

__all__ = ["ARC", "NODE"]

ARC: Final = np.dtype([("head", np.int32), ("seconds", np.float64)], align=True)
"""An arc of a search graph: the row it leads to, and the seconds along it."""

NODE: Final = np.dtype(
    [
        ("seconds", np.float64),
        ("done", np.float64),
        ("label", np.int32),
        ("position", np.int32),
    ],
    align=True,
)
"""A node during a search: seconds (inf: not reached), seconds when the search last went on from
it (inf: never), the label of where the search came from, and its position in the network."""
