"""The catalogue says how much, how good and from where."""

from __future__ import annotations

import pytest
import shapely

from layers.catalog import catalog, listed_schema
from layers.errors import NotFound
from layers.provenance import Provenance
from layers.store import Actor


def test_every_layer_is_listed_with_its_worst_quality_and_sources(store):
    rows = [
        {
            "name": "甲",
            "quality": "synthetic",
            "source": "示意",
            "geometry": shapely.Point(113, 36),
        },
        {"name": "乙", "source": "民政局"},
        {"name": "丙", "source": "民政局"},
    ]
    store.put("care_facilities", rows, actor=Actor("甲"))
    entries = {entry.id: entry for entry in catalog(store)}
    facilities = entries["care_facilities"]
    assert facilities.provenance == Provenance("synthetic", ("民政局", "示意"))
    assert (facilities.title, facilities.count, facilities.head) == ("养老服务设施", 3, 3)
    assert facilities.bounds == (113, 36, 113, 36)
    assert facilities.to_json()["notice"] == "示意数据 非法定"


def test_an_empty_layer_is_listed_without_quality(store):
    entry = next(e for e in catalog(store) if e.id == "divisions")
    assert (entry.count, entry.bounds, entry.provenance, entry.head) == (0, None, None, 0)
    assert entry.to_json()["quality"] is None


def test_layer_that_only_the_program_uses_is_not_given_to_people(store):
    with pytest.raises(NotFound, match=r"care_facilities、.*xygeo case") as caught:
        listed_schema(store, "cases")
    assert caught.value.code == "unknown_layer"
    assert listed_schema(store, "elders").name == "elders"
