"""Blocks of a boundary-line sheet's panel: the line in figures, its course, the azimuth table."""

from __future__ import annotations

import math
from datetime import date
from typing import TYPE_CHECKING

import pandas as pd

from webmap.printing.typeset import broken, chinese_date

if TYPE_CHECKING:
    from layers.analysis.line_picture import LinePicture
    from webmap.printing.panel_pen import PanelPen

__all__ = ["azimuth_rows", "azimuths", "line_course", "line_facts"]

_PITCH_MM, _LEAST_PITCH = 3.7, 1.42
"""Height of a table row on A3, and its least in letter heights."""

_COURSE_MM = 17.0
"""Room that the table leaves for the course in words, if it can."""

_MISSING = "未载明"


def line_facts(pen: PanelPen, picture: LinePicture) -> None:
    """Write the line's length, how many markers it has, and what its record says.

    Parameters
    ----------
    pen
        Stands where the block begins.
    picture
        What is drawn.
    """
    row, colors = picture.line.iloc[0], pen.layout.colors
    names = "—".join(picture.sides["name"])
    pen.heading(f"{names}界线", str(picture.line.index[0]))
    worn = int(picture.markers["worn"].sum())
    pen.key_figures(
        (
            (f"{picture.length_m / 1000:.2f}", "图上线长（千米）", colors["accent"]),
            (f"{len(picture.markers)}", "界桩（个）", pen.style.ink),
            (f"{worn}", "损坏、移位、丢失（个）", pen.style.markers["worn"].color),
        )
    )
    agreed = row["length_km"]
    told = [
        ("协议长度", _MISSING if pd.isna(agreed) else f"{agreed:g} 千米"),
        ("协议书编号", _MISSING if pd.isna(row["agreement_no"]) else str(row["agreement_no"])),
        ("上次联检", _year(row["last_inspected_year"])),
        ("下次联检期限", _day(row["next_due"])),
    ]
    pen.paragraph(
        "；".join(f"{title} {said}" for title, said in told) + "。", "body", pen.style.ink
    )
    pen.y += pen.mm(4.2)


def _year(value: object) -> str:
    return _MISSING if pd.isna(value) else f"{value} 年"  # type: ignore[call-overload]


def _day(value: object) -> str:
    return chinese_date(value) if isinstance(value, date) and not pd.isna(value) else _MISSING


def line_course(pen: PanelPen, picture: LinePicture) -> None:
    """Write the line's course in words, as detailed as the rest of the panel allows.

    Parameters
    ----------
    pen
        Stands where the block begins; without room for the shortest words nothing is written.
    picture
        What is drawn; a line of several stretches has no course.
    """
    size, top = pen.layout.sizes["small"], pen.mm(2.0) + 0.88 * pen.layout.sizes["heading"]
    first = pen.y + top + pen.mm(5.5)
    room = int((pen.bottom - first) / (1.55 * size) + 1)
    for words in picture.courses():
        lines = broken(words, pen.right - pen.left, size=size, role="hei", fonts=pen.fonts)
        if len(lines) <= room:
            pen.y += pen.mm(2.0)
            pen.heading("界线走向", "按真北十六方位，由图形量算")
            pen.y += pen.mm(3.8)
            pen.paragraph(words, "small", pen.style.ink)
            pen.y += pen.mm(3.0)
            return


def azimuth_rows(picture: LinePicture) -> list[tuple[str, str, str, str, str]]:
    """Give the rows of the azimuth table: number, reference, name, grid azimuth, metres.

    Parameters
    ----------
    picture
        What is drawn.

    Returns
    -------
    In the order of the line; a marker's number stands in its first row. One without a reference
    has a row that says so.
    """
    out: list[tuple[str, str, str, str, str]] = []
    for key, number in picture.markers["number"].items():
        own = picture.references[picture.references["marker"] == key]
        if own.empty:
            out.append((str(number), "", _MISSING, "", ""))
        for place, name, azimuth, distance in zip(
            own["place"], own["name"], own["grid_azimuth_deg"], own["distance_m"], strict=True
        ):
            out.append(
                (
                    str(number) if place == own["place"].iloc[0] else "",
                    f"{place}",
                    name,
                    _figure(azimuth),
                    _figure(distance),
                )
            )
    return out


def _figure(value: float) -> str:
    if math.isnan(value):
        return _MISSING
    return f"{value:.1f}" if round(value, 1) == value else f"{value:.6g}"


def azimuths(pen: PanelPen, picture: LinePicture) -> None:
    """Write the azimuth table: in smaller type where it must; what finds no room is counted.

    Parameters
    ----------
    pen
        Stands where the block begins.
    picture
        What is drawn.
    """
    rows = azimuth_rows(picture)
    if not rows:
        return
    pen.y += pen.mm(2.0)
    pen.heading("界桩方位物", "坐标方位角：°；距离：米")
    space = pen.bottom - pen.y - pen.mm(5.0)
    for size, kept in (("body", _COURSE_MM), ("tiny", _COURSE_MM), ("tiny", 0.0), ("fine", 0.0)):
        least = _LEAST_PITCH * pen.layout.sizes[size]
        pitch = max(min((space - pen.mm(kept)) / len(rows), pen.mm(_PITCH_MM)), least)
        if len(rows) * pitch <= space - pen.mm(kept) + 1e-9:
            break
    room = int(space / pitch + 1e-9)
    shown = rows
    if room < len(rows):  # no marker is torn apart, and a line below says what is missing
        room = int((space - pen.mm(3.8)) / pitch + 1e-9)
        firsts = [number for number, row in enumerate(rows) if row[0]]
        shown = rows[: max((first for first in firsts if first <= room), default=0)]
    left_out = sum(1 for row in rows[len(shown) :] if row[0])
    if shown:
        pen.table(
            ("界桩号", "", "方位物", "坐标方位角", "距离"),
            shown,
            widths=(13, 6, 32, 20, 15),
            pitch=pitch,
            named=2,
            size=size,
        )
        pen.y += pen.mm(2.4)
    if left_out:
        pen.y += pen.mm(1.4)
        pen.paragraph(f"另有 {left_out} 个界桩未列出。", "tiny", pen.layout.colors["muted"])
