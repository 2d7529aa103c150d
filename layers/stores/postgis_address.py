"""The address of a PostgreSQL database, and its name as messages may show it: never a password."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from geo.errors import InputError
from layers.errors import StoreError

if TYPE_CHECKING:
    from types import ModuleType

__all__ = ["PREFIXES", "Address", "driver", "is_postgis"]

PREFIXES = ("postgresql://", "postgres://")
"""How addresses of this kind begin."""


def is_postgis(url: str) -> bool:
    """Tell whether an address is one of a PostgreSQL database."""
    return url.startswith(PREFIXES)


def driver() -> ModuleType:
    """Give `psycopg`, an optional part of the installation.

    Raises
    ------
    StoreError
        If it is not installed (``store_driver``).
    """
    try:
        import psycopg  # noqa: PLC0415 - optional
    except ImportError as error:
        raise StoreError(
            "没有安装 PostgreSQL 驱动，请先运行 pip install xygeo[postgis]。", code="store_driver"
        ) from error
    return psycopg


@dataclass(frozen=True)
class Address:
    """Where a database is.

    Attributes
    ----------
    parameters
        As libpq has them, the password among them.
    name
        Database and server for messages.
    """

    parameters: dict[str, Any] = field(repr=False)
    name: str

    @classmethod
    def parse(cls, url: str) -> Address:
        """Read an address.

        Parameters
        ----------
        url
            ``postgresql://USER:PASSWORD@HOST:PORT/DATABASE``, as libpq has it.

        Returns
        -------
        The address.

        Raises
        ------
        InputError
            If it is none. What libpq says of it is not passed on: it may show the password.
        StoreError
            If the driver is not installed.
        """
        psycopg = driver()
        from psycopg.conninfo import conninfo_to_dict  # noqa: PLC0415 - optional

        try:
            found = conninfo_to_dict(url)
        except psycopg.Error:
            found = {}
        host, port = str(found.get("host") or ""), str(found.get("port") or "")
        database = str(found.get("dbname") or "")
        # A password with such a character, written plainly, ends up in the host or database.
        numbers = [number for number in port.split(",") if number]
        strange = "@" in host + database or not all(map(str.isdecimal, numbers))
        if not database or strange:
            raise InputError(
                "数据库地址写法不对，应为 postgresql://用户:密码@主机:端口/库名；"
                "密码中的 @ / : % 等字符请写成 %40 %2F %3A %25。",
                code="store_address",
                where="url",
            )
        server = f"{host or '本机'}:{port}" if port else host or "本机"
        return cls(found, f"{database}（{server}）")
