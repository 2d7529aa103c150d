"""Saved questions and their answers: kept with what they were computed from, stale once that moved.

A row of `siting_scenarios` holds the question, the answer and a hash over the rows read and the
program's version. Read the inputs of `SavedScenario.care_question` again and ask `is_stale`: the
answer on file is that of today exactly as long as the hash is.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from geo.errors import InputError
from layers.analysis.question import SERVICE_KINDS, CareQuestion
from layers.errors import Conflict, NotFound
from layers.provenance import Provenance
from layers.store import Query, each

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from layers.analysis.inputs import ServiceInputs
    from layers.store import Actor, Row, Store

__all__ = [
    "LAYER",
    "SavedScenario",
    "inputs_hash",
    "is_stale",
    "load_scenario",
    "plain_json",
    "save_scenario",
    "saved_scenarios",
]

LAYER = "siting_scenarios"
"""The layer that holds them."""

_SOURCE_PLACES = 1000


@dataclass(frozen=True, kw_only=True)
class SavedScenario:
    """A question and its answer as they were saved.

    Attributes
    ----------
    question
        `model` (what answered: lscp, mclp, p_median, p_center, scenario), the care question
        (`minutes mode age direction kinds by as_of`) and what the model asks beside.
    result
        The answer, plain JSON; counts of 1-4 are hidden in it.
    inputs_hash
        As `inputs_hash` gave it when saved.
    geometry
        The chosen places, or None.
    """

    id: str
    name: str
    question: dict[str, Any]
    result: dict[str, Any]
    inputs_hash: str
    geometry: shapely.Geometry | None
    provenance: Provenance
    saved_at: datetime
    saved_by: str
    version: int

    @property
    def care_question(self) -> CareQuestion:
        """What the inputs must be read with to compare them; words left out have their defaults."""
        asked = self.question
        known = {name: asked[name] for name in ("minutes", "mode", "age", "direction", "by", "year")
                 if name in asked}  # fmt: skip
        day = asked.get("as_of")
        return CareQuestion(
            **known,
            kinds=tuple(asked.get("kinds", SERVICE_KINDS)),
            as_of=None if day is None else date.fromisoformat(day),
        )


def inputs_hash(inputs: ServiceInputs) -> str:
    """SHA-256 over the rows that a question reads and the version of the program that answers.

    Parameters
    ----------
    inputs
        As `layers.analysis.inputs.read_inputs` gave them.

    Returns
    -------
    64 hexadecimal digits. Another version counts as other inputs: it may compute otherwise.
    """
    return hashlib.sha256(f"{inputs.data_hash}\nxygeo {version('xygeo')}".encode()).hexdigest()


def save_scenario(
    store: Store,
    *,
    name: str,
    question: Mapping[str, Any],
    result: Mapping[str, Any],
    inputs: ServiceInputs,
    geometry: shapely.Geometry | None,
    actor: Actor,
    reason: str = "",
) -> str:
    """Keep a question and its answer; the same name again is a new version of the same scenario.

    Parameters
    ----------
    store
        An open store.
    name
        What people call it, 1-200 characters.
    question
        `model` and what it asks beside the care question, which is taken from `inputs`.
    result
        The answer. It lies in an open layer: **counts of 1-4 must be hidden already**.
    inputs
        What the answer was computed from.
    geometry
        Point, MultiPoint, Polygon or MultiPolygon in EPSG:4490; None for nothing to show.
    actor, reason
        Recorded with the event.

    Returns
    -------
    The scenario's id. An equal scenario makes no event.

    Raises
    ------
    Conflict
        If a scenario of the other kind (a siting, a before and after) has the name (`name_taken`).
    InputError
        If the name is blank (`name_missing`).
    InvalidRecord
        If question, result or geometry does not fit the layer's schema.
    NotAllowed
        If the actor may not write the layer.
    """
    if not name.strip():
        raise InputError("方案没有名称，请给出名称。", code="name_missing", where="name")
    found = {
        "name": name.strip(),
        "question": plain_json({**_care_words(inputs.question), **question}),
        "result": plain_json(result),
        "inputs_hash": inputs_hash(inputs),
        "geometry": geometry,
        # A plan is never surveyed, however well its inputs are.
        "quality": "synthetic" if inputs.provenance.notice else "approximate",
        "source": "；".join(inputs.provenance.attributions)[:_SOURCE_PLACES] or None,
    }
    for kept in saved_scenarios(store):
        if kept.name != found["name"]:
            continue
        if (kept.question.get("model") == "scenario") != (question.get("model") == "scenario"):
            raise Conflict(
                f"名称“{kept.name}”已用于另一类方案，请换一个名称。",
                code="name_taken",
                where="name",
            )
        found["id"] = kept.id
    return store.put(LAYER, [found], actor=actor, reason=reason).ids[0]


def load_scenario(store: Store, scenario: str) -> SavedScenario:
    """Give a saved scenario by its id, or by its name.

    Raises
    ------
    NotFound
        If there is none, code `unknown_scenario`.
    """
    for found in saved_scenarios(store):
        if scenario in (found.id, found.name):
            return found
    raise NotFound(
        f"没有方案“{scenario}”，可用 xygeo scenario list 查看已保存的方案。",
        code="unknown_scenario",
        where=scenario,
    )


def saved_scenarios(store: Store, query: Query | None = None) -> Iterator[SavedScenario]:
    """Give all saved scenarios in the order in which they were first saved."""
    if _has_layer(store):
        yield from (_scenario(row) for row in each(store, LAYER, query))


def is_stale(scenario: SavedScenario, inputs: ServiceInputs) -> bool:
    """Tell whether the data, or the program, have moved since the scenario was saved.

    Parameters
    ----------
    scenario
        The saved one.
    inputs
        Today's rows for `scenario.care_question`.
    """
    return scenario.inputs_hash != inputs_hash(inputs)


def plain_json(value: Any) -> Any:  # noqa: ANN401 - JSON is any of its kinds
    """Turn numbers of numpy and pandas into Python's, tables into lists of rows.

    What is missing, NaN or infinite is left out of an object, for the store keeps no null; in a
    list it becomes an empty text, so that the rest keeps its places.
    """
    if isinstance(value, pd.DataFrame):
        return [plain_json(row) for row in value.to_dict("records")]
    if isinstance(value, dict):
        parts = {str(name): plain_json(part) for name, part in value.items()}
        return {name: part for name, part in parts.items() if part is not None}
    if isinstance(value, list | tuple | np.ndarray | pd.Index | pd.Series):
        listed = [plain_json(part) for part in value]
        return ["" if part is None else part for part in listed]
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        return int(value) if value.is_integer() else value
    return value.isoformat() if isinstance(value, date) else value


def _care_words(question: CareQuestion) -> dict[str, Any]:
    return {
        "minutes": question.minutes,
        "mode": question.mode,
        "age": question.age,
        "direction": question.direction,
        "kinds": question.kinds,
        "by": question.by,
        "as_of": question.as_of,
        "year": question.year,
        "demand_field": question.demand_column,
    }


def _has_layer(store: Store) -> bool:
    return LAYER in store.layers()


def _scenario(row: Row) -> SavedScenario:
    return SavedScenario(
        id=row["id"],
        name=row["name"] or row["id"],
        question=row["question"],
        result=row["result"] or {},
        inputs_hash=row["inputs_hash"] or "",
        geometry=row["geometry"],
        provenance=Provenance(
            row["quality"], tuple(filter(None, (row["source"] or "").split("；")))
        ),
        saved_at=row["updated_at"],
        saved_by=row["updated_by"],
        version=row["version"],
    )
