"""Casework in an office with 2,000 open cases: the list, and a step with its checks and event."""

from __future__ import annotations

import pytest

from layers.cases import act, actions, case_json, cases, cases_json, open_case
from layers.store import open_store
from tests.bench.timing import best_of, say
from tests.layers.cases.conftest import CLERK, DAY, NAME, REVIEWER

pytestmark = pytest.mark.bench
NUMBER = 2_000
CONSULTED = {"consult_from": DAY, "consult_to": DAY, "summary": "无异议"}


def test_steps_among_2000_cases(tmp_path):
    with open_store(f"gpkg:{tmp_path / 'county.gpkg'}", create=True, min_free_mb=0) as store:
        with store.batch(CLERK) as batch:
            ids = [
                open_case(batch, "place_name", CLERK, {**NAME, "meaning": str(i)}, on=DAY).id
                for i in range(NUMBER)
            ]
        found = cases(store, on=DAY)
        together = best_of(2, lambda: cases_json(store, cases(store, on=DAY), on=DAY))
        alone = best_of(2, lambda: [case_json(store, one, on=DAY) for one in found[:50]])
        say(f"list of {len(found)} cases", together, one_by_one=alone * NUMBER / 50)

        waiting = iter(ids)
        check = lambda: act(store, next(waiting), "check", CLERK, on=DAY)  # noqa: E731
        say("index of names at the first check", best_of(1, check))
        checked = best_of(5, check)
        again = iter(ids)
        consult = lambda: act(store, next(again), "consult", CLERK, CONSULTED, on=DAY)  # noqa: E731
        plain = best_of(5, consult)
        offered = best_of(5, lambda: actions(store, ids[0], REVIEWER))
        say("a step with name checks", checked, without=plain, what_may_be_done=offered)
