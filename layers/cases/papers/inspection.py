"""What plan, record table and report of a joint inspection say."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from typing import TYPE_CHECKING, Any

from layers import facts
from layers.cases.papers.made import Content, Made, plain
from layers.cases.workflows import workflow
from layers.provenance import Provenance

if TYPE_CHECKING:
    from layers.cases.record import Case
    from layers.store import Row

__all__ = ["inspection_content"]

_YEARS = 5
_REFERENCES = 3
_DIGITS = re.compile(r"(\d+)")


def inspection_content(made: Made) -> Content:
    """Give the content of a document of an inspection.

    Parameters
    ----------
    made
        The inspection after the step that made it.

    Returns
    -------
    Fields of the line, the parties, the plan and the signatures; tables `markers` and `findings`;
    the line with its markers as a map; photos of markers and findings.

    Notes
    -----
    A reference whose azimuth or distance was not measured anew has the registered one.
    """
    content = Content()
    line = made.then.row("boundary_lines", made.data["line_id"]) or {}
    content.use(line or None)
    markers = _markers(made)
    content.use(*markers)
    children = [case for case in made.then.cases if case.parent_id == made.case.id]
    numbers = {case.id: f"{made.data['year']}-{n:02d}" for n, case in enumerate(children, start=1)}
    parties = [_county(made, content, code) for code in made.data["line_id"].split("-")]
    records = {one["marker_id"]: one for one in made.data.get("markers", ())}
    seen_on = {
        case.step_data["marker_id"]: case.step_on.isoformat()
        for case in made.steps
        if case.action == "record_marker"
    }
    content.tables["markers"] = [
        _marker(
            n,
            row,
            records.get(row["id"], {}),
            [numbers[case.id] for case in children if case.data.get("marker_id") == row["id"]],
            seen_on.get(row["id"]),
        )
        for n, row in enumerate(markers, start=1)
    ]
    titles = {row["id"]: row["number"] for row in markers}
    content.tables["findings"] = [_finding(case, numbers[case.id], titles) for case in children]
    content.fields = _fields(made, line, parties, content)
    _draw(content, line, markers, records)
    content.photos = _photos(made.case, titles, numbers)
    for case in children:
        content.photos += _photos(case, titles, numbers)
        content.used.append(Provenance(case.quality))
    return content


def _markers(made: Made) -> list[Row]:
    line_id = made.data["line_id"]
    rows = [row for row in made.then.rows("boundary_markers") if line_id in row["line_ids"]]
    return sorted(rows, key=lambda row: (_natural(row["number"]), row["id"]))


def _natural(text: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (-1, part) for part in _DIGITS.split(text)]


def _county(made: Made, content: Content, code: str) -> str:
    """Name of a county, which joins the map; its code where nobody knows it."""
    row = made.then.row("divisions", f"{code}000000")
    if row is not None:
        if row["geometry"] is not None:
            content.use(row)
        content.place("areas", row["name"], row["geometry"], context=True)
        return str(row["name"])
    around = facts.neighbours()
    found = around[around["code"] == code]
    if not len(found):
        return next((one.name for one in facts.divisions() if one.code == f"{code}000000"), code)
    name, source = str(found["name"].iloc[0]), str(found["source"].iloc[0])
    if made.then.row("boundary_lines", made.data["line_id"]) is not None:
        content.place("areas", name, found.geometry.iloc[0], context=True)
        content.use({"quality": "approximate", "source": source})
    return name


def _marker(
    n: int,
    row: Row,
    record: dict[str, Any],
    findings: list[str],
    seen_on: str | None,
) -> dict[str, Any]:
    kinds = workflow("inspection").collects["record_marker"].form.fields["state"].codes
    place = row["geometry"]
    references: list[dict[str, Any]] = record.get("refs_checked") or row["refs"] or []
    registered = {one["name"]: one for one in row["refs"] or ()}
    cells: dict[str, Any] = {}
    for which in range(_REFERENCES):
        found = references[which] if which < len(references) else {}
        known = {**registered.get(found.get("name"), {}), **found}
        for key, value in (
            ("name", known.get("name")),
            ("azimuth_deg", known.get("grid_azimuth_deg")),
            ("distance_m", known.get("distance_m")),
            ("change", known.get("change")),
        ):
            cells[f"ref{which + 1}_{key}"] = value
    state = record.get("state") or row["state"]
    return {
        "n": n,
        "number": row["number"],
        "kind": _KINDS.get(row["kind"], row["kind"]),
        "lon": None if place is None else round(place.x, 6),
        "lat": None if place is None else round(place.y, 6),
        "managed_by": row["managed_by"],
        "state": None if state is None else kinds.get(state, state),
        **cells,
        "landmark_change": record.get("landmark_change"),
        "findings": findings,
        "treatment": record.get("treatment"),
        "party_a": _present(record.get("present_a")),
        "party_b": _present(record.get("present_b")),
        "seen_on": seen_on,
    }


_KINDS = {"single": "单立", "double": "双立", "triple": "三立", "tripoint": "三交点"}


def _present(value: bool | None) -> str | None:  # noqa: FBT001 - a cell of the record
    return None if value is None else "在场" if value else "不在场"


def _finding(case: Case, number: str, markers: dict[str, str]) -> dict[str, Any]:
    flow = workflow(case.type)
    data, kind = case.data, case.data["kind"]
    title = flow.form.fields["kind"].codes.get(kind, kind)
    at = data.get("at") or {}
    return {
        "number": number,
        "kind": kind if kind == title else f"{kind} {title}",
        "description": data["description"],
        "marker": markers.get(data.get("marker_id", ""), data.get("marker_id")),
        "lon": at.get("lon"),
        "lat": at.get("lat"),
        "both_sides": data.get("both_sides"),
        "result": data.get("result"),
        "state": flow.states[case.state],
        "until": data.get("until"),
    }


def _fields(
    made: Made, line: dict[str, Any], parties: list[str], content: Content
) -> dict[str, Any]:
    data, year = made.data, int(made.data["year"])
    pair = made.data["line_id"].split("-")
    rule = made.flow.due[0]
    rows, findings = content.tables["markers"], content.tables["findings"]
    own = {name: data.get(name) for name in _OWN}
    due = line.get("next_due")
    return {
        **own,
        "line_name": line.get("name") or data["line_id"],
        "party_a": parties[0],
        "party_b": parties[1],
        "lead": dict(zip(pair, parties, strict=True)).get(data.get("lead_code", "")),
        **{name: plain(line.get(name)) for name in _LINE},
        "marker_count": len(rows),
        "state_summary": _counted((row["state"] or "状况未载明" for row in rows), "座"),
        "finding_count": len(findings),
        "finding_summary": _counted((one["state"] for one in findings), "个") or "没有发现问题",
        "office_from": made.step_on("start_office"),
        "field_from": made.step_on("start_field"),
        "recorded_on": made.step_on("sign_records"),
        "basis": rule.basis,
        "due_on": plain(due),
        "next_due_on": date(year + _YEARS, 12, 31).isoformat(),
    }


_OWN = (
    "line_id", "year", "plan_from", "plan_to", "members_a", "members_b", "organisation",
    "neighbour_agreed_on", "neighbour_document_no", "filed_with", "filed_on", "documents_checked",
    "signed_a_on", "signed_b_on", "suggestions",
)  # fmt: skip
_LINE = ("agreement_no", "agreement_date", "length_km", "last_inspected_year")


def _counted(words: Any, unit: str) -> str:  # noqa: ANN401 - any texts
    counts = Counter(words)
    return "、".join(f"{word} {number} {unit}" for word, number in sorted(counts.items()))


def _draw(
    content: Content, line: dict[str, Any], markers: list[Row], records: dict[str, Any]
) -> None:
    """Put line and markers on the map; without either, the counties alone are no map."""
    placed = [row for row in markers if row["geometry"] is not None]
    content.place("lines", line.get("name", ""), line.get("geometry"))
    for row in placed:
        state = records.get(row["id"], {}).get("state") or row["state"] or ""
        content.place("points", row["number"], row["geometry"], state=state)
    if content.map is not None and not (content.map["lines"] or content.map["points"]):
        content.map = None


def _photos(case: Case, markers: dict[str, str], numbers: dict[str, str]) -> list[dict[str, Any]]:
    positions = workflow(case.type).collects["add_photo"].form.fields["position"].codes
    shown = []
    for photo in case.data.get("photos", ()):
        finding = photo.get("finding_id") or (case.id if case.type == "finding" else None)
        marker = markers.get(photo.get("marker_id") or "")
        what = f"问题 {numbers[finding]}" if finding in numbers else f"界桩 {marker or '未载明'}"
        position = positions.get(photo["position"], photo["position"])
        if photo["position"] in {"near", "far"}:
            position = f"位置{position}"
        shown.append({"file": photo["file"], "caption": f"{what}（{position}）"})
    return shown
