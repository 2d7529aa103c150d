"""Signing in and out, the own password, the own tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import Field

from api.account import ROLES
from api.auth.signin import LOGIN, accounts_of, cookie_of, expired_cookie, session_cookie, who_asks
from api.bodies import Body
from api.calls import json_response, no_content
from api.operations import JSON, Answer, Operation, Param
from api.permissions import ACCOUNTS, EVERYBODY

if TYPE_CHECKING:
    from starlette.responses import Response

    from api.auth import Token
    from api.calls import Call

__all__ = [
    "OPERATIONS",
    "Login",
    "NewPassword",
    "NewToken",
    "change_password",
    "create_token",
    "delete_token",
    "login",
    "logout",
    "me",
    "tokens",
]

_TEXT = 1024
"""Longer than any password may be; the sentence about its length is for `api.auth`."""


class Login(Body):
    """Name and password."""

    name: str = Field(max_length=_TEXT, description="账号名")
    password: str = Field(max_length=_TEXT, description="密码")


class NewPassword(Body):
    """The present password and the next."""

    old: str = Field(max_length=_TEXT, description="现在的密码")
    new: str = Field(max_length=_TEXT, description="新密码，12 到 128 个字符")


class NewToken(Body):
    """A wish for a token."""

    label: str = Field("", max_length=64, description="用途，如 QGIS")
    days: int = Field(ge=1, le=366, description="有效天数")
    gis: bool = Field(default=False, description="供桌面 GIS 编辑：写入时不核对版本，历史中注明")


def login(call: Call) -> Response:
    """Begin a session; whatever session the browser had ends."""
    body = call.body(Login)
    session_cookie(call.service, call.url, "")  # before the password is looked at
    session = accounts_of(call.service).sign_in(
        body.name, body.password, address=call.address, replaces=cookie_of(call.headers)
    )
    cookie = session_cookie(call.service, call.url, session.cookie)
    told = who_asks(session.account, call.headers) | {"csrf": session.csrf}
    return json_response(told, headers={"Set-Cookie": cookie})


def me(call: Call) -> Response:
    """Say who asks."""
    return json_response(who_asks(call.account, call.headers))


def logout(call: Call) -> Response:
    """End the session; with a token there is none to end."""
    if call.account.via == "session":
        accounts_of(call.service).sign_out(cookie_of(call.headers))
    response = no_content()
    response.headers["Set-Cookie"] = expired_cookie()
    return response


def change_password(call: Call) -> Response:
    """Change the own password; the own other sessions end."""
    body = call.body(NewPassword)
    kept = cookie_of(call.headers) if call.account.via == "session" else ""
    accounts_of(call.service).change_own_password(
        call.account, body.old, body.new, address=call.address, kept=kept
    )
    return no_content()


def tokens(call: Call) -> Response:
    """List the own tokens, without their texts."""
    found = accounts_of(call.service).tokens(call.account.name)
    return json_response({"tokens": [_token(token) for token in found]})


def create_token(call: Call) -> Response:
    """Make a token; its text is shown this once."""
    body = call.body(NewToken)
    text, token = accounts_of(call.service).issue_token(
        call.account.name,
        days=body.days,
        label=body.label,
        gis=body.gis,
        actor=call.account.actor,
    )
    return json_response(_token(token) | {"token": text}, 201)


def delete_token(call: Call) -> Response:
    """Revoke one of the own tokens."""
    accounts_of(call.service).revoke_token(
        call.params["id"], owner=call.account.name, actor=call.account.actor
    )
    return no_content()


def _token(token: Token) -> dict[str, Any]:
    return {
        "id": token.id,
        "label": token.label,
        "gis": token.gis,
        "made_at": token.made_at,
        "expires_at": token.expires_at,
    }


_ME = {
    "type": "object",
    "required": ["name", "role", "title", "csrf"],
    "properties": {
        "name": {"type": "string", "nullable": True, "description": "账号名；未登录为空"},
        "role": {"type": "string", "enum": ["viewer", *ROLES]},
        "title": {"type": "string", "description": "身份的中文名"},
        "csrf": {
            "type": "string",
            "nullable": True,
            "description": "用 Cookie 登录时，写请求须在 X-CSRF-Token 中带上",
        },
    },
}
_TOKEN: dict[str, Any] = {
    "id": {"type": "string"},
    "label": {"type": "string"},
    "gis": {"type": "boolean"},
    "made_at": {"type": "string", "format": "date-time"},
    "expires_at": {"type": "string", "format": "date-time"},
}
_TAG = "账号"
_ID = Param("id", {"type": "string", "maxLength": 64}, "令牌编号", "path")

OPERATIONS = (
    Operation(
        "POST",
        LOGIN,
        login,
        "登录",
        roles=EVERYBODY,
        body=Login,
        answers=(
            Answer(200, "已登录", {JSON: _ME}, {"Set-Cookie": "会话"}),
            Answer(401, "账号或密码不对", {}),
        ),
        cost="write",
        tag=_TAG,
    ),
    Operation(
        "GET",
        "/api/me",
        me,
        "我是谁",
        roles=EVERYBODY,
        answers=(Answer(200, content={JSON: _ME}),),
        tag=_TAG,
    ),
    Operation(
        "POST",
        "/api/logout",
        logout,
        "退出登录",
        roles=ACCOUNTS,
        answers=(Answer(204, "已退出", {}),),
        cost="write",
        tag=_TAG,
    ),
    Operation(
        "POST",
        "/api/me/password",
        change_password,
        "修改自己的密码",
        roles=ACCOUNTS,
        body=NewPassword,
        answers=(Answer(204, "已修改；其他登录已退出", {}),),
        cost="write",
        tag=_TAG,
    ),
    Operation(
        "GET",
        "/api/tokens",
        tokens,
        "自己的令牌",
        roles=ACCOUNTS,
        answers=(
            Answer(
                200,
                content={
                    JSON: {
                        "type": "object",
                        "properties": {
                            "tokens": {
                                "type": "array",
                                "items": {"type": "object", "properties": _TOKEN},
                            }
                        },
                    }
                },
            ),
        ),
        tag=_TAG,
    ),
    Operation(
        "POST",
        "/api/tokens",
        create_token,
        "新建令牌",
        roles=ACCOUNTS,
        body=NewToken,
        answers=(
            Answer(
                201,
                "令牌只显示这一次",
                {JSON: {"type": "object", "properties": _TOKEN | {"token": {"type": "string"}}}},
            ),
        ),
        cost="write",
        tag=_TAG,
    ),
    Operation(
        "DELETE",
        "/api/tokens/{id}",
        delete_token,
        "撤销令牌",
        roles=ACCOUNTS,
        params=(_ID,),
        answers=(Answer(204, "已撤销", {}),),
        cost="write",
        tag=_TAG,
    ),
)
