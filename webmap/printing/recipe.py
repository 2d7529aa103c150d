"""Sheet recipes: what a sheet is called, on which paper, and where its parts stand."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import yaml

from webmap.printing.errors import SheetError
from webmap.printing.items import Box
from webmap.printing.page import PAPERS

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Layout", "Recipe", "load_recipe", "recipe_names"]


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Where the parts of a sheet stand on one paper, mm.

    Attributes
    ----------
    outer, frame
        The heavy outer frame, and the map's own frame inside it.
    room
        The part of the frame that the scale is chosen for.
    panel, footer
        Legend and table at the right; scale and notes below.
    title_baseline
        Baseline of 图名.
    unit, symbols, letters, least
        Size against A3; factors on the A1 sizes of the styles; smallest letter.
    layers, blocks
        What is drawn on the map and beside it, in this order: names known to
        `webmap.printing.service_map` and `webmap.printing.panel`.
    scale
        The recipe's own denominator on this paper; None leaves it to what must be seen.
    map
        Opacities and factors of this sheet's map.
    pens, sizes
        Widths of lines and letters of the furniture, already in mm of this paper.
    """

    paper: str
    width: float
    height: float
    outer: Box
    frame: Box
    room: Box
    panel: Box
    footer: Box
    title_baseline: float
    unit: float
    symbols: float
    letters: float
    least: float
    layers: tuple[str, ...]
    blocks: tuple[str, ...]
    map: Mapping[str, float]
    pens: Mapping[str, float]
    sizes: Mapping[str, float]
    colors: Mapping[str, str]
    scale: int | None = None

    def letter(self, size_mm: float) -> float:
        """Size on this paper of letters that have `size_mm` on A1."""
        return max(size_mm * self.letters, self.least)


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """One kind of sheet, as its YAML file says.

    Attributes
    ----------
    title
        图名 with places for `county`, `township`, `minutes` and `subject`; `list_title` without.
    paper
        The paper if none is asked for.
    picture
        Which answer is drawn: a name known to `webmap.printing.press`.
    extent
        What must be seen: a name known to `webmap.printing.extent`.
    papers
        Factors of each paper; `scale`, its own scale; and what it measures otherwise than
        `measures`, already in mm of this paper.
    layers, blocks
        As in `Layout`.
    insets
        Sizes, mm on A3, that a small map of the site's surroundings may have, the largest first;
        it stands in a corner of the map where nothing else does. None: no small map.
    """

    sheet: str
    title: str
    list_title: str
    paper: str
    picture: str
    extent: str
    layers: tuple[str, ...]
    blocks: tuple[str, ...]
    papers: Mapping[str, Mapping[str, float]]
    measures: Mapping[str, float]
    map: Mapping[str, float]
    pens: Mapping[str, float]
    sizes: Mapping[str, float]
    colors: Mapping[str, str]
    insets: tuple[tuple[float, float], ...] = ()

    def layout(self, paper: str | None = None) -> Layout:
        """Where the parts stand.

        Parameters
        ----------
        paper
            A name of `webmap.printing.page.PAPERS`; None takes the recipe's own.

        Raises
        ------
        SheetError
            If the recipe does not know the paper.
        """
        name = paper or self.paper
        if name not in self.papers:
            raise SheetError(
                f"没有纸张“{name}”，可选：{'、'.join(self.papers)}，请改 --paper。",
                code="unknown_paper",
                where="paper",
            )
        factors = self.papers[name]
        unit = factors["unit"]
        m = {key: factors.get(key, value * unit) for key, value in self.measures.items()}
        width, height = PAPERS[name]
        panel_left = width - m["margin"] - m["panel"]
        outer_right = panel_left - m["gutter"]
        outer_bottom = height - m["margin"] - m["footer"]
        outer = Box(m["margin"], m["top"], outer_right - m["margin"], outer_bottom - m["top"])
        frame = outer.grown(-m["band"])
        return Layout(
            paper=name,
            width=width,
            height=height,
            outer=outer,
            frame=frame,
            room=frame.grown(-m["air"]),
            panel=Box(panel_left, m["top"], m["panel"], outer.height),
            footer=Box(m["margin"], outer_bottom, width - 2 * m["margin"], m["footer"]),
            title_baseline=m["title_baseline"],
            unit=unit,
            symbols=factors["symbols"],
            letters=factors["letters"],
            least=factors["least"],
            layers=self.layers,
            blocks=self.blocks,
            map=self.map,
            pens={key: value * unit for key, value in self.pens.items()},
            sizes={
                key: max(value * unit, factors["least"])
                for key, value in {**self.sizes, "title": self.measures["title_size"]}.items()
            },
            colors=self.colors,
            scale=int(factors["scale"]) if "scale" in factors else None,
        )


def recipe_names() -> tuple[str, ...]:
    """Names of the sheets that can be drawn, sorted."""
    folder = files("webmap.printing").joinpath("recipes")
    names = (entry.name for entry in folder.iterdir())
    return tuple(sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml")))


@cache
def load_recipe(name: str) -> Recipe:
    """Read one recipe.

    Parameters
    ----------
    name
        One of `recipe_names`.

    Raises
    ------
    SheetError
        ``unknown_sheet`` if there is no such sheet; ``recipe`` if its file lacks a word or has one
        too many.
    """
    if name not in recipe_names():
        raise SheetError(
            f"没有图幅“{name}”，可选：{'、'.join(recipe_names())}。",
            code="unknown_sheet",
            where="sheet",
        )
    text = files("webmap.printing").joinpath("recipes", f"{name}.yaml").read_text("utf-8")
    raw: dict[str, Any] = yaml.safe_load(text)
    known = {entry.name for entry in fields(Recipe)} - {"measures"} | {"layout"}
    odd = sorted(known - {"insets"} - raw.keys()) + sorted(raw.keys() - known)
    if odd:
        raise SheetError(
            f"图幅配置 {name}.yaml 缺少或多出：{'、'.join(odd)}，请对照 circles.yaml 改正。",
            code="recipe",
            where=name,
        )
    raw["measures"] = raw.pop("layout")
    raw |= {name: tuple(raw[name]) for name in ("layers", "blocks")}
    raw["insets"] = tuple((width, height) for width, height in raw.get("insets", ()))
    return Recipe(**raw)
