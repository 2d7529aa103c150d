"""Cells of a file to values of a field's type, or a finding that says why not."""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from layers.findings import Findings, RefusedCell, shown
from layers.importers.csv_file import unguarded
from layers.privacy import HIDDEN_TEXT, SMALL_TEXT

if TYPE_CHECKING:
    from layers.schema import Field

__all__ = ["is_blank", "parse_column", "parse_list"]

_E_NOTATION = re.compile(r"[+-]?[0-9]+(\.[0-9]*)?[eE][+-]?[0-9]+")
_INTEGER = re.compile(r"[+-]?[0-9]+(\.0*)?")
_REAL = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)")
_DATE = re.compile(r"([0-9]{4})\s*[-/.年]\s*([0-9]{1,2})\s*[-/.月]\s*([0-9]{1,2})\s*日?")
_PACKED_DATE = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_MIDNIGHT = re.compile(r"[ T]0{1,2}:00(:00(\.0+)?)?Z?$")
_SEPARATORS = re.compile(r"[、,，;；|｜\s]+")
_TRUE = frozenset({"true", "t", "yes", "y", "1", "是", "有", "√"})
_FALSE = frozenset({"false", "f", "no", "n", "0", "否", "无", "×"})
_MAX_INTEGER = 2**63
_LOOKED_AT = frozenset("'=")
_OWN_TYPES: dict[str, type] = {"text": str, "integer": int, "real": float, "boolean": bool}
_NUMBERS: dict[str, Callable[[str], float]] = {"integer": int, "real": float}
_NUMBER_CHARACTERS = {"integer": frozenset("0123456789-"), "real": frozenset("0123456789-.")}


class _WrongValueError(ValueError):
    """Why a cell is no value of its field: a finding's code and the end of its sentence."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


def parse_column(
    cells: Sequence[Any],
    field: Field,
    rows: Sequence[int],
    findings: Findings,
    *,
    textual: bool,
) -> list[Any]:
    """Read the values of one field.

    Parameters
    ----------
    cells
        As read: text, or values of the file's own types; None and blank text are missing.
    field
        What they must become.
    rows
        Row number of each cell.
    findings
        Gets I04 (type), I05 (code list), I20 (E notation), I21 (formula); the value is then None.
    textual
        All cells are text (csv): guards are taken off and formulas refused.

    Returns
    -------
    One value a cell: str, int, float, bool, date or list of str, as the field's type says.
    """
    plain = _plain_column(cells, field) if textual else _typed_column(cells, field)
    if plain is not None:
        return plain
    parse = _PARSERS[field.type]
    memo: dict[Any, Any] = {}
    values: list[Any] = []
    for row, cell in zip(rows, cells, strict=True):
        if cell is None or cell == "":
            # A text file cannot say "nothing" otherwise; a typed one means its empty text.
            values.append(None if textual or cell is None or field.type != "text" else "")
            continue
        text = isinstance(cell, str)
        if text and cell in memo:
            values.append(memo[cell])
            continue
        try:
            value = _value(cell, field, parse, textual=textual)
        except _WrongValueError as wrong:
            findings.add(
                wrong.code,
                f"第 {row} 行“{field.title}”{_quoted(cell)}{wrong.reason}。",
                row=row,
                field=field.name,
                value=cell,
            )
            value = None
        else:
            if text:
                memo[cell] = value
        values.append(value)
    return values


def _quoted(cell: object) -> str:
    text = shown(cell)
    return f"的值“{text}”" if text else ""


def _plain_column(cells: Sequence[str], field: Field) -> list[Any] | None:
    """Read a column of text cells at once where nothing in it needs a second look, else None."""
    if field.type == "text" and not (field.codes or field.synonyms or field.pattern):
        if any(cell.lstrip()[:1] in _LOOKED_AT for cell in cells if cell):
            return None
        return [cell.strip() or None for cell in cells]
    convert = _NUMBERS.get(field.type)
    if convert is None or not set("".join(cells)) <= _NUMBER_CHARACTERS[field.type]:
        return None
    try:
        numbers = [convert(cell) if cell else None for cell in cells]
    except ValueError:
        return None
    within = all(number is None or abs(number) < _MAX_INTEGER for number in numbers)
    return numbers if within else None


def _typed_column(cells: Sequence[Any], field: Field) -> list[Any] | None:
    """Give a column at once whose cells are all of the field's own type, else None."""
    if field.codes or field.synonyms or field.pattern:
        return None
    if set(map(type, cells)) <= {_OWN_TYPES.get(field.type), type(None)}:
        within = field.type != "integer" or all(
            -_MAX_INTEGER < cell < _MAX_INTEGER for cell in cells if cell is not None
        )
        finite = field.type != "real" or all(map(math.isfinite, filter(None, cells)))
        return list(cells) if within and finite else None
    return None


