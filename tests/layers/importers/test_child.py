from __future__ import annotations

import pytest

from layers.findings import UnreadableError
from layers.importers.child import read_in_child
from tests.layers.readers.files import write_book


def opened(path, **options):
    return read_in_child("xlsx", path, sheet=None, prefer="x", **options)


@pytest.fixture
def book(tmp_path):
    return write_book(tmp_path / "a.xlsx", ["name"], *([f"n{i}"] for i in range(5000)))


def alive(table):
    return table.chunks.close.alive


def test_rows_come_in_parts_and_the_child_ends_with_them(book):
    table = opened(book)
    assert [len(chunk.rows) for chunk in table.chunks] == [2000, 2000, 1000]
    assert not alive(table)


def test_closing_early_ends_the_child(book):
    table = opened(book)
    next(table.chunks)
    table.chunks.close()
    assert not alive(table)


def test_a_child_that_takes_too_long_is_ended(book):
    with pytest.raises(UnreadableError, match="秒，已停止") as caught:
        opened(book, seconds=0.0)
    assert caught.value.finding.code == "I01"


def test_a_module_beside_the_user_is_not_run(book, tmp_path, monkeypatch):
    (tmp_path / "openpyxl.py").write_text("raise SystemExit")
    monkeypatch.chdir(tmp_path)
    assert opened(book).headings == ("name",)
