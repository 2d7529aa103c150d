"""What the operations have in common: the layer, who asks, how fresh, where links go."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from starlette.responses import Response

from api.ogc.caching import VARY, is_current, layer_etag
from api.ogc.html import render
from api.ogc.kept import KeptByHead, kept_answers, kept_hidden, kept_summary
from api.ogc.links import Links
from api.ogc.negotiation import DOCUMENT, Format, negotiate
from api.ogc.visibility import View, view_of
from layers.catalog import listed_schema
from layers.provenance import QUALITIES, Provenance

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from api.calls import Call
    from layers.store import Head, LayerSummary, Store

__all__ = ["FRESH", "Asked", "answer", "asked", "chosen", "is_known", "page"]

FRESH: Mapping[str, str] = {"Cache-Control": "no-cache", **VARY}
"""Headers of a document that is cheap to make again."""


@dataclass(frozen=True)
class Asked:
    """One layer, as one call asks for it.

    Attributes
    ----------
    store, view
        The layer as the asker's role sees it.
    head
        Of the layer, read before anything else.
    links
        On the host that was asked.
    kept
        The worker's answers.
    today
        The business day.
    """

    store: Store
    view: View
    head: Head
    links: Links
    kept: KeptByHead
    today: date

    @property
    def name(self) -> str:
        """Collection id."""
        return self.view.name

    @property
    def summary(self) -> LayerSummary:
        """Count, qualities, sources and bounds of the layer."""
        return kept_summary(self.kept, self.store, self.name, self.head)

    @property
    def provenance(self) -> Provenance | None:
        """Worst quality and all sources; None for an empty layer."""
        summary = self.summary
        worst = min(summary.qualities, key=QUALITIES.index, default=None)
        return None if worst is None else Provenance(worst, summary.sources)

    def hidden(self) -> dict[str, dict[str, str]]:
        """Give the counts that must not be shown to this role: id -> name -> what to show."""
        if not self.view.counts:
            return {}
        return kept_hidden(self.kept, self.store, self.name, self.head)

    def etag(self, format: Format) -> str:
        """Give the entity tag of an answer made of this layer."""
        return layer_etag(self.head, self.view, format, self.today)


def asked(call: Call) -> Asked:
    """Find the layer of a call.

    Parameters
    ----------
    call
        Of an operation with `{collection}` in its path; the role's right is checked already.

    Returns
    -------
    The layer.

    Raises
    ------
    NotFound
        `unknown_layer`.
    """
    service = call.service
    name = call.params["collection"]
    schema = listed_schema(service.store, name)
    return Asked(
        store=service.store,
        view=view_of(schema, call.account.role),
        head=service.store.head(name),
        links=Links(call.base_url),
        kept=service.part(kept_answers),
        today=service.today(),
    )


def chosen(call: Call, formats: Mapping[str, Format] = DOCUMENT) -> Format:
    """Choose the format of an answer, by the parameter `f` or the header Accept."""
    return negotiate(formats, call.params.get("f"), call.headers.getlist("accept"))


def answer(
    call: Call,
    format: Format,
    make: Callable[[], bytes],
    headers: Mapping[str, str],
) -> Response:
    """Answer, or say that the client has it already.

    Parameters
    ----------
    call
        Asks, maybe with If-None-Match.
    format
        Of the answer.
    make
        Writes the body; not called where 304 is the answer.
    headers
        To send along, the ETag among them if there is one.

    Returns
    -------
    200 or 304.
    """
    if is_known(call, headers):
        return Response(status_code=304, headers=dict(headers))
    return Response(make(), media_type=format.media, headers=dict(headers))


def is_known(call: Call, headers: Mapping[str, str]) -> bool:
    """Tell whether the client has the answer with these headers already."""
    return "ETag" in headers and is_current(headers["ETag"], call.headers.get("if-none-match"))


def page(
    call: Call,
    template: str,
    *here: str,
    title: str,
    trail: Sequence[tuple[str, str]] = (),
    provenance: Provenance | None = None,
    **values: object,
) -> Callable[[], bytes]:
    """Prepare a page for people.

    Parameters
    ----------
    call
        Its parameters go along to the same document as JSON.
    template
        Name of the template.
    here
        Segments of the document's address below the root.
    title
        Heading of the page.
    trail
        Name and address of the pages above.
    provenance
        Whose notice and sources the page shows.
    values
        What else the template names.

    Returns
    -------
    What writes the page.
    """
    links = Links(call.base_url)
    return partial(
        render,
        template,
        title=title,
        trail=trail,
        root=links.root,
        json=links.with_format(*here, query=call.query, f="json"),
        notice="" if provenance is None else provenance.notice,
        attributions=() if provenance is None else provenance.attributions,
        **values,
    )
