"""On a full disk writes are refused and reads go on; freed space is enough."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from layers.store import Actor, open_store
from layers.verify import verify
from tests.serving import running, tokens_in

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        sys.platform != "linux" or os.geteuid() != 0, reason="mounting a small disk needs root"
    ),
]
ITEMS = "/ogc/collections/care_facilities/items?limit=1000"


@pytest.fixture
def disk(tmp_path):
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("this machine lets nobody mount a small disk")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def fill(file):
    """Write until there is not a byte left."""
    with contextlib.suppress(OSError), file.open("wb", buffering=0) as ballast:
        while ballast.write(b"x" * 1000):
            pass


def test_a_full_disk_refuses_writes_and_answers_reads(disk):
    with open_store(f"gpkg:{disk / 'county.gpkg'}", create=True, min_free_mb=0) as store:
        for note in ("甲", "乙" * 20_000):
            rows = [{"id": f"s{n}", "name": "示意站", "note": note} for n in range(3)]
            store.put("care_facilities", rows, actor=Actor("经办甲"))
    named = {"Authorization": f"Bearer {tokens_in(disk)['clerk']}"}
    named["Content-Type"] = "application/json"

    def restored(service, version):
        wanted = {"layer": "care_facilities", "id": "s0", "version": version}
        return service.ask(
            "/api/restore-version", method="POST", body=json.dumps(wanted).encode(), **named
        )

    with running(disk, XYGEO_MIN_FREE_MB="0") as service:
        assert service.ask(ITEMS)[0] == 200
        assert restored(service, 1)[0] == 200
        fill(disk / "ballast")
        refusals = [restored(service, version) for version in (2, 1, 2, 1, 2)]
        full = [answer for answer in refusals if answer[0] == 507]
        assert full
        assert {answer[0] for answer in refusals} <= {200, 507}
        assert "磁盘" in json.loads(full[0][2])["detail"]
        with ThreadPoolExecutor(8) as asking:  # more threads than readers are open
            answers = list(asking.map(lambda _: service.ask(ITEMS), range(40)))
        assert {answer[0] for answer in answers} == {200}
        assert {json.loads(answer[2])["numberMatched"] for answer in answers} == {3}
        (disk / "ballast").unlink()
        status, _, body = restored(service, 1)
        assert status == 200
        last = json.loads(body)["version"]
        accepted = [json.loads(body)["version"] for status, _, body in refusals if status == 200]
        assert max(accepted, default=3) <= last <= 3 + len(accepted) + 1
        assert service.stop() == 0
    with open_store(f"gpkg:{disk / 'county.gpkg'}", min_free_mb=0) as store:
        assert [v.version for v in store.history("care_facilities", "s0")] == [
            *range(1, last + 1)
        ]  # nothing that was refused, everything that was acknowledged
    assert verify(disk / "county.gpkg").ok


def test_writes_stop_before_the_disk_is_full(disk):
    with open_store(f"gpkg:{disk / 'county.gpkg'}", create=True, min_free_mb=0) as store:
        rows = [{"id": "s0", "name": "示意站"}]
        store.put("care_facilities", rows, actor=Actor("经办甲"))
    named = {"Authorization": f"Bearer {tokens_in(disk)['clerk']}"}
    wanted = {"layer": "care_facilities", "id": "s0", "version": 1}
    with running(disk, XYGEO_MIN_FREE_MB="64") as service:  # the disk has six in all
        status, _, body = service.ask(
            "/api/restore-version",
            method="POST",
            body=json.dumps(wanted).encode(),
            Content_Type="application/json",
            **named,
        )
        assert (status, json.loads(body)["code"]) == (507, "disk_full")
        assert json.loads(service.ask("/api/ready")[2])["writes"] is False
        assert service.ask(ITEMS)[0] == 200
