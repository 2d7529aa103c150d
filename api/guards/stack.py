"""The guards in their order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from api.guards.calls_log import CallsLog
from api.guards.headers import AnswerHeaders
from api.guards.hosts import HostCheck

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from api.settings import Settings

__all__ = ["guarded"]

_PACKED_ALREADY = (
    *DEFAULT_EXCLUDED_CONTENT_TYPES,
    "application/pdf",
    "application/vnd.apache.parquet",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
)
_GZIP_LEVEL = 4
"""Nine takes four times as long for a tenth less."""


def guarded(app: ASGIApp, settings: Settings) -> ASGIApp:
    """Put the guards around an application.

    Parameters
    ----------
    app
        What answers.
    settings
        Of the installation.

    Returns
    -------
    From the outside in: the caller's true address, the log line, headers, host, compression.
    """
    packed = GZipMiddleware(app, compresslevel=_GZIP_LEVEL, exclude_content_types=_PACKED_ALREADY)
    answer: ASGIApp = CallsLog(AnswerHeaders(HostCheck(packed, settings.allowed_hosts)))
    if settings.trusted_proxies:
        trusted = list(settings.trusted_proxies)
        answer = ProxyHeadersMiddleware(answer, trusted_hosts=trusted)  # type: ignore[arg-type,assignment]
    return answer
