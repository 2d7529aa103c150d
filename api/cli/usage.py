"""Wrong use of the command line, said in Chinese."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.errors import PlatformError

if TYPE_CHECKING:
    from typer import TyperException

__all__ = ["USAGE_CODES", "UsageError", "usage_sentence"]

USAGE_CODES = frozenset(
    {"bad_host", "format_unknown", "unknown_layer", "unknown_paper", "unknown_sheet", "usage"}
)
"""Codes of errors that are the caller's slip: exit 2."""

_WANTED = {
    "valid number": "，应是数",
    "valid integer": "，应是整数",
    "greater than or equal": "，太小了",
    "less than or equal": "，太大了",
    "is not in the range": "，超出范围",
    "is not readable": "，没有读取权限",
}
"""Words of the parser's own English reason -> what we say."""


class UsageError(PlatformError):
    """The command was called with words that it does not have."""

    code = "usage"


def usage_sentence(error: TyperException) -> str:
    """One Chinese sentence for an error of the argument parser.

    Parameters
    ----------
    error
        What typer raised before the command ran.

    Returns
    -------
    What is wrong and how to see the right words; without any words the help itself.
    """
    if type(error).__name__ == "NoArgsIsHelpError":
        return str(error.message)
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "xygeo"
    return f"{_reason(error)}用法见 {command} --help。"


def _reason(error: TyperException) -> str:
    kind = type(error).__name__
    option = getattr(error, "option_name", None)
    if kind == "NoSuchOption":
        possible = getattr(error, "possibilities", None)
        hint = f"是不是 {'、'.join(possible)}？" if possible else ""
        return f"没有选项 {option}。{hint}"
    if kind == "BadOptionUsage":
        return f"选项 {option} 缺少值。"
    parameter = getattr(error, "param", None)
    name = parameter.get_error_hint() if parameter is not None else ""
    if kind == "MissingParameter":
        return f"缺少 {name}。"
    if kind == "BadParameter":
        wanted = next((said for word, said in _WANTED.items() if word in str(error.message)), "")
        return f"{name} 的值不对{wanted or f'（{error.message}）'}。"
    message = str(error.message)
    if message.startswith("No such command"):
        return f"没有命令 {message.removeprefix('No such command').strip(' .')}。"
    if "unexpected extra argument" in message:
        return f"多出了参数 {message.partition('(')[2].rstrip(')')}。"
    return f"{message} "
