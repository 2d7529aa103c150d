"""Which reader opens which file; a new format is one module and one line here."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from geo.errors import InputError
from layers.findings import UnreadableError
from layers.importers.csv_file import read_csv
from layers.importers.geojson_file import read_geojson
from layers.importers.gpkg_file import read_gpkg
from layers.importers.osm_roads import read_road_rows

if TYPE_CHECKING:
    from layers.importers.tables import Table

__all__ = ["SUFFIXES", "open_table"]

SUFFIXES = (".csv", ".geojson", ".json", ".gpkg", ".osm.pbf")
"""Endings of the files that can be imported."""

_GPKG_MARKS = (b"GPKG", b"GP10", b"GP11")
_BINARY = {
    b"SQLite format 3\x00": "sqlite",
    b"PK\x03\x04": "xlsx 或 zip",
    b"%PDF": "pdf",
    b"\xd0\xcf\x11\xe0": "xls",
}


def open_table(path: Path, *, layer: str, sheet: str | None) -> Table:
    """Open a file for import; the contents must be what the ending says.

    Parameters
    ----------
    path
        The file.
    layer
        Which layer it is for.
    sheet
        Layer inside the file, where it has several.

    Returns
    -------
    The opened table.

    Raises
    ------
    InputError
        `file_missing`; `format_unknown` for an ending that is not one of `SUFFIXES`.
    UnreadableError
        I01: it cannot be read.
    """
    if not path.is_file():
        raise InputError(
            f"找不到文件 {path.name}，请检查路径。", code="file_missing", where=path.name
        )
    name = path.name.casefold()
    suffix = next((s for s in SUFFIXES if name.endswith(s)), None)
    if suffix is None or (suffix == ".osm.pbf" and layer != "roads"):
        offered = "、".join(s for s in SUFFIXES if s != ".osm.pbf" or layer == "roads")
        raise InputError(
            f"{path.name} 不能导入到 {layer}，可用的格式：{offered}。",
            code="format_unknown",
            where=path.name,
        )
    _require_contents(path, suffix)
    if suffix == ".osm.pbf":
        return read_road_rows(path)
    if suffix == ".gpkg":
        return read_gpkg(path, sheet=sheet, prefer=layer)
    return read_csv(path) if suffix == ".csv" else read_geojson(path)


def _require_contents(path: Path, suffix: str) -> None:
    """Refuse a file that is something else than its ending says.

    Raises
    ------
    UnreadableError
        I01.
    """
    with path.open("rb") as file:
        head = file.read(72)
    if not head:
        raise UnreadableError(None, f"文件 {path.name} 是空的，请检查导出是否完成。")
    if suffix == ".osm.pbf":
        return  # its reader knows better
    found = next((kind for magic, kind in _BINARY.items() if head.startswith(magic)), None)
    if found == "sqlite" and head[68:] in _GPKG_MARKS:
        found = "gpkg"
    if found != ("gpkg" if suffix == ".gpkg" else None):
        raise UnreadableError(
            None,
            f"文件 {path.name} 的内容{f'是 {found}' if found else f'不是 {suffix}'}，"
            "与扩展名不符，请改扩展名或重新导出。",
        )
