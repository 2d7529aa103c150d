"""Whatever is asked, the answer is a number or a sentence: no crash, no error of the database."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.errors import InputError
from layers.cql2 import parse_filter, postgis
from layers.cql2.errors import FilterError
from layers.store_values import Query
from tests.layers.cql2.test_answers import ANSWERS
from tests.layers.cql2.things import THINGS
from tests.layers.cql2.typed import FILTERS

if TYPE_CHECKING:
    from layers.store import Store

# fmt: off
WORDS = r"""
size share name open opened seen tags parts geometry id version updated_at valid_from nope "name"
1 0 -7 2.5 1e300 1e999 9007199254740993 'x' 'it''s' '%' '\' '\_%' '2024-01-01'
'2024-01-01T00:00:00Z' '..'
= <> < > <= >= + - * / % ^ div AND OR NOT LIKE IN BETWEEN IS NULL TRUE FALSE ( ) ( ) , , ' "
CASEI( ACCENTI( DATE( TIMESTAMP( INTERVAL( BBOX( POINT( LINESTRING( POLYGON(( MULTIPOINT( EMPTY
S_INTERSECTS( S_DISJOINT( S_WITHIN( S_TOUCHES( T_AFTER( T_INTERSECTS( T_DISJOINT( T_EQUALS(
A_CONTAINS( A_EQUALS( A_OVERLAPS( upper( BBOX(170,-10,-170,10)
GEOMETRYCOLLECTION(POINT(1 1),POINT(2 2))
""".split()  # noqa: SIM905 - read as one text
# fmt: on

NUMBERS = st.one_of(
    st.integers(-3, 3), st.floats(width=32), st.sampled_from([2**53, 10**300, -0.0])
)
NAMES = st.sampled_from([*THINGS.fields, "id", "version", "updated_at", "geometry", "nope"])
LEAVES = st.one_of(
    st.builds(lambda name: {"property": name}, NAMES),
    NUMBERS,
    st.booleans(),
    st.none(),
    st.text(max_size=5),
    st.sampled_from(["2024-01-01", "2024-01-01T00:00:00Z", "%", "\\", ".."]),
    st.builds(lambda text: {"date": text}, st.sampled_from(["2024-01-01", "0001-01-01", "x"])),
    st.builds(lambda text: {"timestamp": text}, st.sampled_from(["9999-12-31T23:59:59Z", "x"])),
    st.builds(lambda numbers: {"bbox": numbers}, st.lists(NUMBERS, max_size=6)),
    st.builds(
        lambda kind, places: {"type": kind, "coordinates": places},
        st.sampled_from(["Point", "LineString", "Polygon", "MultiPoint", "MultiPolygon"]),
        st.recursive(NUMBERS, lambda inner: st.lists(inner, max_size=4), max_leaves=12),
    ),
)
OPS = st.sampled_from(
    """and or not = <> < > <= >= + - * / % ^ div like in between isNull casei accenti s_intersects
    s_disjoint s_equals s_within s_crosses t_after t_disjoint t_during a_contains a_equals upper
    a_containedBy""".split()  # noqa: SIM905 - read as one text
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(lambda op, args: {"op": op, "args": args}, OPS, st.lists(inner, max_size=3)),
        st.builds(lambda ends: {"interval": ends}, st.lists(inner, min_size=2, max_size=2)),
        st.lists(inner, max_size=3),
    ),
    max_leaves=12,
)
FEW = settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])


def ask(store: Store, source: Any, lang: str) -> None:
    with suppress(InputError):
        node = parse_filter(source, lang=lang)
        postgis.where(node, THINGS)
        assert 0 <= store.count("things", Query(filter=node)) <= 4


@FEW
@given(st.lists(st.sampled_from(WORDS), max_size=25))
def test_words_in_any_order_are_answered(things: Store, words: list[str]) -> None:
    ask(things, " ".join(words), "cql2-text")


@FEW
@given(
    st.sampled_from([text for text, _ in ANSWERS]),
    st.integers(0, 100),
    st.integers(0, 10),
    st.one_of(st.text(max_size=4), st.sampled_from(WORDS)),
)
def test_filters_with_a_slip_are_answered(
    things: Store, text: str, place: int, gone: int, typed: str
) -> None:
    ask(things, text[:place] + typed + text[place + gone :], "cql2-text")


@FEW
@given(FILTERS)
def test_what_is_well_formed_is_answered_and_its_opposite_is_the_rest(
    things: Store, text: str
) -> None:
    try:
        yes, no, unknown = (
            {row["id"] for row in things.find("things", Query(filter=parse_filter(asked)))}
            for asked in (text, f"NOT ({text})", f"({text}) IS NULL")
        )
    except FilterError as error:
        assert "算不了" in str(error)  # noqa: PT017 - the only refusal that may come
        return
    assert len(yes) + len(no) + len(unknown) == 4
    assert yes | no | unknown == {"a", "b", "c", "d"}


@FEW
@given(st.text(max_size=200))
def test_any_text_is_answered(things: Store, text: str) -> None:
    ask(things, text, "cql2-text")
    ask(things, text, "cql2-json")


@FEW
@given(TREES)
def test_any_tree_is_answered(things: Store, tree: Any) -> None:
    ask(things, tree, "cql2-json")
    ask(things, json.dumps(tree), "cql2-json")


@pytest.mark.parametrize("opener", ["(", "NOT (", "-(", "CASEI(", "1-(", "open AND (", "size IN ("])
@pytest.mark.parametrize("closed", [True, False])
def test_depth_of_any_kind_is_answered(things: Store, opener: str, *, closed: bool) -> None:
    for depth in (10, 30, 63, 64, 65, 500):
        for core in ("open", "size", "name", "=", ""):
            ask(things, opener * depth + core + ")" * depth * closed, "cql2-text")
            ask(things, opener * depth + core + ")" * depth * closed + " = 1", "cql2-text")
