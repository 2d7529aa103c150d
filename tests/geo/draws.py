"""Hypothesis strategies: small crooked networks, and places about them."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st

from geo.network import from_edges
from tests.build import edges

few = settings(max_examples=40)
"""For laws whose every example builds a network."""

places = st.tuples(st.floats(-250, 450), st.floats(-250, 450))
"""Metres from the corner of the plane of `tests.build`."""


@st.composite
def networks(draw, *, two_way=False):
    """Small multigraphs with loops, parallels, parts, one-way streets and edges of no length."""
    n = draw(st.integers(2, 7))
    m = draw(st.integers(1, 12))
    ends = draw(st.lists(st.tuples(*[st.integers(0, n - 1)] * 2), min_size=m, max_size=m))
    at = [(100.0 * (i % 3), 100.0 * (i // 3)) for i in range(n)]
    pieces = [(u, v, [at[u], (at[u][0] + 30, at[u][1] + 40), at[v]]) for u, v in ends]
    flags = st.lists(st.booleans(), min_size=m, max_size=m)
    given_m = draw(st.lists(st.one_of(st.just(0.0), st.floats(1, 400)), min_size=m, max_size=m))
    ways = {} if two_way else {"forward": draw(flags), "backward": draw(flags)}
    return from_edges(edges(pieces, length_m=given_m, **ways))
