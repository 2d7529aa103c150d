"""From a store to a sheet: the one way in for the command line and the web."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from layers.analysis.question import CareQuestion
from webmap.printing.compose import compose
from webmap.printing.errors import SheetError
from webmap.printing.gates import bind_number, content_hash, require_number, require_publishable
from webmap.printing.pictures import Subject, picture_for
from webmap.printing.pins import read_pins, stored_pins
from webmap.printing.recipe import load_recipe
from webmap.printing.sheets import Sheet, SheetOptions

if TYPE_CHECKING:
    from layers.store import Actor, Store

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
        Fields of `SheetOptions`, `CareQuestion` and of `webmap.printing.pictures.Subject`
        (`scenario`, `township`, `line`). `pins` may be a file or a list of mappings.

    Raises
    ------
    SheetError
        ``unknown_sheet``, ``scale_too_large``, ``glyph_missing``, ``public_needs_number``,
        ``public_not_allowed``, ``number_bound_elsewhere``, ``nothing_to_draw``,
        ``needs_township``.
    """
    plan = load_recipe(recipe)
    paper = options.get("paper") or plan.paper
    words = {word: options.pop(word, None) for word in ("scenario", "township", "line")}
    asked = {f.name: options.pop(f.name) for f in fields(CareQuestion) if f.name in options}
    subject = Subject(question=question or CareQuestion(**asked), time_zone=time_zone, **words)
    given = read_pins(options.pop("pins", None))
    wanted = SheetOptions(pins=given, **options)
    require_number(wanted.publish, wanted.review_no, wanted.approval)
    if wanted.publish == "public" and actor is None:
        raise SheetError("公开图必须记录发布人，请用 --actor 给出。", where="actor")
    picture, warnings = picture_for(store, plan, subject)
    if wanted.publish == "public":
        require_publishable(picture, store)
    key = "/".join((recipe, paper, *subject.key))
    if not given:
        wanted = replace(wanted, pins=stored_pins(store, key))
    drawn = compose(picture, plan, wanted)
    if wanted.publish != "public" and (wanted.review_no or wanted.approval):
        warnings = (*warnings, "审图号和批准文号只印在公开图上（--publish public），本图未印。")
    drawn = replace(drawn, warnings=(*warnings, *drawn.warnings))
    if given and actor is not None:
        body = {"pins": [pin.to_json() for pin in given]}
        store.put_sheet_record("pins", key, body, actor=actor)
    if wanted.publish == "public" and actor is not None:
        bind_number(
            store,
            sheet=recipe,
            recipe_hash=content_hash(plan, subject, wanted),
            data_hash=drawn.data_hash,
            review_no=str(wanted.review_no),
            approval=str(wanted.approval),
            actor=actor,
        )
    return drawn
