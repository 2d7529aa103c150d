"""What sign-in refuses.

``SignInRefused``    name or password is wrong, or the account is disabled: never said which
``TooManyAttempts``  wrong too often; `retry_after` seconds to wait
"""

from __future__ import annotations

from geo.errors import PlatformError

__all__ = ["SignInRefused", "TooManyAttempts"]


class SignInRefused(PlatformError):  # noqa: N818 - reads as what happened
    """Name and password are not those of an active account."""

    code = "sign_in_refused"


class TooManyAttempts(PlatformError):  # noqa: N818 - reads as what happened
    """Too many wrong attempts by this name or from this address.

    Parameters
    ----------
    message
        One Chinese sentence.
    retry_after
        Whole seconds until another attempt is judged.
    """

    code = "too_many_attempts"

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message, where="name")
        self.retry_after = retry_after
