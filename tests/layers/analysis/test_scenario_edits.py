from __future__ import annotations

import pytest
import shapely

from geo.errors import InputError
from layers.analysis.scenario_edits import read_edits


def test_a_scenario_is_read_whole():
    edits = read_edits(
        {
            "name": " 甲案 ",
            "note": "会上提出",
            "candidates": [{"lon": 113.0, "lat": 36.5, "name": "新站"}, {"id": "侯堡中心"}],
            "moved": [{"id": "x", "lon": 113.1, "lat": 36.5}],
            "removed": ["y"],
            "roads": {"closed": ["1-0"]},
        }
    )
    assert edits.name == "甲案"
    assert edits.candidates[0].place == shapely.Point(113.0, 36.5)
    assert (edits.candidates[1].facility, edits.candidates[1].place) == ("侯堡中心", None)
    assert edits.moved[0].facility == "x"
    assert edits.removed == ("y",)
    assert edits.roads.closed[0].road == "1-0"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ([], "edits_invalid"),
        ({}, "edits_empty"),
        ({"closed": []}, "edits_invalid"),
        ({"candidates": {}}, "edits_invalid"),
        ({"candidates": [{"lon": 113.0}]}, "edits_invalid"),
        ({"candidates": [{"lon": 36.5, "lat": 113.0}]}, "edits_invalid"),
        ({"candidates": [{"lon": "113", "lat": 36.5}]}, "edits_invalid"),
        ({"candidates": [{"lon": 113, "lat": 36.5, "name": 3}]}, "edits_invalid"),
        ({"candidates": ["x"]}, "edits_invalid"),
        ({"moved": [{"id": "x"}]}, "edits_invalid"),
        ({"moved": [{"lon": 113, "lat": 36.5}]}, "edits_invalid"),
        ({"removed": [3]}, "edits_invalid"),
        ({"name": "\x1b[2J", "removed": ["x"]}, "edits_invalid"),
        ({"name": "长" * 201, "removed": ["x"]}, "edits_invalid"),
        ({"candidates": [{"lon": 113, "lat": 36.5, "name": "a\nb"}]}, "edits_invalid"),
        ({"name": 3, "removed": ["x"]}, "edits_invalid"),
        ({"roads": {"closed": [{"point": [36.5, 113.0]}]}}, "edits_invalid"),
    ],
)
def test_what_does_not_fit_is_refused(data, code):
    with pytest.raises(InputError) as refused:
        read_edits(data)
    assert refused.value.code == code


def test_axes_swapped_are_said_to_be_so():
    with pytest.raises(InputError, match="写反"):
        read_edits({"candidates": [{"lon": 36.5, "lat": 113.0}]})
