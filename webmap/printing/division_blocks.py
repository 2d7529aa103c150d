"""Blocks of a division picture's panel: how many units and facilities, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

if TYPE_CHECKING:
    from layers.analysis.division_picture import DivisionPicture
    from webmap.printing.panel_pen import PanelPen

__all__ = ["division_figures", "division_table", "facility_table"]


def division_figures(pen: PanelPen, picture: DivisionPicture) -> None:
    """Write how many townships, villages and facilities there are.

    Parameters
    ----------
    pen
        Stands where the block begins.
    picture
        What is drawn.
    """
    kinds = picture.villages["kind"]
    communities = int((kinds == "community").sum())
    villages, facilities = len(kinds) - communities, len(picture.facilities)
    colors = pen.layout.colors
    columns = [
        (f"{villages:,}", "村", colors["accent"]),
        (f"{communities:,}", "社区", colors["accent"]),
        (f"{facilities:,}", "在用养老服务设施", pen.style.letters["facility"].color),
    ]
    if len(picture.within):
        pen.heading(str(picture.within["name"].iloc[0]), str(picture.within["code"].iloc[0]))
    else:
        name = str(picture.county["name"].iloc[0]) if len(picture.county) == 1 else "区划"
        code = str(picture.county["code"].iloc[0]) if len(picture.county) == 1 else ""
        pen.heading(name, code)
        columns.insert(0, (f"{len(picture.townships):,}", "乡镇", colors["accent"]))
    pen.key_figures(columns)


def division_table(pen: PanelPen, picture: DivisionPicture) -> None:
    """Write a row for each township: code, villages, communities, facilities.

    Parameters
    ----------
    pen
        Stands where the block begins.
    picture
        What is drawn.
    """
    towns, villages = picture.townships.sort_values("code"), picture.villages
    pitch = pen.mm(5.0)
    room = int((pen.bottom - pen.y - pen.mm(20)) / pitch) - 1
    if not len(towns) or room < 1:
        return
    community = villages["kind"] == "community"
    rural = villages["parent_code"][~community].value_counts()
    urban = villages["parent_code"][community].value_counts()
    served = _facility_towns(picture).value_counts()
    rows = [
        (name, code, *(f"{int(one.get(code, 0)):,}" for one in (rural, urban, served)))
        for code, name in zip(towns["code"], towns["name"], strict=True)
    ]
    pen.y += pen.mm(2.0)
    pen.heading("乡镇一览")
    total = ("合计", "", *(f"{int(one.sum()):,}" for one in (rural, urban, served)))
    pen.table(
        ("乡镇", "区划代码", "村", "社区", "养老设施"),
        rows[:room],
        widths=(20, 25, 12, 12, 16),
        pitch=pitch,
        total=total if len(rows) > 1 else (),
        named=0,
    )
    if len(rows) > room:
        pen.y += pen.mm(3.8)
        pen.paragraph(f"另有 {len(rows) - room} 行未列出。", "tiny", pen.layout.colors["muted"])
    pen.y += pen.mm(4.4)


def _facility_towns(picture: DivisionPicture) -> pd.Series[str]:
    """Code of the township in which each facility stands."""
    placed = picture.facilities[~picture.facilities.geometry.is_empty]
    inside = gpd.sjoin(placed[["geometry"]], picture.townships[["code", "geometry"]])
    codes: pd.Series[str] = inside["code"][~inside.index.duplicated()]
    return codes


def facility_table(pen: PanelPen, picture: DivisionPicture) -> None:
    """Write a row for each facility; on a county's sheet only if there is room for all.

    Parameters
    ----------
    pen
        Stands where the block begins.
    picture
        What is drawn.
    """
    found = [
        (name if isinstance(name, str) else "名称未载明", pen.style.facility(kind))
        for name, kind in zip(picture.facilities["name"], picture.facilities["kind"], strict=True)
    ]
    found.sort(key=lambda row: (-row[1].size_mm, row[1].title, row[0]))
    rows = [(name, symbol.title) for name, symbol in found]
    pitch = pen.mm(4.9)
    space = pen.bottom - pen.y - pen.mm(14)
    room = int(space / pitch)
    if room < len(rows):
        room = int((space - pen.mm(4)) / pitch)  # then a line says how many are not listed
    if not rows or room < (1 if len(picture.within) else len(rows)):
        return
    pen.y += pen.mm(2.0)
    pen.heading("养老服务设施", "在用")
    pen.table(("名称", "类型"), rows[:room], widths=(50, 35), pitch=pitch, named=0)
    if len(rows) > room:
        pen.y += pen.mm(3.8)
        pen.paragraph(f"另有 {len(rows) - room} 处未列出。", "tiny", pen.layout.colors["muted"])
