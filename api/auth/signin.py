"""Who is behind a request: a bearer token, else the session of a cookie, else nobody.

A token that is no longer good is refused even where nobody needs one: whoever sends it believes
to be signed in. A cookie that is over is simply nobody's: browsers send them for weeks. Cookies
are sent by a browser whoever wrote the page, so with one every unsafe request must show that it
comes from our own page: by the CSRF token, and by its Origin where it tells one.
"""

from __future__ import annotations

import hmac
import ipaddress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.requests import cookie_parser

from api.account import ROLE_TITLES, VIEWER
from api.auth.accounts import Accounts
from api.auth.sessions import csrf_token
from api.problems import Refused

if TYPE_CHECKING:
    from starlette.datastructures import Headers
    from starlette.requests import Request

    from api.account import Account
    from api.operations import Operation
    from api.service import Service

__all__ = [
    "COOKIE",
    "LOGIN",
    "accounts_of",
    "cookie_of",
    "expired_cookie",
    "recognise",
    "require_own_origin",
    "session_cookie",
    "who_asks",
]

COOKIE = "xygeo_session"
LOGIN = "/api/login"
"""Its caller shows a password, so that neither cookie nor token matter."""

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_CSRF_HEADER = "X-CSRF-Token"


def accounts_of(service: Service) -> Accounts:
    """Give the accounts of an installation; opened once a worker.

    Parameters
    ----------
    service
        The worker's belongings.

    Returns
    -------
    The accounts.
    """
    return service.part(_open_accounts)


def recognise(service: Service, request: Request, operation: Operation) -> Account:
    """Find who asks.

    Parameters
    ----------
    service
        The worker's belongings.
    request
        With its headers.
    operation
        What is asked for.

    Returns
    -------
    The account; `VIEWER` for nobody.

    Raises
    ------
    Refused
        401 ``bad_token``; 403 ``csrf``.
    """
    headers = request.headers
    if operation.path == LOGIN:
        require_own_origin(service, headers, str(request.url))
        return VIEWER
    authorization = headers.get("authorization")
    if authorization is not None:
        return _by_token(service, authorization)
    cookie = cookie_of(headers)
    account = accounts_of(service).by_session(cookie) if cookie else None
    if account is None:
        return VIEWER
    if request.method not in _SAFE:
        require_own_origin(service, headers, str(request.url))
        sent = headers.get(_CSRF_HEADER, "")
        if not hmac.compare_digest(sent.encode(), csrf_token(cookie).encode()):
            raise Refused(
                403,
                f"请求缺少或带错了 {_CSRF_HEADER}，请刷新页面后再试。",
                code="csrf",
                where=_CSRF_HEADER,
            )
    return account


def require_own_origin(service: Service, headers: Headers, url: str) -> None:
    """Refuse a request that a page of another origin sent.

    Parameters
    ----------
    service
        The worker's belongings.
    headers
        Of the request; without Origin it did not come from a page.
    url
        As asked for.

    Raises
    ------
    Refused
        403 ``csrf``.
    """
    origin = headers.get("origin")
    if origin is None:
        return
    own = {_origin(url), _origin(service.settings.public_url)} - {None}
    if _origin(origin) not in own:
        raise Refused(403, "请求来自别的网站，已拒绝。", code="csrf", where="Origin")


def cookie_of(headers: Headers) -> str:
    """Give the value of the session's cookie; "" if there is none."""
    return cookie_parser(headers.get("cookie", "")).get(COOKIE, "")


def who_asks(account: Account, headers: Headers) -> dict[str, str | None]:
    """Give what a page must know of whoever looks at it.

    Parameters
    ----------
    account
        Who asks.
    headers
        Of the request; with a session's cookie comes its CSRF token, which a page loses when it
        is loaded again.

    Returns
    -------
    The body of ``/api/me``, a part of ``/api/boot``.
    """
    csrf = csrf_token(cookie_of(headers)) if account.via == "session" else None
    return {
        "name": account.name or None,
        "role": account.role,
        "title": ROLE_TITLES[account.role],
        "csrf": csrf,
    }


def session_cookie(service: Service, url: str, value: str) -> str:
    """Give the Set-Cookie header of a new session.

    Parameters
    ----------
    service
        The worker's belongings.
    url
        As asked for; its scheme and host decide whether the cookie is Secure.
    value
        Of the cookie; "" to learn before a sign-in whether it would survive.

    Returns
    -------
    The header's value. It ends with the browser, not at a date.

    Raises
    ------
    Refused
        400 ``insecure_transport``: over plain http, where a Secure cookie would be lost.
    """
    parts = urlsplit(url)
    public = urlsplit(service.settings.public_url)
    encrypted = parts.scheme == "https" or (
        public.scheme == "https" and public.netloc == parts.netloc
    )
    if not (encrypted or _is_loopback(parts.hostname or "") or service.settings.insecure_http):
        raise Refused(
            400,
            "不能经未加密的 http 登录：请改用 https；内网确需 http 时由管理员设"
            "环境变量 XYGEO_INSECURE_HTTP=1，在 nginx 之后时设 XYGEO_TRUSTED_PROXIES。",
            code="insecure_transport",
            where="XYGEO_INSECURE_HTTP",
        )
    return f"{COOKIE}={value}; Path=/; HttpOnly; SameSite=Strict{'; Secure' * encrypted}"


def expired_cookie() -> str:
    """Give the Set-Cookie header that makes the browser forget the session."""
    return f"{COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict"


def _open_accounts(service: Service) -> Accounts:
    return Accounts(service.settings.data / "accounts.sqlite", clock=service.clock)


def _by_token(service: Service, authorization: str) -> Account:
    scheme, _, text = authorization.partition(" ")
    found = accounts_of(service).by_token(text.strip()) if scheme.lower() == "bearer" else None
    if found is None:
        raise Refused(
            401,
            "令牌无效、已过期或已撤销，请重新登录或换一个令牌（Authorization: Bearer xyg_…）。",
            code="bad_token",
            where="Authorization",
            headers={"WWW-Authenticate": 'Bearer error="invalid_token"'},
        )
    return found


def _origin(url: str) -> tuple[str, str, int | None] | None:
    """Give scheme, host and port as browsers compare them; None for what is no address."""
    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        return None
    return (parts.scheme, parts.hostname, port) if parts.hostname else None


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
