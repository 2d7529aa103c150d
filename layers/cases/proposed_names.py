"""The name that a case proposes, held against the county's names of today."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers.errors import NotFound
from layers.names import proposals
from layers.names.checks import check_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from layers.cases.record import Case
    from layers.names.checks import NameFinding, NameLists
    from layers.store import Store

__all__ = ["name_findings", "spelling_advice"]

_OF_UNITS = frozenset({"division", "committee_seat"})
"""Kinds of place names that a division bears itself."""

_PROPOSED = 3
"""How many spellings are proposed."""


def name_findings(store: Store, case: Case, lists: NameLists | None = None) -> list[NameFinding]:
    """Check the name that a case of the type `place_name` proposes, as it stands.

    Parameters
    ----------
    store, case
        The case.
    lists
        Words that no name may contain; None: the shipped ones.

    Returns
    -------
    Findings as `layers.names.checks.check_name`; none where a name is given up.
    """
    data = case.data
    if data.get("purpose") == "retirement":
        return []
    found = check_name(
        store,
        data["name"],
        kind=data["kind"],
        pinyin=data["pinyin_tone"],
        id=_bearer(store, data),
        lists=lists,
    )
    # That a new name sounds like the one that it replaces speaks against nothing.
    return [one for one in found if one.code != "N02" or one.ids != (data.get("old_name_id"),)]


def spelling_advice(case: Case, found: Iterable[NameFinding]) -> str:
    """Propose spellings where that of a case is wrong, for a person to confirm.

    Parameters
    ----------
    case
        Of the type `place_name`.
    found
        What speaks against its name.

    Returns
    -------
    A Chinese sentence, or nothing.
    """
    if all(one.code != "N07" for one in found):
        return ""
    offered = [one.pinyin for one in proposals(case.data["name"], case.data["kind"])[:_PROPOSED]]
    return f"建议拼写（须经人确认）：{'、'.join(offered)}。" if offered else ""


def _bearer(store: Store, data: Mapping[str, Any]) -> str | None:
    """Give the stored place that bears this very name already: the old row, or the unit itself."""
    old_id = data.get("old_name_id")
    if old_id is None and data["kind"] not in _OF_UNITS:
        return None
    layer, id = ("divisions", data["division_code"]) if old_id is None else ("place_names", old_id)
    try:
        row = store.get(layer, id)
    except NotFound:
        return None
    return id if data["name"] in {row["name"], row.get("full_name")} else None
