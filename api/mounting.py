"""Operations on the wire: one ASGI endpoint a path.

It asks in this order: method, right, parameters, body, endpoint. A refusal for want of a right
comes before the body is read or even looked at; what an endpoint raises becomes a problem here.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from anyio import CapacityLimiter, to_thread
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from api.account import VIEWER
from api.bodies import read_model, require_media
from api.calls import Call, refusal
from api.guards.rates import rate_limits
from api.operations import JSON, Upload
from api.parameters import read_parameters
from api.permissions import readers, writers
from api.problems import Refused, problem, problem_of, unforeseen
from geo.errors import PlatformError
from layers.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from pydantic import BaseModel
    from starlette.datastructures import FormData
    from starlette.types import Message, Receive, Scope, Send

    from api.account import Account
    from api.operations import Operation
    from api.service import Service

    Recognise = Callable[[Request, Operation], Account]

__all__ = ["may_call", "routes_of"]

_THREADS = 16
"""Calls that run at once in a worker; each of its threads keeps a reader of the store open."""


def routes_of(
    operations: Iterable[Operation], service: Service, recognise: Recognise
) -> list[Route]:
    """Mount operations.

    Parameters
    ----------
    operations
        All of them; a method on a path only once.
    service
        The worker's belongings.
    recognise
        Finds who asks; raises where a sign-in is forged or a session lacks its CSRF token.

    Returns
    -------
    One route a path, in the given order.

    Raises
    ------
    ValueError
        If two operations share method and path.
    """
    by_path: dict[str, dict[str, Operation]] = {}
    for operation in operations:
        methods = by_path.setdefault(operation.path, {})
        if operation.method in methods:
            raise ValueError(f"{operation.method} {operation.path} comes twice")
        methods[operation.method] = operation
    limiter = CapacityLimiter(_THREADS)
    return [
        Route(path, _Path(methods, service, recognise, limiter), name=path)
        for path, methods in by_path.items()
    ]


def may_call(operation: Operation, account: Account, path: Mapping[str, str]) -> bool:
    """Say whether an account may call an operation; by default nobody may anything.

    Parameters
    ----------
    operation
        Which one.
    account
        Who asks.
    path
        Values in the path; of a layer's operation `collection` narrows the roles.

    Returns
    -------
    Whether it may.
    """
    if account.role not in operation.roles:
        return False
    if operation.layer_right is None:
        return True
    of_layer = readers if operation.layer_right == "read" else writers
    return account.role in of_layer(path["collection"])


class _Path:
    """ASGI endpoint of one path."""

    def __init__(
        self,
        methods: dict[str, Operation],
        service: Service,
        recognise: Recognise,
        limiter: CapacityLimiter,
    ) -> None:
        self._methods = methods
        self._service = service
        self._recognise = recognise
        self._limiter = limiter
        allowed = ["HEAD"] * ("GET" in methods) + [*methods, "OPTIONS"]
        self._allow = {"Allow": ", ".join(sorted(allowed))}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            response = await self._answer(request)
        except PlatformError as error:
            response = problem_of(error)
        except ClientDisconnect:
            return
        except Exception as error:  # noqa: BLE001 - the last net: an incident, never a traceback
            response = unforeseen(error)
        if request.method == "HEAD":
            response = _without_body(response)
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        method = request.method
        if method == "OPTIONS":
            return Response(status_code=204, headers=self._allow)
        operation = self._methods.get("GET" if method == "HEAD" else method)
        if operation is None:
            return problem(
                405,
                f"这里不能用 {method[:20]}，可用：{self._allow['Allow']}。",
                code="method_not_allowed",
                headers=self._allow,
            )
        request.scope["operation"] = operation
        address = request.client.host if request.client else ""
        limits = self._service.part(rate_limits)
        try:
            account = await self._account(request, operation)
        except Refused:  # who shows what is not good counts as a stranger
            limits.require(operation.cost, VIEWER, address)
            raise
        request.scope["account"] = account
        limits.require(operation.cost, account, address)
        if not may_call(operation, account, request.path_params):
            if account.known:
                await to_thread.run_sync(self._note_refusal, operation, account)
            raise refusal(account, operation.title)
        params, query = _parameters(operation, request)
        limited = Request(request.scope, _limited(request, operation.body_limit))
        raw, model, form = await _body(operation, limited)
        try:
            call = Call(
                service=self._service,
                operation=operation,
                account=account,
                params=params,
                query=query,
                headers=request.headers,
                url=str(request.url),
                base_url=self._service.settings.public_url or _asked(request),
                address=address,
                raw=raw,
                model=model,
                form=form,
            )
            return await to_thread.run_sync(operation.endpoint, call, limiter=self._limiter)
        finally:
            if form is not None:
                await form.close()

    async def _account(self, request: Request, operation: Operation) -> Account:
        """Find who asks; a stranger shows nothing to look up, and need not wait for a thread."""
        if not {"authorization", "cookie"} & set(request.headers.keys()):
            return self._recognise(request, operation)
        return await to_thread.run_sync(self._recognise, request, operation, limiter=self._limiter)

    def _note_refusal(self, operation: Operation, account: Account) -> None:
        """Tell the auditors who tried more than the role allows; strangers would only fill it."""
        about = {"method": operation.method, "route": operation.path}
        with contextlib.suppress(StoreError):  # a full disk must not turn a refusal into a fault
            self._service.access_log.record(account.actor, "refused", about)


def _parameters(
    operation: Operation, request: Request
) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    try:
        text = request.scope["query_string"].decode("ascii")
        query = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=100)
        path = {name: str(value) for name, value in request.path_params.items()}
        for value in path.values():
            # The server decodes paths leniently: bad UTF-8 shows as replacement characters.
            if "\ufffd" in value or any(0xD800 <= ord(c) < 0xE000 for c in value):
                raise ValueError(value)
    except ValueError as error:
        raise Refused(
            400, "网址不是合格的 UTF-8，请改正后再试。", code="bad_url", where="url"
        ) from error
    values = read_parameters(operation.params, path, query, open_query=operation.open_query)
    return values, query


async def _body(
    operation: Operation, request: Request
) -> tuple[bytes, BaseModel | None, FormData | None]:
    kind = operation.body
    if kind is None:
        return b"", None, None
    header = request.headers.get("content-type")
    if isinstance(kind, Upload):
        require_media(header, ("multipart/form-data",))
        try:
            return b"", None, await request.form(max_files=20, max_fields=40)
        except (HTTPException, MultiPartException, ValueError, KeyError) as error:
            raise Refused(
                400, "上传的表单写法不对，请重新选择文件再试。", code="bad_form", where="body"
            ) from error
    if isinstance(kind, type):
        require_media(header, (JSON,))
        raw = await request.body()
        return raw, read_model(kind, raw), None
    require_media(header, tuple(kind))
    return await request.body(), None, None


def _limited(request: Request, limit: int) -> Receive:
    """Give the request's body up to a limit, whatever its headers promise."""
    size = 0

    async def receive() -> Message:
        nonlocal size
        message = await request.receive()
        size += len(message.get("body", b""))
        if size > limit:
            raise Refused(
                413, f"内容超过 {limit // 2**20} MiB，请分开提交。", code="too_large", where="body"
            )
        return message

    return receive


def _asked(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}"


def _without_body(response: Response) -> Response:
    """Give headers alone, as HEAD asks; also of a file or stream, which is then never opened."""
    bare = Response(status_code=response.status_code)
    bare.raw_headers = list(response.raw_headers)
    background = response.background
    bare.background = background
    return bare
