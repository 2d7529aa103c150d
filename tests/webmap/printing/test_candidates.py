"""Where a name could stand."""

import shapely

from webmap.printing.candidates import candidates, fits_within
from webmap.printing.items import Box
from webmap.printing.labels import Label, Obstacles

FRAME = Box(0, 0, 100, 80)


def point(**more) -> Label:
    values = {"layer": "a", "id": "1", "name": "虒亭", "priority": 3, "weight": 0.0}
    return Label(**{**values, "width": 3.2, "height": 1.6, "at": (50, 40), "radius": 0.5, **more})


def test_eight_places_around_come_before_those_with_a_leader():
    (places,) = candidates([point()], Obstacles(frame=FRAME))
    assert [place.leader is None for place in places[:8]] == [True] * 8
    assert all(place.leader is not None for place in places[8:])
    assert len(places) >= 8 + 24


def test_without_leaders_there_are_eight():
    (places,) = candidates([point(leader=False)], Obstacles(frame=FRAME))
    assert len(places) == 8


def test_no_place_covers_the_point_s_symbol():
    (places,) = candidates([point()], Obstacles(frame=FRAME))
    assert not any(place.box.meets(Box(49.5, 39.5, 1, 1)) for place in places)


def test_leaders_run_from_the_symbol_s_rim_to_the_text():
    (places,) = candidates([point()], Obstacles(frame=FRAME))
    for place in places[8:]:
        line = shapely.LineString(place.leader)
        assert abs(line.distance(shapely.Point(50, 40)) - 0.5) < 1e-9
        assert line.distance(shapely.box(*place.box.bounds)) < 1e-9


def test_a_boundary_costs_more_than_a_road():
    wall = shapely.LineString([(51.5, 0), (51.5, 80)])
    (by_wall,) = candidates([point()], Obstacles(frame=FRAME, boundaries=[wall]))
    (by_road,) = candidates([point()], Obstacles(frame=FRAME, roads=[wall]))
    (free,) = candidates([point()], Obstacles(frame=FRAME))
    right = free[0].box
    assert by_wall[0].box.right < 51.5
    assert [p.box for p in by_road].index(right) < [p.box for p in by_wall].index(right)


def test_an_area_offers_places_inside_first():
    area = shapely.box(10, 10, 50, 30)
    (places,) = candidates([point(at=None, area=area)], Obstacles(frame=FRAME))
    assert area.contains(shapely.box(*places[0].box.bounds))
    assert all(area.contains(shapely.Point(place.box.centre)) for place in places)


def test_no_labels_no_places():
    assert candidates([], Obstacles(frame=FRAME)) == []


def named_line(line, **more) -> Label:
    return point(at=None, radius=0.0, line=shapely.LineString(line), **more)


def test_a_line_s_name_stands_upright_beside_its_straightest_level_stretch():
    bend = [(10, 20), (14, 26), (18, 20), (22, 26), (26, 20), (60, 20)]
    (places,) = candidates([named_line(bend)], Obstacles(frame=FRAME))
    best = places[0].box
    assert best.x > 26
    assert best.bottom < 20  # above the line rather than below
    assert (best.width, best.height) == (3.2, 1.6)


def test_no_place_of_a_line_s_name_lies_on_the_stretch_it_names():
    for line in ([(10, 20), (60, 20)], [(10, 10), (10, 60)], [(10, 10), (50, 50)]):
        (places,) = candidates([named_line(line)], Obstacles(frame=FRAME))
        assert places
        assert not any(
            shapely.LineString(line).intersects(shapely.box(*place.box.bounds)) for place in places
        )


def test_a_line_shorter_than_its_name_has_no_place():
    (places,) = candidates([named_line([(10, 20), (12, 20)])], Obstacles(frame=FRAME))
    assert places == []


def test_a_name_fits_an_area_that_holds_it_wholly():
    assert fits_within(shapely.box(0, 0, 20, 6), 10, 3)
    assert not fits_within(shapely.box(0, 0, 8, 60), 10, 3)


def test_a_place_beside_a_stranger_s_symbol_is_liked_less():
    own, other = Box(49.5, 39.5, 1, 1), Box(54.3, 39.5, 1, 1)  # just right of the first place
    (alone,) = candidates([point()], Obstacles(frame=FRAME, symbols=[own]))
    (beside,) = candidates([point()], Obstacles(frame=FRAME, symbols=[own, other]))
    assert alone[0].box.x > 50
    assert alone[0].box.meets(Box(50, 40, 3, 0.1))
    assert not beside[0].box.meets(Box(50, 40, 3, 0.1))
