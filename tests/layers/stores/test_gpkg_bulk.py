"""A large import fills the index directly; nothing else may tell the difference."""

from __future__ import annotations

import pytest
import shapely

from layers.store import Actor, Query, open_store
from layers.stores.gpkg_bulk import IndexFill
from layers.verify import verify

CLERK = Actor("经办甲")


def rows(number: int):
    for i in range(number):
        shape = None if i % 7 == 0 else shapely.Point(112 + i / 10_000, 36)
        yield {"id": f"f{i}", "name": "示意", "geometry": shape}


@pytest.mark.slow
def test_an_index_filled_in_bulk_is_that_of_the_triggers(store):
    store.put("care_facilities", rows(4500), actor=CLERK)
    found = store.find("care_facilities", Query(bbox=(112.4, 35, 112.4005, 37)))
    assert [r["id"] for r in found] == ["f4000", "f4001", "f4002", "f4003", "f4005"]
    store.put("care_facilities", [{"name": "后来", "geometry": shapely.Point(1, 1)}], actor=CLERK)
    assert store.count("care_facilities", Query(bbox=(0, 0, 2, 2))) == 1
    store.close()
    assert verify(store.path).findings == ()


@pytest.mark.slow
def test_a_large_import_into_a_layer_fills_the_index_in_bulk_too(store, monkeypatch):
    filled = []
    add = IndexFill.add
    monkeypatch.setattr(
        IndexFill,
        "add",
        lambda self, boxes, fids: filled.append(len(boxes)) or add(self, boxes, fids),
    )
    first = [{"id": "f3", "name": "早先", "geometry": shapely.Point(1, 1)}]
    store.put("care_facilities", [*first, {"name": "另"}], actor=CLERK)
    assert filled == []
    result = store.put("care_facilities", rows(2500), actor=CLERK)
    assert (result.new, result.changed, filled) == (2499, 1, [1999, 500])
    assert store.count("care_facilities", Query(bbox=(0, 0, 2, 2))) == 0
    assert store.count("care_facilities", Query(bbox=(112.2, 35, 112.2005, 37))) == 5
    store.close()
    assert verify(store.path).findings == ()


@pytest.mark.slow
def test_a_first_import_that_breaks_off_leaves_trigger_and_index_as_they_were(tmp_path):
    def broken():
        yield from rows(4500)
        raise OSError("the file broke off")

    path = tmp_path / "county.gpkg"
    with open_store(f"gpkg:{path}", create=True, min_free_mb=0) as store:
        with pytest.raises(OSError, match="broke"):
            store.put("care_facilities", broken(), actor=CLERK)
        assert verify(path).findings == ()
        store.put("care_facilities", [{"name": "甲", "geometry": shapely.Point(1, 1)}], actor=CLERK)
        assert store.count("care_facilities", Query(bbox=(0, 0, 2, 2))) == 1


@pytest.mark.slow
def test_a_first_import_inside_a_batch_that_is_undone_can_be_repeated(store):
    def fail():
        with store.batch(CLERK):
            store.put("care_facilities", rows(2500), actor=CLERK)
            raise OSError("no")

    for _ in range(2):
        with pytest.raises(OSError, match="no"):
            fail()
    assert store.put("care_facilities", rows(2500), actor=CLERK).new == 2500
