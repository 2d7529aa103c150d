"""What every row of the sample county says about itself, and when it was recorded."""

from __future__ import annotations

from datetime import UTC, datetime

__all__ = ["SAMPLE_CLOCK", "SAMPLE_TIME", "sample_source"]

SAMPLE_TIME = datetime(2024, 1, 1, 4, 0, tzinfo=UTC)
"""Recording time of every row, noon in Beijing: after the report's year, the same on every run."""


def _sample_time() -> datetime:
    return SAMPLE_TIME


SAMPLE_CLOCK = _sample_time
"""The clock of a store that holds the sample county: `open_store(..., clock=SAMPLE_CLOCK)`."""


def sample_source(seed: int, real: str = "", what: str = "位置") -> str:
    """Say where a synthetic row comes from.

    Parameters
    ----------
    seed
        The county's seed.
    real
        Source of what is real in it, such as name and code; "" if all is invented.
    what
        The part that is invented.

    Returns
    -------
    The text of field `source`.
    """
    invented = f"示意数据（种子 {seed}）"
    return f"{real}；{what}为{invented}" if real else invented
