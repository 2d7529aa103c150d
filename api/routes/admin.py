"""Accounts of everybody, and what the access log says."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from pydantic import Field, model_validator
from starlette.responses import StreamingResponse

from api.account import ROLE_TITLES, ROLES
from api.auth.signin import accounts_of
from api.bodies import Body
from api.calls import json_response
from api.operations import JSON, Answer, Operation, Param
from api.permissions import ADMIN, AUDIT
from layers.history import canonical_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.responses import Response

    from api.auth import User
    from api.calls import Call
    from layers.accesslog import AccessEntry, AccessLog

__all__ = [
    "OPERATIONS",
    "NewUser",
    "UserChange",
    "audit",
    "change_user",
    "create_user",
    "users",
]

_TEXT = 1024
_PAGE = 100
_BLOCK = 1000
_COLUMNS = ("seq", "at", "actor", "role", "verified", "action", "title", "detail")
_CSV = "text/csv"

_ACTION_TITLES = {
    "sign_in": "登录",
    "sign_in_refused": "登录被拒",
    "sign_out": "退出",
    "password_changed": "修改自己的密码",
    "password_refused": "修改密码时原密码不对",
    "account_added": "添加账号",
    "account_role": "改身份",
    "account_enabled": "恢复账号",
    "account_disabled": "停用账号",
    "account_password": "重设密码",
    "account_revoked": "撤销全部令牌和登录",
    "token_issued": "发令牌",
    "token_revoked": "撤销令牌",
    "refused": "越权操作被拒",
    "export_full": "导出未隐去的小数",
    "history_full": "查看未隐去的历史",
    "gaps_full": "查看未隐去的缺口表",
    "access_full": "查看未隐去的可达性表",
    "site_full": "查看未隐去的选址表",
    "scenario_full": "查看未隐去的方案对比",
    "counties_full": "查看未隐去的多县结果",
    "print_public": "公开用途制图",
}
"""Action -> what people call it; other rooms may record more, which then show their own word."""


class NewUser(Body):
    """An account to be added."""

    name: str = Field(max_length=_TEXT, description="账号名")
    role: str = Field(description="身份：" + "、".join(ROLES))
    password: str = Field(max_length=_TEXT, description="密码，12 到 128 个字符")


class UserChange(Body):
    """What is to be changed of an account; what is left out stays."""

    role: str | None = Field(None, description="身份：" + "、".join(ROLES))
    active: bool | None = Field(None, description="false 停用，true 恢复")
    password: str | None = Field(None, max_length=_TEXT, description="新密码")

    @model_validator(mode="after")
    def _something(self) -> UserChange:
        if self.role is None and self.active is None and self.password is None:
            raise ValueError("请至少给出 role、active、password 中的一项。")
        return self


def users(call: Call) -> Response:
    """List the accounts, and the roles that there are."""
    found = accounts_of(call.service).users()
    roles = [{"role": role, "title": ROLE_TITLES[role]} for role in ROLES]
    return json_response({"users": [_user(user) for user in found], "roles": roles})


def create_user(call: Call) -> Response:
    """Add an account."""
    body = call.body(NewUser)
    user = accounts_of(call.service).create_user(
        body.name, body.role, body.password, actor=call.account.actor
    )
    return json_response(_user(user), 201)


def change_user(call: Call) -> Response:
    """Change an account; its sessions end."""
    body = call.body(UserChange)
    user = accounts_of(call.service).change_user(
        call.params["name"],
        role=body.role,
        active=body.active,
        password=body.password,
        actor=call.account.actor,
    )
    return json_response(_user(user))


def audit(call: Call) -> Response:
    """Give entries of the access log, oldest first; csv gives all of them."""
    log = call.service.access_log
    after, limit = call.params["after"], call.params["limit"]
    if call.params["f"] == "csv":
        headers = {"Content-Disposition": 'attachment; filename="audit.csv"'}
        lines = _csv_lines(log, after, limit)
        return StreamingResponse(lines, media_type=f"{_CSV}; charset=utf-8", headers=headers)
    limit = limit or _PAGE
    found = log.entries(after=after, limit=limit + 1)
    entries = found[:limit]
    body: dict[str, Any] = {"entries": [_entry(entry) for entry in entries], "next": None}
    if len(found) > limit:
        last = entries[-1].seq
        body["next"] = f"{call.base_url}/api/audit?after={last}&limit={limit}"
    return json_response(body)


def _csv_lines(log: AccessLog, after: int, limit: int | None) -> Iterator[str]:
    yield "\ufeff" + _line(_COLUMNS)
    while limit is None or limit > 0:
        size = _BLOCK if limit is None else min(limit, _BLOCK)
        entries = log.entries(after=after, limit=size)
        for entry in entries:
            row = _entry(entry)
            row["detail"] = canonical_json(row["detail"])
            yield _line([row[column] for column in _COLUMNS])
        if len(entries) < size:
            return
        after = entries[-1].seq
        limit = None if limit is None else limit - size


def _line(cells: Any) -> str:  # noqa: ANN401 - a row of anything
    from layers.importers.csv_file import needs_guard  # noqa: PLC0415 - slow to load

    file = io.StringIO()
    texts = [str(cell) for cell in cells]
    csv.writer(file, lineterminator="\r\n").writerow(
        [f"'{text}" if needs_guard(text) else text for text in texts]
    )
    return file.getvalue()


def _entry(entry: AccessEntry) -> dict[str, Any]:
    return {
        "seq": entry.seq,
        "at": entry.at.isoformat(),
        "actor": entry.actor,
        "role": entry.role,
        "verified": entry.verified,
        "action": entry.action,
        "title": _ACTION_TITLES.get(entry.action, entry.action),
        "detail": dict(entry.detail),
    }


def _user(user: User) -> dict[str, Any]:
    return {
        "name": user.name,
        "role": user.role,
        "title": ROLE_TITLES[user.role],
        "active": user.active,
        "made_at": user.made_at,
    }


def _object(**properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


_STRING = {"type": "string"}
_USER = _object(
    name=_STRING,
    role={"type": "string", "enum": list(ROLES)},
    title=_STRING,
    active={"type": "boolean"},
    made_at={"type": "string", "format": "date-time"},
)
_ENTRY = _object(
    seq={"type": "integer"},
    at={"type": "string", "format": "date-time"},
    actor=_STRING,
    role=_STRING,
    verified={"type": "boolean", "description": "是否经登录确认；命令行为 false"},
    action=_STRING,
    title={"type": "string", "description": "事项的中文名"},
    detail={"type": "object"},
)
_TAG = "管理"
_NAME = Param("name", {"type": "string", "maxLength": 64}, "账号名", "path")

OPERATIONS = (
    Operation(
        "GET",
        "/api/users",
        users,
        "列出账号",
        roles=ADMIN,
        answers=(
            Answer(
                200,
                content={
                    JSON: _object(
                        users={"type": "array", "items": _USER},
                        roles={"type": "array", "items": _object(role=_STRING, title=_STRING)},
                    )
                },
            ),
        ),
        tag=_TAG,
    ),
    Operation(
        "POST",
        "/api/users",
        create_user,
        "添加账号",
        roles=ADMIN,
        body=NewUser,
        answers=(Answer(201, "已添加", {JSON: _USER}),),
        cost="write",
        tag=_TAG,
    ),
    Operation(
        "PATCH",
        "/api/users/{name}",
        change_user,
        "修改账号",
        roles=ADMIN,
        params=(_NAME,),
        body=UserChange,
        answers=(Answer(200, "已修改；该账号须重新登录", {JSON: _USER}),),
        cost="write",
        tag=_TAG,
    ),
    Operation(
        "GET",
        "/api/audit",
        audit,
        "访问日志",
        roles=AUDIT,
        params=(
            Param("after", {"type": "integer", "minimum": 0, "default": 0}, "此编号之后的"),
            Param(
                "limit",
                {"type": "integer", "minimum": 1, "maximum": 10_000},
                "至多多少条；不写时 json 为 100，csv 为全部",
            ),
            Param("f", {"type": "string", "enum": ["json", "csv"], "default": "json"}, "格式"),
        ),
        answers=(
            Answer(
                200,
                content={
                    JSON: _object(
                        entries={"type": "array", "items": _ENTRY},
                        next={"type": "string", "nullable": True, "description": "下一页"},
                    ),
                    _CSV: None,
                },
            ),
        ),
        tag=_TAG,
    ),
)
