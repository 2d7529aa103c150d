"""Laws of the engine: whatever is tried in whatever order, the table holds and nothing is lost."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import PlatformError
from layers.cases import act, actions, case, history, open_case, workflow
from layers.store import Actor, open_store
from layers.verify import verify
from tests.layers.cases.conftest import DAY, NAME

PEOPLE = [Actor("甲"), Actor("乙", "reviewer"), Actor("丙", "reviewer"), Actor("丁", "planner")]
FILLED = {
    "consult_from": date(2024, 3, 1),
    "consult_to": date(2024, 3, 2),
    "summary": "无异议",
    "opinion": "同意",
    "authority": "某机关",
    "document_no": "示1号",
    "approved_on": date(2024, 3, 3),
    "filed_on": date(2024, 3, 4),
    "announced_on": date(2024, 3, 5),
    "channels": ["网站"],
    "reason": "原因",
}
FLOW = workflow("place_name")
TRIES = st.lists(
    st.tuples(st.sampled_from([a for a in FLOW.actions if a != "open"]), st.sampled_from(PEOPLE)),
    min_size=1,
    max_size=25,
)


def try_all(store, case_id, tries):
    """Try each action with full data; give the states before and after each accepted one."""
    moves = []
    for action, actor in tries:
        before = case(store, case_id)
        (step, *_) = FLOW.steps_of(action)
        offered = {one["action"] for one in actions(store, case_id, actor)}
        data = {name: FILLED[name] for name in step.data}
        try:
            after = act(store, case_id, action, actor, data, on=DAY)
        except PlatformError:
            assert case(store, case_id) == before
        else:
            assert action in offered
            moves.append((before.state, action, after.state))
    return moves


@pytest.mark.slow
@settings(max_examples=15)
@given(tries=TRIES)
def test_a_case_moves_only_as_its_table_says_and_every_move_is_an_event(tries):
    table = {(source, step.action, step.target) for step in FLOW.steps for source in step.sources}
    with tempfile.TemporaryDirectory() as folder:
        url = f"gpkg:{Path(folder) / 'county.gpkg'}"
        with open_store(url, create=True, min_free_mb=0) as store:
            opened = open_case(store, "place_name", PEOPLE[0], NAME, on=DAY)
            moves = try_all(store, opened.id, tries)
            assert set(moves) <= table
            steps = history(store, opened.id)
            assert [(s["from"], s["action"], s["to"]) for s in steps[1:]] == moves
        assert verify(url).ok
