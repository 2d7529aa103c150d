"""The one error of the printing rooms; its ``code`` says which refusal it is.

``scale_too_large``        the map does not fit the frame; the largest scale that does is named
``glyph_missing``          a character that no font has
``public_needs_number``    public sheet without 审图号 or approval file number
``public_not_allowed``     rows that may not be made public
``number_bound_elsewhere`` the 审图号 belongs to other content
``nothing_to_draw``        no data lie on the sheet
``unknown_sheet``          no recipe of this name
"""

from __future__ import annotations

from geo.errors import PlatformError

__all__ = ["SheetError"]


class SheetError(PlatformError, ValueError):
    """A sheet cannot be drawn, or may not be published, as asked."""

    code = "sheet"
