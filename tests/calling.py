"""Call the command line as a user does, in this process or in a new one."""

from __future__ import annotations

import contextlib
import io
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Answer", "xygeo", "xygeo_process"]


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)


def xygeo(*words: object, data: Path | None = None) -> Answer:
    """Run a command in this process."""
    from api.cli.program import run

    arguments = [str(word) for word in words]
    if data is not None:
        arguments += ["--data", str(data)]
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run(arguments)
    return Answer(code, out.getvalue(), err.getvalue())


def xygeo_process(*words: object, cwd: Path | None = None, **environment: str) -> Answer:
    """Run a command in a process of its own, with nothing of ours in its environment."""
    import os

    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LC_ALL") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-c", "from api.cli import main; main()", *map(str, words)],
        cwd=cwd,
        env={**kept, "PYTHONPATH": str(Path(__file__).resolve().parents[1]), **environment},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return Answer(done.returncode, done.stdout, done.stderr)
