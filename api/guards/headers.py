"""Headers of every answer: what browsers may do with it, who may read it, what caches may keep."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["CORS_EXPOSED", "CSP", "AnswerHeaders"]

CSP = (
    "default-src 'self'; img-src 'self' data: blob:; worker-src 'self' blob:; object-src 'none';"
    " base-uri 'none'; frame-ancestors 'none'"
)
"""Nothing from other hosts, no inline script, in no frame."""

CORS_EXPOSED = "Content-Crs, ETag, Link, Location"
"""Headers that pages of other hosts may read of answers under /ogc."""

_CORS_METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
_CORS_ASKED = (
    "Accept, Accept-Language, Authorization, Content-Crs, Content-Type, If-Match, If-None-Match"
)
_PREFLIGHT_SECONDS = 600

_EVERYWHERE = (
    (b"Content-Security-Policy", CSP.encode()),
    (b"X-Content-Type-Options", b"nosniff"),
    (b"Referrer-Policy", b"no-referrer"),
)
_OGC = (
    (b"Access-Control-Allow-Origin", b"*"),
    (b"Access-Control-Expose-Headers", CORS_EXPOSED.encode()),
)
_PREFLIGHT = (
    *_OGC,
    (b"Access-Control-Allow-Methods", _CORS_METHODS.encode()),
    (b"Access-Control-Allow-Headers", _CORS_ASKED.encode()),
    (b"Access-Control-Max-Age", str(_PREFLIGHT_SECONDS).encode()),
    (b"Vary", b"Access-Control-Request-Headers, Access-Control-Request-Method, Origin"),
    (b"Content-Length", b"0"),
)
_SPELLED = {b"etag": b"ETag", b"www-authenticate": b"WWW-Authenticate", b"te": b"TE"}


class AnswerHeaders:
    """Adds the headers, answers preflights, and spells header names as people do.

    Older QGIS compares names such as ``Allow`` and ``Location`` letter by letter, and Starlette
    makes them small; the server sends them as they come from here.

    Parameters
    ----------
    app
        What answers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a call on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path: str = scope["path"]
        is_api = path.startswith("/api/") or path == "/api"
        is_ogc = path.startswith("/ogc/") or path == "/ogc"
        if is_ogc and scope["method"] == "OPTIONS" and _is_preflight(scope):
            await send(
                {
                    "type": "http.response.start",
                    "status": 204,
                    "headers": [*_EVERYWHERE, *_PREFLIGHT],
                }
            )
            await send({"type": "http.response.body", "body": b""})
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = [(_spelled(name), value) for name, value in message.get("headers", ())]
                if is_api:
                    kept = [pair for pair in kept if pair[0] != b"Cache-Control"]
                    kept.append((b"Cache-Control", b"no-store"))
                elif is_ogc:
                    kept += _OGC
                message = {**message, "headers": [*kept, *_EVERYWHERE]}
            await send(message)

        await self._app(scope, receive, with_headers)


def _is_preflight(scope: Scope) -> bool:
    names = {name for name, _ in scope["headers"]}
    return b"origin" in names and b"access-control-request-method" in names


def _spelled(name: bytes) -> bytes:
    small = name.lower()
    found = _SPELLED.get(small)
    if found is None:
        found = _SPELLED[small] = b"-".join(part.capitalize() for part in small.split(b"-"))
    return found
