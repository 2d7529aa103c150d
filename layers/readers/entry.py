"""What the child process runs: limits first, then one reader, told what to read on stdin."""

from __future__ import annotations

import json
import os
import sys
import warnings
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from layers.findings import UnreadableError
from layers.readers.wire import send

__all__ = ["MEMORY_BYTES", "READERS", "SECONDS", "main"]

READERS = ("fgb", "gpkg", "parquet", "shp", "xlsx")
"""Formats, each a module `layers.readers.<name>` with the function `read_<name>`."""

MEMORY_BYTES = 2**30
SECONDS = 60

_QUIET = {
    # One thread, one arena: address space is what the memory limit counts.
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "GDAL_NUM_THREADS": "1",
    "GDAL_CACHEMAX": "64",
    "PROJ_NETWORK": "OFF",
}

Reader = Callable[..., Iterator[dict[str, Any]]]


def main() -> None:
    """Read one file as asked on standard input and send what it holds to standard output."""
    _limit()
    request = json.loads(sys.stdin.buffer.read())
    for name, value in {**_QUIET, "GDAL_SKIP": request["skipped_drivers"]}.items():
        os.putenv(name, value)  # for the C libraries, before they are loaded
    out = sys.stdout.buffer
    path = Path(request["path"])
    try:
        reader = _reader(request["format"])
        with warnings.catch_warnings():
            # Libraries remark on every oddity of a file; what matters comes as an error.
            warnings.simplefilter("ignore")
            for message in reader(path, **request["options"]):
                send(out, message)
        send(out, {"end": True})
    except UnreadableError as error:
        send(out, {"error": [error.finding.row, error.finding.message, error.finding.code]})
    except MemoryError:
        words = (
            f"“{path.name}”太大，读取需要的内存超过 {MEMORY_BYTES // 2**30} GiB，请分成几个文件。"
        )
        send(out, {"error": [None, words, "I01"]})
    except Exception:  # noqa: BLE001 - however a stranger's file breaks its reader, it is damaged
        words = f"“{path.name}”无法读取，文件已损坏，请重新导出。"
        send(out, {"error": [None, words, "I01"]})


def _reader(name: str) -> Reader:
    """Load one reader; the others' libraries are not needed."""
    module = import_module(f"layers.readers.{name}") if name in READERS else None
    reader: Reader = getattr(module, f"read_{name}")
    return reader


def _limit() -> None:
    """Bound memory and time where the system can; the parent watches the time everywhere."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - not everywhere

    for kind, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(kind)
        bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (bound, bound))
