"""An import whose process is killed leaves nothing behind: no row, no event, a store that opens."""

from __future__ import annotations

import subprocess
import sys

import pytest

from layers.store import Actor, open_store
from layers.verify import verify
from tests.layers.importers.files import write_text

IMPORT = """
import sys
from layers.importers import import_file
from layers.store import Actor, open_store

def tell(_share, words):
    print(words, flush=True)

with open_store("gpkg:" + sys.argv[1], min_free_mb=0) as store:
    import_file(store, "care_facilities", sys.argv[2], actor=Actor("clerk"), on_progress=tell)
    print("done", flush=True)
"""


@pytest.mark.slow
def test_a_killed_import_leaves_nothing(tmp_path):
    path = tmp_path / "county.gpkg"
    with open_store(f"gpkg:{path}", create=True, min_free_mb=0) as store:
        store.put("care_facilities", [{"name": "早先", "kind": "station"}], actor=Actor("clerk"))
        before = store.head()
    rows = "".join(f"示意站{i},station,113.0,36.5\n" for i in range(40_000))
    file = write_text(tmp_path, "in.csv", "name,kind,lon,lat\n" + rows)
    process = subprocess.Popen(
        [sys.executable, "-c", IMPORT, str(path), str(file)],
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    assert process.stdout is not None
    told = [process.stdout.readline().strip() for _ in range(2)]
    process.kill()
    rest = process.stdout.read()
    process.stdout.close()
    process.wait()
    assert told[-1] == "已检查 20000 行"
    assert "done" not in rest
    with open_store(f"gpkg:{path}", min_free_mb=0) as store:
        assert [row["name"] for row in store.find("care_facilities")] == ["早先"]
        assert (store.head().seq, store.head().hash) == (before.seq, before.hash)
    report = verify(path)
    assert report.findings == ()
    assert report.ok
