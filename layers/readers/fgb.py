"""A FlatGeobuf file, streamed by GDAL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyogrio

from layers.findings import UnreadableError
from layers.readers.gpkg import stream

__all__ = ["read_fgb"]


def read_fgb(
    path: Path,
    *,
    sheet: str | None,  # noqa: ARG001 - readers are called alike
    prefer: str,  # noqa: ARG001
) -> Iterator[dict[str, Any]]:
    """Read the one layer of a FlatGeobuf file; rows are counted in the file's order.

    Parameters
    ----------
    path
        The file.
    sheet, prefer
        Not used: the format has one layer.

    Yields
    ------
    The heading message, then rows (see `layers.importers.child`).

    Raises
    ------
    UnreadableError
        I01: not a FlatGeobuf, or damaged.
    """
    # The driver's own way to Arrow loses count at a feature without geometry; GDAL's general one
    # does not.
    pyogrio.set_gdal_config_options({"OGR_FLATGEOBUF_STREAM_BASE_IMPL": True})
    try:
        info = pyogrio.read_info(path, force_total_bounds=False)
    except (pyogrio.errors.DataSourceError, IndexError) as error:  # IndexError: no layer in it
        raise UnreadableError(
            None, f"“{path.name}”打不开，不是完整的 FlatGeobuf，请重新导出。"
        ) from error
    yield {
        "headings": [str(name) for name in info["fields"]],
        "crs": info["crs"],
        "total": int(info["features"]) if info["features"] > 0 else None,
    }
    yield from stream(path, info["layer_name"])
