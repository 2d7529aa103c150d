from __future__ import annotations

from layers.analysis.question import CareQuestion
from layers.analysis.services import service_picture
from tests.layers.analysis.county import fill, station


def test_the_picture_holds_what_is_drawn(store):
    picture = service_picture(fill(store), CareQuestion())
    assert len(picture.roads) == 3
    assert len(picture.circles) == 1
    assert len(picture.demand) == 3
    assert list(picture.gaps["name"]) == ["乙镇", "甲镇"]
    assert len(picture.data_hash) == 64


def test_a_facility_off_the_roads_is_drawn_as_not_connected(store):
    rows = [station("西站", 0), station("远站", 8000), station("养老院", 9, kind="nursing_home")]
    facilities = service_picture(fill(store, care_facilities=rows), CareQuestion()).facilities
    connected = dict(zip(facilities["name"], facilities["connected"], strict=True))
    assert connected["西站"]
    assert not connected["远站"]
    counted = dict(zip(facilities["name"], facilities["counted"], strict=True))
    assert not counted["养老院"]


def test_the_same_store_gives_the_same_hash(store):
    fill(store)
    first = service_picture(store, CareQuestion()).data_hash
    assert service_picture(store, CareQuestion()).data_hash == first
