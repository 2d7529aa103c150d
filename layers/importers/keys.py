"""Which stored feature a row is, and which rows of a file are twice."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from layers.findings import Findings
    from layers.schema import LayerSchema
    from layers.store import Store

__all__ = ["Keys"]


class Keys:
    """Gives ids to the rows of one file, chunk by chunk.

    A row is recognised by its key (a division's code), else by its `id`, else by the schema's
    `match` fields (name, kind, township); a row that has none of these is new.

    Parameters
    ----------
    store
        Where the layer is stored.
    schema
        The layer's.
    findings
        Gets I07 (one key in several rows, or several stored features with a row's name) and I22
        (a row exactly as one before).
    """

    def __init__(self, store: Store, schema: LayerSchema, findings: Findings) -> None:
        self._store = store
        self._schema = schema
        self._findings = findings
        self._first: dict[Any, tuple[int, int]] = {}
        self._named: set[Any] = set()
        self._matches: dict[tuple[Any, ...], list[str]] | None = None

    def ids(
        self,
        rows: Sequence[int],
        columns: Mapping[str, Sequence[Any]],
        shapes: Sequence[bytes | None],
    ) -> list[str | None]:
        """Give the id of each row.

        Parameters
        ----------
        rows
            Row numbers.
        columns
            Field name -> values, `id` among them where the file has ids.
        shapes
            The rows' geometries as WKB: part of what makes two rows the same.

        Returns
        -------
        Ids; None where the store will make one.
        """
        count = len(rows)
        parts = [_hashable(column) for column in columns.values()]
        contents = zip(zip(*parts, strict=True) if parts else [()] * count, shapes, strict=True)
        keys = self._keys(rows, columns)
        ids: list[str | None] = []
        for row, content, (made, key) in zip(rows, contents, keys, strict=True):
            ids.append(made)
            self._take(row, content if key is None else key, hash(content))
        return ids

    def _keys(
        self, rows: Sequence[int], columns: Mapping[str, Sequence[Any]]
    ) -> Iterator[tuple[str | None, Any]]:
        """Give the id of each row if there is one, and what no two rows may share."""
        nothing = [None] * len(rows)

        def column(name: str) -> Sequence[Any]:
            return columns.get(name, nothing)

        key_names = (*self._schema.key_fields, "valid_to")
        keyed = zip(*(column(name) for name in key_names), strict=True)
        matched = zip(*(_hashable(column(name)) for name in self._schema.match), strict=True)
        for row, given, values, match in zip(
            rows, column("id"), keyed, matched if self._schema.match else nothing, strict=True
        ):
            if self._schema.key is not None and None not in values[:-1]:
                made = self._made(given, dict(zip(key_names, values, strict=True)))
                yield made, made
            elif given is not None:
                yield given, given
            elif match is not None and match[0] is not None:
                yield self._matching(row, match), ("match", *match)
            else:
                yield None, None

    def _made(self, given: str | None, record: Mapping[str, Any]) -> str:
        """Make the id of a row from its key; an ended period may keep the plain key as its id."""
        plain = str(self._schema.key).format_map(record)
        if self._schema.past_key is None or record["valid_to"] is None or given == plain:
            return plain
        return self._schema.past_key.format_map(record)

    def _matching(self, row: int, match: tuple[Any, ...]) -> str | None:
        """Find the one stored feature of this name."""
        stored = self._stored().get(match, [])
        if len(stored) > 1:
            self._findings.add(
                "I07",
                f"第 {row} 行与库中 {len(stored)} 条同名同类({'、'.join(stored[:3])})，"
                "请加一列“标识”写明是哪一条。",
                row=row,
                field=self._schema.match[0],
                value=match[0],
            )
        return stored[0] if stored else None

    def _take(self, row: int, key: Any, content: int) -> None:  # noqa: ANN401  (any hashable)
        if key not in self._first:
            self._first[key] = (row, content)
            return
        first, before = self._first[key]
        if content == before:
            self._findings.add("I22", f"第 {row} 行与第 {first} 行完全相同，请删去一行。", row=row)
            return
        name = "、".join(str(part) for part in key[1:]) if isinstance(key, tuple) else str(key)
        for number, other in ((first, row), (row, first)):
            if number == row or key not in self._named:
                self._findings.add(
                    "I07",
                    f"第 {number} 行的标识“{name}”与第 {other} 行重复，请改正或删去一行。",
                    row=number,
                    field=self._key_field(),
                    value=name,
                )
        self._named.add(key)

    def _key_field(self) -> str:
        return next(iter((*self._schema.key_fields, *self._schema.match)), "id")

    def _stored(self) -> dict[tuple[Any, ...], list[str]]:
        """Give stored ids by the match fields, read once."""
        if self._matches is None:
            columns = self._store.table(self._schema.name).columns
            self._matches = {}
            lists = {n for n, f in self._schema.fields.items() if f.type == "list"}
            keys = zip(
                *(
                    _hashable([v and json.loads(v) for v in columns[name]])
                    if name in lists
                    else columns[name]
                    for name in self._schema.match
                ),
                strict=True,
            )
            for made, key in zip(columns["id"], keys, strict=True):
                self._matches.setdefault(key, []).append(made)
        return self._matches


def _hashable(column: Sequence[Any]) -> Sequence[Any]:
    """Make nested values comparable by hash; everything else is."""
    if not any(isinstance(value, list | dict) for value in column):
        return column
    return [json.dumps(v, ensure_ascii=False) if isinstance(v, list | dict) else v for v in column]
