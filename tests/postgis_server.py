"""A PostgreSQL server of the tests' own: made in a temporary folder, gone afterwards."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from tests.conftest import lacking

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["PostgisServer", "postgis_server"]


class PostgisServer:
    """A running server.

    Parameters
    ----------
    programs
        Folder of `pg_ctl` and the like.
    folder
        Of the cluster and its socket.
    """

    def __init__(self, programs: Path, folder: Path) -> None:
        self.programs = programs
        self.folder = folder

    def url(self, database: str, user: str = "xygeo") -> str:
        """Address of one of its databases."""
        return f"postgresql://{user}@/{database}?host={quote(str(self.folder), safe='')}"

    def database(self, name: str) -> str:
        """Make a database with PostGIS in it; gives its address."""
        import psycopg

        for database, statement in (
            ("postgres", f"CREATE DATABASE {name}"),
            (name, "CREATE EXTENSION postgis"),
        ):
            with psycopg.connect(self.url(database), autocommit=True) as connection:
                connection.execute(statement)
        return self.url(name)

    def run(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs as whoever may, without the environment's `PG*`."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        user = "postgres" if os.geteuid() == 0 else None  # initdb refuses root
        log = self.folder / "output.log"
        with log.open("ab") as output:
            done = subprocess.run(
                [self.programs / program, *arguments],
                stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=clean, cwd="/",
                user=user, group=user, extra_groups=[] if user else None, check=False,
            )  # fmt: skip
        assert done.returncode == 0, log.read_text(errors="replace")

    def start(self) -> None:
        """Start it, durable as little as tests need."""
        options = f"-c listen_addresses='' -k {self.folder} -c fsync=off -c full_page_writes=off"
        log = str(self.folder / "server.log")
        self.run("pg_ctl", "-w", "-D", str(self.folder / "data"), "-l", log, "-o", options, "start")

    def stop(self) -> None:
        """Stop it at once."""
        self.run("pg_ctl", "-w", "-D", str(self.folder / "data"), "-m", "immediate", "stop")


@contextlib.contextmanager
def postgis_server() -> Iterator[PostgisServer]:
    """Run a server with PostGIS for the length of a block; a skip where there is none."""
    server = PostgisServer(_programs(), Path(tempfile.mkdtemp(prefix="xygeo-pg-")))
    try:
        if os.geteuid() == 0:
            os.chown(server.folder, pwd.getpwnam("postgres").pw_uid, -1)
        data = str(server.folder / "data")
        server.run("initdb", "-D", data, "-U", "xygeo", "-A", "trust", "--no-sync",
                   "--locale=C.UTF-8")  # fmt: skip
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(server.folder, ignore_errors=True)


def _programs() -> Path:
    found = [Path(path).resolve().parent for path in [shutil.which("pg_ctl")] if path]
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    able = [programs for programs in found if _has_postgis(programs)]
    if not able:
        lacking("PostgreSQL with PostGIS", "run `make system` as root")
    return able[0]


def _has_postgis(programs: Path) -> bool:
    if not (programs / "pg_config").exists():
        return False
    asked = subprocess.run(
        [programs / "pg_config", "--sharedir"], capture_output=True, text=True, check=False
    )
    return (Path(asked.stdout.strip()) / "extension" / "postgis.control").exists()
