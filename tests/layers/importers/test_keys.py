from __future__ import annotations

from datetime import date

import pytest

from layers.findings import Findings
from layers.importers.keys import Keys
from layers.schema import layer_schema
from tests.layers.importers.files import CLERK


@pytest.fixture
def ids(store):
    """A function from columns to ids, and its findings; one file."""

    def of(layer, *chunks):
        findings = Findings()
        keys = Keys(store, layer_schema(layer), findings)
        found, row = [], 2
        for columns in chunks:
            count = len(next(iter(columns.values())))
            found += keys.ids(range(row, row + count), columns, [None] * count)
            row += count
        return found, [(f.row, f.code) for f in findings.listed()]

    return of


def test_a_key_makes_the_id_and_wins_over_a_serial_number(ids):
    columns = {"id": ["1"], "village_code": ["140423100001"], "year": [2020]}
    assert ids("elders", columns) == (["140423100001-2020"], [])


def test_a_past_period_has_an_id_of_its_own_unless_the_file_says_otherwise(ids):
    columns = {
        "id": [None, "140423100002"],
        "code": ["140423100001", "140423100002"],
        "valid_to": [date(2020, 1, 1), date(2020, 1, 1)],
    }
    assert ids("divisions", columns)[0] == ["140423100001@2020-01-01", "140423100002"]


def test_without_a_key_the_id_counts_then_the_name(ids, store):
    rows = [{"id": "F1", "name": "甲", "kind": "station"}]
    store.put("care_facilities", rows, actor=CLERK)
    columns = {
        "id": ["F9", None, None],
        "name": ["甲", "甲", "乙"],
        "kind": ["station", "station", "station"],
    }
    assert ids("care_facilities", columns) == (["F9", "F1", None], [])


def test_doubles_are_found_across_chunks(ids):
    chunk = {"name": ["甲"], "kind": ["station"], "beds": [1]}
    assert ids("care_facilities", chunk, chunk)[1] == [(3, "I22")]
    assert ids("care_facilities", chunk, chunk | {"beds": [2]})[1] == [(2, "I07"), (3, "I07")]


def test_rows_that_nothing_names_are_doubles_only_if_all_is_equal(ids):
    columns = {"beds": [-1, -2, -1], "services": [["助餐"], ["助餐"], ["助餐"]]}
    assert ids("care_facilities", columns) == ([None, None, None], [(4, "I22")])
