"""A shapefile in one zip archive, with all that keeps its short names and limits readable."""

from __future__ import annotations

import csv
import io
import math
import shutil
import zipfile
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np
import pyogrio
import shapely

from layers.exporters.cells import json_text, list_text
from layers.exporters.tables import Block
from layers.short_names import short_names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from layers.exporters.tables import ExportTable
    from layers.schema import Field

__all__ = ["write_shp"]

_TEXT_BYTES = 254
_WHOLE = 10**17  # whole numbers of up to 17 digits and a sign fit into a column
_NUMBER_CHARACTERS = 24
_DIGITS = 15  # after the point
_NO_DAY = date(1980, 1, 1)
_FAMILIES = {
    "Point": "point",
    "MultiPoint": "points",
    "LineString": "line",
    "MultiLineString": "line",
    "Polygon": "area",
    "MultiPolygon": "area",
}
_OGR_KINDS = {"point": "Point", "points": "MultiPoint", "line": "LineString", "area": "Polygon"}


def write_shp(table: ExportTable, path: Path, on_rows: Callable[[int], None]) -> tuple[str, ...]:
    """Write a zip archive: one shapefile a kind of geometry, ``字段.csv`` and ``说明.txt``.

    The format allows 10 letters a field name, 254 bytes a text, 15 decimals and one kind of
    geometry a file. Names are shortened (字段.csv has the whole ones); a value that does not fit
    is left empty, never cut, and 说明.txt counts them. Text is UTF-8, as the .cpg says. Rows
    without geometry stand in the first file.

    Parameters
    ----------
    table
        What to write.
    path
        Where.
    on_rows
        Told how many rows are done.

    Returns
    -------
    A sentence for each field that lost values.
    """
    families = list(dict.fromkeys(_FAMILIES[kind] for kind in table.kinds)) or ["point"]
    names = short_names([field.name for field in table.fields])
    left_out: dict[str, int] = {}
    with TemporaryDirectory(dir=path.parent, prefix=".shp-") as folder:
        used = _write_families(table, Path(folder), families, names, left_out, on_rows)
        day = max(table.day or _NO_DAY, _NO_DAY)
        for dbf in sorted(Path(folder).glob("*.dbf")):
            _date_from_data(dbf, day)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            notes = {
                "字段.csv": _field_list(table.fields, names),
                "说明.txt": _notes(table, used, left_out),
            }
            for name, text in notes.items():
                archive.writestr(_entry(name, day), text)
            for file in sorted(Path(folder).iterdir()):
                with file.open("rb") as source, archive.open(_entry(file.name, day), "w") as packed:
                    shutil.copyfileobj(source, packed, 2**20)
    return _lost(left_out)


def _write_families(
    table: ExportTable,
    folder: Path,
    families: list[str],
    names: dict[str, str],
    left_out: dict[str, int],
    on_rows: Callable[[int], None],
) -> list[str]:
    """Write every block to the files of its geometries; gives the files' names."""
    used: list[str] = []
    done = 0
    for block in table.blocks:
        for family, part in _parts(block, families):
            name = table.name if family == families[0] else f"{table.name}_{family}"
            _append(table, part, folder / f"{name}.shp", _OGR_KINDS[family], names, left_out)
            used += [name] if name not in used else []
        done += len(block)
        on_rows(done)
    if table.name not in used:  # an archive without its main file would be none of this layer
        empty = Block({field.name: [] for field in table.fields}, np.empty(0, dtype=object))
        kind = _OGR_KINDS[families[0]]
        _append(table, empty, folder / f"{table.name}.shp", kind, names, left_out)
        used.insert(0, table.name)
    return used


def _parts(block: Block, families: list[str]) -> Iterator[tuple[str, Block]]:
    """Part a block by the kinds of its geometries; rows without one go to the first."""
    of = np.array(
        [families[0] if g is None else _FAMILIES[g.geom_type] for g in block.geometry], dtype=object
    )
    for family in families:
        rows = np.flatnonzero(of == family)
        if len(rows):
            columns = {n: [values[row] for row in rows] for n, values in block.columns.items()}
            yield family, Block(columns, block.geometry[rows])


