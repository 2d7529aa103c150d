"""CQL2 text and JSON to nodes."""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING, Any

import cql2

from layers.cql2.errors import FilterError
from layers.cql2.guards import pieces_of, require_plain_text, require_shallow_json
from layers.cql2.literals import box_of, day_of, interval_of, moment_of, shape_of
from layers.cql2.nodes import Call, Items, Literal, Property

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from layers.cql2.nodes import Node

__all__ = ["LANGUAGES", "parse_filter"]

LANGUAGES = ("cql2-text", "cql2-json")

_DEEPEST_TREE = 128
_PLACE = re.compile(r"--> (\d+):(\d+)")


def parse_filter(source: str | Mapping[str, Any], *, lang: str = "cql2-text") -> Node:
    """Read a filter.

    Parameters
    ----------
    source
        The text; JSON may come parsed.
    lang
        One of `LANGUAGES`.

    Returns
    -------
    The tree, which knows nothing of a layer yet: `layers.cql2.fitted` checks names and types.

    Raises
    ------
    FilterError
        ``bad_filter``, or ``unknown_filter_lang``.

    Source
    ------
    OGC 21-065r2, Common Query Language (CQL2); grammar by the `cql2` library.
    """
    if lang not in LANGUAGES:
        raise FilterError(
            f"的语言 filter-lang“{lang}”不认识，可用 {'、'.join(LANGUAGES)}", "unknown_filter_lang"
        )
    if lang == "cql2-json":
        return _from_json(source)
    if not isinstance(source, str):
        raise FilterError("用 cql2-text 时应为文字")
    return _from_text(source)


def _from_json(source: str | Mapping[str, Any]) -> Node:
    if not isinstance(source, str):
        try:
            source = json.dumps(source, ensure_ascii=False)
        except (TypeError, ValueError, RecursionError):
            raise FilterError("不是正确的 JSON 或嵌套太深，请简化") from None
    require_plain_text(source)
    require_shallow_json(source)
    try:
        tree = cql2.parse_json(source).to_json()
    except Exception:  # noqa: BLE001 - the library raises bare ones too
        raise FilterError("不是 CQL2-JSON，请检查 op、args、property 和几何的写法") from None
    return _Builder([]).node(tree)


def _from_text(source: str) -> Node:
    require_plain_text(source)
    if not source.strip():
        raise FilterError("是空的，请写条件或去掉它")
    outer, pieces = pieces_of(source)
    slots: list[Node] = []
    build = _Builder(slots).node
    for piece in pieces:
        # An empty list is in the standard, but not in the library's grammar.
        parts = [] if piece.items == [""] else [build(_tree(item)) for item in piece.items]
        is_list = piece.is_list or not parts
        slots.append(Items(tuple(parts)) if is_list else parts[0])
    return build(_tree(outer))


def _tree(text: str) -> object:
    try:
        return cql2.parse_text(text).to_json()
    except Exception as error:  # noqa: BLE001 - the library raises bare ones too
        found = _PLACE.search(str(error))
        rest = text
        if found:
            line, column = int(found[1]), int(found[2])
            rest = "\n".join(text.split("\n")[line - 1 :])[column - 1 :]
        rest = re.sub('"\x01\\d+"', "(…)", rest).strip()[:30]
        where = f"在“{rest}”处" if rest else "在末尾"
        raise FilterError(
            f"{where}读不下去，请检查写法；文字用单引号，含特殊字符的字段名用双引号"
        ) from None


class _Builder:
    """Turns the library's tree into nodes; `slots` hold what stood in parentheses."""

    def __init__(self, slots: Sequence[Node]) -> None:
        self._slots = slots

    def node(self, tree: object, depth: int = 0) -> Node:
        if depth > _DEEPEST_TREE:
            raise FilterError("太长或太深，请分成几个条件")
        if isinstance(tree, dict):
            return self._object(tree, depth + 1)
        if isinstance(tree, list):
            return Items(tuple(self.node(item, depth + 1) for item in tree))
        if isinstance(tree, float):
            return Literal(_number(tree))
        if tree is None or isinstance(tree, str | bool | int):
            return Literal(tree)
        raise FilterError("里有不认识的值")

    def _object(self, tree: dict[str, Any], depth: int) -> Node:
        if "op" in tree:
            return self._call(str(tree["op"]), tree["args"], depth)
        if "property" in tree:
            return self._property(tree["property"])
        if "date" in tree:
            return day_of(self._plain(tree["date"]))
        if "timestamp" in tree:
            return moment_of(self._plain(tree["timestamp"]))
        if "interval" in tree:
            ends = [e if isinstance(e, str) else self.node(e, depth) for e in tree["interval"]]
            return interval_of(ends)
        if "bbox" in tree:
            return box_of([self._plain(number) for number in tree["bbox"]])
        if "type" in tree:
            return shape_of(tree)
        raise FilterError("里有不认识的部分，请检查写法")

    def _call(self, op: str, args: Sequence[object], depth: int) -> Node:
        op = op.lower()
        if op == "in" and len(args) == 2 and isinstance(args[1], list) and len(args[1]) == 1:
            # In text the list is one of the slots, which the library took for its single item.
            inner = self.node(args[1][0], depth)
            listed = inner if isinstance(inner, Items) else Items((inner,))
            return Call(op, (self.node(args[0], depth), listed))
        return Call(op, tuple(self.node(arg, depth) for arg in args))

    def _property(self, name: object) -> Node:
        if isinstance(name, str) and name.startswith("\x01"):
            return self._slots[int(name[1:])]
        return Property(str(name))

    def _plain(self, tree: object) -> object:
        """Give the value of a constant, which may have stood in parentheses."""
        if isinstance(tree, str | int | float):
            return tree
        found = self.node(tree)
        return found.value if isinstance(found, Literal) else None


def _number(value: float) -> int | float:
    # The library reads each number as a real one; whole ones are bound as such.
    if not math.isfinite(value):
        raise FilterError("里有太大的数，请检查")
    return int(value) if value.is_integer() and abs(value) <= 2**53 else value
