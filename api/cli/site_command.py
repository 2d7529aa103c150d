"""The command `xygeo site`: where a new facility should come."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.options import CareOptions, SavingOptions, SessionOptions
from api.cli.outputs import place_for, require_outputs
from api.cli.spelled import spelled
from api.cli.usage import UsageError

if TYPE_CHECKING:
    import geopandas as gpd

    from api.cli.session import Session
    from layers.analysis.siting import SitingAnswer
    from layers.analysis.siting_question import SitingQuestion
    from layers.store import Store

__all__ = ["SitingOptions", "register", "site"]

_ASKED = "villages、nodes 或文件"


def register(app: typer.Typer) -> None:
    """Add this command to the program."""
    app.command("site")(site)


@dataclass(frozen=True, kw_only=True)
class SitingOptions:
    """What is asked of a siting model."""

    model: Annotated[
        str,
        typer.Option(
            "--model",
            help="mclp 覆盖最多的人、lscp 最少设施全覆盖、p_median 总路程最短、p_center 最远者最近",
        ),
    ] = "mclp"
    p: Annotated[
        int | None,
        typer.Option("--p", metavar="N", help="新建几处，默认 1（lscp 自己算出；有预算时不限）"),
    ] = None
    budget: Annotated[
        float | None,
        typer.Option(
            "--budget", metavar="YUAN", help="mclp：新建合计最多几元，候选点要有 investment_yuan"
        ),
    ] = None
    places: Annotated[
        float | None,
        typer.Option(
            "--places",
            metavar="N",
            help="p_median：把床位和名额算在内，新建每处 N 个（候选点自己写了的按所写）",
        ),
    ] = None
    unserved: Annotated[
        float | None,
        typer.Option(
            "--unserved",
            metavar="MINUTES",
            help="p_median：没有名额的人按走几分钟算，更远的也不送；不写则人人都要有",
        ),
    ] = None
    township: Annotated[
        str | None,
        typer.Option("--township", metavar="CODE", help="候选点限于此乡镇（12 位代码）"),
    ] = None
    forbidden: Annotated[
        list[str] | None,
        typer.Option("--forbid", metavar="ID", help="不能建的候选点，可重复"),
    ] = None
    existing: Annotated[
        bool, typer.Option("--existing/--no-existing", help="保留已有设施，或从零开始")
    ] = True
    min_share: Annotated[
        float | None,
        typer.Option("--min-share", metavar="S", help="mclp：每个乡镇至少覆盖的比例，0 到 1"),
    ] = None
    choices: Annotated[
        int, typer.Option("--choices", metavar="N", help="最多列出几个方案（含最优）")
    ] = 5
    tolerance: Annotated[
        float, typer.Option("--tolerance", metavar="T", help="备选最多比最优差多少，0.02 为 2%")
    ] = 0.02
    time_limit: Annotated[
        float | None, typer.Option("--time-limit", metavar="S", help="最多算几秒")
    ] = None

    def question(self) -> SitingQuestion:
        """Make the siting question.

        Raises
        ------
        UsageError
            If a word is none of those offered.
        """
        from geo.errors import InputError
        from layers.analysis.siting_question import SitingQuestion

        try:
            return SitingQuestion(
                model=self.model,
                p=1 if self.p is None and self.budget is None else self.p,
                budget=self.budget,
                places=self.places,
                unserved_minutes=self.unserved,
                township=self.township,
                existing=self.existing,
                forbidden=tuple(self.forbidden or ()),
                min_share=self.min_share,
                choices=self.choices,
                tolerance=self.tolerance,
                time_limit_s=self.time_limit,
            )
        except InputError as error:
            option = str(error.where).removesuffix("_minutes").replace("_", "-")
            raise UsageError(str(error), where=f"--{option}") from error


@spelled
def site(
    *,
    model: SitingOptions,
    care: CareOptions,
    candidates: Annotated[
        str,
        typer.Option(
            "--candidates",
            metavar="FILE|villages|nodes",
            help="候选点：各村、路网节点，或一个点文件",
        ),
    ] = "villages",
    rows: Annotated[
        list[str] | None,
        typer.Option("--row", metavar="ID", help="候选点取自 care_facilities 的行，可重复"),
    ] = None,
    out: Annotated[
        list[Path] | None, typer.Option("--out", metavar="FILE", help="写出 geojson、gpkg 或 xlsx")
    ] = None,
    keeper: SavingOptions,
    call: SessionOptions,
) -> None:
    """推荐新设施建在哪里：前后对比、证明与备选方案。"""
    from api.cli.site_lines import site_lines
    from api.plain import plain
    from layers.analysis.inputs import read_inputs
    from layers.analysis.siting import siting_answer
    from layers.analysis.siting_cells import save_siting, siting_body

    session = call.start()
    require_outputs(out or (), (".geojson", ".gpkg", ".xlsx"), what="选址结果")
    question, asked = care.question(), model.question()
    who, save, full = keeper.actor(), keeper.save, keeper.full
    with session.progress() as progress, session.store() as store:
        tell = progress or (lambda _share, _words: None)
        tell(0.1, "读取图层")
        inputs = read_inputs(store, question, time_zone=session.settings.tz)
        places = _places(store, candidates, rows)
        tell(0.3, "选址")
        answer = siting_answer(inputs, asked, places)
        scenario = None
        if save is not None and answer.feasible:
            named = candidates if isinstance(places, str) else "rows" if rows else "file"
            scenario = save_siting(
                store,
                answer,
                inputs,
                name=save,
                candidates=named,
                actor=who,
                reason=keeper.reason,
            )
    keeper.log(session, "site_full", {"model": asked.model, "age": care.age})
    files = [_write(session, answer, path, full=full) for path in out or ()]
    body = plain(
        {
            **siting_body(answer, full=full),
            "scenario": scenario,
            "inputs_hash": answer.inputs_hash,
            "files": files,
            **answer.provenance.to_json(),
            "warnings": list(answer.warnings),
        }
    )
    lines = site_lines(answer, full=full)
    if scenario is not None:
        lines.append(f"已存为方案“{save}”（{scenario}）。")
    lines += [f"已写出：{path}" for path in files]
    lines.append(f"来源：{'；'.join(answer.provenance.attributions)}")
    session.answer(body, [*lines, *filter(None, [answer.provenance.notice])])
    if not answer.feasible:
        raise typer.Exit(1)


def _places(store: Store, candidates: str, rows: list[str] | None) -> gpd.GeoDataFrame | str:
    """Give the candidates: a word that the analysis knows, or places.

    Raises
    ------
    UsageError
        If the word is neither known nor a file.
    """
    from layers.analysis.candidates import file_candidates, row_candidates

    if rows:
        return row_candidates(store, rows)
    if candidates in {"villages", "nodes"}:
        return candidates
    if not Path(candidates).is_file():
        raise UsageError(
            f"--candidates 应是 {_ASKED}，找不到文件“{candidates}”。", where="--candidates"
        )
    return file_candidates(candidates)


def _write(session: Session, answer: SitingAnswer, path: Path, *, full: bool) -> str:
    """Write the answer in the format of the suffix."""
    import pandas as pd

    from layers.analysis.siting_cells import shown_sites
    from layers.exporters import write_frame
    from webmap.documents import write_sites

    place = place_for(path)
    if path.suffix.lower() == ".xlsx":
        write_sites(answer, place, full=full, publisher=session.settings.publisher)
        return str(path)
    sites = shown_sites(answer, full=full)
    numbers = {name: pd.to_numeric(sites[name], errors="coerce") for name in ("people", "gained")}
    frame = answer.sites.assign(
        **numbers,
        id=answer.sites.index,
        quality=answer.provenance.quality,
        source="；".join(answer.provenance.sources),
    )
    write_frame(frame.reset_index(drop=True), place, layer="recommended_sites")
    return str(path)
