"""What the comparison of an adopted site says: from what the case keeps, small counts hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shapely import Point

from layers.analysis.siting_question import siting_parts
from layers.cases.papers.made import Content, Made
from layers.provenance import Provenance

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["siting_content"]

_ASKED = ("model", "mode", "age", "direction")
_USUAL = ("minutes", "mode", "age", "direction")
_STATUS = {"optimal": "已证明最优", "feasible": "可行，未证明最优"}


def siting_content(made: Made) -> Content:
    """Give the content of a siting case's comparison.

    Parameters
    ----------
    made
        The case after it was adopted.

    Returns
    -------
    Fields of question, review and county before and after; tables `chosen`, `options` and `rows`;
    the chosen sites on a map. Counts of 1-4 are ``<5``, as the case keeps them.
    """
    from layers.analysis.question import CareQuestion  # noqa: PLC0415 - the searches, only here

    content = Content()
    data = made.data
    usual = CareQuestion()
    asked = {name: getattr(usual, name) for name in _USUAL} | data["question"]
    result = data["result"]
    options = asked.get("options", {})
    town = options.get("township")
    content.used.append(Provenance(result["quality"], tuple(result["sources"])))
    content.fields = {
        "title": data["title"],
        **{name: _title(made, asked, name) for name in _ASKED},
        "minutes": asked["minutes"],
        "p": len(result["chosen"]),
        "township": "全县" if town is None else made.division(town),
        "candidates": result.get("candidates"),
        "status": _STATUS.get(result["status"], result["status"]),
        "chosen": [site.get("name") or site["id"] for site in result["chosen"]],
        "gained": result["change"]["covered"],
        "computed_on": made.step_on("compute"),
        "reviewed_on": made.step_on("review"),
        "adopted_on": made.step_on("adopt"),
        "opinion": data.get("opinion"),
        "acknowledged": data.get("acknowledge_synthetic"),
        "inputs_hash": data["inputs_hash"],
        "limits": "，".join(siting_parts(options)) or None,
    }
    content.tables["change"] = [
        {"when": title, **_figures(result[key]), "range": _range(result[key], "share")}
        for key, title in (("before", "现在"), ("after", "建成后"))
    ]
    content.tables["chosen"] = [
        {"n": n, **site} for n, site in enumerate(result["chosen"], start=1)
    ]
    content.tables["options"] = [
        {**one, **_figures(one), "range": _range(one, "share")} for one in result["alternatives"]
    ]
    content.tables["rows"] = [
        {**row, **{f"{when}_range": _range(row, f"{when}_share") for when in ("before", "after")}}
        for row in result["rows"]
    ]
    for site in result["chosen"]:
        content.place("points", site.get("name") or site["id"], Point(site["lon"], site["lat"]))
    for code in sorted({site.get("township_code") for site in result["chosen"]} - {None}):
        row = made.then.row("divisions", str(code))
        if row is not None:
            content.place("areas", row["name"], row["geometry"])
    return content


def _range(figures: Mapping[str, Any], share: str) -> str | None:
    """Give the two ends of a share; None where they are hidden, or kept by an earlier version."""
    low, high = (figures.get(f"{share}_{end}") for end in ("low", "high"))
    return None if low is None or high is None else f"{100 * low:.1f}–{100 * high:.1f}%"


def _title(made: Made, asked: Mapping[str, Any], name: str) -> str | None:
    shape = made.flow.form.fields["question"].shape["properties"][name]
    value = asked.get(name)
    return None if value is None else shape.get("titles", {}).get(value, value)


def _figures(figures: Mapping[str, Any]) -> dict[str, Any]:
    """Give a row with its times in minutes."""
    minutes = {
        f"{name}_minutes": None if figures.get(f"{name}_seconds") is None
        else round(figures[f"{name}_seconds"] / 60, 1)
        for name in ("mean", "worst")
    }  # fmt: skip
    return {**figures, **minutes}
