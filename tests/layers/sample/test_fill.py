"""The sample county in a store and in files."""

import json
import os
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from layers.errors import Conflict
from layers.sample import (
    SAMPLE_ACTOR,
    SAMPLE_CLOCK,
    SAMPLE_LAYERS,
    SAMPLE_TIME,
    fill_sample,
    require_sample,
    write_sample_files,
)
from layers.store import Actor, Query, open_store, read_frame


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A store with the sample county, and what it told on the way."""
    path = tmp_path_factory.mktemp("sample") / "county.gpkg"
    told = []
    with open_store(f"gpkg:{path}", create=True, clock=SAMPLE_CLOCK) as store:
        fill_sample(store, on_progress=lambda share, words: told.append((share, words)))
        yield store, told


@pytest.fixture
def empty(tmp_path):
    with open_store(f"gpkg:{tmp_path / 'county.gpkg'}", create=True, clock=SAMPLE_CLOCK) as store:
        yield store


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """The files, written in this process."""
    return write_sample_files(tmp_path_factory.mktemp("files") / "deeper")


def test_every_row_is_stored(filled, county):
    store, _ = filled
    assert {layer: store.count(layer) for layer in SAMPLE_LAYERS} == {
        layer: len(rows) for layer, rows in county.items()
    }
    written = sum(event.actor == SAMPLE_ACTOR.name for event in store.changes())
    assert written == sum(len(rows) for rows in county.values())


def test_coordinates_come_back_as_they_were_made(filled, county):
    store, _ = filled
    frame = read_frame(store, "roads")
    for row in county["roads"][::50]:
        assert frame.geometry[row["id"]].equals_exact(row["geometry"], 0.0)


def test_the_last_event_is_of_a_constant_day(filled):
    store, _ = filled
    assert store.head().at == SAMPLE_TIME


def test_progress_grows_to_one(filled):
    _, told = filled
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("day", "villages", "towns"),
    [
        ("2019-06-30", 332, 11),
        ("2020-06-30", 238, 11),
        ("2021-12-31", 238, 9),
        ("2024-06-30", 239, 9),
    ],
)
def test_the_store_knows_the_units_of_each_day(filled, day, villages, towns):
    store, _ = filled
    frame = read_frame(store, "divisions", Query(at=date.fromisoformat(day)))
    assert (frame["level"] == "village").sum() == villages
    assert (frame["kind"] == "township").sum() == towns


def test_two_stores_have_the_same_head(filled, empty):
    store, _ = filled
    fill_sample(empty)
    assert empty.head() == store.head()


def test_a_filled_store_is_refused(filled):
    store, _ = filled
    before = store.head()
    with pytest.raises(Conflict) as caught:
        fill_sample(store)
    assert caught.value.code == "store_not_empty"
    assert store.head() == before


def test_one_strange_row_is_enough_to_refuse(empty):
    empty.put("care_facilities", [{"name": "某站"}], actor=Actor("clerk"))
    with pytest.raises(Conflict):
        fill_sample(empty)
    with pytest.raises(Conflict) as caught:
        require_sample(empty)
    assert caught.value.code == "not_the_sample"


def test_an_edited_sample_is_still_the_sample(empty):
    fill_sample(empty)
    empty.put("care_facilities", [{"name": "某站"}], actor=Actor("clerk"))
    require_sample(empty)


def test_a_file_a_layer_is_canonical(files, county):
    assert [path.name for path in files] == [f"{layer}.geojson" for layer in SAMPLE_LAYERS]
    for path in files:
        raw = path.read_bytes()
        assert b"\r" not in raw
        assert raw.endswith(b"\n")
        read = json.loads(raw)
        ids = [feature["id"] for feature in read["features"]]
        assert ids == [row["id"] for row in county[path.stem]]
        text = raw.decode()
        for line in text.splitlines()[1:-1]:
            feature = json.loads(line.rstrip(","))
            assert line.rstrip(",") == json.dumps(feature, sort_keys=True, ensure_ascii=False)


def test_coordinates_have_at_most_six_decimals(files):
    def numbers(nested):
        if isinstance(nested, list):
            for part in nested:
                yield from numbers(part)
        else:
            yield nested

    digits = Counter(
        len(repr(number).partition(".")[2])
        for path in files
        for feature in json.loads(path.read_bytes())["features"]
        if feature["geometry"]
        for number in numbers(feature["geometry"]["coordinates"])
    )
    assert max(digits) == 6


@pytest.mark.slow
def test_another_process_in_another_country_writes_the_same_bytes(files, tmp_path):
    code = "import sys; from layers.sample import write_sample_files as w; w(sys.argv[1])"
    there = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(Path(__file__).parents[3]),
        "PYTHONHASHSEED": "4711",
        "LC_ALL": "C",
        "TZ": "Pacific/Auckland",
        "NPY_DISABLE_CPU_FEATURES": "AVX2 FMA3 AVX512F AVX512CD AVX512_SKX",
        "OMP_NUM_THREADS": "1",
    }
    subprocess.run([sys.executable, "-c", code, tmp_path], env=there, cwd=tmp_path, check=True)
    for path in files:
        assert (tmp_path / path.name).read_bytes() == path.read_bytes(), path.name
