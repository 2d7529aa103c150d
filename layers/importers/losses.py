"""What a file would take away from stored rows without saying so: their places, their counts.

A row without geometry says that the file does not know the place, not that there is none; an empty
count of people is most often one that an export has hidden.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from layers.store import Query

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from layers.findings import Findings
    from layers.schema import LayerSchema
    from layers.store import Store

__all__ = ["Losses"]


class Losses:
    """Looks what stands in the store where a file has nothing.

    Parameters
    ----------
    store
        Where the rows are going.
    schema
        The layer's.
    findings
        Gets I06 (an empty count over a stored one) and, as a warning, I16 (a row without geometry
        whose stored place stays).
    """

    def __init__(self, store: Store, schema: LayerSchema, findings: Findings) -> None:
        self._store = store
        self._schema = schema
        self._findings = findings
        self._has_rows = store.count(schema.name) > 0

    def keep_places(
        self, rows: Sequence[int], ids: Sequence[str | None], shapes: NDArray[np.object_]
    ) -> frozenset[int]:
        """Find the rows without geometry that have one in the store.

        Parameters
        ----------
        rows
            Row numbers.
        ids
            Ids of the rows, None where they are new.
        shapes
            Geometry or None, a row each.

        Returns
        -------
        Their positions: the stored geometry must be kept.
        """
        empty = np.flatnonzero(shapely.is_missing(shapes)).tolist()
        stored = self._stored([ids[position] for position in empty], None)
        kept = [position for position in empty if stored.get(ids[position]) is not None]
        for position in kept:
            self._findings.add(
                "I16",
                f"第 {rows[position]} 行没有坐标，库中原有的位置保留不变，请补上坐标或确认。",
                row=rows[position],
                field="geometry",
                level="warning",
            )
        return frozenset(kept)

    def refuse_lost_counts(
        self,
        rows: Sequence[int],
        ids: Sequence[str | None],
        columns: Mapping[str, Sequence[Any]],
        *,
        told: Collection[int] = (),
    ) -> None:
        """Refuse empty counts of people where the store has a number.

        Parameters
        ----------
        rows
            Row numbers.
        ids
            Ids of the rows, None where they are new.
        columns
            Field name -> values; a count that the file leaves out is kept and no loss.
        told
            Rows that are refused already, because they say what was hidden in them.
        """
        for name in self._schema.privacy_counts:
            empty = [
                position
                for position, value in enumerate(columns.get(name, ()))
                if value is None and rows[position] not in told
            ]
            stored = self._stored([ids[position] for position in empty], name)
            for position in empty:
                if stored.get(ids[position]) is None:
                    continue
                title = self._schema.fields[name].title
                self._findings.add(
                    "I06",
                    f"第 {rows[position]} 行的“{title}”空着，库中有数；空值不能盖掉人数，"
                    "请填上数或删去该列，隐去过小数的文件请用 --full 重新导出。",
                    row=rows[position],
                    field=name,
                )

    def _stored(self, ids: Sequence[str | None], name: str | None) -> dict[str | None, Any]:
        """Give a stored column of rows by id, or their shapes."""
        known = [made for made in ids if made is not None]
        if not known or not self._has_rows:
            return {}
        table = self._store.table(self._schema.name, Query(ids=known))
        values = table.wkb if name is None else table.columns[name]
        return dict(zip(table.columns["id"], values, strict=True))
