"""Links of documents and pages, on the host that was asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["Links", "link", "link_header"]


class Links:
    """Makes addresses below the service's root.

    Parameters
    ----------
    base
        Scheme and host, and the path in front if there is one; a slash at the end does not matter.
    """

    def __init__(self, base: str) -> None:
        self.base = base.rstrip("/")
        self.root = f"{self.base}/ogc"

    def at(self, *parts: str, query: Sequence[tuple[str, str]] = ()) -> str:
        """Give the address of a document.

        Parameters
        ----------
        parts
            Segments below ``/ogc``; anything may stand in them.
        query
            Parameters, in order.

        Returns
        -------
        The absolute address.
        """
        path = "".join(f"/{quote(part, safe='@:')}" for part in parts)
        told = f"?{urlencode(query)}" if query else ""
        return f"{self.root}{path}{told}"

    def with_format(self, *parts: str, query: Sequence[tuple[str, str]] = (), f: str) -> str:
        """Give the address of a document in one format, all other parameters kept."""
        return self.at(*parts, query=[*(pair for pair in query if pair[0] != "f"), ("f", f)])


def link(href: str, rel: str, media: str, title: str = "") -> dict[str, Any]:
    """Give a link as documents have it."""
    made = {"href": href, "rel": rel, "type": media}
    return {**made, "title": title} if title else made


def link_header(links: Iterable[dict[str, Any]], rels: Iterable[str]) -> str:
    """Give the value of the header Link (RFC 8288) for some of a document's links.

    Parameters
    ----------
    links
        Answers of `link`.
    rels
        Which of them.

    Returns
    -------
    The value; "" if there are none. Titles are left out: headers are Latin.
    """
    wanted = set(rels)
    return ", ".join(
        f'<{one["href"]}>; rel="{one["rel"]}"; type="{one["type"].replace(chr(34), "")}"'
        for one in links
        if one["rel"] in wanted
    )
