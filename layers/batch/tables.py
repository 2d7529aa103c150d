"""A run's tables on their way into files: small counts hidden, every row stamped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from layers.analysis.gap_cells import hidden_gaps
from layers.batch.columns import HIDDEN
from layers.exporters.tables import Block, ExportTable
from layers.privacy import hidden_cells
from layers.validate import plain_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from layers.provenance import Provenance
    from layers.schema import Field

__all__ = ["blanked", "block_of", "hidden_figures", "hidden_villages", "stamped", "table_of"]


def hidden_figures(rows: pd.DataFrame) -> pd.DataFrame:
    """Which figures of counties must not be shown.

    Parameters
    ----------
    rows
        As `layers.analysis.gap_cells.hidden_gaps`, with `twice`: people who may choose.

    Returns
    -------
    True where hidden: also `twice` and `twice_share`.
    """
    hidden = hidden_gaps(rows, ())
    twice = pd.DataFrame({"twice": rows["twice"], "once": rows["covered"] - rows["twice"]})
    secret = hidden_cells(twice).any(axis=1) | hidden["covered"]
    return hidden.assign(twice=secret, twice_share=secret)


def hidden_villages(villages: pd.DataFrame) -> pd.DataFrame:
    """Which counts of demand points must not be shown.

    Parameters
    ----------
    villages
        `total covered circle_covered choices unit township_code`: sums of every unit and township,
        by all that stands beside the count, are known to the reader.

    Returns
    -------
    True where hidden, column `total`.
    """
    sides = villages["covered"].map({True: "+", False: "-"}).astype(str)
    kinds = sides + villages["circle_covered"].map({True: "+", False: "-"}).astype(str)
    several = sides + (villages["choices"] > 1).map({True: "+", False: "-"}).astype(str)
    units = [villages[name].astype(str) for name in ("unit", "township_code")]
    county = pd.Series("县", index=villages.index)
    groups = [county, *units]
    groups += [unit + side for unit in (county, *units) for side in (sides, kinds)]
    return hidden_cells(pd.DataFrame(villages[["total"]]), groups=[*groups, county + several])


def blanked(rows: pd.DataFrame, hidden: pd.DataFrame, *, full: bool) -> pd.DataFrame:
    """Leave hidden cells empty and name them in `suppressed`.

    Parameters
    ----------
    rows, hidden
        A table and which of its cells must not be shown.
    full
        Show everything all the same.

    Returns
    -------
    The rows with `suppressed`: names joined by 、, or None.
    """
    if full:
        return rows.assign(**{HIDDEN: None})
    names = np.array(hidden.columns, dtype=object)
    shown: dict[str, Any] = {
        str(name): rows[name].astype(object).mask(hidden[name], None) for name in hidden
    }
    shown[HIDDEN] = ["、".join(names[row]) or None for row in hidden.to_numpy(bool)]
    return rows.assign(**shown)


def stamped(rows: pd.DataFrame, provenance: Provenance) -> pd.DataFrame:
    """Say in every row where it comes from."""
    said = provenance.to_json()
    return rows.assign(**{name: said[name] for name in ("quality", "source", "notice")})


def block_of(rows: pd.DataFrame, fields: Sequence[Field], shapes: NDArray[np.object_]) -> Block:
    """Turn rows into plain values in the order and types of the fields.

    Parameters
    ----------
    rows
        Has a column a field; missing and infinite become None.
    fields
        Columns of the file.
    shapes
        A geometry or None a row.
    """
    return Block({f.name: [_plain(f, value) for value in rows[f.name]] for f in fields}, shapes)


def table_of(
    name: str,
    title: str,
    fields: Sequence[Field],
    blocks: Iterable[Block],
    provenance: Provenance,
    *,
    count: int,
    kinds: tuple[str, ...] = (),
) -> ExportTable:
    """Put blocks of rows together as what every writer takes.

    Parameters
    ----------
    name, title, fields, provenance
        Of the table.
    blocks
        Its rows, read once.
    count
        How many rows.
    kinds
        Geometry kinds; empty: none.
    """
    return ExportTable(
        name=name,
        title=title,
        fields=tuple(fields),
        kinds=kinds,
        blocks=iter(blocks),
        count=count,
        all_placed=False,
        provenance=provenance,
    )


def _plain(field: Field, value: object) -> Any:  # noqa: ANN401 - a cell is any plain kind
    value = plain_value(value)
    if value is None or (isinstance(value, float) and not np.isfinite(value)):
        return None
    if field.type == "integer":
        return int(value)  # type: ignore[call-overload]
    return str(value) if field.type == "text" else value
