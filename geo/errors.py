"""The errors of the platform, all in one tree.

``PlatformError``
    ``CrsError``       a CRS is missing, different or refused
    ``GeometryError``  a geometry is of the wrong kind or not finite
    ``NetworkError``   a road network cannot be read or built
    ``InputError``     an argument or a column is wrong

Each of the four is a ``ValueError`` too, so callers may catch either. `layers.errors` adds its own
children of ``PlatformError``. Messages are Chinese sentences for people (what, where, what to do);
``code`` is for programs and never changes once released.
"""

from __future__ import annotations

__all__ = ["CrsError", "GeometryError", "InputError", "NetworkError", "PlatformError"]


class PlatformError(Exception):
    """Base of every error that the platform raises on purpose.

    Parameters
    ----------
    message
        One Chinese sentence: what is wrong, where, and what to do.
    code
        Stable snake_case word for programs; None takes the class's own.
    where
        The place at fault: a parameter, column, row, id or file name.
    """

    code: str = "platform_error"

    def __init__(self, message: str, *, code: str | None = None, where: str | None = None) -> None:
        super().__init__(message)
        if code is not None:
            self.code = code
        self.where = where


class CrsError(PlatformError, ValueError):
    """A coordinate reference system is missing, different or refused."""

    code = "crs"


class GeometryError(PlatformError, ValueError):
    """A geometry is of the wrong kind or holds coordinates that are not finite."""

    code = "geometry"


class NetworkError(PlatformError, ValueError):
    """A road network cannot be read or built."""

    code = "network"


class InputError(PlatformError, ValueError):
    """An argument, a column or a value is not what the question needs."""

    code = "input"
