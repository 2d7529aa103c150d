"""`xygeo user`: who may use the service; for whoever runs the machine."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.account import ROLE_TITLES, ROLES
from api.cli.help_words import ChineseCommand, ChineseGroup
from api.cli.options import Data, Json
from api.cli.session import actor, start
from api.cli.usage import UsageError

if TYPE_CHECKING:
    from api.auth import Accounts, Token, User
    from api.cli.session import Session
    from layers.store import Actor

__all__ = [
    "add",
    "disable",
    "enable",
    "issue_token",
    "list_users",
    "register",
    "revoke",
    "set_password",
    "set_role",
]

_ROLE_HELP = "身份：" + "、".join(f"{role} {ROLE_TITLES[role]}" for role in ROLES)

Name = Annotated[str, typer.Argument(metavar="NAME", help="账号名，如 王经办；不分大小写")]
FromStdin = Annotated[
    bool, typer.Option("--password-stdin", help="从标准输入读密码（一行）；否则在终端询问")
]


def register(app: typer.Typer) -> None:
    """Add these commands to the program."""
    group = typer.Typer(
        cls=ChineseGroup,
        help="账号：添加、令牌、停用、身份、密码；每一步都记入访问日志。",
        rich_markup_mode=None,
        no_args_is_help=True,
    )
    for name, command in (
        ("add", add),
        ("list", list_users),
        ("role", set_role),
        ("password", set_password),
        ("disable", disable),
        ("enable", enable),
        ("token", issue_token),
        ("revoke", revoke),
    ):
        group.command(name, cls=ChineseCommand)(command)
    app.add_typer(group, name="user")


def add(
    name: Name,
    role: Annotated[str, typer.Option("--role", metavar="R", help=_ROLE_HELP)],
    from_stdin: FromStdin = False,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """添加账号。密码 12 到 128 个字符，不能是常见密码或账号名。"""
    from api.auth.users import require_name, require_role

    session = start(data, as_json=as_json)
    require_name(name)
    require_role(role)
    password = _password(from_stdin=from_stdin)
    with _accounts(session) as accounts:
        user = accounts.create_user(name, role, password, actor=_operator())
    session.answer(_body(user), f"已添加账号“{user.name}”，{_title(user)}。")


def list_users(data: Data = None, as_json: Json = False) -> None:
    """列出账号和各自的令牌。"""
    session = start(data, as_json=as_json)
    with _accounts(session) as accounts:
        found = [(user, accounts.tokens(user.name)) for user in accounts.users()]
    lines = [] if found else ["还没有账号；用 xygeo user add 添加第一个管理员。"]
    for user, tokens in found:
        lines.append(f"{user.name}  {_title(user)}{'' if user.active else '  已停用'}")
        lines += [f"    {_line(token)}" for token in tokens]
    users = [
        _body(user) | {"tokens": [_token_body(token) for token in tokens]} for user, tokens in found
    ]
    session.answer({"users": users}, lines)


def set_role(
    name: Name,
    word: Annotated[str | None, typer.Argument(metavar="[R]", help=_ROLE_HELP)] = None,
    role: Annotated[str | None, typer.Option("--role", metavar="R", help="同上")] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """改身份。已登录的须重新登录；令牌立即按新身份办事。"""
    session = start(data, as_json=as_json)
    chosen = role or word
    if chosen is None or (role and word and role != word):
        raise UsageError("请写明一个身份，如：xygeo user role 王经办 reviewer。", where="--role")
    with _accounts(session) as accounts:
        user = accounts.change_user(name, role=chosen, actor=_operator())
    session.answer(_body(user), f"账号“{user.name}”现在是{_title(user)}。")


def set_password(
    name: Name, from_stdin: FromStdin = False, data: Data = None, as_json: Json = False
) -> None:
    """重设密码。已登录的须重新登录，登录失败的等待随之取消；令牌仍有效。"""
    session = start(data, as_json=as_json)
    password = _password(from_stdin=from_stdin)
    with _accounts(session) as accounts:
        user = accounts.change_user(name, password=password, actor=_operator())
    session.answer(_body(user), f"账号“{user.name}”的密码已重设。")


def disable(name: Name, data: Data = None, as_json: Json = False) -> None:
    """停用账号：立即退出，令牌全部撤销；历史中的名字不变。"""
    session = start(data, as_json=as_json)
    with _accounts(session) as accounts:
        user = accounts.change_user(name, active=False, actor=_operator())
    session.answer(_body(user), f"账号“{user.name}”已停用。")


def enable(name: Name, data: Data = None, as_json: Json = False) -> None:
    """恢复已停用的账号；令牌须重新发。"""
    session = start(data, as_json=as_json)
    with _accounts(session) as accounts:
        user = accounts.change_user(name, active=True, actor=_operator())
    session.answer(_body(user), f"账号“{user.name}”可以登录。")


def issue_token(
    name: Name,
    days: Annotated[int, typer.Option("--days", metavar="N", help="有效天数，1 到 366")],
    label: Annotated[str, typer.Option("--label", metavar="TEXT", help="用途，如 QGIS")] = "",
    gis: Annotated[
        bool, typer.Option("--gis", help="供桌面 GIS 编辑：写入时不核对版本，历史中注明")
    ] = False,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """给账号发令牌（xyg_…），供 QGIS 和程序使用；只显示这一次。"""
    session = start(data, as_json=as_json)
    with _accounts(session) as accounts:
        text, token = accounts.issue_token(name, days=days, label=label, gis=gis, actor=_operator())
    session.answer({"token": text} | _token_body(token), [text, _line(token)])


def revoke(
    what: Annotated[
        str,
        typer.Argument(metavar="WHAT", help="账号名（撤销它全部令牌和登录）、令牌编号或令牌本身"),
    ],
    data: Data = None,
    as_json: Json = False,
) -> None:
    """撤销令牌，下一次请求起无效。"""
    session = start(data, as_json=as_json)
    with _accounts(session) as accounts:
        token = accounts.find_token(what)
        if token is not None:
            accounts.revoke_token(token.id, owner=token.name, actor=_operator())
            name, gone = token.name, 1
        else:
            name, gone = what, accounts.revoke_all(what, actor=_operator())
    session.answer({"name": name, "revoked": gone}, f"已撤销账号“{name}”的令牌 {gone} 个。")


def _token_body(token: Token) -> dict[str, Any]:
    """Give what programs learn of a token."""
    return {
        "id": token.id,
        "name": token.name,
        "label": token.label,
        "gis": token.gis,
        "made_at": token.made_at.isoformat(),
        "expires_at": token.expires_at.isoformat(),
    }


def _accounts(session: Session) -> Accounts:
    from api.auth import Accounts
    from layers.errors import StoreError

    if not session.folder.is_dir():
        raise StoreError(
            f"没有数据目录 {session.folder}，请先运行 xygeo init，或用 --data 指明。",
            code="store_missing",
            where=str(session.folder),
        )
    return Accounts(session.folder / "accounts.sqlite")


def _operator() -> Actor:
    return actor(None, "admin")


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise UsageError("请在终端输入密码，或用 --password-stdin。", where="--password-stdin")
    import getpass

    password = getpass.getpass("密码：")
    if getpass.getpass("再输一遍：") != password:
        raise UsageError("两次输入的密码不同，未作改动。", where="password")
    return password


def _body(user: User) -> dict[str, Any]:
    return {
        "name": user.name,
        "role": user.role,
        "active": user.active,
        "made_at": user.made_at.isoformat(),
    }


def _title(user: User) -> str:
    return f"{ROLE_TITLES[user.role]}（{user.role}）"


def _line(token: Token) -> str:
    kind = "，桌面 GIS" if token.gis else ""
    label = f"“{token.label}”" if token.label else ""
    return f"令牌 {token.id}{label}{kind}，有效至 {token.expires_at.date().isoformat()}"
