"""Which stored facilities stand, and which of them count as a service at the door."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers.analysis.question import SERVICE_KINDS
from layers.errors import NotFound

if TYPE_CHECKING:
    import geopandas as gpd

    from layers.analysis.question import CareQuestion

__all__ = ["standing_facilities"]


def standing_facilities(
    facilities: gpd.GeoDataFrame, question: CareQuestion
) -> tuple[gpd.GeoDataFrame, tuple[str, ...]]:
    """Facilities in service, with a column `counted`.

    A missing status is taken as in service. A facility without a kind counts only while the
    question asks for the usual kinds, and is named in a warning: a register of names and places
    must not answer "no facility" in silence. A planned one never counts.

    Parameters
    ----------
    facilities
        Rows of `care_facilities`, index id.
    question
        `kinds` says which count.

    Returns
    -------
    The rows in service by id, with bool `counted`; and warnings.

    Raises
    ------
    NotFound
        If none counts, code `no_facilities`.
    """
    status = facilities["status"]
    kind = facilities["kind"]
    standing = facilities[
        (status.isna() | (status == "in_service")) & (kind.isna() | (kind != "planned"))
    ]
    standing = standing.sort_index()
    kind = standing["kind"]
    kindless = kind.isna() & (set(question.kinds) == set(SERVICE_KINDS))
    counted = (kind.isin(question.kinds) | kindless).astype(bool)
    if not counted.any():
        raise NotFound(
            f"没有可计入的养老设施（在用且类型为 {'、'.join(question.kinds)}）；"
            "请先导入 care_facilities，或用 --kind 指定类型。",
            code="no_facilities",
            where="care_facilities",
        )
    warnings: tuple[str, ...] = ()
    if kindless.any():
        warnings = (f"{int(kindless.sum())} 处设施没有填类型，已按上门可及的服务点计入。",)
    placeless = int((counted & (standing.geometry.is_empty | standing.geometry.isna())).sum())
    if placeless:
        warnings += (f"{placeless} 处计入的设施没有位置，不产生服务圈。",)
    return standing.assign(counted=counted), warnings
