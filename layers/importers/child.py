"""Foreign binary files are read in a child process: what breaks or bloats there stays there.

The child (`layers.readers.entry`) has 1 GiB of memory and 60 s of its own time, no driver but the
one it needs and no reason for a network; it sends rows as data (`layers.readers.wire`). Where the
system knows no limits (Windows) the time still holds.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import tempfile
import threading
import time
import weakref
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import IO, Any

import numpy as np
import shapely

import layers
from layers.findings import UnreadableError
from layers.importers.tables import Chunk, Table
from layers.readers.entry import SECONDS
from layers.readers.wire import receive

__all__ = ["DRIVERS", "read_in_child"]

DRIVERS = {"fgb": "FlatGeobuf", "gpkg": "GPKG", "shp": "ESRI Shapefile"}
"""The one GDAL driver that reads a format; the child has no other."""

_ROOT = str(Path(layers.__file__).resolve().parents[1])
_PROGRAM = (
    "import sys; sys.path.insert(0, sys.argv[1]); from layers.readers.entry import main; main()"
)


def read_in_child(
    form: str, path: Path, *, sheet: str | None, prefer: str, seconds: float = SECONDS
) -> Table:
    """Open a file in a child process.

    Parameters
    ----------
    form
        One of `layers.readers.entry.READERS`.
    path
        The file.
    sheet
        Sheet or layer inside it, where it has several.
    prefer
        The platform's name of what is imported.
    seconds
        How long the child may let us wait altogether.

    Returns
    -------
    The opened table; its chunks end the child when they are read, closed or forgotten.

    Raises
    ------
    UnreadableError
        Whatever the reader finds; I01 also if the child takes too long or dies.
    """
    chunks = _Chunks(form, path, {"sheet": sheet, "prefer": prefer}, seconds)
    head = chunks.next_message()
    if head is None:
        raise UnreadableError(None, f"“{path.name}”无法读取，文件已损坏，请重新导出。")
    chunks.headings = tuple(head["headings"])
    return Table(
        headings=chunks.headings,
        chunks=chunks,
        crs=head.get("crs"),
        total=head.get("total"),
        heading_row=head.get("heading_row"),
        suppressed=head.get("suppressed") is True,
    )


class _Chunks(Iterator[Chunk]):
    """The rows that a child reads, as they come."""

    def __init__(self, form: str, path: Path, options: dict[str, Any], seconds: float) -> None:
        self.headings: tuple[str, ...] = ()
        self._path = path
        self._left_s = seconds
        self._late = False
        folder = tempfile.TemporaryDirectory(prefix="xygeo-")
        self._process = _start(folder.name)
        self.close = weakref.finalize(self, _end, self._process, folder)
        request = {
            "format": form,
            "path": str(path.absolute()),
            "options": options | ({"folder": folder.name} if form == "shp" else {}),
            "skipped_drivers": _other_drivers(DRIVERS[form]) if form in DRIVERS else "",
        }
        with contextlib.suppress(OSError), _of(self._process.stdin) as stream:
            stream.write(json.dumps(request).encode())

    def __next__(self) -> Chunk:
        message = self.next_message()
        if message is None:
            self.close()
            raise StopIteration
        rows = message["rows"]
        cells = dict(zip(self.headings, message["columns"], strict=True))
        if "wkb" not in message:
            return Chunk(rows=rows, cells=cells)
        coded = np.array(message["wkb"], dtype=object)
        geometry = shapely.from_wkb(coded, on_invalid="ignore")
        lost = shapely.is_missing(geometry) & ~np.array([wkb is None for wkb in coded])
        bad = {rows[i]: "几何无法读取" for i in np.flatnonzero(lost)}
        return Chunk(rows=rows, cells=cells, geometry=geometry, bad_geometry=bad)

    def next_message(self) -> dict[str, Any] | None:
        """Wait for what the child sends next; None at its end.

        Raises
        ------
        UnreadableError
            What the child found; that it took too long; that it is gone.
        """
        watch = threading.Timer(max(self._left_s, 0.0), self._too_late)
        watch.daemon = True
        began = time.monotonic()
        watch.start()
        try:
            message = receive(_of(self._process.stdout))
        except ValueError:
            message = None
        finally:
            watch.cancel()
            self._left_s -= time.monotonic() - began
        if message is not None and "error" not in message:
            return None if "end" in message else message
        self.close()
        name = self._path.name
        if message is not None:
            row, words, code = message["error"]
            raise UnreadableError(row, words, finding_code=code)
        if self._late:
            raise UnreadableError(
                None, f"“{name}”读取超过 {SECONDS} 秒，已停止，请分成几个文件或改用 csv。"
            )
        raise UnreadableError(None, f"“{name}”让读取程序中断，文件已损坏或过大，请重新导出。")

    def _too_late(self) -> None:
        self._late = True
        self._process.kill()


def _start(folder: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - our own program; nothing of the file is in its words
        # -P: a module lying beside the user's files is never taken for one of ours.
        [sys.executable, "-P", "-B", "-X", "utf8", "-c", _PROGRAM, _ROOT],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=folder,
    )


@lru_cache
def _other_drivers(allowed: str) -> str:
    """Name every driver of GDAL but one, as GDAL_SKIP wants them."""
    import pyogrio  # noqa: PLC0415 - heavy, and not needed for a sheet

    return ",".join(sorted(set(pyogrio.list_drivers()) - {allowed}))


def _end(process: subprocess.Popen[bytes], folder: tempfile.TemporaryDirectory[str]) -> None:
    process.kill()
    for stream in (process.stdin, process.stdout):
        with contextlib.suppress(OSError):
            _of(stream).close()
    process.wait()
    folder.cleanup()


def _of(stream: IO[bytes] | None) -> IO[bytes]:
    assert stream is not None  # noqa: S101 - both ends are pipes
    return stream
