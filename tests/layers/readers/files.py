"""Workbooks, archives and dbf files for the readers' tests."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

import numpy as np
import pyogrio
import shapely
from openpyxl import Workbook

__all__ = ["read", "write_book", "write_dbf", "write_shp_zip", "write_zip"]


def read(table):
    """Every cell of a table: (rows, heading -> values)."""
    rows, cells = [], {heading: [] for heading in table.headings}
    for chunk in table.chunks:
        rows += chunk.rows
        for heading, values in chunk.cells.items():
            cells[heading] += values
    return rows, cells


def write_book(path: Path, *rows, merged=(), title="Sheet1", others=()) -> Path:
    """Write a workbook of one sheet, and others by name with one cell."""
    book = Workbook()
    page = book.active
    page.title = title
    for row in rows:
        page.append(list(row))
    for cells in merged:
        page.merge_cells(cells)
    for name in others:
        book.create_sheet(name)["A1"] = "x"
    book.save(path)
    return path


def write_zip(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    return path


def write_dbf(path: Path, names: list[bytes], records: list[list[bytes]], width=20) -> Path:
    """Write a dbf of text fields, byte for byte."""
    fields = b"".join(
        name.ljust(11, b"\x00") + b"C" + b"\x00" * 4 + bytes([width, 0]) + b"\x00" * 14
        for name in names
    )
    head = struct.pack(
        "<4BIHH20x", 3, 120, 1, 1, len(records), 32 + len(fields) + 1, 1 + width * len(names)
    )
    body = b"".join(b" " + b"".join(c.ljust(width) for c in record) for record in records)
    path.write_bytes(head + fields + b"\r" + body + b"\x1a")
    return path


def write_shp_zip(
    path: Path,
    names: list[bytes],
    records: list[list[bytes]],
    *,
    points=None,
    cpg: str | None = None,
    prj: bool = True,
    folder: str = "",
    crs: str = "EPSG:4490",
) -> Path:
    """Write points as a shp with the given attribute bytes into a zip."""
    points = (
        points if points is not None else [(113.0 + i / 100, 36.5) for i in range(len(records))]
    )
    shp = path.parent / "made.shp"
    shapes = np.array([None if p is None else shapely.Point(p) for p in points], dtype=object)
    pyogrio.raw.write(
        shp, shapely.to_wkb(shapes), [np.arange(len(points))], ["n"],
        driver="ESRI Shapefile", crs=crs, geometry_type="Point",
    )  # fmt: skip
    write_dbf(shp.with_suffix(".dbf"), names, records)
    shp.with_suffix(".cpg").unlink()
    if cpg is not None:
        shp.with_suffix(".cpg").write_text(cpg)
    with zipfile.ZipFile(path, "w") as archive:
        for suffix in (
            ".shp",
            ".shx",
            ".dbf",
            *([".prj"] if prj else []),
            *([".cpg"] if cpg else []),
        ):
            archive.write(shp.with_suffix(suffix), f"{folder}sites{suffix}")
    return path
