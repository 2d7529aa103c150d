"""Service circles of the counted facilities on the stored roads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from geo.circles import service_circles

if TYPE_CHECKING:
    import geopandas as gpd

    from layers.analysis.inputs import ServiceInputs
    from layers.analysis.question import CareQuestion
    from layers.provenance import Provenance

__all__ = ["CirclesAnswer", "circles_answer", "dissolved_circles"]


@dataclass(frozen=True, kw_only=True)
class CirclesAnswer:
    """Circles one by one and together.

    Attributes
    ----------
    each
        `geo.circles.service_circles` rows with the facility's `name`.
    together
        The same dissolved: one row a limit.
    """

    question: CareQuestion
    each: gpd.GeoDataFrame
    together: gpd.GeoDataFrame
    provenance: Provenance
    warnings: tuple[str, ...] = ()


def circles_answer(inputs: ServiceInputs, minutes: tuple[float, ...] = ()) -> CirclesAnswer:
    """Circles at the question's limit, or at several.

    Parameters
    ----------
    inputs
        What the question reads.
    minutes
        Limits instead of the question's one.

    Returns
    -------
    Both forms; EPSG:4490.

    Raises
    ------
    PlatformError
        If a network cannot be built or an input is refused by `geo`.
    """
    limits = minutes or (inputs.question.minutes,)
    each = _circles(inputs, limits, dissolve=False)
    name = each["facility_id"].map(inputs.facilities["name"])
    each.insert(1, "name", name)
    return CirclesAnswer(
        question=inputs.question,
        each=each,
        together=_circles(inputs, limits, dissolve=True),
        provenance=inputs.provenance,
        warnings=inputs.warnings,
    )


def dissolved_circles(inputs: ServiceInputs) -> gpd.GeoDataFrame:
    """Give the land served by any counted facility within the question's limit: one row.

    Raises
    ------
    PlatformError
        If a network cannot be built or an input is refused by `geo`.
    """
    return _circles(inputs, (inputs.question.minutes,), dissolve=True)


def _circles(
    inputs: ServiceInputs, minutes: tuple[float, ...], *, dissolve: bool
) -> gpd.GeoDataFrame:
    return service_circles(
        inputs.network(),
        inputs.counted,
        minutes=minutes,
        speed_mps=inputs.question.speed_mps,
        direction=inputs.question.direction,
        dissolve=dissolve,
    )
