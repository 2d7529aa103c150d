"""The one error of this room."""

from __future__ import annotations

from geo.errors import InputError

__all__ = ["FilterError"]


class FilterError(InputError):
    """A filter cannot be used.

    Parameters
    ----------
    reason
        What is wrong and what to do, without full stop.
    code
        Stable word: ``bad_filter``, ``unknown_property``, ``unknown_filter_lang``.
    """

    def __init__(self, reason: str, code: str = "bad_filter") -> None:
        super().__init__(f"筛选条件 filter {reason}。", code=code, where="filter")
