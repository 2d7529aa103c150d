"""The pinyin of imported names: it must be a reading of the characters, written by the rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from layers.names.spelling import NO_READING, spelling_fault
from layers.store import Query

if TYPE_CHECKING:
    from layers.findings import Findings
    from layers.schema import LayerSchema
    from layers.store import Store

__all__ = ["Spellings"]

_FIELDS = {"divisions": "pinyin", "place_names": "pinyin_tone"}
_NAME = "name"
_DIVISION = "division"  # as the rules of spelling call a unit of any level


class Spellings:
    """Checks the spelled names of one file.

    Parameters
    ----------
    store
        Where the rows are going.
    schema
        The layer's; layers without a spelling have nothing to check.
    findings
        Gets I10: an error where the letters are no reading of the characters, and for every fault
        where the layer needs spellings (standard names must have one); else a warning, for the
        registers that people have are written without tone marks. What the store has already is not
        judged anew: an export imports unchanged.
    """

    def __init__(self, store: Store, schema: LayerSchema, findings: Findings) -> None:
        self._store = store
        self._layer = schema.name
        self._findings = findings
        self._field = _FIELDS.get(schema.name)
        field = schema.fields.get(self._field or "")
        self._needed = field is not None and bool(field.required or field.required_when)
        self._faults: dict[tuple[str, str, str | None], str | None] = {}

    def check(
        self,
        rows: Sequence[int],
        ids: Sequence[str | None],
        columns: Mapping[str, Sequence[Any]],
    ) -> None:
        """Check some rows.

        Parameters
        ----------
        rows
            Row numbers.
        ids
            Ids of the rows, None where they are new.
        columns
            Field name -> values; a row without name or without spelling is passed over.
        """
        if self._field is None or not {self._field, _NAME} <= columns.keys():
            return
        spelled = columns[self._field]
        kinds = (
            [_DIVISION] * len(rows)
            if self._layer == "divisions"
            else columns.get("kind", [None] * len(rows))
        )
        wrong = {
            position: fault
            for position, written in enumerate(zip(columns[_NAME], spelled, kinds, strict=True))
            if written[0] and written[1] and (fault := self._fault(written)) is not None
        }
        stored = self._stored([ids[position] for position in wrong])
        for position, fault in wrong.items():
            name, pinyin = columns[_NAME][position], spelled[position]
            if stored.get(ids[position]) == (name, pinyin):
                continue
            grave = self._needed or fault == NO_READING
            self._findings.add(
                "I10",
                f"第 {rows[position]} 行“{name}”的拼写“{pinyin}”{fault}，"
                + ("请核对。" if grave else "可以导入，请核对。"),
                row=rows[position],
                field=self._field,
                value=pinyin,
                level="error" if grave else "warning",
            )

    def _fault(self, written: tuple[str, str, str | None]) -> str | None:
        if written not in self._faults:
            if len(self._faults) > 100_000:
                self._faults.clear()
            self._faults[written] = spelling_fault(*written)
        return self._faults[written]

    def _stored(self, ids: Sequence[str | None]) -> dict[str | None, tuple[str, str | None]]:
        """Give the stored name and spelling of rows by id."""
        known = [made for made in ids if made is not None]
        if not known:
            return {}
        columns = self._store.table(self._layer, Query(ids=known)).columns
        pairs = zip(columns[_NAME], columns[str(self._field)], strict=True)
        return dict(zip(columns["id"], pairs, strict=True))
