"""Backups: everything of one installation in one file, made while it serves."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from layers.anchors import Anchors
from layers.backup_archive import ACCOUNTS, ANCHORS, DUMP, STORE, ArchiveWriter, is_backup
from layers.errors import StoreError
from layers.files import Files
from layers.history import stamp
from layers.sqlite_copy import copy_database
from layers.store import open_store
from layers.stores.gpkg_connection import in_our_words
from layers.stores.postgis_address import is_postgis
from layers.stores.postgis_dump import dump
from layers.system_errors import reason
from layers.verify import verify
from layers.whole_files import sync_folder, whole_file

if TYPE_CHECKING:
    from collections.abc import Callable

    from layers.store import Head
    from layers.verify import VerifyReport

__all__ = ["BackupReport", "backup"]


@dataclass(frozen=True)
class BackupReport:
    """What was backed up.

    Attributes
    ----------
    file
        The backup.
    bytes
        Its size.
    events, head
        Of the store at that moment; the head, kept elsewhere, proves later that nothing is missing.
    files
        How many photos and documents.
    """

    file: Path
    bytes: int
    events: int
    head: Head
    files: int

    def to_json(self) -> dict[str, Any]:
        """Give the body of `xygeo backup --json`."""
        return {
            "file": str(self.file),
            "bytes": self.bytes,
            "events": self.events,
            "head": {
                "seq": self.head.seq,
                "hash": self.head.hash,
                "at": None if self.head.at is None else stamp(self.head.at),
            },
            "files": self.files,
        }


def backup(
    url: str,
    folder: Path,
    file: Path,
    *,
    on_progress: Callable[[float, str], None] | None = None,
) -> BackupReport:
    """Back up an installation, also while it serves: writers are not held up.

    Parameters
    ----------
    url
        The store's, as for `open_store`.
    folder
        The data folder.
    file
        Where; an earlier backup is replaced when the new one is whole and verified. Readable by
        its owner only, since it holds accounts.
    on_progress
        Told the share done and Chinese words.

    Returns
    -------
    What was backed up.

    Raises
    ------
    StoreError
        `store_missing`; `backup_target` for a place that holds something else; `backup_unverified`
        if the store is not as the platform wrote it (`xygeo verify` tells where); `disk_full` or
        `backup_unwritable`.
    """
    tell = on_progress or (lambda _share, _words: None)
    _require_target(folder, file)
    with open_store(url, min_free_mb=0, folder=folder) as store:
        store.head()  # refuses what is no store; opening and closing write the head down
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(
            dir=file.parent, prefix=f".{file.name}.", suffix=".part"
        ) as stage:
            report = _take(url, folder, Path(stage), tell)
            with whole_file(file) as part:
                os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
                count = _pack(Path(stage), folder, part, report, tell)
            sync_folder(file.parent)
    except OSError as error:
        raise StoreError(
            f"备份写不到 {file}（{reason(error)}），请检查路径、权限和磁盘空间。",
            code="disk_full" if reason(error) == "磁盘已满" else "backup_unwritable",
            where=str(file),
        ) from error
    tell(1.0, "备份完成")
    return BackupReport(file, file.stat().st_size, report.events, report.head, count)


def _require_target(folder: Path, file: Path) -> None:
    kept = (folder / "files").resolve()
    if (file.exists() and not is_backup(file)) or file.resolve().is_relative_to(kept):
        raise StoreError(
            f"{file} 已有内容且不是备份，不能覆盖，请换一个文件名。",
            code="backup_target",
            where=str(file),
        )


def _take(url: str, folder: Path, stage: Path, tell: Callable[[float, str], None]) -> VerifyReport:
    # First: the service may write on, and no anchor may be ahead of the copy.
    lines = Anchors(folder / ANCHORS).lines()
    (stage / ANCHORS).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    server = is_postgis(url)
    for name, start, end in ((STORE, 0.0, 0.3), (ACCOUNTS, 0.3, 0.35)):
        if server and name == STORE:  # one that was left behind by `xygeo migrate`
            continue
        if (folder / name).exists():
            with in_our_words(folder / name):
                copy_database(folder / name, stage / name, on_progress=_copying(tell, start, end))
    tell(0.35, "核验副本")
    if (folder / "files").is_dir():
        (stage / "files").symlink_to((folder / "files").resolve(), target_is_directory=True)
    report = verify(url if server else stage / STORE, folder=stage)
    if not report.ok:
        raise _unverified(folder, report.findings[0].message.rstrip("。"))
    if server:  # a dump cannot be looked into; what was verified is in it, and perhaps more
        tell(0.5, "导出数据库")
        dump(url, stage / DUMP)
    return report


def _copying(
    tell: Callable[[float, str], None], start: float, end: float
) -> Callable[[float], None]:
    return lambda done: tell(start + (end - start) * done, "复制数据库")


def _unverified(folder: Path, why: str) -> StoreError:
    return StoreError(
        f"数据与写入时不一致（{why}），没有备份；请先运行 xygeo verify 查明。",
        code="backup_unverified",
        where=str(folder),
    )


def _pack(
    stage: Path,
    folder: Path,
    part: Path,
    report: VerifyReport,
    tell: Callable[[float, str], None],
) -> int:
    kept = Files(folder).kept()
    total = sum(path.stat().st_size for path in (*stage.glob("*.*"), *kept)) or 1
    done = 0

    def count(size: int) -> None:
        nonlocal done
        done += size
        tell(min(0.6 + 0.4 * done / total, 0.99), "写备份文件")

    archive = ArchiveWriter(part)
    for name in (STORE, DUMP, ACCOUNTS, ANCHORS):
        if (stage / name).exists():
            archive.add(name, stage / name, on_bytes=count)
    for path in kept:
        name = path.relative_to(folder).as_posix()
        if archive.add(name, path, compress=False, on_bytes=count) != path.stem:
            raise _unverified(folder, f"文件 {path.name} 的内容与编号不符")
    archive.finish({"made": stamp(datetime.now(UTC)), "events": report.events})
    return len(kept)
