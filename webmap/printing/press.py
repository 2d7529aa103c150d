"""From a store to a sheet: the one way in for the command line and the web."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from layers.analysis.question import CareQuestion
from webmap.printing.compose import compose
from webmap.printing.errors import SheetError
from webmap.printing.gates import bind_number, require_number, require_publishable
from webmap.printing.pins import read_pins, stored_pins
from webmap.printing.recipe import load_recipe
from webmap.printing.sheets import Sheet, SheetOptions

if TYPE_CHECKING:
    from layers.analysis.picture import ServicePicture
    from layers.store import Actor, Store
    from webmap.printing.recipe import Recipe

__all__ = ["sheet"]


def sheet(
    store: Store,
    recipe: str,
    *,
    question: CareQuestion | None = None,
    actor: Actor | None = None,
    time_zone: str = "Asia/Shanghai",
    **options: Any,  # noqa: ANN401  (fields of SheetOptions and CareQuestion)
) -> Sheet:
    """Draw a sheet of what the store holds.

    Parameters
    ----------
    store
        An open store.
    recipe
        One of `webmap.printing.recipe_names`.
    question
        What is asked; None makes it of the options (`minutes`, `mode`, `age`, ...).
    actor
        Who prints: needed to publish and to keep pins.
    time_zone
        Zone in which the latest event's instant is the day on the sheet.
    options
        Fields of `SheetOptions` and `CareQuestion`; `scenario`, id or name of a saved siting
        scenario, for a siting sheet. `pins` may be a file or a list of mappings.

    Raises
    ------
    SheetError
        ``unknown_sheet``, ``scale_too_large``, ``glyph_missing``, ``public_needs_number``,
        ``public_not_allowed``, ``number_bound_elsewhere``, ``nothing_to_draw``.
    """
    plan = load_recipe(recipe)
    paper = options.get("paper") or plan.paper
    scenario = options.pop("scenario", None)
    if scenario is not None and plan.extent != "focus":
        raise SheetError(
            f"图幅 {recipe} 不画选址方案，请去掉 --scenario，或改用 siting。", where="scenario"
        )
    asked = {f.name: options.pop(f.name) for f in fields(CareQuestion) if f.name in options}
    question = question or CareQuestion(**asked)
    given = read_pins(options.pop("pins", None))
    wanted = SheetOptions(pins=given, **options)
    require_number(wanted.publish, wanted.review_no, wanted.approval)
    if wanted.publish == "public" and actor is None:
        raise SheetError("公开图必须记录发布人，请用 --actor 给出。", where="actor")
    picture, warnings = _picture(store, plan, question, scenario, time_zone)
    if wanted.publish == "public":
        require_publishable(picture, store)
    key = f"{recipe}/{paper}"
    if not given:
        wanted = replace(wanted, pins=stored_pins(store, key))
    drawn = compose(picture, plan, wanted)
    drawn = replace(drawn, warnings=(*warnings, *drawn.warnings))
    if given and actor is not None:
        body = {"pins": [pin.to_json() for pin in given]}
        store.put_sheet_record("pins", key, body, actor=actor)
    if wanted.publish == "public" and actor is not None:
        bind_number(
            store,
            sheet=recipe,
            data_hash=drawn.data_hash,
            review_no=str(wanted.review_no),
            approval=str(wanted.approval),
            actor=actor,
        )
    return drawn


def _picture(
    store: Store, plan: Recipe, question: CareQuestion, scenario: str | None, time_zone: str
) -> tuple[ServicePicture, tuple[str, ...]]:
    """Compute what the recipe draws, and what must be told about it."""
    # Both bring in numba.
    from layers.analysis.services import service_picture  # noqa: PLC0415
    from layers.analysis.sited_scenario import scenario_picture  # noqa: PLC0415

    if plan.extent == "focus":
        return scenario_picture(store, question, scenario, time_zone=time_zone)
    return service_picture(store, question, time_zone=time_zone), ()
