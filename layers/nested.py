"""Nested values: what a field of type `json` may hold, in a small part of JSON Schema.

Enough for three references of a marker or the question of a saved scenario; forms and API
descriptions take the same words as they are.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["fitted", "shape_faults", "texts_in"]

_KINDS: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list, tuple),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
}
_KIND_TITLES = {
    "object": "对象",
    "array": "列表",
    "string": "文字",
    "integer": "整数",
    "number": "数",
    "boolean": "是或否",
}
_WORDS = {
    "object": {"properties", "required"},
    "array": {"items", "minItems", "maxItems"},
    "string": {"enum", "titles", "maxLength"},
    "integer": {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"},
    "number": {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"},
    "boolean": set[str](),
}
_MAX_TEXT = 1000
_MAX_DEPTH = 16


def shape_faults(shape: object, place: str = "") -> Iterator[str]:
    """Check a description itself, as it stands in a schema file.

    Parameters
    ----------
    shape
        Of the whole value or of a part.
    place
        Where in the description, for the message.

    Yields
    ------
    What is wrong, in Chinese; nothing where all is well.
    """
    if not isinstance(shape, dict) or shape.get("type") not in _KINDS:
        yield f"{place or 'shape'} 的 type 应为 {'、'.join(_KINDS)} 之一"
        return
    kind = shape["type"]
    if others := sorted(set(shape) - _WORDS[kind] - {"type", "title", "unit"}):
        yield f"{place or 'shape'} 有不认识的键 {others[0]}"
    if "titles" in shape and set(shape["titles"]) != set(shape.get("enum", ())):
        yield f"{place or 'shape'} 的 titles 应与 enum 逐项对应"
    parts = shape.get("properties", {})
    for name, part in parts.items():
        yield from shape_faults(part, f"{place}.{name}".lstrip("."))
    if strange := sorted(set(shape.get("required", ())) - set(parts)):
        yield f"{place or 'shape'} 的 required 提到未定义的 {strange[0]}"
    if "items" in shape:
        yield from shape_faults(shape["items"], f"{place}[]")


def fitted(value: object, shape: Mapping[str, Any]) -> Any:  # noqa: ANN401 - any JSON
    """Give a value as it is stored: plain JSON that fits the description.

    Parameters
    ----------
    value
        Dicts, lists or tuples, texts, numbers, truth values, None.
    shape
        What it must be. An object without `properties` and a list without `items` hold anything.

    Returns
    -------
    A copy: lists for tuples, no negative zero, a `number` always as float, parts that are None
    left out; so one thing has one text.

    Raises
    ------
    ValueError
        If it does not fit; the message is the end of a Chinese sentence that says where.
    """
    return _fitted(value, shape, "", 0)


def texts_in(value: object) -> Iterator[str]:
    """Give every text of a nested value, keys too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, part in value.items():
            yield str(key)
            yield from texts_in(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from texts_in(part)


def _fitted(value: Any, shape: Mapping[str, Any], place: str, depth: int) -> Any:  # noqa: ANN401
    kind = shape["type"] if shape else _kind_of(value, place)
    if depth > _MAX_DEPTH:
        raise ValueError("嵌套过深")
    wrong = not isinstance(value, _KINDS[kind]) or (isinstance(value, bool) and kind != "boolean")
    if wrong:
        raise ValueError(f"{_of(place)}应为{_KIND_TITLES[kind]}")
    if kind == "object":
        return _object(value, shape, place, depth)
    if kind == "array":
        return _array(value, shape, place, depth)
    if kind == "string":
        _check_text(value, shape, place)
    elif kind in {"integer", "number"}:
        return _number(value, shape, place)
    return value


def _object(
    value: Mapping[Any, Any], shape: Mapping[str, Any], place: str, depth: int
) -> dict[str, Any]:
    parts = shape.get("properties")
    made = {}
    for name, part in value.items():
        if not isinstance(name, str):
            raise ValueError(f"{_of(place)}的键应为文字")
        if part is None:
            continue
        if parts is not None and name not in parts:
            raise ValueError(f"{_of(place)}有不认识的项 {name}，可用：{'、'.join(parts)}")
        made[name] = _fitted(part, (parts or {}).get(name, {}), f"{place}.{name}", depth + 1)
    for name in shape.get("required", ()):
        if name not in made:
            title = (parts or {})[name].get("title", name)
            raise ValueError(f"{_of(place)}缺少{title}（{name}）")
    return made


def _array(value: Any, shape: Mapping[str, Any], place: str, depth: int) -> list[Any]:  # noqa: ANN401
    low, high = shape.get("minItems", 0), shape.get("maxItems", math.inf)
    if not low <= len(value) <= high:
        wanted = f"{low}" if low == high else f"{low} 至 {high}"
        raise ValueError(f"{_of(place)}有 {len(value)} 项，应为 {wanted} 项")
    items = shape.get("items", {})
    return [_fitted(v, items, f"{place}[{n}]", depth + 1) for n, v in enumerate(value, start=1)]


def _number(value: float, shape: Mapping[str, Any], place: str) -> float:
    if not math.isfinite(value):
        raise ValueError(f"{_of(place)}不是有限的数")
    if isinstance(value, int) and abs(value) >= 2**63:
        raise ValueError(f"{_of(place)}超出 64 位整数")
    if "minimum" in shape and value < shape["minimum"]:
        raise ValueError(f"{_of(place)}小于下限 {shape['minimum']:g}")
    if "maximum" in shape and value > shape["maximum"]:
        raise ValueError(f"{_of(place)}大于上限 {shape['maximum']:g}")
    if "exclusiveMinimum" in shape and value <= shape["exclusiveMinimum"]:
        raise ValueError(f"{_of(place)}应大于 {shape['exclusiveMinimum']:g}")
    if "exclusiveMaximum" in shape and value >= shape["exclusiveMaximum"]:
        raise ValueError(f"{_of(place)}应小于 {shape['exclusiveMaximum']:g}")
    # One number has one text, whichever program wrote it: 120 and 120.0, 0 and -0.0.
    return float(value) + 0.0 if shape.get("type") == "number" else value + 0


def _check_text(text: str, shape: Mapping[str, Any], place: str) -> None:
    if "enum" in shape and text not in shape["enum"]:
        raise ValueError(f"{_of(place)}“{text[:40]}”不在可选之列：{'、'.join(shape['enum'])}")
    longest = shape.get("maxLength", _MAX_TEXT)
    if len(text) > longest:
        raise ValueError(f"{_of(place)}超过 {longest} 个字符")


def _kind_of(value: object, place: str) -> str:
    """Find the kind of a part that no description names.

    Raises
    ------
    ValueError
        If JSON has no such thing.
    """
    if isinstance(value, bool):
        return "boolean"
    for kind, types in _KINDS.items():
        if isinstance(value, types):
            return kind
    raise ValueError(f"{_of(place)}不是 JSON 的值")


def _of(place: str) -> str:
    return f"中 {place.lstrip('.')} " if place else ""
