"""What follows from a step in other layers, each by the name that the workflows use."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

import shapely

from layers.cases.checks import Context
from layers.errors import NotFound

if TYPE_CHECKING:
    from layers.store import Actor, Row

__all__ = ["EFFECTS"]

_HERITAGE_STATES = {"submit": "submitted", "list": "listed", "refuse": "refused"}
"""Action -> status in the registry; `nominated` after any other."""


def _note_inspected_line(context: Context, actor: Actor) -> dict[str, Any]:
    """Remember the year and the lead on the line: the next inspection counts from them."""
    data = context.case.data
    row = context.store.get("boundary_lines", data["line_id"])
    row["last_inspected_year"] = data["year"]
    row["lead_code_last"] = data["lead_code"]
    context.store.put("boundary_lines", [row], actor=actor, reason=_why(context))
    return {}


def _publish_name(context: Context, actor: Actor) -> dict[str, Any]:
    """Bring the name into force; the one that it replaces becomes a former name."""
    data = context.case.data
    old = _old_name(context)
    former = [] if old is None else [old["name"], *(old["former_names"] or ())]
    new = {
        "id": context.case.id,
        "geometry": None if old is None else old["geometry"],
        "name": data["name"],
        "kind": data["kind"],
        "status": "standard",
        "pinyin_tone": data["pinyin_tone"],
        "division_code": data["division_code"],
        "meaning": data["meaning"],
        "origin": data["origin"],
        "former_names": list(dict.fromkeys(former)) or None,
        "approved_by": data["authority"],
        "approved_on": date.fromisoformat(data["approved_on"]),
        "document_no": data["document_no"],
        "valid_from": context.case.step_on,
        "quality": context.case.quality,
        "source": f"办件“{context.case.title}”",
    }
    if old is not None:
        retired = {**old, "status": "former"}
        context.store.put("place_names", [retired], actor=actor, reason=_why(context))
    result = context.store.put("place_names", [new], actor=actor, reason=_why(context))
    return {"name_id": result.ids[0]}


def _register_heritage(context: Context, actor: Actor) -> dict[str, Any]:
    """Write how far the nomination is into the registry."""
    data = context.case.data
    known = _registered(context)
    row = {
        **known,
        "id": known.get("id") or context.case.id or None,
        "name": data["name"],
        "kind": data["kind"],
        "division_code": data["division_code"],
        "status": _HERITAGE_STATES.get(context.case.action, "nominated"),
        "evidence": data.get("evidence"),
        "quality": known.get("quality", context.case.quality),
        "score": float(sum(data["points"].values())) if "points" in data else None,
        "source": known.get("source") or f"办件“{context.case.title}”",
    }
    for name in ("founded_year", "name_since_year"):
        row[name] = data.get(name, known.get(name))
    if context.case.action == "list":
        row |= {"listed_by": data["authority"], "document_no": data["document_no"]}
    result = context.store.put("heritage_names", [row], actor=actor, reason=_why(context))
    return {"heritage_id": result.ids[0]}


def _keep_scenario(context: Context, actor: Actor) -> dict[str, Any]:
    """Keep what was adopted among the saved scenarios, where maps and sheets find it."""
    data = context.case.data
    result = data["result"]
    chosen = [(site["lon"], site["lat"]) for site in result["chosen"]]
    row = {
        "id": data.get("scenario_id"),
        "name": context.case.title[:200],
        "question": data["question"],
        "result": result,
        "inputs_hash": data["inputs_hash"],
        "geometry": shapely.MultiPoint(chosen) if chosen else None,
        "quality": "synthetic" if result["quality"] == "synthetic" else "approximate",
        "source": f"办件“{context.case.title}”",
    }
    kept = context.store.put("siting_scenarios", [row], actor=actor, reason=_why(context))
    return {"scenario_id": kept.ids[0]}


def _old_name(context: Context) -> Row | None:
    old = context.case.data.get("old_name_id")
    if not old:
        return None
    try:
        return context.store.get("place_names", old)
    except NotFound:
        raise NotFound(
            f"原地名“{old}”已不在地名层，请核对 old_name_id。", code="old_name", where=old
        ) from None


def _registered(context: Context) -> Row:
    # The row of the registry that the case names, else the one of the same name and kind.
    data = context.case.data
    if known := data.get("heritage_id"):
        try:
            return context.store.get("heritage_names", known)
        except NotFound:
            raise NotFound(
                f"遗产名录没有“{known}”，请核对 heritage_id。", code="heritage_row", where=known
            ) from None
    same = ("name", "kind", "division_code")
    rows = context.store.find("heritage_names")
    return next((row for row in rows if all(row[key] == data[key] for key in same)), {})


def _why(context: Context) -> str:
    return f"{context.flow.actions[context.case.action]}“{context.case.title}”"


EFFECTS: dict[str, Callable[[Context, Actor], dict[str, Any]]] = {
    "keep_scenario": _keep_scenario,
    "note_inspected_line": _note_inspected_line,
    "publish_name": _publish_name,
    "register_heritage": _register_heritage,
}
"""Name, as in the workflow files without ``()``, -> effect; gives what joins the case's data."""
