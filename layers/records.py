"""Rows in, records out: strict values of the schema's types, and the body that is hashed.

A *row* is what people hand over: Python values, a shapely geometry. A *record* is what a store
writes: text, whole numbers, reals, truth values, lists, WKB. Dates are ISO text. Used by every
store, so that the same row has the same body and digest in each.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from layers.errors import InvalidRecord
from layers.findings import Finding
from layers.history import canonical_json, stamp, unstamp

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from layers.schema import Field, LayerSchema

__all__ = ["Record", "RecordCodec"]

_IGNORED = frozenset({"id", "geometry", "version", "updated_at", "updated_by"})
# Control and bidirectional-override characters change how a text shows without being seen;
# surrogates cannot be stored. Tab and line breaks are for multiline fields only.
_UNSEEN = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff"
_BAD_LINE = re.compile(f"[{_UNSEEN}\t\n\r\u2028\u2029]").search
_BAD_TEXT = re.compile(f"[{_UNSEEN}]").search
_INTEGER_LIMIT = 2**63


class _Fault(Exception):  # noqa: N818 - never leaves the module
    """A value is not of its field's type; the arguments are the reason and the finding's code."""

    def __init__(self, reason: str, code: str = "I04") -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code


@dataclass(slots=True)
class Record:
    """One row in storage form.

    Attributes
    ----------
    id
        None until the store makes one.
    values
        Field -> value for the fields the row named; missing values are None.
    wkb, bounds
        ISO WKB and minx, miny, maxx, maxy; None without geometry.
    has_geometry_key
        Whether the row named its geometry, be it None.
    """

    id: str | None
    values: dict[str, Any]
    wkb: bytes | None
    bounds: Sequence[float] | None
    has_geometry_key: bool


class RecordCodec:
    """Converts the rows of one layer; made once a layer, used for many rows.

    Parameters
    ----------
    schema
        The layer's schema.

    Attributes
    ----------
    lists
        Names of the fields that hold lists.
    """

    def __init__(self, schema: LayerSchema) -> None:
        self.schema = schema
        self.lists = tuple(n for n, f in schema.fields.items() if f.type == "list")
        self._readers = {name: _reader(field) for name, field in schema.fields.items()}
        self._required = tuple(f for f in schema.fields.values() if f.required)
        self._writers = {
            name: _WRITERS[field.type]
            for name, field in {**schema.system, **schema.fields}.items()
            if field.type in _WRITERS
        }

    def records(self, rows: Sequence[Mapping[str, Any]], *, first: int = 1) -> list[Record]:
        """Convert rows; types, forms and code lists are checked, rules not yet.

        Parameters
        ----------
        rows
            Mappings of `id`, `geometry` and fields; `version`, `updated_at` and `updated_by` are
            passed over.
        first
            Number of the first row, for messages.

        Returns
        -------
        One record a row.

        Raises
        ------
        InvalidRecord
            At the first row with an unknown field, a value of another type or outside the code
            list, or a geometry that the layer does not hold.
        """
        shapes = self._shapes(rows, first)
        records = []
        for number, (row, shape) in enumerate(zip(rows, shapes, strict=True), first):
            values = self._values(row, number)
            made = self._id(row.get("id"), values, number)
            records.append(Record(made, values, *shape, "geometry" in row))
        return records

    def check(self, record: Record, *, number: int) -> None:
        """Check what needs the whole record: required fields and rules.

        Parameters
        ----------
        record
            With the values that will be stored.
        number
            Row number, for messages.

        Raises
        ------
        InvalidRecord
            If a required field is missing or a rule broken.
        """
        values = record.values
        for field in self._required:
            if values.get(field.name) is None and field.is_required(values):
                raise self._refusal(number, field, None, "不能为空，请补上", "I03")
        for rule in self.schema.rules:
            if terms := rule.broken(values):
                field = self.schema.fields[next(str(t) for t in terms if isinstance(t, str))]
                titles = [
                    f"{self.schema.fields[t].title}（{values[t]}）"
                    if isinstance(t, str)
                    else f"{t:g}"
                    for t in terms
                ]
                sign = "小于" if rule.strict else "不大于"
                reason = f"不合规则：{titles[0]}应{sign}{titles[1]}，请核对"
                raise self._refusal(number, field, values[field.name], reason, "I06")

    def body(self, record: Record) -> str:
        """Write the version's canonical JSON: id, geometry as WKB hex, fields; nulls left out.

        A field added to the schema later therefore changes neither bodies nor digests.
        """
        body = {name: value for name, value in record.values.items() if value is not None}
        body["id"] = record.id
        if record.wkb is not None:
            body["geometry"] = record.wkb.hex()
        return canonical_json(body)

    def record_of(self, body: str) -> Record:
        """Read a version's body back into a record."""
        values = json.loads(body)
        made = values.pop("id")
        wkb = bytes.fromhex(values.pop("geometry")) if "geometry" in values else None
        bounds = None if wkb is None else shapely.from_wkb(wkb).bounds
        return Record(made, values, wkb, bounds, has_geometry_key=True)

    def row_of(
        self, values: Mapping[str, Any], geometry: shapely.Geometry | None
    ) -> dict[str, Any]:
        """Turn storage values into a row: dates, times, truth values and lists as Python has them.

        Parameters
        ----------
        values
            `id`, fields and system columns in storage form; a list may be JSON text.
        geometry
            The shape or None.

        Returns
        -------
        The row that `Store.get` gives.
        """
        row = {"id": values["id"], "geometry": geometry, **values}
        for name, write in self._writers.items():
            value = row.get(name)
            if value is not None:
                row[name] = write(value)
        return row

    def _id(self, given: object, values: Mapping[str, Any], number: int) -> str | None:
        made = self._key(values, number)
        if _is_missing(given):
            return made
        field = self.schema.system["id"]
        if not isinstance(given, str) or len(given) > field.max_length or _BAD_LINE(given):
            reason = f"应为 1 到 {field.max_length} 个可见字符的文字"
            raise self._refusal(number, field, given, reason, "I04")
        # An ended period may keep the plain code: closing a unit does not break its history.
        if made is not None and given not in {made, (self.schema.key or "").format_map(values)}:
            reason = f"与由 {'、'.join(self.schema.key_fields)} 得出的标识“{made}”不一致，请改一处"
            raise self._refusal(number, field, given, reason, "I04")
        return str(given)

    def _key(self, values: Mapping[str, Any], number: int) -> str | None:
        template = self.schema.key
        if template is None:
            return None
        for name in self.schema.key_fields:
            if values.get(name) is None:
                reason = "不能为空，标识由它得出，请补上"
                raise self._refusal(number, self.schema.fields[name], None, reason, "I03")
        if self.schema.past_key and values.get("valid_to") is not None:
            template = self.schema.past_key
        return template.format_map(values)

    def _values(self, row: Mapping[str, Any], number: int) -> dict[str, Any]:
        values: dict[str, Any] = {}
        readers = self._readers
        for name, value in row.items():
            reader = readers.get(name)
            if reader is None:
                if name in _IGNORED:
                    continue
                known = "、".join(readers)
                raise InvalidRecord(
                    f"{self.schema.title}第 {number} 行有未知字段“{name}”，可用字段：{known}。",
                    where=name,
                    findings=[Finding(number, name, None, "I02", f"未知字段“{name}”")],
                )
            try:
                values[name] = None if value is None else reader(value)
            except _Fault as fault:
                field = self.schema.fields[name]
                raise self._refusal(number, field, value, fault.reason, fault.code) from None
        return values

    def _shapes(
        self, rows: Sequence[Mapping[str, Any]], first: int
    ) -> list[tuple[bytes | None, Sequence[float] | None]]:
        shapes = np.empty(len(rows), dtype=object)
        for place, row in enumerate(rows):
            shape = row.get("geometry")
            if shape is not None and not isinstance(shape, shapely.Geometry):
                raise self._shape_refusal(first + place, "不是几何对象，请给 shapely 几何或留空")
            shapes[place] = shape
        shapes[shapely.is_empty(shapes)] = None
        there = np.flatnonzero(shapely.is_geometry(shapes))
        if not len(there):
            return [(None, None)] * len(rows)
        present = shapes[there]
        self._check_shapes(present, first + there)
        found: list[tuple[bytes | None, Sequence[float] | None]] = [(None, None)] * len(rows)
        wkbs = shapely.to_wkb(present, byte_order=1, flavor="iso", include_srid=False)
        for index, wkb, bounds in zip(there, wkbs, shapely.bounds(present).tolist(), strict=True):
            found[index] = (wkb, bounds)
        return found

    def _check_shapes(self, shapes: np.ndarray, numbers: np.ndarray) -> None:
        allowed = self.schema.geometry
        kinds = shapely.get_type_id(shapes)
        codes = [int(shapely.GeometryType[k.upper()]) for k in allowed]
        if len(wrong := np.flatnonzero(~np.isin(kinds, codes))):
            kind = shapes[wrong[0]].geom_type
            wanted = f"应为 {'、'.join(allowed)}" if allowed else "本图层没有几何"
            raise self._shape_refusal(int(numbers[wrong[0]]), f"是 {kind}，{wanted}")
        if len(wrong := np.flatnonzero(shapely.has_z(shapes) | shapely.has_m(shapes))):
            raise self._shape_refusal(
                int(numbers[wrong[0]]), "带高程或量测值，请去掉第三维；高程填入高程字段"
            )
        places, owner = shapely.get_coordinates(shapes, return_index=True)
        with np.errstate(invalid="ignore"):
            good = (np.abs(places) <= (180.0, 90.0)).all(axis=1)
        if len(wrong := np.flatnonzero(~good)):
            raise self._shape_refusal(
                int(numbers[owner[wrong[0]]]), "坐标不是经纬度（度）或不是有限数，请先转换坐标系"
            )

    def _shape_refusal(self, number: int, reason: str) -> InvalidRecord:
        message = f"{self.schema.title}第 {number} 行的几何{reason}。"
        finding = Finding(number, "geometry", None, "I16", message)
        return InvalidRecord(message, where="geometry", findings=[finding])

    def _refusal(
        self, number: int, field: Field, value: object, reason: str, code: str
    ) -> InvalidRecord:
        shown = None if _is_missing(value) else ascii(value)[:60] if _hides(value) else str(value)
        what = "" if shown is None else f"“{shown[:60]}”"
        message = (
            f"{self.schema.title}第 {number} 行的{field.title}（{field.name}）{what}{reason}。"
        )
        finding = Finding(number, field.name, shown, code, message)
        return InvalidRecord(message, where=field.name, findings=[finding])


