"""Bytes of a text file to text, strictly: a wrong character is refused, never replaced.

UTF-8 (with or without mark), UTF-16 with its mark, else GB18030, which holds GBK and GB2312.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from pathlib import Path

from layers.findings import UnreadableError

__all__ = ["decode_text", "text_encoding"]

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MARKED = {"utf-8": "utf-8-sig", "utf-16-le": "utf-16", "utf-16-be": "utf-16"}
_BLOCK_CHARACTERS = 2**20
# Tab, line feed and carriage return are the only control characters that text files hold.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
# Two or more characters of three UTF-8 bytes in a line that is otherwise ASCII: the shape of
# Chinese in UTF-8, which real GBK text does not take.
_UTF8_CHINESE = re.compile(rb"[\xe2-\xef][\x80-\xbf]{2}")


def decode_text(data: bytes) -> str:
    """Give the text of a file, whichever of the three encodings it is in.

    Parameters
    ----------
    data
        The whole file.

    Returns
    -------
    The text without its byte order mark; line ends are kept.

    Raises
    ------
    UnreadableError
        I01 with the line number: undecodable bytes, two encodings in one file, control characters.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _checked(_decode(data[len(mark) :], encoding))
    try:
        return _checked(data.decode("utf-8"))
    except UnicodeDecodeError:
        _refuse_mixed(data.split(b"\n"))
        return _checked(_decode(data, "gb18030"))


def text_encoding(path: Path) -> str:
    """Find the encoding of a file whose every character is then known to be right.

    The file is read through block by block, so that it may be of any length.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    What `open` takes; a byte order mark is passed over by it.

    Raises
    ------
    UnreadableError
        As `decode_text`.
    """
    with path.open("rb") as file:
        head = file.read(3)
    marked = next((_MARKED[name] for mark, name in _MARKS if head.startswith(mark)), None)
    for encoding in (marked,) if marked else ("utf-8", "gb18030"):
        if encoding == "gb18030":
            with path.open("rb") as file:
                _refuse_mixed(file)
        if _is_sound(path, encoding):
            return encoding
    decode_text(path.read_bytes())  # says where the first fault is
    raise UnreadableError(None, f"“{path.name}”在读取时被改动，请再导入一次。")


def _is_sound(path: Path, encoding: str) -> bool:
    try:
        with path.open(encoding=encoding, newline="") as text:
            while block := text.read(_BLOCK_CHARACTERS):
                if _CONTROL.search(block):
                    return False
    except UnicodeDecodeError:
        return False
    return True


def _decode(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UnreadableError(
            line, f"第 {line} 行有无法识别的字符，请另存为 UTF-8 编码后再导入。"
        ) from error


def _refuse_mixed(lines: Iterable[bytes]) -> None:
    """Refuse a file that is partly UTF-8: read as GB18030 those lines would turn to nonsense.

    Raises
    ------
    UnreadableError
        I01, naming the first such line.
    """
    for number, line in enumerate(lines, start=1):
        if line.isascii() or len(_UTF8_CHINESE.findall(line)) < 2:
            continue
        if all(byte < 0x80 for byte in _UTF8_CHINESE.sub(b"", line)):
            raise UnreadableError(
                number, f"文件混有两种编码，第 {number} 行是 UTF-8，请统一为 UTF-8 后再导入。"
            )


def _checked(text: str) -> str:
    found = _CONTROL.search(text)
    if found is None:
        return text
    line = text.count("\n", 0, found.start()) + 1
    raise UnreadableError(
        line, f"第 {line} 行有控制字符（U+{ord(found.group()):04X}），请删除后再导入。"
    )
