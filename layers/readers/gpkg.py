"""One layer of a GeoPackage, streamed by GDAL; views and triggers of strangers never run."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pyogrio

from layers.findings import UnreadableError

__all__ = ["BATCH_ROWS", "HIDDEN_NOTE", "read_gpkg", "stream"]

BATCH_ROWS = 2_000
"""Rows of one message: few enough for large outlines."""

HIDDEN_NOTE = "含隐去的小数"
"""What the description of a layer says where counts of people are hidden in it."""

_LISTED = """
SELECT c.table_name, m.type, m.sql, c.description FROM gpkg_contents AS c
LEFT JOIN sqlite_master AS m ON m.name = c.table_name
WHERE c.data_type IN ('features', 'attributes')
"""


def read_gpkg(path: Path, *, sheet: str | None, prefer: str) -> Iterator[dict[str, Any]]:
    """Read a layer of a GeoPackage.

    Parameters
    ----------
    path
        The file.
    sheet
        Name of the layer; None takes the only one, or the one called `prefer`.
    prefer
        The platform's name of what is imported.

    Yields
    ------
    The heading message, then rows (see `layers.importers.child`).

    Raises
    ------
    UnreadableError
        I01: not a GeoPackage, damaged, no such layer, several to choose from, or a view.
    """
    try:
        tables = _tables(path)
        chosen = _chosen({name: plain for name, (plain, _) in tables.items()}, sheet, prefer)
        about = tables[chosen][1]
        info = pyogrio.read_info(path, layer=chosen, force_total_bounds=False)
    except (pyogrio.errors.DataSourceError, sqlite3.Error) as error:
        raise UnreadableError(
            None, f"“{path.name}”打不开，不是完整的 GeoPackage，请重新导出。"
        ) from error
    yield {
        "headings": [str(name) for name in info["fields"]],
        "crs": info["crs"],
        "total": int(info["features"]),
        "suppressed": HIDDEN_NOTE in about,
    }
    yield from stream(path, chosen)


def stream(path: Path, layer: str, *, shown: str | None = None) -> Iterator[dict[str, Any]]:
    """Read the rows of a layer.

    Parameters
    ----------
    path, layer
        What GDAL reads.
    shown
        Name of the file in messages.

    Yields
    ------
    Rows from 1, a batch a message.

    Raises
    ------
    UnreadableError
        I01: the file ends too early.
    """
    first = 1
    try:
        with pyogrio.raw.open_arrow(path, layer=layer, batch_size=BATCH_ROWS, use_pyarrow=True) as (
            meta,
            reader,
        ):
            shape = meta["geometry_name"] or "wkb_geometry"
            for batch in reader:
                if batch.num_rows:
                    yield _message(batch, shape, first)
                first += batch.num_rows
    except (pyogrio.errors.DataLayerError, RuntimeError, OSError, ValueError) as error:
        raise UnreadableError(
            None, f"“{shown or path.name}”读到第 {first} 条后中断，文件已损坏。"
        ) from error


def _message(
    batch: Any,  # noqa: ANN401 - pyarrow is untyped
    shape: str,
    first: int,
) -> dict[str, Any]:
    message: dict[str, Any] = {"rows": list(range(first, first + batch.num_rows)), "columns": []}
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        if name == shape:
            message["wkb"] = column.to_pylist()
        else:
            message["columns"].append(column.to_pylist())
    return message


def _tables(path: Path) -> dict[str, tuple[bool, str]]:
    """Give the registered layers, whether each is a plain table, and its description.

    The schema is looked at without running anything of it: what should be a table could be a view
    that computes for ever.

    Raises
    ------
    UnreadableError
        I01: the tables that list the layers are views.
    """
    uri = f"{path.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True)) as connection:
        connection.execute("PRAGMA trusted_schema = OFF")
        kinds = dict(connection.execute("SELECT name, type FROM sqlite_master"))
        own = [name for name in kinds if name.casefold().startswith(("gpkg_", "rtree_"))]
        if any(kinds[name] == "view" for name in own):
            raise UnreadableError(None, f"“{path.name}”的目录表是视图，已拒绝读取，请重新导出。")
        return {
            str(name): (
                kind == "table" and not str(sql).casefold().startswith("create virtual"),
                str(about),
            )
            for name, kind, sql, about in connection.execute(_LISTED)
        }


def _chosen(tables: dict[str, bool], sheet: str | None, prefer: str) -> str:
    wanted = sheet if sheet is not None else prefer
    names = [name for name, plain in tables.items() if plain]
    if wanted in names:
        return wanted
    if wanted in tables:
        raise UnreadableError(
            None, f"图层“{wanted}”是视图，不是表，请在 GIS 软件里另存为普通图层再导入。"
        )
    if sheet is None and len(names) == 1:
        return names[0]
    listed = "、".join(names) or "无"
    raise UnreadableError(None, f"文件里没有图层“{wanted}”(有：{listed})，请用 --sheet 指定。")
