"""Kept photos made small for a document: nobody prints twenty megapixels at the size of a stamp."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from PIL import Image, UnidentifiedImageError

from layers.errors import NotFound

if TYPE_CHECKING:
    from layers.files import Files

__all__ = ["small_copy"]

_SIDE_PX = 640


def small_copy(files: Files, name: str) -> bytes | None:
    """Give a small JPEG of a kept photo.

    Parameters
    ----------
    files
        Where it is kept; only the clean copy is there.
    name
        Of the file.

    Returns
    -------
    At most 640 pixels a side, nothing beside the pixels; None if the file is gone or no picture.
    """
    try:
        with Image.open(files.path(name)) as picture:
            picture.draft("RGB", (_SIDE_PX, _SIDE_PX))  # a JPEG is decoded small at once
            bare = picture.convert("RGB")
    except (NotFound, UnidentifiedImageError, OSError):
        return None
    bare.thumbnail((_SIDE_PX, _SIDE_PX))
    bare.info = {}
    out = BytesIO()
    bare.save(out, "JPEG", quality=82)
    return out.getvalue()
