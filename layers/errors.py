"""The errors of the stored county, children of `geo.errors.PlatformError`.

``NotFound``          no such layer, feature, version or case
``Conflict``          the present state does not allow the step
    ``StaleVersion``  somebody else wrote the feature in between
    ``Unmet``         a check of a case is not met; `findings` say what speaks against it
``InvalidRecord``     a row breaks its schema; `findings` say where
``NotAllowed``        this actor may not do it
``StoreError``        the store cannot be opened, read or written
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geo.errors import PlatformError

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "Conflict",
    "InvalidRecord",
    "NotAllowed",
    "NotFound",
    "StaleVersion",
    "StoreError",
    "Unmet",
]


class NotFound(PlatformError):  # noqa: N818 - a word of the contract
    """No such layer, feature, version or case."""

    code = "not_found"


class Conflict(PlatformError):  # noqa: N818 - a word of the contract
    """The present state does not allow the step."""

    code = "conflict"


class StaleVersion(Conflict):
    """The feature has another version than the writer expected: read it again, then write."""

    code = "stale_version"


class Unmet(Conflict):
    """A check of a case is not met.

    Parameters
    ----------
    message
        One Chinese sentence.
    code
        Name of the check.
    where
        The action.
    findings
        What speaks against it, where the check has findings.
    """

    code = "unmet"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        where: str | None = None,
        findings: Iterable[Any] = (),
    ) -> None:
        super().__init__(message, code=code, where=where)
        self.findings = tuple(findings)


class InvalidRecord(PlatformError):  # noqa: N818 - a word of the contract
    """A row breaks its schema.

    Parameters
    ----------
    message
        One Chinese sentence about the first fault.
    code
        Stable snake_case word; None takes the class's own.
    where
        The field or row at fault.
    findings
        Every fault found, as `layers.validate.Finding` or the like.
    """

    code = "invalid_record"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        where: str | None = None,
        findings: Iterable[Any] = (),
    ) -> None:
        super().__init__(message, code=code, where=where)
        self.findings = tuple(findings)


class NotAllowed(PlatformError):  # noqa: N818 - a word of the contract
    """The actor may not do it."""

    code = "not_allowed"


class StoreError(PlatformError):
    """The store cannot be opened, read or written; `code` says which (``store_missing`` ...)."""

    code = "store"
