"""One hash for what an answer was made from: the same data, the same hash, wherever they lie."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pandas as pd
import shapely

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

__all__ = ["frames_digest"]

_MADE_BY_THE_STORE = ("version", "updated_at", "updated_by", "recorded_at")


def frames_digest(frames: Mapping[str, gpd.GeoDataFrame]) -> str:
    """Hash the rows of several frames.

    Parameters
    ----------
    frames
        By name, as `layers.store.read_frame` gives them.

    Returns
    -------
    SHA-256 over the rows in any order, without made ids, versions and recording times.
    """
    total = hashlib.sha256()
    for name, frame in sorted(frames.items()):
        table = pd.DataFrame(frame.drop(columns=frame.geometry.name))
        table = table.drop(columns=[c for c in _MADE_BY_THE_STORE if c in table.columns])
        table = table[sorted(table.columns)]
        table["geometry"] = shapely.to_wkb(frame.geometry.to_numpy(), hex=True)
        lines = table.to_json(orient="records", lines=True, force_ascii=False, date_format="iso")
        total.update(name.encode())
        for line in sorted(lines.splitlines()):
            total.update(line.encode())
    return total.hexdigest()
