"""Features as pages for people: a table, one feature, its history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from api.ogc.html import cell

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from api.ogc.asking import Asked
    from api.ogc.visibility import View

__all__ = ["cells_of", "table_rows", "trail_of", "version_rows"]

_ACTIONS = {"create": "新建", "update": "修改", "delete": "删除"}


def trail_of(layer: Asked, *, items: bool = False) -> list[tuple[str, str]]:
    """Give name and address of the pages above a layer's features.

    Parameters
    ----------
    layer
        The layer.
    items
        Whether the list of its features is one of them.

    Returns
    -------
    From the top down.
    """
    links = layer.links
    trail = [
        ("图层", links.with_format("collections", f="html")),
        (layer.view.schema.title, links.with_format("collections", layer.name, f="html")),
    ]
    if items:
        trail.append(("要素", links.with_format("collections", layer.name, "items", f="html")))
    return trail


def cells_of(
    view: View, properties: Mapping[str, Any], shown: Mapping[str, str] | None = None
) -> list[tuple[str, str]]:
    """Give title and text of every property.

    Parameters
    ----------
    view
        Says which, in order.
    properties
        Of a feature.
    shown
        Name of each hidden count -> what stands in its place.

    Returns
    -------
    Pairs, to be escaped.
    """
    return [
        (field.title, (shown or {}).get(field.name) or cell(field, _plain(properties[field.name])))
        for field in view.fields
        if field.name in properties
    ]


def table_rows(
    layer: Asked, features: Sequence[Mapping[str, Any]]
) -> list[tuple[str, str, list[str]]]:
    """Give id, address and cells of features.

    Parameters
    ----------
    layer
        The layer.
    features
        Answer of `api.ogc.geojson.features_of`.

    Returns
    -------
    One row a feature.
    """
    hidden = layer.hidden()
    here = ("collections", layer.name, "items")
    return [
        (
            feature["id"],
            layer.links.with_format(*here, feature["id"], f="html"),
            [
                text
                for _, text in cells_of(
                    layer.view, feature["properties"], hidden.get(feature["id"])
                )
            ],
        )
        for feature in features
    ]


def version_rows(view: View, versions: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Give what a page shows of the versions of a feature.

    Parameters
    ----------
    view
        The layer.
    versions
        Of `api.ogc.histories.history_document`.

    Returns
    -------
    One mapping a version, the newest first; only properties with a value.
    """
    rows = []
    for version in reversed(versions):
        told = {k: v for k, v in (version["properties"] or {}).items() if v is not None}
        rows.append(
            {
                "version": version["version"],
                "at": version["at"].isoformat(),
                "actor": version.get("actor", ""),
                "action_title": _ACTIONS.get(version["action"], version["action"]),
                "cells": cells_of(view, told),
            }
        )
    return rows


def _plain(value: object) -> Any:  # noqa: ANN401 - what JSON can hold
    """Read nested values, which `features_of` leaves as JSON text."""
    return orjson.loads(orjson.dumps(value)) if isinstance(value, orjson.Fragment) else value
