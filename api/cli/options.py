"""Options that several commands share, each written once: name, help and default.

Those that go together are a group, a dataclass that `api.cli.spelled` spells out in a command.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.session import actor, start
from api.cli.usage import UsageError

if TYPE_CHECKING:
    from api.cli.session import Session
    from layers.analysis.question import CareQuestion
    from layers.store import Actor

__all__ = [
    "ActorName",
    "ActorOptions",
    "AsOf",
    "CareOptions",
    "Data",
    "Full",
    "FullOptions",
    "Json",
    "LimitOption",
    "Reason",
    "Role",
    "SavingOptions",
    "SessionOptions",
    "WayOptions",
    "WriterOptions",
    "parse_date",
]

Data = Annotated[
    Path | None,
    typer.Option("--data", metavar="DIR", help="数据目录（默认 xygeo-data 或 XYGEO_DATA）"),
]
Json = Annotated[bool, typer.Option("--json", help="在标准输出给出 JSON")]
ActorName = Annotated[
    str | None, typer.Option("--actor", metavar="NAME", help="经办人账号（默认系统用户，未验证）")
]
Role = Annotated[str, typer.Option("--role", metavar="R", help="身份：clerk planner reviewer")]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="理由，记入历史")]
Full = Annotated[
    bool, typer.Option("--full", help="不隐藏 1–4 人的小数（仅限有权人员，记入访问日志）")
]
AsOf = Annotated[
    str | None, typer.Option("--as-of", metavar="DATE", help="按某日有效的数据，如 2020-06-30")
]


@dataclass(frozen=True, kw_only=True)
class SessionOptions:
    """Where the data are and how to answer: every command has these."""

    data: Data = None
    as_json: Json = False

    def start(self) -> Session:
        """Begin the call, as `api.cli.session.start`."""
        return start(self.data, as_json=self.as_json)


@dataclass(frozen=True, kw_only=True)
class ActorOptions:
    """Who does it."""

    actor_name: ActorName = None
    role: Role = "clerk"

    def actor(self) -> Actor:
        """Give whoever does it, as `api.cli.session.actor`."""
        return actor(self.actor_name, self.role)


@dataclass(frozen=True, kw_only=True)
class FullOptions(ActorOptions):
    """Who reads it, and whether in full: small counts too, which the access log then says."""

    full: Full = False

    def log(self, session: Session, action: str, detail: dict[str, Any]) -> None:
        """Record that a reader saw all, if so; before anything is shown."""
        if self.full:
            session.log_access(self.actor(), action, detail)


@dataclass(frozen=True, kw_only=True)
class _ReasonOption:
    reason: Reason = ""


@dataclass(frozen=True, kw_only=True)
class WriterOptions(ActorOptions, _ReasonOption):
    """Who writes, and why."""


@dataclass(frozen=True, kw_only=True)
class SavingOptions(FullOptions, WriterOptions):
    """Who reads an answer, perhaps in full, and may keep it as a scenario."""

    save: Annotated[
        str | None, typer.Option("--save", metavar="NAME", help="存为 siting_scenarios 的一个方案")
    ] = None


@dataclass(frozen=True, kw_only=True)
class WayOptions:
    """The planner's question but for its limit: how, who, which way, what counts, by what, when."""

    mode: Annotated[
        str, typer.Option("--mode", help="方式：walk 步行、etrike 电动三轮、car 汽车")
    ] = "walk"
    age: Annotated[str, typer.Option("--age", help="年龄段：60、70、80、disabled，各有步速")] = "60"
    direction: Annotated[
        str,
        typer.Option("--direction", help="方向：to_facility 老人前往、from_facility 服务上门"),
    ] = "to_facility"
    kinds: Annotated[
        list[str] | None,
        typer.Option(
            "--kind", metavar="K", help="计入的设施类型，可重复（默认驿站、社区中心、日间照料）"
        ),
    ] = None
    by: Annotated[str, typer.Option("--by", help="按 township 乡镇 或 village 村级 汇总")] = (
        "township"
    )
    as_of: AsOf = None
    year: Annotated[
        int | None,
        typer.Option("--year", metavar="YEAR", help="用哪一年的分村人数（默认最近一年）"),
    ] = None

    def asked(self, minutes: float) -> CareQuestion:
        """Make the question.

        Raises
        ------
        UsageError
            If a word is none of those offered.
        """
        from geo.errors import InputError
        from layers.analysis.question import SERVICE_KINDS, CareQuestion
        from layers.schema import layer_schema

        offered = layer_schema("care_facilities").fields["kind"].codes or {}
        unknown = [kind for kind in self.kinds or () if kind not in offered]
        if unknown:
            raise UsageError(
                f"没有设施类型“{unknown[0]}”，可选：{'、'.join(offered)}。", where="--kind"
            )
        try:
            return CareQuestion(
                minutes=minutes,
                mode=self.mode,
                age=self.age,
                direction=self.direction,
                kinds=tuple(self.kinds) if self.kinds else SERVICE_KINDS,
                by=self.by,
                as_of=parse_date(self.as_of, "--as-of"),
                year=self.year,
            )
        except InputError as error:
            raise UsageError(str(error), where=f"--{error.where}") from error


@dataclass(frozen=True, kw_only=True)
class LimitOption:
    """How far."""

    minutes: Annotated[float, typer.Option("--minutes", metavar="N", help="时限，分钟")] = 15


@dataclass(frozen=True, kw_only=True)
class CareOptions(LimitOption, WayOptions):
    """The planner's question."""

    def question(self) -> CareQuestion:
        """Make the question.

        Raises
        ------
        UsageError
            If a word is none of those offered.
        """
        return self.asked(self.minutes)


def parse_date(text: str | None, name: str) -> date | None:
    """Read a day such as 2020-06-30; None stays None.

    Raises
    ------
    UsageError
        If the text is no day.
    """
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{name} 的日期“{text}”不对，应写成 2020-06-30。", where=name) from None
