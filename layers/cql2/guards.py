"""What is refused before a filter reaches the parser, and the parser's blind spot kept from it.

The `cql2` library overflows its stack on deep filters, and tries every pair of parentheses first
as a group and then as a list: a mistake inside n pairs costs 2^n, so that 64 characters ``(`` would
keep a worker busy for ever. Length, depth and number of operators are therefore measured first, and
`pieces_of` cuts a text at its parentheses, so that the library never sees one inside another.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from layers.cql2.errors import FilterError

__all__ = [
    "MAX_CHARACTERS",
    "MAX_NESTING",
    "MAX_OPERATORS",
    "Piece",
    "pieces_of",
    "require_plain_text",
    "require_shallow_json",
]

MAX_CHARACTERS = 4096
MAX_NESTING = 64
MAX_OPERATORS = 256

_TOKEN = re.compile(
    r"""'(?:[^']|'')*+'|"(?:[^"]|"")*+"|[^\W\d][\w.:]*|\d+(?:\.\d*)?(?:[eE][-+]?\d+)?"""
    r"""|<>|<=|>=|\s+|.""",
    re.DOTALL,
)
_WORDS = frozenset({"and", "or", "not", "like", "between", "in", "is", "div"})
_SIGNS = frozenset({"=", "<>", "<", ">", "<=", ">=", "+", "-", "*", "/", "%", "^"})
_SHAPE = r"(?:(?:multi)?(?:point|linestring|polygon)(?:zm?|m)?|geometrycollection)"
_SHAPES = re.compile(_SHAPE, re.IGNORECASE)
_NOT_IN_SHAPES = re.compile(
    rf"[^-+\w.,()\s]|(?<![\w.])(?!(?:{_SHAPE}|zm?|m|empty)\b)[^\W\d]", re.IGNORECASE
)
_DEEPEST_SHAPE = 4
# Control characters, and what no text of a store can hold.
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


@dataclass(slots=True)
class Piece:
    """The inside of one pair of parentheses that is neither of a function nor of a geometry.

    Attributes
    ----------
    items
        Its parts between commas, each with inner pairs as a quoted name: U+0001, then its number.
    is_list
        Whether it is a list for certain: after IN, or with a comma.
    """

    items: list[str]
    is_list: bool


@dataclass(slots=True)
class _Level:
    opener: str  # "(" of a group, "f" of a function, "" of the whole text
    after_in: bool = False
    signs: int = 0  # NOTs and signs that wait for their operand
    done: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)


def require_plain_text(source: str) -> None:
    """Refuse a filter that is too long or holds characters that no text of a store can hold.

    Parameters
    ----------
    source
        In either language.

    Raises
    ------
    FilterError
        ``bad_filter``.
    """
    if len(source) > MAX_CHARACTERS:
        raise FilterError(f"有 {len(source)} 个字符，最多 {MAX_CHARACTERS} 个，请缩短")
    if _UNSEEN.search(source):
        raise FilterError("含控制字符或不成对的代理字符，请删去")


def require_shallow_json(source: str) -> None:
    """Refuse JSON that is malformed, too deep or has too many operators.

    Parameters
    ----------
    source
        The text.

    Raises
    ------
    FilterError
        ``bad_filter``.
    """
    try:
        tree = json.loads(source)
    except RecursionError:
        raise FilterError(f"嵌套超过 {MAX_NESTING} 层，请简化") from None
    except ValueError:
        raise FilterError("不是正确的 JSON，请检查括号、引号和逗号") from None
    operators = 0
    stack: list[tuple[Any, int, int]] = [(tree, 0, 0)]
    while stack:
        here, objects, lists = stack.pop()
        if isinstance(here, dict):
            objects += 1
            operators += "op" in here
            stack += [(value, objects, lists) for value in here.values()]
        elif isinstance(here, list):
            lists += 1
            stack += [(value, objects, lists) for value in here]
        elif isinstance(here, str) and _UNSEEN.search(here):
            raise FilterError("含控制字符或不成对的代理字符，请删去")
        if max(objects, lists) > MAX_NESTING:
            raise FilterError(f"嵌套超过 {MAX_NESTING} 层，请简化")
    _require_few(operators)


