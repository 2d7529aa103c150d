"""One log line a call: what was asked of which route, how it ended and how long it took."""

from __future__ import annotations

import logging
import secrets
import time
from typing import TYPE_CHECKING

from starlette.requests import ClientDisconnect

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["CallsLog"]

_log = logging.getLogger("xygeo")


class CallsLog:
    """Gives every call an id (``X-Request-Id``) and writes its line when it has been answered.

    The route is the template of the operation: neither ids of features nor query values are
    written. `scope["operation"]` and `scope["account"]` come from `api.mounting`.

    Parameters
    ----------
    app
        What answers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a call on, then write its line."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        start = time.perf_counter()
        request_id = scope["request_id"] = secrets.token_hex(8)
        status = 499  # nothing was answered: the caller has gone

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                named = (b"X-Request-Id", request_id.encode())
                message = {**message, "headers": [*message.get("headers", ()), named]}
            await send(message)

        try:
            await self._app(scope, receive, noted)
        except ClientDisconnect:
            pass
        except BaseException:
            status = 500 if status == 499 else status
            raise
        finally:
            operation, account = scope.get("operation"), scope.get("account")
            _log.log(
                logging.ERROR if status >= 500 else logging.INFO,
                "call",
                extra={
                    "method": scope["method"][:20],
                    "route": "" if operation is None else operation.path,
                    "status": status,
                    "ms": round((time.perf_counter() - start) * 1000, 1),
                    "request_id": request_id,
                    "account": "" if account is None else account.name,
                },
            )
