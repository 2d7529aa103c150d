"""One value of one field: from what people hand over to its storage form, and back."""

from __future__ import annotations

import json
import math
import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from layers.history import stamp, unstamp
from layers.nested import fitted, texts_in

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from layers.schema import Field

__all__ = ["PYTHON_VALUES", "Fault", "has_unseen", "is_missing", "reader_of"]

# Control and bidirectional-override characters change how a text shows without being seen;
# surrogates cannot be stored. Tab and line breaks are for multiline fields only.
_UNSEEN = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff"
_BAD_LINE = re.compile(f"[{_UNSEEN}\t\n\r\u2028\u2029]").search
_BAD_TEXT = re.compile(f"[{_UNSEEN}]").search
_INTEGER_LIMIT = 2**63


class Fault(Exception):  # noqa: N818 - a reason; records make the error of it
    """A value is not of its field's type; the arguments are the reason and the finding's code."""

    def __init__(self, reason: str, code: str = "I04") -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code


def has_unseen(text: str) -> bool:
    """Tell whether a text of one line holds characters that cannot be seen."""
    return _BAD_LINE(text) is not None


def is_missing(value: object) -> bool:
    """Tell whether a value stands for nothing: None, empty text, NaN, pandas' NA and NaT."""
    if value is None or (isinstance(value, str) and not value):
        return True
    if isinstance(value, float):
        return math.isnan(value)
    return type(value).__name__ in {"NAType", "NaTType"}  # pandas, without importing it


def reader_of(field: Field) -> Callable[[Any], Any]:
    """Make the function that turns values of a field into their storage form.

    Parameters
    ----------
    field
        Gives type, bounds, form and code list.

    Returns
    -------
    Takes a value that is not None; raises `Fault` where it is not one of the field.
    """
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
        if is_missing(value):
            return None
        if isinstance(value, np.generic):
            value = value.item()
        found = read(field, value)
        if field.type == "text" and codes and found not in codes:
            raise Fault(f"不在代码表中，可选：{_choices(codes)}", "I05")
        return found

    return reader


def _choices(codes: Mapping[str, str]) -> str:
    return "、".join(k if k == v else f"{k}（{v}）" for k, v in codes.items())


def _read_text(field: Field, value: object) -> str:
    if not isinstance(value, str):
        raise Fault("应为文字")
    if len(value) > field.max_length:
        raise Fault(f"超过 {field.max_length} 个字符，请缩短", "I06")
    if (_BAD_TEXT if field.multiline else _BAD_LINE)(value):
        raise Fault("含控制字符或不可见的方向字符，请删去")
    if field.pattern is not None and not field.matches(value):
        raise Fault(f"应为{field.form or '规定的格式'}", "I06")
    return value


def _read_integer(field: Field, value: object) -> int:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if type(value) is not int:
        raise Fault("应为整数")
    if not -_INTEGER_LIMIT <= value < _INTEGER_LIMIT:
        raise Fault("超出 64 位整数")
    _check_bounds(field, value)
    return value


def _read_real(field: Field, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise Fault("应为有限的数")
    found = float(value) + 0.0  # no negative zero: it would be another body for the same number
    _check_bounds(field, found)
    return found


def _check_bounds(field: Field, value: float) -> None:
    if field.minimum is not None and value < field.minimum:
        raise Fault(f"小于下限 {field.minimum:g}", "I06")
    if field.maximum is not None and value > field.maximum:
        raise Fault(f"大于上限 {field.maximum:g}", "I06")


def _read_boolean(_: Field, value: object) -> bool:
    if type(value) is not bool:
        raise Fault("应为是或否（true、false）")
    return value


def _read_date(_: Field, value: object) -> str:
    if isinstance(value, datetime):
        if value.tzinfo is not None or value.timetz().isoformat() != "00:00:00":
            raise Fault("应为日期，不带时刻")
        value = value.date()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        try:
            return date.fromisoformat(value).isoformat()
        except ValueError:
            raise Fault("不是存在的日期") from None
    raise Fault("应为日期，如 2024-06-30")


def _read_datetime(_: Field, value: object) -> str:
    try:
        moment = unstamp(value) if isinstance(value, str) else value
        if isinstance(moment, datetime):
            return stamp(moment)
    except ValueError:
        pass
    raise Fault("应为带时区的时刻，如 2024-06-30T08:15:00Z")


def _read_list(field: Field, value: object) -> list[str]:
    if isinstance(value, str) or not isinstance(value, (list, tuple)):
        raise Fault("应为文字的列表")
    items = [_read_text(field, item) for item in value]
    if field.codes and (strange := [i for i in items if i not in field.codes]):
        raise Fault(f"中的“{strange[0]}”不在代码表中，可选：{_choices(field.codes)}", "I05")
    return items


def _read_json(field: Field, value: object) -> object:
    try:
        found = fitted(value, field.shape)
    except ValueError as error:
        raise Fault(str(error), "I06") from None
    if any(_BAD_LINE(text) for text in texts_in(found)):
        raise Fault("含控制字符或不可见的方向字符，请删去")
    return found


_READERS: dict[str, Callable[[Field, Any], Any]] = {
    "text": _read_text,
    "integer": _read_integer,
    "real": _read_real,
    "boolean": _read_boolean,
    "date": _read_date,
    "datetime": _read_datetime,
    "list": _read_list,
    "json": _read_json,
}


def _unpacked(value: object) -> object:
    return json.loads(value) if isinstance(value, str) else value


PYTHON_VALUES: dict[str, Callable[[Any], Any]] = {
    "boolean": bool,
    "date": date.fromisoformat,
    "datetime": unstamp,
    "list": _unpacked,
    "json": _unpacked,
}
"""Type -> function that turns a storage value into Python's; other types are the same in both."""
