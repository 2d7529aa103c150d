"""Help of the commands in Chinese, the parser's own words too."""

from __future__ import annotations

import re
from typing import Any

from typer.core import TyperCommand, TyperGroup

__all__ = ["ChineseCommand", "ChineseGroup"]

_WORDS = {
    "Usage: ": "用法：",
    "[OPTIONS]": "[选项]",
    "COMMAND [ARGS]...": "命令 [参数]...",
    "Arguments:": "参数：",
    "Options:": "选项：",
    "Commands:": "命令：",
    "Show this message and exit.": "显示这些说明。",
    "[default:": "[默认",
    "[required]": "[必填]",
}
_ANY = re.compile("|".join(re.escape(word) for word in _WORDS))


def _in_chinese(text: str) -> str:
    return _ANY.sub(lambda found: _WORDS[found[0]], text)


class ChineseCommand(TyperCommand):
    """A command whose help is Chinese throughout."""

    def get_help(self, ctx: Any) -> str:  # noqa: ANN401 - typer hides the type
        """Give the text of `--help`."""
        return _in_chinese(super().get_help(ctx))


class ChineseGroup(TyperGroup):
    """The program, whose help is Chinese throughout."""

    def get_help(self, ctx: Any) -> str:  # noqa: ANN401 - typer hides the type
        """Give the text of `--help`."""
        return _in_chinese(super().get_help(ctx))
