"""What a step computes before its transaction, each by the name that the workflows use."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from layers.cases.record import Case
    from layers.store import Store

__all__ = ["COMPUTES"]

COMPUTES: dict[str, Callable[[Store, Case], dict[str, Any]]] = {}
"""Name -> function that gives what joins the case's data."""
