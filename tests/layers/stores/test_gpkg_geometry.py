"""Headers of geometries, ours and those of other writers."""

from __future__ import annotations

import sqlite3
import struct
from contextlib import closing

import pytest
import shapely

from layers.stores.gpkg_geometry import HEADER_BYTES, envelope, register_functions, to_blob, to_wkb

LINE = shapely.LineString([(113, 36), (114, 38)])
OURS = to_blob(LINE.wkb, LINE.bounds)


def header(flags: int, *values: float) -> bytes:
    order = "<" if flags & 1 else ">"
    return struct.pack(f"{order}2sBBi{len(values)}d", b"GP", 0, flags, 4490, *values)


FOREIGN = {
    "no envelope": header(0b0001),
    "big endian": header(0b0010, 113, 114, 36, 38),
    "with heights": header(0b0101, 113, 114, 36, 38, 0, 9),
    "with heights and measures": header(0b1001, 113, 114, 36, 38, 0, 9, 0, 9),
}


@pytest.mark.parametrize("kind", FOREIGN)
def test_headers_of_other_writers_are_read(kind):
    blob = FOREIGN[kind] + LINE.wkb
    assert envelope(blob) == LINE.bounds
    assert to_wkb(blob) == LINE.wkb


def test_our_own_header_has_forty_bytes():
    assert OURS[HEADER_BYTES:] == LINE.wkb
    assert envelope(OURS) == LINE.bounds


@pytest.mark.parametrize("blob", [None, header(0b0001_0001) + shapely.Point().wkb,
                                  header(0b0001) + shapely.Point().wkb])  # fmt: skip
def test_nothing_and_an_empty_geometry_have_no_envelope(blob):
    assert envelope(blob) is None


@pytest.mark.parametrize("blob", [OURS, *(h + LINE.wkb for h in FOREIGN.values())])
def test_sql_functions_answer_for_every_header(blob):
    with closing(sqlite3.connect(":memory:")) as connection:
        register_functions(connection)
        sql = "SELECT ST_MinX(?1), ST_MinY(?1), ST_MaxX(?1), ST_MaxY(?1), ST_IsEmpty(?1)"
        assert connection.execute(sql, [blob]).fetchone() == (113, 36, 114, 38, 0)
        assert connection.execute(sql, [None]).fetchone() == (None,) * 5


@pytest.mark.parametrize(
    ("box", "touches"),
    [
        ((112, 35, 115, 39), True),
        ((113.4, 36.9, 113.6, 37.1), True),
        ((114, 38, 115, 39), True),
        ((113.6, 36, 114, 36.8), False),
        ((100, 10, 101, 11), False),
    ],
)
def test_a_box_touches_the_line_and_not_its_envelope(box, touches):
    with closing(sqlite3.connect(":memory:")) as connection:
        register_functions(connection)
        sql = "SELECT xg_touches(?, ?, ?, ?, ?), xg_touches(NULL, 0, 0, 1, 1)"
        assert connection.execute(sql, [OURS, *box]).fetchone() == (touches, 0)
