"""Are the stored layers fit for the service question? Findings a person can act on."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geo.network import snap
from layers.analysis.question import MODES
from layers.analysis.roads import network_of
from layers.catalog import catalog, listed_schema
from layers.store import read_frame
from layers.topology import check_divisions
from layers.validate import Finding, check_frame

if TYPE_CHECKING:
    import geopandas as gpd

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
        """Give the body of `xygeo check LAYER --json`."""
        return {
            "layer": self.layer,
            "checked": self.checked,
            "findings": [finding.to_json() for finding in self.findings],
        }


def check_layers(store: Store, layer: str | None = None) -> list[LayerCheck]:
    """Check one stored layer, or all that hold rows.

    Fields and codes are checked by the schema; divisions for fitting together; roads for being in
    one piece in every mode; facilities and villages for being within reach of a walkable road.

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
    names = [entry.id for entry in catalog(store) if entry.count]
    if layer is not None:
        names = [listed_schema(store, layer).name]
    roads = read_frame(store, "roads")
    return [_check(store, name, roads) for name in names]


def _check(store: Store, name: str, roads: gpd.GeoDataFrame) -> LayerCheck:
    schema = store.schema(name)
    frame = roads if name == "roads" else read_frame(store, name)
    findings = check_frame(frame, schema)
    if name == "divisions":
        findings += _check_fit(frame)
    if not roads.empty:
        findings += _ROAD_CHECKS.get(name, _nothing)(frame, roads)
    return LayerCheck(name, schema.title, len(frame), findings)


def _check_fit(frame: gpd.GeoDataFrame) -> list[Finding]:
    """Gaps, overlaps and contradictions, as findings of rows."""
    return [
        Finding(None, "geometry", "、".join(found.ids), found.code, found.message, found.level)
        for found in check_divisions(frame)
    ]


def _nothing(_frame: gpd.GeoDataFrame, _roads: gpd.GeoDataFrame) -> list[Finding]:
    return []


def _check_pieces(_frame: gpd.GeoDataFrame, roads: gpd.GeoDataFrame) -> list[Finding]:
    """Roads that hang together in no mode are often lines drawn short of each other."""
    findings = []
    for mode, title in MODES.items():
        network = network_of(roads, mode)
        sizes = network.nodes["component"].value_counts()
        if len(sizes) > 1:
            findings.append(
                Finding(
                    None,
                    mode,
                    str(len(sizes)),
                    "R01",
                    f"{title}路网分成 {len(sizes)} 块，最大一块有 "
                    f"{sizes.max() / sizes.sum():.1%} 的节点；各块之间无法通行，请核对断头处。",
                    "warning",
                )
            )
    return findings


def _check_snapped(frame: gpd.GeoDataFrame, roads: gpd.GeoDataFrame) -> list[Finding]:
    """Points too far from any walkable road, or without a place, count as never reached."""
    snapped = snap(network_of(roads, "walk"), frame).reset_index(names="id")
    findings = []
    for row in snapped.index[~snapped["connected"]]:
        offset_m = float(snapped["offset_m"].iloc[row])
        code, reason = (
            ("R02", "没有位置，计算时按走不到处理，请补上坐标")
            if math.isnan(offset_m)
            else (
                "R03",
                f"离最近的可步行道路 {offset_m:,.0f} 米，超过 500 米，接不上路网；请核对坐标",
            )
        )
        name = str(snapped["id"].iloc[row])
        if "name" in frame:
            name = f"{frame['name'].iloc[row]}（{name}）"
        findings.append(Finding(row + 1, "geometry", None, code, f"{name}{reason}。", "warning"))
    return findings


_ROAD_CHECKS = {
    "roads": _check_pieces,
    "care_facilities": _check_snapped,
    "elders": _check_snapped,
}
