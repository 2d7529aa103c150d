"""Classes by the trips that use a road."""

import numpy as np

from layers.sample.classes import CLASSES, trips
from layers.sample.layout import COUNTY_SEAT, Layout
from layers.sample.plane import SEAT_LONLAT, to_lonlat, to_plane

# A seat, two towns east of it, a village behind the second, a short cut nobody needs:
#
#     0 ─ 1 ─ 2 ─ 3      4 hangs on 1 by a path, 3-5 leads nowhere
#         ╰ 4      ╰ 5
SEAT = to_plane(np.array([SEAT_LONLAT]))[0]
XY = SEAT + np.array(
    [(0, 0), (5_000, 0), (10_000, 0), (13_000, 0), (5_000, -2_000), (14_000, -900)]
)
ENDS = np.array([(0, 1), (1, 2), (2, 3), (1, 4), (3, 5), (0, 2)])
COST = np.array([5e5, 5e5, 3e5, np.inf, 1.5e5, 30e5])
CODES = ("140423101200", "140423102200", "140423102201")


def plan():
    at = XY[[1, 2, 3]]
    seats = {"140423101000": 0, "140423102000": 1}
    return Layout(CODES, to_lonlat(at), at, seats, ())


def named(rank):
    return [CLASSES[k] for k in rank]


def test_the_busiest_trip_decides():
    # Delaunay needs three seats that are no line; move the second town a little north.
    found = trips(bent(), XY, ENDS, COST)
    assert named(found.rank) == [
        "secondary",
        "secondary",
        "unclassified",
        "path",
        "path",
        "path",
    ]


def test_main_roads_have_a_name_that_says_they_are_made_up():
    found = trips(bent(), XY, ENDS, COST)
    assert found.name == ["示意干线1", "示意干线2", "", "", "", ""]


def bent():
    straight = plan()
    at = straight.xy + np.array([(0, 0), (0, 60), (0, 0)])
    return Layout(CODES, to_lonlat(at), at, straight.seats, ())


def test_every_town_has_a_main_road_to_the_county_seat():
    assert COUNTY_SEAT == "140423100000"
    found = trips(bent(), XY, ENDS, np.where(np.arange(6) == 1, np.inf, COST))
    assert named(found.rank)[5] == "secondary"
