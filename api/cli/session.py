"""One call of the command line: where the data are, how to answer, how to show progress."""

from __future__ import annotations

import contextlib
import getpass
import json
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from api.account import ROLES
from api.cli.usage import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from api.settings import Settings
    from layers.store import Actor, Store

__all__ = ["Session", "actor", "start"]


@dataclass(frozen=True)
class Session:
    """What every command needs.

    Attributes
    ----------
    settings
        With `--data` already taken in.
    as_json
        Answers are one JSON document on stdout.
    """

    settings: Settings
    as_json: bool

    @property
    def folder(self) -> Path:
        """The data folder."""
        return self.settings.data

    @property
    def out(self) -> Path:
        """Where files go that were not given a place; made when missing."""
        folder = self.folder / "out"
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    @contextlib.contextmanager
    def store(
        self, *, create: bool = False, clock: Callable[[], Any] | None = None
    ) -> Iterator[Store]:
        """Open the store for the length of a block."""
        from layers.store import open_store

        if create:
            self.folder.mkdir(parents=True, exist_ok=True)
        with open_store(
            self.settings.store_url,
            create=create,
            clock=clock,
            min_free_mb=self.settings.min_free_mb,
            folder=self.folder,
        ) as store:
            yield store

    def answer(self, body: dict[str, Any], text: str | Sequence[str]) -> None:
        """Print the answer: `body` for programs, `text` for people."""
        if self.as_json:
            print(json.dumps(body, ensure_ascii=False, indent=1, allow_nan=False))
        else:
            print(text if isinstance(text, str) else "\n".join(text))

    def log_access(self, who: Actor, action: str, detail: dict[str, Any]) -> None:
        """Record in the access log that something was taken out in full."""
        from layers.accesslog import AccessLog

        with AccessLog(self.folder / "accounts.sqlite") as log:
            log.record(who, action, detail)

    @contextlib.contextmanager
    def progress(self) -> Iterator[Callable[[float, str], None] | None]:
        """Show a bar on the terminal's stderr; None where nobody looks."""
        if self.as_json or not sys.stderr.isatty():
            yield None
            return
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("", total=1.0)
            yield lambda share, words: bar.update(task, completed=share, description=words)


def start(data: Path | None, *, as_json: bool) -> Session:
    """Begin a call: settings from the environment, the data folder from `--data` if given.

    Raises
    ------
    UsageError
        If the environment holds a value that is none.
    """
    from pydantic import ValidationError

    from api.settings import Settings

    try:
        settings = Settings()
    except ValidationError as error:
        name = "XYGEO_" + str(error.errors()[0]["loc"][0]).upper()
        raise UsageError(f"环境变量 {name} 的值不对，请改正或删去。", where=name) from error
    if data is not None:
        settings = settings.model_copy(update={"data": data})
    return Session(settings=settings, as_json=as_json)


def actor(name: str | None, role: str) -> Actor:
    """Whoever runs the command; the command line has no sign-in, so it is recorded unverified.

    Raises
    ------
    UsageError
        If there is no such role, or the system does not know its user.
    """
    from layers.store import Actor

    if role not in ROLES:
        raise UsageError(f"没有身份“{role}”，可选：{'、'.join(ROLES)}。", where="--role")
    try:
        return Actor(name=name or getpass.getuser(), role=role, verified=False)
    except (ImportError, KeyError, OSError) as error:  # as `getuser` has it from version to version
        raise UsageError("系统没有给出用户名，请用 --actor 写明。", where="--actor") from error