def _hides(value: object) -> bool:
    return isinstance(value, str) and _BAD_LINE(value) is not None


def _is_missing(value: object) -> bool:
    if value is None or (isinstance(value, str) and not value):
        return True
    if isinstance(value, float):
        return math.isnan(value)
    return type(value).__name__ in {"NAType", "NaTType"}  # pandas, without importing it


def _reader(field: Field) -> Callable[[Any], Any]:
    """Make the function that turns a value that is not None into its storage form, or faults."""
    careful = _careful_reader(field)
    # Nearly every value is plainly right; those are told apart cheaply, by the million.
    if field.type == "text" and field.codes:
        codes = frozenset(field.codes)
        return lambda v: v if type(v) is str and v in codes else careful(v)
    if field.type == "text" and field.pattern is None and not field.multiline:
        longest = field.max_length
        return lambda v: (
            v if type(v) is str and 0 < len(v) <= longest and not _BAD_LINE(v) else careful(v)
        )
    if field.type in {"integer", "real"}:
        kind = int if field.type == "integer" else float
        low = -_INTEGER_LIMIT if field.minimum is None else field.minimum
        high = _INTEGER_LIMIT - 1 if field.maximum is None else field.maximum
        return lambda v: v if type(v) is kind and low <= v <= high and v else careful(v)
    return careful


