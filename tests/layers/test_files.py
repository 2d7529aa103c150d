"""Kept files: named by what is in them, never overwritten, no way out of their folder."""

from __future__ import annotations

import hashlib

import pytest

from layers.errors import InvalidRecord, NotFound
from layers.files import Files


@pytest.fixture
def files(tmp_path):
    return Files(tmp_path)


def test_name_is_the_digest_and_the_ending(files):
    name = files.put(b"abc", "jpg")
    assert name == hashlib.sha256(b"abc").hexdigest() + ".jpg"
    assert files.path(name).read_bytes() == b"abc"


def test_same_content_is_one_file(files):
    assert files.put(b"abc", "jpg") == files.put(b"abc", "jpg")
    assert sum(path.is_file() for path in files.folder.rglob("*")) == 1


@pytest.mark.parametrize("name", ["../county.gpkg", "/etc/passwd", "ab.jpg", "", "x" * 64 + ".jpg"])
def test_name_that_is_none_of_ours_is_refused(files, name):
    with pytest.raises(InvalidRecord):
        files.path(name)


def test_ending_with_a_path_is_refused(files):
    with pytest.raises(InvalidRecord):
        files.put(b"abc", "jpg/../x")


def test_missing_file_is_told(files):
    with pytest.raises(NotFound):
        files.path("0" * 64 + ".jpg")


def test_altered_and_strange_files_are_found(files):
    whole, altered = files.put(b"abc", "jpg"), files.put(b"def", "jpg")
    files.path(altered).write_bytes(b"deg")
    (files.folder / "list.txt").write_text("x", encoding="utf-8")
    (files.folder / whole).write_bytes(b"abc")  # ours by name, but not where ours stand
    assert list(files.altered()) == [altered]
    assert set(files.strange()) == {"list.txt", whole}


def test_file_that_is_named_and_not_kept_is_lacking(files):
    kept = files.put(b"abc", "jpg")
    assert not files.lacks(kept)
    assert files.lacks("0" * 64 + ".jpg")
    assert not files.lacks("襄垣县志 卷三")


def test_folder_without_files_has_none_altered_or_strange(files):
    assert [*files.altered(), *files.strange()] == []
