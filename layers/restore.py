"""Taking a backup back: into an empty folder, or over an old store that is kept until all is well.

Nothing of a backup is used before the whole was unpacked beside the data, compared with its list
and verified as a store.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from layers.backup_archive import ACCOUNTS, ANCHORS, DUMP, STORE, BackupDamaged, open_archive
from layers.errors import StoreError
from layers.history import stamp
from layers.stores.postgis_address import is_postgis
from layers.stores.postgis_dump import load, unload
from layers.system_errors import reason
from layers.verify import verify
from layers.whole_files import sync_folder

if TYPE_CHECKING:
    from collections.abc import Callable

    from layers.backup_archive import ArchiveReader
    from layers.store import Head
    from layers.verify import VerifyReport

__all__ = ["RestoreReport", "restore"]

_SPARE_BYTES = 64 * 2**20
_BESIDE = ("", "-wal", "-shm", "-journal")
_OURS = (
    "files",
    *(f"{name}{ending}" for name in (ACCOUNTS, STORE) for ending in _BESIDE),
    ANCHORS,
)
"""What a restored installation replaces; logs, outputs and backups beside it stay."""


@dataclass(frozen=True)
class RestoreReport:
    """What was restored.

    Attributes
    ----------
    folder
        The data folder.
    events, head
        Of the restored store.
    files
        How many photos and documents.
    made
        When the backup was made.
    """

    folder: Path
    events: int
    head: Head
    files: int
    made: str

    def to_json(self) -> dict[str, Any]:
        """Give the body of `xygeo restore --json`."""
        return {
            "folder": str(self.folder),
            "events": self.events,
            "head": {
                "seq": self.head.seq,
                "hash": self.head.hash,
                "at": None if self.head.at is None else stamp(self.head.at),
            },
            "files": self.files,
            "made": self.made,
        }


def restore(
    file: Path,
    folder: Path,
    *,
    force: bool = False,
    url: str = "",
    on_progress: Callable[[float, str], None] | None = None,
) -> RestoreReport:
    """Take a backup back.

    Parameters
    ----------
    file
        What `layers.backup.backup` wrote.
    folder
        The data folder; made when missing.
    force
        Replace the store that is there. It is put aside until the new one stands. A database
        server must be empty all the same.
    url
        The store's address, if it is a database server (``postgresql://...``).
    on_progress
        Told the share done and Chinese words.

    Returns
    -------
    What was restored; it verifies.

    Raises
    ------
    BackupDamaged
        If it is no sound backup: no store is left then, or the old one as it was.
    Conflict
        If the database server holds a store (``store_not_empty``).
    StoreError
        `backup_other_store` if it is a backup of the other kind of store; `backup_missing`,
        `backup_newer`, `store_newer`; `folder_not_empty` without `force`;
        `store_in_use` while a service runs on it; `disk_full` or `restore_unwritable`.
    """
    tell = on_progress or (lambda _share, _words: None)
    made_here = not folder.exists()
    try:
        with open_archive(file) as archive:
            _require_kind(archive, url)
            _require_room(folder, force=force)
            folder.mkdir(parents=True, exist_ok=True)
            _require_space(folder, archive)
            with tempfile.TemporaryDirectory(
                dir=folder, prefix="restoring-", suffix=".part"
            ) as stage:
                report = _unpack(archive, Path(stage), url, tell)
                try:
                    _replace(Path(stage), folder)
                except BaseException:
                    if is_postgis(url):
                        unload(url)
                    raise
    except OSError as error:
        raise StoreError(
            f"恢复不到 {folder}（{reason(error)}），请检查路径、权限和磁盘空间。",
            code="disk_full" if reason(error) == "磁盘已满" else "restore_unwritable",
            where=str(folder),
        ) from error
    finally:
        if made_here:
            with contextlib.suppress(OSError):  # only if nothing was restored into it
                folder.rmdir()
    tell(1.0, "恢复完成")
    count = sum(name.startswith("files/") for name in archive.sizes)
    made = str(archive.about.get("made", ""))
    return RestoreReport(folder, report.events, report.head, count, made)


def _require_kind(archive: ArchiveReader, url: str) -> None:
    if (DUMP in archive.sizes) == is_postgis(url):
        return
    advice = (
        "是 PostGIS 库的备份，请先设 XYGEO_STORE 指向一个空库"
        if DUMP in archive.sizes
        else "是数据文件的备份，请先去掉 XYGEO_STORE 恢复，再用 xygeo migrate 迁移"
    )
    raise StoreError(
        f"{archive.file} {advice}。", code="backup_other_store", where=str(archive.file)
    )


def _require_room(folder: Path, *, force: bool) -> None:
    if folder.exists() and not folder.is_dir():
        raise StoreError(f"{folder} 不是文件夹，请换一个。", code="not_a_folder", where=str(folder))
    if folder.exists() and any(folder.iterdir()) and not force:
        raise StoreError(
            f"{folder} 里已有内容，没有恢复；确要用备份替换现有数据，请加 --force。",
            code="folder_not_empty",
            where=str(folder),
        )


def _require_space(folder: Path, archive: ArchiveReader) -> None:
    if shutil.disk_usage(folder).free < sum(archive.sizes.values()) + _SPARE_BYTES:
        raise StoreError(
            f"{folder} 所在磁盘放不下这份备份，没有恢复，请腾出空间。",
            code="disk_full",
            where=str(folder),
        )


def _unpack(
    archive: ArchiveReader, stage: Path, url: str, tell: Callable[[float, str], None]
) -> VerifyReport:
    total = sum(archive.sizes.values()) or 1
    done = 0

    def count(size: int) -> None:
        nonlocal done
        done += size
        tell(0.6 * done / total, "展开备份")

    for name in archive.sizes:
        target = stage / name
        target.parent.mkdir(parents=True, exist_ok=True)
        archive.extract(name, target, count)
    tell(0.6, "核验备份")
    if DUMP in archive.sizes:
        return _load(archive, stage, url)
    try:
        report = verify(stage / STORE)
    except StoreError as error:
        if error.code == "store_newer":
            raise
        raise BackupDamaged(archive.file, "里面的数据库打不开") from error
    return _sound(archive, report)


def _load(archive: ArchiveReader, stage: Path, url: str) -> VerifyReport:
    # Fills the empty database, and empties it again if that made no sound store.
    try:
        load(url, stage / DUMP)
    except StoreError as error:
        if error.code != "load_failed":
            raise
        raise BackupDamaged(archive.file, "里面的数据库导不进去") from error
    try:
        return _sound(archive, verify(url, folder=stage))
    except BaseException:
        unload(url)
        raise


def _sound(archive: ArchiveReader, report: VerifyReport) -> VerifyReport:
    if not report.ok:
        raise BackupDamaged(archive.file, report.findings[0].message.rstrip("。"))
    return report


def _replace(stage: Path, folder: Path) -> None:
    """Put the old store aside and the new one in its place; at an error, the old one back."""
    # The store of a server is not in the folder: a file that was left by `xygeo migrate` stays.
    kept = STORE if (stage / DUMP).exists() else None
    names = [name for name in _OURS if kept is None or not name.startswith(kept)]
    old = [folder / name for name in names if (folder / name).exists()]
    new = [stage / name for name in _OURS if (stage / name).exists()]
    _require_idle(folder)
    aside = Path(tempfile.mkdtemp(dir=folder, prefix="replaced-")) if old else None
    moved: list[tuple[Path, Path]] = []
    try:
        if aside is not None:
            for path in old:
                # The WAL may have been folded into its file meanwhile.
                if path.exists():
                    _move(path, aside / path.name, moved)
        for path in new:
            _move(path, folder / path.name, moved)
        sync_folder(folder)
    except BaseException:
        for source, target in reversed(moved):
            target.rename(source)
        if aside is not None:
            aside.rmdir()
        raise
    if aside is not None:
        shutil.rmtree(aside)


def _move(source: Path, target: Path, moved: list[tuple[Path, Path]]) -> None:
    source.rename(target)
    moved.append((source, target))


def _require_idle(folder: Path) -> None:
    for name in (STORE, ACCOUNTS):
        path = folder / name
        if not path.is_file():
            continue
        try:
            with contextlib.closing(sqlite3.connect(path, timeout=0)) as connection:
                # Leaving WAL mode needs the file for oneself; the store is put into it again
                # wherever it is opened.
                connection.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY:
                raise StoreError(
                    f"{path} 正在使用，没有恢复；请先停止服务（systemctl stop xygeo）。",
                    code="store_in_use",
                    where=str(path),
                ) from error
            # Damaged: a reason to restore, not against it.
