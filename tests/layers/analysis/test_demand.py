from __future__ import annotations

from datetime import date

import pytest

from layers.analysis.demand import EVERYWHERE
from layers.analysis.inputs import read_inputs
from layers.analysis.question import CareQuestion
from layers.errors import NotFound
from tests.layers.analysis.county import (
    NEAR,
    PLACELESS,
    TOWN_A,
    TOWN_B,
    division,
    elders,
    fill,
    place,
)


def test_a_village_belongs_to_the_township_of_its_first_nine_digits(store):
    demand = read_inputs(fill(store), CareQuestion()).demand.set_index("village_code")
    assert (demand["township_code"][NEAR], demand["township_code"][PLACELESS]) == (TOWN_A, TOWN_B)


def test_people_belong_to_the_units_of_the_asked_day(store):
    merged = date(2021, 1, 1)
    old = division("140423200201", "旧村", "village", valid_to=merged)
    new = division("140423108201", "新村", "village", valid_from=merged)
    units = [
        division("140423200000", "善福乡", "township", valid_to=merged),
        division("140423108000", "善福镇", "township", valid_from=merged),
        old,
        new,
    ]
    fill(store, divisions=units, elders=[elders("140423108201", 30, 500)])
    then = read_inputs(store, CareQuestion(as_of=date(2020, 6, 30)))
    assert list(then.demand["township_code"]) == ["140423200000"]
    assert then.demand["weight"].sum() == 30
    assert "已按沿革归入" in then.warnings[-1]
    now = read_inputs(store, CareQuestion(as_of=date(2024, 6, 30)))
    assert list(now.demand["name"]) == ["新村"]
    assert list(now.demand["unit"]) == ["140423108000"]
    assert now.warnings == ()


def test_villages_get_their_names_from_the_divisions(store):
    demand = read_inputs(fill(store), CareQuestion()).demand
    assert set(demand["name"]) == {"近村", "远村", "无位村"}


def test_a_village_without_a_place_stands_where_its_division_does(store):
    known = division(PLACELESS, "无位村", "village", geometry=place(100))
    demand = read_inputs(fill(store, divisions=[known]), CareQuestion()).demand
    assert demand.geometry.loc[f"{PLACELESS}-2020"].equals(place(100))


def test_a_village_known_nowhere_stays_in_the_totals_without_a_place(store):
    demand = read_inputs(fill(store), CareQuestion()).demand
    lost = demand.loc[f"{PLACELESS}-2020"]
    assert lost["weight"] == 20
    assert lost.geometry is None or lost.geometry.is_empty


def test_a_store_without_divisions_is_one_unit(store):
    demand = read_inputs(fill(store, divisions=[]), CareQuestion()).demand
    assert set(demand["unit"]) == {EVERYWHERE}


def test_asking_by_village_makes_each_its_own_unit(store):
    demand = read_inputs(fill(store, divisions=[]), CareQuestion(by="village")).demand
    assert NEAR in set(demand["unit"])


def test_the_band_chooses_the_column(store):
    rows = [elders(NEAR, 30, 500, age80=7, age70=9, age65=20)]
    demand = read_inputs(fill(store, elders=rows), CareQuestion(age="80")).demand
    assert list(demand["weight"]) == [7.0]


def test_a_year_can_be_asked_for(store):
    fill(store, elders=[elders(NEAR, 30, 500, year=2020), elders(NEAR, 40, 500, year=2010)])
    assert read_inputs(store, CareQuestion()).demand["weight"].sum() == 30
    assert read_inputs(store, CareQuestion(year=2010)).demand["weight"].sum() == 40
    with pytest.raises(NotFound, match="2010、2020"):
        read_inputs(store, CareQuestion(year=2015))
