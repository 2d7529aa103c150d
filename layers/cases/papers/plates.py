"""The list of name plates for villages: what is to be written on each, and where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from layers.cases.papers.made import Content
from layers.errors import NotFound
from layers.facts import pilot_villages
from layers.names.spelling import spelled
from layers.store import Query, each

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from layers.store import Row, Store

__all__ = ["plate_rows"]


def plate_rows(store: Store, *, on: date, villages: Sequence[str] = ()) -> dict[str, Any]:
    """Give the plates that villages need: one for the village, one for each standard name in it.

    Parameters
    ----------
    store
        An open store.
    on
        Day of the list; what is valid that day counts.
    villages
        Codes of villages; none: the pilot villages of the bureau's report.

    Returns
    -------
    As `document_rows`; table `plates`. A village without a confirmed spelling has the likeliest
    one, marked 拟，待核.

    Raises
    ------
    NotFound
        If a code is no village of the store on that day, code ``unknown_village``.
    """
    content = Content()
    asked = tuple(villages) or pilot_villages()
    for code in asked:
        content.tables.setdefault("plates", []).extend(_plates(store, content, code, on))
    for n, row in enumerate(content.tables["plates"], start=1):
        row["n"] = n
    content.fields = {"count": len(content.tables["plates"]), "villages": len(asked)}
    return {
        "type": "plates",
        "name": "list",
        "title": "地名标志牌清单",
        "case_id": None,
        "case_title": "地名标志牌清单",
        "version": None,
        "made_on": on.isoformat(),
        "formats": ["docx", "xlsx"],
        "fields": content.fields,
        "tables": content.tables,
        "map": None,
        "photos": [],
        **content.provenance("approximate").to_json(),
    }


def _plates(store: Store, content: Content, code: str, on: date) -> list[dict[str, Any]]:
    try:
        village = store.get("divisions", code, at=on)
    except NotFound:
        raise NotFound(
            f"{on} 的区划层没有 {code}，请核对代码或先导入 divisions。",
            code="unknown_village",
            where=code,
        ) from None
    content.use(village)
    town = store.get("divisions", village["parent_code"], at=on)
    within = f"{town['name']}{village['name']}"
    confirmed = village["pinyin"]
    plates = [
        {
            "name": village["name"],
            "pinyin": confirmed or spelled(village["name"], "division"),
            "spelling": "已定" if confirmed else "拟，待核",
            "kind": "村牌",
            "division": town["name"],
            "code": code,
            **_place(village),
            "document_no": None,
        }
    ]
    for row in each(store, "place_names", Query(at=on)):
        if row["status"] == "standard" and row["division_code"] == code:
            content.use(row)
            plates.append(
                {
                    "name": row["name"],
                    "pinyin": row["pinyin_tone"],
                    "spelling": "已定",
                    "kind": "地名牌",
                    "division": within,
                    "code": code,
                    **_place(row),
                    "document_no": row["document_no"],
                }
            )
    return plates


def _place(row: Row) -> dict[str, Any]:
    shape = row["geometry"]
    point = None if shape is None else shape if shape.geom_type == "Point" else shape.centroid
    return {
        "lon": None if point is None else round(point.x, 6),
        "lat": None if point is None else round(point.y, 6),
    }
