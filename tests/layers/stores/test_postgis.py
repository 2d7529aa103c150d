"""What is particular to PostGIS: the server, its errors, other processes, desktop GIS, dumps."""

# ruff: noqa: S105, S608 - a password of nobody; the table names are those of the test.

from __future__ import annotations

import builtins
import json
import sys
import threading
from datetime import UTC, datetime

import psycopg
import pytest
import shapely

from geo.errors import InputError
from layers.errors import Conflict, StoreError
from layers.schema import parse_schema
from layers.store import Actor, Query, open_store, store_name
from layers.stores.postgis_address import Address
from layers.stores.postgis_dump import dump, load
from layers.stores.postgis_errors import in_our_words
from layers.stores.postgis_table import ewkb
from layers.verify import verify

CLERK = Actor("经办甲")
SECRET = "s3cr3t"
STATION = {
    "id": "a",
    "name": "示意站",
    "beds": 25,
    "floor_area_m2": 1200.5,
    "services": ["助餐", "助洁"],
    "opened": "2023-11-15",
    "geometry": shapely.Point(113.0252812345678, 36.5354712345678),
}


@pytest.fixture
def url(empty_place: str) -> str:
    return empty_place


@pytest.fixture
def live(url, clock, tmp_path):
    """An open store with one facility."""
    with open_store(url, create=True, clock=clock, folder=tmp_path) as store:
        store.put("care_facilities", [STATION], actor=CLERK)
        yield store


def ask(url: str, sql: str) -> list[tuple]:
    with psycopg.connect(url) as connection:
        return connection.execute(sql).fetchall()


# Addresses


def test_a_name_for_people_shows_neither_user_nor_password():
    assert store_name(f"postgresql://li:{SECRET}@db.example:5433/county") == (
        "county（db.example:5433）"
    )
    assert store_name("gpkg:/data/county.gpkg") == "/data/county.gpkg"


@pytest.mark.parametrize(
    "address",
    [
        f"postgresql://li:{SECRET}@x@db.example/county",
        f"postgresql://li:{SECRET}/x@db.example/county",
        f"postgresql://li:%zz{SECRET}@db.example/county",
        f"postgresql://li:{SECRET}@db.example/",
        f"postgresql://li:{SECRET}@db.example:54x/county",
        f"postgresql://li:{SECRET}@db.example/county?{SECRET}=1",
    ],
)
def test_a_wrong_address_is_refused_without_showing_the_password(address):
    with pytest.raises(InputError, match="%40") as caught:
        open_store(address)
    assert caught.value.code == "store_address"
    assert SECRET not in repr(caught.value) + str(caught.value.__cause__)


def test_an_address_never_shows_its_password():
    assert SECRET not in repr(Address.parse(f"postgresql://li:{SECRET}@db.example/county"))


def test_a_missing_driver_says_how_to_install_it(monkeypatch):
    kept = builtins.__import__

    def without(name, *rest):
        if name == "psycopg":
            raise ImportError(name)
        return kept(name, *rest)

    monkeypatch.delitem(sys.modules, "psycopg")
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(StoreError, match=r"pip install xygeo\[postgis\]") as caught:
        open_store("postgresql://db.example/county")
    assert caught.value.code == "store_driver"


# Errors


def test_a_server_that_is_down_is_said_so_without_the_password():
    with pytest.raises(StoreError, match="连不上") as caught:
        open_store(f"postgresql://li:{SECRET}@127.0.0.1:1/county")
    assert caught.value.code == "store_io"
    assert SECRET not in str(caught.value) + str(caught.value.__cause__)


