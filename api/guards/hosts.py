"""By which names the service may be asked: another one is a forged or misdirected request."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from api.problems import problem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["HostCheck"]


class HostCheck:
    """Answers 400 where the Host header names another host.

    Parameters
    ----------
    app
        What answers else.
    hosts
        Names and addresses without port, in any case; ``*.example.cn`` for all below one. Empty:
        every host.
    """

    def __init__(self, app: ASGIApp, hosts: Iterable[str]) -> None:
        self._app = app
        names = [host.lower().strip("[]") for host in hosts]
        self._names = frozenset(name for name in names if not name.startswith("*."))
        self._endings = tuple(name[1:] for name in names if name.startswith("*."))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a call on, or refuse it."""
        known = not self._names and not self._endings
        if known or scope["type"] != "http" or self._knows(scope):
            await self._app(scope, receive, send)
            return
        refused = problem(
            400,
            "不能用这个主机名访问；管理员可在 XYGEO_ALLOWED_HOSTS 中加入。",
            code="unknown_host",
            where="Host",
        )
        await refused(scope, receive, send)

    def _knows(self, scope: Scope) -> bool:
        given = [value for name, value in scope["headers"] if name == b"host"]
        if len(given) != 1:
            return False
        try:
            host = urlsplit(f"//{given[0].decode('ascii')}").hostname or ""
        except ValueError:
            return False
        return host in self._names or host.endswith(self._endings)
