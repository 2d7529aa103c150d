"""From a store to what a recipe draws: one answer for each word that `picture` may be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from webmap.printing.errors import SheetError

if TYPE_CHECKING:
    from collections.abc import Callable

    from layers.analysis.picture import MapPicture
    from layers.analysis.question import CareQuestion
    from layers.store import Store
    from webmap.printing.recipe import Recipe

__all__ = ["PICTURES", "Subject", "picture_for"]

Drawn = tuple["MapPicture", tuple[str, ...]]
"""A picture, and what must be told about it."""


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What a sheet may be about, beside the store.

    Attributes
    ----------
    question
        Minutes, mode, age, ...; of a sheet without circles only its `as_of` counts.
    scenario
        Id or name of a saved siting scenario.
    township
        Code or name.
    line
        Id of a boundary line.
    time_zone
        Zone in which the latest event's instant is the day on the sheet.
    """

    question: CareQuestion
    scenario: str | None = None
    township: str | None = None
    line: str | None = None
    time_zone: str = "Asia/Shanghai"

    @property
    def key(self) -> tuple[str, ...]:
        """Words that tell two subjects of one recipe apart."""
        return tuple(word for word in (self.scenario, self.township, self.line) if word)


def picture_for(store: Store, recipe: Recipe, subject: Subject) -> Drawn:
    """Compute what a recipe draws.

    Parameters
    ----------
    store
        An open store.
    recipe
        Its `picture` says what kind.
    subject
        What it is about.

    Returns
    -------
    The picture, and Chinese sentences about it.

    Raises
    ------
    SheetError
        If the recipe's kind is not known (``recipe``), or the subject has a word that it does not
        use or lacks one that it needs.
    NotFound
        If the store does not have what is asked for.
    """
    if recipe.picture not in PICTURES:
        raise SheetError(
            f"图幅配置的 picture“{recipe.picture}”不认识，可用：{'、'.join(PICTURES)}。",
            code="recipe",
            where="picture",
        )
    used, make = PICTURES[recipe.picture]
    for word in ("scenario", "township", "line"):
        if getattr(subject, word) is not None and word != used:
            others = "、".join(name for name, (one, _) in PICTURES.items() if one == word)
            raise SheetError(
                f"图幅 {recipe.sheet} 不用 --{word}，请去掉它，或换用 {others} 一类的图幅。",
                where=word,
            )
    return make(store, subject)


# numba and the analyses are imported only for the sheet that needs them.


def _services(store: Store, subject: Subject) -> Drawn:
    from layers.analysis.services import service_picture  # noqa: PLC0415

    return service_picture(store, subject.question, time_zone=subject.time_zone), ()


def _siting(store: Store, subject: Subject) -> Drawn:
    from layers.analysis.sited_scenario import scenario_picture  # noqa: PLC0415

    return scenario_picture(store, subject.question, subject.scenario, time_zone=subject.time_zone)


def _divisions(store: Store, subject: Subject) -> Drawn:
    from layers.analysis.division_picture import division_picture  # noqa: PLC0415

    picture = division_picture(
        store,
        township=subject.township,
        as_of=subject.question.as_of,
        time_zone=subject.time_zone,
    )
    if not picture.idle:
        return picture, ()
    return picture, (f"没有位置、不是法定区划的单位未上图：{'、'.join(picture.idle)}。",)


def _township(store: Store, subject: Subject) -> Drawn:
    if not subject.township:
        raise SheetError(
            "乡镇图须指明乡镇，请用 --township 给出区划代码或名称。",
            code="needs_township",
            where="township",
        )
    return _divisions(store, subject)


def _line(store: Store, subject: Subject) -> Drawn:
    from layers.analysis.line_picture import line_picture  # noqa: PLC0415

    day = subject.question.as_of
    return line_picture(store, subject.line, as_of=day, time_zone=subject.time_zone), ()


PICTURES: dict[str, tuple[str, Callable[[Store, Subject], Drawn]]] = {
    "services": ("", _services),
    "siting": ("scenario", _siting),
    "divisions": ("", _divisions),
    "township": ("township", _township),
    "line": ("line", _line),
}
"""Picture, as recipes name it: the word of the subject that it uses, and what makes it."""
