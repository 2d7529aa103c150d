"""An earlier version of a feature comes back as a new one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import shapely

from layers.errors import NotAllowed, NotFound
from layers.restoring import restore_version
from layers.store import Actor, Store, open_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CLERK = Actor("经办甲")
REVIEWER = Actor("审核乙", "reviewer")
LAYER = "care_facilities"


@pytest.fixture
def store(tmp_path: Path, clock) -> Iterator[Store]:
    with open_store(
        f"gpkg:{tmp_path / 'county.gpkg'}", create=True, clock=clock, min_free_mb=0
    ) as opened:
        row = {"id": "a", "name": "示意站", "beds": 5, "geometry": shapely.Point(113, 36.5)}
        opened.put(LAYER, [row], actor=CLERK)
        opened.put(LAYER, [row | {"beds": 7, "geometry": None}], actor=CLERK)
        yield opened


def test_an_earlier_version_is_written_as_a_new_one(store):
    made = restore_version(store, LAYER, "a", 1, actor=CLERK, reason="误改")
    assert (made.version, made.action, made.reason, made.row["beds"]) == (3, "update", "误改", 5)
    assert store.get(LAYER, "a")["geometry"] == shapely.Point(113, 36.5)


def test_a_deleted_feature_comes_back_under_its_id(store):
    store.delete(LAYER, ["a"], actor=CLERK)
    made = restore_version(store, LAYER, "a", 2, actor=CLERK)
    assert (made.version, made.action, made.row["beds"]) == (4, "create", 7)


def test_a_version_as_the_present_one_makes_no_event(store):
    before = store.head().seq
    assert restore_version(store, LAYER, "a", 2, actor=CLERK).version == 2
    assert store.head().seq == before


def test_a_unit_keyed_by_its_code_comes_back(store):
    unit = {
        "code": "140423000000",
        "name": "示意县",
        "level": "county",
        "kind": "county",
        "legal": True,
    }
    made = store.put("divisions", [unit], actor=CLERK).ids[0]
    store.put("divisions", [unit | {"name": "改名县"}], actor=CLERK)
    assert restore_version(store, "divisions", made, 1, actor=CLERK).row["name"] == "示意县"


@pytest.mark.parametrize(
    ("id", "version", "code"),
    [("a", 9, "unknown_version"), ("a", 0, "unknown_version"), ("b", 1, "not_found")],
)
def test_what_never_was_is_not_restored(store, id, version, code):
    with pytest.raises(NotFound) as caught:
        restore_version(store, LAYER, id, version, actor=CLERK)
    assert caught.value.code == code


def test_a_deletion_is_no_version_to_restore(store):
    store.delete(LAYER, ["a"], actor=CLERK)
    with pytest.raises(NotFound, match="删除"):
        restore_version(store, LAYER, "a", 3, actor=CLERK)


def test_cases_are_not_turned_back(store):
    with pytest.raises(NotFound) as caught:
        restore_version(store, "cases", "a", 1, actor=REVIEWER, reason="试")
    assert caught.value.code == "unknown_layer"


def test_a_better_quality_comes_back_by_a_reviewer_only(store):
    raised = {"id": "a", "quality": "surveyed"}
    store.put(LAYER, [raised], actor=REVIEWER, reason="实测", merge=True)
    store.put(LAYER, [raised | {"quality": "approximate"}], actor=CLERK, merge=True)
    with pytest.raises(NotAllowed):
        restore_version(store, LAYER, "a", 3, actor=CLERK, reason="恢复")
    made = restore_version(store, LAYER, "a", 3, actor=REVIEWER, reason="恢复")
    assert made.row["quality"] == "surveyed"
