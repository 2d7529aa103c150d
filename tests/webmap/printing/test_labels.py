"""Names: placed by priority, never over each other or over a symbol."""

import itertools

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from webmap.printing.items import Box
from webmap.printing.labels import Label, Obstacles, place

FRAME = Box(0, 0, 100, 80)


def label(name: str, at=(50.0, 40.0), *, priority=3, weight=0.0, **more) -> Label:
    return Label(
        layer="divisions",
        id=more.pop("id", name),
        name=name,
        priority=priority,
        weight=weight,
        width=1.6 * len(name),
        height=1.6,
        at=at,
        radius=0.5,
        **more,
    )


def symbol(at: tuple[float, float], size: float = 1.0) -> Box:
    return Box(at[0] - size / 2, at[1] - size / 2, size, size)


def test_a_lone_name_stands_at_the_right_of_its_point():
    (placed,) = place([label("虒亭")], Obstacles(frame=FRAME)).placed
    assert placed.box.x > 50
    assert placed.box.centre[1] == pytest.approx(40)
    assert placed.leader is None


def test_a_name_keeps_clear_of_a_larger_symbol_on_its_own_point():
    obstacles = Obstacles(frame=FRAME, symbols=[symbol((50, 40)), symbol((50, 40), 4)])
    (placed,) = place([label("虒亭")], obstacles).placed
    assert placed.leader is None
    assert not any(placed.box.meets(box) for box in obstacles.symbols)


def test_higher_priority_takes_the_better_place():
    first, second = label("丙", priority=1), label("甲乙", priority=2)
    placed = {p.label.name: p for p in place([second, first], Obstacles(frame=FRAME)).placed}
    assert placed["丙"].box.centre[1] == pytest.approx(40)
    assert placed["甲乙"].box.centre[1] != pytest.approx(40) or placed["甲乙"].box.x < 50


def test_of_equal_priority_the_larger_comes_first_then_the_name():
    several = [label("丁", weight=1), label("乙", weight=9), label("丙", weight=1)]
    order = [p.label.name for p in place(several, Obstacles(frame=FRAME)).placed]
    assert order == ["乙", "丁", "丙"]


def test_a_crossed_boundary_moves_the_name_to_another_side():
    wall = shapely.LineString([(52, 0), (52, 80)])
    (placed,) = place([label("虒亭")], Obstacles(frame=FRAME, boundaries=[wall])).placed
    assert placed.box.right < 52


def test_where_the_near_places_are_taken_a_leader_leads_out():
    crowd = [symbol((50 + x, 40 + y), 0.4) for x in (-3, 0, 3) for y in (-1.5, 0, 1.5) if x or y]
    obstacles = Obstacles(frame=FRAME, symbols=[symbol((50, 40)), *crowd])
    (placed,) = place([label("虒亭")], obstacles).placed
    line = shapely.LineString(placed.leader)
    assert line.distance(shapely.Point(50, 40)) == pytest.approx(0.5)
    assert line.distance(shapely.box(*placed.box.bounds)) == pytest.approx(0)
    assert not any(line.intersects(shapely.box(*box.bounds)) for box in crowd)


def test_a_name_without_room_is_listed():
    full = [Box(0, 0, 100, 80)]
    result = place([label("虒亭")], Obstacles(frame=FRAME, symbols=full))
    assert [a.name for a in result.unplaced] == ["虒亭"]
    assert result.placed == ()


def test_a_name_never_leaves_the_frame():
    (placed,) = place([label("虒亭镇", at=(99.5, 0.5))], Obstacles(frame=FRAME)).placed
    assert FRAME.holds(placed.box)


def test_a_pin_wins_and_reports_what_it_meets():
    obstacles = Obstacles(frame=FRAME, symbols=[symbol((20, 20))])
    result = place(
        [label("虒亭"), label("贾垴")], obstacles, pins={("divisions", "虒亭"): (20, 20)}
    )
    pinned = result.placed[0]
    assert pinned.pinned
    assert pinned.box.centre == pytest.approx((20, 20))
    assert result.clashes == ("手工定位的“虒亭”压住符号。",)


def test_a_pin_outside_the_frame_is_reported():
    result = place([label("虒亭")], Obstacles(frame=FRAME), pins={("divisions", "虒亭"): (0, 0)})
    assert result.clashes == ("手工定位的“虒亭”压住图廓线。",)


def area(name: str, polygon: shapely.Polygon) -> Label:
    return Label(
        layer="divisions",
        id=name,
        name=name,
        priority=1,
        weight=0,
        width=6,
        height=2,
        area=polygon,
    )


def test_an_area_name_stands_at_the_centre_of_the_inscribed_circle():
    (placed,) = place([area("虒亭镇", shapely.box(10, 10, 50, 50))], Obstacles(frame=FRAME)).placed
    assert placed.box.centre == pytest.approx((30, 30), abs=0.5)


def test_an_area_name_moves_within_its_polygon_when_the_centre_is_taken():
    polygon = shapely.box(10, 10, 50, 50)
    obstacles = Obstacles(frame=FRAME, symbols=[symbol((30, 30), 8)])
    (placed,) = place([area("虒亭镇", polygon)], obstacles).placed
    assert not placed.box.meets(obstacles.symbols[0])
    assert polygon.contains(shapely.box(*placed.box.bounds))


points = st.lists(
    st.tuples(st.integers(2, 97), st.integers(2, 77)), min_size=1, max_size=40, unique=True
)


@settings(max_examples=25)
@given(points, st.randoms(use_true_random=False))
def test_no_two_names_meet_and_the_order_of_the_input_does_not_matter(places, random):
    labels = [
        label("虒亭" if k % 3 else "贾垴村", at, id=str(k), weight=k % 5)
        for k, at in enumerate((float(x), float(y)) for x, y in places)
    ]
    obstacles = Obstacles(frame=FRAME, symbols=[symbol(a.at) for a in labels])
    result = place(labels, obstacles)
    shuffled = list(labels)
    random.shuffle(shuffled)
    again = place(shuffled, obstacles)
    assert [(p.label.id, p.box) for p in result.placed] == [
        (p.label.id, p.box) for p in again.placed
    ]
    assert len(result.placed) + len(result.unplaced) == len(labels)
    for one, other in itertools.combinations(result.placed, 2):
        assert not one.box.meets(other.box)
    for placed in result.placed:
        assert FRAME.holds(placed.box)
        assert not any(placed.box.meets(box) for box in obstacles.symbols)
