"""Printed sheets: display list, SVG, PDF, PNG; one drawing path for every format."""

from webmap.printing.circles import circles_sheet
from webmap.printing.errors import SheetError
from webmap.printing.press import sheet
from webmap.printing.recipe import load_recipe, recipe_names
from webmap.printing.sheets import Sheet, SheetOptions

__all__ = [
    "Sheet",
    "SheetError",
    "SheetOptions",
    "circles_sheet",
    "load_recipe",
    "recipe_names",
    "sheet",
]
