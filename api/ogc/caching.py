"""What caches may keep: entity tags of layers and features, and when they are still good."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from api.ogc.negotiation import Format
    from api.ogc.visibility import View
    from layers.store import Head

__all__ = [
    "VARY",
    "cache_headers",
    "feature_etag",
    "is_current",
    "layer_etag",
    "version_in_etag",
]

VARY = {"Vary": "Accept, Accept-Encoding"}
"""Sent with every answer whose format was negotiated."""

_TAG = re.compile(r'(?:W/)?"([^"]*)"')
_VERSION = re.compile(r"([0-9]{1,18})(?:-[a-z0-9.]+)?")


def layer_etag(head: Head, view: View, format: Format, today: date) -> str:
    """Give the entity tag of an answer made of a layer.

    Parameters
    ----------
    head
        Of the layer, read before its rows.
    view
        Accounts see fields that others do not.
    format
        Of the answer.
    today
        The business day, on which the present of a layer of periods depends.

    Returns
    -------
    A weak tag: the time stamp of the answer is not part of what it says.
    """
    day = f"-{today:%Y%m%d}" if view.schema.default_period == "present" else ""
    return f'W/"{head.hash[:20]}{day}-{view.variant}-{format.name}"'


def feature_etag(version: int, view: View, format: Format, variant: str = "") -> str:
    """Give the entity tag of one feature; a write names it in If-Match.

    Parameters
    ----------
    version
        Of the feature.
    view
        Of whoever asks.
    format
        Of the answer.
    variant
        Tells answers in other coordinates apart.

    Returns
    -------
    A strong tag that begins with the version.
    """
    told = ".".join(part for part in (view.variant, format.name, variant) if part)
    return f'"{version}-{told}"'


def version_in_etag(tag: str) -> int | None:
    """Read the version out of a feature's entity tag; None if it is none of ours.

    Parameters
    ----------
    tag
        One tag; proxies that compress make it weak, which is accepted.
    """
    found = _TAG.fullmatch(tag.strip())
    told = None if found is None else _VERSION.fullmatch(found[1])
    return None if told is None else int(told[1])


def is_current(etag: str, if_none_match: str | None) -> bool:
    """Tell whether a client has this answer already.

    Parameters
    ----------
    etag
        Of the answer.
    if_none_match
        The header; None: not sent.

    Returns
    -------
    Whether 304 is the answer (RFC 9110, 13.1.2: weak comparison).
    """
    if if_none_match is None:
        return False
    if if_none_match.strip() == "*":
        return True
    wanted = etag.removeprefix("W/").strip('"')
    return wanted in _TAG.findall(if_none_match)


def cache_headers(view: View, etag: str) -> dict[str, str]:
    """Give the headers of an answer made of a layer.

    Parameters
    ----------
    view
        Of whoever asks.
    etag
        Of the answer; "" for none.

    Returns
    -------
    Layers whose rows differ by role are kept by nobody, all others are asked for again every time.
    """
    keep = "private, no-store" if view.by_role else "no-cache"
    return {"Cache-Control": keep, **VARY, **({"ETag": etag} if etag else {})}
