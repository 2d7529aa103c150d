"""Proposals for the faults of the divisions, as rows that a person may import, one a fault."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.geometry import mapping

from geo.repairs import Repair, proposals
from layers.validate import plain_value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.topology import Fault
    from layers.topology import DivisionFinding

__all__ = ["repair_rows", "write_repairs"]

_MADE_BY_THE_STORE = ["version", "updated_at", "updated_by"]
_ACTIONS = {
    "extend": "把缝隙划给它",
    "cut": "把重叠从它减去",
    "clip": "裁到上级范围内",
    "rebuild": "按原边线重建图形",
}


def repair_rows(
    divisions: gpd.GeoDataFrame, findings: Sequence[DivisionFinding]
) -> gpd.GeoDataFrame:
    """Lay out what may be done, for a person to choose from.

    Parameters
    ----------
    divisions, findings
        What `layers.topology.check_divisions` was given, and what it found.

    Returns
    -------
    One row a proposal: the row it would change with its new geometry, and before its fields
    finding (number from 1, in the findings' order), option (from 1, the likeliest first), fault
    (its code) and proposal (words). To be applied, all but the chosen ones are deleted and the rest
    is imported: an import refuses two rows of one id. Findings that no new shape mends have none.
    """
    places = pd.Index([str(place) for place in range(len(divisions))])
    shapes = gpd.GeoSeries(
        np.asarray(divisions.geometry.array, dtype=object), index=places, crs=divisions.crs
    )
    rows: list[int] = []
    notes: list[tuple[int, int, str, str]] = []
    new_shapes = []
    for number, finding in enumerate(findings, start=1):
        if finding.fault is None:
            continue
        options = proposals(_of_children(finding.fault, divisions), shapes)
        for option, repair in enumerate(options, start=1):
            rows.append(int(repair.id))
            notes.append((number, option, finding.code, _words(repair)))
            new_shapes.append(repair.shape)
    fields = divisions.drop(columns=[divisions.geometry.name, *_MADE_BY_THE_STORE], errors="ignore")
    kept = pd.DataFrame(fields).iloc[rows]
    told = pd.DataFrame(notes, columns=["finding", "option", "fault", "proposal"], index=kept.index)
    return gpd.GeoDataFrame(
        pd.concat([told, kept], axis=1), geometry=np.array(new_shapes, object), crs=divisions.crs
    )


def write_repairs(rows: gpd.GeoDataFrame, path: Path) -> None:
    """Write proposals as GeoJSON, one feature a line, for a GIS and `xygeo import divisions`.

    Parameters
    ----------
    rows
        As `repair_rows` gives them.
    path
        Where; a file there is replaced.
    """
    names = [name for name in rows.columns if name != rows.geometry.name]
    lines = [
        json.dumps(
            {
                "type": "Feature",
                "id": str(label),
                "geometry": mapping(shape),
                "properties": dict(zip(names, map(_plain, values), strict=True)),
            },
            ensure_ascii=False,
        )
        for label, shape, values in zip(
            rows.index,
            rows.geometry,
            pd.DataFrame(rows)[names].astype(object).to_numpy(),
            strict=True,
        )
    ]
    body = ",\n".join(lines)
    text = f'{{"type": "FeatureCollection", "features": [\n{body}\n]}}\n'
    path.write_text(text, encoding="utf-8", newline="\n")


def _plain(value: object) -> object:
    value = plain_value(value)
    return value.isoformat() if isinstance(value, date) else value


def _of_children(fault: Fault, divisions: gpd.GeoDataFrame) -> Fault:
    """Leave out of a gap's ids the parent's other periods: only children can be extended."""
    if not fault.gap:
        return fault
    levels = divisions["level"].to_numpy()
    parent, *around = fault.ids
    children = [label for label in around if levels[int(label)] != levels[int(parent)]]
    return replace(fault, ids=(parent, *children))


def _words(repair: Repair) -> str:
    return f"{_ACTIONS[repair.action]}（{repair.change_m2:+,.0f} 平方米）"
