from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

import pytest
import shapely

from layers.cql2.functions import register_functions
from layers.stores.gpkg_geometry import to_blob, wkb_of

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def connection() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    register_functions(connection)
    yield connection
    connection.close()


def told(connection: sqlite3.Connection, call: str, *values: Any) -> Any:
    return connection.execute(f"SELECT {call}", values).fetchone()[0]


@pytest.mark.parametrize(
    "call",
    ["s_intersects(?, ?)", "a_equals(?, ?)", "xg_mod(?, ?)", "xg_div(?, ?)", "xg_pow(?, ?)"],
)
def test_nothing_gives_nothing(connection: sqlite3.Connection, call: str) -> None:
    assert told(connection, call, None, None) is None


def test_texts_fold_and_nothing_stays_nothing(connection: sqlite3.Connection) -> None:
    assert told(connection, "casei(?)", "Straße") == "strasse"
    assert told(connection, "accenti(?)", "é") == "e"
    assert told(connection, "casei(NULL)") is None


def test_like_minds_case(connection: sqlite3.Connection) -> None:
    assert told(connection, "'a' LIKE 'A'") == 0


@pytest.mark.parametrize(
    ("call", "found"),
    [
        ("xg_mod(-7, 2)", -1), ("xg_mod(5.5, 2)", 1.5), ("xg_mod(1, 0)", None),
        ("xg_div(-7, 2)", -3), ("xg_div(1, 0)", None), ("xg_pow(2, 3)", 8),
        ("xg_pow(0, -1)", None), ("xg_pow(-8, 0.5)", None), ("xg_pow(10, 400)", None),
    ],
)  # fmt: skip
def test_what_has_no_result_is_null(
    connection: sqlite3.Connection, call: str, found: float | None
) -> None:
    assert told(connection, call) == found


def test_a_relation_takes_what_is_stored_first(connection: sqlite3.Connection) -> None:
    square = shapely.box(0, 0, 2, 2)
    blob = to_blob(wkb_of(square), square.bounds)
    point = shapely.to_wkb(shapely.Point(1, 1))
    assert told(connection, "s_contains(?, ?)", blob, point) == 1
    assert told(connection, "s_within(?, ?)", blob, point) == 0
    assert told(connection, "s_equals(?, ?)", blob, blob) == 1


def test_an_invalid_geometry_of_old_data_fails_no_question(connection: sqlite3.Connection) -> None:
    bow = shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2), (0, 0)])
    blob = to_blob(wkb_of(bow), bow.bounds)
    other = shapely.to_wkb(shapely.box(0, 0, 1.5, 1.5))
    for name in ("intersects", "overlaps", "touches", "crosses", "equals", "within"):
        assert told(connection, f"s_{name}(?, ?)", blob, other) in {0, 1, None}
