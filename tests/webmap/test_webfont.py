"""The font of one page."""

from __future__ import annotations

import base64
from io import BytesIO

from fontTools.ttLib import TTFont

from webmap.webfont import font_data_uri


def test_font_holds_the_characters_asked_for_and_is_the_same_each_time():
    small, large = font_data_uri("虒"), font_data_uri("虒垴襄堡垣亭侯戠漳隒岇墚坨疃磛")
    assert small == font_data_uri(["虒", "虒"])
    assert len(small) < len(large) < 20_000


def test_font_is_readable_and_leaves_out_what_it_lacks():
    raw = base64.b64decode(font_data_uri("虒垴\ue000").split(",")[1])
    font = TTFont(BytesIO(raw))
    assert (font.flavor, set(font.getBestCmap())) == ("woff", {ord("虒"), ord("垴")})
