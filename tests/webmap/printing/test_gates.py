"""Who may see a sheet."""

from dataclasses import replace

import pytest

from layers.provenance import Provenance
from layers.store import Actor
from tests.webmap.printing.build import small_picture
from webmap.printing.errors import SheetError
from webmap.printing.gates import (
    bind_number,
    number_lines,
    refused_rows,
    require_number,
    require_publishable,
)

ACTOR = Actor("王工", "reviewer")


class Records:
    """The part of a store that keeps bindings, in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, dict[str, dict]] = {}

    def sheet_records(self, kind: str) -> dict[str, dict]:
        return self.kept.get(kind, {})

    def put_sheet_record(self, kind: str, key: str, body: dict, *, actor: Actor) -> None:
        assert actor == ACTOR
        self.kept.setdefault(kind, {})[key] = body


def bind(store: Records, data_hash: str = "aa", recipe_hash: str = "rr") -> None:
    bind_number(
        store,
        sheet="circles",
        recipe_hash=recipe_hash,
        data_hash=data_hash,
        review_no="晋S1",
        approval="F1",
        actor=ACTOR,
    )


@pytest.mark.parametrize(("number", "approval"), [(None, "F1"), ("晋S1", None), (" ", "F1")])
def test_public_needs_number_and_approval(number, approval):
    with pytest.raises(SheetError) as caught:
        require_number("public", number, approval)
    assert caught.value.code == "public_needs_number"


@pytest.mark.parametrize("mode", ["internal", "review"])
def test_other_modes_need_no_number(mode):
    require_number(mode, None, None)


def test_an_unknown_mode_is_refused():
    with pytest.raises(SheetError, match="publish"):
        require_number("secret", None, None)


@pytest.mark.parametrize("quality", ["synthetic", "approximate"])
def test_public_refuses_what_is_not_surveyed(quality):
    picture = small_picture(provenance=Provenance(quality, ("x",)))
    with pytest.raises(SheetError, match=quality) as caught:
        require_publishable(picture, None)
    assert caught.value.code == "public_not_allowed"


def test_public_refuses_counts_below_five():
    picture = small_picture(provenance=Provenance("surveyed", ("x",)))
    gaps = picture.gaps.assign(covered=[3.0, 0.0])
    refused = refused_rows(replace(picture, gaps=gaps), None)
    assert [(r.layer, r.id) for r in refused] == [("elders", picture.gaps["name"][0])]


def test_surveyed_rows_may_be_public():
    require_publishable(small_picture(provenance=Provenance("surveyed", ("x",))), None)


def test_a_number_is_bound_to_its_content():
    store = Records()
    bind(store)
    bind(store)
    assert store.kept["binding"]["晋S1"]["data_hash"] == "aa"
    with pytest.raises(SheetError, match="晋S1") as caught:
        bind(store, "bb")
    assert caught.value.code == "number_bound_elsewhere"


def test_the_number_line_of_each_mode():
    assert number_lines("internal", None, None) == ("内部用图", "")
    assert number_lines("public", "晋S1", "F1") == ("审图号：晋S1", "批准文号：F1")
    line, approval = number_lines("review", "晋S1", "F1")
    assert line.strip("　") == "审图号："
    assert approval == ""
