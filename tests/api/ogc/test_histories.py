import pytest
import shapely

from api.ogc.crs import CRS84, CRS_URIS, read_crs
from api.ogc.histories import history_document
from api.ogc.visibility import view_of
from layers.errors import NotFound
from layers.store import Actor

PLAIN = read_crs(CRS84)


def document(store, layer, id, role, crs=PLAIN):
    view = view_of(store.schema(layer), role)
    return history_document(view, id, store.history(layer, id), crs)["versions"]


def test_accounts_see_who_and_why_and_others_only_what_was_public(store):
    mine = document(store, "place_names", "n2", "clerk")
    assert [(v["version"], v["actor"], v["reason"]) for v in mine] == [
        (1, "a", ""), (2, "r", "名册")
    ]  # fmt: skip
    [public] = document(store, "place_names", "n2", "viewer")
    assert public["version"] == 2
    assert not {"actor", "reason"} & public.keys()


def test_what_was_never_public_has_no_history_for_others(store):
    with pytest.raises(NotFound):
        document(store, "place_names", "n1", "viewer")
    assert len(document(store, "place_names", "n1", "clerk")) == 1


def test_counts_of_the_past_are_for_planners(store):
    id = "140423100003-2020"
    [hidden], [whole] = (document(store, "elders", id, role) for role in ("clerk", "planner"))
    assert hidden["properties"]["age80"] is hidden["properties"]["age60"] is None
    assert whole["properties"]["age80"] == 50


def test_geometries_are_shown_in_the_asked_system(store):
    [version] = document(store, "care_facilities", "f0", "viewer", read_crs(CRS_URIS[1]))
    assert version["geometry"] is not None


def test_the_deletion_of_what_was_never_public_stays_hidden(store):
    row = {"id": "n9", "name": "拟", "geometry": shapely.Point(113, 36)}
    store.put("place_names", [row], actor=Actor("a"))
    store.delete("place_names", ["n9"], actor=Actor("a"))
    assert [v["action"] for v in document(store, "place_names", "n9", "clerk")] == [
        "create", "delete"
    ]  # fmt: skip
    with pytest.raises(NotFound):
        document(store, "place_names", "n9", "viewer")
