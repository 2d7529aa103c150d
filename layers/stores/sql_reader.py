"""Reading a store in an SQL database: features by row and by column, events, versions."""

# ruff: noqa: S608 - names in SQL come from checked schemas; values are always bound.
from __future__ import annotations

import contextlib
import json
from abc import ABC, abstractmethod
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from layers.cql2.errors import FilterError
from layers.errors import NotFound
from layers.field_values import has_unseen
from layers.history import GENESIS, unstamp
from layers.records import RecordCodec
from layers.schema import layer_names, layer_schema, parse_schema
from layers.store_values import Event, Head, LayerSummary, Page, Query, Table, Version
from layers.stores.sql_columns import StoredRow, column_names
from layers.stores.sql_select import KEYS
from layers.stores.sql_versions import EVENT_COLUMNS, event_of, version_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager
    from datetime import date

    from layers.schema import LayerSchema
    from layers.store_values import Row
    from layers.stores.sql_connections import Connections
    from layers.stores.sql_select import Select

    Box = tuple[float, float, float, float]

__all__ = ["SqlReader"]

_PAGE = 10_000
_BEYOND = "嵌套太深、算出的数太大或太费时间，数据库算不了，请简化"


class SqlReader(ABC):
    """The reading half of `layers.store.Store` on one database.

    Parameters
    ----------
    connections
        To the database.
    """

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._codecs: dict[str, RecordCodec] = {}

    @abstractmethod
    def _select(
        self,
        connection: Any,  # noqa: ANN401 - a connection of this database
        schema: LayerSchema,
        query: Query,
        columns: str | None,
    ) -> Select:
        """Translate a query."""

    @abstractmethod
    def _bounds(self, connection: Any, layer: str) -> Box | None:  # noqa: ANN401 - as above
        """Give the true bounds of a layer; None without geometry."""

    def _bounded(
        self,
        connection: Any,  # noqa: ANN401, ARG002 - for those that can
        query: Query,  # noqa: ARG002
    ) -> AbstractContextManager[None]:
        """End a statement whose filter takes too long, so that `_gave_up` knows its error."""
        return contextlib.nullcontext()

    def _gave_up(self, error: Exception) -> bool:  # noqa: ARG002 - for those that can tell
        """Tell whether an error means that the filter asks too much of the database."""
        return False

    def _wkb(self, shapes: Sequence[bytes | None]) -> list[bytes | None]:
        """Give geometries as they are stored as WKB."""
        return list(shapes)

    def get(self, layer: str, id: str, *, at: date | None = None) -> Row:
        """Give one feature.

        Parameters
        ----------
        layer, id
            Which one.
        at
            The period of this id's key that is valid on that day; None: the id itself.

        Returns
        -------
        The row.

        Raises
        ------
        NotFound
            If there is none (valid that day).
        """
        schema = self.schema(layer)
        ids = [id]
        if at is not None and schema.past_key:
            ids = self._periods(layer, id)
        found = self.find(layer, Query(ids=ids, at=at))
        if not found:
            when = f"在 {at.isoformat()} 有效" if at else ""
            raise NotFound(f"{schema.title}没有标识为“{id}”{when}的记录，请核对。", where=id)
        return found[0]

    def find(self, layer: str, query: Query | None = None) -> Page:
        """Give the features that match, by fid.

        Parameters
        ----------
        layer, query
            What to read; None: all.

        Returns
        -------
        The page; `after` is set where the limit was reached and more may follow.
        """
        query = query or Query()
        codec, rows = self.codec(layer), self._rows(layer, query)
        names = column_names(codec.schema)
        shapes = shapely.from_wkb(np.array(self._wkb([shape for _, shape, *_ in rows]), object))
        page = Page(
            codec.row_of(dict(zip(names, values, strict=True)), shape)
            for (_, _, *values), shape in zip(rows, shapes, strict=True)
        )
        if query.limit is not None and len(rows) == query.limit and rows:
            page.after = rows[-1][0]
        return page

    def count(self, layer: str, query: Query | None = None) -> int:
        """Count the features that match, whatever limit and cursor say.

        Parameters
        ----------
        layer, query
            What to count; None: all.

        Returns
        -------
        Their number.
        """
        return int(self._rows(layer, query or Query(), "count(*)")[0][0])

    def keys(self, layer: str, query: Query | None = None) -> list[tuple[int, int]]:
        """Give cursor and version of the features that match, by cursor.

        Parameters
        ----------
        layer, query
            What to read; None: all.

        Returns
        -------
        Pairs. What a row holds can be kept under its pair: it never holds anything else.
        """
        return self._rows(layer, query or Query(), KEYS)

    def table(self, layer: str, query: Query | None = None) -> Table:
        """Give the features that match, by column.

        Parameters
        ----------
        layer, query
            What to read; None: all.

        Returns
        -------
        The columns in storage form.
        """
        rows = self._rows(layer, query or Query())
        names = column_names(self.schema(layer))
        columns = list(zip(*rows, strict=True)) or [()] * (len(names) + 2)
        return Table(
            {name: list(values) for name, values in zip(names, columns[2:], strict=True)},
            self._wkb(columns[1]),
            columns[0],
        )

    def values(self, layer: str, names: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        """Give some columns of every feature, by fid, without holding more than a few of them.

        Parameters
        ----------
        layer
            Its name.
        names
            `id`, fields or system columns.

        Yields
        ------
        The values of a feature in storage form, in the order of `names`.

        Raises
        ------
        NotFound
            If the layer or a column is unknown.
        """
        known = column_names(self.schema(layer))
        if strange := [name for name in names if name not in known]:
            raise NotFound(f"图层“{layer}”没有字段“{strange[0]}”，请核对。", where=strange[0])
        listed = ", ".join(f'"{name}"' for name in names)
        sql = f'SELECT fid, {listed} FROM "{layer}" WHERE fid > ? ORDER BY fid LIMIT {_PAGE}'
        after = -1
        while True:
            with self._connections.reading() as connection:
                rows = connection.execute(sql, [after]).fetchall()
            if not rows:
                return
            yield from (row[1:] for row in rows)
            after = rows[-1][0]

    def stored(
        self,
        connection: Any,  # noqa: ANN401 - a connection of this database
        schema: LayerSchema,
    ) -> Iterator[tuple[list[int], list[StoredRow]]]:
        """Give a layer as it is stored, page by page.

        Parameters
        ----------
        connection, schema
            In a transaction that keeps writers out; the layer.

        Yields
        ------
        Numbers (fid) and rows.
        """
        after = None
        while True:
            query = Query(limit=_PAGE, after=after)
            statement = self._select(connection, schema, query, None)
            rows = connection.execute(statement.sql, statement.parameters).fetchall()
            if not rows:
                return
            wkbs = self._wkb([shape for _, shape, *_ in rows])
            boxes = shapely.bounds(shapely.from_wkb(np.array(wkbs, object))).tolist()
            yield (
                [row[0] for row in rows],
                [
                    StoredRow(wkb, None if wkb is None else box, row[2:])
                    for wkb, box, row in zip(wkbs, boxes, rows, strict=True)
                ],
            )
            after = rows[-1][0]

    def changes(
        self, *, after: int = 0, layer: str | None = None, limit: int | None = None
    ) -> Iterator[Event]:
        """Give the events after a number, oldest first.

        Parameters
        ----------
        after
            Number of the last event known.
        layer
            Of this layer alone.
        limit
            At most so many.

        Yields
        ------
        Events; those written meanwhile come too.
        """
        only = " AND layer = ?" if layer else ""
        sql = f"SELECT {EVENT_COLUMNS} FROM xg_events WHERE seq > ?{only} ORDER BY seq LIMIT ?"
        left = limit
        while left is None or left > 0:
            size = 1000 if left is None else min(left, 1000)
            parameters = [after, *([layer] if layer else []), size]
            with self._connections.reading() as connection:
                rows = connection.execute(sql, parameters).fetchall()
            yield from map(event_of, rows)
            if len(rows) < size:
                return
            after = rows[-1][0]
            left = None if left is None else left - size

    def history(self, layer: str, id: str) -> list[Version]:
        """Give every recorded version of a feature, oldest first.

        Parameters
        ----------
        layer, id
            Which one; it may be deleted by now.

        Returns
        -------
        The versions.

        Raises
        ------
        NotFound
            If there never was one.
        """
        codec = self.codec(layer)
        rows = self._versions(layer, id)
        if not rows:
            # A code alone is the id of the present unit; that of a former one has its day behind.
            past = self._periods(layer, id)[1:]
            advice = f"但有 {'、'.join(past)}，请用完整标识再查" if past else "请核对"
            raise NotFound(f"{codec.schema.title}从未有过标识为“{id}”的记录，{advice}。", where=id)
        return [version_of(codec, row) for row in rows]

    def head(self, layer: str | None = None) -> Head:
        """Give the last event, of the whole store or of one layer.

        Parameters
        ----------
        layer
            None: the whole store.

        Returns
        -------
        Number, hash and time; 0, zeros and None where there is none.
        """
        where, parameters = (" WHERE layer = ?", [layer]) if layer else ("", [])
        with self._connections.reading() as connection:
            row = connection.execute(
                f"SELECT seq, hash, at FROM xg_events{where} ORDER BY seq DESC LIMIT 1", parameters
            ).fetchone()
        return Head(0, GENESIS, None) if row is None else Head(row[0], row[1], unstamp(row[2]))

    def layers(self) -> tuple[str, ...]:
        """Give the names of the listed layers that the store holds, sorted."""
        with self._connections.reading() as connection:
            names = [n for (n,) in connection.execute("SELECT name FROM xg_layers ORDER BY name")]
        return tuple(name for name in names if self.schema(name).listed)

    def schema(self, layer: str) -> LayerSchema:
        """Give the schema of a layer, the store's own ones too.

        Parameters
        ----------
        layer
            Its name.

        Returns
        -------
        The schema.
        """
        return self.codec(layer).schema

    def summary(self, layer: str) -> LayerSummary:
        """Give count, qualities, sources and true bounds of a layer.

        Parameters
        ----------
        layer
            Its name.

        Returns
        -------
        The summary; sources by frequency, then name.
        """
        self.schema(layer)
        with self._connections.reading() as connection:
            rows = connection.execute(
                f'SELECT quality, source, count(*) FROM "{layer}" GROUP BY quality, source'
            ).fetchall()
            bounds = self._bounds(connection, layer)
        qualities: Counter[str] = Counter()
        sources: Counter[str] = Counter()
        for quality, source, number in rows:
            qualities[quality] += number
            sources[source] += number
        ordered = sorted(sources, key=lambda s: (-sources[s], s))
        return LayerSummary(qualities.total(), dict(qualities), tuple(ordered), bounds)

    def sheet_records(self, kind: str) -> dict[str, dict[str, Any]]:
        """Give the records of printed sheets of one kind.

        Parameters
        ----------
        kind
            Such as ``binding`` or ``pins``.

        Returns
        -------
        Key -> body, by key.
        """
        with self._connections.reading() as connection:
            rows = connection.execute(
                "SELECT key, body FROM xg_sheets WHERE kind = ? ORDER BY key", [kind]
            ).fetchall()
        return {key: json.loads(body) for key, body in rows}

    def codec(self, layer: str) -> RecordCodec:
        """Give what converts the rows of a layer; NotFound if it is unknown."""
        codec = self._codecs.get(layer)
        if codec is None:
            codec = self._codecs[layer] = RecordCodec(self._find_schema(layer))
        return codec

    def _find_schema(self, layer: str) -> LayerSchema:
        if layer in layer_names():
            return layer_schema(layer)
        row = None
        if not has_unseen(layer):
            with self._connections.reading() as connection:
                found = connection.execute("SELECT schema FROM xg_layers WHERE name = ?", [layer])
                row = found.fetchone()
        if row is None:
            raise NotFound(
                f"没有名为“{layer}”的图层，可选：{'、'.join(self.layers())}。",
                code="unknown_layer",
                where=layer,
            )
        return parse_schema(json.loads(row[0]))

    def _rows(self, layer: str, query: Query, columns: str | None = None) -> list[tuple[Any, ...]]:
        schema = self.schema(layer)
        if query.ids is not None:  # no id holds what cannot be seen; some databases refuse to look
            query = replace(query, ids=[made for made in query.ids if not has_unseen(made)])
        with self._connections.reading() as connection:
            statement = self._select(connection, schema, query, columns)
            try:
                with self._bounded(connection, query):
                    rows: list[tuple[Any, ...]] = connection.execute(
                        statement.sql, statement.parameters
                    ).fetchall()
            except Exception as error:
                if query.filter is not None and self._gave_up(error):
                    raise FilterError(_BEYOND) from error
                raise
        return rows

    def _versions(self, layer: str, id: str) -> list[tuple[Any, ...]]:
        if has_unseen(id):
            return []
        with self._connections.reading() as connection:
            rows: list[tuple[Any, ...]] = connection.execute(
                "SELECT h.version, h.at, e.actor, e.action, e.detail, h.body"
                " FROM xg_history h JOIN xg_events e USING (seq)"
                " WHERE h.layer = ? AND h.feature_id = ? ORDER BY h.version",
                [layer, id],
            ).fetchall()
        return rows

    def _periods(self, layer: str, id: str) -> list[str]:
        """Ids of all periods of a unit: those whose key without `valid_to` is this id."""
        if has_unseen(id):
            return [id]
        prefix = id + "@"
        with self._connections.reading() as connection:
            rows = connection.execute(
                f'SELECT id FROM "{layer}" WHERE id >= ? AND id < ?', [prefix, id + "A"]
            ).fetchall()
        return [id, *(made for (made,) in rows)]
