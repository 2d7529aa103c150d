"""Groups of options as typer sees them."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import Annotated

import typer
from typer.testing import CliRunner

from api.cli.program import app
from api.cli.spelled import spelled

Words = Annotated[list[str] | None, typer.Option("--word", help="一个词")]


@dataclass(frozen=True, kw_only=True)
class Base:
    role: Annotated[str, typer.Option("--role")] = "clerk"


@dataclass(frozen=True, kw_only=True)
class Group(Base):
    words: Words = None


@spelled
def told(*, group: Group, name: Annotated[str, typer.Argument()] = "甲") -> None:
    """Say it."""
    typer.echo(f"{name} {group.role} {group.words}")


def test_a_group_is_spelled_out_where_it_stands_its_own_options_first():
    assert list(inspect.signature(told).parameters) == ["words", "role", "name"]
    assert inspect.signature(told).parameters["role"].default == "clerk"


def test_the_command_gets_its_group_filled_in():
    program = typer.Typer()
    program.command()(told)
    said = CliRunner().invoke(program, ["乙", "--word", "一", "--word", "二"])
    assert said.output == "乙 clerk ['一', '二']\n"


def test_an_option_says_the_same_wherever_a_care_question_is_asked():
    commands = typer.main.get_command(app).commands
    shared = ("mode", "age", "direction", "kinds", "by", "as_of")
    asking = [commands[name] for name in ("circles", "gaps", "map", "access", "site", "print")]
    asking.append(commands["scenario"].commands["run"])
    said = {
        tuple(
            (one.opts, one.help, one.default) for one in command.params if one.name in shared
        ).__repr__()
        for command in asking
    }
    assert len(said) == 1
