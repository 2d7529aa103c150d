"""Workflows read from YAML: states, actions, who may do them, what they need, what they make.

`layers/workflows/<type>.yaml` holds one state machine, `layers/workflows/forms/*.yaml` the fields
that its actions may carry, in the form of a layer's schema. A new workflow is new files there; it
needs Python only for a check, an effect or a date that no workflow had before.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import yaml

from geo.errors import InputError
from layers.errors import NotFound
from layers.schema import layer_schema, parse_schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from importlib.resources.abc import Traversable

    from layers.schema import LayerSchema

__all__ = [
    "LAST_STATE",
    "NAMED_FIELD",
    "SAME_STATE",
    "Collect",
    "Document",
    "DueRule",
    "Mirror",
    "Step",
    "Workflow",
    "parse_workflow",
    "workflow",
    "workflow_names",
]

SAME_STATE = "="
"""Target of an action that does not move the case."""

LAST_STATE = "<"
"""Target of an action that goes back to the last state in which the case was not paused."""

NAMED_FIELD = re.compile(r"\{(\w+)(?:@(\w+)\.(\w+))?\}")
"""A place of a title: field, and where it names a row, layer and column."""

_TAKEN = {"title", "type", "unit", "codes", "shape", "pattern", "form", "max_length", "multiline"}
"""What a field of a form has from a layer's field; whether it is asked for, the step decides."""

