"""Coordinates of Chinese web maps (GCJ-02): noticed and said, converted only where that is asked.

Web maps show places a few hundred metres off. A file that was picked from one looks right on its
own; only places that are known already give it away.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.shifts import looks_like_gcj02, wgs84_from_gcj02
from layers.store import Query

if TYPE_CHECKING:
    from layers.findings import Findings
    from layers.schema import LayerSchema
    from layers.store import Store

__all__ = ["SURVEYED_LAYERS", "ShiftWatch", "from_gcj02", "is_gcj02"]

SURVEYED_LAYERS = ("boundary_markers",)
"""Layers whose places are measured: a converted web map is refused there."""

_NAMES = frozenset({"gcj02", "gcj2", "火星坐标", "火星坐标系"})
_PAIRS = 5_000
_VILLAGE = "village_code"


def is_gcj02(crs: str | None) -> bool:
    """Whether the name of a CRS means GCJ-02, however it is written."""
    plain = unicodedata.normalize("NFKC", crs or "").casefold()
    return re.sub(r"[\W_]", "", plain) in _NAMES


def from_gcj02(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Undo the shift of web maps.

    Parameters
    ----------
    shapes
        Geometries or None, degrees in GCJ-02.

    Returns
    -------
    New geometries in EPSG:4490; approximate, as the formula is.
    """

    def moved(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(wgs84_from_gcj02(xy[:, 0], xy[:, 1]))

    back: NDArray[np.object_] = shapely.transform(shapes, moved)
    return back


class ShiftWatch:
    """Compares the places of a file with the known ones: the rows stored, and their villages.

    Parameters
    ----------
    store
        Where the rows are going.
    schema
        The layer's.
    findings
        Gets I14 if at least ten known places, and most of all, are off by the shift.
    """

    def __init__(self, store: Store, schema: LayerSchema, findings: Findings) -> None:
        self._store = store
        self._schema = schema
        self._findings = findings
        self._stored = bool(schema.geometry) and store.count(schema.name) > 0
        self._villages = _VILLAGE in schema.fields and "divisions" in store.layers()
        self._by_id = _Pairs()
        self._by_village = _Pairs()

    def look(
        self,
        ids: Sequence[str | None],
        columns: Mapping[str, Sequence[Any]],
        shapes: NDArray[np.object_],
    ) -> None:
        """Note where known rows are said to be; the first few thousand are enough.

        Parameters
        ----------
        ids
            Ids of the rows, None where they are new.
        columns
            Field name -> values.
        shapes
            In EPSG:4490 as the file says; None is nowhere.
        """
        if self._stored and not self._by_id.full:
            self._by_id.add(ids, self._places(self._schema.name, ids), shapes)
        if self._villages and not self._by_village.full and _VILLAGE in columns:
            codes = columns[_VILLAGE]
            self._by_village.add(codes, self._places("divisions", codes), shapes)

    def finish(self) -> None:
        """Report what was noticed."""
        for pairs, known in ((self._by_id, "库中同一对象"), (self._by_village, "所在村的位置")):
            if pairs.are_shifted():
                self._findings.add(
                    "I14",
                    f"{len(pairs)} 行与{known}相比几乎都偏移约 {pairs.usual_m():.0f} 米，"
                    "像是网络地图的 GCJ-02 坐标；如果是，请加 --crs GCJ-02 换算(记为近似)。",
                    field="geometry",
                )
                return

    def _places(self, layer: str, ids: Sequence[str | None]) -> dict[str, bytes]:
        wanted = list(dict.fromkeys(made for made in ids if made is not None))
        if not wanted:
            return {}
        table = self._store.table(layer, Query(ids=wanted))
        found = zip(table.columns["id"], table.wkb, strict=True)
        return {made: wkb for made, wkb in found if wkb is not None}


class _Pairs:
    """Centres of known shapes and of the same in a file."""

    def __init__(self) -> None:
        self._known: list[NDArray[np.float64]] = []
        self._given: list[NDArray[np.float64]] = []
        self._count = 0

    def __len__(self) -> int:
        return self._count

    @property
    def full(self) -> bool:
        return self._count >= _PAIRS

    def add(
        self, keys: Sequence[str | None], known: Mapping[str, bytes], shapes: NDArray[np.object_]
    ) -> None:
        there = [
            position
            for position, key in enumerate(keys)
            if key in known and shapes[position] is not None
        ]
        if there:
            coded = np.array([known[str(keys[position])] for position in there], dtype=object)
            self._known.append(_centres(shapely.from_wkb(coded)))
            self._given.append(_centres(shapes[there]))
            self._count += len(there)

    def are_shifted(self) -> bool:
        return bool(self._count) and looks_like_gcj02(*self._both())

    def usual_m(self) -> float:
        """Median distance, metres, good to a few in a hundred."""
        known, given = self._both()
        per_degree = 111_320.0 * np.column_stack(
            [np.cos(np.radians(known[:, 1])), np.ones(len(known))]
        )
        return float(np.median(np.hypot(*((given - known) * per_degree).T)))

    def _both(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        return np.vstack(self._known), np.vstack(self._given)


def _centres(shapes: NDArray[np.object_]) -> NDArray[np.float64]:
    centres = shapely.centroid(shapes)
    return np.column_stack([shapely.get_x(centres), shapely.get_y(centres)])
