"""Road scenarios: the network as it would be with roads added, closed or slowed.

The given network is never touched. A closed road stays on the ground but nobody goes along it: who
lives on it is shut in, and closing a road never brings anybody nearer to anything.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.errors import InputError
from geo.frames import require_not_negative
from geo.geodesy import geodesic_lengths_m
from geo.modes import require_mode
from geo.network import from_edges
from geo.road_joins import Cut, Joins, Piece, cut_line, join_roads, plane_line
from geo.road_stretches import Stretches

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from geo.network import Network
    from geo.road_edits import NewRoad, RoadEdits, Stretch

__all__ = ["JOIN_M", "EditHit", "EditedRoads", "edited_roads", "with_road_edits"]

JOIN_M: Final = 25.0
"""A new road's end, or a drawn point, belongs to a road no farther away than this, metres."""


@dataclass(frozen=True, kw_only=True)
class EditHit:
    """What one edit met.

    Attributes
    ----------
    kind, number
        `added`, `closed` or `slowed`, and which of them, from 1.
    edges
        Ids of the edges concerned: for closed and slowed ones in the given network, for a new road
        those of its pieces in the new one.
    length_m
        Their length together; 0 for a road closed at a place.
    joined
        How many ends of a new road join another road; the others are dead ends.
    crossed
        How many roads a new road crosses without joining them.
    """

    kind: str
    number: int
    edges: tuple[int, ...]
    length_m: float
    joined: int = 0
    crossed: int = 0


@dataclass(frozen=True, kw_only=True)
class EditedRoads:
    """A network after edits, and what each edit met: added, closed, slowed."""

    network: Network
    hits: tuple[EditHit, ...]


def with_road_edits(
    network: Network,
    edits: RoadEdits,
    *,
    roads: Mapping[Any, int] | None = None,
    join_m: float = JOIN_M,
) -> Network:
    """Give the network as it would be after edits.

    Parameters
    ----------
    network, edits, roads, join_m
        As in `edited_roads`.

    Returns
    -------
    The network of `edited_roads`.

    Raises
    ------
    InputError
        As `edited_roads`.
    """
    return edited_roads(network, edits, roads=roads, join_m=join_m).network


def edited_roads(
    network: Network,
    edits: RoadEdits,
    *,
    roads: Mapping[Any, int] | None = None,
    join_m: float = JOIN_M,
) -> EditedRoads:
    """Give the network as it would be after edits, and what each edit met.

    Roads are closed and slowed first; then new ones join what is still open, each end the nearest
    road within `join_m`: its junction where that is within `join_m` too, else the road is cut
    there. An end without a road joins another new road; else it is a dead end. Roads that a new
    one crosses on its way are not joined.

    Parameters
    ----------
    network
        The roads as they are; never changed.
    edits
        As `geo.road_edits.read_road_edits` gives them.
    roads
        Road id -> edge id, for edits that name a road; None: they name edges.
    join_m
        Tolerance, metres, >= 0.

    Returns
    -------
    A network of the same mode, CRS and plane. An edge that was not cut keeps its id; of one that
    was, the first part does. New roads climb nothing.

    Raises
    ------
    InputError
        `unknown_road`, `edit_hits_nothing` or `edit_not_in_mode`; `where` names the edit.
    """
    work = _Editing(network, roads, require_not_negative(join_m, "join_m"))
    closed = [work.close(stretch, f"closed[{n}]", n) for n, stretch in enumerate(edits.closed, 1)]
    slowed = [
        work.slow(one.stretch, one.factor, f"slowed[{n}]", n)
        for n, one in enumerate(edits.slowed, 1)
    ]
    joins = work.join(edits.added)
    edges, ids = work.edges(edits.added, joins)
    made = from_edges(edges, mode=network.mode, slope=network.slope)
    added = [
        EditHit(
            kind="added",
            number=n + 1,
            edges=mine,
            length_m=float(made.edges["length_m"].loc[list(mine)].sum()),
            joined=joins.joined[n],
            crossed=joins.crossed[n],
        )
        for n, mine in enumerate(ids)
    ]
    # The plane stays, so that places on untouched roads stay to the last bit.
    made = replace(made, metric_crs=network.metric_crs)
    return EditedRoads(network=made, hits=(*added, *closed, *slowed))


