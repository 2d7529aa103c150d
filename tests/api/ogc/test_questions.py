from datetime import date

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from api.ogc.crs import CRS_URIS, read_crs
from api.ogc.parameters import read_period
from api.ogc.questions import Question, query_of
from api.ogc.visibility import view_of
from api.problems import Refused
from geo.errors import InputError
from layers.exporters.tables import hidden_counts

TODAY = date(2026, 11, 25)
PLACES = {f"f{number}": shapely.Point(113 + number / 100, 36.5) for number in range(9)}


def found(store, layer="care_facilities", *, role="viewer", **question):
    view = view_of(store.schema(layer), role)
    query = query_of(
        view,
        Question(**question),
        today=TODAY,
        tz="Asia/Shanghai",
        hidden=lambda: hidden_counts(store, layer),
    )
    assert store.count(layer, query) == len(store.table(layer, query).wkb)
    return store.table(layer, query).columns["id"]


def test_without_a_question_everything_is_found_also_what_has_no_place(store):
    assert len(found(store)) == 10


@given(
    st.floats(112.99, 113.1), st.floats(112.99, 113.1), st.floats(36.4, 36.6),
    st.sampled_from([0.0, 0.05, 0.1]),
)  # fmt: skip
def test_a_box_finds_what_shapely_says_it_touches(store, west, east, south, height):
    west, east = sorted((west, east))
    box = shapely.box(west, south, east, south + height)
    expected = [id for id, place in PLACES.items() if shapely.intersects(place, box)]
    assert found(store, bbox=(west, south, east, south + height)) == expected


@pytest.mark.parametrize("uri", CRS_URIS[1:])
def test_a_box_in_another_system_finds_what_lies_on_its_edge_too(store, uri):
    crs = read_crs(uri)
    corners = np.array([PLACES["f2"], PLACES["f4"]], dtype=object)
    (north, west), (_, east) = (shape.coords[0] for shape in crs.shown(corners))
    box = (north - 0.01, west, north + 1e4, east)
    if crs.plane is not None:  # the parallel bends: its middle lies south of the corners' chord
        box = (north - 100, west, north + 100, east)
    assert found(store, bbox=box, bbox_crs=crs) == ["f2", "f3", "f4"]


def test_a_box_that_is_one_shown_point_finds_it(store):
    for uri in CRS_URIS:
        crs = read_crs(uri)
        shown = crs.shown(np.array([PLACES["f5"]], dtype=object))[0].coords[0]
        assert found(store, bbox=(*shown, *shown), bbox_crs=crs) == ["f5"]


def test_a_box_over_the_antimeridian_wraps(store):
    assert found(store, bbox=(113.05, 30, 113.02, 40)) == ["f0", "f1", "f2", "f5", "f6", "f7", "f8"]
    assert found(store, bbox=(170, -90, -170, 90)) == []


@pytest.mark.parametrize("uri", CRS_URIS)
def test_a_box_upside_down_is_refused_in_every_system(store, uri):
    crs = read_crs(uri)
    box = (36.0, 37.0, 35.0, 36.0) if crs.north_first else (113, 37, 114, 36)
    with pytest.raises(InputError, match="bbox"):
        found(store, bbox=box, bbox_crs=crs)


def test_a_layer_without_geometry_has_nothing_in_any_box(store):
    assert found(store, "findings", role="clerk", bbox=(170, -90, -170, 90)) == []


@pytest.mark.parametrize(
    ("name", "text", "ids"),
    [
        ("kind", "canteen", ["f0", "f2", "f4", "f6", "f8"]),
        ("beds", "3", ["f3"]),
        ("services", "助餐", ["f0", "f1", "f2"]),
        ("opened", "2024-01-01", ["f4"]),
        ("id", "nowhere", ["nowhere"]),
        ("name", "x' OR '1'='1", []),
        ("version", "2", []),
    ],
)
def test_a_property_must_equal_its_text(store, name, text, ids):
    assert found(store, equals=[(name, text)]) == ids


@pytest.mark.parametrize("name", ["colour", "updated_by", "geometry", "suppressed", "Beds", ""])
def test_an_unknown_property_is_an_unknown_parameter(store, name):
    with pytest.raises(Refused) as refused:
        found(store, equals=[(name, "1")])
    assert refused.value.code == "unknown_parameter"


@pytest.mark.parametrize(("name", "text"), [("beds", "many"), ("beds", "1.5"), ("name", "\0")])
def test_a_value_of_another_type_is_refused(store, name, text):
    with pytest.raises(Refused) as refused:
        found(store, equals=[(name, text)])
    assert refused.value.code == "bad_parameter"


def test_conditions_are_joined(store):
    ids = found(store, bbox=(113, 36, 113.05, 37), filter="beds > 1", equals=[("kind", "canteen")])
    assert ids == ["f2", "f4"]


def test_a_filter_speaks_in_its_own_system(store):
    near = "S_INTERSECTS(geometry, BBOX(36.4,113.015,36.6,113.045))"
    lat_lon = read_crs(CRS_URIS[2])
    assert found(store, filter=near, filter_crs=lat_lon) == ["f2", "f3", "f4"]
    json = '{"op":"=","args":[{"property":"beds"},3]}'
    assert found(store, filter=json, filter_lang="cql2-json") == ["f3"]


def test_a_filter_cannot_name_what_the_role_does_not_see(store):
    with pytest.raises(InputError, match="updated_by"):
        found(store, filter="updated_by = 'a'")
    assert len(found(store, role="clerk", filter="updated_by = 'a'")) == 10


def test_units_are_those_of_today_unless_a_time_is_asked(store):
    assert found(store, "divisions") == ["140423101222"]
    assert len(found(store, "divisions", period=read_period("../.."))) == 2
    past = found(store, "divisions", period=read_period("2019-06-30"))
    assert past == ["140423101222@2020-01-01"]


def test_proposed_names_are_found_by_accounts_only(store):
    assert found(store, "place_names") == ["n2"]
    assert found(store, "place_names", equals=[("status", "proposed")]) == []
    assert found(store, "place_names", filter="status = 'proposed' OR TRUE = TRUE") == ["n2"]
    assert found(store, "place_names", role="auditor") == ["n1", "n2"]


@pytest.mark.parametrize("condition", ["age80 < 5", "age80 = 3", "NOT age80 > 4", "AGE80 < 10",
                                       "age80 IS NULL OR age80 < 10"])  # fmt: skip
def test_no_condition_tells_a_hidden_count(store, condition):
    hidden = {id for id, names in hidden_counts(store, "elders").items() if "age80" in names}
    assert len(hidden) == 2
    assert not hidden & set(found(store, "elders", filter=condition))
    assert not hidden & set(found(store, "elders", role="clerk", equals=[("age80", "3")]))


def test_planners_ask_for_small_counts(store):
    assert found(store, "elders", role="planner", filter="age80 < 5") == ["140423100001-2020"]


def test_a_condition_on_a_count_that_is_shown_finds_all(store):
    assert len(found(store, "elders", filter="age60 = 100")) == 3
