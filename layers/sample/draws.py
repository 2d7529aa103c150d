"""Seeded draws that give the same numbers on every machine and with every numpy."""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import NDArray

__all__ = ["Draws"]


class Draws:
    """A stream of draws of its own for one layer, so that a new layer never moves another.

    Only the raw 64-bit output of PCG64 is used: numpy promises that stream for good, but not what
    its `Generator` makes of it. No logarithm, no sine: they differ from one libm to the next.

    Parameters
    ----------
    seed
        The county's seed, >= 0.
    layer
        Name of the stream.
    """

    def __init__(self, seed: int, layer: str) -> None:
        key = zlib.crc32(layer.encode("ascii"))
        self._bits = np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(key,)))

    def unit(self, count: int) -> NDArray[np.float64]:
        """Draw numbers in [0, 1).

        Parameters
        ----------
        count
            How many.

        Returns
        -------
        (count,) multiples of 2^-53.
        """
        raw = np.asarray(self._bits.random_raw(count), dtype=np.uint64)
        return (raw >> np.uint64(11)).astype(np.float64) * 2.0**-53

    def between(self, low: float, high: float, count: int) -> NDArray[np.float64]:
        """Draw numbers in [low, high).

        Parameters
        ----------
        low, high
            Bounds.
        count
            How many.

        Returns
        -------
        (count,) numbers.
        """
        return low + self.unit(count) * (high - low)

    def whole(self, low: int, high: int, count: int) -> NDArray[np.int64]:
        """Draw whole numbers from low to high - 1.

        Parameters
        ----------
        low, high
            Bounds, the upper one left out.
        count
            How many.

        Returns
        -------
        (count,) whole numbers.
        """
        return low + np.floor(self.unit(count) * (high - low)).astype(np.int64)

    def order(self, count: int) -> NDArray[np.int64]:
        """Draw an order of things.

        Parameters
        ----------
        count
            How many things.

        Returns
        -------
        A permutation of 0 .. count - 1.
        """
        return np.argsort(self.unit(count), kind="stable")
