"""Checks of one PostGIS database: whether everything in it is as the platform wrote it."""

from __future__ import annotations

import contextlib
import re
from itertools import count
from typing import TYPE_CHECKING, Any

from layers.evidence import Flaw
from layers.stores.postgis_address import Address, driver
from layers.stores.postgis_connection import Link
from layers.stores.postgis_errors import in_our_words
from layers.stores.postgis_schema import column_types, migrations, present_columns, read_meta
from layers.stores.sql_evidence import Evidence

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from layers.evidence import Chain
    from layers.records import RecordCodec
    from layers.schema import LayerSchema
    from layers.stores.sql_columns import StoredRow
    from layers.stores.sql_connections import SqlCursor

__all__ = ["PostgisEvidence", "postgis_evidence"]

_ROWS_AT_ONCE = 5000
_RECORDS = {
    "xg_meta": {("btree", True, "key")},
    "xg_layers": {("btree", True, "name")},
    "xg_events": {("btree", True, "seq"), ("btree", False, "layer,seq")},
    "xg_history": {("btree", True, "seq"), ("btree", True, "layer,feature_id,version")},
    "xg_sheets": {("btree", True, "kind,key")},
}
"""Tables beside the layers -> their indexes: method, unique, columns."""

_OURS = "SELECT oid FROM pg_class WHERE relnamespace = current_schema()::regnamespace"
_INDEXES = f"""
SELECT t.relname, m.amname, i.indisunique, (
  SELECT string_agg(a.attname, ',' ORDER BY k.place)
  FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k (number, place)
  JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.number)
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
JOIN pg_class t ON t.oid = i.indrelid JOIN pg_am m ON m.oid = c.relam
WHERE i.indisvalid AND i.indpred IS NULL AND t.oid IN ({_OURS})
"""  # noqa: S608 - both parts are constants
_TRIGGERS = f"""
SELECT c.relname, t.tgname, t.tgenabled, pg_get_triggerdef(t.oid, true)
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE NOT t.tgisinternal AND c.oid IN ({_OURS})
"""  # noqa: S608 - both parts are constants
_RULES = f"""
SELECT c.relname, r.rulename FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class
WHERE c.relkind IN ('r', 'p') AND c.oid IN ({_OURS})
"""  # noqa: S608 - both parts are constants
_GUARDED = f"""
SELECT relname FROM pg_class
WHERE (relrowsecurity OR relpersistence <> 'p') AND relkind = 'r' AND oid IN ({_OURS})
"""  # noqa: S608 - both parts are constants


@contextlib.contextmanager
def postgis_evidence(url: str) -> Iterator[PostgisEvidence]:
    """Open a database to be checked; also while it is written.

    Parameters
    ----------
    url
        Its address.

    Yields
    ------
    Its present state.

    Raises
    ------
    StoreError
        If there is none, it is not ours or of a newer version, or it cannot be read.
    """
    address = Address.parse(url)
    with in_our_words(address):
        link = Link(address)
        with contextlib.closing(link.raw), contextlib.ExitStack() as cursors:
            link.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield PostgisEvidence(_Stream(link, cursors), read_meta(link, address.name))


class _Stream:
    """Gives what is asked piece by piece: a history need not fit into memory."""

    def __init__(self, link: Link, cursors: contextlib.ExitStack) -> None:
        self.link = link
        self._cursors = cursors
        self._numbers = count(1)

    def execute(self, sql: str, parameters: Sequence[Any] = (), /) -> SqlCursor:
        """Ask; only SELECT."""
        raw = self.link.raw
        cursor = self._cursors.enter_context(raw.cursor(name=f"xg_{next(self._numbers)}"))
        cursor.itersize = _ROWS_AT_ONCE
        return cursor.execute(sql.replace("%", "%%").replace("?", "%s"), parameters)


