"""Recipes and layouts."""

import pytest

from webmap.printing.errors import SheetError
from webmap.printing.items import Box
from webmap.printing.recipe import load_recipe, recipe_names


def test_every_recipe_reads_and_fits_its_papers():
    for name in recipe_names():
        recipe = load_recipe(name)
        for paper in recipe.papers:
            layout = recipe.layout(paper)
            whole = Box(0, 0, layout.width, layout.height)
            assert whole.grown(-10).holds(layout.outer)
            assert whole.grown(-10).holds(layout.panel)
            assert whole.grown(-10).holds(layout.footer)
            assert layout.outer.holds(layout.frame)
            assert not layout.panel.meets(layout.outer)


def test_letters_keep_the_least_size():
    layouts = load_recipe("circles")
    assert layouts.layout("A3").letter(0.1) == 1.6
    assert layouts.layout("A1").letter(0.1) == 2.0
    assert min(layouts.layout("A3").sizes.values()) >= 1.6
    assert min(layouts.layout("A1").sizes.values()) >= 2.0


def test_an_unknown_sheet_lists_those_there_are():
    with pytest.raises(SheetError, match="circles") as caught:
        load_recipe("nope")
    assert caught.value.code == "unknown_sheet"


def test_an_unknown_paper_lists_those_there_are():
    with pytest.raises(SheetError, match="A3"):
        load_recipe("circles").layout("B5")
