"""One call of an operation: who asks, with which parameters and body; and how it is answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import orjson
from starlette.responses import Response

from api.bodies import read_json
from api.operations import JSON
from api.problems import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import BaseModel
    from starlette.datastructures import FormData, Headers

    from api.account import Account
    from api.operations import Operation
    from api.service import Service

__all__ = ["Call", "json_response", "no_content", "refusal"]

Model = TypeVar("Model", bound="BaseModel")


class Call:
    """One call, as an endpoint gets it.

    Attributes
    ----------
    service
        The worker's belongings.
    operation
        The row that was matched.
    account
        Who asks; `VIEWER` for nobody.
    params
        Declared parameters, typed.
    query
        The whole query as written: names and values, in order.
    headers
        Of the request.
    url
        Of the request, as asked for: scheme, host, path and query.
    base_url
        Scheme and host that links must show (`XYGEO_PUBLIC_URL`, else as asked for).
    address
        Of the asker.
    raw
        Body in bytes; empty where the operation takes none or a form.
    form
        Fields and files of a multipart body.
    """

    __slots__ = (
        "account",
        "address",
        "base_url",
        "form",
        "headers",
        "model",
        "operation",
        "params",
        "query",
        "raw",
        "service",
        "url",
    )

    def __init__(
        self,
        *,
        service: Service,
        operation: Operation,
        account: Account,
        params: dict[str, Any],
        query: list[tuple[str, str]],
        headers: Headers,
        url: str,
        base_url: str,
        address: str,
        raw: bytes = b"",
        model: BaseModel | None = None,
        form: FormData | None = None,
    ) -> None:
        self.service = service
        self.operation = operation
        self.account = account
        self.params = params
        self.query = query
        self.headers = headers
        self.url = url
        self.base_url = base_url
        self.address = address
        self.raw = raw
        self.model = model
        self.form = form

    def body(self, model: type[Model]) -> Model:
        """Give the body as the model that the operation declares.

        Parameters
        ----------
        model
            The declared one.

        Returns
        -------
        The checked body.

        Raises
        ------
        TypeError
            If the operation declares another.
        """
        if not isinstance(self.model, model):
            raise TypeError(f"{self.operation.id} takes no {model.__name__}")
        return self.model

    def json(self) -> Any:  # noqa: ANN401 - any JSON
        """Give the raw body as JSON, read strictly."""
        return read_json(self.raw)

    def require(self, *, allowed: bool, what: str) -> None:
        """Refuse what this role may not do, where the body or a value decides.

        Parameters
        ----------
        allowed
            Whether it may.
        what
            The deed, in Chinese, for the sentence.

        Raises
        ------
        Refused
            401 `sign_in` for nobody, else 403 `not_allowed`.
        """
        if not allowed:
            refused = refusal(self.account, what)
            raise refused


def refusal(account: Account, what: str) -> Refused:
    """Give the refusal of a deed: sign in first, or not allowed for this role.

    Parameters
    ----------
    account
        Who asks.
    what
        The deed, in Chinese.

    Returns
    -------
    The error, to be raised.
    """
    if not account.known:
        return Refused(401, f"{what}须先登录。", code="sign_in")
    return Refused(
        403, f"您的身份（{account.role}）不能{what}，请找有权限的人办理。", code="not_allowed"
    )


def json_response(
    body: Any,  # noqa: ANN401 - what JSON can hold
    status: int = 200,
    *,
    headers: Mapping[str, str] | None = None,
    media: str = JSON,
) -> Response:
    """Give a JSON answer.

    Parameters
    ----------
    body
        What JSON can hold; dates too, numpy numbers too.
    status
        HTTP status.
    headers
        To send along.
    media
        Media type.

    Returns
    -------
    The response, UTF-8.
    """
    content = orjson.dumps(body, option=orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS)
    return Response(content, status_code=status, media_type=media, headers=dict(headers or {}))


def no_content() -> Response:
    """Give the answer 204."""
    return Response(status_code=204)
