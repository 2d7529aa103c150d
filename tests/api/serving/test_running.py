"""`xygeo serve` as systemd sees it: ready, killed workers replaced, stopped in good order."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import sys
from contextlib import closing
from itertools import islice
from pathlib import Path

import pytest

from layers.store import open_store
from layers.verify import verify
from tests.serving import running, start_service

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="signals and /proc"),
]


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("served")
    open_store(f"gpkg:{folder / 'county.gpkg'}", create=True, min_free_mb=0).close()
    return folder


def refused(process):
    """Give exit code and refusal of a service that did not start."""
    out, err = process.communicate(timeout=60)
    return process.returncode, json.loads(out)["error"], err


def test_workers_answer_are_replaced_and_stop(data):
    with running(data, workers=2) as service:
        assert json.loads(service.ask("/api/health")[2])["status"] == "ok"
        status, headers, _ = service.ask("/ogc/nothing", Origin="https://a.example")
        assert status == 404
        assert {"Content-Security-Policy", "Access-Control-Allow-Origin", "X-Request-Id"} <= set(
            headers.keys()
        )
        assert service.ask("/api/health", Host="evil.example")[0] == 400
        before = service.workers
        assert len(before) == 2
        os.kill(before[0], signal.SIGKILL)
        while not any(
            json.loads(line)["event"] == "worker died" for line in service.process.stdout
        ):
            pass
        assert {service.ask("/api/ready")[0] for _ in range(20)} == {200}
        while len(set(service.workers) - set(before)) != 1:
            pass
        assert service.stop() == 0
    assert not list(data.glob("*-wal"))
    assert verify(data / "county.gpkg").ok
    logs = list((data / "logs").iterdir())
    assert stat.S_IMODE(logs[0].stat().st_mode) == 0o640
    lines = [json.loads(line) for line in logs[0].read_text().splitlines()]
    assert {"ready", "call", "worker died", "stopped"} <= {line["event"] for line in lines}
    routes = {line["route"] for line in lines if line["event"] == "call"}
    assert routes == {"/api/health", "/api/ready", ""}


def test_a_reader_of_stdout_that_stalls_stops_nobody(data):
    with running(data, XYGEO_READS_PER_MINUTE="0") as service:  # nobody reads its stdout
        assert {service.ask("/api/health")[0] for _ in range(500)} == {200}
        assert service.stop() == 0


def test_a_worker_that_is_told_to_stop_leaves_in_good_order(data):
    with running(data) as service:
        os.kill(service.workers[0], signal.SIGTERM)
        lines = map(json.loads, service.process.stdout)
        (died,) = islice((line for line in lines if line["event"] == "worker died"), 1)
        assert died["exit_code"] == 0


def test_workers_end_with_their_parent(data):
    with running(data) as service:
        (worker,) = service.workers
        host, port = service.url.removeprefix("http://").split(":")
        os.kill(service.process.pid, signal.SIGKILL)
        service.process.wait()
        while (
            Path(f"/proc/{worker}/cmdline").exists()
            and Path(f"/proc/{worker}/cmdline").read_bytes()
        ):
            pass
        with closing(socket.socket()) as probe:
            assert probe.connect_ex((host, int(port))) != 0
    assert verify(data / "county.gpkg").ok


def test_a_taken_port_is_told_in_one_sentence(data):
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        code, error, err = refused(start_service(data, "--port", other.getsockname()[1]))
    assert (code, error["code"], err) == (1, "port_taken", b"")


def test_a_bad_host_is_wrong_use(data):
    code, error, _ = refused(start_service(data, "--host", "192.0.2.1", "--port", 0))
    assert (code, error["code"]) == (2, "bad_host")


def test_without_a_store_there_is_nothing_to_serve(tmp_path):
    code, error, _ = refused(start_service(tmp_path, "--port", 0))
    assert (code, error["code"]) == (1, "store_missing")


def test_a_folder_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "data").write_text("")
    code, error, _ = refused(start_service(tmp_path / "data", "--port", 0))
    assert (code, error["code"]) == (1, "folder_unwritable")
