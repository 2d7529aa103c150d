"""The table of gaps as text cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from webmap.cells import shown_gaps, shown_summary
from webmap.wording import count_text, range_text, share_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.analysis.picture import ServicePicture

__all__ = ["gap_cells", "total_cells"]

_COUNTS = ("total", "covered", "uncovered")


def gap_cells(picture: ServicePicture) -> list[tuple[str, ...]]:
    """Rows of the table as text, the sum last; counts of 1-4 people are hidden.

    Parameters
    ----------
    picture
        The answer that is drawn.

    Returns
    -------
    Rank, unit, people, covered, uncovered, share by road, its range, share by the straight line.
    What would give a hidden count away is hidden too.
    """
    rows = shown_gaps(picture.gaps).to_dict("records")
    out = [
        (f"{row['rank']}", row["name"] if isinstance(row["name"], str) else "未载明", *_cells(row))
        for row in rows
    ]
    return [*out, ("", "合计", *total_cells(picture))]


def total_cells(picture: ServicePicture) -> tuple[str, ...]:
    """Give the same of the whole, from people on; small counts are hidden here too.

    Parameters
    ----------
    picture
        The answer that is drawn.
    """
    return _cells(shown_summary(picture.summary))


def _cells(row: Mapping[Any, Any]) -> tuple[str, ...]:
    return (
        *(count_text(row[name]) for name in _COUNTS),
        share_text(row["share"]),
        range_text(row.get("share_low"), row.get("share_high")),
        share_text(row["circle_share"]),
    )
