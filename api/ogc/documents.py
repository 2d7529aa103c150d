"""The documents that lead to the features: landing page, conformance, collections."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api.ogc.crs import CRS84, CRS_URIS, STORAGE_CRS
from api.ogc.links import link
from api.ogc.negotiation import FILES, GEOJSON, HTML, JSON, SCHEMA
from layers.provenance import QUALITIES, Provenance

if TYPE_CHECKING:
    from collections.abc import Iterable

    from api.ogc.links import Links
    from api.ogc.parameters import Box
    from layers.schema import LayerSchema
    from layers.store import LayerSummary

__all__ = ["CONFORMANCE", "OPENAPI", "collection", "collections", "conformance", "landing"]

OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
_REL = "http://www.opengis.net/def/rel/ogc/1.0/"
_SPEC = "http://www.opengis.net/spec/"
_FEATURES = f"{_SPEC}ogcapi-features-"
_CQL2 = f"{_SPEC}cql2/1.0/conf/"

CONFORMANCE = (
    *(f"{_FEATURES}1/1.0/conf/{name}" for name in ("core", "oas30", "geojson", "html")),
    f"{_FEATURES}2/1.0/conf/crs",
    *(
        f"{_FEATURES}3/1.0/conf/{name}"
        for name in ("filter", "features-filter", "queryables", "queryables-query-parameters")
    ),
    *(
        f"{_FEATURES}4/1.0/conf/{name}"
        for name in ("create-replace-delete", "update", "optimistic-locking-etags")
    ),
    *(f"{_FEATURES}5/1.0/conf/{name}" for name in ("schemas", "core-roles-features")),
    *(
        f"{_CQL2}{name}"
        for name in (
            "cql2-text",
            "cql2-json",
            "basic-cql2",
            "advanced-comparison-operators",
            "case-insensitive-comparison",
            "accent-insensitive-comparison",
            "basic-spatial-functions",
            "basic-spatial-functions-plus",
            "spatial-functions",
            "temporal-functions",
            "array-functions",
            "property-property",
            "arithmetic",
        )
    ),
)
"""What the service conforms to, by URI."""

TITLE = "县级地名区划与养老服务圈数据"
_DESCRIPTION = "按 OGC API - Features 提供的地理数据：行政区划、地名、养老服务设施、界线等。"


def landing(links: Links) -> dict[str, Any]:
    """Give the landing page.

    Parameters
    ----------
    links
        Of the host that was asked.

    Returns
    -------
    The document.
    """
    return {
        "title": TITLE,
        "description": _DESCRIPTION,
        "links": [
            link(links.at(), "self", JSON.media, "本页"),
            link(links.with_format(f="html"), "alternate", HTML.media, "本页（HTML）"),
            link(links.at("api"), "service-desc", OPENAPI, "接口定义（OpenAPI 3.0）"),
            link(f"{links.base}/docs", "service-doc", HTML.media, "接口说明"),
            link(links.at("conformance"), "conformance", JSON.media, "符合的标准"),
            link(links.at("collections"), "data", JSON.media, "图层"),
        ],
    }


def conformance(links: Links) -> dict[str, Any]:
    """Give the classes of the standards that the service conforms to."""
    return {
        "conformsTo": list(CONFORMANCE),
        "links": [
            link(links.at("conformance"), "self", JSON.media),
            link(links.with_format("conformance", f="html"), "alternate", HTML.media),
        ],
    }


def collections(links: Links, entries: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Give the list of the layers.

    Parameters
    ----------
    links
        Of the host that was asked.
    entries
        Answers of `collection`.

    Returns
    -------
    The document.
    """
    return {
        "collections": list(entries),
        "crs": list(CRS_URIS),
        "links": [
            link(links.at("collections"), "self", JSON.media, "图层"),
            link(links.with_format("collections", f="html"), "alternate", HTML.media),
        ],
    }


def collection(
    links: Links, schema: LayerSchema, summary: LayerSummary, whole: Box
) -> dict[str, Any]:
    """Describe one layer.

    Parameters
    ----------
    links
        Of the host that was asked.
    schema, summary
        The layer and what it holds.
    whole
        Bounds of all layers, the extent of a layer in which nothing has a geometry yet.

    Returns
    -------
    The document.
    """
    here = ("collections", schema.name)
    worst = min(summary.qualities, key=QUALITIES.index, default=None)
    stamp = None if worst is None else Provenance(worst, summary.sources)
    files = [
        link(links.with_format(*here, "items", f=format.name), "enclosure", format.media)
        for format in FILES
        if format.name != "jsonld"
    ]
    return {
        "id": schema.name,
        "title": schema.title,
        "extent": {"spatial": {"bbox": [list(summary.bounds or whole)], "crs": CRS84}},
        "itemType": "feature",
        "crs": list(CRS_URIS),
        "storageCrs": STORAGE_CRS,
        **({"quality": None, "source": ""} if stamp is None else stamp.to_json()),
        "links": [
            link(links.at(*here), "self", JSON.media, schema.title),
            link(links.with_format(*here, f="html"), "alternate", HTML.media),
            link(links.at(*here, "items"), "items", GEOJSON.media, f"{schema.title}要素"),
            link(links.with_format(*here, "items", f="html"), "items", HTML.media),
            link(links.at(*here, "queryables"), f"{_REL}queryables", SCHEMA.media, "可查询字段"),
            link(links.at(*here, "schema"), f"{_REL}schema", SCHEMA.media, "字段定义"),
            *files,
        ],
    }
