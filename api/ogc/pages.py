"""One page of features and how many there are in all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from api.ogc.kept import KeptByHead
    from layers.store import Head, Query, Store

__all__ = ["FeaturePage", "read_page"]


@dataclass(frozen=True)
class FeaturePage:
    """Some rows of all that match.

    Attributes
    ----------
    keys
        Cursor and version of each row.
    matched
        How many match, on whatever page.
    after
        Cursor of the next page; None on the last.
    """

    keys: list[tuple[int, int]]
    matched: int
    after: int | None


def read_page(store: Store, layer: str, query: Query, head: Head, kept: KeptByHead) -> FeaturePage:
    """Find the page that a query asks for.

    Parameters
    ----------
    store, layer
        Where.
    query
        With a limit of at least one.
    head
        Of the layer, read before; the number of all that match is kept for it.
    kept
        The worker's answers.

    Returns
    -------
    The page. One row more than asked tells whether another page follows, so that the last one
    never leads to an empty one.
    """
    limit = query.limit or 1
    keys = store.keys(layer, replace(query, limit=limit + 1))
    more = len(keys) > limit
    if query.after is None and not more:
        return FeaturePage(keys, len(keys), None)
    asked = replace(query, limit=None, after=None)
    matched = kept.get((layer, asked), head, lambda: store.count(layer, asked))
    del keys[limit:]
    return FeaturePage(keys, matched, keys[-1][0] if more else None)
