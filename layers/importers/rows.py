"""The checked rows of an opened file, chunk by chunk, ready for the store."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from layers.geometry_checks import check_geometry
from layers.importers.county import County
from layers.importers.gcj02 import ShiftWatch, from_gcj02
from layers.importers.headers import SUPPRESSED, match_headers
from layers.importers.keys import Keys
from layers.importers.losses import Losses
from layers.importers.plain_roads import EndNodes, fill_modes, lines_as_pieces
from layers.importers.row_numbers import RowNumbers
from layers.importers.shapes import read_shapes, stored_shapes
from layers.importers.spellings import Spellings
from layers.importers.values import is_blank, parse_column
from layers.validate import check_values

if TYPE_CHECKING:
    from layers.findings import Findings
    from layers.importers.stamps import Stamps
    from layers.importers.tables import Chunk, Table
    from layers.schema import LayerSchema
    from layers.store import Store

__all__ = ["CheckedRows"]


class CheckedRows:
    """Turns the chunks of one file into rows for `Store.put`; findings are collected on the way.

    Once there is an error no more rows are given, but all are still checked.

    Parameters
    ----------
    store, schema
        Where the rows are going.
    table
        The opened file.
    findings
        Collects.
    stamps
        Completes quality and source.
    mapping
        Heading -> field as the user says.
    crs
        Of the file's coordinates.
    shifted
        The coordinates are degrees of GCJ-02, to be converted; else a watch is kept for such.
    node_lines
        Whether plain road lines are joined where they cross.
    on_progress
        Called with 0..1 and Chinese words.

    Attributes
    ----------
    numbers
        Row number in the file of each row given.

    Raises
    ------
    InputError
        If the mapping names what is not there.
    """

    def __init__(
        self,
        store: Store,
        schema: LayerSchema,
        table: Table,
        findings: Findings,
        *,
        stamps: Stamps,
        mapping: Mapping[str, str] | None,
        crs: pyproj.CRS,
        shifted: bool,
        node_lines: bool,
        on_progress: Callable[[float, str], None],
    ) -> None:
        self._schema = schema
        self._findings = findings
        self._stamps = stamps
        self._crs = crs
        self._tell = on_progress
        self._textual = table.textual
        match = match_headers(table.headings, schema, mapping, findings, row=table.heading_row)
        fields = match.fields
        self._ends: EndNodes | None = None
        if schema.name == "roads" and not {"u", "v"} <= fields.keys():
            table = lines_as_pieces(
                table,
                way_id=fields.get("way_id"),
                piece=fields.get("piece"),
                node_lines=node_lines,
            )
            fields = {"way_id": "way_id", "piece": "piece", **fields}
            self._ends = EndNodes(store)
        self._table = table
        self._match = match
        self._fields = fields
        self._keys = Keys(store, schema, findings)
        self._county = County(store, schema, findings)
        self._losses = Losses(store, schema, findings)
        self._spellings = Spellings(store, schema, findings)
        self._shifted = shifted
        self._watch = None if shifted else ShiftWatch(store, schema, findings)
        self.numbers = RowNumbers()

    def __iter__(self) -> Iterator[dict[str, Any]]:
        done = 0
        if self._table.suppressed and SUPPRESSED not in self._match.places:
            self._findings.add(
                "I06",
                "文件写明含有隐去的小数，这样的导出文件不能导入，请用 --full 导出的文件。",
            )
        for chunk in self._table.chunks:
            rows = self._rows(chunk)
            if not self._findings.has_errors:
                self.numbers.add(chunk.rows)
                yield from rows
            done += len(chunk.rows)
            self._tell(min(done / max(self._table.total or done, done), 1.0), f"已检查 {done} 行")
        self._county.finish()
        if self._watch is not None:
            self._watch.finish()
        if not done and not self._findings.has_errors:
            self._findings.add("I03", "文件里没有数据行，请检查导出是否完整。")

    def _rows(self, chunk: Chunk) -> Iterator[dict[str, Any]]:
        """Check a chunk at once; the rows are made only when they are asked for."""
        told = self._refuse_suppressed(chunk)
        columns, refused = self._values(chunk)
        shapes, placed = self._shapes(chunk)
        if self._ends is not None and "highway" in columns:
            fill_modes(columns, chunk.rows, self._findings)
            columns["u"], columns["v"] = self._ends.ends(shapes if shapes is not None else ())
        missing = {
            field.name: [None] * len(chunk.rows)
            for field in self._schema.fields.values()
            if field.asked_by and field.name not in columns
        }
        check_values(self._schema, chunk.rows, columns | missing, self._findings, refused=refused)
        self._county.check_codes(chunk.rows, columns)
        wkb = [None] * len(chunk.rows) if shapes is None else shapely.to_wkb(shapes).tolist()
        ids = self._keys.ids(chunk.rows, columns, wkb)
        self._losses.refuse_lost_counts(chunk.rows, ids, columns, told=told)
        self._spellings.check(chunk.rows, ids, columns)
        if placed is not None:
            self._county.check_places(chunk.rows, ids, placed)
            if self._watch is not None:
                self._watch.look(ids, columns, placed)
        converted = None
        if self._shifted and shapes is not None:
            converted = (~shapely.is_missing(shapes)).tolist()
        stamps = self._stamps.stamp(chunk.rows, ids, columns, approximate=converted)
        kept = None if shapes is None else self._losses.keep_places(chunk.rows, ids, shapes)
        return self._made(ids, columns, shapes, stamps, kept or frozenset())

    def _values(self, chunk: Chunk) -> tuple[dict[str, list[Any]], dict[str, set[int]]]:
        """Read the columns of the file that are fields; gives also which cells were refused."""
        known = {"id": self._schema.system["id"], **self._schema.fields}
        columns: dict[str, list[Any]] = {}
        refused: dict[str, set[int]] = {}
        for name, heading in self._fields.items():
            cells, before = chunk.cells[heading], self._findings.errors
            values = columns[name] = parse_column(
                cells, known[name], chunk.rows, self._findings, textual=self._textual
            )
            if self._findings.errors > before:
                read = zip(chunk.rows, cells, values, strict=True)
                refused[name] = {
                    row for row, cell, value in read if value is None and not is_blank(cell)
                }
        return columns, refused

    def _shapes(
        self, chunk: Chunk
    ) -> tuple[NDArray[np.object_] | None, NDArray[np.object_] | None]:
        """Read, transform and check the geometry: all of it, and what has no fault.

        Both are None where the file has no geometry.
        """
        shapes = read_shapes(chunk, self._match, self._findings, textual=self._textual)
        if shapes is None:
            return None, None
        shapes = stored_shapes(chunk.rows, shapes, self._crs, self._schema, self._findings)
        if self._shifted:
            shapes = from_gcj02(shapes)
        good = check_geometry(self._schema, chunk.rows, shapes, self._findings)
        return shapes, np.where(good, shapes, np.full(len(shapes), None))

    def _refuse_suppressed(self, chunk: Chunk) -> set[int]:
        """Refuse the rows that say what was hidden in them, and give them."""
        heading = self._match.places.get(SUPPRESSED)
        told: set[int] = set()
        if heading is None:
            return told
        for row, cell in zip(chunk.rows, chunk.cells[heading], strict=True):
            if cell:
                told.add(row)
                self._findings.add(
                    "I06",
                    f"第 {row} 行有隐去的小数，这样的导出文件不能导入，请用 --full 导出的文件。",
                    row=row,
                    field=heading,
                    value=cell,
                )
        return told

    def _made(
        self,
        ids: list[str | None],
        columns: Mapping[str, list[Any]],
        shapes: NDArray[np.object_] | None,
        stamps: list[dict[str, str]],
        kept: frozenset[int],
    ) -> Iterator[dict[str, Any]]:
        """Put the columns together; what the file leaves out, or must not take, is left out."""
        names = [name for name in columns if name not in {"id", "quality", "source"}]
        lists = [columns[name] for name in names]
        values = zip(*lists, strict=True) if lists else iter([()] * len(ids))
        for position, (made, cells, stamp) in enumerate(zip(ids, values, stamps, strict=True)):
            row = dict(zip(names, cells, strict=True)) | stamp
            if made is not None:
                row["id"] = made
            if shapes is not None and position not in kept:
                row["geometry"] = shapes[position]
            yield row
