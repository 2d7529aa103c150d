"""A province of 117 counties: two worker processes beside one."""

from __future__ import annotations

import os
from time import perf_counter

import pytest

from layers.batch import read_manifest, run_counties
from layers.sample.province_files import write_province

pytestmark = pytest.mark.bench

ROUNDS = 2


def test_two_workers_halve_a_province(tmp_path):
    begin = perf_counter()
    manifest = write_province(tmp_path / "province")
    print(f"\n117 counties written in {perf_counter() - begin:.1f} s")
    listed = read_manifest(manifest)
    seconds: dict[int, list[float]] = {1: [], 2: []}
    for turn in range(ROUNDS):
        for count in (1, 2):
            begin = perf_counter()
            answer = run_counties(listed, tmp_path / f"{count}-{turn}", count=count)
            seconds[count].append(perf_counter() - begin)
            assert answer.summary["done"] == 117
        load = os.getloadavg()[0]
        one, two = seconds[1][-1], seconds[2][-1]
        print(f"one {one:.1f} s, two {two:.1f} s = {one / two:.2f} x (load {load:.1f})")
    one, two = (min(times) for times in seconds.values())
    print(f"best {one:.1f} s / {two:.1f} s = {one / two:.2f} x; {os.cpu_count()} cores")
