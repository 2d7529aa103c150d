"""What follows from a step in other layers, each by the name that the workflows use."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

import shapely

from layers.cases.checks import Context
from layers.cases.criteria import criteria
from layers.cases.proposed_names import name_findings
from layers.errors import NotFound, Unmet
from layers.provenance import QUALITIES

if TYPE_CHECKING:
    from layers.store import Actor, Row

__all__ = ["EFFECTS"]

_HERITAGE_STATES = {"submit": "submitted", "list": "listed", "refuse": "refused"}
"""Action -> status in the registry; `nominated` after any other."""

_DECIDED = {"listed": "已列入", "refused": "已定为未列入"}
"""Status that ends a nomination -> words for it."""

_OF_THE_PLACE = ("geometry", "place_code")
"""What a new name takes over from the one that it replaces: the place stays where it is."""


def _note_inspected_line(context: Context, actor: Actor) -> dict[str, Any]:
    """Remember the year and the lead on the line: the next inspection counts from them."""
    data = context.case.data
    row = context.store.get("boundary_lines", data["line_id"])
    if data["year"] < (row["last_inspected_year"] or 0):
        return {}  # an older inspection, finished late: the line counts from the newer one
    row["last_inspected_year"] = data["year"]
    row["lead_code_last"] = data["lead_code"]
    context.store.put("boundary_lines", [row], actor=actor, reason=_why(context))
    return {}


def _publish_name(context: Context, actor: Actor) -> dict[str, Any]:
    """Bring the name into force; the one that it replaces, or that is given up, becomes former.

    A former name ends the day before: whoever asks as of a day finds what was in force then. A row
    that only proposed this very name becomes the standard name itself.
    """
    data = context.case.data
    old = _old_name(context)
    if data.get("purpose") == "retirement":
        return {"name_id": _retire(context, actor, old)}
    _require_still_free(context)
    proposed = old is not None and (old["status"], old["name"]) == ("proposed", data["name"])
    former = [] if old is None else [old["name"], *(old["former_names"] or ())]
    qualities = [context.case.quality] if old is None else [context.case.quality, old["quality"]]
    kept = {} if old is None else {name: old[name] for name in _OF_THE_PLACE}
    new = {
        **kept,
        "id": old["id"] if old is not None and proposed else context.case.id,
        "name": data["name"],
        "kind": data["kind"],
        "status": "standard",
        "pinyin_tone": data["pinyin_tone"],
        "division_code": data["division_code"],
        "meaning": data["meaning"],
        "origin": data["origin"],
        "former_names": [n for n in dict.fromkeys(former) if n != data["name"]] or None,
        "approved_by": data["authority"],
        "approved_on": date.fromisoformat(data["approved_on"]),
        "document_no": data["document_no"],
        "valid_from": context.case.step_on,
        "quality": min(qualities, key=QUALITIES.index),
        "source": f"办件“{context.case.title}”",
    }
    if old is not None and not proposed:
        _retire(context, actor, old)
    result = context.store.put("place_names", [new], actor=actor, reason=_why(context))
    return {"name_id": result.ids[0]}


def _retire(context: Context, actor: Actor, old: Row | None) -> str:
    if old is None:  # the opening asks for it; here it says so to the type checker
        raise NotFound(
            "销名须给出原地名标识（old_name_id）。", code="old_name", where="old_name_id"
        )
    day = context.case.step_on
    if old["valid_from"] is not None and old["valid_from"] >= day:
        raise Unmet(
            f"“{old['name']}”自 {old['valid_from']} 起启用，须晚于这一天才能停用，请改办理日期。",
            code="old_name_starts_later",
            where="on",
        )
    former = {**old, "status": "former", "valid_to": day}
    return context.store.put("place_names", [former], actor=actor, reason=_why(context)).ids[0]


def _require_still_free(context: Context) -> None:
    # Another case may have brought the same name into force since this one was checked.
    taken = [f for f in name_findings(context.store, context.case) if f.code == "N01"]
    if errors := [finding for finding in taken if finding.level == "error"]:
        raise Unmet(errors[0].message, code="no_error_finding", where="publish", findings=errors)


def _register_heritage(context: Context, actor: Actor) -> dict[str, Any]:
    """Write how far the nomination is into the registry."""
    data = context.case.data
    known = _registered(context)
    _require_undecided(known)
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
    return {"heritage_id": result.ids[0], "criteria": list(criteria(data["kind"]).titles)}


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
    # A refusal stands in the registry; who nominates again gets a row of its own.
    standing = [row for row in rows if row["status"] != "refused"]
    return next((row for row in standing if all(row[key] == data[key] for key in same)), {})


def _require_undecided(row: Row) -> None:
    # A name that is listed, or a row that tells of a refusal, is not nominated over again.
    if row.get("status") in _DECIDED:
        raise Unmet(
            f"“{row['name']}”在名录中{_DECIDED[row['status']]}，不能再申报，请核对。",
            code="heritage_decided",
            where=row["id"],
        )


def _why(context: Context) -> str:
    return f"{context.flow.actions[context.case.action]}“{context.case.title}”"


EFFECTS: dict[str, Callable[[Context, Actor], dict[str, Any]]] = {
    "keep_scenario": _keep_scenario,
    "note_inspected_line": _note_inspected_line,
    "publish_name": _publish_name,
    "register_heritage": _register_heritage,
}
"""Name, as in the workflow files without ``()``, -> effect; gives what joins the case's data."""
