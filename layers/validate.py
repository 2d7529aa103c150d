"""Rows and a schema in, findings out: what is wrong, in which row and field, and what to do.

Findings carry the codes I01-I23 of import and export. An ``error`` keeps the whole file out of the
store, a ``warning`` does not. This module checks typed values, `layers.geometry_checks` places;
reading text into values is `layers.importers`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from layers.findings import Finding, Findings, shown
from layers.geometry_checks import check_geometry
from layers.nested import fitted, texts_in

if TYPE_CHECKING:
    import geopandas as gpd

    from layers.schema import Field, LayerSchema, Rule

__all__ = [
    "Finding",
    "Findings",
    "check_frame",
    "check_geometry",
    "check_values",
    "holds_persons_number",
    "plain_value",
]

# \d is a digit of any width; people write a mobile number in one piece or as 138 1234 5678.
_IDENTITY = re.compile(r"(?<![\dA-Za-z])[1-9１-９]\d{16}[\dXxＸｘ](?![\dA-Za-z])")
_MOBILE = re.compile(r"(?<![\dA-Za-z.])[1１][3-9３-９]\d([ \u3000－-]?)\d{4}\1\d{4}(?![\dA-Za-z])")
_CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def check_values(
    schema: LayerSchema,
    rows: Sequence[int],
    columns: Mapping[str, Sequence[Any]],
    findings: Findings,
    *,
    refused: Mapping[str, Collection[int]] = MappingProxyType({}),
) -> None:
    """Check typed values of some rows, each row for itself.

    Parameters
    ----------
    schema
        The layer's.
    rows
        Row number of each value, for the findings.
    columns
        Field name -> values (None = missing). A field that is not here is not checked.
    findings
        Gets I03 (required; a warning where the schema only wishes for it), I04 (type, not finite),
        I05 (code list), I06 (range, form, length, rule), I18 (a person's number).
    refused
        Field name -> rows whose value was refused while it was read: it is not missing.
    """
    for field in schema.fields.values():
        if field.name in columns and not field.derived:
            values = columns[field.name]
            told = refused.get(field.name, ())
            _check_missing(field, rows, values, columns, findings, told=told)
            _check_kind(field, rows, values, findings)
    for rule in schema.rules:
        _check_rule(schema, rule, rows, columns, findings)


def _check_missing(
    field: Field,
    rows: Sequence[int],
    values: Sequence[Any],
    columns: Mapping[str, Sequence[Any]],
    findings: Findings,
    *,
    told: Collection[int],
) -> None:
    if not field.required and not field.required_when and not field.missing:
        return
    for i, value in enumerate(values):
        if (value is not None and value != "") or rows[i] in told:
            continue
        row = {name: columns[name][i] for name in field.asked_by if name in columns}
        if field.is_required(row):
            findings.add(
                "I03",
                f"第 {rows[i]} 行缺少“{field.title}”，请补上。",
                row=rows[i],
                field=field.name,
            )
        elif field.missing:
            findings.add(
                "I03",
                f"第 {rows[i]} 行没有“{field.title}”，建议补上。",
                row=rows[i],
                field=field.name,
                level="warning",
            )


def _check_kind(
    field: Field, rows: Sequence[int], values: Sequence[Any], findings: Findings
) -> None:
    """Check type, codes, range and form; equal values are judged once."""
    if field.type == "text" and _is_plain(field, values):
        return
    verdicts: dict[Any, tuple[str, str] | None] = {}
    for row, value in zip(rows, values, strict=True):
        if value is None:
            continue
        key = repr(value) if isinstance(value, list | dict) else (type(value), value)
        if key not in verdicts:
            verdicts[key] = _fault(field, value)
        fault = verdicts[key]
        if fault is None:
            continue
        code, reason = fault
        findings.add(
            code,
            f"第 {row} 行“{field.title}”的值{_quoted(code, value)}{reason}。",
            row=row,
            field=field.name,
            value=None if code == "I18" else value,
        )


def _is_plain(field: Field, values: Sequence[Any]) -> bool:
    """Tell at one look over all values together whether none of a free text has a fault."""
    if field.codes or field.pattern is not None:
        return False
    texts = [value for value in values if value is not None]
    if not all(isinstance(text, str) for text in texts):
        return False
    together = " ".join(texts)
    return not (
        (texts and max(map(len, texts)) > field.max_length)
        or _CONTROL.search(together)
        or (not field.multiline and ("\n" in together or "\r" in together))
        or _IDENTITY.search(together)
        or _MOBILE.search(together)
    )


def _quoted(code: str, value: object) -> str:
    """Quote the value, unless it is a person's: that is not repeated."""
    return "" if code == "I18" else f"“{shown(value)}”"


def _fault(field: Field, value: object) -> tuple[str, str] | None:
    """Say why a value is none of its field: code and end of the sentence."""
    kinds = _KINDS[field.type]
    if not isinstance(value, kinds) or (isinstance(value, bool) and field.type != "boolean"):
        return "I04", "类型不对，请检查"
    if field.type == "json":
        return _fault_of_nested(field, value)
    if isinstance(value, list):
        items = (_fault_of_text(field, item) for item in value)
        return next((fault for fault in items if fault is not None), None)
    if isinstance(value, str):
        return _fault_of_text(field, value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _fault_of_number(field, value)
    return None


def holds_persons_number(value: object) -> bool:
    """Tell whether a text, or one inside a nested value, has an identity or mobile number."""
    return any(_IDENTITY.search(text) or _MOBILE.search(text) for text in texts_in(value))


def _fault_of_number(field: Field, value: float) -> tuple[str, str] | None:
    if not math.isfinite(value):
        return "I04", "不是有限的数，请检查或留空"
    low, high = field.minimum, field.maximum
    if (low is not None and value < low) or (high is not None and value > high):
        limits = f"{'' if low is None else f'{low:g}'}～{'' if high is None else f'{high:g}'}"
        return "I06", f"超出范围({limits})，请核对"
    return None


def _fault_of_nested(field: Field, value: object) -> tuple[str, str] | None:
    try:
        fitted(value, field.shape)
    except ValueError as error:
        return "I06", f"{error}，请核对"
    if holds_persons_number(value):
        return "I18", "含有身份证号或手机号，本平台不收个人信息，请删去"
    for text in texts_in(value):
        if _CONTROL.search(text) or "\n" in text or "\r" in text:
            return "I06", "含有换行或控制字符，请删去"
    return None


def _fault_of_text(field: Field, text: object) -> tuple[str, str] | None:
    if not isinstance(text, str):
        return "I04", "类型不对，请检查"
    if field.codes and text not in field.codes:
        return "I05", f"不在代码表中，可用：{'、'.join(field.codes.values())}"
    if holds_persons_number(text):
        return "I18", "含有身份证号或手机号，本平台不收个人信息，请删去"
    if not field.matches(text):
        return "I06", f"不合格式({field.form or field.pattern})，请核对"
    if len(text) > field.max_length:
        return "I06", f"超过 {field.max_length} 个字，请缩短"
    if _CONTROL.search(text) or (not field.multiline and ("\n" in text or "\r" in text)):
        return "I06", "含有换行或控制字符，请删去"
    return None


def _check_rule(
    schema: LayerSchema,
    rule: Rule,
    rows: Sequence[int],
    columns: Mapping[str, Sequence[Any]],
    findings: Findings,
) -> None:
    names = [name for name in rule.fields if name in columns]
    if not any(value is not None for name in names for value in columns[name]):
        return
    for i, values in enumerate(zip(*(columns[name] for name in names), strict=True)):
        try:
            broken = rule.broken(dict(zip(names, values, strict=True)))
        except TypeError:  # a value of the wrong type has its own finding
            continue
        if broken is None:
            continue
        terms = [rule.title_of(term, schema.fields) for term in broken]
        names_broken = [rule.field_of(term) for term in broken if isinstance(term, str)]
        sign = "小于" if rule.strict else "不大于"
        findings.add(
            "I06",
            f"第 {rows[i]} 行应当{terms[0]}{sign}{terms[1]}，请核对。",
            row=rows[i],
            field=names_broken[0],
            value=columns[names_broken[0]][i],
        )


_KINDS: dict[str, tuple[type, ...]] = {
    "text": (str,),
    "integer": (int,),
    "real": (int, float),
    "boolean": (bool,),
    "date": (date,),
    "datetime": (datetime,),
    "list": (list,),
    "json": (dict, list),
}


def check_frame(frame: gpd.GeoDataFrame, schema: LayerSchema) -> list[Finding]:
    """Check stored rows against their schema.

    Parameters
    ----------
    frame
        As `layers.store.read_frame` gives it.
    schema
        The layer's.

    Returns
    -------
    Findings by row, counted from 1 in the frame's order, that name the row by its id; empty where
    all is well.
    """
    findings = Findings()
    rows = range(1, len(frame) + 1)
    columns = {
        name: [plain_value(value) for value in frame[name]]
        for name in schema.fields
        if name in frame
    }
    check_values(schema, rows, columns, findings)
    check_geometry(schema, rows, np.asarray(frame.geometry.array, dtype=object), findings)
    return [
        finding
        if finding.row is None
        else replace(
            finding,
            message=finding.message.replace(
                f"第 {finding.row} 行", f"标识 {frame.index[finding.row - 1]} ", 1
            ),
        )
        for finding in findings.listed()
    ]


def plain_value(value: object) -> object:
    """Turn a cell of a frame into a plain Python value; every kind of missing becomes None."""
    if isinstance(value, pd.Timestamp):
        return value.date()
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or value is pd.NA or value is pd.NaT or value != value:  # noqa: PLR0124
        return None
    return value
