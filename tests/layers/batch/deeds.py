"""What workers are asked to do in tests; they import this module by name."""

from __future__ import annotations

import os
import signal
from pathlib import Path


def told(number: int) -> dict[str, int]:
    """Tell who did it, with how many threads."""
    import numba

    return {
        "number": number,
        "pid": os.getpid(),
        "numba_threads": numba.config.NUMBA_NUM_THREADS,
        "omp_threads": int(os.environ.get("OMP_NUM_THREADS", "0")),
    }


def die_once(number: int, mark: str) -> dict[str, int]:
    """The first worker to do the third task is killed in the middle of it."""
    if number == 2 and not Path(mark).exists():
        Path(mark).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return {"number": number}


def die_always(number: int) -> dict[str, int]:
    """Every worker that does the first task is killed."""
    if number == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return {"number": number}


def again(number: int, mark: str) -> dict[str, int]:
    """The second time it takes a while."""
    import time

    done = Path(f"{mark}.{number}")
    if done.exists():
        time.sleep(1)
    else:
        done.touch()
    return {"number": number, "pid": os.getpid()}


def slow(number: int, file: str) -> dict[str, int]:
    """Wait for a file that nobody writes."""
    import time

    Path(file).with_suffix(f".{number}").touch()
    time.sleep(300)
    return {"number": number}
