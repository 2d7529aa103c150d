import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.ogc.kept import KeptByHead
from api.ogc.pages import read_page
from layers.store import Actor, Query, open_store

LAYER = "care_facilities"
CLERK = Actor("a")


def pages(store, limit, kept, *, between=lambda: None):
    after, found = None, []
    while True:
        query = Query(limit=limit, after=after)
        page = read_page(store, LAYER, query, store.head(LAYER), kept)
        found.append(page)
        after = page.after
        if after is None:
            return found
        between()


@given(limit=st.integers(1, 12))
def test_pages_repeat_nothing_and_miss_nothing(store, limit):
    found = pages(store, limit, KeptByHead())
    assert [key for page in found for key in page.keys] == store.keys(LAYER)
    assert {page.matched for page in found} == {10}
    assert all(len(page.keys) == limit for page in found[:-1])
    assert found[-1].keys


def test_nothing_is_a_page_too(store):
    query = Query(limit=5, ids=[])
    page = read_page(store, LAYER, query, store.head(LAYER), KeptByHead())
    assert (page.matched, page.after, len(page.keys)) == (0, None, 0)


@settings(max_examples=20)
@given(
    deeds=st.lists(st.sampled_from(["new", "delete", "change"]), max_size=4),
    limit=st.integers(1, 3),
)
def test_under_writes_what_stays_comes_exactly_once(tmp_path_factory, deeds, limit):
    path = tmp_path_factory.mktemp("writes") / "c.gpkg"
    with open_store(f"gpkg:{path}", create=True, min_free_mb=0) as store:
        ids = [f"s{number}" for number in range(6)]
        store.put(LAYER, [{"id": id, "name": id} for id in ids], actor=CLERK)
        every = [cursor for cursor, _ in store.keys(LAYER)]
        left, gone = iter(deeds), set()

        def write():
            deed = next(left, None)
            if deed == "new":
                store.put(LAYER, [{"name": "新"}], actor=CLERK)
            elif deed == "delete":
                gone.add(ids[-1 - len(gone)])
                store.delete(LAYER, [ids[-len(gone)]], actor=CLERK)
            elif deed == "change":
                store.put(LAYER, [{"id": "s0", "name": f"改{store.head().seq}"}], actor=CLERK)

        found = pages(store, limit, KeptByHead(), between=write)
        names = dict(zip(every, ids, strict=True))
        seen = [cursor for page in found for cursor, _ in page.keys]
        assert len(seen) == len(set(seen))
        assert set(ids) - gone <= {names.get(cursor) for cursor in seen}


def test_the_number_of_matches_is_counted_once_a_head(store, monkeypatch):
    kept, counted = KeptByHead(), []
    count = store.count
    monkeypatch.setattr(store, "count", lambda *a: counted.append(1) or count(*a))
    pages(store, 3, kept)
    assert len(counted) == 1
    pages(store, 100, kept)
    assert len(counted) == 1


@pytest.mark.parametrize("after", [0, 3])
def test_the_last_page_leads_nowhere(store, after):
    rest = read_page(
        store, LAYER, Query(limit=10 - after, after=after), store.head(LAYER), KeptByHead()
    )
    assert rest.after is None
