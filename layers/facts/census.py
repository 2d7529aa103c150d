"""The county totals of the 2020 census."""

from __future__ import annotations

from dataclasses import dataclass

from layers.facts.files import read_table

__all__ = ["CensusCount", "census"]


@dataclass(frozen=True, kw_only=True)
class CensusCount:
    """How many persons of an age and older live in the county.

    Attributes
    ----------
    age_from
        Youngest age counted, years; 0 counts everybody.
    """

    code: str
    name: str
    year: int
    measure: str
    age_from: int
    persons: int
    source: str


def census() -> tuple[CensusCount, ...]:
    """Resident population of the county, whole and from 60, 65 and 80 years.

    Returns
    -------
    Four counts, youngest age first.
    """
    return tuple(
        CensusCount(
            code=row["code"],
            name=row["name"],
            year=int(row["year"]),
            measure=row["measure"],
            age_from=int(row["age_from"]),
            persons=int(row["persons"]),
            source=row["source"],
        )
        for row in read_table("census.csv")
    )
