"""A run's tables on their way into files: small counts hidden, every row stamped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from layers.batch.columns import HIDDEN
from layers.exporters.tables import Block, ExportTable
from layers.privacy import hidden_cells
from layers.validate import plain_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from layers.provenance import Provenance
    from layers.schema import Field

__all__ = ["blanked", "block_of", "hidden_gaps", "hidden_villages", "stamped", "table_of"]

_PARTS = ("total", "covered", "uncovered")
_GAP_COUNTS = (*_PARTS, "misled")


def hidden_gaps(rows: pd.DataFrame, groups: Sequence[pd.Series]) -> pd.DataFrame:
    """Which counts and shares of rows like `layers.analysis.gaps.gap_rows` must not be shown.

    Parameters
    ----------
    rows
        Columns `total covered uncovered misled circle_share`, perhaps `twice`.
    groups
        As `layers.privacy.hidden_cells`.

    Returns
    -------
    True where hidden: the counts, and `share circle_share` where they would tell one.
    """
    counts = pd.DataFrame(rows[list(_GAP_COUNTS)])
    hidden = hidden_cells(counts, groups=groups, sums=(_PARTS,))
    hidden["share"] = hidden[list(_PARTS)].any(axis=1)
    # The straight-line count is nowhere, but total and share would give it.
    near = (rows["circle_share"] * rows["total"]).round()
    straight = pd.DataFrame({"near": near, "far": rows["total"] - near})
    hidden["circle_share"] = hidden_cells(straight, groups=groups).any(axis=1)
    if "twice" in rows:
        twice = pd.DataFrame({"twice": rows["twice"], "once": rows["covered"] - rows["twice"]})
        hidden["twice"] = hidden_cells(twice).any(axis=1) | hidden["covered"]
        hidden["twice_share"] = hidden["twice"]
    return hidden


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
