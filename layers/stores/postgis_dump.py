"""Backup and restore of a PostGIS store by PostgreSQL's own programs.

`pg_dump` reads one state while the service writes on; `pg_restore` brings it back whole or not at
all. The password goes to them in a file that only its owner can read, never on a command line.
"""

from __future__ import annotations

import contextlib
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from layers.errors import Conflict, StoreError
from layers.stores.postgis_address import Address
from layers.stores.postgis_connection import Link
from layers.stores.postgis_errors import in_our_words
from layers.stores.postgis_schema import has_store, read_meta, require_capable

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["dump", "load", "unload"]

# The schema is there already and may be another's; the extension is made before.
_NOT_OURS = re.compile(r"\d+; \d+ \d+ (SCHEMA|EXTENSION|COMMENT|ACL|DEFAULT ACL) - ")


def dump(url: str, path: Path) -> None:
    """Write a store's database into a file; also while it is written.

    Parameters
    ----------
    url
        Address of the store.
    path
        The file, in `pg_dump`'s custom format; replaced if there is one.

    Raises
    ------
    StoreError
        If there is no store (``store_missing``), `pg_dump` is not installed (``store_programs``)
        or failed (``dump_failed``).
    """
    address = Address.parse(url)
    with _linked(address) as link:
        read_meta(link, address.name)
        schema = link.execute("SELECT current_schema()").fetchone()[0]
    quoted = schema.replace('"', '""')
    options = ["--format=custom", "--no-owner", "--no-privileges", f'--schema="{quoted}"']
    _run(address, "pg_dump", [*options, f"--file={path}"], code="dump_failed", said="导出失败")


def load(url: str, path: Path) -> None:
    """Bring a dumped store back; what it says is not checked here, see `layers.verify`.

    A dump is SQL and runs with the rights of the account: it is for one's own backups.

    Parameters
    ----------
    url
        Address of a database (and schema, of the same name as before) that holds no store.
    path
        What `dump` wrote.

    Raises
    ------
    Conflict
        If there is a store already (``store_not_empty``).
    StoreError
        If PostGIS is missing, `pg_restore` is not installed (``store_programs``) or the file
        cannot be restored (``load_failed``); the database is then as it was.
    """
    address = Address.parse(url)
    with _linked(address) as link:
        if has_store(link):
            raise Conflict(
                f"数据库 {address.name}里已有数据，只能恢复到空库，请另建一个库。",
                code="store_not_empty",
                where=address.name,
            )
        require_capable(link, address.name)
    listed = _run(address, "pg_restore", ["--list", str(path)], connect=False)
    wanted = [line for line in listed.splitlines() if not _NOT_OURS.match(line)]
    with tempfile.NamedTemporaryFile("w", suffix=".list", encoding="utf-8") as file:
        file.write("\n".join(wanted) + "\n")
        file.flush()
        options = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]
        _run(address, "pg_restore", [*options, f"--use-list={file.name}", str(path)])


def unload(url: str) -> None:
    """Take away what `load` brought, where it turned out to be no sound store.

    Parameters
    ----------
    url
        Address of the database.
    """
    with _linked(Address.parse(url)) as link:
        names = []
        if has_store(link):
            names = [name for (name,) in link.execute("SELECT name FROM xg_layers").fetchall()]
        names += ["xg_meta", "xg_layers", "xg_events", "xg_history", "xg_sheets"]
        listed = ", ".join('"{}"'.format(name.replace('"', '""')) for name in names)
        link.execute(f"DROP TABLE IF EXISTS {listed}")
        link.execute("DROP FUNCTION IF EXISTS xg_refuse()")


@contextlib.contextmanager
def _linked(address: Address) -> Iterator[Link]:
    with in_our_words(address):
        link = Link(address)
        with contextlib.closing(link.raw):
            yield link


def _run(
    address: Address,
    program: str,
    arguments: list[str],
    *,
    connect: bool = True,
    code: str = "load_failed",
    said: str = "恢复失败",
) -> str:
    # Gives what the program wrote.
    with tempfile.TemporaryDirectory(prefix="xygeo-") as folder:
        at = [f"--dbname={_conninfo(address, Path(folder))}"] if connect else []
        done = subprocess.run(  # noqa: S603 - no shell; our own arguments
            [_path_of(program), *at, *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"退出码 {done.returncode}"]
        why = next((line for line in lines if "error:" in line), lines[-1])
        raise StoreError(f"数据库 {address.name}{said}：{why}。", code=code, where=address.name)
    return done.stdout


def _conninfo(address: Address, folder: Path) -> str:
    """Write the address for a command line: the password in a file of its own."""
    from psycopg.conninfo import make_conninfo  # noqa: PLC0415 - optional

    parameters = dict(address.parameters)
    password = parameters.pop("password", None)
    if password is not None:
        file = folder / "pass"
        file.touch(mode=0o600)
        escaped = str(password).replace("\\", "\\\\").replace(":", "\\:")
        file.write_text(f"*:*:*:*:{escaped}\n", encoding="utf-8")
        parameters["passfile"] = str(file)
    return make_conninfo(**parameters)


def _path_of(program: str) -> str:
    found = shutil.which(program)
    if found is not None:
        return found
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):  # Debian's place
        if (folder / program).exists():
            return str(folder / program)
    raise StoreError(
        f"没有找到 PostgreSQL 的程序 {program}，请安装 postgresql-client。", code="store_programs"
    )
