from __future__ import annotations

import pytest

from layers.findings import Findings
from layers.importers.stamps import Stamps
from layers.schema import layer_schema
from layers.store import Actor
from tests.layers.importers.files import CLERK, REVIEWER


@pytest.fixture
def stamp(store):
    rows = [
        {"id": "old", "name": "旧", "quality": "synthetic", "source": "示意"},
        {"id": "plain", "name": "常"},
    ]
    store.put("care_facilities", rows, actor=CLERK)

    def of(made, quality=None, source=None, *, actor=CLERK, reason="", whole=(None, None)):
        findings = Findings()
        stamps = Stamps(
            store,
            layer_schema("care_facilities"),
            findings,
            actor=actor,
            reason=reason,
            quality=whole[0],
            source=whole[1],
            file_source="in.csv",
        )
        (found,) = stamps.stamp([2], [made], {"quality": [quality], "source": [source]})
        return found, [f.code for f in findings.listed()]

    return of


def test_silence_keeps_what_is_stored_and_names_the_file_for_new_rows(stamp):
    assert stamp("old") == ({}, [])
    assert stamp("new") == ({"source": "in.csv"}, [])
    assert stamp(None) == ({"source": "in.csv"}, [])


def test_the_row_wins_over_the_whole_file(stamp):
    whole = ("synthetic", "全部")
    assert stamp(None, whole=whole)[0] == {"quality": "synthetic", "source": "全部"}
    assert stamp(None, "approximate", "局", whole=whole)[0] == {
        "quality": "approximate",
        "source": "局",
    }


@pytest.mark.parametrize(
    ("made", "quality", "codes"),
    [
        (None, "synthetic", []),
        (None, "approximate", []),
        (None, "surveyed", ["I23"]),
        ("old", "synthetic", []),
        ("old", "approximate", ["I23"]),
        ("plain", "approximate", []),
        ("plain", "synthetic", []),
        ("plain", "surveyed", ["I23"]),
    ],
)
def test_raising_quality_needs_a_reviewer_and_a_reason(stamp, made, quality, codes):
    assert stamp(made, quality)[1] == codes
    assert stamp(made, quality, actor=REVIEWER)[1] == codes
    assert stamp(made, quality, reason="实测")[1] == codes
    assert stamp(made, quality, actor=Actor("a", "planner"), reason="实测")[1] == codes
    assert stamp(made, quality, actor=REVIEWER, reason="实测")[1] == []
