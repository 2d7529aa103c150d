"""Are the stored layers fit for the service question? Findings a person can act on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from layers.analysis.demand import elder_demand
from layers.analysis.facilities import standing_facilities
from layers.analysis.question import MODES, CareQuestion
from layers.analysis.roads import network_of
from layers.catalog import catalog
from layers.errors import NotFound
from layers.schema import layer_schema
from layers.store import Query, read_frame
from layers.validate import Finding, check_frame

if TYPE_CHECKING:
    import geopandas as gpd

    from geo.network import Network
    from layers.store import Store

__all__ = ["LayerCheck", "check_layers"]


@dataclass(frozen=True)
class LayerCheck:
    """What a look over one stored layer found."""

    layer: str
    title: str
    checked: int
    findings: list[Finding]

    def to_json(self) -> dict[str, Any]:
        """The body of `xygeo check LAYER --json`."""
        return {
            "layer": self.layer,
            "checked": self.checked,
            "findings": [finding.to_json() for finding in self.findings],
        }


def check_layers(store: Store, layer: str | None = None) -> list[LayerCheck]:
    """Check one stored layer, or all that hold rows.

    Fields and codes are checked by the schema; roads for being in one piece in every mode;
    facilities and villages for being within reach of a walkable road.

    Parameters
    ----------
    store
        An open store; nothing is written.
    layer
        A layer's name; None takes every layer with rows.

    Returns
    -------
    One check a layer, in the catalog's order.

    Raises
    ------
    NotFound
        If there is no such layer, code `unknown_layer`.
    """
    names = [entry.name for entry in catalog(store) if entry.count]
    if layer is not None:
        names = [layer_schema(layer).name]
    roads = read_frame(store, "roads")
    return [_check(store, name, roads) for name in names]
