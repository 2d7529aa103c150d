"""A tiny .osm.pbf: a crossing of a street and a footway, a one-way, a motorway, a private road.

    4
    |  footway 20 (4-2-5), name 小巷
1---2---3   residential 10, one-way 1 -> 3
    |   |
    5   6   motorway 30 (3-6), primary 40 private to cars (6-5)
"""

from __future__ import annotations

from pathlib import Path

import osmium

NODES = {
    1: (113.00, 36.50),
    2: (113.01, 36.50),
    3: (113.02, 36.50),
    4: (113.01, 36.51),
    5: (113.01, 36.49),
    6: (113.02, 36.49),
}
WAYS = {
    10: ([1, 2, 3], {"highway": "residential", "oneway": "yes", "name": "示意街"}),
    20: ([4, 2, 5], {"highway": "footway", "name": "小巷"}),
    30: ([3, 6], {"highway": "motorway"}),
    40: ([6, 5], {"highway": "primary", "motorcar": "no"}),
    50: ([1, 4], {"highway": "construction"}),
}


def write_pbf(path: Path, *, without: tuple[int, ...] = ()) -> Path:
    """Write the file, some ways left out."""
    writer = osmium.SimpleWriter(str(path))
    for number, place in NODES.items():
        writer.add_node(osmium.osm.mutable.Node(id=number, location=place))
    for number, (nodes, tags) in WAYS.items():
        if number in without:
            continue
        writer.add_way(osmium.osm.mutable.Way(id=number, nodes=nodes, tags=tags))
    writer.close()
    return path
