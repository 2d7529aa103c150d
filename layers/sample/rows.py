"""The layers of the sample county, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from layers.errors import NotFound
from layers.sample.boundary import line_rows, marker_rows
from layers.sample.divisions import division_rows
from layers.sample.facilities import facility_rows
from layers.sample.people import elder_rows
from layers.sample.roads import road_rows

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["SAMPLE_LAYERS", "sample_rows"]

_MAKERS: dict[str, Callable[[int], list[dict[str, Any]]]] = {
    "divisions": division_rows,
    "care_facilities": facility_rows,
    "elders": elder_rows,
    "roads": road_rows,
    "boundary_lines": line_rows,
    "boundary_markers": marker_rows,
}

SAMPLE_LAYERS = tuple(_MAKERS)
"""Layers that the sample county fills, in this order."""


def sample_rows(layer: str, *, seed: int = 7) -> list[dict[str, Any]]:
    """Make the rows of one layer of the sample county.

    Parameters
    ----------
    layer
        One of `SAMPLE_LAYERS`.
    seed
        Every layer draws from a stream of its own: one more layer moves none of the others.

    Returns
    -------
    Rows as `Store.put` takes them, by id.

    Raises
    ------
    NotFound
        If the sample county has no such layer.
    """
    if layer not in _MAKERS:
        raise NotFound(
            f"示意县没有图层“{layer}”，可选：{'、'.join(SAMPLE_LAYERS)}。",
            code="unknown_layer",
            where=layer,
        )
    return _MAKERS[layer](seed)
