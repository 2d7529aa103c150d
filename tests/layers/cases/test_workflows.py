"""Workflows are data: read, checked, and a new one needs no Python."""

from __future__ import annotations

import shutil
from importlib.resources import files
from pathlib import Path

import pytest
import yaml

from geo.errors import InputError
from layers.cases import act, case_json, history, open_case, workflow, workflow_names
from layers.cases.checks import CHECKS
from layers.cases.computes import COMPUTES
from layers.cases.deadlines import _DATES
from layers.cases.effects import EFFECTS
from layers.cases.workflows import parse_workflow
from layers.errors import NotAllowed, NotFound
from layers.schema import layer_schema, parse_schema
from tests.layers.cases.conftest import CLERK, DAY, REVIEWER

WELL = """
title: 水井报废
form: well
name: "{number}"
states: {asked: 已申请, closed: 已报废}
actions: {open: 申请, close: 报废}
open: {role: clerk, data: [number], checks: [], state: asked}
final: [closed]
transitions:
  - [asked, close, reviewer, closed, [closed_on], sheet]
documents:
  sheet: {title: 报废登记表, formats: [docx]}
due:
  - {what: 填埋, after: close, date: closed_on + 30 d, done: close, basis: 示意规定}
"""
WELL_FORM = """
name: well
title: 水井
fields:
  number: {title: 井号, type: text, pattern: 'W[0-9]+', form: W 加数字}
  closed_on: {title: 报废日期, type: date}
"""


@pytest.mark.parametrize("name", workflow_names())
def test_every_check_effect_and_date_of_a_workflow_exists(name):
    flow = workflow(name)
    assert {c for step in (flow.opening, *flow.steps) for c in step.checks} <= CHECKS.keys()
    assert set(flow.computes.values()) <= COMPUTES.keys()
    assert {effect for effects in flow.effects.values() for effect in effects} <= EFFECTS.keys()
    dates = {rule.date.removesuffix("()") for rule in flow.due if rule.date.endswith("()")}
    assert dates <= _DATES.keys()


@pytest.mark.parametrize("name", workflow_names())
def test_every_state_can_be_reached_and_left_unless_it_is_final(name):
    flow = workflow(name)
    reached = {flow.opening.target, *(step.target for step in flow.steps)} - {"=", "<"}
    assert reached == set(flow.states)
    left = {state for step in flow.steps for state in step.sources}
    assert set(flow.states) - left == flow.final


@pytest.mark.parametrize(
    ("form", "field", "layer"),
    [
        ("finding", "kind", "findings"),
        ("place_name", "kind", "place_names"),
        ("heritage", "kind", "heritage_names"),
        ("siting", "question", "siting_scenarios"),
    ],
)
def test_field_of_a_layer_is_the_layers_in_the_form_too(form, field, layer):
    own, theirs = workflow(form).form.fields[field], layer_schema(layer).fields[field]
    assert (own.codes, own.shape, own.title) == (theirs.codes, theirs.shape, theirs.title)


@pytest.mark.parametrize(
    ("layer", "name"), [("inspections", "inspection"), ("findings", "finding")]
)
def test_layer_of_cases_has_the_states_of_the_workflow(layer, name):
    assert layer_schema(layer).fields["state"].codes == workflow(name).states


def test_new_workflow_is_two_files_and_no_python(county, tmp_path, monkeypatch):
    installed = tmp_path / "installed"
    shutil.copytree(Path(str(files("layers"))) / "workflows", installed / "workflows")
    (installed / "workflows" / "well.yaml").write_text(WELL, encoding="utf-8")
    (installed / "workflows" / "forms" / "well.yaml").write_text(WELL_FORM, encoding="utf-8")
    monkeypatch.setattr("layers.cases.workflows.files", lambda _: installed)

    case = open_case(county, "well", CLERK, {"number": "W7"}, on=DAY)
    with pytest.raises(NotAllowed):
        act(county, case.id, "close", CLERK, {"closed_on": DAY}, on=DAY)
    case = act(county, case.id, "close", REVIEWER, {"closed_on": DAY}, on=DAY)
    body = case_json(county, case, on=DAY)
    assert (body["title"], body["state_title"], body["closed"]) == ("W7", "已报废", True)
    assert body["documents"] == [
        {"name": "sheet", "title": "报废登记表", "formats": ["docx"], "version": 2}
    ]
    assert [due["on"] for due in body["due"]] == ["2024-03-31"]
    assert len(history(county, case.id)) == 2


def test_unknown_workflow_names_the_known_ones():
    with pytest.raises(NotFound, match="heritage、inspection"):
        workflow("wells")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"what": 1}, "不认识的键 what"),
        ({"final": ["gone"]}, "未定义的状态 gone"),
        ({"transitions": [["asked", "burn", "clerk", "closed", [], None]]}, "未定义的事项 burn"),
        ({"transitions": [["asked", "close", "clerk", "closed", ["depth"], None]]}, "depth"),
        ({"transitions": [["asked", "close", "clerk", "closed", [], "letter"]]}, "文书 letter"),
        ({"transitions": [["asked", "close", "clerk", "closed"]]}, "应有 6 项"),
        ({"name": "{depth}"}, "name 的字段 depth"),
    ],
)
def test_fault_in_a_workflow_file_is_named(change, told):
    source = {**yaml.safe_load(WELL), **change}
    form = parse_schema({"geometry": [], **yaml.safe_load(WELL_FORM)})
    with pytest.raises(InputError, match=told):
        parse_workflow("well", source, form=lambda _: form)
