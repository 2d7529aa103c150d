"""The program `xygeo`: its commands, and one place where errors become words and exit codes.

Exit codes: 0 done, 1 findings or refused, 2 wrong use.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from typing import TYPE_CHECKING, NoReturn

import typer

from api.cli import (
    access_command,
    case_commands,
    counties_command,
    demo_command,
    keeping_commands,
    layer_commands,
    migrate_command,
    name_commands,
    print_command,
    record_commands,
    scenario_commands,
    service_commands,
    site_command,
    study_command,
    user_commands,
)
from api.cli.help_words import ChineseCommand, ChineseGroup
from api.cli.usage import USAGE_CODES, usage_sentence
from geo.errors import PlatformError
from layers.system_errors import reason

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["app", "main", "run"]

_INTERRUPTED = 130
"""What typer gives back after Ctrl-C."""

app = typer.Typer(
    name="xygeo",
    cls=ChineseGroup,
    help="襄垣县地名区划与养老服务圈平台：数据、15 分钟服务圈与覆盖缺口、地图。",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
    no_args_is_help=True,
)
for commands in (
    demo_command,
    layer_commands,
    name_commands,
    record_commands,
    service_commands,
    access_command,
    site_command,
    study_command,
    user_commands,
    scenario_commands,
    print_command,
    case_commands,
    counties_command,
    keeping_commands,
    migrate_command,
):
    commands.register(app)
for command in app.registered_commands:
    command.cls = ChineseCommand


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command `xygeo`; a fault of the program itself is told as one, with its trace."""
    words = sys.argv[1:] if arguments is None else arguments
    interrupts = _Interrupts()
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, interrupts)
    try:
        code = run(words)
        print(end="", flush=True)
    except OSError as error:  # the answer itself cannot be told
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):  # `head` has gone: nobody misses the rest
            print(f"结果写不出去（{reason(error)}）。", file=sys.stderr)
        code = 1
    except (Exception, KeyboardInterrupt):  # noqa: BLE001 - the last door, for the unforeseen
        as_json = "--json" in words
        if interrupts.seen:
            code = _abort(as_json=as_json)
        else:
            traceback.print_exc()
            sentence = "程序内部出错，结果未完成；请把以上文字交给维护人员。"
            code = _refuse(sentence, code="internal", where=None, as_json=as_json)
    sys.exit(code)


class _Interrupts:
    """Ctrl-C, remembered: SQLite tells one inside its callbacks as an error of its own."""

    def __init__(self) -> None:
        self.seen = False

    def __call__(self, _number: int, _frame: object) -> NoReturn:
        self.seen = True
        raise KeyboardInterrupt


def run(arguments: Sequence[str]) -> int:
    """Carry out one command line and return its exit code.

    An office console may lack a rare character of a name; it is then shown as ``?`` rather than
    ending the command. JSON is UTF-8 whatever the console.

    Raises
    ------
    OSError
        If the answer cannot be told: its reader has gone or its disk is full.
    """
    as_json = "--json" in arguments
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace", encoding="utf-8" if as_json else None)
    try:
        code = app(list(arguments), prog_name="xygeo", standalone_mode=False)
    except typer.Abort:
        code = _INTERRUPTED
    except typer.TyperException as error:
        _refuse(usage_sentence(error), code="usage", where=None, as_json=as_json)
        return 2
    except PlatformError as error:
        _refuse(str(error), code=error.code, where=error.where, as_json=as_json)
        return 2 if error.code in USAGE_CODES else 1
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise
        place = str(error.filename or "")
        sentence = f"文件 {place} 无法读写（{reason(error)}），请检查路径和权限。"
        return _refuse(sentence, code="file", where=place, as_json=as_json)
    if code == _INTERRUPTED:
        return _abort(as_json=as_json)
    return code if isinstance(code, int) else 0


def _abort(*, as_json: bool) -> int:
    sentence = "已中止，没有做完的部分未写入。"
    return _refuse(sentence, code="aborted", where=None, as_json=as_json)


def _refuse(sentence: str, *, code: str, where: str | None, as_json: bool) -> int:
    if as_json:
        print(
            json.dumps(
                {"error": {"code": code, "message": sentence, "where": where}},
                ensure_ascii=False,
                indent=1,
            )
        )
    else:
        print(sentence, file=sys.stderr)
    return 1
