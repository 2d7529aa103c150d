"""Moving a county from one store to another, with everything it remembers.

Events, versions, ids, numbers and hashes are carried over whole: afterwards the new store proves
the same past, and the anchors that were written down before still hold.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from layers.anchors import Anchor, Anchors
from layers.errors import Conflict, StoreError
from layers.history import stamp
from layers.schema import layer_names, parse_schema
from layers.store import open_store, store_name
from layers.stores.postgis_address import is_postgis
from layers.stores.sql_store import SqlStore
from layers.stores.sql_versions import EVENT_COLUMNS
from layers.verify import verify

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from layers.store_values import Head
    from layers.stores.sql_table import SqlTable

    Tell = Callable[[float, str], None]

__all__ = ["MigrateReport", "folder_of", "migrate"]

_PAGE = 5000
_VERSION_COLUMNS = "seq, layer, feature_id, version, at, body"
_BESIDE = frozenset({"file", "access_log"})


@dataclass(frozen=True)
class MigrateReport:
    """What was carried over.

    Attributes
    ----------
    source, target
        Names of the stores, without passwords.
    events, head
        The chain, the same in both.
    layers
        Rows of each layer.
    """

    source: str
    target: str
    events: int
    head: Head
    layers: dict[str, int]

    def to_json(self) -> dict[str, Any]:
        """Give the body of `xygeo migrate --json`."""
        at = None if self.head.at is None else stamp(self.head.at)
        return {
            "source": self.source,
            "target": self.target,
            "events": self.events,
            "head": {"seq": self.head.seq, "hash": self.head.hash, "at": at},
            "layers": self.layers,
        }


def folder_of(url: str, data: Path) -> Path:
    """Give the folder of a store's anchors: that of a GeoPackage, else the data folder."""
    return data if is_postgis(url) else Path(url.removeprefix("gpkg:")).parent


def migrate(
    source: str,
    target: str,
    *,
    data: Path,
    on_progress: Tell | None = None,
) -> MigrateReport:
    """Carry a county over into an empty store.

    Parameters
    ----------
    source, target
        Addresses, as for `open_store`; the target is made if there is none.
    data
        The data folder, where a database server's anchors are kept.
    on_progress
        Told the share done and Chinese words.

    Returns
    -------
    What was carried over; the new store has been verified.

    Raises
    ------
    Conflict
        If the target holds data (``migrate_not_empty``), is the source or, as a file, lies in the
        same folder (``migrate_same``).
    StoreError
        If the source is not as the platform wrote it (``migrate_unverified``), the new store is
        not (``migrate_failed``), or one of them cannot be used.
    """
    tell = on_progress or (lambda _share, _words: None)
    home, away = folder_of(source, data), folder_of(target, data)
    if source == target:
        raise Conflict("源库和目标库是同一个，请检查地址。", code="migrate_same")
    if not (is_postgis(source) or is_postgis(target)) and home.resolve() == away.resolve():
        # One folder is one turn (`layers.locks`): the second store would wait for the first.
        raise Conflict("源库和目标库在同一个文件夹里，请把目标库放到别处。", code="migrate_same")
    tell(0.0, "核验源库")
    before = verify(source, folder=home)
    if not before.ok:
        raise StoreError(
            f"源库与写入时不一致（{before.findings[0].message}），没有迁移；"
            "请先运行 xygeo verify 查明。",
            code="migrate_unverified",
            where=store_name(source),
        )
    with (
        _opened(source, home, create=False) as old,
        _opened(target, away, create=True) as new,
        old.exclusive() as reading,
        new.exclusive() as writing,
    ):
        _require_empty(new, target)
        _carry_records(old, new, reading, writing, lambda share: tell(0.2 + 0.39 * share, "历史"))
        layers = _carry_layers(old, new, reading, writing, lambda s, n: tell(0.6 + 0.2 * s, n))
        meta = dict(reading.execute("SELECT key, value FROM xg_meta").fetchall())
        new.take_identity(meta)
        if home.resolve() != away.resolve():
            _carry_anchors(home, away, meta["store_id"])
    tell(0.8, "核验目标库")
    after = verify(target, folder=away)
    beside = frozenset() if home.resolve() == away.resolve() else _BESIDE
    wrong = [flaw for flaw in after.findings if flaw.kind not in beside]
    if wrong or after.head != before.head:
        said = wrong[0].message if wrong else "迁移时源库又有写入。"
        raise StoreError(
            f"迁移后核验不符（{said}），请清空目标库后重试；源库没有改动。",
            code="migrate_failed",
            where=store_name(target),
        )
    tell(1.0, "迁移完成")
    return MigrateReport(store_name(source), store_name(target), after.events, after.head, layers)


