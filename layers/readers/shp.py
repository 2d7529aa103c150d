"""A shp in a zip archive: unpacked under our own names, its text decoded strictly."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import pyogrio

from layers.findings import UnreadableError
from layers.readers.archives import open_archive
from layers.readers.dbf import Dbf, decoded, read_dbf
from layers.readers.gpkg import stream

__all__ = ["FAMILIES", "NOTES", "read_shp"]

FAMILIES = ("point", "points", "line", "area")
"""What an export adds to the layer's name for each further kind of geometry."""

NOTES = ("字段.csv", "说明.txt")
"""What an export puts beside its shp."""

_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_NAME = "unpacked"


def read_shp(
    path: Path,
    *,
    sheet: str | None,
    prefer: str,  # noqa: ARG001 - readers are called alike
    folder: str,
) -> Iterator[dict[str, Any]]:
    """Read the shp of a zip archive.

    Parameters
    ----------
    path
        The archive; its files may lie in a folder.
    sheet
        Name of the shp; None takes the only one, or all parts of one export of ours, whose kinds of
        geometry make files of their own: their rows are counted through. Of several others, taking
        one in silence would lose the rest.
    prefer
        Not used; every reader is told.
    folder
        Empty; the files are unpacked here.

    Yields
    ------
    The heading message, then rows (see `layers.importers.child`).

    Raises
    ------
    UnreadableError
        I01: a dangerous or damaged archive, no shp, several to choose from, no .dbf, text in
        another encoding than it should be.
    """
    with open_archive(path) as archive:
        stems = _chosen(archive, path, sheet)
        files = [
            _unpacked(archive, stem, Path(folder) / f"{_NAME}{number}", path.name)
            for number, stem in enumerate(stems)
        ]
    layers = [_opened(file, path.name) for file in files]
    heads = {(layer.table.names, layer.crs) for layer in layers}
    if len(heads) > 1:
        raise UnreadableError(
            None, f"压缩包“{path.name}”里的几个 shp 字段或坐标系不同，请用 --sheet 逐个导入。"
        )
    yield {
        "headings": list(layers[0].table.names),
        "crs": layers[0].crs,
        "total": sum(layer.total for layer in layers),
    }
    done = 0
    for layer in layers:
        last = done
        for message in _rows(layer, path.name, first=done):
            last = message["rows"][-1]
            yield message
        done = last


def _chosen(archive: zipfile.ZipFile, path: Path, sheet: str | None) -> list[str]:
    """Give the paths of the shp to read, without their endings; several only if they are one layer.

    Raises
    ------
    UnreadableError
        I01: there is none, or one must be chosen.
    """
    found = [
        name[:-4]
        for name in archive.namelist()
        if name.casefold().endswith(".shp") and not name.startswith("__MACOSX/")
    ]
    if not found:
        raise UnreadableError(
            None, f"压缩包“{path.name}”里没有 .shp，请把 .shp .shx .dbf .prj .cpg 一起压缩。"
        )
    named = [stem for stem in found if sheet is None or PurePosixPath(stem).name == sheet]
    if len(named) == 1:
        return named
    if sheet is None and _is_one_export(archive, found):
        return sorted(found, key=lambda stem: (len(stem), stem))
    listed = "、".join(PurePosixPath(stem).name for stem in found)
    fault = "不止一个 shp" if named else f"没有“{sheet}.shp”"
    raise UnreadableError(None, f"压缩包里{fault}(有：{listed})，请用 --sheet 指定，一次导入一个。")


def _is_one_export(archive: zipfile.ZipFile, stems: list[str]) -> bool:
    """Tell whether several shp are what one export of ours parts a layer into, and all of it."""
    main = PurePosixPath(min(stems, key=len))
    own = {f"{main}"} | {f"{main}_{family}" for family in FAMILIES}
    beside = {str(main.with_name(name)) for name in NOTES}
    return set(stems) <= own and beside <= set(archive.namelist())


def _unpacked(archive: zipfile.ZipFile, stem: str, target: Path, shown: str) -> Path:
    """Write the files of a shp under our own name; gives that of the .shp.

    Raises
    ------
    UnreadableError
        I01: one is missing or damaged.
    """
    for suffix, entry in _parts(archive, stem).items():
        try:
            with archive.open(entry) as packed, target.with_suffix(suffix).open("wb") as unpacked:
                shutil.copyfileobj(packed, unpacked, 2**20)
        except (zipfile.BadZipFile, EOFError) as error:
            raise UnreadableError(
                None, f"压缩包“{shown}”里的 {suffix} 已损坏，请重新压缩。"
            ) from error
    return target.with_suffix(".shp")


def _parts(archive: zipfile.ZipFile, stem: str) -> dict[str, zipfile.ZipInfo]:
    """Give the files of a shp by their endings; `a.shp` may have `A.DBF` beside it.

    Raises
    ------
    UnreadableError
        I01: there is no .dbf.
    """
    wanted = {f"{stem}{suffix}".casefold(): suffix for suffix in _PARTS}
    parts = {
        wanted[name]: entry
        for entry in archive.infolist()
        if (name := entry.filename.casefold()) in wanted
    }
    if ".dbf" not in parts:
        raise UnreadableError(
            None, f"压缩包里缺少“{PurePosixPath(stem).name}.dbf”，请与 .shp 一起压缩。"
        )
    return parts


@dataclass(frozen=True)
class _Layer:
    """One shp, opened: its columns, what it says of its coordinates, how many rows."""

    path: Path
    table: Dbf
    crs: str | None
    total: int


def _opened(shp: Path, shown: str) -> _Layer:
    cpg = shp.with_suffix(".cpg")
    code_page = cpg.read_bytes()[:40].decode("ascii", "replace").strip() if cpg.exists() else None
    table = read_dbf(shp.with_suffix(".dbf"), code_page=code_page, shown=shown)
    cpg.write_text("ISO-8859-1")  # one character a byte: GDAL recodes nothing, loses nothing
    pyogrio.set_gdal_config_options({"SHAPE_RESTORE_SHX": True})
    try:
        info = pyogrio.read_info(shp, force_total_bounds=False)
    except pyogrio.errors.DataSourceError as error:
        raise UnreadableError(None, f"“{shown}”里的 shp 打不开，请重新导出。") from error
    if len(info["fields"]) != len(table.names):
        raise UnreadableError(None, f"“{shown}”里的 .dbf 字段有误，请重新导出。")
    return _Layer(shp, table, info["crs"], int(info["features"]))


def _rows(layer: _Layer, shown: str, *, first: int) -> Iterator[dict[str, Any]]:
    """Read the rows of a shp, counted on from those before."""
    for message in stream(layer.path, layer.path.stem, shown=shown):
        rows = message["rows"] = [first + row for row in message["rows"]]
        message["columns"] = [
            [
                decoded(cell, layer.table.encoding, row=row, heading=heading)
                if isinstance(cell, str)
                else cell
                for row, cell in zip(rows, column, strict=True)
            ]
            for heading, column in zip(layer.table.names, message["columns"], strict=True)
        ]
        yield message
