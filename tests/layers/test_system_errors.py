"""The system's refusals are said in Chinese."""

from __future__ import annotations

import errno
import os

import pytest

from layers.system_errors import reason


@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.EACCES, "没有权限"), (errno.ENOSPC, "磁盘已满"), (errno.EISDIR, "是文件夹，不是文件")],
)
def test_a_common_refusal_has_chinese_words(number, words):
    assert reason(OSError(number, os.strerror(number))) == words


def test_a_rare_refusal_keeps_its_number():
    assert reason(OSError(errno.ELOOP, "Too many links")) == f"系统错误 {errno.ELOOP}"


def test_a_refusal_without_a_number_is_named():
    assert reason(OSError("Cannot save file into a non-existent directory")) == "系统错误 OSError"
