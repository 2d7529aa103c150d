"""Timing; benchmarks print ratios of times taken in one run and assert none."""

from __future__ import annotations

from statistics import median
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


def medians(rounds: int, **questions: Callable[[], object]) -> dict[str, float]:
    """Median seconds of each question; they take turns, so that other work slows all alike."""
    times: dict[str, list[float]] = {name: [] for name in questions}
    for _ in range(rounds):
        for name, question in questions.items():
            times[name].append(best_of(1, question))
    return {name: median(taken) for name, taken in times.items()}


def say(what: str, mine_s: float, **others_s: float) -> None:
    """Print a time and how many times as long the others take."""
    beside = "".join(
        f" | {name} {s * 1e3:.3f} ms = {s / mine_s:.2f} x" for name, s in others_s.items()
    )
    print(f"\n{what}: {mine_s * 1e3:.3f} ms{beside}")
