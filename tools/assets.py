"""Fetch the live page's browser libraries: pinned in package-lock.json, never committed.

    python tools/assets.py

Needs only the standard library and npm, and npm only where something has changed since the last
time: the stamp is the SHA-256 of the lock and of the list of files.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

__all__ = ["FILES", "VENDOR", "AssetsError", "build", "is_built"]

ROOT = Path(__file__).resolve().parents[1]
VENDOR = ROOT / "webmap" / "live" / "vendor"
FILES = {
    "htm/preact/standalone.module.js": "htm-preact.js",
    "htm/LICENSE": "htm-LICENSE.txt",
}
"""File of node_modules -> its name in `webmap/live/vendor`."""

_STAMP = "stamp.txt"


class AssetsError(Exception):
    """The libraries cannot be fetched; the message says why and what to do."""


def is_built() -> bool:
    """Say whether the libraries are there as the lock says."""
    stamp = VENDOR / _STAMP
    return stamp.is_file() and stamp.read_text("utf-8") == _wanted()


def build() -> bool:
    """Fetch the libraries, or do nothing if they are there already.

    Returns
    -------
    Whether anything was done.

    Raises
    ------
    AssetsError
        If npm is missing or fails.
    """
    if is_built():
        return False
    npm = shutil.which("npm")
    if npm is None:
        raise AssetsError("npm is missing: install nodejs and npm, then run `make assets`")
    done = subprocess.run(
        [npm, "ci", "--ignore-scripts"],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise AssetsError(f"npm ci failed:\n{done.stderr[-2000:]}")
    _install(ROOT / "node_modules")
    return True


def _install(modules: Path) -> None:
    """Copy the files beside the old ones, then put them in their place at once."""
    new = VENDOR.with_name("vendor.new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    for source, name in FILES.items():
        shutil.copyfile(modules / source, new / name)
    (new / _STAMP).write_text(_wanted(), "utf-8")
    shutil.rmtree(VENDOR, ignore_errors=True)
    new.rename(VENDOR)


def _wanted() -> str:
    lock = (ROOT / "package-lock.json").read_bytes()
    return hashlib.sha256(lock + repr(sorted(FILES.items())).encode()).hexdigest()


def main() -> int:
    """Run as a program."""
    try:
        done = build()
    except AssetsError as error:
        print(error, file=sys.stderr)
        return 1 if os.environ.get("XYGEO_REQUIRE_ASSETS") == "1" or "--require" in sys.argv else 0
    if done:
        print(f"browser libraries: {len(FILES)} files in webmap/live/vendor")
    return 0


if __name__ == "__main__":
    sys.exit(main())
