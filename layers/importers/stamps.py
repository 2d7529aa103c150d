"""Quality and source of imported rows, and who may raise a quality."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from geo.errors import InputError
from layers.provenance import QUALITIES, QUALITY_TITLES
from layers.store import Query

if TYPE_CHECKING:
    from layers.findings import Findings
    from layers.schema import LayerSchema
    from layers.store import Actor, Store

__all__ = ["Stamps"]

_USUAL = "approximate"


class Stamps:
    """Completes `quality` and `source` of the rows of one file.

    What the file says wins over what the user says for the whole file; where both are silent a
    stored row keeps its own, a new one is approximate and from the file.

    Parameters
    ----------
    store
        Where the layer is stored.
    schema
        The layer's.
    findings
        Gets I23: a quality raised (above approximate, for a new row) without a reviewer's reason.
    actor, reason
        Who imports, and why.
    quality, source
        For rows whose file says nothing; None: left out.
    file_source
        Source of new rows without any other.

    Raises
    ------
    InputError
        If `quality` is not one of `layers.provenance.QUALITIES`.
    """

    def __init__(
        self,
        store: Store,
        schema: LayerSchema,
        findings: Findings,
        *,
        actor: Actor,
        reason: str,
        quality: str | None,
        source: str | None,
        file_source: str,
    ) -> None:
        if quality is not None and quality not in QUALITIES:
            raise InputError(
                f"精度等级不能是“{quality}”，可选：{'、'.join(QUALITIES)}。", where="quality"
            )
        self._store = store
        self._layer = schema.name
        self._findings = findings
        self._may_raise = actor.role == "reviewer" and bool(reason.strip())
        self._quality = quality
        self._source = source
        self._file_source = file_source
        self._has_rows = store.count(schema.name) > 0

    def stamp(
        self,
        rows: Sequence[int],
        ids: Sequence[str | None],
        columns: Mapping[str, Sequence[Any]],
        *,
        approximate: Sequence[bool] | None = None,
    ) -> list[dict[str, str]]:
        """Give what each row must say of its quality and source.

        Parameters
        ----------
        rows
            Row numbers.
        ids
            Ids of the rows, None where they are new.
        columns
            Field name -> values.
        approximate
            Rows whose place was computed: they are no better than approximate, whatever is said.

        Returns
        -------
        One mapping a row; a name that is left out keeps what the store has.
        """
        stored = self._stored(ids)
        qualities = columns.get("quality") or [None] * len(rows)
        sources = columns.get("source") or [None] * len(rows)
        computed = approximate or [False] * len(rows)
        stamps = []
        for row, made, own, origin, rough in zip(
            rows, ids, qualities, sources, computed, strict=True
        ):
            before = stored.get(made) if made is not None else None
            stamp: dict[str, str] = {}
            quality = own or self._quality
            if rough:
                quality = _at_most(quality or before or _USUAL)
            if quality:
                stamp["quality"] = quality
                self._check_raise(row, before, quality)
            if source := origin or self._source:
                stamp["source"] = source
            elif before is None:
                stamp["source"] = self._file_source
            stamps.append(stamp)
        return stamps

    def _check_raise(self, row: int, before: str | None, quality: str) -> None:
        if quality not in QUALITIES or self._may_raise:
            return
        base = before or _USUAL
        if QUALITIES.index(quality) > QUALITIES.index(base):
            self._findings.add(
                "I23",
                f"第 {row} 行把精度等级由“{QUALITY_TITLES[base]}”提高到"
                f"“{QUALITY_TITLES[quality]}”，须由审核人(--role reviewer)写明理由(--reason)。",
                row=row,
                field="quality",
                value=quality,
            )

    def _stored(self, ids: Sequence[str | None]) -> dict[str, str]:
        """Quality of those rows that are stored already."""
        known = [made for made in ids if made is not None]
        if not known or not self._has_rows:
            return {}
        columns = self._store.table(self._layer, Query(ids=known)).columns
        return {
            made: quality or _USUAL
            for made, quality in zip(columns["id"], columns["quality"], strict=True)
        }


def _at_most(quality: str) -> str:
    """Lower what is above approximate; an unknown word stays for its own finding."""
    known = quality in QUALITIES and QUALITIES.index(quality) > QUALITIES.index(_USUAL)
    return _USUAL if known else quality
