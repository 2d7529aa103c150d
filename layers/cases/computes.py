"""What a step computes before its transaction, each by the name that the workflows use."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from layers.analysis.candidates import point_candidates, row_candidates
from layers.analysis.inputs import read_inputs
from layers.analysis.question import CareQuestion
from layers.analysis.saved_scenarios import inputs_hash, plain_json
from layers.analysis.siting import siting_answer
from layers.analysis.siting_cells import siting_body
from layers.analysis.siting_question import SitingQuestion
from layers.errors import Unmet

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

    from layers.cases.record import Case
    from layers.store import Store

__all__ = ["COMPUTES", "is_stale"]

_CARE: Final = ("minutes", "mode", "age", "direction", "by")
_OPTIONS: Final = (
    "township",
    "existing",
    "min_share",
    "budget",
    "places",
    "unserved_minutes",
    "choices",
    "tolerance",
)


def is_stale(store: Store, case: Case) -> bool:
    """Tell whether the data, or the program, have moved since a siting case was computed.

    Parameters
    ----------
    store, case
        A case of the type `siting` that was computed.

    Raises
    ------
    PlatformError
        If the question cannot be read any more.
    """
    inputs = read_inputs(store, _care_question(case.data["question"]))
    return bool(case.data["inputs_hash"] != inputs_hash(inputs))


def _siting_answer(store: Store, case: Case) -> dict[str, Any]:
    # Small counts are hidden in what the case keeps: it is read by everybody with an account.
    asked = case.data["question"]
    inputs = read_inputs(store, _care_question(asked))
    question = _siting_question(asked)
    answer = siting_answer(inputs, question, _candidates(store, asked.get("candidates", ())))
    if not answer.feasible:
        raise Unmet(
            f"这个选址问题没有解：{answer.solution.reason}", code="infeasible", where="question"
        )
    result = {**siting_body(answer), **answer.provenance.to_json()}
    return {"result": plain_json(result), "inputs_hash": answer.inputs_hash}


def _siting_question(asked: Mapping[str, Any]) -> SitingQuestion:
    told = asked.get("options", {})
    options = {name: told[name] for name in _OPTIONS if name in told}
    return SitingQuestion(
        model=asked["model"],
        p=asked.get("p", None if "budget" in options else 1),
        forbidden=tuple(told.get("forbidden", ())),
        **options,
    )


def _care_question(asked: Mapping[str, Any]) -> CareQuestion:
    words: dict[str, Any] = {name: asked[name] for name in _CARE if name in asked}
    if "kinds" in asked:
        words["kinds"] = tuple(asked["kinds"])
    if "as_of" in asked:
        words["as_of"] = date.fromisoformat(asked["as_of"])
    return CareQuestion(**words)


def _candidates(store: Store, asked: list[Any]) -> gpd.GeoDataFrame | str:
    """Give the candidates: rows by id, or points; every village where nothing is said."""
    if not asked:
        return "villages"
    if all(isinstance(one, str) for one in asked):
        return row_candidates(store, asked)
    return point_candidates(asked)


COMPUTES: dict[str, Callable[[Store, Case], dict[str, Any]]] = {"siting_answer": _siting_answer}
"""Name -> function that gives what joins the case's data."""
