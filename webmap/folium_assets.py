"""What lets a folium map work without a network: Leaflet inline, stable ids, a strict policy.

folium 0.20 names ten foreign addresses in every page and puts the output of its templates through
a second template. `OfflineMap` names none; text that people wrote goes in as `RawText`, which no
template reads. `render_offline` refuses a page that still asks for something from outside and
gives it a content security policy, under which the browser would refuse it too.
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from html import escape
from html.parser import HTMLParser
from importlib.resources import files
from typing import TYPE_CHECKING

import folium
from branca.element import Element, Figure
from folium.template import Template

from geo.errors import PlatformError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from importlib.resources.abc import Traversable

__all__ = [
    "NotOfflineError",
    "OfflineMap",
    "RawText",
    "leaflet_css",
    "leaflet_js",
    "render_offline",
]

_INSIDE = re.compile(r"\s*(?:data:|#|$)", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:https?|wss?|ftp):(?:\\?/){2}[^\s\"'`)<>\\]*", re.IGNORECASE)
_CSS_URL = re.compile(r"url\(\s*['\"]?(?!data:|#)|@import", re.IGNORECASE)
_SOURCES = frozenset(
    {"src", "srcset", "href", "xlink:href", "data", "action", "formaction", "poster", "background"}
)
_NAMESPACES = ("http://www.w3.org/1999/xlink", "http://www.w3.org/2000/svg")
_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_POLICY_MARK = "<!-- content security policy -->"


class NotOfflineError(PlatformError):
    """Something in a page would be fetched from outside."""

    code = "not_offline"

    def __init__(self, where: str, what: str) -> None:
        super().__init__(
            f"离线地图里的 {where} 要从外部取“{what[:80]}”，请改用随文件内嵌的内容。", where=where
        )


class RawText(Element):
    """Text that is put into the page as it is; no template reads it.

    Parameters
    ----------
    text
        Finished HTML, CSS or script, already escaped where people wrote it.
    """

    def __init__(self, text: str) -> None:
        super().__init__()
        self._name = "RawText"
        self.text = text

    def render(self, **kwargs: object) -> str:  # noqa: ARG002  (the signature is branca's)
        """Give the text."""
        return self.text


class _Page(Figure):
    """A page in Chinese that may be read on any machine, with room for its policy.

    Parameters
    ----------
    title
        Title of the page, as people wrote it.
    """

    _template = Template(
        "<!DOCTYPE html>\n"
        '<html lang="zh-CN">\n'
        "<head>\n"
        '<meta charset="utf-8">\n'
        f"{_POLICY_MARK}\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        "<title>{{ this.title|e }}</title>\n"
        "{{ this.header.render(**kwargs) }}\n"
        "</head>\n"
        "<body>\n"
        "{{ this.html.render(**kwargs) }}\n"
        "<script>\n{{ this.script.render(**kwargs) }}\n</script>\n"
        "</body>\n"
        "</html>\n",
    )

    def __init__(self, title: str) -> None:
        super().__init__(title=title)
        self.header._children.clear()  # noqa: SLF001  (branca's own meta tag, replaced above)


class OfflineMap(folium.Map):
    """A folium map that needs nothing but its own file.

    Other folium elements may be added to it as to any map; one that asks for a file from outside
    is refused by `render_offline`. Leaflet stands inline, its pictures as data.

    Parameters
    ----------
    title
        Title of the page.
    location
        Latitude and longitude of the middle.
    """

    # Static text only: branca compiles what a macro gives as a template once more.
    _template = Template(
        "{% macro header(this, kwargs) %}{% endmacro %}"
        "{% macro html(this, kwargs) %}"
        '<div class="folium-map" id={{ this.get_name()|tojson }}></div>'
        "{% endmacro %}"
        "{% macro script(this, kwargs) %}"
        "var {{ this.get_name() }} = L.map({{ this.get_name()|tojson }}, {"
        "center: {{ this.location|tojson }}, crs: L.CRS.{{ this.crs }}, "
        "...{{ this.options|tojavascript }}});"
        "{% endmacro %}"
    )

    def __init__(self, *, title: str, location: tuple[float, float] = (0.0, 0.0)) -> None:
        super().__init__(
            location=location,
            tiles=None,
            zoom_control=False,
            attribution_control=False,
            zoom_snap=0.1,
        )
        self.default_js: list[tuple[str, str]] = []
        self.default_css: list[tuple[str, str]] = []
        self._page = page = _Page(title)
        page.add_child(self)
        page.header.add_child(RawText(f"<style>\n{leaflet_css()}\n</style>"), name="leaflet_css")
        page.header.add_child(RawText(f"<script>\n{leaflet_js()}\n</script>"), name="leaflet_js")

    @property
    def page(self) -> Figure:
        """The page that the map stands in, with `header`, `html` and `script`."""
        return self._page


def _static() -> Traversable:
    return files("js_lib_leaflet").joinpath("static", "js_lib_leaflet")


def _png(name: str) -> str:
    raw = _static().joinpath("images", name).read_bytes()
    return "data:image/png;base64," + base64.b64encode(raw).decode("ascii")


@cache
def leaflet_css() -> str:
    """Give Leaflet's style sheet with its pictures as data URIs."""
    text = _static().joinpath("leaflet.css").read_text(encoding="utf-8")
    return re.sub(r"url\(images/([\w.-]+)\)", lambda found: f"url({_png(found[1])})", text)


