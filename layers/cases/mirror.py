"""What the layers `inspections` and `findings` show of a case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import shapely

if TYPE_CHECKING:
    from layers.cases.record import Case
    from layers.cases.workflows import Mirror

__all__ = ["mirrored"]


def mirrored(mirror: Mirror, case: Case) -> dict[str, Any]:
    """Give the row that shows a case; its id is the case's.

    Parameters
    ----------
    mirror
        Which layer and fields.
    case
        After its last step.

    Returns
    -------
    A row of `mirror.layer`; what the case does not have yet is None.
    """
    row: dict[str, Any] = {
        "id": case.id,
        "state": case.state,
        "quality": case.quality,
        **{column: case.data.get(name) for column, name in mirror.fields.items()},
    }
    if mirror.parent:
        row[mirror.parent] = case.parent_id
    if mirror.place:
        at = case.data.get(mirror.place)
        row["geometry"] = None if at is None else shapely.Point(at["lon"], at["lat"])
    return row
