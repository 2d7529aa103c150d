"""The memory of an import does not grow with its rows."""

from __future__ import annotations

import gc
import tracemalloc

import pytest

from layers.importers import csv_file, import_file
from layers.met_before import MetBefore
from tests.layers.importers.files import CLERK, write_text

HEAD = "name,kind,township_code,lon,lat\n"


def peak_of(work):
    # The more objects a process holds, the later it looks for cycles among them: what other tests
    # left behind must not decide how much garbage lies about at the peak.
    gc.collect()
    gc.freeze()
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        gc.unfreeze()


def test_keys_met_before_are_not_kept_in_python():
    def meet(count):
        met = MetBefore()
        for start in range(0, count, 5_000):
            rows = range(start, start + 5_000)
            assert met.add([f"示意站{row}" for row in rows], rows) == []

    assert peak_of(lambda: meet(60_000)) - peak_of(lambda: meet(10_000)) < 200_000


@pytest.mark.slow
def test_twice_the_rows_take_the_same_memory(store_maker, tmp_path, monkeypatch):
    def imported(count):
        lines = (f"示意站{i},station,140423100000,{113 + i / 1e6},36.5\n" for i in range(count))
        path = write_text(tmp_path, f"{count}.csv", HEAD + "".join(lines))
        store = store_maker()

        def work():
            assert import_file(store, "care_facilities", path, actor=CLERK).new == count

        return peak_of(work)

    monkeypatch.setattr(csv_file, "CHUNK_ROWS", 2_000)
    imported(1_000)  # whatever is loaded once
    # A dictionary entry and an id a row were half a kilobyte: 2 MB of these 4,000 rows.
    assert imported(12_000) - imported(8_000) < 200_000
