"""One offline file that shows a service picture: circles, gaps, facilities, ranked table.

`service_map` gives the folium map, to which more folium elements may be added; `render_map` and
`write_map` give and write the finished page.
"""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Any

from branca.element import Element
from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from layers.analysis.siting_picture import SitingPicture
from layers.provenance import QUALITY_TITLES
from layers.whole_files import whole_file
from webmap.cells import shown_gaps, shown_summary
from webmap.folium_assets import OfflineMap, RawText, render_offline
from webmap.folium_data import as_script, facility_words, map_data, shape_count
from webmap.site_facts import site_facts
from webmap.style import legend_rows, load_style, picture_keys
from webmap.swatch import swatch, symbol_svg
from webmap.webfont import font_data_uri
from webmap.wording import (
    BOUNDARY_NOTE,
    UNIT_TITLES,
    count_text,
    minutes_text,
    question_parts,
    range_text,
    service_title,
    share_text,
)

if TYPE_CHECKING:
    from pathlib import Path

    from layers.analysis.picture import ServicePicture
    from webmap.style import Style

__all__ = ["render_map", "service_map", "write_map"]


def render_map(
    picture: ServicePicture, *, title: str | None = None, publisher: str = "", full: bool = False
) -> str:
    """Render a service picture as one HTML page that needs no network.

    Parameters
    ----------
    picture
        The answer that is drawn; frames may be empty.
    title
        Title of map and page; None names the county and the minutes.
    publisher
        编制单位; empty leaves it out.
    full
        Whether counts of 1-4 are shown (only for those who may see them).

    Returns
    -------
    The page; the same for the same picture and words.

    Raises
    ------
    NotOfflineError
        If the page would fetch something from outside.
    """
    return render_offline(service_map(picture, title=title, publisher=publisher, full=full).page)


def write_map(
    picture: ServicePicture,
    path: Path,
    *,
    title: str | None = None,
    publisher: str = "",
    full: bool = False,
) -> int:
    """Write the page of `render_map` and count what it draws.

    Parameters
    ----------
    picture, title, publisher, full
        As `render_map`.
    path
        The file, whose folder exists; written whole or not at all.

    Returns
    -------
    Number of features drawn.

    Raises
    ------
    NotOfflineError
        If the page would fetch something from outside; nothing is written.
    """
    html = render_map(picture, title=title, publisher=publisher, full=full)
    with whole_file(path) as part:
        part.write_text(html, encoding="utf-8", newline="\n")
    return shape_count(picture)


def service_map(
    picture: ServicePicture, *, title: str | None = None, publisher: str = "", full: bool = False
) -> OfflineMap:
    """Build the folium map of a service picture.

    Parameters
    ----------
    picture, title, publisher, full
        As `render_map`.

    Returns
    -------
    The map in its page; `webmap.folium_assets.render_offline(map.page)` gives the HTML.
    """
    style = load_style()
    county = str(picture.county["name"].iloc[0]) if len(picture.county) else ""
    title = title or service_title(picture.question, county)
    data = map_data(picture, style, full=full)
    words = _words(picture, style, title=title, publisher=publisher, full=full)
    body, data_text = _template("panel.html").render(**words), as_script(data)
    head = _template("head.html").render(**words)

    south_west, north_east = data["bounds"]
    middle = tuple((a + b) / 2 for a, b in zip(south_west, north_east, strict=True))
    drawn = OfflineMap(title=title, location=(middle[0], middle[1]))
    page = drawn.page
    css, script = _asset("map.css"), _asset("map.js")
    letters = font_data_uri([title, head, body, data_text, script])
    font = f'@font-face{{font-family:"xygeo";src:url({letters})}}'
    page.header.add_child(RawText(f"<style>\n{font}\n{css}</style>"), name="look")
    page.header.add_child(RawText(f"<script>\n{script}</script>"), name="draw")
    page.html.add_child(RawText(head), name="head")
    drawn.add_child(_Below(drawn, body, data_text), name="below")
    return drawn


class _Below(Element):
    """What stands after the map in the page: panel, data and the call that draws them."""

    def __init__(self, map_: OfflineMap, body: str, data: str) -> None:
        super().__init__()
        self._name = "Below"
        self.map = map_
        self.body = body
        self.data = data

    def render(self, **kwargs: object) -> str:  # noqa: ARG002  (the signature is branca's)
        """Put the parts where they belong in the page."""
        page = self.map.page
        data = f'<script type="application/json" id="xygeo-data">{self.data}</script>'
        page.html.add_child(RawText(f"{self.body}\n{data}"), name="below")
        page.script.add_child(RawText(f"xygeoDraw({self.map.get_name()});"), name="below")
        return ""


def _asset(name: str) -> str:
    return files("webmap").joinpath("offline", name).read_text(encoding="utf-8")


def _template(name: str) -> Template:
    made = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    made.filters |= {"count": count_text, "share": share_text, "minutes": minutes_text}
    made.globals |= {"range_text": range_text}
    return made.from_string(_asset(name))


def _words(
    picture: ServicePicture, style: Style, *, title: str, publisher: str, full: bool
) -> dict[str, Any]:
    """Everything that the templates say."""
    question = picture.question
    keys = picture_keys(picture, style)
    legend: dict[str, list[tuple[str, Markup, str]]] = {}
    for row in legend_rows(style, keys):
        drawing = Markup(swatch(row.style))  # noqa: S704  (made of numbers and our own colours)
        words = f"{question.minutes:g} 分钟{row.title}" if row.key == "area.circle" else row.title
        legend.setdefault(row.heading, []).append((row.key, drawing, words))
    places = facility_words(picture.facilities, style)
    facilities = [
        {**row, "svg": _facility_svg(style, str(row["key"]))}
        for row in places.assign(id=places.index.astype(str)).to_dict("records")
    ]
    rows = shown_gaps(picture.gaps, full=full)
    rows["name"] = rows["name"].fillna("未载明")
    return {
        "title": title,
        "publisher": publisher,
        "question": question_parts(question),
        "minutes": f"{question.minutes:g}",
        "facts": site_facts(picture) if isinstance(picture, SitingPicture) else (),
        "unit": UNIT_TITLES[question.by],
        "rows": rows.to_dict("records"),
        "summary": shown_summary(picture.summary, full=full),
        "legend": legend,
        "facilities": facilities,
        "notice": picture.provenance.notice,
        "quality": QUALITY_TITLES[picture.provenance.quality],
        "sources": picture.provenance.attributions,
        "date": f"{picture.data_date:%Y-%m-%d}",
        "data_hash": picture.data_hash[:12],
        "boundary_note": BOUNDARY_NOTE,
        "full": full,
    }


def _facility_svg(style: Style, key: str) -> Markup:
    kind, _, idle = key.partition(".")
    svg = symbol_svg(style.facility(kind, hollow=bool(idle)))
    return Markup(svg)  # noqa: S704  (made of numbers and our own colours)
