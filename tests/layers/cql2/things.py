"""A small layer with a field of each type, and what it holds."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import shapely

from layers.schema import parse_schema

THINGS = parse_schema(
    {
        "name": "things",
        "title": "东西",
        "geometry": ["Point", "LineString", "Polygon"],
        "fields": {
            "name": {"title": "名称", "type": "text"},
            "size": {"title": "大小", "type": "integer"},
            "share": {"title": "份额", "type": "real"},
            "open": {"title": "开放", "type": "boolean"},
            "opened": {"title": "开放日期", "type": "date"},
            "seen": {"title": "所见时刻", "type": "datetime"},
            "tags": {"title": "标签", "type": "list"},
            "parts": {"title": "部分", "type": "json", "shape": {"type": "object"}},
        },
    }
)


def rows() -> list[dict[str, Any]]:
    """Give four things: a point, a square, a line over the antimeridian's edge, and nothing."""
    return [
        {
            "id": "a",
            "name": "100%_\\ Straße",
            "size": 7,
            "share": 0.5,
            "open": True,
            "opened": date(2024, 1, 1),
            "seen": datetime(2024, 1, 1, 12, tzinfo=UTC),
            "tags": ["x", "y"],
            "parts": {},
            "valid_from": date(2020, 1, 1),
            "geometry": shapely.Point(114, 27),
        },
        {
            "id": "b",
            "name": "Chișinău",
            "size": -7,
            "share": 2.25,
            "open": False,
            "opened": date(2024, 6, 30),
            "seen": datetime(2024, 6, 30, 12, tzinfo=UTC),
            "tags": ["y", "z", "y"],
            "valid_from": date(2000, 1, 1),
            "valid_to": date(2010, 1, 1),
            "geometry": shapely.box(113, 26, 115, 28),
        },
        {
            "id": "c",
            "name": "香园",
            "size": 0,
            "share": 0.0,
            "open": True,
            "tags": [],
            "geometry": shapely.LineString([(178, 1), (180, 1)]),
        },
        {"id": "d"},
    ]
