"""A county moves to another store with its whole past."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
import shapely

from layers.errors import Conflict, StoreError
from layers.migrate import migrate
from layers.schema import parse_schema
from layers.store import Actor, Query, open_store
from layers.verify import verify

if TYPE_CHECKING:
    from pathlib import Path

CLERK = Actor("经办甲")
WELLS = {
    "name": "wells",
    "title": "水井",
    "geometry": ["Point"],
    "fields": {
        "tags": {"title": "标签", "type": "list"},
        "dry": {"title": "干涸", "type": "boolean"},
        "depth": {"title": "深", "type": "real"},
    },
}


def fill(url: str, folder: Path, clock) -> None:
    """Rows that were changed, deleted and brought back; a layer of the store's own; a record."""
    with open_store(url, create=True, clock=clock, min_free_mb=0, folder=folder) as store:
        rows = [
            {"id": f"f{n}", "name": f"示意{n}", "beds": n, "opened": date(2020, 1, 1 + n),
             "geometry": shapely.Point(113 + n / 97, 36.5)}
            for n in range(5)
        ]  # fmt: skip
        store.put("care_facilities", rows, actor=CLERK)
        store.put("care_facilities", [{"id": "f1", "name": "改"}], actor=CLERK, reason="改名")
        store.delete("care_facilities", ["f0", "f4"], actor=CLERK)
        store.put("care_facilities", rows[:1], actor=CLERK)
        store.add_layer(parse_schema(WELLS))
        wells = [{"tags": ["甲", "乙"], "dry": True, "depth": 1.5}, {"dry": False}]
        store.put("wells", wells, actor=CLERK)
        store.put_sheet_record("pins", "k", {"a": 1}, actor=CLERK)


def contents(url: str) -> dict[str, object]:
    with open_store(url, min_free_mb=0) as store:
        rows = {layer: list(store.find(layer)) for layer in ("care_facilities", "wells")}
        return {
            "rows": rows,
            "events": list(store.changes()),
            "past": [store.history("care_facilities", made) for made in ("f0", "f1", "f4")],
            "cursor": store.find("care_facilities", Query(limit=2)).after,
            "bounds": store.summary("care_facilities").bounds,
            "schema": dict(store.schema("wells").source),
            "records": store.sheet_records("pins"),
        }


@pytest.fixture(params=["gpkg", pytest.param("postgis", marks=pytest.mark.postgis)])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "gpkg":
        return f"gpkg:{tmp_path / 'new' / 'county.gpkg'}"
    return request.getfixturevalue("empty_place")


@pytest.fixture
def source(tmp_path: Path, clock) -> str:
    url = f"gpkg:{tmp_path / 'county.gpkg'}"
    fill(url, tmp_path, clock)
    return url


def test_everything_is_carried_over_and_the_source_stays(source, target, tmp_path):
    before = contents(source)
    told = []
    report = migrate(
        source, target, data=tmp_path, on_progress=lambda share, words: told.append((share, words))
    )
    assert contents(target) == before == contents(source)
    assert (report.events, report.head.seq) == (11, 11)
    assert report.layers["care_facilities"] == 4
    assert [share for share, _ in told] == sorted(share for share, _ in told)
    assert told[-1] == (1.0, "迁移完成")


@pytest.mark.postgis
def test_there_and_back_again_is_the_same(source, empty_place, tmp_path):
    before = contents(source)
    server, back = empty_place, f"gpkg:{tmp_path / 'back' / 'county.gpkg'}"
    migrate(source, server, data=tmp_path)
    migrate(server, back, data=tmp_path)
    assert contents(back) == before
    assert verify(back).ok


def test_writing_goes_on_after_it(source, target, tmp_path):
    migrate(source, target, data=tmp_path)
    with open_store(target, min_free_mb=0, folder=tmp_path) as store:
        store.put("care_facilities", [{"name": "新"}], actor=CLERK)
        names = [row["name"] for row in store.find("care_facilities")]
        assert [event.seq for event in store.changes(after=10)] == [11, 12]
    assert names == ["改", "示意2", "示意3", "示意0", "新"]


def test_a_store_with_data_is_no_target(source, target, tmp_path, clock):
    fill(target, tmp_path / "new", clock)
    with pytest.raises(Conflict) as caught:
        migrate(source, target, data=tmp_path)
    assert caught.value.code == "migrate_not_empty"


def test_a_store_is_not_its_own_target(source, tmp_path):
    with pytest.raises(Conflict) as caught:
        migrate(source, source, data=tmp_path)
    assert caught.value.code == "migrate_same"


@pytest.mark.parametrize("place", ["./county.gpkg", "other.gpkg"])
def test_a_file_in_the_same_folder_is_refused_rather_than_waited_for(source, tmp_path, place):
    with pytest.raises(Conflict) as caught:
        migrate(source, f"gpkg:{tmp_path}/{place}", data=tmp_path)
    assert caught.value.code == "migrate_same"


def test_an_altered_source_is_left_where_it_is(source, target, tmp_path):
    (tmp_path / "anchors.jsonl").unlink()
    with pytest.raises(StoreError) as caught:
        migrate(source, target, data=tmp_path)
    assert caught.value.code == "migrate_unverified"
