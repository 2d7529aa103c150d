"""What a reader's child process tells: framed JSON, so that a broken child can only send data."""

from __future__ import annotations

import json
import struct
from base64 import b64decode, b64encode
from collections.abc import Sequence
from datetime import date, datetime
from itertools import accumulate
from typing import IO, Any

from layers.findings import RefusedCell

__all__ = ["LONGEST_BYTES", "receive", "send"]

LONGEST_BYTES = 512 * 2**20
"""Longest message that is taken."""

_LENGTH = struct.Struct(">Q")


def send(stream: IO[bytes], message: dict[str, Any]) -> None:
    """Write one message.

    Parameters
    ----------
    stream
        The child's standard output.
    message
        What JSON can hold, and dates, times, bytes and refused cells.
    """
    if "wkb" in message:
        message = {**message, "wkb": _packed(message["wkb"])}
    body = json.dumps(message, default=_tagged, separators=(",", ":")).encode("ascii")
    stream.write(_LENGTH.pack(len(body)))
    stream.write(body)
    stream.flush()


def receive(stream: IO[bytes]) -> dict[str, Any] | None:
    """Read one message.

    Parameters
    ----------
    stream
        Of the child.

    Returns
    -------
    The message, or None if the stream ends before a whole one.

    Raises
    ------
    ValueError
        If what comes is no message.
    """
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    if length > LONGEST_BYTES:
        raise ValueError(length)
    body = stream.read(length)
    if len(body) < length:
        return None
    message = json.loads(body, object_hook=_untagged)
    if not isinstance(message, dict):
        raise ValueError(message)
    if "wkb" in message:
        message["wkb"] = _unpacked(message["wkb"])
    return message


def _packed(shapes: Sequence[bytes | None]) -> dict[str, Any]:
    """Put many shapes into one text: thousands of tags of their own would cost more than they."""
    return {
        "bytes": [None if shape is None else len(shape) for shape in shapes],
        "all": b64encode(b"".join(filter(None, shapes))).decode("ascii"),
    }


def _unpacked(packed: Any) -> list[bytes | None]:  # noqa: ANN401 - whatever a child sends
    """Give the shapes back.

    Raises
    ------
    ValueError
        If the lengths are not those of the text.
    """
    try:
        lengths, body = packed["bytes"], b64decode(packed["all"])
        ends = list(accumulate(length or 0 for length in lengths))
        shapes = [
            None if length is None else body[end - length : end]
            for length, end in zip(lengths, ends, strict=True)
        ]
    except (KeyError, TypeError) as error:
        raise ValueError("shapes") from error
    if (ends[-1] if ends else 0) != len(body):
        raise ValueError("shapes")
    return shapes


def _tagged(value: object) -> object:
    if isinstance(value, RefusedCell):
        return {"$refused": [value.text, value.code, value.reason]}
    if isinstance(value, datetime):
        return {"$time": value.isoformat()}
    if isinstance(value, date):
        return {"$date": value.isoformat()}
    if isinstance(value, bytes):
        return {"$bytes": b64encode(value).decode("ascii")}
    return str(value)


def _untagged(value: dict[str, Any]) -> Any:  # noqa: ANN401 - any value of a cell
    if len(value) != 1:
        return value
    (tag, content), *_ = value.items()
    if tag == "$date":
        return date.fromisoformat(content)
    if tag == "$time":
        return datetime.fromisoformat(content)
    if tag == "$bytes":
        return b64decode(content)
    if tag == "$refused":
        text, code, reason = content
        return RefusedCell(text, code=code, reason=reason)
    return value
