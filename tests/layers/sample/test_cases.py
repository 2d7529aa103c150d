"""The sample's cases: the report's two inspections as they are known, and made-up open ones."""

from __future__ import annotations

from datetime import date

import pytest

from layers.cases import case, cases, due_of, history
from layers.sample import SAMPLE_CLOCK, fill_sample
from layers.sample.cases import SAMPLE_DAY
from layers.store import open_store
from layers.verify import verify


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    url = f"gpkg:{tmp_path_factory.mktemp('sample') / 'county.gpkg'}"
    with open_store(url, create=True, clock=SAMPLE_CLOCK, min_free_mb=0) as store:
        fill_sample(store)
    return url


@pytest.fixture
def sample(url):
    with open_store(url, min_free_mb=0) as store:
        yield store


def test_two_inspections_of_2023_are_archived(sample):
    found = [
        one for one in cases(sample, on=SAMPLE_DAY, type="inspection") if one.state == "archived"
    ]
    assert {one.data["line_id"] for one in found} == {"140423-140429", "140423-140430"}
    # Who led them, the report does not say; so nothing is invented.
    assert all(one.data.keys() == {"line_id", "year"} for one in found)
    assert sample.get("boundary_lines", "140423-140430")["lead_code_last"] is None


def test_archived_inspection_is_done_in_time(sample):
    first, *later = due_of(sample, case(sample, "2023-140423-140430"), on=date(2024, 6, 1))
    assert (first.done, first.late) == (True, False)
    assert later[-1].on == date(2028, 12, 31)


def test_one_case_of_each_kind_is_open_and_says_that_it_is_made_up(sample):
    found = cases(sample, on=SAMPLE_DAY, state="open")
    assert {one.type for one in found} >= {"inspection", "place_name", "heritage"}
    assert {one.quality for one in found} == {"synthetic"}
    assert sample.find("heritage_names")[0]["quality"] == "synthetic"


def test_open_inspection_is_that_of_the_shortest_line(sample):
    (one,) = cases(sample, on=SAMPLE_DAY, type="inspection", state="scheduled")
    lines = sample.find("boundary_lines")
    assert one.data["line_id"] == min(lines, key=lambda row: row["length_km"] or 99)["id"]


def test_cases_are_the_work_of_posts(sample):
    assert {step["actor"] for step in history(sample, "示意-联检-01")} == {"示意经办"}


def test_sample_with_cases_verifies(url):
    assert verify(url).ok


def test_cases_are_the_same_in_every_store(url, tmp_path):
    again = f"gpkg:{tmp_path / 'county.gpkg'}"
    with open_store(again, create=True, clock=SAMPLE_CLOCK, min_free_mb=0) as store:
        fill_sample(store)
        bodies = [(one.id, one.data) for one in cases(store, on=SAMPLE_DAY)]
    with open_store(url, min_free_mb=0) as store:
        assert bodies == [(one.id, one.data) for one in cases(store, on=SAMPLE_DAY)]