def pieces_of(source: str) -> tuple[str, list[Piece]]:
    """Cut a filter in text at its parentheses.

    Parameters
    ----------
    source
        CQL2 text that passed `require_plain_text`.

    Returns
    -------
    The text with each outermost group as a quoted name (U+0001, which the source
    cannot hold, and a number), and the groups; inner ones come before outer ones.

    Raises
    ------
    FilterError
        ``bad_filter``: too deep, too many operators, quotes or parentheses without their fellow.
    """
    pieces: list[Piece] = []
    levels = [_Level("")]
    depth = operators = 0
    last = ""  # the word before, blanks left out; empty where an operand is due
    place, end = 0, len(source)
    while place < end:
        found = _TOKEN.match(source, place)
        word = found[0] if found else source[place]
        place += len(word)
        here = levels[-1]
        if word == "(":
            if (shape_end := _shape_end(source, place, last)) is not None:
                here.text.append(source[place - 1 : shape_end])
                place, last, here.signs = shape_end, ")", 0
                continue
            is_call = last[:1] == '"' or (last[:1].isidentifier() and last.lower() not in _WORDS)
            depth += 1
            _require_depth(depth + sum(level.signs for level in levels))
            levels.append(_Level("f" if is_call else "(", after_in=last.lower() == "in"))
            last = ""
        elif word == ")":
            if len(levels) == 1:
                raise FilterError("多了右括号“)”，请检查")
            levels.pop()
            depth -= 1
            inside = "".join(here.text)
            if here.opener == "f":
                levels[-1].text.append(f"({','.join([*here.done, inside])})")
            else:
                items = [*here.done, inside]
                pieces.append(Piece(items, is_list=here.after_in or len(items) > 1))
                levels[-1].text.append(f' "\x01{len(pieces) - 1}" ')
            levels[-1].signs, last = 0, ")"
        elif word == "," and here.opener:
            here.done.append("".join(here.text))
            here.text, here.signs, last = [], 0, ""
        elif word.isspace():
            here.text.append(word)
        elif word in {"'", '"'}:
            raise FilterError("有引号没有配对，文字中的单引号请写成两个")
        else:
            here.text.append(word)
            lower = word.lower()
            if lower in _WORDS or word in _SIGNS:
                if lower == "not" or (word in {"+", "-"} and not last):
                    here.signs += 1
                    _require_depth(depth + sum(level.signs for level in levels))
                    operators += not source[place : place + 1].isdigit()
                else:
                    operators += 1
                _require_few(operators)
                last = lower if lower == "in" else ""
            else:
                here.signs, last = 0, word
    if len(levels) > 1:
        raise FilterError("缺少右括号“)”，请检查")
    return "".join(levels[0].text), pieces


# Where a geometry ends whose parenthesis was just opened; None if it is none.
def _shape_end(source: str, place: int, last: str) -> int | None:
    if not last or not (_SHAPES.fullmatch(last) or last.lower() in {"z", "m", "zm"}):
        return None
    depth = 1
    for at in range(place, len(source)):
        if source[at] == "(":
            depth += 1
            if depth > _DEEPEST_SHAPE + 1:
                raise FilterError("中的几何括号太多，请检查")
        elif source[at] == ")":
            depth -= 1
            if not depth:
                return None if _NOT_IN_SHAPES.search(source, place, at) else at + 1
    raise FilterError("缺少右括号“)”，请检查")


def _require_depth(depth: int) -> None:
    if depth > MAX_NESTING:
        raise FilterError(f"的括号、NOT、函数或正负号嵌套超过 {MAX_NESTING} 层，请简化")


def _require_few(operators: int) -> None:
    if operators > MAX_OPERATORS:
        raise FilterError(f"的运算符超过 {MAX_OPERATORS} 个，请简化")
