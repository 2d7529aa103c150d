"""People stay with the ground they lived on, whatever their register's codes became."""

from __future__ import annotations

from datetime import date

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from layers import facts
from layers.analysis.units import units_of_day
from layers.sample import sample_rows

BEFORE, AFTER = date(2020, 6, 30), date(2024, 6, 30)
OLD, NEW = "140423200000", "140423108000"  # 善福乡, 善福镇


def frame(*rows):
    columns = ["code", "level", "parent_code", "geometry"]
    return gpd.GeoDataFrame([dict(zip(columns, row, strict=True)) for row in rows], crs=4490)


def ask(codes, divisions, places=None):
    index = pd.Index([f"{code}-2020" for code in codes])
    shapes = gpd.GeoSeries(places or [None] * len(codes), index=index, crs=4490)
    return units_of_day(pd.Series(codes, index=index), shapes, divisions)


def listed(day):
    rows = [(u.code, u.level, u.parent_code, None) for u in facts.divisions_on(day)]
    return frame(*rows)


def test_a_valid_code_is_its_own_unit():
    units = ask(["140423100001"], listed(AFTER))
    assert list(units.township) == ["140423100000"]
    assert not units.moved.any()
    assert not units.unknown.any()


def test_every_village_of_today_has_one_unit_and_township_before_the_merger():
    today = [u.code for u in facts.divisions_on(AFTER) if u.level == "village" and u.legal]
    then = {u.code: u for u in facts.divisions_on(BEFORE)}
    units = ask(today, listed(BEFORE))
    assert len(today) == 238
    assert set(units.village) <= then.keys()
    assert list(units.township) == [then[code].parent_code for code in units.village]
    assert units.township.nunique() == 11
    assert units.moved.sum() == 42
    assert not units.unknown.any()


def test_a_count_by_a_former_code_belongs_to_the_township_that_followed():
    former = next(u.code for u in facts.divisions_on(BEFORE) if u.parent_code == OLD)
    units = ask([former], listed(AFTER))
    assert list(units.township) == [NEW]
    assert units.moved.all()


def test_a_unit_that_was_split_stays_whole_in_the_common_township():
    split = next(
        u.code
        for u in facts.former_divisions()
        if u.level == "village" and len(facts.successors(u.code)) == 2
    )
    units = ask([split], listed(AFTER))
    assert list(units.village) == [split]
    assert list(units.township) == [split[:9] + "000"]
    assert not units.unknown.any()


def test_without_a_record_of_changes_the_outline_decides():
    divisions = frame(
        ("990000001000", "township", "990000000000", shapely.box(0, 0, 1, 1)),
        ("990000002000", "township", "990000000000", shapely.box(1, 0, 2, 1)),
    )
    units = ask(
        ["990000003001", "990000003002", "990000003003", "990000002001"],
        divisions,
        [shapely.Point(1.5, 0.5), shapely.Point(9, 9), None, shapely.Point(0.5, 0.5)],
    )
    assert list(units.township) == [
        "990000002000",
        "990000003000",
        "990000003000",
        "990000002000",  # its own code is valid that day
    ]
    assert list(units.unknown) == [False, True, True, False]
    assert list(units.moved) == [True, False, False, False]
    assert units.village.iloc[0] == "990000003001"


@pytest.mark.slow
def test_in_the_sample_county_record_and_outline_agree():
    divisions = gpd.GeoDataFrame(sample_rows("divisions"), crs=4490)
    on_the_day = divisions[
        [
            (row.valid_from is None or row.valid_from <= BEFORE)
            and (row.valid_to is None or row.valid_to > BEFORE)
            for row in divisions.itertuples()
        ]
    ]
    people = sample_rows("elders")
    codes = [row["village_code"] for row in people]
    places = [row["geometry"] for row in people]
    by_record = ask(codes, on_the_day, places).township
    towns = on_the_day[(on_the_day["level"] == "township") & on_the_day["geometry"].notna()]
    anonymous = towns.assign(code=[f"99{code[2:]}" for code in towns["code"]])
    by_outline = ask([f"98{code[2:]}" for code in codes], anonymous, places).township
    assert [code[2:] for code in by_record] == [code[2:] for code in by_outline]
