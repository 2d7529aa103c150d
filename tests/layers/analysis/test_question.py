from __future__ import annotations

import pytest

from geo.errors import InputError
from layers.analysis.question import CareQuestion


def test_the_plain_question_is_a_quarter_of_an_hour_on_foot_for_sixty_and_older():
    asked = CareQuestion()
    assert (asked.minutes, asked.mode, asked.speed_mps, asked.demand_column) == (
        15,
        "walk",
        1.1,
        "age60",
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("minutes", 0),
        ("minutes", float("nan")),
        ("minutes", 1000),
        ("mode", "bike"),
        ("age", "90"),
        ("direction", "both"),
        ("by", "county"),
    ],
)
def test_a_word_that_is_not_offered_names_its_place(field, value):
    with pytest.raises(InputError) as refused:
        CareQuestion(**{field: value})
    assert refused.value.where == field
