"""What is really known about the county; where each file comes from says SOURCE.md beside this."""

from layers.facts.census import CensusCount, census
from layers.facts.divisions import (
    Change,
    Division,
    changes,
    divisions,
    divisions_on,
    former_divisions,
    related_codes,
    successors,
    townships_through_time,
)
from layers.facts.outline import neighbours, outline
from layers.facts.report import (
    BoundaryInspection,
    Facility,
    boundary_inspections,
    facilities,
    pilot_villages,
    rural_daycare_count,
)

__all__ = [
    "BoundaryInspection",
    "CensusCount",
    "Change",
    "Division",
    "Facility",
    "boundary_inspections",
    "census",
    "changes",
    "divisions",
    "divisions_on",
    "facilities",
    "former_divisions",
    "neighbours",
    "outline",
    "pilot_villages",
    "related_codes",
    "rural_daycare_count",
    "successors",
    "townships_through_time",
]
