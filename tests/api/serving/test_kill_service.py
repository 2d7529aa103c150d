"""kill -9 of the whole service under eight writers: what was answered is there, and nothing else.

Each client turns its own feature between two versions, over and over; every answer names the
version that it made. After each kill the service is started again on the same folder.
"""

from __future__ import annotations

import json
import random
import sys
import threading
from collections import defaultdict
from http.client import HTTPException

import pytest

from layers.store import Actor, open_store
from layers.verify import verify
from tests.serving import running, tokens_in

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="signals and /proc"),
]
LAYER = "care_facilities"
WRITERS = 8
BEDS = {1: 11, 2: 22}


@pytest.fixture
def data(tmp_path):
    with open_store(f"gpkg:{tmp_path / 'county.gpkg'}", create=True, min_free_mb=0) as store:
        for beds in BEDS.values():
            rows = [{"id": f"w{n}", "name": "示意站", "beds": beds} for n in range(WRITERS)]
            store.put(LAYER, rows, actor=Actor("经办甲"))
    return tmp_path


class Writers:
    """Eight clients that write until the service is gone."""

    def __init__(self, service, token):
        self.answered = defaultdict(dict)
        self._service = service
        self._headers = {"Authorization": f"Bearer {token}", "Content_Type": "application/json"}
        self._enough = threading.Semaphore(0)
        self._threads = [
            threading.Thread(target=self._write, args=[f"w{n}"]) for n in range(WRITERS)
        ]

    def kill_after(self, answers):
        for thread in self._threads:
            thread.start()
        for _ in range(answers):
            self._enough.acquire()
        self._service.kill()
        for thread in self._threads:
            thread.join()

    def _write(self, feature):
        turn = 0
        while True:
            turn += 1
            wanted = {"layer": LAYER, "id": feature, "version": 1 + turn % 2}
            body = json.dumps(wanted).encode()
            try:
                status, _, answer = self._service.ask(
                    "/api/restore-version", method="POST", body=body, **self._headers
                )
            except (HTTPException, OSError):
                return
            assert status == 200, answer
            self.answered[feature][json.loads(answer)["version"]] = BEDS[wanted["version"]]
            self._enough.release()


def kill_again_and_again(data, rounds):
    token = tokens_in(data)["clerk"]
    chance = random.Random(11)
    last = dict.fromkeys((f"w{n}" for n in range(WRITERS)), 2)
    for _ in range(rounds):
        with running(
            data, workers=2, XYGEO_WRITES_PER_MINUTE="0", XYGEO_MIN_FREE_MB="0"
        ) as service:
            writers = Writers(service, token)
            writers.kill_after(chance.randint(1, 80))
        assert verify(data / "county.gpkg").findings == ()  # before anybody opens it again
        with open_store(f"gpkg:{data / 'county.gpkg'}", min_free_mb=0) as store:
            for feature, answered in writers.answered.items():
                versions = {v.version: v.row["beds"] for v in store.history(LAYER, feature)}
                assert answered.items() <= versions.items()
                # One more at most: written, but killed before it was answered.
                assert max(versions) <= max(answered, default=last[feature]) + 1
                last[feature] = max(versions)


def test_ten_kills_of_the_service_lose_nothing_it_answered(data):
    kill_again_and_again(data, 10)


@pytest.mark.walk
def test_fifty_kills_of_the_service_lose_nothing_it_answered(data):
    kill_again_and_again(data, 50)
