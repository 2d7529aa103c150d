"""Best-of timing; benchmarks print ratios of times taken in one run and assert none."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def best_of(rounds: int, question: Callable[[], object]) -> float:
    """Seconds of the fastest of some rounds."""
    times = []
    for _ in range(rounds):
        begin = perf_counter()
        question()
        times.append(perf_counter() - begin)
    return min(times)


def say(what: str, mine_s: float, **others_s: float) -> None:
    """Print a time and how many times as long the others take."""
    beside = "".join(
        f" | {name} {s * 1e3:.3f} ms = {s / mine_s:.2f} x" for name, s in others_s.items()
    )
    print(f"\n{what}: {mine_s * 1e3:.3f} ms{beside}")
