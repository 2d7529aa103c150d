"""Errors as RFC 9457 problems: one table from error class to status, Chinese titles, findings."""

from __future__ import annotations

import logging
import secrets
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import orjson
from starlette.responses import Response

from api.auth.errors import SignInRefused, TooManyAttempts
from geo.errors import PlatformError
from layers.errors import (
    Conflict,
    InvalidRecord,
    NotAllowed,
    NotFound,
    StaleVersion,
    StoreError,
    Unmet,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["PROBLEM", "TITLES", "Refused", "problem", "problem_of", "status_of", "unforeseen"]

PROBLEM = "application/problem+json"

TITLES = {
    400: "请求有误",
    401: "请先登录",
    403: "没有权限",
    404: "没有找到",
    405: "不支持的方法",
    406: "不能提供所要的格式",
    408: "请求超时",
    409: "与现状冲突",
    411: "缺少长度",
    412: "版本已变",
    413: "内容过大",
    415: "不支持的内容类型",
    416: "范围不对",
    422: "内容不合要求",
    428: "须注明版本",
    429: "请求过于频繁",
    500: "系统内部错误",
    503: "暂时不能服务",
    507: "磁盘空间不足",
}
"""Status -> title of its problems."""

_STATUS_OF_CODE = {"disk_full": 507}

_STATUS_OF_CLASS: tuple[tuple[type[PlatformError], int], ...] = (
    (NotFound, 404),
    (StaleVersion, 412),
    (Unmet, 409),
    (Conflict, 409),
    (InvalidRecord, 422),
    (NotAllowed, 403),
    (StoreError, 503),
    (SignInRefused, 401),
    (TooManyAttempts, 429),
    (PlatformError, 400),
)


class Refused(PlatformError):  # noqa: N818 - what it is, as in `layers.errors`
    """A refusal that belongs to HTTP and to no room below, with its status.

    Parameters
    ----------
    status
        4xx.
    message
        One Chinese sentence: what, where, what to do.
    code
        Stable snake_case word.
    where
        Parameter, header or field at fault.
    headers
        To send along, such as Retry-After.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        code: str,
        where: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message, code=code, where=where)
        self.status = status
        self.headers = dict(headers or {})


def problem(
    status: int,
    detail: str,
    *,
    code: str,
    where: str | None = None,
    findings: Iterable[Any] = (),
    headers: Mapping[str, str] | None = None,
    **more: Any,  # noqa: ANN401 - members of the document
) -> Response:
    """Give a problem document.

    Parameters
    ----------
    status
        HTTP status.
    detail
        One Chinese sentence.
    code, where, findings
        For programs.
    headers
        To send along.
    more
        Further members.

    Returns
    -------
    The response, ``application/problem+json``; never kept by a cache.
    """
    body: dict[str, Any] = {
        "type": f"urn:xygeo:problem:{code}",
        "title": TITLES.get(status, HTTPStatus(status).phrase),
        "status": status,
        "detail": detail,
        "code": code,
    }
    if where is not None:
        body["where"] = where
    listed = [item.to_json() if hasattr(item, "to_json") else item for item in findings]
    if listed:
        body["findings"] = listed
    return Response(
        orjson.dumps(body | more),
        status_code=status,
        media_type=PROBLEM,
        headers={"Cache-Control": "no-store", **(headers or {})},
    )


def status_of(error: PlatformError) -> int:
    """Say which HTTP status an error of the platform is.

    Parameters
    ----------
    error
        Any of them.

    Returns
    -------
    4xx or 5xx.
    """
    if isinstance(error, Refused):
        return error.status
    if error.code in _STATUS_OF_CODE:
        return _STATUS_OF_CODE[error.code]
    return next(status for kind, status in _STATUS_OF_CLASS if isinstance(error, kind))


def problem_of(error: PlatformError) -> Response:
    """Give the problem document of an error of the platform.

    Parameters
    ----------
    error
        What an endpoint raised.

    Returns
    -------
    The response.
    """
    status = status_of(error)
    headers = dict(error.headers) if isinstance(error, Refused) else {}
    if status == 401:
        headers.setdefault("WWW-Authenticate", "Bearer")
    if isinstance(error, TooManyAttempts):
        headers["Retry-After"] = str(error.retry_after)
    return problem(
        status,
        str(error),
        code=error.code,
        where=error.where,
        findings=getattr(error, "findings", ()),
        headers=headers,
    )


def unforeseen(error: BaseException) -> Response:
    """Give the answer to an error that nobody foresaw: an incident id, the rest goes to the log.

    Parameters
    ----------
    error
        What was raised.

    Returns
    -------
    A problem of status 500.
    """
    incident = secrets.token_hex(6)
    logging.getLogger("xygeo").error("incident", exc_info=error, extra={"incident": incident})
    return problem(
        500,
        f"系统内部出错，已记入日志，编号 {incident}；请把编号告诉管理员。",
        code="incident",
        incident=incident,
    )