@pytest.mark.postgis
def test_an_unknown_user_or_database_is_said_so(postgis):
    for url, code in (
        (postgis.url("postgres", "nobody"), "store_login"),
        (postgis.url("nowhere"), "store_missing"),
    ):
        with pytest.raises(StoreError) as caught:
            open_store(url, create=True)
        assert caught.value.code == code


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ('FATAL:  password authentication failed for user "li"', "store_login"),
        ("fe_sendauth: no password supplied", "store_login"),
        ("FATAL:  sorry, too many clients already", "store_busy"),
        ('FATAL:  too many connections for role "li"', "store_busy"),
        ('FATAL:  permission denied for database "county"', "store_login"),
        ('FATAL:  database "county" does not exist', "store_missing"),
        ("FATAL:  the database system is starting up", "store_io"),
        ("致命错误: 用户认证失败", "store_io"),
    ],
)
def test_a_refused_connection_gets_our_words(said, code):
    address = Address.parse("postgresql://db.example/county")
    with pytest.raises(StoreError) as caught, in_our_words(address):
        raise psycopg.OperationalError(said)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (psycopg.errors.DiskFull, "disk_full"),
        (psycopg.errors.LockNotAvailable, "store_busy"),
        (psycopg.errors.DeadlockDetected, "store_busy"),
        (psycopg.errors.ReadOnlySqlTransaction, "store_read_only"),
        (psycopg.errors.InsufficientPrivilege, "store_read_only"),
        (psycopg.errors.DataCorrupted, "store_damaged"),
        (psycopg.errors.AdminShutdown, "store_io"),
        (psycopg.errors.InvalidPassword, "store_login"),
    ],
)
def test_errors_of_the_server_get_our_words(error, code):
    with (
        pytest.raises(StoreError) as caught,
        in_our_words(Address.parse("postgresql://db.example/county")),
    ):
        raise error("x")
    assert caught.value.code == code


def test_a_fault_of_the_program_is_not_dressed_up():
    with (
        pytest.raises(psycopg.errors.UndefinedTable),
        in_our_words(Address.parse("postgresql://db.example/county")),
    ):
        raise psycopg.errors.UndefinedTable("x")


@pytest.mark.postgis
def test_a_database_without_postgis_that_we_may_not_add_it_to_says_so(postgis):
    name = "plain"
    for statement in (
        "CREATE ROLE guest LOGIN",
        f"CREATE DATABASE {name} OWNER guest",
    ):
        with psycopg.connect(postgis.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)
    with pytest.raises(StoreError, match="CREATE EXTENSION postgis") as caught:
        open_store(postgis.url(name, "guest"), create=True)
    assert caught.value.code == "store_extension"
    assert ask(postgis.url(name), "SELECT to_regclass('xg_meta')") == [(None,)]


