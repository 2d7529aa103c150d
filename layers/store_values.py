"""What goes into a store and comes out of it: actors, questions, rows, pages, events, versions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from geo.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from layers.cql2.nodes import Node

__all__ = [
    "Actor",
    "Event",
    "Head",
    "LayerSummary",
    "Page",
    "PutResult",
    "Query",
    "Row",
    "Table",
    "Version",
]

Row = dict[str, Any]
"""A feature: `id`, `geometry` (shapely or None), every field, `version updated_at updated_by`."""


@dataclass(frozen=True)
class Actor:
    """Who writes.

    Attributes
    ----------
    name
        Account, or the operating system's user on the command line.
    role
        clerk, planner, reviewer, admin, auditor.
    verified
        Whether a sign-in stands behind it; recorded with every event.
    """

    name: str
    role: str = "clerk"
    verified: bool = False

    def __post_init__(self) -> None:
        if not self.name.strip() or not self.name.isprintable():
            raise InputError("操作人姓名不能为空或含控制字符，请用 --actor 给出。", where="actor")


@dataclass(frozen=True, kw_only=True)
class Query:
    """Which features to read.

    Attributes
    ----------
    bbox
        (west, south, east, north) in degrees; a geometry that touches it counts. Features without
        geometry never match.
    at
        Day on which a feature must be valid (from inclusive, to exclusive); None: all periods.
    during
        First and last day of a time on some day of which a feature must be valid; None as an end:
        open. Features without dates always match.
    ids
        Only these ids.
    cursors
        Only the rows at these cursors (`Store.keys`).
    filter
        A condition in CQL2, as `layers.cql2.parse_filter` reads it, in longitude and latitude.
    limit
        At most so many rows.
    after
        Cursor of the page before (`Page.after`).

    Raises
    ------
    InputError
        If the box is not four numbers from south-west to north-east, or the limit negative.
    """

    bbox: tuple[float, float, float, float] | None = None
    at: date | None = None
    during: tuple[date | None, date | None] | None = None
    ids: Sequence[str] | None = None
    cursors: Sequence[int] | None = None
    filter: Node | None = None
    limit: int | None = None
    after: int | None = None

    def __post_init__(self) -> None:
        if self.bbox is not None:
            west, south, east, north = self.bbox
            if not (west <= east and south <= north):  # NaN is refused too
                raise InputError(
                    f"范围 {self.bbox} 应依次为西、南、东、北，且西不大于东、南不大于北。",
                    where="bbox",
                )
        if self.limit is not None and self.limit < 0:
            raise InputError(f"条数上限 {self.limit} 不能是负数。", where="limit")


class Page(list[Row]):
    """Rows in stable order; `after` is the cursor of the next page, None on the last."""

    after: int | None = None


class Head(NamedTuple):
    """Top of the event chain: number, hash and time of the last event (0, zeros, None if none)."""

    seq: int
    hash: str
    at: datetime | None


@dataclass(frozen=True)
class PutResult:
    """What a put did; `ids` are those of all rows in order."""

    new: int
    changed: int
    unchanged: int
    ids: tuple[str, ...] = field(repr=False)

    @property
    def stored(self) -> int:
        """Rows written: new and changed."""
        return self.new + self.changed


@dataclass(frozen=True)
class Event:
    """One changed row; rows of one transaction share `txn`, the number of its first event."""

    seq: int
    txn: int
    at: datetime
    actor: str
    role: str
    verified: bool
    action: str
    layer: str
    id: str
    version: int
    reason: str
    digest: str
    prev: str
    hash: str


@dataclass(frozen=True)
class Version:
    """One recorded version of a feature; `row` is None where it was deleted."""

    version: int
    at: datetime
    actor: str
    role: str
    verified: bool
    action: str
    reason: str
    row: Row | None


@dataclass(frozen=True)
class LayerSummary:
    """How much a layer holds, how good and from where; `bounds` None without geometry."""

    count: int
    qualities: Mapping[str, int]
    sources: tuple[str, ...]
    bounds: tuple[float, float, float, float] | None


@dataclass(frozen=True)
class Table:
    """Columns as plain lists (id, fields, system) and geometries as WKB, all equally long.

    `cursors` has for each row the `Query.after` of the rows behind it.
    """

    columns: Mapping[str, list[Any]]
    wkb: list[bytes | None]
    cursors: Sequence[int] = ()
