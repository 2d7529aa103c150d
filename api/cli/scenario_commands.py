"""The commands `xygeo scenario`: what a road or a facility more or less would change."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.help_words import ChineseCommand, ChineseGroup
from api.cli.options import CareOptions, SavingOptions, SessionOptions
from api.cli.outputs import place_for, require_outputs
from api.cli.spelled import spelled
from api.cli.usage import UsageError

if TYPE_CHECKING:
    from api.cli.session import Session
    from layers.analysis.inputs import ServiceInputs
    from layers.analysis.saved_scenarios import SavedScenario
    from layers.analysis.scenario import ScenarioAnswer
    from layers.store import Store

__all__ = ["list_scenarios", "register", "run_scenario", "show_scenario"]


def register(app: typer.Typer) -> None:
    """Add these commands to the program."""
    group = typer.Typer(
        cls=ChineseGroup,
        help="方案：道路新修、封闭、变速，设施开设、迁移、停用，前后对比。",
        rich_markup_mode=None,
        no_args_is_help=True,
    )
    for name, command in (
        ("run", run_scenario),
        ("list", list_scenarios),
        ("show", show_scenario),
    ):
        group.command(name, cls=ChineseCommand)(command)
    app.add_typer(group, name="scenario")


@spelled
def run_scenario(
    *,
    edits: Annotated[Path, typer.Argument(metavar="EDITS", help="方案文件，json 或 yaml")],
    care: CareOptions,
    out: Annotated[
        list[Path] | None, typer.Option("--out", metavar="FILE", help="写出 xlsx、geojson 或 gpkg")
    ] = None,
    keeper: SavingOptions,
    call: SessionOptions,
) -> None:
    """设想的改动会使谁得到、谁失去服务：各乡镇前后对比；已存的数据不变。"""
    from api.cli.scenario_lines import scenario_lines, scenario_title
    from api.plain import plain
    from layers.analysis.inputs import read_inputs
    from layers.analysis.scenario import scenario_answer
    from layers.analysis.scenario_cells import save_answer, scenario_body
    from layers.analysis.scenario_file import SCENARIO_SUFFIXES, read_scenario_file
    from layers.store import Query, read_frame

    session = call.start()
    if edits.suffix.lower() not in SCENARIO_SUFFIXES:
        offered = "、".join(SCENARIO_SUFFIXES)
        raise UsageError(f"方案文件应是 {offered}，不是“{edits.name}”。", where="EDITS")
    require_outputs(out or (), (".xlsx", ".geojson", ".gpkg"), what="方案结果")
    question = care.question()
    asked = read_scenario_file(edits)
    who, save, full = keeper.actor(), keeper.save, keeper.full
    with session.progress() as progress, session.store() as store:
        tell = progress or (lambda _share, _words: None)
        tell(0.1, "读取图层")
        inputs = read_inputs(store, question, time_zone=session.settings.tz)
        day = question.as_of or inputs.data_date
        register_rows = read_frame(store, "care_facilities", Query(at=day))
        tell(0.4, "计算前后覆盖")
        answer = scenario_answer(inputs, asked, register_rows)
        scenario = None
        if save is not None:
            scenario = save_answer(
                store, answer, inputs, name=save, actor=who, reason=keeper.reason
            )
    keeper.log(session, "scenario_full", {"by": care.by, "age": care.age})
    files = [_write(session, answer, path, full=full) for path in out or ()]
    body = plain(
        {
            "name": asked.name,
            **scenario_body(answer, full=full),
            "scenario": scenario,
            "inputs_hash": answer.inputs_hash,
            "files": files,
            **answer.provenance.to_json(),
            "warnings": list(answer.warnings),
        }
    )
    lines = [scenario_title(asked.name, answer), *scenario_lines(body, care.by)]
    lines += [f"提示：{warning}" for warning in answer.warnings]
    if scenario is not None:
        lines.append(f"已存为方案“{save}”（{scenario}）。")
    lines += [f"已写出：{path}" for path in files]
    lines.append(f"来源：{'；'.join(answer.provenance.attributions)}")
    session.answer(body, [*lines, *filter(None, [answer.provenance.notice])])


@spelled
def list_scenarios(call: SessionOptions) -> None:
    """列出保存的方案；数据或程序变了的标“已过期”。"""
    from api.cli.scenario_lines import list_lines
    from api.plain import plain
    from layers.analysis.saved_scenarios import saved_scenarios

    session = call.start()
    with session.store() as store:
        known: dict[Any, ServiceInputs | None] = {}
        rows = [(kept, _stale(store, kept, session, known)) for kept in saved_scenarios(store)]
    session.answer(
        plain({"scenarios": [{**_head(kept), "stale": stale} for kept, stale in rows]}),
        list_lines(rows, session.settings.tz),
    )


@spelled
def show_scenario(
    *,
    scenario: Annotated[str, typer.Argument(metavar="ID", help="方案的标识或名称")],
    call: SessionOptions,
) -> None:
    """看一个保存的方案：当时问的、算出的，现在是否过期。"""
    from api.cli.scenario_lines import kept_siting_lines, saved_day, scenario_lines
    from api.plain import plain
    from layers.analysis.saved_scenarios import load_scenario

    session = call.start()
    with session.store() as store:
        kept = load_scenario(store, scenario)
        stale = _stale(store, kept, session, {})
    body = plain(
        {
            **_head(kept),
            "stale": stale,
            "question": kept.question,
            "result": kept.result,
            "inputs_hash": kept.inputs_hash,
            **kept.provenance.to_json(),
        }
    )
    day = saved_day(kept, session.settings.tz)
    lines = [f"方案“{kept.name}”（{kept.id}），{kept.saved_by} 存于 {day:%Y-%m-%d}。"]
    if stale:
        lines.append("已过期：保存之后，算它所用的数据或程序变了，请重新计算。")
    elif stale is None:
        lines.append("无法核对是否过期：现有数据已不足以重算。")
    if kept.question.get("model") == "scenario":
        lines += scenario_lines(kept.result, kept.question.get("by", "township"))
    else:
        lines += kept_siting_lines(kept)
    session.answer(body, [*lines, *filter(None, [kept.provenance.notice])])


def _head(kept: SavedScenario) -> dict[str, Any]:
    return {
        "id": kept.id,
        "name": kept.name,
        "model": kept.question.get("model"),
        "saved_at": kept.saved_at.isoformat(),
        "saved_by": kept.saved_by,
        "version": kept.version,
    }


def _stale(
    store: Store, kept: SavedScenario, session: Session, known: dict[Any, ServiceInputs | None]
) -> bool | None:
    """Whether a kept scenario is stale; None where its question can be asked no longer."""
    from geo.errors import PlatformError
    from layers.analysis.inputs import read_inputs
    from layers.analysis.scenario_cells import is_stale_answer

    question = kept.care_question
    if question not in known:
        try:
            known[question] = read_inputs(store, question, time_zone=session.settings.tz)
        except PlatformError:
            known[question] = None
    inputs = known[question]
    return None if inputs is None else is_stale_answer(store, kept, inputs)


def _write(session: Session, answer: ScenarioAnswer, path: Path, *, full: bool) -> str:
    """Write the answer in the format of the suffix."""
    from layers.analysis.scenario_cells import village_rows
    from layers.exporters import write_frame
    from webmap.documents import write_scenario

    place = place_for(path)
    if path.suffix.lower() == ".xlsx":
        write_scenario(answer, place, full=full, publisher=session.settings.publisher)
    else:
        write_frame(village_rows(answer, full=full), place, layer="scenario_villages")
    return str(path)