class PostgisEvidence(Evidence):
    """See `Evidence`. Indexes are the server's own to check (`amcheck`)."""

    connection: _Stream
    _broken_off = False

    def flaws(self, chain: Chain) -> Iterator[Flaw]:
        """Check everything; altered tables may keep the rest from being read."""
        errors = driver().errors
        try:
            yield from super().flaws(chain)
        except (errors.UndefinedTable, errors.UndefinedColumn, errors.UndefinedFunction) as error:
            self._broken_off = True
            said = str(error).partition("\n")[0]
            yield Flaw("schema", f"表结构被改动，核验未能读完：{said}。")

    def named_files(self) -> Iterator[tuple[str, str, str]]:
        """Give the kept files that cases and documents name; none after reading broke off."""
        if not self._broken_off:
            yield from super().named_files()

    def integrity(self) -> Iterator[Flaw]:
        """Give nothing: the server's checksums are checked whenever a page is read."""
        yield from ()

    def tables(self) -> Iterator[Flaw]:
        """Compare tables, indexes and triggers with those that the numbered SQL makes."""
        link = self.connection.link
        layers = {schema.name: schema for schema in self.schemas()}
        yield from _check_triggers(link, {*_RECORDS, *layers})
        found: dict[str, set[tuple[str, bool, str]]] = {}
        for table, *index in link.execute(_INDEXES).fetchall():
            found.setdefault(table, set()).add((index[0], index[1], index[2]))
        for table, columns in _record_columns().items():
            if present_columns(link, table) != columns:
                yield Flaw("schema", f"table {table} 被删去或改动过。")
            for _, _, named in sorted(_RECORDS[table] - found.get(table, set())):
                yield Flaw("schema", f"表 {table} 的索引（{named}）被删去或改动过。")
        for name, schema in layers.items():
            if present_columns(link, name) != {"fid": "bigint", **column_types(schema)}:
                yield Flaw("schema", f"图层 {name} 的表结构被改动过。", layer=name)
            want = {("btree", True, "fid"), ("btree", True, "id")}
            want |= {("gist", False, "geom")} if schema.geometry else set()
            for _, _, named in sorted(want - found.get(name, set())):
                yield Flaw("index", f"图层 {name} 的索引（{named}）被删去或改动过。", layer=name)

    def layer(self, codec: RecordCodec, chain: Chain) -> Iterator[Flaw]:
        """Compare a layer's rows with the last versions."""
        rows = self.rows(codec.schema, "ST_AsBinary(t.geom, 'NDR')")
        yield from self.check_rows(codec, rows, chain)

    def has(self, table: str) -> bool:
        """Tell whether there is such a table."""
        found = self.connection.link.execute("SELECT to_regclass(quote_ident(?))", [table])
        return bool(found.fetchone()[0] is not None)

    def expected(self, row: StoredRow, schema: LayerSchema) -> list[Any]:
        """Give a row as its table would be read: the geometry as WKB."""
        return [row.wkb, *row.values] if schema.geometry else list(row.values)


def _check_triggers(link: Link, tables: set[str]) -> Iterator[Flaw]:
    source = link.execute(
        "SELECT prosrc FROM pg_proc WHERE proname = 'xg_refuse'"
        " AND pronamespace = current_schema()::regnamespace"
    ).fetchone()
    body = re.search(r"FUNCTION xg_refuse\(\).*?\$\$(.*?)\$\$", migrations()[0], re.DOTALL)
    if source is None or body is None or source[0] != body[1]:
        yield Flaw("trigger", "function xg_refuse 被删去或改动过。")
    have = {
        (table, name): (enabled, re.sub(r"ON \S*?(\w+) ", r"ON \1 ", definition))
        for table, name, enabled, definition in link.execute(_TRIGGERS).fetchall()
    }
    want = {
        (table, f"{table}_no_{what}"): ("A", _guard(table, what, event, each))
        for table in ("xg_events", "xg_history")
        for what, event, each in (
            ("change", "DELETE OR UPDATE", "ROW"),
            ("truncate", "TRUNCATE", "STATEMENT"),
        )
    }
    for key, expected in want.items():
        if have.get(key) != expected:
            yield Flaw("trigger", f"trigger {key[1]} 被删去、停用或改动过。")
    strange = [("trigger", table, name) for table, name in have.keys() - want.keys()]
    strange += [("rule", table, name) for table, name in link.execute(_RULES).fetchall()]
    for kind, table, name in sorted(strange):
        if table in tables:
            yield Flaw("trigger", f"{kind} {name} 不是平台所建。")
    for (table,) in link.execute(_GUARDED).fetchall():
        if table in tables:
            yield Flaw("schema", f"表 {table} 被设为行级安全或不落盘，内容可能被隐去或丢失。")


def _guard(table: str, what: str, event: str, each: str) -> str:
    return (
        f"CREATE TRIGGER {table}_no_{what} BEFORE {event} ON {table}"
        f" FOR EACH {each} EXECUTE FUNCTION xg_refuse()"
    )


def _record_columns() -> dict[str, dict[str, str]]:
    """Read the columns of the tables beside the layers from the SQL that makes them."""
    found: dict[str, dict[str, str]] = {}
    for script in migrations():
        for table, inside in re.findall(r"CREATE TABLE (\w+) \(\n(.*?)\n\);", script, re.DOTALL):
            columns = re.findall(r"^  ([a-z_]+) (\w+(?: COLLATE \"C\")?)", inside, re.MULTILINE)
            found[table] = dict(columns)
    return found
