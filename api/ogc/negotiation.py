"""In which format to answer: the parameter `f` beats the header Accept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.problems import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = [
    "DOCUMENT",
    "FEATURES",
    "FILES",
    "GEOJSON",
    "HTML",
    "JSON",
    "SCHEMA",
    "Format",
    "negotiate",
]


@dataclass(frozen=True, slots=True)
class Format:
    """A format to answer in.

    Attributes
    ----------
    name
        Value of `f`.
    media
        Media type of the answer.
    also
        Further media types that mean it.
    suffix
        Ending of the file, for formats that `layers.exporters` write; else "".
    """

    name: str
    media: str
    also: tuple[str, ...] = ()
    suffix: str = ""


JSON = Format("json", "application/json")
GEOJSON = Format("json", "application/geo+json", ("application/json",))
SCHEMA = Format("json", "application/schema+json", ("application/json",))
HTML = Format("html", "text/html")

FILES = (
    Format("csv", "text/csv", suffix=".csv"),
    Format(
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        suffix=".xlsx",
    ),
    Format("gpkg", "application/geopackage+sqlite3", suffix=".gpkg"),
    Format("fgb", "application/vnd.flatgeobuf", ("application/flatgeobuf",), suffix=".fgb"),
    Format("parquet", "application/vnd.apache.parquet", suffix=".parquet"),
    Format("jsonld", "application/ld+json", suffix=".jsonld"),
)

DOCUMENT: Mapping[str, Format] = {format.name: format for format in (JSON, HTML)}
"""Formats of documents, by name; the first is what `*/*` means."""

FEATURES: Mapping[str, Format] = {format.name: format for format in (GEOJSON, HTML, *FILES)}
"""Formats of the features of a collection."""


def negotiate(formats: Mapping[str, Format], f: str | None, accept: Sequence[str] = ()) -> Format:
    """Choose a format.

    Parameters
    ----------
    formats
        What can be had, by name; the first is the default.
    f
        Value of the parameter; None: not given.
    accept
        Values of the headers Accept.

    Returns
    -------
    The format.

    Raises
    ------
    Refused
        400 `unknown_format` for another value of `f`; 406 `not_acceptable` if nothing that the
        header accepts can be had.
    """
    if f is not None:
        if f not in formats:
            raise Refused(
                400,
                f"没有格式“{f[:40]}”，可用：{'、'.join(formats)}。",
                code="unknown_format",
                where="f",
            )
        return formats[f]
    ranges = _ranges(accept)
    if not ranges:
        return next(iter(formats.values()))
    quality = {
        name: max(_quality(media, ranges) for media in (format.media, *format.also))
        for name, format in formats.items()
    }
    best = max(quality, key=quality.__getitem__)  # the first of equals
    if quality[best] <= 0:
        medias = "、".join(format.media for format in formats.values())
        raise Refused(
            406,
            f"不能按 Accept 提供，可用：{medias}；也可用参数 f。",
            code="not_acceptable",
            where="Accept",
        )
    return formats[best]


def _ranges(accept: Sequence[str]) -> dict[str, float]:
    """Read the header: media range without parameters -> quality (RFC 9110, 12.5.1)."""
    found: dict[str, float] = {}
    for part in ",".join(accept).split(","):
        media, *parameters = (piece.strip().lower() for piece in part.split(";"))
        if not media:
            continue
        quality = 1.0
        for parameter in parameters:
            name, _, value = parameter.partition("=")
            if name.strip() == "q":
                try:
                    quality = min(max(float(value), 0.0), 1.0)
                except ValueError:
                    quality = 0.0
        found[media] = max(quality, found.get(media, 0.0))
    return found


def _quality(media: str, ranges: Mapping[str, float]) -> float:
    """Give the quality of the most specific range that holds a media type; 0 if none does."""
    for name in (media, f"{media.partition('/')[0]}/*", "*/*"):
        if name in ranges:
            return ranges[name]
    return 0.0
