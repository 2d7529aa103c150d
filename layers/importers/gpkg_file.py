"""One layer of a GeoPackage, streamed by GDAL."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from numpy.typing import NDArray

from layers.findings import UnreadableError
from layers.importers.tables import CHUNK_ROWS, Chunk, Table

__all__ = ["read_gpkg"]


def read_gpkg(path: Path, *, sheet: str | None, prefer: str) -> Table:
    """Open a layer of a GeoPackage.

    Parameters
    ----------
    path
        The file.
    sheet
        Name of the layer; None takes the only one, or the one called `prefer`.
    prefer
        The platform's name of what is imported.

    Raises
    ------
    UnreadableError
        I01: not a GeoPackage, damaged, no such layer, or several to choose from.
    """
    try:
        with warnings.catch_warnings():
            # GDAL remarks on every oddity of a file; what matters comes as an error.
            warnings.simplefilter("ignore", RuntimeWarning)
            names = [str(name) for name, _ in pyogrio.list_layers(path)]
            chosen = _chosen(names, sheet, prefer)
            info = pyogrio.read_info(path, layer=chosen, force_total_bounds=False)
    except pyogrio.errors.DataSourceError as error:
        raise UnreadableError(
            None, f"“{path.name}”打不开，不是完整的 GeoPackage，请重新导出。"
        ) from error
    return Table(
        headings=tuple(str(name) for name in info["fields"]),
        chunks=_chunks(path, chosen),
        crs=info["crs"],
        total=int(info["features"]),
    )


def _chosen(names: list[str], sheet: str | None, prefer: str) -> str:
    wanted = sheet if sheet is not None else prefer
    if wanted in names:
        return wanted
    if sheet is None and len(names) == 1:
        return names[0]
    listed = "、".join(names) or "无"
    raise UnreadableError(None, f"文件里没有图层“{wanted}”(有：{listed})，请用 --sheet 指定。")


def _chunks(path: Path, layer: str) -> Iterator[Chunk]:
    first = 1
    try:
        with pyogrio.raw.open_arrow(path, layer=layer, batch_size=CHUNK_ROWS, use_pyarrow=True) as (
            meta,
            reader,
        ):
            shape = meta["geometry_name"] or "wkb_geometry"
            for batch in reader:
                if batch.num_rows:
                    yield _chunk(batch, shape, first)
                first += batch.num_rows
    except (pyogrio.errors.DataLayerError, RuntimeError, OSError, ValueError) as error:
        raise UnreadableError(
            None, f"“{path.name}”读到第 {first} 条后中断，文件已损坏。"
        ) from error


def _chunk(batch: Any, shape: str, first: int) -> Chunk:  # noqa: ANN401  (pyarrow is untyped)
    rows = list(range(first, first + batch.num_rows))
    cells: dict[str, list[Any]] = {}
    geometry: NDArray[np.object_] | None = None
    bad: dict[int, str] = {}
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        if name != shape:
            cells[name] = column.to_pylist()
            continue
        coded = np.array(column.to_pylist(), dtype=object)
        geometry = shapely.from_wkb(coded, on_invalid="ignore")
        lost = shapely.is_missing(geometry) & ~np.array([wkb is None for wkb in coded])
        bad = {rows[i]: "几何无法读取" for i in np.flatnonzero(lost)}
    return Chunk(rows=rows, cells=cells, geometry=geometry, bad_geometry=bad)
