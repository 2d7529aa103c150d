"""The names kept between questions are those of the store, whatever was written meanwhile."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

import pytest

from layers.names import search
from layers.names.county import CountyNames, county_names
from layers.names.entries import Units, named_places, searched_layers
from layers.names.index import MATCHES, NameIndex
from layers.sample.divisions import division_rows
from layers.schema import parse_schema
from layers.store import Actor

CLERK = Actor("tester", "reviewer")
TODAY = date(2026, 1, 1).toordinal()
BRIDGES = {
    "name": "bridges",
    "title": "桥",
    "search": 9,
    "fields": {"name": {"title": "桥名", "type": "text"}},
}


def put(store, *names, **more):
    rows = [{"name": name, "kind": "street", **more} for name in names]
    return store.put("place_names", rows, actor=CLERK).ids


def names_of(store, text, **options):
    return [hit["name"] for hit in search(store, text, **options)["hits"]]


def test_a_row_that_is_renamed_is_found_by_its_new_name_alone(store):
    (made,) = put(store, "长安路")
    assert names_of(store, "长安路") == ["长安路"]
    put(store, "永安街", id=made)
    assert names_of(store, "长安路") == []
    assert names_of(store, "yaj") == ["永安街"]


def test_an_import_undone_leaves_no_name_even_where_another_took_its_number(store):
    put(store, "长安路")
    assert names_of(store, "长安") == ["长安路"]
    with suppress(RuntimeError), store.batch(CLERK):
        put(store, "永安街")
        assert names_of(store, "永安街") == ["永安街"]
        raise RuntimeError
    put(store, "学府巷")
    assert names_of(store, "永安街") == []
    assert names_of(store, "学府巷") == ["学府巷"]


def test_a_town_renamed_is_the_parent_of_a_village_under_its_new_name(store):
    rows = [row for row in division_rows(7) if row["code"][:9] in {"140423104", "140423000"}]
    store.put("divisions", rows, actor=CLERK)
    assert search(store, "虒亭村")["hits"][0]["parent"] == "虒亭镇"
    town = next(row for row in rows if row["code"] == "140423104000")
    store.put("divisions", [{**town, "name": "虒阳镇"}], actor=CLERK)
    assert search(store, "虒亭村")["hits"][0]["parent"] == "虒阳镇"
    assert names_of(store, "虒阳镇虒亭村") == ["虒亭村"]
    former = search(store, "虒亭镇")["hits"][0]  # its period before the extent changed
    assert (former["status"], former["now"][0]["name"]) == ("former", "虒阳镇")


def test_a_layer_made_later_is_searched_when_its_schema_says_so(store):
    put(store, "大桥路")
    assert names_of(store, "大桥") == ["大桥路"]
    store.add_layer(parse_schema(BRIDGES))
    store.put("bridges", [{"name": "大桥"}], actor=CLERK)
    assert [(h["name"], h["layer"]) for h in search(store, "大桥")["hits"]] == [
        ("大桥", "bridges"),
        ("大桥路", "place_names"),
    ]


def test_rows_written_over_and_over_do_not_fill_the_memory(store, monkeypatch):
    monkeypatch.setattr("layers.names.county._SHUT", 4)
    made = put(store, "长安路")[0]
    for number in range(20):
        put(store, f"长安{number}路", id=made)
        assert len(names_of(store, "长安")) == 1
    with county_names(store) as names:
        assert len(names.index.places) <= 6


@pytest.mark.slow
def test_what_is_kept_answers_as_what_is_read_anew(store):
    """A long walk of writes; every so often all questions are asked of both."""
    store.put("divisions", division_rows(7), actor=CLERK)
    texts = ("长", "ca", "changan", "长安路", "长安", "善福", "崔家庄村", "石", "x", "北底乡")
    kept: list[str] = []
    for step in range(12):
        kept += put(store, f"长安{step}路", f"石{step}街")
        if step % 3 == 2:
            store.delete("place_names", [kept.pop(0)], actor=CLERK)
            put(store, f"改长{step}路", id=kept[0])
        if step % 4 == 3:
            rows = [row for row in division_rows(7) if row["code"] == "140423108207"]
            store.put("divisions", [{**rows[0], "note": f"第 {step} 次"}], actor=CLERK)
        with county_names(store) as names:
            index = names.index
        fresh = NameIndex()
        for layer in searched_layers(store):
            fresh.add(named_places(store, layer, Units(store)))
        for day in (TODAY, date(2019, 6, 1).toordinal()):
            for match in MATCHES:
                for text in texts:
                    assert found(index, text, match, day) == found(fresh, text, match, day)


def found(index, text, match, day):
    return [(index.places[s].layer, index.places[s].id) for s in index.find(text, match, day)]


def test_nothing_is_read_again_while_nothing_is_written(store, monkeypatch):
    put(store, "长安路")
    search(store, "长安路")
    monkeypatch.setattr(CountyNames, "_read", None)
    assert names_of(store, "长安路") == ["长安路"]
