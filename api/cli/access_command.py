"""The command `xygeo access`: places within reach, who finds them full, the way onwards."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.options import CareOptions, FullOptions, SessionOptions
from api.cli.outputs import place_for, require_outputs
from api.cli.spelled import spelled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.analysis.access import AccessAnswer

__all__ = ["access", "register"]


def register(app: typer.Typer) -> None:
    """Add this command to the program."""
    app.command("access")(access)


@spelled
def access(
    *,
    care: CareOptions,
    out: Annotated[
        list[Path] | None, typer.Option("--out", metavar="FILE.xlsx", help="写出 xlsx")
    ] = None,
    reader: FullOptions,
    call: SessionOptions,
) -> None:
    """床位和名额够不够、分得匀不匀、满了的有多少人、转介要多久。"""
    from api.care_bodies import access_body
    from layers.analysis.access import access_answer
    from layers.analysis.inputs import read_inputs
    from webmap.documents.access_table import write_access

    session = call.start()
    require_outputs(out or (), (".xlsx",), what="可达性表")
    question = care.question()
    with session.progress() as progress, session.store() as store:
        tell = progress or (lambda _share, _words: None)
        tell(0.1, "读取图层")
        inputs = read_inputs(store, question, time_zone=session.settings.tz)
        tell(0.4, "计算可达性")
        answer = access_answer(inputs)
    full = reader.full
    reader.log(session, "access_full", {"by": care.by, "age": care.age})
    for path in out or ():
        write_access(answer, place_for(path), full=full, publisher=session.settings.publisher)
    files = [str(path) for path in out or ()]
    session.answer(access_body(answer, files, full=full), _lines(answer, files, full=full))


def _lines(answer: AccessAnswer, files: list[str], *, full: bool) -> list[str]:
    """Lay the answer out as the planner reads it."""
    from api.cli.tables import table_lines
    from layers.analysis.access_cells import shown_access, shown_access_summary, shown_referral
    from webmap.documents.access_table import access_method
    from webmap.wording import (
        UNIT_TITLES,
        UNKNOWN,
        bracketed_range,
        count_text,
        question_parts,
        share_text,
    )

    question = answer.question
    summary = shown_access_summary(answer, full=full)
    rows: list[Mapping[Any, Any]] = [*shown_access(answer, full=full).to_dict("records"), summary]
    cells = [
        (
            str(row.get("rank", "")),
            str(row.get("name", "合计")),
            *(
                count_text(row[name])
                for name in ("total", "served", "reachable_unserved", "perhaps", "uncovered")
            ),
            *(
                share_text(row[share]) + bracketed_range(row[f"{share}_low"], row[f"{share}_high"])
                for share in ("served_share", "share")
            ),
            _figure(row["mean_access"], 1000, 1),
            share_text(row["share_without"]),
            _figure(row["gini"], 1, 2),
        )
        for row in rows
    ]
    headings = (
        "名次",
        UNIT_TITLES[question.by],
        "老年人口",
        "已服务",
        "够得着没名额",
        "其中容量未载明",
        "够不着",
        "服务率（区间）",
        "覆盖率（区间）",
        "每千人可达名额",
        "无可达名额",
        "基尼系数",
    )
    referral = shown_referral(answer, full=full)
    mean, worst = (
        UNKNOWN if value is None else f"{value:.1f}"
        for value in (referral["mean_minutes"], referral["worst_minutes"])
    )
    places = (
        f"计入设施 {len(answer.facilities)} 处，其中 {summary['unknown_capacity']} 处未载明名额；"
        f"其余名额共 {count_text(summary['capacity'])} 个。"
    )
    lines = [
        f"{question.minutes:g} 分钟内的名额（{'，'.join(question_parts(question))}）",
        places,
        "",
        *table_lines(headings, cells),
        "",
        "转介（服务点 → 区域养老院 → 县级养老服务中心，汽车）：",
        f"  平均 {mean} 分钟，最远 {worst} 分钟",
        f"  链条完整 {count_text(referral['whole'])} 人，中断 {count_text(referral['without'])} 人",
    ]
    lines += [
        f"  {answer.facility_names.get(home, home)}：{count_text(people)} 人"
        for home, people in referral["homes"].items()
    ]
    lines += ["", *access_method(answer)]
    lines += [f"提示：{warning}" for warning in answer.warnings]
    lines += [f"已写出：{path}" for path in files]
    lines.append(f"来源：{'；'.join(answer.provenance.attributions)}")
    return [*lines, *([answer.provenance.notice] if answer.provenance.notice else [])]


def _figure(value: float | None, times: float, digits: int) -> str:
    from webmap.wording import UNKNOWN

    return UNKNOWN if value is None or value != value else f"{times * value:.{digits}f}"  # noqa: PLR0124 - NaN
