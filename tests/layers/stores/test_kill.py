"""kill -9 at any time: nothing acknowledged is lost, nothing is half there, nothing to repair."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from layers.store import open_store
from layers.verify import verify
from tests.layers.stores.hasty_writer import ROWS

ROOT = Path(__file__).parents[3]


def write_and_kill(url: str, lines: int, *, processes: int = 1) -> list[tuple[str, str]]:
    """Let eight writers run until so many writes were acknowledged, then kill them all."""
    command = [sys.executable, "-m", "tests.layers.stores.hasty_writer", url]
    writers = [str(number) for number in range(8)]
    into, out = os.pipe()
    running = [
        subprocess.Popen([*command, *writers[first::processes]], stdout=out, cwd=ROOT)
        for first in range(processes)
    ]
    os.close(out)
    with os.fdopen(into, "rb") as said_by_all:
        said = [said_by_all.readline() for _ in range(lines)]
        for process in running:
            os.kill(process.pid, signal.SIGKILL)
        said += said_by_all.read().splitlines(keepends=True)
    assert [process.wait() for process in running] == [-signal.SIGKILL] * processes
    return [tuple(line.decode().split()) for line in said if line.endswith(b"\n")]


def check_round(url: str, said: list[tuple[str, str]]) -> None:
    with open_store(url, min_free_mb=0) as store:
        rows = {row["id"]: row for row in store.find("care_facilities")}
        sizes = Counter(event.txn for event in store.changes())
        imports = {e.txn for e in store.changes() if e.action == "create"}
    assert {sizes[txn] for txn in imports} == {ROWS}
    changed = {made for what, made in said if what == "changed"}
    deleted = {made for what, made in said if what == "deleted"}
    for what, made in said:
        if what == "put":
            ids = {f"{made}-{i}" for i in range(2, ROWS)}
            assert ids <= rows.keys()
    assert {rows[made]["name"] for made in changed} <= {"改"}
    assert not deleted & rows.keys()
    assert verify(url).findings == ()


def kill_again_and_again(tmp_path: Path, rounds: int, *, processes: int = 1) -> None:
    chance = random.Random(7)
    for number in range(rounds):
        url = f"gpkg:{tmp_path / str(number) / 'county.gpkg'}"
        open_store(url, create=True, min_free_mb=0).close()
        said = write_and_kill(url, chance.randint(1, 60), processes=processes)
        check_round(url, said)


@pytest.mark.slow
def test_a_killed_writer_loses_nothing_it_acknowledged(tmp_path):
    kill_again_and_again(tmp_path, 3)


@pytest.mark.slow
def test_eight_killed_processes_lose_nothing_they_acknowledged(tmp_path):
    kill_again_and_again(tmp_path, 2, processes=8)


@pytest.mark.slow
@pytest.mark.postgis
def test_killed_processes_lose_nothing_they_acknowledged_to_a_server(postgis_url):
    open_store(postgis_url, create=True).close()
    check_round(postgis_url, write_and_kill(postgis_url, 40, processes=2))


@pytest.mark.slow
@pytest.mark.walk
def test_fifty_killed_writers_lose_nothing_they_acknowledged(tmp_path):
    kill_again_and_again(tmp_path, 50)


@pytest.mark.slow
def test_the_same_store_survives_one_kill_after_another(tmp_path):
    path = tmp_path / "county.gpkg"
    open_store(f"gpkg:{path}", create=True, min_free_mb=0).close()
    for _ in range(2):
        write_and_kill(f"gpkg:{path}", 10)
        assert verify(path).findings == ()  # before anybody opens it again
