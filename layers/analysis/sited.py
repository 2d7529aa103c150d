"""What proposed sites change: the same question with them open, and the picture of it."""

from __future__ import annotations

import hashlib
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.circles import service_circles
from geo.coverage import coverage
from geo.crs import STORED_CRS
from layers.analysis.gaps import covered_demand, gap_rows, gap_summary, ranged_demand
from layers.analysis.question import MODES
from layers.analysis.ranges import Streets, share_span
from layers.analysis.services import picture_of
from layers.analysis.siting_picture import SitingPicture
from layers.provenance import merge

if TYPE_CHECKING:
    from collections.abc import Sequence

    from layers.analysis.inputs import ServiceInputs
    from layers.provenance import Provenance

__all__ = ["SITE_KIND", "siting_picture", "with_sites"]

SITE_KIND = "planned"
"""Kind of facility that a site would be; it counts only where a question opens it."""


_REACH = ("mode", "minutes", "area_m2", "people", "gained", "people_along", "gained_along")


def with_sites(inputs: ServiceInputs, sites: gpd.GeoDataFrame) -> ServiceInputs:
    """Give the inputs as if the sites were open: further facilities that count.

    Parameters
    ----------
    inputs
        What the question reads; unchanged.
    sites
        Index id, column `name`, points, perhaps `places`: how many it has. A site whose id is a
        facility's takes its place.
    """
    opened = gpd.GeoDataFrame(
        {
            "name": sites["name"],
            "kind": SITE_KIND,
            "status": "planned",
            "counted": True,
            "quality": inputs.provenance.quality,
        },
        geometry=sites.geometry,
        crs=sites.crs,
    )
    if "places" in sites:
        opened["day_places"] = sites["places"]
    standing = inputs.facilities.drop(index=opened.index, errors="ignore")
    columns = [name for name in opened.columns if name in standing.columns]
    together = pd.concat([standing, opened[columns]]).sort_index()
    together["counted"] = together["counted"].astype(bool)
    return replace(inputs, facilities=gpd.GeoDataFrame(together, crs=standing.crs))


def siting_picture(
    inputs: ServiceInputs,
    *,
    subject: str,
    sites: gpd.GeoDataFrame,
    focus: Sequence[str] = (),
    landmarks: Sequence[str] = (),
    provenance: Provenance | None = None,
) -> SitingPicture:
    """Compute what a siting sheet or map draws.

    Parameters
    ----------
    inputs
        What the question reads.
    subject
        What is being sited.
    sites
        As `SitingPicture.sites`; the chosen ones are open in the answer.
    focus
        Codes of the townships asked about.
    landmarks
        Ids of facilities that the sheet must show.
    provenance
        Of the sites, where they come from other rows than the inputs.

    Raises
    ------
    PlatformError
        If `geo` refuses an input.
    """
    streets = Streets.of(inputs)
    picture = picture_of(inputs, streets)
    chosen = sites[sites["role"] == "chosen"]
    before = picture.demand
    after = ranged_demand(with_sites(inputs, chosen), streets) if len(chosen) else before
    gained = after["covered"].astype(bool) & ~before["covered"].astype(bool)
    after = after.assign(gained=gained)
    named = picture.townships[picture.townships["code"].isin(list(focus))]
    parts = {one.name: getattr(picture, one.name) for one in fields(picture)}
    parts |= {
        "demand": after,
        "gaps": gap_rows(inputs, after),
        "summary": gap_summary(after),
        "provenance": merge(picture.provenance, *([provenance] if provenance else [])),
        "data_hash": _hash_with(picture.data_hash, sites),
    }
    return SitingPicture(
        **parts,
        subject=subject,
        focus=named,
        landmarks=tuple(landmarks),
        sites=sites,
        reach=_reach(
            inputs, streets, chosen if len(chosen) else sites[sites["role"] == "registered"]
        ),
        before=picture.summary,
        focus_before=_part(before, focus),
        focus_after=_part(after, focus),
    )


def _hash_with(data_hash: str, sites: gpd.GeoDataFrame) -> str:
    """Hash all that is drawn: the rows read and the sites."""
    lines = [
        f"{role}\t{name}\t{shape.wkt}"
        for role, name, shape in zip(sites["role"], sites["name"], sites.geometry, strict=True)
    ]
    return hashlib.sha256("\n".join([data_hash, *sorted(lines)]).encode()).hexdigest()


def _part(demand: gpd.GeoDataFrame, townships: Sequence[str]) -> dict[str, float]:
    weight = demand["weight"][demand["township_code"].isin(list(townships))]
    total = float(weight.sum())
    covered = float(weight[demand["covered"].astype(bool)].sum())
    share = covered / total if total else float("nan")
    low, high = share_span(share, weight, demand["street_share"].reindex(weight.index))
    return {
        "total": total,
        "covered": covered,
        "share": share,
        "share_low": low,
        "share_high": high,
    }


def _reach(inputs: ServiceInputs, streets: Streets, sites: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Circles of the sites in every mode, the widest first, and the people within."""
    question = inputs.question
    options = {"minutes": question.minutes, "speed_mps": question.speed_mps}
    rows: list[dict[str, Any]] = []
    shapes: list[Any] = []
    emptied = replace(inputs, facilities=inputs.facilities.assign(counted=False))
    alone, more = (streets.serving(with_sites(one, sites)) for one in (emptied, inputs))
    for mode in reversed(MODES):
        if not len(sites):
            break
        network = inputs.network(mode)
        circle = service_circles(
            network,
            sites,
            minutes=(question.minutes,),
            speed_mps=question.speed_mps,
            direction=question.direction,
            dissolve=True,
        )
        reached = coverage(network, sites, inputs.demand, direction=question.direction, **options)[
            "covered"
        ].astype(bool)
        today = covered_demand(inputs, mode)["covered"].astype(bool)
        weight = inputs.demand["weight"]
        rows.append(
            {
                "mode": mode,
                "minutes": question.minutes,
                "area_m2": float(circle["area_m2"].iloc[0]),
                "people": float(weight[reached].sum()),
                "gained": float(weight[reached & ~today].sum()),
                "people_along": float((weight * alone.covered_shares(mode)).sum()),
                "gained_along": float(
                    (weight * (more.covered_shares(mode) - streets.covered_shares(mode))).sum()
                ),
            }
        )
        shapes.append(circle.geometry.iloc[0])
    table = pd.DataFrame(rows, columns=list(_REACH))
    return gpd.GeoDataFrame(table, geometry=np.array(shapes, dtype=object), crs=STORED_CRS)
