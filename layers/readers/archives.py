"""Zip archives of strangers: looked through before anything in them is unpacked."""

from __future__ import annotations

import re
import stat
import struct
import zipfile
from itertools import pairwise
from pathlib import Path

from layers.findings import UnreadableError

__all__ = ["MAX_BYTES", "MAX_ENTRIES", "MAX_RATIO", "open_archive"]

MAX_ENTRIES = 200
MAX_BYTES = 512 * 2**20
MAX_RATIO = 200

_SMALL_BYTES = 2**20  # below this a high ratio does no harm: blank text packs well
_LOCAL_HEADER = struct.Struct("<26xHH")
_ENCRYPTED = 0x1
_NESTED = re.compile(r"\.(zip|7z|rar|gz|tgz|tar|bz2|xz|zst)$", re.IGNORECASE)


def open_archive(path: Path) -> zipfile.ZipFile:
    """Open an archive that is safe to read.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    The archive: at most `MAX_ENTRIES` entries of `MAX_BYTES` together, none packed more than
    `MAX_RATIO` times, none with a path that leads out, encrypted, twice, a link, another archive or
    over another entry's bytes. What an entry says of its size holds: zipfile reads no byte more.

    Raises
    ------
    UnreadableError
        I01: it is damaged, or one of these.
    """
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise UnreadableError(
            None, f"“{path.name}”不是完整的 zip 压缩包，请重新导出或重新压缩。"
        ) from error
    try:
        fault = _fault(archive.infolist()) or _overlap(path, archive.infolist())
    except struct.error:
        fault = "目录有误"
    if fault is not None:
        archive.close()
        raise UnreadableError(None, f"压缩包“{path.name}”{fault}，已拒绝读取，请重新压缩。")
    return archive


def _fault(entries: list[zipfile.ZipInfo]) -> str | None:
    """Tell what is wrong with the directory of an archive."""
    if len(entries) > MAX_ENTRIES:
        return f"里有 {len(entries)} 个文件，最多 {MAX_ENTRIES} 个"
    if sum(entry.file_size for entry in entries) > MAX_BYTES:
        return f"解开后超过 {MAX_BYTES // 2**20} MiB"
    seen: set[str] = set()
    for entry in entries:
        name = entry.orig_filename
        shown = "".join(c for c in name[:60] if c.isprintable())
        if _leads_out(name):
            return f"里的路径“{shown}”指向包外"
        if stat.S_ISLNK(entry.external_attr >> 16):
            return f"里的“{shown}”是链接"
        if entry.flag_bits & _ENCRYPTED:
            return f"里的“{shown}”已加密"
        if _NESTED.search(name):
            return f"里还有压缩包“{shown}”"
        if entry.file_size > max(_SMALL_BYTES, MAX_RATIO * entry.compress_size):
            return f"里的“{shown}”压缩比超过 {MAX_RATIO} 倍"
        if name.casefold() in seen:
            return f"里有两个“{shown}”"
        seen.add(name.casefold())
    return None


def _leads_out(name: str) -> bool:
    return (
        "\\" in name
        or "\x00" in name
        or ":" in name
        or name.startswith("/")
        or ".." in name.split("/")
    )


def _overlap(path: Path, entries: list[zipfile.ZipInfo]) -> str | None:
    """Find entries that share bytes: how a small file unpacks to a thousand large ones."""
    ranges = []
    with path.open("rb") as file:
        for entry in entries:
            file.seek(entry.header_offset)
            name, extra = _LOCAL_HEADER.unpack(file.read(_LOCAL_HEADER.size))
            length = _LOCAL_HEADER.size + name + extra + entry.compress_size
            ranges.append((entry.header_offset, entry.header_offset + length))
    ranges.sort()
    if any(end > start for (_, end), (start, _) in pairwise(ranges)):
        return "里的文件互相重叠"
    return None
