"""Villages and towns: the numbers of the lists, the distances of the specification."""

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
import shapely
from pyproj import Geod

from layers import facts
from layers.sample.layout import COUNTY_SEAT, layout
from layers.sample.plane import SEAT_LONLAT, to_lonlat

GEOD = Geod(ellps="GRS80")


@pytest.fixture(scope="module", params=[7, 1, 2])
def plan(request):
    return layout(request.param)


def geodesic_m(lonlat):
    a, b = np.triu_indices(len(lonlat), 1)
    return GEOD.inv(*lonlat[a].T, *lonlat[b].T)[2]


def test_the_238_legal_units_are_at_least_600_m_apart(plan):
    legal = sorted(u.code for u in facts.divisions() if u.level == "village" and u.legal)
    assert list(plan.codes) == legal
    assert geodesic_m(plan.lonlat).min() >= 600


def test_villages_lie_250_m_inside_the_outline(plan):
    ring = np.asarray(facts.outline().exterior.coords)
    steps = np.linspace(0, 1, 400)[:, None]
    border = np.vstack([a + (b - a) * steps for a, b in pairwise(ring)])
    assert shapely.contains_xy(facts.outline(), plan.lonlat).all()
    for place in plan.lonlat:
        near = border[np.abs(border - place).max(axis=1) < 0.005]
        if len(near):
            ends = np.broadcast_to(place, near.shape)
            assert GEOD.inv(*ends.T, *near.T)[2].min() >= 250


def test_each_zone_holds_exactly_its_own_villages(plan):
    zone_of = {}
    for zone in plan.zones:
        inside = shapely.contains_xy(zone.polygon, plan.lonlat)
        assert {plan.codes[k][:9] + "000" for k in np.flatnonzero(inside)} == {zone.now}
        zone_of |= dict.fromkeys(np.flatnonzero(inside), zone)
    assert len(zone_of) == 238
    before = Counter(zone.then for zone in zone_of.values())
    assert (before["140423202000"], before["140423200000"], before["140423201000"]) == (16, 12, 12)


def test_the_communities_lie_round_the_seat(plan):
    seat = np.array(SEAT_LONLAT)
    places = plan.lonlat[[k for k, code in enumerate(plan.codes) if code[:10] == "1404231000"]]
    away = GEOD.inv(*np.broadcast_to(seat, places.shape).T, *places.T)[2]
    assert len(places) == 6
    assert away.max() < 1_100
    assert to_lonlat(plan.seat_xy(COUNTY_SEAT)[None])[0].tolist() == list(SEAT_LONLAT)


def test_the_seat_of_a_town_is_the_village_of_its_name(plan):
    names = {unit.code: unit.name for unit in facts.divisions()}
    assert len(plan.seats) == 8
    for town, seat in plan.seats.items():
        assert names[plan.codes[seat]][:-1].startswith(names[town][0])


def test_another_seed_is_another_county():
    assert not np.allclose(layout(7).lonlat, layout(8).lonlat)
