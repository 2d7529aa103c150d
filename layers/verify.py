"""Whether a store is as the platform wrote it: reads all, changes nothing, also while serving."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from layers.accesslog import check_access_log
from layers.anchors import Anchor, Anchors
from layers.errors import StoreError
from layers.evidence import Chain, Flaw, check_anchor, check_anchors
from layers.files import Files
from layers.history import stamp, unstamp
from layers.store_values import Head
from layers.stores.gpkg_evidence import gpkg_evidence
from layers.stores.postgis_address import is_postgis

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from layers.stores.sql_evidence import Evidence

__all__ = ["VerifyReport", "verify"]


@dataclass(frozen=True)
class VerifyReport:
    """What `verify` found.

    Attributes
    ----------
    events
        Number of events.
    head
        The last event; to be kept elsewhere, for `anchor`.
    findings
        Everything that is not as the platform wrote it.
    """

    events: int
    head: Head
    findings: tuple[Flaw, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    def to_json(self) -> dict[str, Any]:
        """Give the body of `xygeo verify --json`."""
        at = None if self.head.at is None else stamp(self.head.at)
        return {
            "ok": self.ok,
            "events": self.events,
            "head": {"seq": self.head.seq, "hash": self.head.hash, "at": at},
            "findings": [flaw.to_json() for flaw in self.findings],
        }


def verify(
    url_or_path: str | Path, *, anchor: Path | None = None, folder: Path | None = None
) -> VerifyReport:
    """Check a store: chain, versions, rows, index, registration, triggers, anchors, access log.

    The files kept beside it are read too: photos of cases, documents.

    Parameters
    ----------
    url_or_path
        The store's, as for `open_store`, or the path of a GeoPackage.
    anchor
        A file with a head that was kept elsewhere (JSON with seq and hash); it also catches one
        who has written all hashes and anchors anew.
    folder
        The data folder; None: that of the GeoPackage. For a database server without it, anchors,
        access log and kept files are not looked at.

    Returns
    -------
    The report. VACUUM, a killed process and a restored backup are no findings.

    Raises
    ------
    StoreError
        If there is no store, it is not ours or of a newer version, or the anchor file is unusable.
    """
    url = str(url_or_path)
    if not is_postgis(url):
        folder = folder or Path(url.removeprefix("gpkg:")).parent
    kept = _read_anchors(anchor) if anchor is not None else []
    # Before the snapshot: the service may write on, and no anchor may then be ahead of it.
    lines = [] if folder is None else Anchors(folder / "anchors.jsonl").lines()
    chain = Chain()
    flaws: list[Flaw] = []
    named: list[tuple[str, str, str]] = []
    store_id = ""
    try:
        with _evidence(url) as evidence:
            store_id = evidence.store_id
            flaws += evidence.flaws(chain)
            named += evidence.named_files()
    except StoreError as error:
        if error.code != "store_damaged":
            raise
        flaws.append(Flaw("integrity", str(error)))
    if folder is not None:
        # After the snapshot: a file is kept before anything names it.
        flaws += _check_kept(Files(folder), named)
        lines += _written_since(folder, len(lines), chain)
        flaws += check_anchors(chain, store_id, lines)
    for one in kept:
        _, at = chain.heads.get(one.seq, ("", None))
        flaws += check_anchor(chain, replace(one, at=one.at or at))
    if folder is not None:
        flaws += check_access_log(folder / "accounts.sqlite")
    moment = None if chain.at is None else unstamp(chain.at)
    return VerifyReport(chain.seq, Head(chain.seq, chain.hash, moment), tuple(flaws))


def _written_since(folder: Path, known: int, chain: Chain) -> Iterator[str]:
    """Give the anchors of what the snapshot has, written between reading them and taking it."""
    for line in Anchors(folder / "anchors.jsonl").lines()[known:]:
        with contextlib.suppress(ValueError):
            if Anchor.parse(line).seq <= chain.seq:
                yield line


def _evidence(url: str) -> AbstractContextManager[Evidence]:
    if is_postgis(url):
        from layers.stores.postgis_evidence import postgis_evidence  # noqa: PLC0415 - optional

        return postgis_evidence(url)
    return gpkg_evidence(Path(url.removeprefix("gpkg:")))


def _check_kept(files: Files, named: list[tuple[str, str, str]]) -> Iterator[Flaw]:
    """Check the kept files: each is what its name says, and each that is named is there."""
    for name in files.altered():
        yield Flaw("file", f"文件 {name} 的内容与编号不符，已被改动。", id=name)
    for place in files.strange():
        yield Flaw("file", f"files 文件夹里的 {place} 不是平台存入的文件。", id=place)
    for layer, owner, name in sorted(set(named)):
        if files.lacks(name):
            yield Flaw("file", f"“{owner}”的文件 {name} 不见了。", layer=layer, id=owner)


def _read_anchors(path: Path) -> list[Anchor]:
    try:
        text = path.read_text(encoding="utf-8").strip()
        try:
            return [Anchor.parse(text)]
        except ValueError:
            return [Anchor.parse(line) for line in text.splitlines() if line.strip()]
    except (OSError, ValueError) as error:
        raise StoreError(
            f"读不了锚点文件 {path}，应为含 seq 和 hash 的 JSON。",
            code="anchor_unreadable",
            where=str(path),
        ) from error