def is_blank(cell: object) -> bool:
    """Whether a cell says nothing; one that stands for no value says that."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def parse_list(text: str) -> list[str]:
    """Read a list written in one cell: a JSON array, or words between 、, ；, | or blanks.

    Raises
    ------
    ValueError
        If text that starts like a JSON array is not one of text items.
    """
    if not text.startswith("["):
        return [item for item in _SEPARATORS.split(text) if item]
    items = json.loads(text)
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        raise ValueError(text)
    return items


def _value(
    cell: object, field: Field, parse: Callable[[object, Field], object], *, textual: bool
) -> object:
    if isinstance(cell, RefusedCell):
        raise _WrongValueError(cell.code, cell.reason)
    if isinstance(cell, str):
        if textual:
            if cell.lstrip().startswith("="):
                raise _WrongValueError("I21", "是公式，请改为计算结果再导入")
            bare = unguarded(cell)
        else:
            bare = cell if field.type == "text" else cell.strip() or None
        if bare is None:
            return None
        cell = bare
    return parse(cell, field)


def _text(cell: object, field: Field) -> str:
    if isinstance(cell, datetime):
        text = _day_of(cell)
        cell = text.isoformat() if text else cell.isoformat()
    elif isinstance(cell, date):
        cell = cell.isoformat()
    elif isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        cell = str(int(cell))  # a sheet program's idea of a code
    elif isinstance(cell, int | float) and not isinstance(cell, bool):
        cell = str(cell)
    if not isinstance(cell, str):
        raise _WrongValueError("I04", "不是文字，请改为一段文字")
    if field.pattern is not None and _E_NOTATION.fullmatch(cell):
        raise _WrongValueError(
            "I20", "是科学计数法，编码的末几位已丢失，请在原表中把该列设为文本再导出"
        )
    return _coded(cell, field)


def _coded(text: str, field: Field) -> str:
    """Give the code that a text stands for: itself, its title, or a synonym.

    Raises
    ------
    _WrongValueError
        If it stands for none.
    """
    if not field.codes and not field.synonyms:
        return text
    bare = text.strip()
    if bare in field.codes:
        return bare
    found = field.synonyms.get(bare) or next(
        (code for code, title in field.codes.items() if title == bare), None
    )
    if found is None:
        found = bare.casefold() if bare.casefold() in field.codes else None
    if found is None and not field.codes:
        return text
    if found is None:
        listed = "、".join(field.codes.values())
        raise _WrongValueError("I05", f"不在代码表中，可用：{listed}")
    return found


def _integer(cell: object, field: Field) -> int:
    if isinstance(cell, bool):
        raise _WrongValueError("I04", "不是整数，请填整数")
    if isinstance(cell, str):
        text = unicodedata.normalize("NFKC", cell)
        if text in {SMALL_TEXT, HIDDEN_TEXT}:
            raise _WrongValueError("I04", "是隐去的小数，请用 --full 导出的文件导入")
        _refuse_e_notation(text)
        if not _INTEGER.fullmatch(text):
            raise _WrongValueError("I04", f"不是整数，请只填数字{_unit(field)}")
        number = int(text.partition(".")[0])
    elif isinstance(cell, float) and cell.is_integer():
        number = int(cell)
    elif isinstance(cell, int):
        number = cell
    else:
        raise _WrongValueError("I04", "不是整数，请填整数")
    if abs(number) >= _MAX_INTEGER:
        raise _WrongValueError("I06", "超出整数范围，请检查")
    return number


def _real(cell: object, field: Field) -> float:
    if isinstance(cell, str):
        text = unicodedata.normalize("NFKC", cell)
        _refuse_e_notation(text)
        if not _REAL.fullmatch(text):
            raise _WrongValueError("I04", f"不是数，请只填数字{_unit(field)}")
        cell = float(text)
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        raise _WrongValueError("I04", "不是数，请填数字")
    number = float(cell)
    if not math.isfinite(number):
        raise _WrongValueError("I04", "不是有限的数，请检查或留空")
    return number


def _refuse_e_notation(text: str) -> None:
    if _E_NOTATION.fullmatch(text):
        raise _WrongValueError("I20", "是科学计数法，末几位已丢失，请在原表中改为普通数字再导出")


def _unit(field: Field) -> str:
    return f"，不写单位“{field.unit}”" if field.unit else ""


def _boolean(cell: object, field: Field) -> bool:  # noqa: ARG001  (all parsers are called alike)
    if isinstance(cell, bool):
        return cell
    if isinstance(cell, int | float) and cell in {0, 1}:
        return bool(cell)
    word = unicodedata.normalize("NFKC", str(cell)).strip().casefold()
    if word in _TRUE or word in _FALSE:
        return word in _TRUE
    raise _WrongValueError("I04", "不是“是”或“否”，请改为其一")


def _date(cell: object, field: Field) -> date:  # noqa: ARG001  (all parsers are called alike)
    if isinstance(cell, datetime):
        day = _day_of(cell)
        if day is None:
            raise _WrongValueError("I04", "含有时刻，请只填日期")
        return day
    if isinstance(cell, date):
        return cell
    text = _MIDNIGHT.sub("", unicodedata.normalize("NFKC", str(cell)).strip())
    found = _DATE.fullmatch(text) or _PACKED_DATE.fullmatch(text)
    if found is None:
        raise _WrongValueError(
            "I04", "不是日期，请写成 2023-01-05 的样子；只知年月的填当月 1 日并写日期精度"
        )
    try:
        return date(*(int(part) for part in found.groups()))
    except ValueError as error:
        raise _WrongValueError("I04", "不是日历上的日期，请检查月和日") from error


def _day_of(moment: datetime) -> date | None:
    return moment.date() if (moment.hour, moment.minute, moment.second) == (0, 0, 0) else None


def _list(cell: object, field: Field) -> list[str]:
    if isinstance(cell, str):
        try:
            cell = parse_list(cell)
        except ValueError as error:
            raise _WrongValueError("I04", "不是清单，请用顿号分隔各项") from error
    if not isinstance(cell, list | tuple) or not all(isinstance(item, str) for item in cell):
        raise _WrongValueError("I04", "不是清单，请用顿号分隔各项")
    return [_coded(item, field) for item in cell]


def _json(cell: object, field: Field) -> object:  # noqa: ARG001  (all parsers are called alike)
    if isinstance(cell, str):
        try:
            cell = json.loads(cell)
        except (ValueError, RecursionError) as error:
            raise _WrongValueError("I04", "不是 JSON，请照导出文件的样子写") from error
    if not isinstance(cell, dict | list):
        raise _WrongValueError("I04", "不是 JSON 的对象或列表，请照导出文件的样子写")
    return cell


_PARSERS: dict[str, Callable[[object, Field], object]] = {
    "text": _text,
    "integer": _integer,
    "real": _real,
    "boolean": _boolean,
    "date": _date,
    "list": _list,
    "json": _json,
}
