"""Bringing an earlier version of a feature back, as a new version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers.catalog import listed_schema
from layers.errors import NotFound

if TYPE_CHECKING:
    from layers.store import Actor, Store, Version

__all__ = ["restore_version"]


def restore_version(
    store: Store, layer: str, id: str, version: int, *, actor: Actor, reason: str = ""
) -> Version:
    """Write a feature as it was in an earlier version; also after it was deleted.

    Parameters
    ----------
    store, layer, id
        The feature.
    version
        Which of its versions (`store.history`).
    actor, reason
        Go into the history. The rules of any other write hold: a better quality than the present
        one, or a value that casework owns, needs a reviewer and a reason.

    Returns
    -------
    The version that stands now; where nothing differed, the present one.

    Raises
    ------
    NotFound
        If layer, feature or version is unknown (`unknown_version`), or that version is the
        deletion itself (`version_deleted`).
    NotAllowed
        If the actor may not write those values.
    StaleVersion
        If somebody else writes the feature at this moment.
    """
    listed_schema(store, layer)
    versions = store.history(layer, id)
    chosen = next((one for one in versions if one.version == version), None)
    if chosen is None:
        raise NotFound(
            f"“{id}”没有第 {version} 版，现有第 1 至 {versions[-1].version} 版。",
            code="unknown_version",
            where="version",
        )
    if chosen.row is None:
        raise NotFound(
            f"“{id}”的第 {version} 版是删除，没有内容可恢复，请选它前面的一版。",
            code="version_deleted",
            where="version",
        )
    present = 0 if versions[-1].row is None else versions[-1].version
    store.put(layer, [chosen.row], actor=actor, expect={id: present}, reason=reason)
    return store.history(layer, id)[-1]