_KEYS = {
    "title", "form", "name", "parent", "inherits", "states", "actions", "open", "final", "paused",
    "closed_for_parent", "no_four_eyes", "optional", "uploads", "transitions", "collects",
    "effects", "computes", "mirror", "documents", "due",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Step:
    """One row of a state table: who may move a case by which action, and what that needs.

    Attributes
    ----------
    sources
        States in which it may be done; empty for opening.
    action, role
        What is done and by which role exactly.
    target
        State afterwards, `SAME_STATE` or `LAST_STATE`.
    data
        Fields that it must bring.
    checks
        Names of checks that must hold.
    document
        Name of the document that it makes, or nothing.
    """

    sources: frozenset[str]
    action: str
    role: str
    target: str
    data: tuple[str, ...]
    checks: tuple[str, ...]
    document: str = ""


@dataclass(frozen=True)
class Collect:
    """An action whose data join a list of the case: `form`, list `into`, one entry a `key`."""

    form: LayerSchema
    into: str
    key: str = ""


@dataclass(frozen=True)
class Mirror:
    """The layer that shows the cases: field -> field of the data, and the column of the parent."""

    layer: str
    fields: Mapping[str, str]
    parent: str = ""
    place: str = ""


@dataclass(frozen=True)
class Document:
    """A document: Chinese title and file formats."""

    title: str
    formats: tuple[str, ...]


@dataclass(frozen=True)
class DueRule:
    """A deadline: from which action on, the date, the action that meets it, and on what basis.

    Attributes
    ----------
    date
        ``field``, ``field + 15 d`` or the name of a date ``name()``.
    done
        The action that meets it, or the name of a date ``name()`` on which it was met.
    after
        Action from which on it stands; nothing: from the opening.
    met_on
        Field of that action with the day on which it was really done; nothing: its business day.
    """

    what: str
    date: str
    done: str
    basis: str
    after: str = ""
    met_on: str = ""


@dataclass(frozen=True, kw_only=True, eq=False)
class Workflow:
    """One case type.

    Attributes
    ----------
    name, title
        Identifier and Chinese title.
    naming
        Template of a case's title from its data: ``{field}``, a code by its title, or
        ``{field@layer.column}`` of the row that the field names.
    form
        Every field that the opening and the actions may bring.
    parent, inherits
        Case type that its cases are children of, or nothing; fields that they have from it.
    states, actions
        Identifier -> Chinese title.
    opening, steps
        The state table.
    final
        States in which a case is closed.
    paused
        States from which it goes back to where it was.
    closed_for_parent
        States in which it no longer holds up its parent.
    no_four_eyes
        Actions that the one who did the step before may do.
    optional
        Action -> fields that it may bring as well, and no action where nothing says so.
    uploads
        Actions that are done with a file alone (`layers.cases.photos`).
    """

    name: str
    title: str
    naming: str
    form: LayerSchema
    parent: str
    inherits: tuple[str, ...]
    states: Mapping[str, str]
    actions: Mapping[str, str]
    opening: Step
    steps: tuple[Step, ...]
    final: frozenset[str]
    paused: frozenset[str]
    closed_for_parent: frozenset[str]
    no_four_eyes: frozenset[str]
    optional: Mapping[str, tuple[str, ...]]
    uploads: frozenset[str]
    collects: Mapping[str, Collect]
    effects: Mapping[str, tuple[str, ...]]
    computes: Mapping[str, str]
    mirror: Mirror | None
    documents: Mapping[str, Document]
    due: tuple[DueRule, ...]

    def step(self, action: str, state: str) -> Step | None:
        """Give the row for an action in a state, or None where it is not possible there."""
        return next((s for s in self.steps if s.action == action and state in s.sources), None)

    def steps_of(self, action: str) -> tuple[Step, ...]:
        """Give all rows of an action; empty where the workflow does not know it."""
        return tuple(step for step in self.steps if step.action == action)

    def form_of(self, step: Step) -> LayerSchema:
        """Give the form of the data of a step."""
        collect = self.collects.get(step.action)
        return self.form if collect is None else collect.form

    def fields_of(self, step: Step) -> tuple[str, ...]:
        """Give the names of the fields that a step may bring, those it must bring first.

        Fields that no step must bring, and that `optional` does not name, may come with any; the
        others only where they belong.
        """
        form = self.form_of(step)
        own = [field.name for field in form.own_fields]
        if step.action in self.collects:
            free = own
        else:
            bound = {name for one in (self.opening, *self.steps) for name in one.data}
            bound.update(self.inherits, *self.optional.values())
            free = [name for name in own if name not in bound]
        more = self.optional.get(step.action, ())
        return tuple(dict.fromkeys((*step.data, *more, *free)))


def workflow_names() -> tuple[str, ...]:
    """Names of all case types, sorted."""
    names = (f.name for f in _folder().iterdir())
    return tuple(sorted(n.removesuffix(".yaml") for n in names if n.endswith(".yaml")))


@cache
def workflow(name: str) -> Workflow:
    """Give one case type.

    Parameters
    ----------
    name
        Such as ``inspection``.

    Returns
    -------
    The workflow; the same object at every call.

    Raises
    ------
    NotFound
        If there is no such file, code ``unknown_workflow``.
    """
    if name not in workflow_names():
        raise NotFound(
            f"没有办件类型“{name}”，可选：{'、'.join(workflow_names())}。",
            code="unknown_workflow",
            where=name,
        )
    return parse_workflow(name, _read(_folder() / f"{name}.yaml"), form=_form)


def parse_workflow(name: str, source: Mapping[str, Any], *, form: Any) -> Workflow:  # noqa: ANN401
    """Make a workflow from the contents of its file.

    Parameters
    ----------
    name
        Of the case type.
    source
        The mapping of the YAML file; unknown keys are faults, so that a typing error is seen.
    form
        Gives the schema of a form by its name.

    Returns
    -------
    The checked workflow.

    Raises
    ------
    InputError
        If a state, action, field, document or key is not defined, code ``workflow``.
    """
    return _Reader(name, source, form).workflow()


def _folder() -> Traversable:
    return files("layers").joinpath("workflows")


def _read(file: Traversable) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.load(file.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506
    return loaded


class _Loader(yaml.SafeLoader):
    """Takes ``=`` as the text it is, not as YAML 1.1's value key."""


def _as_text(_loader: yaml.SafeLoader, node: yaml.ScalarNode) -> str:
    return str(node.value)


_Loader.add_constructor("tag:yaml.org,2002:value", _as_text)


@cache
def _form(name: str) -> LayerSchema:
    source = _read(_folder() / "forms" / f"{name}.yaml")
    fields = {key: _field(body) for key, body in source["fields"].items()}
    return parse_schema({"geometry": [], **source, "fields": fields})


def _field(body: Mapping[str, Any]) -> dict[str, Any]:
    """Give the body of a field; ``of: layer.field`` takes type, codes and shape of a layer's."""
    if "of" not in body:
        return dict(body)
    layer, _, field = body["of"].partition(".")
    taken = layer_schema(layer).source["fields"][field]
    return {key: value for key, value in taken.items() if key in _TAKEN}


class _Reader:
    """Turns one mapping into a `Workflow`; every fault names the workflow and the place."""

    def __init__(self, name: str, source: Mapping[str, Any], form: Any) -> None:  # noqa: ANN401
        self.name = name
        self.source = source
        self.form = form

    def fault(self, what: str) -> InputError:
        return InputError(f"办理流程 {self.name} 有误：{what}。", code="workflow", where=self.name)

    def workflow(self) -> Workflow:
        source = self.source
        if others := sorted(set(source) - _KEYS):
            raise self.fault(f"有不认识的键 {others[0]}")
        form = self.form(source["form"])
        final = frozenset(source["final"])
        paused = frozenset(source.get("paused", ()))
        going = frozenset(source["states"]) - final - paused
        steps = tuple(self.step(row, going) for row in source["transitions"])
        opening = source["open"]
        made = Workflow(
            name=self.name,
            title=source["title"],
            naming=source["name"],
            form=form,
            parent=source.get("parent", ""),
            inherits=tuple(source.get("inherits", ())),
            states=MappingProxyType(source["states"]),
            actions=MappingProxyType(source["actions"]),
            opening=Step(
                sources=frozenset(),
                action="open",
                role=opening["role"],
                target=opening["state"],
                data=tuple(opening["data"]),
                checks=tuple(name.removesuffix("()") for name in opening["checks"]),
            ),
            steps=steps,
            final=final,
            paused=paused,
            closed_for_parent=frozenset(source.get("closed_for_parent", final)),
            no_four_eyes=frozenset(source.get("no_four_eyes", ())),
            optional={key: tuple(names) for key, names in source.get("optional", {}).items()},
            uploads=frozenset(source.get("uploads", ())),
            collects={
                key: Collect(self.form(body["form"]), body["into"], body.get("key", ""))
                for key, body in source.get("collects", {}).items()
            },
            effects={
                key: tuple(name.removesuffix("()") for name in names)
                for key, names in source.get("effects", {}).items()
            },
            computes=dict(source.get("computes", {})),
            mirror=Mirror(**source["mirror"]) if "mirror" in source else None,
            documents={
                key: Document(body["title"], tuple(body["formats"]))
                for key, body in source.get("documents", {}).items()
            },
            due=tuple(DueRule(**rule) for rule in source.get("due", ())),
        )
        self.check(made)
        return made

    def step(self, row: list[Any], going: frozenset[str]) -> Step:
        if len(row) != 6:
            raise self.fault(f"状态表的一行应有 6 项：{row}")
        source, action, role, target, needs, document = row
        sources = going if source == "open" else frozenset(source.split("|"))
        return Step(
            sources=sources,
            action=action,
            role=role,
            target=target,
            data=tuple(name for name in needs if not name.endswith("()")),
            checks=tuple(name[:-2] for name in needs if name.endswith("()")),
            document=document or "",
        )

    def check(self, made: Workflow) -> None:
        states, actions = set(made.states), set(made.actions)
        for step in (made.opening, *made.steps):
            targets = {step.target} - {SAME_STATE, LAST_STATE}
            self.known(step.sources | targets, states, "状态")
            self.known({step.action}, actions, "事项")
            fields = {field.name for field in made.form_of(step).own_fields}
            self.known(step.data, fields, f"{step.action} 的字段")
            self.known({step.document} - {""}, set(made.documents), "文书")
        self.known(made.final | made.paused | made.closed_for_parent, states, "状态")
        done = {step.action for step in made.steps} | {"open"}
        listed = [*made.optional, *made.collects, *made.effects, *made.computes, *made.uploads]
        self.known({*listed, *made.no_four_eyes, *actions}, done, "事项")
        own = {field.name for field in made.form.own_fields}
        for names in (made.inherits, *made.optional.values()):
            self.known(names, own, "inherits 或 optional 的字段")
        self.known([name for name, *_ in NAMED_FIELD.findall(made.naming)], own, "name 的字段")
        if made.mirror is not None:
            self.known(made.mirror.fields.values(), own, "mirror 的字段")
        for rule in made.due:
            named = {name for name in (rule.done, rule.after) if not name.endswith("()")}
            self.known(named - {""}, actions, "期限的事项")
            self.known({rule.met_on} - {""}, own, "期限的字段")

    def known(self, asked: Iterable[str], defined: set[str], what: str) -> None:
        if strange := sorted(set(asked) - defined):
            raise self.fault(f"提到未定义的{what} {strange[0]}")
