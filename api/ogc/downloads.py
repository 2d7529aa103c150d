"""A layer's matching rows as one file, made beside the store and gone once it is sent."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from anyio import to_thread
from starlette.responses import Response

from layers.errors import StoreError
from layers.exporters import export_layer
from layers.system_errors import reason

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import Receive, Scope, Send

    from api.ogc.negotiation import Format
    from layers.store import Query, Store

__all__ = ["FileAnswer", "download"]

_CHUNK = 256 * 1024


class FileAnswer(Response):
    """The bytes of a file that has no name any more: whatever happens, nothing stays behind.

    Parameters
    ----------
    path
        An existing file; its name is removed at once.
    media
        Media type.
    headers
        To send along.
    """

    def __init__(self, path: Path, media: str, headers: Mapping[str, str]) -> None:
        self._file: int | None = os.open(path, os.O_RDONLY)
        path.unlink()
        size = os.fstat(self._file).st_size
        super().__init__(media_type=media, headers={**headers, "Content-Length": str(size)})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it in pieces."""
        del scope, receive
        head = {"type": "http.response.start", "status": self.status_code}
        try:
            await send({**head, "headers": self.raw_headers})
            while self._file is not None:
                piece = await to_thread.run_sync(os.read, self._file, _CHUNK)
                more = bool(piece)
                await send({"type": "http.response.body", "body": piece, "more_body": more})
                if not more:
                    break
        finally:
            self.close()

    def close(self) -> None:
        """Let go of the file; a second call does nothing."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def __del__(self) -> None:
        """Let go of a file that was never sent, as HEAD asks."""
        with contextlib.suppress(AttributeError):
            self.close()


def download(
    store: Store,
    layer: str,
    query: Query,
    format: Format,
    *,
    full: bool,
    folder: Path,
    headers: Mapping[str, str],
) -> FileAnswer:
    """Answer with every matching row as a file.

    Parameters
    ----------
    store, layer, query
        Which rows.
    format
        One with a file's ending.
    full
        Whether small counts of people are shown.
    folder
        Where the file is made: on the store's disk, not in memory.
    headers
        To send along.

    Returns
    -------
    The answer.

    Raises
    ------
    InputError
        `format_unfit` where the format cannot hold this layer.
    StoreError
        `file_not_written` if the disk refuses.
    """
    name = f"{layer}{format.suffix}"
    told = {"Content-Disposition": f'attachment; filename="{name}"', **headers}
    media = f"{format.media}; charset=utf-8" if format.name == "csv" else format.media
    try:
        with TemporaryDirectory(prefix=".export-", dir=folder) as place:
            path = Path(place) / name
            export_layer(store, layer, path, full=full, query=query)
            return FileAnswer(path, media, told)
    except OSError as error:
        raise StoreError(
            f"写不了下载文件 {name}（{reason(error)}），请告诉管理员检查磁盘空间和权限。",
            code="file_not_written",
            where=name,
        ) from error
