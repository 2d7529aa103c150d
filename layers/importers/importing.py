"""A file into a layer: read, check every row, write all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np
import pyproj

from geo.crs import STORED_CRS, require_crs, transform_xy
from geo.errors import CrsError
from layers.errors import InvalidRecord, NotAllowed
from layers.findings import Finding, Findings, UnreadableError
from layers.importers.formats import open_table
from layers.importers.gcj02 import SURVEYED_LAYERS, is_gcj02
from layers.importers.kept_columns import keep_columns, kept_columns
from layers.importers.osm_roads import OSM_SOURCE, stale_pieces
from layers.importers.row_numbers import RowNumbers
from layers.importers.rows import CheckedRows
from layers.importers.stamps import Stamps

if TYPE_CHECKING:
    from layers.schema import LayerSchema
    from layers.store import Actor, Store

__all__ = ["ImportReport", "import_file"]

Progress = Callable[[float, str], None]


@dataclass(frozen=True, kw_only=True)
class ImportReport:
    """What an import did, or why it did nothing.

    Attributes
    ----------
    new, changed, unchanged
        Rows; of a dry run, what they would have been. All 0 after an error.
    removed
        Stored pieces of imported OpenStreetMap ways that the file no longer has.
    kept_columns
        Heading -> field, as said at an earlier import of such headings and applied now.
    findings
        In order of rows.
    dry_run
        Whether only a look was asked for.
    """

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    kept_columns: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    dry_run: bool = False

    @property
    def stored(self) -> int:
        """Rows written."""
        return 0 if self.dry_run else self.new + self.changed

    @property
    def failed(self) -> bool:
        """Whether an error kept the whole file out."""
        return any(finding.level == "error" for finding in self.findings)

    def to_json(self) -> dict[str, Any]:
        """Give the answer of `xygeo import --json`."""
        return {
            "stored": self.stored,
            "new": self.new,
            "changed": self.changed,
            "unchanged": self.unchanged,
            **({"removed": self.removed} if self.removed else {}),
            **({"kept_columns": dict(self.kept_columns)} if self.kept_columns else {}),
            "findings": [finding.to_json() for finding in self.findings],
        }


class _Undo(Exception):  # noqa: N818  (no error: the way out of a transaction)
    """Leave the transaction without writing."""


def import_file(
    store: Store,
    layer: str,
    path: str | Path,
    *,
    actor: Actor,
    mapping: Mapping[str, str] | None = None,
    crs: str | None = None,
    sheet: str | None = None,
    dry_run: bool = False,
    quality: str | None = None,
    source: str | None = None,
    reason: str = "",
    node_lines: bool = False,
    on_progress: Progress | None = None,
) -> ImportReport:
    """Import a file into a layer, all rows or none.

    Parameters
    ----------
    store
        An open store.
    layer
        Name of the layer.
    path
        A file with one of the endings of `layers.importers.formats.SUFFIXES`.
    actor, reason
        Who imports and why; both go into every event.
    mapping
        Heading -> field for headings that are neither name nor title. It is kept with the layer
        and the headings for the next time, if the import succeeds; what is said anew wins.
    crs
        CRS of the coordinates, over what the file says; a file that says nothing has degrees.
        ``GCJ-02`` (a web map's) is converted, and the rows are at most approximate.
    sheet
        Layer inside the file, where it has several.
    dry_run
        Check and count, write nothing.
    quality, source
        For rows whose file has none.
    node_lines
        Roads without end nodes: join lines where they cross.
    on_progress
        Called with 0..1 and Chinese words.

    Returns
    -------
    Counts and findings. One error: nothing was written. The same file again: all unchanged, and no
    event.

    Raises
    ------
    InputError
        If the file is missing, its ending unknown, `mapping` or `quality` is wrong.
    NotFound
        If there is no such layer.
    NotAllowed
        `by_case_only` if only casework writes the layer.
    StoreError
        If the store cannot be written.
    """
    schema = store.schema(layer)
    if schema.by_cases:
        raise NotAllowed(
            f"“{schema.title}”由办件流程写入，不能导入，请在办件中办理。",
            code="by_case_only",
            where=layer,
        )
    file = Path(path)
    findings = Findings()
    stamps = Stamps(
        store,
        schema,
        findings,
        actor=actor,
        reason=reason,
        quality=quality,
        source=source,
        file_source=_source_of(file),
    )
    report = ImportReport(dry_run=dry_run)
    kept: dict[str, str] = {}
    try:
        table = open_table(file, layer=layer, sheet=sheet)
        shifted = is_gcj02(crs)
        if shifted:
            _say_converted(findings, schema)
        kept = kept_columns(store, schema, table.headings, mapping or {})
        columns = {**kept, **(mapping or {})}
        rows = CheckedRows(
            store,
            schema,
            table,
            findings,
            stamps=stamps,
            mapping=columns,
            crs=STORED_CRS if shifted else _crs(crs or table.crs, file),
            shifted=shifted,
            node_lines=node_lines,
            on_progress=on_progress or (lambda _share, _words: None),
        )
        report = _put(
            store,
            layer,
            rows,
            findings,
            actor=actor,
            reason=reason,
            dry_run=dry_run,
            whole_ways=_is_osm(file),
            then=lambda: keep_columns(store, schema, table.headings, columns, actor=actor),
        )
    except UnreadableError as error:
        findings.take(error.finding)
    if findings.has_errors:
        report = ImportReport(dry_run=dry_run)
    return replace(report, kept_columns=kept, findings=findings.listed())


def _put(
    store: Store,
    layer: str,
    rows: CheckedRows,
    findings: Findings,
    *,
    actor: Actor,
    reason: str,
    dry_run: bool,
    whole_ways: bool,
    then: Callable[[], None],
) -> ImportReport:
    """Write in one transaction that is undone after an error and after a dry run."""
    report = ImportReport()
    before = store.count(layer)
    with suppress(_Undo), store.batch(actor, reason):
        try:
            result = store.put(
                layer, iter(rows), actor=actor, reason=reason, merge=True, keep_ids=whole_ways
            )
        except InvalidRecord as error:
            for finding in error.findings or (_finding_of(error),):
                findings.take(_in_file(finding, rows.numbers))
            _undo()
        stale: list[str] = []
        if whole_ways and before + result.new > len(result.ids):  # some rows are not of this file
            stale = stale_pieces(store.table(layer).columns["id"], result.ids)
            store.delete(layer, stale, actor=actor, reason=reason)
        report = ImportReport(
            new=result.new,
            changed=result.changed,
            unchanged=result.unchanged,
            removed=len(stale),
            dry_run=dry_run,
        )
        if dry_run or findings.has_errors:
            _undo()
        then()
    return report


def _undo() -> NoReturn:
    """Leave the transaction without writing.

    Raises
    ------
    _Undo
        Always.
    """
    raise _Undo


def _crs(crs: str | None, file: Path) -> pyproj.CRS:
    """Give the CRS of the coordinates, one from which there is a way to the store's.

    Raises
    ------
    UnreadableError
        I12: the CRS is unknown, or a datum that needs control points.
    """
    if crs is None:
        return STORED_CRS
    try:
        found = require_crs(crs, file.name)
        transform_xy(np.empty(0), np.empty(0), found, STORED_CRS)
    except CrsError as error:
        raise UnreadableError(None, str(error), finding_code="I12") from error
    return found


def _say_converted(findings: Findings, schema: LayerSchema) -> None:
    """Say that GCJ-02 is converted; a surveyed layer takes no such places.

    Raises
    ------
    UnreadableError
        I12: the layer's places are measured.
    """
    if schema.name in SURVEYED_LAYERS:
        raise UnreadableError(
            None,
            f"{schema.title}的位置须为实测，不接受 GCJ-02 坐标，请改用测量成果。",
            finding_code="I12",
        )
    findings.add(
        "I14",
        "坐标由 GCJ-02 换算为 CGCS2000，误差可达数米，精度等级记为近似。",
        field="geometry",
        level="warning",
    )


def _source_of(file: Path) -> str:
    """Name the file, and for OpenStreetMap who made its contents."""
    return f"{OSM_SOURCE}，{file.name}" if _is_osm(file) else file.name


def _is_osm(file: Path) -> bool:
    return file.name.casefold().endswith(".osm.pbf")


def _finding_of(error: InvalidRecord) -> Finding:
    return Finding(None, error.where, None, "I06", str(error))


def _in_file(finding: Finding, numbers: RowNumbers) -> Finding:
    """Give a finding of the store the row number of the file."""
    if finding.row is None or not 0 < finding.row <= len(numbers):
        return finding
    number = numbers.of(finding.row - 1)
    message = finding.message.replace(f"第 {finding.row} 行", f"第 {number} 行", 1)
    return replace(finding, row=number, message=message)
