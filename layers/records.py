"""Rows in, records out: strict values of the schema's types, and the body that is hashed.

A *row* is what people hand over: Python values, a shapely geometry. A *record* is what a store
writes: text, whole numbers, reals, truth values, lists, WKB. Dates are ISO text. Used by every
store, so that the same row has the same body and digest in each.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from layers.derived import FORMULAS, MEASURES
from layers.errors import InvalidRecord
from layers.field_values import PYTHON_VALUES, Fault, has_unseen, is_missing, reader_of
from layers.findings import Finding
from layers.history import canonical_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from layers.schema import Field, LayerSchema

__all__ = ["Record", "RecordCodec"]

# Public data of the whole Earth end at 180.00000000000006.
_FARTHEST = (180.0 + 1e-9, 90.0 + 1e-9)
_IGNORED = frozenset({"id", "geometry", "version", "updated_at", "updated_by"})


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
        Names of the fields that hold lists or other nested values.
    """

    def __init__(self, schema: LayerSchema) -> None:
        self.schema = schema
        self.lists = tuple(n for n, f in schema.fields.items() if f.type in {"list", "json"})
        self._readers = {name: reader_of(field) for name, field in schema.fields.items()}
        derived = {n: f.derived for n, f in schema.fields.items() if f.derived}
        self._derived = {n: MEASURES[d] for n, d in derived.items() if d in MEASURES}
        self._formulas = {n: FORMULAS[d] for n, d in derived.items() if d not in MEASURES}
        self._required = tuple(f for f in schema.fields.values() if f.required or f.required_when)
        self._writers = {
            name: PYTHON_VALUES[field.type]
            for name, field in {**schema.system, **schema.fields}.items()
            if field.type in PYTHON_VALUES
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
        measures = self._measured([wkb for wkb, _ in shapes])
        records = []
        for number, (row, shape) in enumerate(zip(rows, shapes, strict=True), first):
            values = self._values(row, number)
            for name in self._derived:
                values.pop(name, None)  # whatever the row says
                if "geometry" in row:
                    values[name] = measures[name][number - first]
            for name, formula in self._formulas.items():
                values.pop(name, None)
                if formula.of in values:
                    base = values[formula.of]
                    values[name] = None if base is None else formula.compute(base)
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
                names = [rule.field_of(t) for t in terms if isinstance(t, str)]
                field = self.schema.fields[names[0]]
                titles = [
                    f"{rule.title_of(t, self.schema.fields)}（{_shown(values[rule.field_of(t)])}）"
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
        if is_missing(given):
            return made
        field = self.schema.system["id"]
        if not isinstance(given, str) or len(given) > field.max_length or has_unseen(given):
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
            except Fault as fault:
                field = self.schema.fields[name]
                raise self._refusal(number, field, value, fault.reason, fault.code) from None
        return values

    def _measured(self, wkbs: list[bytes | None]) -> dict[str, list[float | None]]:
        """Compute the derived fields of all rows; None where there is no geometry."""
        there = [place for place, wkb in enumerate(wkbs) if wkb is not None]
        found: dict[str, list[float | None]] = {name: [None] * len(wkbs) for name in self._derived}
        if self._derived and there:
            shapes = shapely.from_wkb([wkbs[place] for place in there])
            for name, measure in self._derived.items():
                for place, value in zip(there, measure(shapes).tolist(), strict=True):
                    found[name][place] = value
        return found

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
            good = (np.abs(places) <= _FARTHEST).all(axis=1)
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
        shown = None if is_missing(value) else _shown(value)
        what = "" if shown is None else f"“{shown[:60]}”"
        message = (
            f"{self.schema.title}第 {number} 行的{field.title}（{field.name}）{what}{reason}。"
        )
        finding = Finding(number, field.name, shown, code, message)
        return InvalidRecord(message, where=field.name, findings=[finding])


def _shown(value: object) -> str:
    """Write a refused value so that the message itself holds nothing unseen."""
    return "".join(
        letter.encode("unicode_escape").decode() if has_unseen(letter) else letter
        for letter in str(value)
    )
