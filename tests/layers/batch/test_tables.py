"""Small counts and what would tell them leave a table; nothing else does."""

from __future__ import annotations

import numpy as np
import pandas as pd

from layers.batch.columns import COUNTY_FIELDS, GAP_FIELDS, VILLAGE_FIELDS
from layers.batch.tables import blanked, block_of, hidden_figures, hidden_villages


def gaps(*rows):
    names = ["total", "covered", "uncovered", "misled", "circle_share", "share"]
    return pd.DataFrame([[*row, row[1] / row[0]] for row in rows], columns=names)


def test_those_with_one_choice_alone_are_not_told_when_few():
    rows = gaps((100, 50, 50, 0, 0.5)).assign(twice=47)
    hidden = hidden_figures(rows)
    assert hidden.loc[0, ["twice", "twice_share"]].all()


def test_a_village_is_hidden_with_the_one_that_would_tell_it():
    villages = pd.DataFrame(
        {
            "total": [3.0, 40.0, 60.0, 70.0],
            "covered": [True, True, False, False],
            "circle_covered": [True, True, False, False],
            "choices": [1, 1, 0, 0],
            "unit": "a",
            "township_code": "a",
        }
    )
    assert hidden_villages(villages)["total"].to_list() == [True, True, False, False]


def test_hidden_cells_are_empty_and_named():
    rows = gaps((100, 97, 3, 0, 0.9)).assign(twice=0, twice_share=0.0)
    hidden = hidden_figures(rows)
    shown = blanked(rows, hidden, full=False)
    assert shown["uncovered"].isna().all()
    assert "uncovered" in shown["suppressed"][0].split("、")
    assert blanked(rows, hidden, full=True)["uncovered"].to_list() == [3]


def test_blocks_hold_plain_values_of_the_fields_types():
    fields = [f for f in VILLAGE_FIELDS if f.name in {"total", "minutes", "covered"}]
    rows = pd.DataFrame({"total": [3.0], "minutes": [np.inf], "covered": [np.True_]})
    block = block_of(rows, fields, np.array([None], dtype=object))
    assert block.columns == {"total": [3], "covered": [True], "minutes": [None]}
    assert type(block.columns["total"][0]) is int


def test_no_table_has_a_column_twice():
    for fields in (COUNTY_FIELDS, GAP_FIELDS, VILLAGE_FIELDS):
        assert len({field.name for field in fields}) == len(fields)
        assert len({field.title for field in fields}) == len(fields)
