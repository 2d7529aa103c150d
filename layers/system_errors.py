"""What the operating system refuses, in words of an office."""

from __future__ import annotations

import errno

__all__ = ["reason"]

_WORDS = {
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EROFS: "所在磁盘只读",
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "磁盘配额已满",
    errno.ENOENT: "文件或文件夹不存在",
    errno.EEXIST: "已有同名文件",
    errno.EISDIR: "是文件夹，不是文件",
    errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.ENAMETOOLONG: "文件名太长",
    errno.EBUSY: "正被其他程序占用",
}


def reason(error: OSError) -> str:
    """Say why a file could not be read or written.

    Parameters
    ----------
    error
        As the system raised it.

    Returns
    -------
    A few Chinese words; for rare causes the system's number.
    """
    known = _WORDS.get(error.errno or 0)
    return known or f"系统错误 {error.errno or type(error).__name__}"
