from __future__ import annotations

import io
import json
import math
import struct
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.findings import RefusedCell
from layers.readers.wire import LONGEST_BYTES, receive, send

CELLS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary()
    | st.dates()
    | st.datetimes()
    | st.builds(RefusedCell, st.text(), st.text(), st.text())
)


def through(message):
    stream = io.BytesIO()
    send(stream, message)
    stream.seek(0)
    return receive(stream)


@given(st.lists(CELLS))
def test_every_cell_arrives_as_it_was(cells):
    back = through({"cells": cells})["cells"]
    assert back == cells
    assert [type(cell) for cell in back] == [type(cell) for cell in cells]


def test_a_day_is_no_moment():
    assert through({"c": [date(2020, 1, 2), datetime(2020, 1, 2)]})["c"] == [  # noqa: DTZ001
        date(2020, 1, 2),
        datetime(2020, 1, 2),  # noqa: DTZ001
    ]


def test_not_a_number_arrives():
    assert math.isnan(through({"c": math.nan})["c"])


def test_a_stream_that_ends_early_gives_nothing():
    stream = io.BytesIO()
    send(stream, {"a": 1})
    for keep in range(len(stream.getvalue())):
        assert receive(io.BytesIO(stream.getvalue()[:keep])) is None


@pytest.mark.parametrize(
    "data",
    [
        struct.pack(">Q", LONGEST_BYTES + 1),
        struct.pack(">Q", 2) + b"[]",
        struct.pack(">Q", 2) + b"\xff{",
        b"Traceback (most recent call last)",
    ],
)
def test_what_is_no_message_is_refused(data):
    with pytest.raises(ValueError):  # noqa: PT011 - its words are for nobody
        receive(io.BytesIO(data))


@given(st.lists(st.none() | st.binary(max_size=40)))
def test_shapes_arrive_as_they_were(shapes):
    assert through({"rows": [], "wkb": shapes})["wkb"] == shapes


@pytest.mark.parametrize(
    "packed", [3, {}, {"bytes": [4], "all": "AAAA"}, {"bytes": ["4"], "all": ""}, {"bytes": None}]
)
def test_shapes_that_do_not_fit_their_lengths_are_no_message(packed):
    body = json.dumps({"wkb": packed}).encode()
    with pytest.raises(ValueError, match="shapes"):
        receive(io.BytesIO(struct.pack(">Q", len(body)) + body))
