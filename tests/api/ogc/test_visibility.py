import pytest

from api.ogc.visibility import view_of
from layers.schema import layer_schema


def names(view):
    return [field.name for field in view.fields]


def test_who_wrote_is_for_accounts_only():
    schema = layer_schema("care_facilities")
    assert "updated_by" not in names(view_of(schema, "viewer"))
    assert "updated_by" not in view_of(schema, "viewer").askable
    assert names(view_of(schema, "auditor"))[-3:] == ["version", "updated_at", "updated_by"]


def test_the_id_may_be_asked_for_but_is_no_property():
    view = view_of(layer_schema("roads"), "viewer")
    assert next(iter(view.askable)) == "id"
    assert "id" not in names(view)


@pytest.mark.parametrize(("role", "hidden"), [("viewer", True), ("clerk", True), ("admin", True),
                                              ("planner", False), ("reviewer", False)])  # fmt: skip
def test_small_counts_are_for_planners_and_reviewers(role, hidden):
    view = view_of(layer_schema("elders"), role)
    assert bool(view.counts) is hidden
    assert ("suppressed" in names(view)) is hidden
    assert "age80" in view.askable
    assert "suppressed" not in view.askable


def test_proposed_and_refused_names_are_for_accounts_only():
    schema = layer_schema("place_names")
    stranger, clerk = view_of(schema, "viewer"), view_of(schema, "clerk")
    shown = [code for code in schema.fields["status"].codes if stranger.shows({"status": code})]
    assert shown == ["standard", "former"]
    assert not stranger.shows({"status": None})
    assert clerk.shows({"status": "refused"})
    assert clerk.restriction is None
    assert stranger.restriction is not None


def test_roles_that_see_the_same_share_an_answer_and_others_do_not():
    roads, elders = layer_schema("roads"), layer_schema("elders")
    assert view_of(roads, "clerk").variant == view_of(roads, "planner").variant
    assert view_of(roads, "clerk").variant != view_of(roads, "viewer").variant
    assert view_of(elders, "clerk").variant != view_of(elders, "planner").variant
