"""A shp in a zip archive: unpacked under our own names, its text decoded strictly."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import pyogrio

from layers.findings import UnreadableError
from layers.readers.archives import open_archive
from layers.readers.dbf import decoded, read_dbf
from layers.readers.gpkg import stream

__all__ = ["read_shp"]

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
        Name of the shp; None takes the only one. Of several, taking one in silence would lose the
        others: kinds of geometry make files of their own.
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
        parts = _parts(archive, _chosen(archive, path, sheet))
        for suffix, entry in parts.items():
            target = Path(folder) / f"{_NAME}{suffix}"
            try:
                with archive.open(entry) as packed, target.open("wb") as unpacked:
                    shutil.copyfileobj(packed, unpacked, 2**20)
            except (zipfile.BadZipFile, EOFError) as error:
                raise UnreadableError(
                    None, f"压缩包“{path.name}”里的 {suffix} 已损坏，请重新压缩。"
                ) from error
    yield from _read(Path(folder) / f"{_NAME}.shp", path.name)


def _chosen(archive: zipfile.ZipFile, path: Path, sheet: str | None) -> str:
    """Give the path of a shp, without its ending.

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
        return named[0]
    listed = "、".join(PurePosixPath(stem).name for stem in found)
    fault = "不止一个 shp" if named else f"没有“{sheet}.shp”"
    raise UnreadableError(None, f"压缩包里{fault}(有：{listed})，请用 --sheet 指定，一次导入一个。")


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


def _read(shp: Path, shown: str) -> Iterator[dict[str, Any]]:
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
    yield {"headings": list(table.names), "crs": info["crs"], "total": int(info["features"])}
    for message in stream(shp, shp.stem, shown=shown):
        rows = message["rows"]
        message["columns"] = [
            [
                decoded(cell, table.encoding, row=row, heading=heading)
                if isinstance(cell, str)
                else cell
                for row, cell in zip(rows, column, strict=True)
            ]
            for heading, column in zip(table.names, message["columns"], strict=True)
        ]
        yield message
