"""What a backup file is: one zip with a list of what is in it, checked before anything is used.

    backup.json      format, time, store, head of its chain, and size and SHA-256 of every entry
    county.gpkg      the store (county.dump where the store is a PostgreSQL database)
    accounts.sqlite  accounts and the access log
    anchors.jsonl    heads of the chain
    files/           photos and documents, named by their SHA-256

A backup may come from anywhere: names are those above and no others, sizes are those of the list
and within what a disk holds, and nothing is a link.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import re
import stat
import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from layers.errors import StoreError
from layers.history import canonical_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

__all__ = [
    "ACCOUNTS",
    "ANCHORS",
    "DUMP",
    "STORE",
    "ArchiveReader",
    "ArchiveWriter",
    "BackupDamaged",
    "is_backup",
    "open_archive",
]

STORE = "county.gpkg"
DUMP = "county.dump"
ACCOUNTS = "accounts.sqlite"
ANCHORS = "anchors.jsonl"

_MANIFEST = "backup.json"
_KIND = "xygeo backup"
_FORMAT = 1
_FILE = re.compile(r"files/([0-9a-f]{2})/\1[0-9a-f]{62}\.[a-z0-9]{1,8}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_CHUNK = 2**20
_MANIFEST_BYTES = 64 * 2**20
_RATIO = 200
_FREE_OF_RATIO = 64 * 2**20
_BROKEN = (
    zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, RuntimeError,
    TypeError, ValueError,
)  # fmt: skip
"""What reading a zip of unknown origin may raise."""


class BackupDamaged(StoreError):  # noqa: N818 - as its siblings in `layers.errors`
    """A file is no sound backup.

    Parameters
    ----------
    file
        Which.
    why
        A few Chinese words.
    """

    code = "backup_damaged"

    def __init__(self, file: Path, why: str) -> None:
        super().__init__(
            f"{file} 不是完好的备份（{why}），没有恢复，原有数据未动；请换一份备份。",
            where=str(file),
        )


def is_backup(file: Path) -> bool:
    """Tell whether a file is a backup of ours, sound or not."""
    try:
        with zipfile.ZipFile(file) as archive:
            return _MANIFEST in archive.namelist()
    except (OSError, *_BROKEN):
        return False


class ArchiveWriter:
    """Writes a backup.

    Parameters
    ----------
    part
        The file to write, empty.
    """

    def __init__(self, part: Path) -> None:
        self._zip = zipfile.ZipFile(part, "w", compresslevel=1)
        self._entries: dict[str, dict[str, Any]] = {}

    def add(
        self,
        name: str,
        source: Path,
        *,
        compress: bool = True,
        on_bytes: Callable[[int], None] | None = None,
    ) -> str:
        """Add a file.

        Parameters
        ----------
        name
            In the zip.
        source
            What to read.
        compress
            False for pictures and documents, which are compressed already.
        on_bytes
            Told how many bytes were read, again and again.

        Returns
        -------
        The SHA-256 of what was read.
        """
        self._zip.compression = zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED
        sha, size = hashlib.sha256(), 0
        with source.open("rb") as content, self._zip.open(name, "w", force_zip64=True) as entry:
            while chunk := content.read(_CHUNK):
                entry.write(chunk)
                sha.update(chunk)
                size += len(chunk)
                if on_bytes is not None:
                    on_bytes(len(chunk))
        self._entries[name] = {"size": size, "sha256": sha.hexdigest()}
        return sha.hexdigest()

    def finish(self, about: Mapping[str, Any]) -> None:
        """Write the list of entries, and close.

        Parameters
        ----------
        about
            What it says besides.
        """
        body = {"kind": _KIND, "format": _FORMAT, **about, "entries": self._entries}
        self._zip.compression = zipfile.ZIP_DEFLATED
        with self._zip.open(_MANIFEST, "w") as entry:
            entry.write(canonical_json(body).encode())
        self._zip.close()


@dataclass(frozen=True)
class ArchiveReader:
    """A backup whose list of entries was found in order.

    Attributes
    ----------
    about
        The whole of `backup.json`.
    sizes
        Name -> bytes, of every entry.
    """

    file: Path
    about: Mapping[str, Any]
    sizes: Mapping[str, int]
    _zip: zipfile.ZipFile

    def extract(self, name: str, target: Path, on_bytes: Callable[[int], None]) -> None:
        """Write an entry out, on disk when the call returns.

        Parameters
        ----------
        name
            One of `sizes`.
        target
            A new file; readable by its owner only.
        on_bytes
            Told how many bytes were written, again and again.

        Raises
        ------
        BackupDamaged
            If it is not what the list says.
        """
        sha = hashlib.sha256()
        number = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(number, "wb") as out:
            for chunk in self._chunks(name):
                out.write(chunk)
                sha.update(chunk)
                on_bytes(len(chunk))
            out.flush()
            os.fsync(out.fileno())
        if sha.hexdigest() != self.about["entries"][name]["sha256"]:
            raise BackupDamaged(self.file, f"{name} 的内容与清单不符")

    def _chunks(self, name: str) -> Iterator[bytes]:
        with _reading(self.file, f"{name} 读不出来"), self._zip.open(name) as entry:
            while chunk := entry.read(_CHUNK):
                yield chunk


@contextlib.contextmanager
def open_archive(file: Path) -> Iterator[ArchiveReader]:
    """Open a backup for reading.

    Parameters
    ----------
    file
        From anywhere.

    Yields
    ------
    Its reader; no entry was unpacked yet.

    Raises
    ------
    BackupDamaged
        Also for a zip that is hostile or none of ours.
    StoreError
        `backup_missing` or `backup_newer`.
    """
    if not file.is_file():
        raise StoreError(
            f"找不到备份文件 {file}，请检查路径。", code="backup_missing", where=str(file)
        )
    with _reading(file, "不是 zip 文件，或只剩一部分"):
        archive = zipfile.ZipFile(file)
    with archive:
        about = _manifest(file, archive)
        yield ArchiveReader(file, about, _checked_sizes(file, archive, about), archive)


@contextlib.contextmanager
def _reading(file: Path, why: str) -> Iterator[None]:
    try:
        yield
    except BackupDamaged:
        raise
    except OSError as error:
        if error.errno != errno.EINVAL:  # a place before the beginning of the file
            raise
        raise BackupDamaged(file, why) from error
    except _BROKEN as error:
        raise BackupDamaged(file, why) from error


def _manifest(file: Path, archive: zipfile.ZipFile) -> dict[str, Any]:
    if _MANIFEST not in archive.namelist():
        raise BackupDamaged(file, "没有清单，不是本平台的备份")
    if archive.getinfo(_MANIFEST).file_size > _MANIFEST_BYTES:
        raise BackupDamaged(file, "清单过大")
    with _reading(file, "清单读不出来"):
        about: dict[str, Any] = json.loads(archive.read(_MANIFEST))
        if about["kind"] != _KIND or not isinstance(about["entries"], dict):
            raise ValueError(about["kind"])
        number = int(about["format"])
    if number > _FORMAT:
        raise StoreError(
            f"{file} 由更新版本的平台写成，请先升级本程序。", code="backup_newer", where=str(file)
        )
    return about


def _checked_sizes(
    file: Path, archive: zipfile.ZipFile, about: Mapping[str, Any]
) -> dict[str, int]:
    entries: dict[str, Any] = about["entries"]
    infos = {info.filename: info for info in archive.infolist()}
    if len(infos) != len(archive.infolist()) or infos.keys() != entries.keys() | {_MANIFEST}:
        raise BackupDamaged(file, "里面的文件与清单不符")
    if (STORE in entries) == (DUMP in entries) or ANCHORS not in entries:
        raise BackupDamaged(file, "缺少数据库")
    sizes: dict[str, int] = {}
    for name, entry in entries.items():
        info = infos[name]
        if name not in {STORE, DUMP, ACCOUNTS, ANCHORS} and _FILE.fullmatch(name) is None:
            raise BackupDamaged(file, f"含有不该有的文件“{name[:80]}”")
        if stat.S_IFMT(info.external_attr >> 16) not in {0, stat.S_IFREG} or info.flag_bits & 1:
            raise BackupDamaged(file, f"{name} 不是普通文件")
        listed = entry if isinstance(entry, dict) else {}
        size, sha = listed.get("size"), listed.get("sha256")
        if size != info.file_size or _SHA256.fullmatch(str(sha)) is None:
            raise BackupDamaged(file, f"{name} 与清单不符")
        sizes[name] = info.file_size
    if sum(sizes.values()) > max(_FREE_OF_RATIO, _RATIO * file.stat().st_size):
        raise BackupDamaged(file, "展开后大得不合常理")
    return sizes