def _opened(url: str, folder: Path, *, create: bool) -> SqlStore:
    store = open_store(url, create=create, min_free_mb=0, folder=folder)
    if not isinstance(store, SqlStore):
        raise TypeError(type(store).__name__)
    return store


def _require_empty(store: SqlStore, url: str) -> None:
    with store.exclusive() as connection:
        kept = connection.execute("SELECT 1 FROM xg_sheets LIMIT 1").fetchone()
    if store.head().seq or kept:
        raise Conflict(
            f"目标库 {store_name(url)} 里已有数据，只能迁入空库，请另建一个库。",
            code="migrate_not_empty",
            where=store_name(url),
        )


def _pages(connection: Any, table: str, columns: str) -> Iterator[list[tuple[Any, ...]]]:  # noqa: ANN401
    after = 0
    while True:
        rows = connection.execute(
            f"SELECT {columns} FROM {table} WHERE seq > ? ORDER BY seq LIMIT {_PAGE}",  # noqa: S608
            [after],
        ).fetchall()
        if not rows:
            return
        yield rows
        after = rows[-1][0]


def _carry_records(
    old: SqlStore,
    new: SqlStore,
    reading: Any,  # noqa: ANN401 - connections of either database
    writing: Any,  # noqa: ANN401 - as above
    tell: Callable[[float], None],
) -> None:
    """Carry over schemas, events, versions and the records beside the layers."""
    for name, text in reading.execute("SELECT name, schema FROM xg_layers").fetchall():
        if name not in layer_names():  # those are made when a store is
            new.add_layer(parse_schema(json.loads(text)))
    total = old.head().seq or 1
    table = _any_table(new, writing)
    for rows in _pages(reading, "xg_events", EVENT_COLUMNS):
        table.record(rows, [])
        tell(0.5 * rows[-1][0] / total)
    for rows in _pages(reading, "xg_history", _VERSION_COLUMNS):
        table.record([], rows)
        tell(0.5 + 0.5 * rows[-1][0] / total)
    sheets = reading.execute("SELECT kind, key, body, at, actor FROM xg_sheets").fetchall()
    for sheet in sheets:
        writing.execute(
            "INSERT INTO xg_sheets (kind, key, body, at, actor) VALUES (?, ?, ?, ?, ?)",
            list(sheet),
        )


def _any_table(store: SqlStore, connection: Any) -> SqlTable:  # noqa: ANN401 - of its kind
    return store.table_of(connection, store.codec(store.layers()[0]))


def _carry_layers(
    old: SqlStore,
    new: SqlStore,
    reading: Any,  # noqa: ANN401 - connections of either database
    writing: Any,  # noqa: ANN401 - as above
    tell: Callable[[float, str], None],
) -> dict[str, int]:
    names = [n for (n,) in reading.execute("SELECT name FROM xg_layers ORDER BY name").fetchall()]
    found: dict[str, int] = {}
    for number, name in enumerate(names):
        schema = old.schema(name)
        tell(number / len(names), f"图层 {schema.title}")
        table, rows = new.table_of(writing, new.codec(name)), 0
        for fids, page in old.stored(reading, schema):
            table.insert(page, fids)
            rows += len(fids)
        head = old.head(name)
        table.finish(None if head.at is None else stamp(head.at))
        found[name] = rows
    return found


def _carry_anchors(home: Path, away: Path, store_id: str) -> None:
    target = Anchors(away / "anchors.jsonl")
    there = set(target.lines())
    for line in Anchors(home / "anchors.jsonl").lines():
        anchor = Anchor.parse(line)
        if anchor.store == store_id and line not in there:
            target.write(anchor)