class _Editing:
    """Edits of one network on their way."""

    def __init__(self, network: Network, roads: Mapping[Any, int] | None, join_m: float) -> None:
        self.network, self.join_m = network, join_m
        self.ids = network.edges.index.to_numpy(np.int64)
        self.stretches = Stretches(network, roads, join_m)
        self.shut = np.zeros(len(self.ids), bool)
        self.factor = np.ones(len(self.ids))
        self.cuts: dict[int, list[Cut]] = {}
        self.nodes = count(int(network.nodes.index.max()) + 1 if len(network.nodes) else 0)

    def close(self, stretch: Stretch, where: str, number: int) -> EditHit:
        if stretch.extent != "place":
            met = self.stretches.rows(stretch, where)
            self.shut[met] = True
            return self._hit("closed", number, met)
        spots = self.stretches.spots(stretch, where)
        for row, fraction in spots:
            self.cuts.setdefault(row, []).append(Cut(fraction, next(self.nodes), next(self.nodes)))
        edges = tuple(int(self.ids[row]) for row in sorted({row for row, _ in spots}))
        return EditHit(kind="closed", number=number, edges=edges, length_m=0.0)

    def slow(self, stretch: Stretch, factor: float, where: str, number: int) -> EditHit:
        met = self.stretches.rows(stretch, where)
        self.factor[met] *= factor
        return self._hit("slowed", number, met)

    def join(self, added: Sequence[NewRoad]) -> Joins:
        """Find where new roads join.

        Raises
        ------
        InputError
            `edit_not_in_mode`, `edit_hits_nothing`.
        """
        mode = self.network.mode
        for number, road in enumerate(added, start=1):
            if road.highway not in require_mode(mode).speeds_mps:
                raise InputError(
                    f"方案中 added[{number}] 的道路等级 {road.highway} 不供 {mode} 通行，"
                    "请换道路等级或出行方式。",
                    code="edit_not_in_mode",
                    where=f"added[{number}]",
                )
        open_ = self.network.edges[["forward", "backward"]].to_numpy(bool).any(axis=1) & ~self.shut
        lines = [road.line for road in added]
        joins = join_roads(self.network, lines, open_, self.join_m, self.nodes)
        if not all(joins.reached):
            number = joins.reached.index(False) + 1
            raise InputError(
                f"方案中 added[{number}] 的两端 {self.join_m:g} 米内都没有可通行的道路，"
                "接不上路网，请把端点画到路上。",
                code="edit_hits_nothing",
                where=f"added[{number}]",
            )
        return joins

    def edges(
        self, added: Sequence[NewRoad], joins: Joins
    ) -> tuple[gpd.GeoDataFrame, list[tuple[int, ...]]]:
        """Give all pieces of the new network, and the ids of each new road's."""
        old = self.network.edges.copy()
        old["forward"] &= ~self.shut
        old["backward"] &= ~self.shut
        if (self.factor != 1).any():
            old["speed_factor"] = old.get("speed_factor", 1.0) * self.factor
        for row, cuts in joins.old_cuts.items():
            self.cuts.setdefault(row, []).extend(cuts)
        fresh = count(int(self.ids.max(initial=-1)) + 1)
        frames = [old.drop(self.ids[list(self.cuts)])]
        for row, cuts in sorted(self.cuts.items()):
            pieces = self._pieces(row, cuts)
            index = [int(self.ids[row]), *(next(fresh) for _ in pieces[1:])]
            frames.append(_replaced(old.iloc[[row]], pieces, index))
        ids = []
        for number, road in enumerate(added):
            pieces = self._new_pieces(road, joins, number)
            ids.append(tuple(next(fresh) for _ in pieces))
            frames.append(self._new_frame(road, pieces, ids[-1]))
        return gpd.GeoDataFrame(pd.concat(frames), crs=self.network.crs), ids

    def _pieces(self, row: int, cuts: list[Cut]) -> list[Piece]:
        first, stop = self.network.line_offsets[row : row + 2]
        edge = self.network.edges.iloc[row]
        stored = shapely.get_coordinates(edge.geometry)
        ends = int(edge["u"]), int(edge["v"])
        return cut_line(stored, self.network.line_xy[first:stop], ends, cuts)

    def _new_pieces(self, road: NewRoad, joins: Joins, number: int) -> list[Piece]:
        plane = shapely.get_coordinates(plane_line(self.network, road.line))
        stored = shapely.get_coordinates(road.line)
        ends = joins.ends[number]
        pieces = cut_line(stored, plane, ends, joins.new_cuts.get(number, []))
        pieces[0].xy[0] = joins.places[ends[0]]
        pieces[-1].xy[-1] = joins.places[ends[1]]
        return pieces

    def _new_frame(
        self, road: NewRoad, pieces: list[Piece], ids: tuple[int, ...]
    ) -> gpd.GeoDataFrame:
        network = self.network
        speed_mps = require_mode(network.mode).speeds_mps[road.highway]
        if network.mode == "car" and road.speed_kmh is not None:
            speed_mps = road.speed_kmh / 3.6
        columns: dict[str, Any] = {
            "u": [piece.u for piece in pieces],
            "v": [piece.v for piece in pieces],
            "way_id": -1,
            "highway": road.highway,
            "length_m": _lengths_m(network, pieces),
            "speed_mps": speed_mps,
            "forward": True,
            "backward": network.mode == "walk" or not road.oneway,
        }
        if "ascent_m" in network.edges:
            columns["ascent_m"] = 0.0
        if "speed_factor" in network.edges:
            columns["speed_factor"] = 1.0
        lines = [shapely.LineString(piece.xy) for piece in pieces]
        return gpd.GeoDataFrame(columns, index=list(ids), geometry=lines, crs=network.crs)

    def _hit(self, kind: str, number: int, met: NDArray[np.intp]) -> EditHit:
        return EditHit(
            kind=kind,
            number=number,
            edges=tuple(int(edge) for edge in self.ids[met]),
            length_m=float(self.network.length_m[met].sum()),
        )


def _replaced(edge: gpd.GeoDataFrame, pieces: list[Piece], ids: list[int]) -> gpd.GeoDataFrame:
    """Give the rows of one edge's pieces, whatever it says of itself shared out by length."""
    rows = edge.iloc[[0] * len(pieces)].set_axis(ids)
    share = np.array([piece.share for piece in pieces])
    shared = {name: rows[name] * share for name in ("length_m", "ascent_m") if name in rows}
    made = rows.assign(u=[piece.u for piece in pieces], v=[piece.v for piece in pieces], **shared)
    lines = [shapely.LineString(piece.xy) for piece in pieces]
    return made.set_geometry(gpd.GeoSeries(lines, made.index, crs=edge.crs))


def _lengths_m(network: Network, pieces: list[Piece]) -> NDArray[np.float64]:
    if network.crs.is_projected:
        return np.array([shapely.LineString(piece.xy).length for piece in pieces])
    xy = np.concatenate([piece.xy for piece in pieces])
    return geodesic_lengths_m(xy, np.array([len(piece.xy) for piece in pieces], np.int64))
