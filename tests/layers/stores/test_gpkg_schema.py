"""Tables as the schema says, with what desktop GIS needs to show them."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from layers.schema import parse_schema
from layers.stores.gpkg_geometry import register_functions
from layers.stores.gpkg_schema import add_table, create_tables, is_as_made
from layers.stores.sql_columns import column_names


def wells(**changes: object):
    fields = {"name": {"title": "名称", "type": "text"}, "tags": {"title": "标签", "type": "list"}}
    source = {"name": "wells", "title": "水井", "geometry": ["Point"], "fields": fields}
    return parse_schema(source | changes)


@pytest.fixture
def connection():
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as opened:
        register_functions(opened)
        create_tables(opened, [], store_id="s", at="2024-06-30T08:00:00.000Z")
        yield opened


def test_columns_stand_in_the_order_people_see(connection):
    add_table(connection, wells(), at="now")
    columns = [row[1] for row in connection.execute("PRAGMA table_info(wells)")]
    assert columns[:6] == ["fid", "geom", "id", "version", "name", "tags"]
    assert columns[-2:] == ["updated_at", "updated_by"]
    assert set(columns) == {"fid", "geom", *column_names(wells())}


def test_a_made_table_is_as_made_until_the_schema_changes(connection):
    add_table(connection, wells(), at="now")
    assert is_as_made(connection, wells())
    assert not is_as_made(connection, wells(title="古井"))


def test_one_kind_of_geometry_is_declared_and_several_are_any(connection):
    add_table(connection, wells(), at="now")
    add_table(connection, wells(name="places", geometry=["Point", "Polygon"]), at="now")
    kinds = dict(
        connection.execute("SELECT table_name, geometry_type_name FROM gpkg_geometry_columns")
    )
    assert kinds == {"wells": "POINT", "places": "GEOMETRY"}


def test_a_layer_without_geometry_is_attributes(connection):
    add_table(connection, wells(geometry=[]), at="now")
    sql = "SELECT data_type, srs_id FROM gpkg_contents WHERE table_name = 'wells'"
    assert connection.execute(sql).fetchall() == [("attributes", None)]


def test_an_unlisted_layer_is_registered_nowhere(connection):
    add_table(connection, wells(listed=False), at="now")
    for table in ("gpkg_contents", "gpkg_geometry_columns", "gpkg_extensions", "gpkg_data_columns"):
        sql = f"SELECT count(*) FROM {table} WHERE table_name = 'wells'"  # noqa: S608
        assert connection.execute(sql).fetchone() == (0,)
