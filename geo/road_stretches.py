"""Which pieces of road an edit means: by id, at a point, across a line, along a line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from geo.errors import InputError
from geo.road_joins import plane_line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from geo.network import Network
    from geo.road_edits import Stretch

__all__ = ["Stretches"]

_MOSTLY: Final = 0.5


class Stretches:
    """Finds the roads of a network that edits mean.

    Parameters
    ----------
    network
        The roads.
    roads
        Road id -> edge id; None: edits name edges.
    tolerance_m
        How far a drawn point or line may be from its road, metres.
    """

    def __init__(
        self, network: Network, roads: Mapping[Any, int] | None, tolerance_m: float
    ) -> None:
        self._network, self._tolerance_m = network, tolerance_m
        edges = {int(edge): row for row, edge in enumerate(network.edges.index)}
        named: Mapping[Any, int] = {edge: edge for edge in edges} if roads is None else roads
        self._rows = {road: edges[edge] for road, edge in named.items()}
        self._tree = shapely.STRtree(network.lines)

    def rows(self, stretch: Stretch, where: str) -> NDArray[np.intp]:
        """Give the rows of the edges that a stretch means, ascending.

        Parameters
        ----------
        stretch
            Of extent `piece` or `whole`.
        where
            Name of the edit, for messages.

        Raises
        ------
        InputError
            `unknown_road`, `edit_hits_nothing`.
        """
        if stretch.road is not None:
            rows = np.array([self._row(stretch.road, where)])
        elif stretch.along is not None:
            rows = self._rows_along(stretch.along, where)
        else:
            rows = np.array([row for row, _ in self.spots(stretch, where)])
        if stretch.extent == "whole":
            ways = self._network.edges["way_id"].to_numpy(np.int64)
            known = ways[rows][ways[rows] >= 0]  # -1 is the way of roads that have none
            rows = np.concatenate((rows, np.flatnonzero(np.isin(ways, known))))
        return np.unique(rows)

    def spots(self, stretch: Stretch, where: str) -> list[tuple[int, float]]:
        """Give rows and fractions of the places that a point or a line across means.

        Parameters
        ----------
        stretch
            With `point` or `across`.
        where
            Name of the edit, for messages.

        Raises
        ------
        InputError
            `edit_hits_nothing`.
        """
        lines = self._network.lines
        if stretch.point is not None:
            at = plane_line(self._network, stretch.point)
            hits = np.sort(self._tree.query(at, "dwithin", distance=self._tolerance_m))
            if not len(hits):
                raise InputError(
                    f"方案中 {where} 的点 {self._tolerance_m:g} 米内没有道路，请把点画到路上。",
                    code="edit_hits_nothing",
                    where=where,
                )
            row = int(hits[int(np.argmin(shapely.distance(at, lines[hits])))])
            return [(row, _fraction(lines[row], at))]
        bar = plane_line(self._network, stretch.across or shapely.LineString())
        rows = np.sort(self._tree.query(bar, "intersects"))
        if not len(rows):
            raise InputError(
                f"方案中 {where} 的横切线没有穿过任何道路，请画得穿过道路。",
                code="edit_hits_nothing",
                where=where,
            )
        return [
            (int(row), _fraction(lines[row], shapely.point_on_surface(part)))
            for row in rows
            for part in shapely.get_parts(shapely.intersection(lines[row], bar))
        ]

    def _row(self, road: object, where: str) -> int:
        """Give the row of a named road.

        Raises
        ------
        InputError
            `unknown_road`.
        """
        if road not in self._rows:
            raise InputError(
                f"方案中 {where} 的道路“{road}”不在 {self._network.mode} 路网中，"
                "请核对编号，或用 point 指明地点。",
                code="unknown_road",
                where=where,
            )
        return self._rows[road]

    def _rows_along(self, line: shapely.Geometry, where: str) -> NDArray[np.intp]:
        """Rows of the edges most of which run beside a line.

        Raises
        ------
        InputError
            `edit_hits_nothing`.
        """
        network = self._network
        beside = shapely.buffer(plane_line(network, line), self._tolerance_m)
        rows = np.sort(self._tree.query(beside, "intersects"))
        inside = shapely.length(shapely.intersection(network.lines[rows], beside))
        rows = rows[inside > _MOSTLY * network.planar_m[rows]]
        if not len(rows):
            raise InputError(
                f"方案中 {where} 的线两旁 {self._tolerance_m:g} 米内没有与它同路的道路，"
                "请沿路画线。",
                code="edit_hits_nothing",
                where=where,
            )
        return rows


def _fraction(line: Any, at: Any) -> float:  # noqa: ANN401 - shapely's own hints differ
    return float(shapely.line_locate_point(line, at, normalized=True))