@pytest.mark.postgis
def test_a_database_that_cannot_hold_chinese_is_refused(postgis):
    with psycopg.connect(postgis.url("postgres"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    with pytest.raises(StoreError, match="UTF8") as caught:
        open_store(postgis.url("latin"), create=True)
    assert caught.value.code == "store_encoding"


@pytest.mark.postgis
def test_an_empty_database_says_how_to_fill_it(url):
    with pytest.raises(StoreError, match="xygeo init") as caught:
        open_store(url)
    assert caught.value.code == "store_missing"


@pytest.mark.postgis
def test_a_database_with_other_tables_of_our_names_is_left_alone(url):
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE roads (a int)")
    with pytest.raises(StoreError, match="roads") as caught:
        open_store(url, create=True)
    assert caught.value.code == "store_conflict"
    assert ask(url, "SELECT to_regclass('xg_meta')") == [(None,)]


@pytest.mark.postgis
def test_a_newer_store_is_refused(live, url):
    live.close()
    with psycopg.connect(url) as connection:
        connection.execute("UPDATE xg_meta SET value = '99' WHERE key = 'schema_version'")
    with pytest.raises(StoreError, match="升级") as caught:
        open_store(url)
    assert caught.value.code == "store_newer"


@pytest.mark.postgis
def test_a_name_longer_than_postgresql_takes_is_refused(live):
    fields = {"a" * 64: {"title": "长", "type": "text"}}
    with pytest.raises(StoreError) as caught:
        live.add_layer(parse_schema({"name": "long", "title": "长", "fields": fields}))
    assert caught.value.code == "store_name"


# What stands in the database


def test_ewkb_is_wkb_with_the_srid():
    line = shapely.LineString([(113, 36.5), (113.25, 36)])
    text = ewkb(shapely.to_wkb(line, byte_order=1))
    assert (
        text
        == shapely.to_wkb(
            shapely.set_srid(line, 4490), hex=True, byte_order=1, include_srid=True
        ).lower()
    )


@pytest.mark.postgis
def test_columns_are_of_the_servers_own_types(live, url):
    row = ask(
        url,
        "SELECT beds, floor_area_m2, opened::text, services, updated_at AT TIME ZONE 'UTC',"
        " ST_SRID(geom), ST_AsBinary(geom, 'NDR') FROM care_facilities",
    )[0]
    assert row[:4] == (25, 1200.5, "2023-11-15", '["助餐","助洁"]')
    assert row[4] == live.get("care_facilities", "a")["updated_at"].replace(tzinfo=None)
    assert row[5:] == (4490, STATION["geometry"].wkb)
    found = ask(url, "SELECT type, srid, coord_dimension FROM geometry_columns"
                     " WHERE f_table_name = 'care_facilities'"
                     " AND f_table_schema = current_schema()")  # fmt: skip
    assert found == [("GEOMETRY", 4490, 2)]


@pytest.mark.postgis
def test_titles_are_there_for_desktop_gis(live, url):
    assert live.count("care_facilities") == 1
    sql = "SELECT obj_description('care_facilities'::regclass)"
    assert ask(url, sql) == [(live.schema("care_facilities").title,)]
    sql = (
        "SELECT col_description(attrelid, attnum) FROM pg_attribute"
        " WHERE attrelid = 'care_facilities'::regclass AND attname = 'beds'"
    )
    assert ask(url, sql)[0][0].startswith("床位")


@pytest.mark.postgis
@pytest.mark.parametrize("table", ["xg_events", "xg_history"])
@pytest.mark.parametrize("role", ["origin", "replica"])
def test_history_and_events_refuse_every_change(live, url, table, role):
    assert live.head().seq == 1
    for statement in (
        f"UPDATE {table} SET layer = 'x'",
        f"DELETE FROM {table}",
        f"TRUNCATE {table} CASCADE",
        f"INSERT INTO {table} SELECT * FROM {table} ON CONFLICT (seq) DO UPDATE SET layer = 'x'",
    ):
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"SET session_replication_role = {role}")
            with pytest.raises(psycopg.errors.IntegrityError, match="append-only"):
                connection.execute(statement)


@pytest.mark.postgis
def test_the_same_data_have_the_same_hashes_as_in_a_geopackage(url, tmp_path):
    heads = []
    noon = datetime(2024, 6, 30, 12, tzinfo=UTC)
    for address in (url, f"gpkg:{tmp_path / 'county.gpkg'}"):
        with open_store(address, create=True, clock=lambda: noon, min_free_mb=0) as store:
            store.put("care_facilities", [STATION, {"id": "b", "name": "乙"}], actor=CLERK)
            store.put("care_facilities", [{"id": "b", "beds": 3}], actor=CLERK, merge=True)
            store.delete("care_facilities", ["a"], actor=CLERK, reason="撤销")
            heads.append(store.head())
    assert heads[0] == heads[1]


@pytest.mark.postgis
@pytest.mark.slow
def test_a_box_of_few_among_many_is_answered_by_the_index(live):
    rows = ({"name": "示意", "geometry": shapely.Point(112 + i / 5000, 36)} for i in range(5000))
    live.put("care_facilities", rows, actor=CLERK)
    query = Query(bbox=(112.5, 35, 112.502, 37), limit=100)
    assert len(live.find("care_facilities", query)) == 11
    with live.exclusive() as connection:
        statement = live._select(connection, live.schema("care_facilities"), query, None)
        plan = connection.execute("EXPLAIN " + statement.sql, statement.parameters).fetchall()
    assert "care_facilities_geom" in str(plan)


# Other processes and connections


@pytest.mark.postgis
def test_two_stores_share_one_chain(live, url):
    with open_store(url) as other:
        other.put("care_facilities", [{"name": "乙"}], actor=CLERK)
        live.put("care_facilities", [{"name": "丙"}], actor=CLERK)
        assert live.count("care_facilities") == other.count("care_facilities") == 3
        assert [e.seq for e in live.changes()] == [1, 2, 3]


@pytest.mark.postgis
def test_writers_of_two_stores_wait_for_each_other(live, url):
    def write(store) -> None:
        for _ in range(10):
            store.put("care_facilities", [{"name": "甲"}], actor=CLERK)

    with open_store(url) as other:
        threads = [threading.Thread(target=write, args=[s]) for s in (live, other) * 2]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert [e.seq for e in live.changes()] == list(range(1, 42))
    assert verify(url).ok


@pytest.mark.postgis
def test_a_lost_connection_is_an_error_once_and_then_made_anew(live, url):
    end = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE application_name = 'xygeo' AND datname = current_database()"
    )
    live.count("care_facilities")
    ask(url, end)
    assert live.count("care_facilities") == 1
    with live._connections.reading() as reader:
        assert reader.execute("SHOW default_transaction_read_only").fetchone() == ("on",)
    assert live.put("care_facilities", [{"name": "乙"}], actor=CLERK).new == 1

    def lose() -> None:
        with live.batch(CLERK):
            live.put("care_facilities", [{"name": "丙"}], actor=CLERK)
            ask(url, end)
            live.put("care_facilities", [{"name": "丁"}], actor=CLERK)

    with pytest.raises(StoreError) as caught:
        lose()
    assert caught.value.code == "store_io"
    assert live.put("care_facilities", [{"name": "戊"}], actor=CLERK).new == 1
    assert [row["name"] for row in live.find("care_facilities")] == ["示意站", "乙", "戊"]


