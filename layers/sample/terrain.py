"""A made-up relief: valleys draw villages and roads, ridges keep them apart."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from layers.sample.draws import Draws

__all__ = ["Terrain"]

_CELLS = 40
# (cell size m, weight): the first makes the long valleys, the others their side valleys.
_OCTAVES = ((7_000.0, 0.6), (3_100.0, 0.28), (1_300.0, 0.12))


class Terrain:
    """Height above the valley floors, 0 to 1, at any place of the plane.

    Value noise folded at its middle: the lines where the noise is 1/2 become winding, connected
    valley floors. Only additions and products, so every machine sees the same hills.

    Parameters
    ----------
    seed
        The county's seed.
    """

    def __init__(self, seed: int) -> None:
        draws = Draws(seed, "terrain")
        self._knots = [draws.unit(_CELLS * _CELLS).reshape(_CELLS, _CELLS) for _ in _OCTAVES]

    def height(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the height at places.

        Parameters
        ----------
        xy
            (n, 2) metres.

        Returns
        -------
        (n,) 0 (valley floor) to 1 (ridge).
        """
        total = np.zeros(len(xy))
        for knots, (size, weight) in zip(self._knots, _OCTAVES, strict=True):
            at = xy / size + _CELLS / 2
            cell = np.clip(np.floor(at).astype(np.int64), 0, _CELLS - 2)
            part = np.clip(at - cell, 0.0, 1.0)
            part = part * part * (3.0 - 2.0 * part)
            i, j = cell[:, 0], cell[:, 1]
            south = knots[i, j] * (1 - part[:, 0]) + knots[i + 1, j] * part[:, 0]
            north = knots[i, j + 1] * (1 - part[:, 0]) + knots[i + 1, j + 1] * part[:, 0]
            noise = south * (1 - part[:, 1]) + north * part[:, 1]
            total += weight * np.minimum(1.0, np.abs(noise - 0.5) * 3.0)
        return total
