from __future__ import annotations

import pytest

from layers.errors import NotAllowed
from layers.records import Record
from layers.rights import require_usual
from layers.schema import layer_schema

NAMES = layer_schema("place_names")
OWNED = [field for field in NAMES.fields.values() if field.by_cases]


def ask(old, **values):
    record = Record("n1", {"quality": "approximate", **values}, None, None, has_geometry_key=False)
    require_usual(NAMES, OWNED, record, old, 7)


@pytest.mark.parametrize(
    ("old", "values"),
    [
        (None, {"status": "proposed"}),
        (None, {"quality": "synthetic"}),
        (
            {"quality": "surveyed", "status": "standard"},
            {"quality": "surveyed", "status": "standard"},
        ),
    ],
)
def test_usual_rows_pass(old, values):
    ask(old, **values)


@pytest.mark.parametrize(
    ("old", "values", "code"),
    [
        (None, {"status": "standard"}, "by_case_only"),
        ({"quality": "approximate", "status": "standard"}, {"status": "proposed"}, "by_case_only"),
        (None, {"quality": "surveyed"}, "quality_raise"),
        ({"quality": "synthetic"}, {"quality": "approximate"}, "quality_raise"),
    ],
)
def test_what_needs_a_reviewer_is_refused_by_row(old, values, code):
    with pytest.raises(NotAllowed, match="第 7 行") as caught:
        ask(old, **values)
    assert caught.value.code == code
