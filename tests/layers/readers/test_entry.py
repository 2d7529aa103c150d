from __future__ import annotations

import io
import json
import subprocess
import sys
from types import SimpleNamespace

import pytest

from layers.findings import UnreadableError
from layers.readers import entry
from layers.readers.wire import receive

LIMITED = """
from layers.readers.entry import _limit
_limit()
try:
    bytearray(2 ** 31)
except MemoryError:
    print("bounded")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="this system bounds no memory")
def test_memory_is_bounded():
    done = subprocess.run(
        [sys.executable, "-c", LIMITED], capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "bounded", done.stderr


def answers(monkeypatch, tmp_path, read):
    """What the child tells of a file whose reader is `read`."""
    request = {"format": "x", "path": str(tmp_path / "a.x"), "options": {}, "skipped_drivers": ""}
    out = io.BytesIO()
    monkeypatch.setattr(entry, "_limit", lambda: None)
    monkeypatch.setattr(entry, "_reader", lambda _name: read)
    monkeypatch.setattr(entry.os, "putenv", lambda _name, _value: None)
    monkeypatch.setattr(
        sys, "stdin", SimpleNamespace(buffer=io.BytesIO(json.dumps(request).encode()))
    )
    monkeypatch.setattr(sys, "stdout", SimpleNamespace(buffer=out))
    entry.main()
    out.seek(0)
    messages = []
    while (message := receive(out)) is not None:
        messages.append(message)
    return messages


def test_what_is_read_is_sent_and_then_the_end(monkeypatch, tmp_path):
    assert answers(monkeypatch, tmp_path, lambda _path: iter([{"a": 1}])) == [
        {"a": 1},
        {"end": True},
    ]


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (UnreadableError(3, "第 3 行。", finding_code="I04"), [3, "第 3 行。", "I04"]),
        (MemoryError(), "内存超过 1 GiB"),
        (ZeroDivisionError(), "文件已损坏"),
    ],
)
def test_whatever_breaks_a_reader_is_told_in_our_words(monkeypatch, tmp_path, error, told):
    def read(_path):
        raise error

    (message,) = answers(monkeypatch, tmp_path, read)
    assert message["error"] == told or told in message["error"][1]