def _careful_reader(field: Field) -> Callable[[object], object]:
    read = _READERS[field.type]
    codes = field.codes

    def reader(value: object) -> object:
        if _is_missing(value):
            return None
        if isinstance(value, np.generic):
            value = value.item()
        found = read(field, value)
        if field.type == "text" and codes and found not in codes:
            raise _Fault(f"不在代码表中，可选：{_choices(codes)}", "I05")
        return found

    return reader


def _choices(codes: Mapping[str, str]) -> str:
    return "、".join(k if k == v else f"{k}（{v}）" for k, v in codes.items())


def _read_text(field: Field, value: object) -> str:
    if not isinstance(value, str):
        raise _Fault("应为文字")
    if len(value) > field.max_length:
        raise _Fault(f"超过 {field.max_length} 个字符，请缩短", "I06")
    if (_BAD_TEXT if field.multiline else _BAD_LINE)(value):
        raise _Fault("含控制字符或不可见的方向字符，请删去")
    if field.pattern is not None and not field.matches(value):
        raise _Fault(f"应为{field.form or '规定的格式'}", "I06")
    return value


def _read_integer(field: Field, value: object) -> int:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if type(value) is not int:
        raise _Fault("应为整数")
    if not -_INTEGER_LIMIT <= value < _INTEGER_LIMIT:
        raise _Fault("超出 64 位整数")
    _check_bounds(field, value)
    return value


