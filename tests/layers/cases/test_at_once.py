"""Processes beside one another, and one that is killed: a step is whole or was never taken."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from layers.cases import cases, history
from layers.store import open_store
from layers.verify import verify
from tests.layers.cases.conftest import DAY

ROOT = Path(__file__).parents[3]

ONE_STEP = """
import sys
from layers.cases import act
from layers.errors import Conflict
from layers.store import Actor, open_store
from tests.layers.cases.conftest import DAY, PLAN
path, case_id, name = sys.argv[1:]
with open_store(f"gpkg:{path}", min_free_mb=0) as store:
    print("ready", flush=True)
    sys.stdin.readline()
    try:
        print(act(store, case_id, "draft_plan", Actor(name), PLAN, on=DAY, version=1).state)
    except Conflict as refused:
        print(refused.code, refused)
"""


@pytest.mark.slow
def test_of_two_processes_one_wins_and_the_other_is_told_who(inspection, county, store_url):
    path = store_url.removeprefix("gpkg:")
    command = [sys.executable, "-c", ONE_STEP, path, inspection.id]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "encoding": "utf-8", "cwd": ROOT}
    people = [subprocess.Popen([*command, name], **pipes) for name in ("甲岗", "乙岗")]
    for one in people:
        assert one.stdout.readline() == "ready\n"
    for one in people:
        one.stdin.write("\n")
        one.stdin.flush()
    first, second = sorted(one.communicate()[0].split()[0] for one in people)
    assert (first, second) == ("plan_draft", "stale_version")
    assert [step["action"] for step in history(county, inspection.id)] == ["open", "draft_plan"]


def check_what_is_left(path: Path, said: list[str]) -> None:
    """Nothing accepted is lost; cases, events and what came into force fit together."""
    accepted = Counter(line.split()[0] for line in said)
    with open_store(f"gpkg:{path}", min_free_mb=0) as store:
        found = {one.id: one for one in cases(store, on=DAY)}
        for case_id, steps in accepted.items():
            assert found[case_id].version >= steps
        for one in found.values():
            assert len(history(store, one.id)) == one.version
        in_force = {one.id for one in found.values() if one.state == "in_force"}
        assert {row["id"] for row in store.find("place_names")} == in_force
    assert verify(path).findings == ()


@pytest.mark.slow
def test_a_killed_step_is_whole_or_was_never_taken(tmp_path):
    chance = random.Random(7)
    command = [sys.executable, "-m", "tests.layers.cases.hasty_clerk"]
    for number in range(3):
        path = tmp_path / str(number) / "county.gpkg"
        open_store(f"gpkg:{path}", create=True, min_free_mb=0).close()
        with subprocess.Popen(
            [*command, str(path)], stdout=subprocess.PIPE, cwd=ROOT, encoding="utf-8"
        ) as process:
            said = [process.stdout.readline() for _ in range(chance.randint(5, 60))]
            os.kill(process.pid, signal.SIGKILL)
            said += process.stdout.read().splitlines(keepends=True)
        assert process.returncode == -signal.SIGKILL
        check_what_is_left(path, [line for line in said if line.endswith("\n")])
