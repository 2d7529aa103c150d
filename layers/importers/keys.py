"""Which stored feature a row is, and which rows of a file are twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
        self._key_fields = schema.key_fields
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
        names = list(columns)
        parts = [[_frozen(value) for value in column] for column in columns.values()]
        ids: list[str | None] = []
        for row, values, shape in zip(rows, zip(*parts, strict=True), shapes, strict=True):
            record = dict(zip(names, values, strict=True))
            made, key = self._key(row, record)
            ids.append(made)
            content = (values, shape)
            self._take(row, content if key is None else key, hash(content))
        return ids

    def _key(self, row: int, record: Mapping[str, Any]) -> tuple[str | None, Any]:
        """Find the id if there is one, and what two rows must not share."""
        schema = self._schema
        given = record.get("id")
        if self._key_fields and all(record.get(n) is not None for n in self._key_fields):
            past = schema.past_key is not None and record.get("valid_to") is not None
            made = str(schema.past_key if past else schema.key).format_map(record)
            # An ended period may keep the plain code as its id: what the file says of it holds.
            made = given if given in {made, str(schema.key).format_map(record)} else made
            return made, made
        if given is not None:
            return given, given
        match = tuple(record.get(name) for name in schema.match)
        if not match or match[0] is None:
            return None, None
        stored = self._stored().get(match, [])
        if len(stored) > 1:
            self._findings.add(
                "I07",
                f"第 {row} 行与库中 {len(stored)} 条同名同类({'、'.join(stored[:3])})，"
                "请加一列“标识”写明是哪一条。",
                row=row,
                field=schema.match[0],
                value=match[0],
            )
        return (stored[0] if stored else None), ("match", *match)

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
        return next(iter((*self._key_fields, *self._schema.match)), "id")

    def _stored(self) -> dict[tuple[Any, ...], list[str]]:
        """Give stored ids by the match fields, read once."""
        if self._matches is None:
            columns = self._store.table(self._schema.name).columns
            self._matches = {}
            keys = zip(*(columns[name] for name in self._schema.match), strict=True)
            for made, key in zip(columns["id"], keys, strict=True):
                self._matches.setdefault(key, []).append(made)
        return self._matches


def _frozen(value: Any) -> Any:  # noqa: ANN401  (any value of a field)
    return tuple(value) if isinstance(value, list) else value
