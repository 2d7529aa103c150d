"""Values as the text of a cell, so that an import reads the same value again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from layers.importers.values import parse_list

__all__ = ["cell_text", "json_text", "list_text"]


def list_text(items: Sequence[str]) -> str:
    """Write a list as words between 、, or as a JSON array where a word has a separator in it."""
    plain = "、".join(items)
    if plain and not plain.startswith("[") and parse_list(plain) == list(items):
        return plain
    return json.dumps(list(items), ensure_ascii=False)


def json_text(value: object) -> str:
    """Write a nested value as JSON on one line."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def cell_text(value: object) -> str:
    """Write a value without loss: dates as ISO, numbers in full and without exponent.

    Parameters
    ----------
    value
        A value of a field; None is nothing.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return format(Decimal(repr(value)), "f")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return list_text(value)
    return str(value)
