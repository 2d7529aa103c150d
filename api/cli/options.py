"""Options that several commands share, each written once."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.usage import UsageError

if TYPE_CHECKING:
    from layers.analysis.question import CareQuestion

__all__ = [
    "ActorName",
    "Age",
    "AsOf",
    "By",
    "Data",
    "Direction",
    "Full",
    "Json",
    "Kinds",
    "Minutes",
    "Mode",
    "Reason",
    "Role",
    "parse_date",
    "question_from",
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
Minutes = Annotated[float, typer.Option("--minutes", metavar="N", help="时限，分钟")]
Mode = Annotated[str, typer.Option("--mode", help="方式：walk 步行、etrike 电动三轮、car 汽车")]
Age = Annotated[str, typer.Option("--age", help="年龄段：60、70、80、disabled，各有步速")]
Direction = Annotated[
    str,
    typer.Option("--direction", help="方向：to_facility 老人前往、from_facility 服务上门"),
]
Kinds = Annotated[
    list[str] | None,
    typer.Option(
        "--kind", metavar="K", help="计入的设施类型，可重复（默认驿站、社区中心、日间照料）"
    ),
]
By = Annotated[str, typer.Option("--by", help="按 township 乡镇 或 village 村级 汇总")]
AsOf = Annotated[
    str | None, typer.Option("--as-of", metavar="DATE", help="按某日有效的数据，如 2020-06-30")
]


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


def question_from(
    *,
    minutes: float = 15,
    mode: str = "walk",
    age: str = "60",
    direction: str = "to_facility",
    kinds: list[str] | None = None,
    by: str = "township",
    as_of: str | None = None,
) -> CareQuestion:
    """Make the planner's question from the words of the command line.

    Raises
    ------
    UsageError
        If a word is none of those offered.
    """
    from geo.errors import InputError
    from layers.analysis.question import SERVICE_KINDS, CareQuestion
    from layers.schema import layer_schema

    offered = layer_schema("care_facilities").fields["kind"].codes or {}
    unknown = [kind for kind in kinds or () if kind not in offered]
    if unknown:
        raise UsageError(
            f"没有设施类型“{unknown[0]}”，可选：{'、'.join(offered)}。", where="--kind"
        )
    try:
        return CareQuestion(
            minutes=minutes,
            mode=mode,
            age=age,
            direction=direction,
            kinds=tuple(kinds) if kinds else SERVICE_KINDS,
            by=by,
            as_of=parse_date(as_of, "--as-of"),
        )
    except InputError as error:
        raise UsageError(str(error), where=f"--{error.where}") from error
