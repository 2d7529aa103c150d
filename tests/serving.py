"""The real service in processes of its own, for tests that need sockets, signals and kills."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from api.account import ROLES
from api.auth import Accounts
from tests.api.signing import GOOD, OPERATOR, cheap_passwords

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Running", "running", "start_service", "tokens_in"]

ROOT = Path(__file__).resolve().parents[1]


@dataclass
class Running:
    """A service that accepts calls."""

    process: subprocess.Popen[bytes]
    url: str

    @property
    def workers(self) -> list[int]:
        """Process ids of the workers, from the kernel."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(word) for word in children.read_text().split()]

    def ask(self, path: str, *, method: str = "GET", body: bytes | None = None, **headers: str):
        """Give status, headers and body of one call."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request = Request(self.url + path, data=body, method=method, headers=named)  # noqa: S310
        try:
            with urlopen(request, timeout=30) as answer:  # noqa: S310
                return answer.status, answer.headers, answer.read()
        except HTTPError as error:
            with error:
                return error.code, error.headers, error.read()

    def stop(self) -> int:
        """End it as systemd does; give its exit code."""
        self.process.terminate()
        return self.process.wait(timeout=30)

    def kill(self) -> None:
        """Kill parent and workers at once, as a power cut does."""
        for pid in (self.process.pid, *self.workers):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()


def start_service(data: Path, *options: object, **environment: str) -> subprocess.Popen[bytes]:
    """Start `xygeo serve`; nothing of ours is in its environment."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LC_ALL") if name in os.environ}
    words = ["serve", "--data", str(data), "--json", *map(str, options)]
    return subprocess.Popen(
        [sys.executable, "-c", "from api.cli import main; main()", *words],
        env={**kept, "PYTHONPATH": str(ROOT), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


@contextlib.contextmanager
def running(data: Path, *, workers: int = 1, **environment: str) -> Iterator[Running]:
    """Run the service on any free port for the length of a block."""
    process = start_service(data, "--port", 0, "--workers", workers, **environment)
    try:
        said = {}
        for line in process.stdout:
            if line == b"{\n":  # a refusal, over several lines
                said = line + process.stdout.read() + process.stderr.read()
                raise AssertionError(said.decode())
            said = json.loads(line)
            if said["event"] == "ready":
                break
        else:
            raise AssertionError(process.stderr.read().decode())
        yield Running(process, said["url"])
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(timeout=30)
        process.stdout.close()
        process.stderr.close()


def tokens_in(data: Path) -> dict[str, str]:
    """Make an account of every role, named as its role; give a token of each."""
    made = {}
    with Accounts(data / "accounts.sqlite", passwords=cheap_passwords()) as accounts:
        for role in ROLES:
            accounts.create_user(role, role, GOOD, actor=OPERATOR)
            made[role], _ = accounts.issue_token(role, days=30, actor=OPERATOR)
    return made
