"""The pen of a map: what every layer needs to get from degrees to items and names."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely

from geo.crs import to_crs
from layers.analysis.division_picture import DivisionPicture
from webmap.printing.candidates import fits_within
from webmap.printing.items import Box, Item
from webmap.printing.labels import Label, Obstacles

if TYPE_CHECKING:
    import pyproj
    from numpy.typing import NDArray

    from layers.analysis.picture import MapPicture
    from webmap.printing.fonts import FontBook
    from webmap.printing.page import Page
    from webmap.printing.recipe import Layout
    from webmap.style import LetterStyle, Style

__all__ = ["MapDrawing", "MapPen"]

_SPACING = {"county": 0.6, "township": 0.14, "neighbour": 0.3}
"""Extra advance of area names, in letter heights."""

_PRIORITY = {
    "neighbour": 0,
    "township": 1,
    "county": 1,
    "site": 1,
    "facility": 2,
    "marker": 3,
    "village": 4,
    "reference": 5,
    "road": 6,
}


@dataclass(kw_only=True)
class MapDrawing:
    """The map inside its frame.

    Attributes
    ----------
    ground
        Fills beneath the grid.
    items
        Everything else in drawing order, clipped to the frame; without names.
    labels
        Names that belong on the sheet.
    letters
        Style of each name by (layer, id).
    obstacles
        What the names keep clear of.
    keys
        Legend keys of what occurs inside the frame.
    """

    ground: list[Item] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    letters: dict[tuple[str, str], tuple[str, LetterStyle]] = field(default_factory=dict)
    obstacles: Obstacles
    keys: set[str] = field(default_factory=set)

    def spacing(self, label: Label) -> float:
        """Extra advance between the letters of a name, mm."""
        return _SPACING.get(self.letters[label.key][0], 0.0) * label.height


class MapPen:
    """Draws one picture layer by layer; keeps what the names must avoid.

    Attributes
    ----------
    drawing
        What is drawn so far.
    symbols
        Boxes of the point symbols.
    edges, ways
        Boundaries and roads that names better not cross.
    neighbours
        Polygons around the county; None where they are not known.
    county, towns, village_areas
        Polygons in page mm, not clipped.
    undetermined
        Stretches of the county's boundary that are not agreed on, page mm.
    own, own_towns
        What a township's sheet is about, all else is muted: its polygons, and which of `towns` they
        are. On any other sheet `own` is empty and all towns are its own.
    """

    def __init__(
        self,
        picture: MapPicture,
        page: Page,
        layout: Layout,
        style: Style,
        fonts: FontBook,
        crs: pyproj.CRS,
        *,
        neighbours: gpd.GeoDataFrame | None = None,
    ) -> None:
        self.picture, self.page, self.layout = picture, page, layout
        self.neighbours = neighbours
        self.style, self.fonts, self.crs = style, fonts, crs
        self.symbols: list[Box] = []
        self.edges: list[Any] = []
        self.ways: list[Any] = []
        self.drawing = MapDrawing(obstacles=Obstacles(frame=page.frame))
        self.county = self.shapes_mm(picture.county)
        self.towns = self.shapes_mm(picture.townships)
        self.own = self.village_areas = self.undetermined = np.empty(0, dtype=object)
        self.own_towns = np.ones(len(self.towns), dtype=bool)
        if isinstance(picture, DivisionPicture):
            self.undetermined = self.shapes_mm(gpd.GeoDataFrame(geometry=picture.undetermined))
            self.village_areas = _areas(self.shapes_mm(picture.villages))
            if len(picture.within):
                self.own = _areas(self.shapes_mm(picture.within))
                self.own_towns = picture.townships.index.isin(picture.within.index)

    def shapes_mm(self, frame: gpd.GeoDataFrame) -> NDArray[Any]:
        """Geometries of a frame in page mm, not clipped; missing ones become empty."""
        if not len(frame):
            return np.empty(0, dtype=object)
        moved = np.array(to_crs(frame, self.crs).geometry.array, dtype=object)
        moved[shapely.is_missing(moved)] = shapely.Point()
        return self.page.shapes(moved)

    def add(self, *items: Item) -> None:
        """Draw items above the grid."""
        self.drawing.items.extend(items)

    def inside(self, shape: Any) -> tuple[float, float] | None:  # noqa: ANN401
        """Page place of a point (of an area its middle), if it is inside the frame."""
        if shape is None or shape.is_empty:
            return None
        point = shape if shape.geom_type == "Point" else shapely.point_on_surface(shape)
        x, y = float(point.x), float(point.y)
        return (x, y) if self.page.frame.holds(Box(x, y, 0, 0)) else None

    def stand(self, at: tuple[float, float], size: float) -> float:
        """Keep a square free for a symbol; answers half its size."""
        self.symbols.append(Box(at[0] - size / 2, at[1] - size / 2, size, size))
        return size / 2

    def fits(self, name: str, letter: LetterStyle, area: shapely.Polygon, *, kind: str) -> bool:
        """Whether a name has room inside an area."""
        size = self.layout.letter(letter.size_mm)
        spacing = _SPACING.get(kind, 0.0) * size
        width = self.fonts.width(name, size=size, role=letter.family, spacing=spacing)
        return fits_within(area, width, size)

    def name(
        self,
        layer: str,
        key: str,
        name: str,
        letter: LetterStyle,
        *,
        kind: str,
        weight: float = 0.0,
        at: tuple[float, float] | None = None,
        radius: float = 0.0,
        area: shapely.Polygon | None = None,
        line: shapely.LineString | None = None,
    ) -> None:
        """Ask for a name on the sheet; nothing is asked for a thing without one.

        Parameters
        ----------
        layer, key, name
            What is named.
        letter
            Style of the letters.
        kind
            neighbour, township, county, site, facility, marker, village or reference: priority and
            spacing.
        weight
            Larger is placed earlier.
        at, radius, area, line
            As in `Label`.
        """
        if not name:
            return
        size = self.layout.letter(letter.size_mm)
        spacing = _SPACING.get(kind, 0.0) * size
        width = self.fonts.width(name, size=size, role=letter.family, spacing=spacing)
        self.drawing.letters[layer, key] = (kind, letter)
        self.drawing.labels.append(
            Label(
                layer=layer,
                id=key,
                name=name,
                priority=_PRIORITY[kind],
                weight=weight,
                width=width,
                height=size,
                at=at,
                radius=radius,
                area=area,
                line=line,
            )
        )


def _areas(shapes: NDArray[Any]) -> NDArray[Any]:
    found: NDArray[Any] = shapes[shapely.get_dimensions(shapes) == 2]
    return found