@cache
def leaflet_js() -> str:
    """Give Leaflet's script, its default icon's pictures as data URIs.

    Without the last lines every `folium.Marker` would look for two files beside the page.
    """
    text = _static().joinpath("leaflet.js").read_text(encoding="utf-8")
    text = re.sub(r"\n//# sourceMappingURL=.*", "", text)
    return (
        f"{text.rstrip()}\n"
        "delete L.Icon.Default.prototype._getIconUrl;\n"
        "L.Icon.Default.mergeOptions({"
        f'iconUrl: "{_png("marker-icon.png")}", '
        f'iconRetinaUrl: "{_png("marker-icon-2x.png")}", '
        f'shadowUrl: "{_png("marker-shadow.png")}"}});'
    )


def render_offline(page: Figure) -> str:
    """Render a page that asks nothing from outside, the same bytes for the same content.

    Parameters
    ----------
    page
        The page; its elements get stable ids.

    Returns
    -------
    The HTML with its content security policy.

    Raises
    ------
    NotOfflineError
        If an element or the HTML asks for something from outside.
    """
    for number, element in enumerate(_elements(page), start=1):
        element._id = f"{number:03d}"  # noqa: SLF001  (branca makes it from random bytes)
    html = page.render()
    for element in _elements(page):
        for name in ("url", "tiles", "default_js", "default_css"):
            value = getattr(element, name, None)
            if value and "://" in str(value):
                raise NotOfflineError(type(element).__name__, str(value))
    _Sources().feed(html)
    hashes = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()}'"
        for body in dict.fromkeys(_SCRIPT.findall(html))
    )
    policy = (
        "default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'; "
        f"script-src {hashes}; base-uri 'none'; form-action 'none'"
    )
    meta = f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">'
    return html.replace(_POLICY_MARK, meta, 1)


def _elements(element: Element) -> Iterator[Element]:
    """Walk an element and all below it, a page's parts last: rendering adds to them."""
    yield element
    for child in element._children.values():  # noqa: SLF001  (branca offers no other way)
        yield from _elements(child)
    if isinstance(element, Figure):
        for part in (element.header, element.html, element.script):
            yield from _elements(part)


class _Sources(HTMLParser):
    """Raise on the first thing in a page that would be fetched from outside."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        executable = given.get("type", "") in {"", "module", "text/javascript"}
        self._inside = tag if tag == "style" or (tag == "script" and executable) else ""
        for name, value in given.items():
            if name in _SOURCES and not _INSIDE.match(value):
                raise NotOfflineError(f"<{tag} {name}>", value)
            if name == "style" and _CSS_URL.search(value):
                raise NotOfflineError(f"<{tag} style>", value)

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002  (the signature is the parser's)
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "style" and (found := _CSS_URL.search(data)):
            raise NotOfflineError("<style>", data[found.start() : found.start() + 80])
        if self._inside == "script":
            for address in _ADDRESS.findall(data.replace(leaflet_js(), "")):
                if address not in _NAMESPACES:
                    raise NotOfflineError("<script>", address)
