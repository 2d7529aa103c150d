"""Row numbers of a file by position, kept as runs: most files leave few rows out."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

__all__ = ["RowNumbers"]


class RowNumbers:
    """Numbers of the rows that were handed on, in order."""

    def __init__(self) -> None:
        self._starts: list[int] = []  # position of the first row of each run
        self._numbers: list[int] = []  # its number
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, numbers: Sequence[int]) -> None:
        """Hand on some rows.

        Parameters
        ----------
        numbers
            Rising.
        """
        for number in numbers:
            if not self._starts or number != self.of(self._count):
                self._starts.append(self._count)
                self._numbers.append(number)
            self._count += 1

    def of(self, position: int) -> int:
        """Give the number of a row.

        Parameters
        ----------
        position
            From 0; one past the last gives the number that would go on with the run.
        """
        run = bisect_right(self._starts, position) - 1
        return self._numbers[run] + position - self._starts[run]
