"""Who may see a sheet."""

from dataclasses import fields, replace

import pytest

from layers.analysis.line_picture import line_picture
from layers.analysis.picture import ServicePicture
from layers.provenance import Provenance
from layers.store import Actor
from tests.layers.analysis.boundary import ID, filled
from tests.webmap.printing.build import siting_picture, small_picture
from webmap.printing.errors import SheetError
from webmap.printing.gates import (
    Refused,
    bind_number,
    listed,
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


def test_public_refuses_small_counts_of_sites():
    picture = replace(siting_picture(), provenance=Provenance("surveyed", ("x",)))
    before = {(row.layer, row.id) for row in refused_rows(picture, None)}
    sites = picture.sites.assign(gained=[3.0, *picture.sites["gained"].iloc[1:]])
    after = {(row.layer, row.id) for row in refused_rows(replace(picture, sites=sites), None)}
    assert after - before == {("siting_scenarios", str(picture.sites.index[0]))}


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


def test_a_number_is_bound_to_the_recipe_too():
    store = Records()
    bind(store)
    with pytest.raises(SheetError) as caught:
        bind(store, recipe_hash="other")
    assert caught.value.code == "number_bound_elsewhere"


def test_markers_are_never_public_however_good(tmp_path):
    with filled(tmp_path) as store:
        picture = line_picture(store, ID)
        by_store = refused_rows(picture, store)
        by_picture = refused_rows(picture, None)
    keys = {("boundary_markers", str(key)) for key in picture.markers.index}
    assert {(row.layer, row.id) for row in by_store} == keys
    assert {(row.layer, row.id) for row in by_picture} == keys
    assert str(by_store[0]).endswith("surveyed（界桩坐标）")


def test_a_line_without_markers_may_be_public(tmp_path):
    with filled(tmp_path, markers=[]) as store:
        require_publishable(line_picture(store, ID), store)


def test_findings_are_never_public():
    class WithFindings(ServicePicture):
        drawn_rows = {"findings": ["F1"]}  # noqa: RUF012

    picture = small_picture(provenance=Provenance("surveyed", ("x",)))
    parts = {f.name: getattr(picture, f.name) for f in fields(picture)}
    refused = refused_rows(WithFindings(**parts), None)
    assert [(row.layer, row.id) for row in refused] == [("findings", "F1")]


def test_every_layer_is_named_however_many_rows_the_first_has():
    rows = [Refused("roads", str(number), "synthetic") for number in range(300)]
    said = listed([*rows, Refused("boundary_markers", "M1", "surveyed", "界桩坐标")])
    assert "boundary_markers M1 surveyed（界桩坐标）" in said
    assert "roads 等 300 行" in said


def test_the_number_line_of_each_mode():
    assert number_lines("internal", None, None) == ("内部用图", "")
    assert number_lines("public", "晋S1", "F1") == ("审图号：晋S1", "批准文号：F1")
    line, approval = number_lines("review", "晋S1", "F1")
    assert line.strip("　") == "审图号："
    assert approval == ""
