"""Parameters as an operation declares them: text in, typed values out, anything else refused."""

from __future__ import annotations

import math
import re
from datetime import date
from typing import TYPE_CHECKING, Any

from api.problems import Refused
from geo.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from api.operations import Param

__all__ = ["read_parameters", "read_value"]

_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_REAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_TRUE = {"true", "1"}
_FALSE = {"false", "0"}
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LONG = 4096


def read_parameters(
    declared: Iterable[Param],
    path: Mapping[str, str],
    query: Iterable[tuple[str, str]],
    *,
    open_query: bool = False,
) -> dict[str, Any]:
    """Read all parameters of a call.

    Parameters
    ----------
    declared
        By the operation.
    path
        Values in the path, by name.
    query
        Names and values in the query, in order.
    open_query
        Further names are left to the endpoint.

    Returns
    -------
    Name -> value; without a value the declared default, else None.

    Raises
    ------
    Refused
        400 `unknown_parameter`, `repeated_parameter`, `missing_parameter` or `bad_parameter`.
    """
    given: dict[str, str] = {}
    known = {param.name: param for param in declared if param.where != "header"}
    for name, text in query:
        param = known.get(name)
        if param is None or param.where != "query":
            if open_query:
                continue
            listed = "、".join(p.name for p in known.values() if p.where == "query")
            advice = f"可用的参数：{listed}。" if listed else "这里不带参数。"
            raise Refused(
                400, f"没有参数“{_short(name)}”，{advice}", code="unknown_parameter", where=name
            )
        if name in given:
            raise Refused(
                400, f"参数“{name}”给了两次，请只留一个。", code="repeated_parameter", where=name
            )
        given[name] = text
    values: dict[str, Any] = {}
    for name, param in known.items():
        found = path.get(name) if param.where == "path" else given.get(name)
        if found is None:
            if param.required:
                raise Refused(
                    400,
                    f"缺少参数“{name}”（{param.description}），请补上。",
                    code="missing_parameter",
                    where=name,
                )
            values[name] = param.schema.get("default")
        else:
            values[name] = read_value(param, found)
    return values


def read_value(param: Param, text: str) -> Any:  # noqa: ANN401 - what the schema says
    """Read one value.

    Parameters
    ----------
    param
        Its declaration.
    text
        As written in the URL, decoded.

    Returns
    -------
    str, int, float, bool, `datetime.date` or a list of these.

    Raises
    ------
    Refused
        400 `bad_parameter`, or the declared reader's own code.
    """
    try:
        if param.read is not None:
            return param.read(text)
        return _typed(param.schema, text)
    except InputError as error:
        # A reader of a room below speaks in whole sentences; ours are a reason after the name.
        own = error.code != InputError.code or str(error).endswith("。")
        words = str(error) if own else f"参数“{param.name}”{error}，现为“{_short(text)}”。"
        code = error.code if error.code != InputError.code else "bad_parameter"
        raise Refused(400, words, code=code, where=param.name) from error


def _typed(schema: Mapping[str, Any], text: str) -> Any:  # noqa: ANN401 - what the schema says
    if "\x00" in text:
        raise InputError("含有空字符")
    kind = schema.get("type", "string")
    if kind == "array":
        items = [_typed(schema["items"], part.strip()) for part in text.split(",")]
        low, high = schema.get("minItems", 0), schema.get("maxItems", math.inf)
        if not low <= len(items) <= high:
            number = low if low == high else f"{low} 至 {high}"
            raise InputError(f"应为 {number} 个以逗号分开的值")
        return items
    if kind == "integer":
        if not _INTEGER.fullmatch(text):
            raise InputError("应为整数")
        return _bounded(schema, int(text))
    if kind == "number":
        if not _REAL.fullmatch(text) or not math.isfinite(float(text)):
            raise InputError("应为数字")
        return _bounded(schema, float(text))
    if kind == "boolean":
        if text.lower() not in _TRUE | _FALSE:
            raise InputError("应为 true 或 false")
        return text.lower() in _TRUE
    return _text(schema, text)


def _text(schema: Mapping[str, Any], text: str) -> str | date:
    if "enum" in schema and text not in schema["enum"]:
        raise InputError(f"应为 {'、'.join(map(str, schema['enum']))} 之一")
    if schema.get("format") == "date":
        try:
            if not _DAY.fullmatch(text):
                raise ValueError(text)
            return date.fromisoformat(text)
        except ValueError as error:
            raise InputError("应为真实的日期，写作 2026-01-31") from error
    low, high = schema.get("minLength", 0), schema.get("maxLength", _LONG)
    if not low <= len(text) <= high:
        raise InputError(f"应为 {low} 至 {high} 个字")
    if "pattern" in schema and not re.fullmatch(schema["pattern"], text):
        raise InputError("的写法不对")
    return text


def _bounded(schema: Mapping[str, Any], number: float) -> float:
    low, high = schema.get("minimum", -math.inf), schema.get("maximum", math.inf)
    if not low <= number <= high:
        if high == math.inf:
            raise InputError(f"应不小于 {low}")
        raise InputError(f"应在 {low} 与 {high} 之间")
    return number


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:40] + "…"
