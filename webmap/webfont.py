"""A font of just the characters of one page, so that no name shows as a box."""

from __future__ import annotations

import base64
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["font_data_uri"]


def font_data_uri(characters: Iterable[str]) -> str:
    """Noto Sans SC cut down to some characters, as a data URI of a WOFF font.

    Parameters
    ----------
    characters
        Any text; a character that the font lacks is left out.

    Returns
    -------
    `data:font/woff;base64,...`, the same for the same set of characters.
    """
    from fontTools import subset  # noqa: PLC0415  (half a second that only a map needs)
    from pylopdf_fonts_zh_cn import sans_path  # noqa: PLC0415

    options = subset.Options(
        flavor="woff",
        layout_features=[],
        hinting=False,
        notdef_outline=True,
        recalc_timestamp=False,
    )
    font = subset.load_font(str(sans_path()), options)
    font.recalcTimestamp = False
    cut = subset.Subsetter(options)
    cut.populate(unicodes=sorted({ord(character) for character in "".join(characters)}))
    cut.subset(font)
    written = BytesIO()
    subset.save_font(font, written, options)
    font.close()
    return "data:font/woff;base64," + base64.b64encode(written.getvalue()).decode("ascii")
