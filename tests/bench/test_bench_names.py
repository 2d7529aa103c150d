"""Search of 100,000 names: milliseconds a query once the index is built, beside a scan of all.

The scan is what a search without an index does: one `in` a name, nothing read as pinyin, no rank.
"""

from __future__ import annotations

import random
import resource
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

import pytest

from layers.facts import divisions
from layers.names import search
from layers.store import Actor, open_store
from tests.bench.timing import best_of, say

pytestmark = pytest.mark.bench
NUMBER = 100_000


def made_names(number: int) -> list[str]:
    draw = random.Random(7)
    characters = sorted({c for unit in divisions() for c in unit.name[:-1]})
    generics = ("村", "路", "街", "小区", "山", "桥", "庄", "沟")
    return [
        "".join(draw.choices(characters, k=draw.randint(2, 4))) + draw.choice(generics)
        for _ in range(number)
    ]


def resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


def test_searching_100_000_names(tmp_path):
    names = made_names(NUMBER)
    rows = [{"name": name, "kind": "other"} for name in names]
    with open_store(f"gpkg:{tmp_path / 'county.gpkg'}", create=True) as store:
        store.put("place_names", rows, actor=Actor("bench"))
        held = resident_mb()
        begin, busy = perf_counter(), process_time()
        search(store, "虒亭")
        took, busy = perf_counter() - begin, process_time() - busy
        held = resident_mb() - held
        print(f"\nindex of {NUMBER:,} names: {took:.1f} s ({busy:.1f} s busy), {held:.0f} MB")
        for number in (1, 100, 1000):
            rows = [{"name": f"示意{number}号{i}路", "kind": "street"} for i in range(number)]
            store.put("place_names", rows, actor=Actor("bench"))
            begin = perf_counter()
            search(store, "虒亭")
            took = (perf_counter() - begin) * 1e3
            print(f"first question after a write of {number:,}: {took:.1f} ms")
        sample = random.Random(8).sample(names, 200)
        queries = {
            "whole names": sample,
            "two characters": [name[:2] for name in sample],
            "one character": sorted({name[0] for name in sample}),
            "one wrong": [name[:1] + "龘" + name[2:] for name in sample],
            "pinyin": ["siting", "wangjia", "shan", "xi", "s", "z"],
            "initials": ["st", "wjz", "sfc"],
            "nothing": ["龘龘龘", "zzzzzz", "*"],
        }
        for what, texts in queries.items():
            times = []
            for text in texts:
                begin = perf_counter()
                search(store, text)
                times.append((perf_counter() - begin) * 1e3)
            print(f"{what}: median {median(times):.2f} ms, worst {max(times):.2f} ms")
        query = sample[0][:2]
        mine = best_of(5, lambda: search(store, query))
        say("search", mine, scan=best_of(5, lambda: [name for name in names if query in name]))
