"""What a heritage nomination must prove, and how many points each item may have."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Criteria", "criteria", "nomination_notes"]


class Criteria(NamedTuple):
    """Criteria of one kind of heritage name.

    Attributes
    ----------
    titles
        Criterion -> Chinese title; each needs evidence.
    points
        Item -> most points.
    point_titles
        Item -> Chinese title.
    """

    titles: Mapping[str, str]
    points: Mapping[str, int]
    point_titles: Mapping[str, str]


def criteria(kind: str) -> Criteria:
    """Give the criteria of a kind of `heritage_names`."""
    loaded = _loaded()
    return Criteria(loaded["kinds"][kind], loaded["points"], loaded["titles"])


def nomination_notes(kind: str, code: str, name: str) -> list[str]:
    """Say what to look at before nominating a division.

    Parameters
    ----------
    kind
        Of `heritage_names`.
    code, name
        Of the division.

    Returns
    -------
    Chinese sentences; they block nothing.
    """
    return [
        f"“{name}”：{one['note']}"
        for one in _loaded()["notes"]
        if one["kind"] == kind
        and one.get("division_code", code) == code
        and not name.endswith(one.get("unless_named", "\0"))
    ]


@cache
def _loaded() -> dict[str, Any]:
    text = files("layers.cases").joinpath("criteria.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded
