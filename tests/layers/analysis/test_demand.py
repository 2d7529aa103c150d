from __future__ import annotations

import pandas as pd

from layers.analysis.demand import EVERYWHERE, township_code
from layers.analysis.inputs import read_inputs
from layers.analysis.question import CareQuestion
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


def test_a_village_belongs_to_the_township_of_its_first_nine_digits():
    assert list(township_code(pd.Series([NEAR, PLACELESS]))) == [TOWN_A, TOWN_B]


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
