"""What the bureau's report says about care; what it does not say stays None."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import yaml

from layers.facts.files import data_file

__all__ = [
    "BoundaryInspection",
    "Facility",
    "boundary_inspections",
    "facilities",
    "pilot_villages",
    "rural_daycare_count",
]

_OPERATION = {"公建民营": "public_private", None: None}


@dataclass(frozen=True, kw_only=True)
class Facility:
    """A facility that the report names.

    Attributes
    ----------
    township_code, village_code
        None where the report does not say.
    opened
        Month as written, "2023-11".
    about
        The report's own words where a number is only approximate, else "".
    source
        The report and its section.
    """

    id: str
    name: str
    kind: str
    status: str
    township_code: str | None
    village_code: str | None
    beds: int | None
    floor_area_m2: int | None
    investment_yuan: int | None
    operator: str | None
    operation: str | None
    services: tuple[str, ...]
    opened: str | None
    about: str
    source: str


@dataclass(frozen=True, kw_only=True)
class BoundaryInspection:
    """A joint inspection of a boundary line that the report names.

    Attributes
    ----------
    line
        Name of the line as the report has it.
    neighbour_code
        Six digits.
    source
        The report and its section.
    """

    line: str
    neighbour_code: str
    year: int
    source: str


def _report() -> dict[str, Any]:
    text = data_file("facts.yaml").read_text(encoding="utf-8")
    read: dict[str, Any] = yaml.safe_load(text)
    return read


def _value(entry: Any) -> Any:  # noqa: ANN401 - a cell of YAML: plain, {value: …} or unknown
    if isinstance(entry, dict):
        entry = entry.get("value")
    return None if entry == "unknown" else entry


def _about(row: dict[str, Any]) -> str:
    titles = {"beds": "床位", "investment_yuan": "投资", "opened": "开办"}
    words = []
    for field, title in titles.items():
        entry = row.get(field)
        if isinstance(entry, dict):
            said = entry.get("approx") or entry.get("note")
            if said:
                words.append(f"{title}：{said}")
    if "programme" in row:
        words.append(f"项目：{row['programme']}")
    return "；".join(words)


def facilities() -> tuple[Facility, ...]:
    """List the nine facilities that the report names.

    Returns
    -------
    In the report's order, XY-F001 to XY-F009.
    """
    report = _report()
    document = report["source_document"]
    return tuple(
        Facility(
            id=row["id"],
            name=row["name"],
            kind=row["kind"],
            status=row["status"],
            township_code=_value(row.get("township_code")),
            village_code=_value(row.get("village_code")),
            beds=_value(row.get("beds")),
            floor_area_m2=_value(row.get("floor_area_m2")),
            investment_yuan=_value(row.get("investment_yuan")),
            operator=_value(row.get("operator")),
            operation=_OPERATION[_value(row.get("operation"))],
            services=tuple(row.get("services", ())),
            opened=_value(row.get("opened")),
            about=_about(row),
            source=f"{document} {row['source']}",
        )
        for row in report["facilities"]
    )


def rural_daycare_count() -> int:
    """Count the rural day-care centres of the report; their names and villages are unknown.

    Returns
    -------
    Twenty.
    """
    return int(_report()["rural_daycare"]["count"])


def boundary_inspections() -> tuple[BoundaryInspection, ...]:
    """List the inspections of boundary lines that the report calls finished.

    Returns
    -------
    Two, in the report's order; who led them it does not say.
    """
    report = _report()
    return tuple(
        BoundaryInspection(
            line=row["line"],
            neighbour_code=row["neighbour_code"],
            year=row["year"],
            source=f"{report['source_document']} {row['source']}",
        )
        for row in report["boundary_inspections"]
    )


def pilot_villages() -> tuple[str, ...]:
    """List the villages of the pilot for rural name services.

    Returns
    -------
    Codes of twelve digits, in the report's order.
    """
    return tuple(row["code"] for row in _report()["village_name_pilot"]["villages"])
