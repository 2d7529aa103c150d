"""The attribute table of a shp: its names and the encoding of its text, which GDAL only guesses."""

from __future__ import annotations

import codecs
import re
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import IO

from layers.findings import UnreadableError

__all__ = ["Dbf", "decoded", "read_dbf"]

_HEADER = struct.Struct("<4xIHH20x")
_FIELD = struct.Struct("<11sc4xBB14x")
_NAME_BYTES = 10
_BLOCK_RECORDS = 4_000
_UTF8_CHINESE = re.compile(rb"[\xe2-\xef][\x80-\xbf]{2}")
_PAIR = re.compile(rb"[\xb0-\xf7][\xa1-\xfe]")  # a Chinese character of GB 2312
_OF_GB = ("gb18030", "gbk", "gb2312")
_PREFERRED = ("utf-8", "gb18030")
_CODE_PAGES = {
    "936": "gb18030",
    "CP936": "gb18030",
    "GBK": "gb18030",
    "GB2312": "gb18030",
    "65001": "utf-8",
    "88591": "latin-1",
}


@dataclass(frozen=True)
class Dbf:
    """What the header of a dbf says.

    Attributes
    ----------
    names
        Of the fields, decoded.
    encoding
        Of all its text.
    """

    names: tuple[str, ...]
    encoding: str


def read_dbf(path: Path, *, code_page: str | None, shown: str) -> Dbf:
    """Find the names and the encoding of a dbf.

    Parameters
    ----------
    path
        The file.
    code_page
        What its .cpg says, if there is one: that is believed, unless all text is Chinese in
        another encoding, which would be read as nonsense without a fault. Else text that is UTF-8
        throughout is UTF-8, and everything else GB18030, which holds GBK.
    shown
        Name of the file for messages.

    Raises
    ------
    UnreadableError
        I01: no dbf, an unknown or a wrong code page, or two encodings in one file.
    """
    with path.open("rb") as file:
        head = file.read(_HEADER.size)
        if len(head) < _HEADER.size:
            raise UnreadableError(None, f"“{shown}”里的 .dbf 不完整，请重新导出。")
        records, header_bytes, record_bytes = _HEADER.unpack(head)
        raw = file.read(max(header_bytes - _HEADER.size, 0))
        names = [
            raw[start : start + 11].split(b"\x00")[0]
            for start in range(0, len(raw) - _FIELD.size + 1, _FIELD.size)
            if raw[start : start + 1] != b"\r"
        ]
        texts = _texts(file, records, record_bytes)
        encoding = _named(code_page, shown) if code_page else None
        if encoding is None:
            encoding = _guessed(names, texts, shown)
        else:
            _require_fit(encoding, str(code_page), chain(names, texts), shown)
    return Dbf(tuple(_name(name, encoding, shown) for name in names), encoding)


def decoded(text: str, encoding: str, *, row: int, heading: str) -> str:
    """Decode a cell that was read as Latin-1, strictly.

    Parameters
    ----------
    text
        One character a byte.
    encoding
        Of the table.
    row, heading
        Where it stands, for the message.

    Raises
    ------
    UnreadableError
        I01: bytes that are no text in this encoding.
    """
    if text.isascii():
        return text
    try:
        return text.encode("latin-1").decode(encoding)
    except UnicodeError as error:
        raise UnreadableError(
            row,
            f"第 {row} 行“{heading}”的文字不是 {_shown(encoding)} 编码(或被截断)，"
            "请核对 .cpg 文件里的编码，或另存为 UTF-8 再导入。",
        ) from error


def _shown(encoding: str) -> str:
    return "GBK" if encoding == "gb18030" else encoding.upper()


def _named(code_page: str, shown: str) -> str | None:
    word = code_page.strip().upper()
    try:
        return _CODE_PAGES.get(word) or codecs.lookup(word.removeprefix("ANSI ")).name
    except LookupError as error:
        raise UnreadableError(
            None,
            f"“{shown}”的 .cpg 写的编码“{word[:20]}”不认识，请改为 UTF-8 或 GBK。",
        ) from error


def _require_fit(encoding: str, code_page: str, texts: Iterable[bytes], shown: str) -> None:
    """Refuse a code page in which Chinese of another encoding makes letters, but no sense.

    Raises
    ------
    UnreadableError
        I01.
    """
    if encoding == "utf-8":
        return  # other text is no UTF-8: that shows when it is decoded
    likely = {"utf-8": _UTF8_CHINESE} | ({} if encoding in _OF_GB else {"gb18030": _PAIR})
    seen = False
    for text in texts:
        if text.isascii():
            continue
        seen = True
        likely = {
            other: chinese
            for other, chinese in likely.items()
            if _is(text.rstrip(b"\x00 "), other) and chinese.search(text)
        }
        if not likely:
            return
    if seen:
        other = _shown(min(likely, key=_PREFERRED.index))
        raise UnreadableError(
            None,
            f"“{shown}”的 .cpg 写的编码是 {code_page.strip()[:20]}，文字却是 {other}，"
            "请改正 .cpg 文件再导入。",
        )


def _texts(file: IO[bytes], records: int, record_bytes: int) -> Iterator[bytes]:
    left = records
    while left > 0 and record_bytes > 0:
        block = file.read(record_bytes * min(left, _BLOCK_RECORDS))
        if not block:
            return
        for start in range(0, len(block), record_bytes):
            yield block[start : start + record_bytes]
        left -= _BLOCK_RECORDS


def _guessed(names: list[bytes], records: Iterator[bytes], shown: str) -> str:
    """Tell UTF-8 from GB18030 by every record.

    Raises
    ------
    UnreadableError
        I01: a table of both, or of UTF-8 with parts missing.
    """
    utf8 = other = 0
    for number, record in enumerate(records, start=1):
        if record.isascii():
            continue
        if _is(record, "utf-8"):
            utf8 += 1
        else:
            other += 1
            rest = _UTF8_CHINESE.sub(b"", record)
            if len(_UTF8_CHINESE.findall(record)) > 1 and sum(byte > 0x7F for byte in rest) < 3:
                raise UnreadableError(
                    number,
                    f"“{shown}”第 {number} 行的文字像是 UTF-8，但有残缺，请附上 .cpg 或重新导出。",
                )
    if utf8 and other:
        raise UnreadableError(
            None, f"“{shown}”的 .dbf 混有两种编码，请统一为 UTF-8 并附上 .cpg 后再导入。"
        )
    if utf8 or other:
        return "utf-8" if utf8 else "gb18030"
    joined = [name for name in names if not name.isascii()]
    whole = all(_is(name, "utf-8") or len(name) == _NAME_BYTES for name in joined)
    return "utf-8" if whole and not all(_is(name, "gb18030") for name in joined) else "gb18030"


def _is(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _name(name: bytes, encoding: str, shown: str) -> str:
    """Decode a field name; the format cuts it after ten bytes, in the middle of a character too.

    Raises
    ------
    UnreadableError
        I01: not in this encoding.
    """
    try:
        # `final=False`: what is missing of the last character is forgiven.
        return codecs.getincrementaldecoder(encoding)().decode(name, len(name) < _NAME_BYTES)
    except UnicodeDecodeError as error:
        raise UnreadableError(
            None, f"“{shown}”的字段名不是 {_shown(encoding)} 编码，请核对 .cpg 文件。"
        ) from error
