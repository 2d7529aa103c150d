"""What stands round the map: 图名, frames, scale, projection, notes, stamps."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from webmap.printing.grid import nice_step
from webmap.printing.items import Box, Item, PathItem, TextItem
from webmap.printing.typeset import chinese_date

if TYPE_CHECKING:
    from datetime import date

    import pyproj

    from webmap.printing.fonts import FontBook
    from webmap.printing.page import Page
    from webmap.printing.recipe import Layout
    from webmap.style import Style

__all__ = ["Imprint", "crosses", "footer", "frames", "projection_line", "scale_bar", "title_row"]

_ZONE = "CGCS2000 / 3-degree Gauss-Kruger CM"
_TITLE_SHARE = 0.72
"""No title is wider than this part of the paper: stamps stand beside it."""

_DISCLAIMER = "本图界线不作为划界依据"


@dataclass(frozen=True, kw_only=True)
class Imprint:
    """What a sheet says about itself.

    Attributes
    ----------
    title
        图名.
    notice
        示意数据 非法定, or nothing.
    number_line
        内部用图, or 审图号 with its number or a blank.
    approval
        Line of the approval file number; nothing unless public.
    publisher
        编制单位; nothing is printed as 未载明.
    day, data_day
        编制日期 and 资料截止日期.
    as_of
        区划时点 where the sheet shows another day than the data's own, else None.
    stamp
        Data hash and program version.
    test
        检测用 on test sheets.
    """

    title: str
    notice: str
    number_line: str
    approval: str
    publisher: str
    day: date
    data_day: date
    stamp: str
    as_of: date | None = None
    test: bool = False


def frames(layout: Layout, style: Style) -> list[Item]:
    """Heavy outer and fine inner frame."""
    return [
        _rectangle(layout.outer, style.ink, layout.pens["outer"], "frame"),
        _rectangle(layout.frame, style.ink, layout.pens["inner"], "frame"),
    ]


def title_row(layout: Layout, imprint: Imprint, style: Style, fonts: FontBook) -> list[Item]:
    """图名 in the middle, the quality notice at the left, the number line at the right."""
    size = layout.sizes["title"]
    wide = fonts.width(imprint.title, size=size, role="song", spacing=0.08 * size)
    size *= min(1.0, _TITLE_SHARE * layout.width / wide)
    out: list[Item] = [
        TextItem(
            x=layout.width / 2,
            y=layout.title_baseline,
            text=imprint.title,
            size=size,
            family="song",
            fill=style.ink,
            anchor="middle",
            weight=0.022,
            spacing=0.08 * size,
            layer="title",
        )
    ]
    stamps = [(imprint.notice, style.notice), ("检测用" if imprint.test else "", style.ink)]
    x = layout.outer.x
    for text, color in stamps:
        if text:
            items, width = _stamp(layout, fonts, x, text, color)
            out += items
            x += width + 2.0 * layout.unit
    right = layout.width - layout.outer.x
    if imprint.approval:
        out.append(_plain(layout, right, 3.6, imprint.approval, "small", style.ink, anchor="end"))
    if imprint.number_line:
        width = fonts.width(imprint.number_line, size=layout.sizes["stamp"], role="hei")
        items, _ = _stamp(
            layout, fonts, right - width - 3.2 * layout.unit, imprint.number_line, style.ink
        )
        out += items
    return out


def footer(
    page: Page,
    layout: Layout,
    imprint: Imprint,
    crs: pyproj.CRS,
    style: Style,
    fonts: FontBook,
) -> list[Item]:
    """Projection and notes at the left, scale in the middle, publisher and dates at the right."""
    muted = layout.colors["muted"]
    left, right = layout.outer.x, layout.panel.x
    grid_km = nice_step(36.0 * page.unit / page.mm_per_m) / 1000
    lines = (
        (projection_line(crs), "body", style.ink),
        (f"方里网间隔 {grid_km:g} 千米　{_DISCLAIMER}", "body", style.ink),
        (imprint.stamp, "tiny", muted),
    )
    known = f"资料截止日期：{chinese_date(imprint.data_day)}"
    if imprint.as_of is not None:
        known += f"　区划时点：{chinese_date(imprint.as_of)}"
    dates = (
        (f"编制单位：{imprint.publisher or '未载明'}", "body", style.ink),
        (f"编制日期：{chinese_date(imprint.day)}", "body", style.ink),
        (known, "body", style.ink),
    )
    out: list[Item] = []
    for x, room, rows in (
        (left, layout.outer.width * 0.38, lines),
        (right, layout.panel.width, dates),
    ):
        for number, (text, name, color) in enumerate(rows):
            y = layout.footer.y + (6.0 + 4.6 * number) * layout.unit
            size = layout.sizes[name]
            size = max(
                layout.least, size * min(1.0, room / fonts.width(text, size=size, role="hei"))
            )
            out.append(TextItem(x=x, y=y, text=text, size=size, fill=color, layer="imprint"))
    return out + scale_bar(page, layout, style)


def scale_bar(page: Page, layout: Layout, style: Style) -> list[Item]:
    """Numeric scale over a bar of four equal parts of whole or half kilometres."""
    unit, small = layout.unit, layout.sizes["small"]
    part = next(
        step
        for decade in (1, 10, 100, 1_000, 10_000, 100_000)
        for step in (decade, 2 * decade, 2.5 * decade, 5 * decade)
        if 4 * step * page.mm_per_m >= 44 * unit
    )
    length = part * page.mm_per_m
    middle = layout.outer.x + layout.outer.width / 2
    left, top = middle - 2 * length, layout.footer.y + 9.0 * unit
    height = 1.3 * unit
    out: list[Item] = [
        TextItem(
            x=middle,
            y=layout.footer.y + 6.2 * unit,
            text=f"1:{page.scale:,}",
            size=layout.sizes["scale"],
            fill=style.ink,
            anchor="middle",
            layer="scale",
        )
    ]
    for number in range(4):
        box = Box(left + number * length, top, length, height)
        corners = np.array(
            [(box.x, box.y), (box.right, box.y), (box.right, box.bottom), (box.x, box.bottom)]
        )
        out.append(
            PathItem(
                lines=(np.vstack([corners, corners[:1]]),),
                closed=True,
                fill=style.ink if number % 2 == 0 else style.paper,
                stroke=style.ink,
                width=layout.pens["bar"],
                join="miter",
                layer="scale-bar",
            )
        )
    metres = part * 4 < 2_000
    for number in range(5):
        value = part * number / (1 if metres else 1_000)
        word = ("米" if metres else "千米") if number == 4 else ""
        text = f"{value:g}"
        x = left + number * length
        out.append(
            TextItem(
                x=x,
                y=top + height + 1.15 * small,
                text=text,
                size=small,
                fill=style.ink,
                anchor="middle",
                layer="scale",
            )
        )
        if word:
            out.append(
                TextItem(
                    x=x + (0.35 * len(text) + 0.45) * small,
                    y=top + height + 1.15 * small,
                    text=word,
                    size=small,
                    fill=style.ink,
                    layer="scale",
                )
            )
    return out


def projection_line(crs: pyproj.CRS) -> str:
    """Coordinate system and projection as the margin names them.

    Parameters
    ----------
    crs
        The print CRS: a CGCS2000 3-degree zone, or a transverse Mercator of its own.
    """
    operation = crs.coordinate_operation
    values = {p.name: p.value for p in operation.params} if operation is not None else {}
    meridian = float(values.get("Longitude of natural origin", float("nan")))
    if crs.name.startswith(_ZONE):
        return f"2000国家大地坐标系　高斯-克吕格投影 3°带　中央经线{meridian:g}°"
    return f"2000国家大地坐标系　横轴墨卡托投影　中央经线{meridian:.4f}°"


def crosses(page: Page) -> tuple[list[Item], tuple[tuple[float, float], tuple[float, float]]]:
    """Two test crosses at whole kilometres (else hectometres), lower left and upper right.

    Returns
    -------
    The crosses and their eastings and northings.
    """
    west, south, east, north = page.extent
    inset = 3.0 / page.mm_per_m
    diagonal = math.hypot(east - west, north - south)
    low, high = (west, south), (east, north)
    for step in (1000.0, 100.0, 10.0):  # a frame may be too small for two whole kilometres
        low = (_up(west + inset, step), _up(south + inset, step))
        high = (-_up(inset - east, step), -_up(inset - north, step))
        if low[0] < high[0] and low[1] < high[1] and math.dist(low, high) >= diagonal / 2:
            break
    places = (low, high)
    out: list[Item] = []
    for x, y in page.to_mm(np.array(places)):
        lines = (np.array([(x - 2.5, y), (x + 2.5, y)]), np.array([(x, y - 2.5), (x, y + 2.5)]))
        out.append(PathItem(lines=lines, stroke="#ff0000", width=0.1, layer="crosses"))
    return out, places


def _up(value: float, step: float) -> float:
    return math.ceil(value / step) * step


def _rectangle(box: Box, color: str, width: float, layer: str) -> PathItem:
    x0, y0, x1, y1 = box.bounds
    ring = np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)])
    return PathItem(
        lines=(ring,), closed=True, stroke=color, width=width, join="miter", layer=layer
    )


def _stamp(
    layout: Layout, fonts: FontBook, x: float, text: str, color: str
) -> tuple[list[Item], float]:
    """Text in a fine box that stands on the title's baseline; its width."""
    size, unit = layout.sizes["stamp"], layout.unit
    pad = 1.6 * unit
    width = fonts.width(text, size=size, role="hei") + 2 * pad
    height = size + 1.9 * unit
    middle = layout.title_baseline - 0.38 * layout.sizes["title"]
    box = Box(x, middle - height / 2, width, height)
    return [
        _rectangle(box, color, 0.22 * unit, "stamp"),
        TextItem(
            x=x + pad,
            y=middle + 0.38 * size,
            text=text,
            size=size,
            fill=color,
            layer="stamp",
        ),
    ], width


def _plain(
    layout: Layout, x: float, below: float, text: str, size: str, color: str, *, anchor: str
) -> TextItem:
    return TextItem(
        x=x,
        y=layout.title_baseline + below * layout.unit,
        text=text,
        size=layout.sizes[size],
        fill=color,
        anchor=anchor,
        layer="imprint",
    )
