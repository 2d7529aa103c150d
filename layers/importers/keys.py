"""Which stored feature a row is, and which rows of a file are twice."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from layers.met_before import KeyIndex, MetBefore

if TYPE_CHECKING:
    from layers.findings import Findings
    from layers.met_before import Repeat
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
        nested = ("list", "json")
        self._nested = {n for n, field in schema.fields.items() if field.type in nested}
        self._met = MetBefore()
        self._matches: KeyIndex | None = None
        self._has_rows = store.count(schema.name) > 0

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
        parts = [self._hashable(name, column) for name, column in columns.items()]
        cells = zip(*parts, strict=True) if parts else [()] * count
        contents = list(zip(cells, shapes, strict=True))
        found = list(self._keys(rows, columns))
        # A row that nothing names is twice only if all of it is.
        keys = [
            content if key is None else key
            for content, (_, key) in zip(contents, found, strict=True)
        ]
        for repeat in self._met.add(keys, rows, list(map(hash, contents))):
            self._report(repeat, keys[repeat.position], rows[repeat.position])
        return [made for made, _ in found]

    def _keys(
        self, rows: Sequence[int], columns: Mapping[str, Sequence[Any]]
    ) -> Iterator[tuple[str | None, Any]]:
        """Give the id of each row if there is one, and what no two rows may share."""
        nothing = [None] * len(rows)

        def column(name: str) -> Sequence[Any]:
            return columns.get(name, nothing)

        key_names = (*self._schema.key_fields, "valid_to")
        keyed = zip(*(column(name) for name in key_names), strict=True)
        matched = zip(
            *(self._hashable(name, column(name)) for name in self._schema.match), strict=True
        )
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

    def _hashable(self, name: str, column: Sequence[Any]) -> Sequence[Any]:
        """Make lists and nested values comparable by hash; everything else is."""
        return _texts(column) if name in self._nested else column

    def _made(self, given: str | None, record: Mapping[str, Any]) -> str:
        """Make the id of a row from its key; an ended period may keep the plain key as its id."""
        plain = str(self._schema.key).format_map(record)
        if self._schema.past_key is None or record["valid_to"] is None or given == plain:
            return plain
        return self._schema.past_key.format_map(record)

    def _matching(self, row: int, match: tuple[Any, ...]) -> str | None:
        """Find the one stored feature of this name."""
        stored = self._stored().find(match) if self._has_rows else []
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

    def _report(self, repeat: Repeat, key: Any, row: int) -> None:  # noqa: ANN401  (any key)
        first = repeat.first
        if repeat.same:
            self._findings.add("I22", f"第 {row} 行与第 {first} 行完全相同，请删去一行。", row=row)
            return
        name = self._named(key)
        for number, other in ((first, row), (row, first)):
            if number == row or not repeat.told:
                self._findings.add(
                    "I07",
                    f"第 {number} 行的标识“{name}”与第 {other} 行重复，请改正或删去一行。",
                    row=number,
                    field=self._key_field(),
                    value=name,
                )

    def _named(self, key: Any) -> str:  # noqa: ANN401  (any key)
        """Write a key as people know it: titles of codes, nothing for what is empty."""
        if not isinstance(key, tuple):
            return str(key)
        parts = zip(self._schema.match, key[1:], strict=True)
        return "、".join(
            self._schema.fields[name].codes.get(part, str(part))
            for name, part in parts
            if part is not None
        )

    def _key_field(self) -> str:
        return next(iter((*self._schema.key_fields, *self._schema.match)), "id")

    def _stored(self) -> KeyIndex:
        """Give stored ids by the match fields, read once."""
        if self._matches is None:
            names = self._schema.match
            nested = [name in self._nested for name in names]
            rows = self._store.values(self._schema.name, ("id", *names))
            self._matches = KeyIndex((_plain(values, nested), made) for made, *values in rows)
        return self._matches


def _texts(column: Sequence[Any]) -> list[Any]:
    return [json.dumps(v, ensure_ascii=False) if isinstance(v, list | dict) else v for v in column]


def _plain(values: Sequence[Any], nested: Sequence[bool]) -> tuple[Any, ...]:
    """Write stored nested values as the texts that rows of a file are compared by."""
    return tuple(
        _texts([json.loads(value)])[0] if value and packed else value
        for value, packed in zip(values, nested, strict=True)
    )
