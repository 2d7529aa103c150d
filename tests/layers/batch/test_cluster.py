"""Workers come, are lost and are missed; every case is an answer or a clear error."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import threading

import distributed
import psutil
import pytest

from layers.batch.cluster import BatchError, run_tasks, usable_cores, workers
from tests.layers.batch import deeds
from tests.layers.batch.machines import ROOT, machines, until


def carried_out(client, work, tasks):
    answers = {}

    def take(number, answer):
        assert number not in answers
        answers[number] = answer

    run_tasks(client, work, tasks, on_done=take)
    return answers


@pytest.mark.slow
def test_local_workers_are_processes_of_one_thread_heard_on_the_loopback_only():
    before = {child.pid for child in psutil.Process().children(recursive=True)}
    with workers(2) as client:
        answers = carried_out(client, deeds.told, [(number,) for number in range(6)])
        family = [psutil.Process(), *psutil.Process().children(recursive=True)]
        heard = {
            link.laddr.ip
            for member in family
            for link in member.net_connections("inet")
            if link.status == psutil.CONN_LISTEN
        }
    assert sorted(answers) == [answer["number"] for _, answer in sorted(answers.items())]
    assert os.getpid() not in {answer["pid"] for answer in answers.values()}
    assert {answer["numba_threads"] for answer in answers.values()} == {1}
    assert {answer["omp_threads"] for answer in answers.values()} == {1}
    assert heard == {"127.0.0.1"}
    after = [c for c in psutil.Process().children(recursive=True) if c.pid not in before]
    names = [" ".join(child.cmdline()) for child in after]
    assert not [name for name in names if "resource_tracker" not in name]


@pytest.mark.slow
def test_two_runs_on_one_machine_do_not_meet():
    """A port that both want would be a warning, which is an error here."""
    with workers(1) as one, workers(1) as other:
        assert carried_out(one, deeds.told, [(1,)])[0]["number"] == 1
        assert carried_out(other, deeds.told, [(2,)])[0]["number"] == 2


@pytest.mark.slow
def test_a_task_whose_worker_is_killed_is_done_by_another(tmp_path):
    mark = str(tmp_path / "mark")
    with workers(2) as client:
        answers = carried_out(client, deeds.die_once, [(number, mark) for number in range(5)])
    assert answers == {number: {"number": number} for number in range(5)}
    assert (tmp_path / "mark").exists()


@pytest.mark.slow
def test_an_answer_that_died_with_its_worker_is_worked_out_again(tmp_path):
    """Between the end of a task and the taking of its answer."""
    answers = {}
    with workers(2) as client:

        def take(number, answer):
            answers[number] = answer
            if len(answers) > 1:
                return
            until(lambda: all(future.status == "finished" for future in client.futures.values()))
            pids = client.run(os.getpid).values()
            os.kill(next(pid for pid in pids if pid != answer["pid"]), signal.SIGKILL)
            until(lambda: any(future.status == "lost" for future in client.futures.values()))

        mark = str(tmp_path / "mark")
        run_tasks(client, deeds.again, [(0, mark), (1, mark)], on_done=take)
    assert {number: answer["number"] for number, answer in answers.items()} == {0: 0, 1: 1}


@pytest.mark.slow
def test_a_task_that_kills_every_worker_is_given_up_alone():
    with workers(1) as client:
        answers = carried_out(client, deeds.die_always, [(number,) for number in range(3)])
    assert type(answers[0]).__name__ == "KilledWorker"
    assert [answers[1], answers[2]] == [{"number": 1}, {"number": 2}]


@pytest.mark.slow
def test_a_lost_scheduler_is_an_error_at_once(tmp_path):
    with machines(tmp_path) as there, workers(1, scheduler=there.address) as client:
        file = tmp_path / "at-work"

        def end_it():
            until(lambda: list(tmp_path.glob("at-work.*")))
            there.scheduler.kill()

        killer = threading.Thread(target=end_it)
        killer.start()
        with pytest.raises(BatchError) as caught:
            carried_out(client, deeds.slow, [(number, str(file)) for number in range(2)])
        killer.join()
    assert caught.value.code == "scheduler_lost"


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nowhere", "gopher://127.0.0.1:9"])
def test_an_address_without_a_scheduler_is_told(address, monkeypatch):
    monkeypatch.setattr("layers.batch.cluster._CONNECT_S", 0.5)
    with pytest.raises(BatchError, match="dask scheduler") as caught, workers(1, scheduler=address):
        pass
    assert caught.value.code == "scheduler_unreachable"
    # One left open would be ended by the garbage collector in the middle of whatever comes next.
    left = [one for one in gc.get_objects() if isinstance(one, distributed.Client)]
    assert {one.status for one in left} <= {"closed"}


@pytest.mark.slow
def test_a_scheduler_without_workers_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr("layers.batch.cluster._FIRST_WORKER_S", 0.5)
    with (
        machines(tmp_path, workers=0) as there,
        pytest.raises(BatchError) as caught,
        workers(1, scheduler=there.address),
    ):
        pass
    assert caught.value.code == "no_workers"


def test_without_dask_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(BatchError, match=r"xygeo\[scale\]") as caught, workers(1):
        pass
    assert caught.value.code == "scale_missing"


def test_importing_the_batch_does_not_import_dask():
    code = (
        "import sys, layers.batch; "
        "sys.exit(bool({'dask', 'distributed', 'numba'} & set(sys.modules)))"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_cores_are_counted():
    assert 1 <= usable_cores() <= (os.cpu_count() or 1)
