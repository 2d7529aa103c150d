"""SQL of a `layers.store.Query` on one table in PostGIS."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely

from layers.cql2 import postgis as filter_sql
from layers.stores.sql_select import Select

if TYPE_CHECKING:
    from layers.schema import LayerSchema
    from layers.store_values import Query

    Box = tuple[float, float, float, float]

__all__ = ["select"]


def select(schema: LayerSchema, query: Query, columns: str | None = None) -> Select:
    """Translate a query.

    Parameters
    ----------
    schema, query
        The layer and what is asked of it.
    columns
        SQL expressions to read instead of fid, geometry and `column_names`; limit, cursor and
        order are then left out.

    Returns
    -------
    The statement; whether the index or the order of fid finds a page sooner, the planner knows.
    """
    found = Select(schema, "ST_AsBinary(t.geom, 'NDR')", columns)
    if query.bbox is not None:
        if schema.geometry:
            found.where("ST_Intersects(t.geom, ?::geometry)", _shape(query.bbox))
        else:
            found.where("FALSE")
    found.valid(query)
    if query.ids is not None:
        found.where("t.id = ANY(?)", list(query.ids))
    if query.cursors is not None:
        found.where("t.fid = ANY(?)", list(query.cursors))
    if query.filter is not None:
        condition, values = filter_sql.where(query.filter, schema, mark="?")
        found.where(condition, *values)
    found.page(query)
    return found


def _shape(bbox: Box) -> str:
    """Give the box as EWKB in hexadecimal; one without area as the line or point that it is."""
    west, south, east, north = bbox
    box: shapely.Geometry = shapely.box(west, south, east, north)
    if west == east or south == north:
        corners = dict.fromkeys([(west, south), (east, north)])
        box = shapely.LineString(corners) if len(corners) > 1 else shapely.Point(west, south)
    text: str = shapely.to_wkb(shapely.set_srid(box, 4490), hex=True, include_srid=True)
    return text
