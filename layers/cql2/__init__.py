"""Filters in CQL2: read, checked against a layer, translated for each store.

`parse_filter` gives a tree; `swap_axes` and `transformed` bring its geometries into longitude and
latitude; `fitted` checks it against a layer. The stores translate it: `sqlite`, `postgis`.
"""

from layers.cql2.fitting import fitted
from layers.cql2.literals import swap_axes, transformed
from layers.cql2.nodes import Node, properties_in
from layers.cql2.parsing import LANGUAGES, parse_filter
from layers.cql2.queryables import queryables

__all__ = [
    "LANGUAGES",
    "Node",
    "fitted",
    "parse_filter",
    "properties_in",
    "queryables",
    "swap_axes",
    "transformed",
]
