"""What the nomination of a heritage name says."""

from __future__ import annotations

from layers.cases.criteria import criteria, nomination_notes
from layers.cases.papers.made import Content, Made
from layers.cases.workflows import workflow

__all__ = ["heritage_content"]

_OWN = ("name", "division_code", "founded_year", "name_since_year", "authority")


def heritage_content(made: Made) -> Content:
    """Give the content of a nomination.

    Parameters
    ----------
    made
        The case after it was submitted.

    Returns
    -------
    Fields of the name; tables `criteria` (evidence of each), `evidence` and `points`; where the
    place is, as a map.
    """
    content = Content()
    data = made.data
    known = criteria(data["kind"])
    place = made.then.row("divisions", data["division_code"])
    kinds = workflow("heritage").collects["add_evidence"].form.fields["evidence_kind"].codes
    evidence = data.get("evidence", ())
    points = data.get("points", {})
    content.fields = {
        **{name: data.get(name) for name in _OWN},
        "kind": made.code("kind"),
        "division": made.division(data["division_code"]),
        "named_years": None
        if data.get("name_since_year") is None
        else made.case.step_on.year - data["name_since_year"],
        "score": sum(points.values()) if points else None,
        "score_limit": sum(known.points.values()),
        "scored_on": made.step_on("score"),
        "submitted_on": made.step_on("submit"),
        "evidence_count": len(evidence),
        "notes": nomination_notes(
            data["kind"], data["division_code"], "" if place is None else place["name"]
        ),
    }
    content.tables["criteria"] = [
        {
            "n": n,
            "criterion": title,
            "count": sum(one["criterion"] == key for one in evidence),
            "complete": "齐" if any(one["criterion"] == key for one in evidence) else "缺",
        }
        for n, (key, title) in enumerate(known.titles.items(), start=1)
    ]
    content.tables["evidence"] = [
        {
            "n": n,
            "criterion": known.titles.get(one["criterion"], one["criterion"]),
            "kind": kinds.get(one["evidence_kind"], one["evidence_kind"]),
            "citation": one["citation"],
            "file": one.get("file"),
        }
        for n, one in enumerate(evidence, start=1)
    ]
    content.tables["points"] = [
        {"item": known.point_titles[key], "limit": limit, "points": points.get(key)}
        for key, limit in known.points.items()
    ]
    if place is not None and place["geometry"] is not None:
        content.use(place)
        kind = "points" if place["geometry"].geom_type == "Point" else "areas"
        content.place(kind, place["name"], place["geometry"])
        for above in {f"{data['division_code'][:6]}000000"} - {data["division_code"]}:
            county = made.then.row("divisions", above)
            if county is not None and county["geometry"] is not None:
                content.use(county)
                content.place("areas", county["name"], county["geometry"], context=True)
    return content