@pytest.mark.postgis
def test_a_store_takes_few_connections_however_many_threads_read(live, url):
    start = threading.Barrier(20)

    def read() -> None:
        start.wait()
        for _ in range(5):
            live.count("care_facilities")

    threads = [threading.Thread(target=read) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sql = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'xygeo'"
    assert ask(url, sql)[0][0] <= 9


@pytest.mark.postgis
def test_readers_cannot_write(live):
    with (
        live._connections.reading() as reader,
        pytest.raises(psycopg.errors.ReadOnlySqlTransaction),
    ):
        reader.execute("DELETE FROM care_facilities")


@pytest.mark.postgis
def test_anchors_are_written_at_start_every_hundred_events_and_at_the_end(url, tmp_path):
    with open_store(url, create=True, folder=tmp_path) as store:
        for _ in range(3):
            store.put("care_facilities", [{"name": str(i)} for i in range(70)], actor=CLERK)
    lines = (tmp_path / "anchors.jsonl").read_text().splitlines()
    assert [json.loads(line)["seq"] for line in lines] == [0, 140, 210]


@pytest.mark.postgis
def test_what_no_id_can_be_is_not_found_rather_than_an_error(live):
    assert not live.find("care_facilities", Query(ids=["a\x00", "\ud800", "a"], limit=0))
    assert [r["id"] for r in live.find("care_facilities", Query(ids=["a\x00", "a"]))] == ["a"]


# Dumps


@pytest.mark.postgis
def test_a_dumped_store_comes_back_whole_and_verifies(postgis, tmp_path):
    old, new = postgis.database("dump_old"), postgis.database("dump_new")
    with open_store(old, create=True, folder=tmp_path) as store:
        store.put("care_facilities", [STATION], actor=CLERK)
        store.put("care_facilities", [STATION | {"beds": 30}], actor=CLERK)
    dump(old, tmp_path / "county.dump")
    load(new, tmp_path / "county.dump")
    assert verify(new, folder=tmp_path).findings == ()
    with open_store(new, folder=tmp_path) as store:
        assert store.put("care_facilities", [{"name": "乙"}], actor=CLERK).new == 1
        assert store.get("care_facilities", "a")["beds"] == 30
    with pytest.raises(Conflict) as caught:
        load(new, tmp_path / "county.dump")
    assert caught.value.code == "store_not_empty"


@pytest.mark.postgis
def test_a_damaged_dump_leaves_the_database_as_it_was(postgis, tmp_path):
    old, new = postgis.database("damaged_old"), postgis.database("damaged_new")
    open_store(old, create=True).close()
    dump(old, tmp_path / "county.dump")
    whole = (tmp_path / "county.dump").read_bytes()
    (tmp_path / "county.dump").write_bytes(whole[: len(whole) * 2 // 3])
    with pytest.raises(StoreError) as caught:
        load(new, tmp_path / "county.dump")
    assert caught.value.code == "load_failed"
    assert ask(new, "SELECT to_regclass('xg_meta')") == [(None,)]
