"""Which reader opens which file; a new format is one module and one line here."""

from __future__ import annotations

import mmap
from pathlib import Path
from typing import TYPE_CHECKING

from geo.errors import InputError
from layers.findings import UnreadableError
from layers.importers.child import read_in_child
from layers.importers.csv_file import read_csv
from layers.importers.geojson_file import read_geojson
from layers.importers.osm_roads import read_road_rows

if TYPE_CHECKING:
    from layers.importers.tables import Table

__all__ = ["SUFFIXES", "open_table"]

SUFFIXES = (
    ".csv",
    ".xlsx",
    ".geojson",
    ".json",
    ".gpkg",
    ".fgb",
    ".parquet",
    ".zip",
    ".osm.pbf",
)
"""Endings of the files that can be imported; a .zip holds the files of a shp."""

MAX_COLUMNS = 500
"""More columns than this are no table of a layer."""

_GPKG_MARKS = (b"GPKG", b"GP10", b"GP11")
_ZIP = "xlsx 或 zip"
_BINARY = {
    b"SQLite format 3\x00": "sqlite",
    b"PK\x03\x04": _ZIP,
    b"PK\x05\x06": _ZIP,
    b"%PDF": "pdf",
    b"\xd0\xcf\x11\xe0": "xls",
    b"fgb\x03fgb": "fgb",
    b"PAR1": "parquet",
}
_KINDS = {".fgb": "fgb", ".gpkg": "gpkg", ".parquet": "parquet", ".xlsx": _ZIP, ".zip": _ZIP}
_IN_CHILD = {
    ".fgb": "fgb",
    ".gpkg": "gpkg",
    ".parquet": "parquet",
    ".xlsx": "xlsx",
    ".zip": "shp",
}
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


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
    if suffix in _IN_CHILD:
        table = read_in_child(_IN_CHILD[suffix], path, sheet=sheet, prefer=layer)
    else:
        table = read_csv(path) if suffix == ".csv" else read_geojson(path)
    if len(table.headings) > MAX_COLUMNS:
        raise UnreadableError(
            table.heading_row,
            f"“{path.name}”有 {len(table.headings)} 列，最多 {MAX_COLUMNS} 列，请删去多余的列。",
        )
    return table


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
    if found == "xls" and suffix == ".xlsx":
        raise UnreadableError(None, _old_or_locked(path))
    if found != _KINDS.get(suffix):
        raise UnreadableError(
            None,
            f"文件 {path.name} 的内容{f'是 {found}' if found else f'不是 {suffix}'}，"
            "与扩展名不符，请改扩展名或重新导出。",
        )


def _old_or_locked(path: Path) -> str:
    """Tell why a .xlsx has the form of an old .xls: a password puts it into such a shell."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as body:
        locked = body.find(_ENCRYPTED) >= 0
    if locked:
        return f"文件 {path.name} 设有打开密码，无法读取，请去掉密码另存后再导入。"
    return f"文件 {path.name} 的内容是 xls，与扩展名不符，请另存为 xlsx 再导入。"