def _read_real(field: Field, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise _Fault("应为有限的数")
    found = float(value) + 0.0  # no negative zero: it would be another body for the same number
    _check_bounds(field, found)
    return found


def _check_bounds(field: Field, value: float) -> None:
    if field.minimum is not None and value < field.minimum:
        raise _Fault(f"小于下限 {field.minimum:g}", "I06")
    if field.maximum is not None and value > field.maximum:
        raise _Fault(f"大于上限 {field.maximum:g}", "I06")


def _read_boolean(_: Field, value: object) -> bool:
    if type(value) is not bool:
        raise _Fault("应为是或否（true、false）")
    return value


def _read_date(_: Field, value: object) -> str:
    if isinstance(value, datetime):
        if value.tzinfo is not None or value.timetz().isoformat() != "00:00:00":
            raise _Fault("应为日期，不带时刻")
        value = value.date()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        try:
            return date.fromisoformat(value).isoformat()
        except ValueError:
            raise _Fault("不是存在的日期") from None
    raise _Fault("应为日期，如 2024-06-30")


def _read_datetime(_: Field, value: object) -> str:
    try:
        moment = unstamp(value) if isinstance(value, str) else value
        if isinstance(moment, datetime):
            return stamp(moment)
    except ValueError:
        pass
    raise _Fault("应为带时区的时刻，如 2024-06-30T08:15:00Z")


def _read_list(field: Field, value: object) -> list[str]:
    if isinstance(value, str) or not isinstance(value, (list, tuple)):
        raise _Fault("应为文字的列表")
    items = [_read_text(field, item) for item in value]
    if field.codes and (strange := [i for i in items if i not in field.codes]):
        raise _Fault(f"中的“{strange[0]}”不在代码表中，可选：{_choices(field.codes)}", "I05")
    return items


_READERS: dict[str, Callable[[Field, Any], Any]] = {
    "text": _read_text,
    "integer": _read_integer,
    "real": _read_real,
    "boolean": _read_boolean,
    "date": _read_date,
    "datetime": _read_datetime,
    "list": _read_list,
}

_WRITERS: dict[str, Callable[[Any], Any]] = {
    "boolean": bool,
    "date": date.fromisoformat,
    "datetime": unstamp,
    "list": lambda value: json.loads(value) if isinstance(value, str) else value,
}
