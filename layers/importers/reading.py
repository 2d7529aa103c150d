"""A file as a frame, to be looked at: nothing is completed, checked against a store or stored."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.crs import STORED_CRS, require_crs
from layers.errors import InvalidRecord
from layers.findings import Findings
from layers.importers.formats import open_table
from layers.importers.headers import match_headers
from layers.importers.shapes import read_shapes, stored_shapes
from layers.importers.values import parse_column

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from layers.importers.tables import Chunk
    from layers.schema import LayerSchema

__all__ = ["read_file"]


def read_file(
    path: str | Path,
    schema: LayerSchema,
    *,
    needed: Collection[str] = (),
    crs: str | None = None,
    sheet: str | None = None,
) -> gpd.GeoDataFrame:
    """Read a file as rows of a layer.

    Parameters
    ----------
    path
        A file with one of the endings of `layers.importers.formats.SUFFIXES`.
    schema
        The layer's: headings are its names, titles or aliases.
    needed
        Fields of which the file must have a column; what else it lacks is None.
    crs
        CRS of the coordinates, over what the file says; a file that says nothing has degrees.
    sheet
        Layer inside the file, where it has several.

    Returns
    -------
    Rows in the file's order. Index `id` as the file has it, else the layer's key, else the row
    number, not made unique; column geometry (EPSG:4490) and every field, None where the file has
    nothing.

    Raises
    ------
    InputError
        If the file is missing or its ending unknown.
    UnreadableError
        If it cannot be read.
    InvalidRecord
        If values or headings are none of the layer's; `findings` say which.
    CrsError
        If the CRS is unknown or refused.
    """
    file = Path(path)
    table = open_table(file, layer=schema.name, sheet=sheet)
    findings = Findings()
    match = match_headers(table.headings, schema, None, findings, row=table.heading_row)
    known = {"id": schema.system["id"], **schema.fields}
    from_crs = require_crs(crs or table.crs or STORED_CRS, file.name)

    def shapes_of(chunk: Chunk) -> NDArray[np.object_]:
        shapes = read_shapes(chunk, match, findings, textual=table.textual)
        if shapes is None:
            return np.full(len(chunk.rows), None, dtype=object)
        return stored_shapes(chunk.rows, shapes, from_crs, schema, findings)

    columns: dict[str, list[Any]] = {name: [] for name in known}
    shapes: list[NDArray[np.object_]] = [np.empty(0, dtype=object)]
    rows: list[int] = []
    for chunk in table.chunks:
        rows += chunk.rows
        shapes.append(shapes_of(chunk))
        for name, field in known.items():
            heading = match.fields.get(name)
            columns[name] += (
                [None] * len(chunk.rows)
                if heading is None
                else parse_column(
                    chunk.cells[heading], field, chunk.rows, findings, textual=table.textual
                )
            )
    _require_readable(findings, needed)
    ids = [
        given or _key(schema, {name: columns[name][i] for name in schema.key_fields}) or str(row)
        for i, (given, row) in enumerate(zip(columns.pop("id"), rows, strict=True))
    ]
    return gpd.GeoDataFrame(
        pd.DataFrame(columns, index=pd.Index(ids, name="id", dtype="object"), dtype="object"),
        geometry=np.concatenate(shapes),
        crs=STORED_CRS,
    )


def _key(schema: LayerSchema, values: dict[str, Any]) -> str | None:
    """Make the id that the store would make, unless part of it is missing."""
    if schema.key is None or any(value is None for value in values.values()):
        return None
    return schema.key.format_map(values)


def _require_readable(findings: Findings, needed: Collection[str]) -> None:
    """Refuse a file of which something could not be read.

    Raises
    ------
    InvalidRecord
        With all findings that speak of what is needed or could not be read.
    """
    listed = [
        finding
        for finding in findings.listed()
        if finding.level == "error" and (finding.code != "I03" or finding.field in needed)
    ]
    if listed:
        first = listed[0]
        raise InvalidRecord(first.message, code="unreadable", where=first.field, findings=listed)
