"""Errors of PostgreSQL in our words."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from layers.errors import StoreError
from layers.stores.postgis_address import driver

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg

    from layers.stores.postgis_address import Address

__all__ = ["in_our_words"]

_BUSY = ("store_busy", "正被其他程序写入，请稍后重试")
_AWAY = ("store_io", "的服务器正在启动或停止，请稍后重试")
_REFUSED = ("store_read_only", "不可写：这个账号没有权限，请让管理员授权")
_DAMAGED = ("store_damaged", "已损坏，请用备份恢复")
_LOST = ("store_io", "连不上，请检查服务器是否在运行、地址和网络")
_LOGIN = ("store_login", "拒绝登录，请检查用户名和密码")
_NO_DATABASE = ("store_missing", "不存在，请让管理员先建库")

# https://www.postgresql.org/docs/15/errcodes-appendix.html
_WORDS = {
    "25006": ("store_read_only", "只读（可能是备机），请改用主库地址"),
    "28000": _LOGIN,
    "28P01": _LOGIN,
    "3D000": _NO_DATABASE,
    "40001": _BUSY,
    "40P01": _BUSY,
    "42501": _REFUSED,
    "42P07": ("store_conflict", "里已有同名的表，请换一个空库"),
    "53100": ("disk_full", "所在磁盘已满，未写入，请腾出空间后重试"),
    "53200": ("store_io", "的服务器内存不足，请稍后重试"),
    "53300": ("store_busy", "的连接数已满，请稍后重试"),
    "55P03": _BUSY,
    "57P01": _AWAY,
    "57P02": _AWAY,
    "57P03": _AWAY,
    "58030": ("store_io", "读写出错，请检查服务器的磁盘"),
    "XX001": _DAMAGED,
    "XX002": _DAMAGED,
}

# A server that refuses a connection says why in words only.
_SAID = (
    ("permission denied for database", ("store_login", "拒绝登录：请让管理员授权这个账号")),
    ("too many connections for", ("store_busy", "的连接数已满，请稍后重试")),
    ("not currently accepting connections", ("store_io", "暂不接受连接，请联系管理员")),
    ("password authentication failed", _LOGIN),
    ("no password supplied", _LOGIN),
    ("no pg_hba.conf entry", _LOGIN),
    ("Peer authentication failed", _LOGIN),
    ('role "', _LOGIN),
    ('database "', _NO_DATABASE),
    ("too many clients", ("store_busy", "的连接数已满，请稍后重试")),
    ("remaining connection slots", ("store_busy", "的连接数已满，请稍后重试")),
    ("the database system is", _AWAY),
)


@contextlib.contextmanager
def in_our_words(address: Address) -> Iterator[None]:
    """Turn psycopg's errors into `StoreError`.

    Parameters
    ----------
    address
        Named in the message, without the password.

    Yields
    ------
    Nothing.

    Raises
    ------
    StoreError
        ``disk_full``, ``store_busy``, ``store_read_only``, ``store_damaged``, ``store_login``,
        ``store_missing``, ``store_conflict`` or ``store_io``.
    Error
        psycopg's own of any other kind: it shows a fault of this program.
    """
    psycopg = driver()
    try:
        yield
    except psycopg.Error as error:
        found = _words(error, lost=isinstance(error, psycopg.OperationalError))
        if found is None:
            raise
        code, text = found
        raise StoreError(f"数据库 {address.name}{text}。", code=code, where=address.name) from error


def _words(error: psycopg.Error, *, lost: bool) -> tuple[str, str] | None:
    if error.sqlstate in _WORDS:
        return _WORDS[error.sqlstate]
    if not lost:
        return None
    said = str(error)
    return next((words for text, words in _SAID if text in said), _LOST)
