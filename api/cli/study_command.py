"""The command `xygeo study houbao`: the whole study of the Houbao centre in one go."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.options import ActorOptions, LimitOption, SessionOptions
from api.cli.spelled import spelled
from api.cli.usage import UsageError

if TYPE_CHECKING:
    from layers.analysis.study import StudyAnswer

__all__ = ["register", "study"]

_STUDIES = ("houbao",)


def register(app: typer.Typer) -> None:
    """Add this command to the program."""
    app.command("study")(study)


@spelled
def study(
    *,
    name: Annotated[str, typer.Argument(metavar="STUDY", help="研究：houbao 侯堡镇康养中心选址")],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="输出目录（默认 数据目录/out）")
    ] = None,
    limit: LimitOption,
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="抽样的随机种子", min=0)] = 7,
    save: Annotated[
        bool, typer.Option("--save/--no-save", help="把结果存为 siting_scenarios 的一个方案")
    ] = True,
    keeper: ActorOptions,
    call: SessionOptions,
) -> None:
    """侯堡镇康养中心选址研究：报告、数表、A3 图、网页地图和一个存下的方案。"""
    from api.plain import plain
    from layers.analysis.study import houbao_study, save_study
    from webmap.study_files import write_study

    if name not in _STUDIES:
        raise UsageError(f"没有研究“{name}”，可选：{'、'.join(_STUDIES)}。", where="STUDY")
    minutes = limit.minutes
    if not 0 < minutes <= 240:
        raise UsageError(
            f"时限 {minutes:g} 分钟不在 0 到 240 之间，请改 --minutes。", where="--minutes"
        )
    session = call.start()
    if out is not None and out.exists() and not out.is_dir():
        raise UsageError(f"{out} 是文件，--out 应是一个目录。", where="--out")
    who = keeper.actor()
    with session.progress() as progress, session.store() as store:
        tell = progress or (lambda _share, _words: None)
        answer = houbao_study(
            store,
            minutes=minutes,
            seed=seed,
            time_zone=session.settings.tz,
            on_progress=lambda share, words: tell(0.8 * share, words),
        )
        made = write_study(
            answer,
            out or session.out,
            publisher=session.settings.publisher,
            on_progress=lambda share, words: tell(0.8 + 0.2 * share, words),
        )
        scenario = save_study(store, answer, numbers=made.numbers, actor=who) if save else None
    files = [str(path) for path in made.files]
    body: dict[str, Any] = plain(
        {
            "files": files,
            "numbers": made.numbers,
            "inputs_hash": answer.inputs_hash,
            "quality": answer.provenance.quality,
            "version": answer.version,
            "scenario": scenario,
            "seed": answer.seed,
            "source": "；".join(answer.provenance.attributions),
            "notice": answer.provenance.notice,
            "warnings": [*answer.warnings, *made.warnings],
        }
    )
    session.answer(body, _lines(answer, body))


def _lines(answer: StudyAnswer, body: dict[str, Any]) -> list[str]:
    from webmap.wording import count_text, share_text

    town, county = body["numbers"]["change"]
    best = body["numbers"]["options"][0]
    gained = _hidden(count_text(best["gained"]))
    lines = [
        f"{answer.subject}选址研究：建议放在{best['place']}，新增覆盖 {gained} 人。",
        *(
            f"  {row['area']}覆盖率：{share_text(row['before_share'])} → "
            f"{share_text(row['after_share'])}"
            for row in (town, county)
        ),
    ]
    lines += [f"提示：{warning}" for warning in body["warnings"]]
    lines += [f"已写出：{path}" for path in body["files"]]
    if body["scenario"]:
        lines.append(f"已存为选址方案 {body['scenario']}。")
    return [*lines, *([body["notice"]] if body["notice"] else [])]


def _hidden(text: str) -> str:
    return text if text != "—" else "不足 5"
