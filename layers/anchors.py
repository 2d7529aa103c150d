"""Anchors: heads of the event chain, written down outside the database.

A chain alone does not show that its end was cut off, or that an older file was put back. Each line
of `anchors.jsonl` says how far the chain had come; whoever keeps a copy elsewhere can also prove
that the whole was not written anew.
"""

from __future__ import annotations

import json
import logging
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from layers.history import canonical_json
from layers.locks import locked

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["EVERY", "Anchor", "Anchors"]

EVERY = 100
"""Events after which a head is written down at the latest."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Anchor:
    """One head: store, number, hash and time (as stored; None before the first event)."""

    store: str
    seq: int
    hash: str
    at: str | None

    def line(self) -> str:
        """Write it as one line of JSON."""
        body = {"store": self.store, "seq": self.seq, "hash": self.hash, "at": self.at}
        return canonical_json(body) + "\n"

    @classmethod
    def parse(cls, line: str) -> Self:
        """Read a line.

        Parameters
        ----------
        line
            JSON with `seq`, `hash`, `at` and perhaps `store`.

        Returns
        -------
        The anchor; `store` is empty where the line names none.

        Raises
        ------
        ValueError
            If the line is not an anchor.
        """
        body = json.loads(line)
        if not isinstance(body, dict) or not {"seq", "hash"} <= body.keys():
            raise ValueError("not an anchor")
        at = body.get("at")
        return cls(str(body.get("store", "")), int(body["seq"]), str(body["hash"]), at and str(at))


class Anchors:
    """The file of anchors beside a store.

    Parameters
    ----------
    path
        The file; made at the first write.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._last: Anchor | None = None

    def write(self, anchor: Anchor) -> bool:
        """Append a head, unless it is the one written last.

        Parameters
        ----------
        anchor
            The head.

        Returns
        -------
        Whether it stands in the file now. On a full disk it is left out with a warning: the write
        it speaks of is committed, and the next anchor covers it.
        """
        if anchor in {self._last, self._last_in_file(anchor.store)}:
            return True
        line = anchor.line()
        try:
            # Processes take turns: none may take the other's line for a torn one.
            with self.path.open("ab+") as file, locked(file.fileno()):
                file.seek(0)
                text = file.read()
                # A power cut may leave half a line; the next one must not be glued to it.
                file.truncate(text.rfind(b"\n") + 1)
                file.write(line.encode())
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            _log.warning("anchor not written", extra={"reason": str(error)})
            return False
        self._last = anchor
        _log.info("anchor %d %s", anchor.seq, anchor.hash)
        return True

    def lines(self) -> list[str]:
        """Give the whole lines of the file; none if there is no file."""
        if not self.path.exists():
            return []
        text = self.path.read_text(encoding="utf-8", errors="replace")
        return text[: text.rfind("\n") + 1].splitlines()

    def _last_in_file(self, store: str) -> Anchor | None:
        if self._last is not None:
            return None
        for line in reversed(self.lines()):
            try:
                found = Anchor.parse(line)
            except ValueError:
                continue
            if found.store == store:
                return found
        return None