def _append(
    table: ExportTable,
    block: Block,
    path: Path,
    kind: str,
    names: dict[str, str],
    left_out: dict[str, int],
) -> None:
    import pyarrow as pa  # noqa: PLC0415 - slow to import, for files of columns alone

    types = {
        "integer": pa.int64(),
        "real": pa.float64(),
        "boolean": pa.bool_(),
        "date": pa.date32(),
    }
    fields, arrays = [], []
    for field in table.fields:
        cells = [_fitting(field, value) for value in block.columns[field.name]]
        lost = sum(
            cell is None and value is not None
            for cell, value in zip(cells, block.columns[field.name], strict=True)
        )
        if lost:
            left_out[field.title] = left_out.get(field.title, 0) + lost
        kind_of = types.get(field.type, pa.string())
        fields.append((names[field.name], kind_of))
        arrays.append(pa.array(cells, kind_of))
    fields.append(("geometry", pa.binary()))
    arrays.append(pa.array(shapely.to_wkb(block.geometry).tolist(), pa.binary()))
    pyogrio.write_arrow(
        pa.record_batch(arrays, schema=pa.schema(fields)),
        path,
        layer=path.stem,
        driver="ESRI Shapefile",
        geometry_name="geometry",
        geometry_type=kind,
        crs="EPSG:4490",
        append=path.exists(),
        layer_options={} if path.exists() else {"ENCODING": "UTF-8"},
    )


def _fitting(field: Field, value: Any) -> Any:  # noqa: ANN401 - a value of any field
    """Give a value as a dbf column holds it; None where it does not fit."""
    if value is None:
        return None
    if field.type == "integer":
        return value if abs(value) < _WHOLE else None
    if field.type == "real":
        text = f"{value:.{_DIGITS}f}"
        near = math.isclose(float(text), value, rel_tol=1e-9)
        return value if near and len(text) <= _NUMBER_CHARACTERS else None
    if field.type in {"boolean", "date"}:
        return value
    text = list_text(value) if field.type == "list" else value
    text = json_text(value) if field.type == "json" else str(text)
    return text if len(text.encode()) <= _TEXT_BYTES else None


def _field_list(fields: Sequence[Field], names: dict[str, str]) -> bytes:
    page = io.StringIO()
    writer = csv.writer(page, lineterminator="\r\n")
    writer.writerow(["短名", "字段", "名称", "单位"])
    writer.writerows([names[f.name], f.name, f.title, f.unit] for f in fields)
    return page.getvalue().encode("utf-8-sig")


def _notes(table: ExportTable, used: list[str], left_out: dict[str, int]) -> bytes:
    stamp = table.provenance
    lines = [f"{table.title} {table.name}，共 {table.count} 行", stamp.notice]
    lines += [f"有效于：{table.at.isoformat()}" if table.at else ""]
    lines += [
        f"来源：{'；'.join(stamp.attributions)}",
        "坐标系：CGCS2000 经纬度（EPSG:4490），文字编码 UTF-8。",
        "shp 格式的限制：字段名最多 10 个字符，全名见 字段.csv。",
        f"文字最多 {_TEXT_BYTES} 字节，前后空格不保留；小数最多 {_DIGITS} 位。",
        "一个文件只放一种图形。",
        f"文件：{'、'.join(f'{name}.shp' for name in used)}；没有图形的行在第一个文件里。",
    ]
    if table.hidden:
        lines.append("1 至 4 人的小数已隐去（空），见 suppressed 列；此文件不能再导入。")
    lines += _lost(left_out)
    return "".join(f"{line}\r\n" for line in lines if line).encode("utf-8-sig")


def _lost(left_out: dict[str, int]) -> tuple[str, ...]:
    return tuple(
        f"“{title}”有 {count} 个值在 shp 里放不下，留空；请另导出 gpkg。"
        for title, count in left_out.items()
    )


def _entry(name: str, day: date) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, (day.year, day.month, day.day, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _date_from_data(dbf: Path, day: date) -> None:
    """Put the data's day where the day of writing stands in the header: same data, same bytes."""
    with dbf.open("r+b") as file:
        file.seek(1)
        file.write(bytes([day.year - 1900, day.month, day.day]))
