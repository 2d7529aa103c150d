"""A folium page that needs nothing from outside, or is refused."""

from __future__ import annotations

import hashlib
import importlib.resources

import folium
import pytest
from branca.element import JavascriptLink
from folium.plugins import MarkerCluster

from webmap.folium_assets import (
    NotOfflineError,
    OfflineMap,
    RawText,
    leaflet_css,
    leaflet_js,
    render_offline,
)


def drawn(*elements, **parts) -> str:
    made = OfflineMap(title=parts.pop("title", "图"))
    for element in elements:
        made.add_child(element)
    for name, text in parts.items():
        getattr(made.page, name).add_child(RawText(text))
    return render_offline(made.page)


def test_leaflet_is_the_one_that_was_reviewed():
    file = importlib.resources.files("js_lib_leaflet") / "static" / "js_lib_leaflet" / "leaflet.js"
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    assert digest == "db49d009c841f5ca34a888c96511ae936fd9f5533e90d8b2c4d57596f4e5641a"


def test_leaflet_brings_its_pictures_along():
    assert "url(images/" not in leaflet_css()
    assert "url(data:image/png;base64," in leaflet_css()
    assert leaflet_js().count("data:image/png;base64,") == 3
    assert "sourceMappingURL" not in leaflet_js()


def test_same_elements_same_bytes_although_folium_names_them_at_random():
    def once() -> str:
        return drawn(folium.CircleMarker([36.5, 113.0]), folium.Marker([36.6, 113.1]))

    assert once() == once()


def test_a_page_rendered_twice_stays_the_same():
    made = OfflineMap(title="图")
    folium.CircleMarker([36.5, 113.0]).add_to(made)
    assert render_offline(made.page) == render_offline(made.page)


def test_title_is_escaped():
    assert "<title>&lt;b&gt;</title>" in drawn(title="<b>")


def test_raw_text_is_no_template():
    assert "{{ 7 * 7 }}" in drawn(html="<p>{{ 7 * 7 }}</p>")


def test_policy_allows_the_scripts_of_the_page_alone():
    page = drawn(script="var a = 1;")
    policy = page.split('Content-Security-Policy" content="')[1].split('"')[0]
    assert "default-src &#x27;none&#x27;" in policy
    assert policy.count("sha256-") == page.count("<script>")
    assert "unsafe-inline" not in policy.split("script-src")[1]


@pytest.mark.parametrize(
    "element",
    [
        folium.TileLayer("https://tile.example/{z}/{x}/{y}.png", attr="x"),
        MarkerCluster(),
        JavascriptLink("https://cdn.example/a.js"),
    ],
)
def test_elements_that_fetch_are_refused(element):
    with pytest.raises(NotOfflineError, match="请改用随文件内嵌的内容") as caught:
        drawn(element)
    assert caught.value.code == "not_offline"


@pytest.mark.parametrize(
    ("part", "text"),
    [
        ("html", '<img src="https://a.example/x.png">'),
        ("html", '<img src="//a.example/x.png">'),
        ("html", '<img src="beside.png">'),
        ("html", '<img srcset="HTTPS://a.example/x.png 2x">'),
        ("html", '<link rel="stylesheet" href="a.css">'),
        ("html", '<iframe src="http://a.example"></iframe>'),
        ("html", '<p style="background: url(http://a.example/x.png)">x</p>'),
        ("header", "<style>@import 'a.css';</style>"),
        ("header", "<style>p { background: url(x.png) }</style>"),
        ("script", 'fetch("https://a.example/data.json");'),
        ("script", "new WebSocket('wss://a.example');"),
        ("script", r'x("https:\/\/a.example");'),
    ],
)
def test_anything_from_outside_is_refused(part, text):
    with pytest.raises(NotOfflineError):
        drawn(**{part: text})


def test_addresses_in_data_and_text_are_no_sources():
    page = drawn(
        html='<p>见 https://a.example</p><script type="application/json">"https://a.example"</script>'
    )
    assert page.count("https://a.example") == 2
