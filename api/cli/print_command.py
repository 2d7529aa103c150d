"""The command `xygeo print`: one sheet, several formats."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.options import ActorOptions, CareOptions, SessionOptions, parse_date
from api.cli.outputs import place_for, require_outputs
from api.cli.spelled import spelled
from api.cli.usage import UsageError

__all__ = ["print_sheet", "register"]

_SUFFIXES = (".pdf", ".svg", ".png")


def register(app: typer.Typer) -> None:
    """Add this command to the program."""
    app.command("print")(print_sheet)


@spelled
def print_sheet(
    *,
    name: Annotated[
        str | None, typer.Argument(metavar="SHEET", help="图幅，如 circles；--list 看全部")
    ] = None,
    listed: Annotated[bool, typer.Option("--list", help="列出图幅、纸张和比例尺")] = False,
    paper: Annotated[str | None, typer.Option("--paper", help="纸张，如 A3")] = None,
    scale: Annotated[
        int | None, typer.Option("--scale", metavar="N", help="比例尺分母，如 180000", min=1)
    ] = None,
    publish: Annotated[
        str, typer.Option("--publish", help="internal 内部、review 送审、public 公开")
    ] = "internal",
    review_no: Annotated[
        str | None, typer.Option("--review-no", metavar="审图号", help="公开时必填")
    ] = None,
    approval: Annotated[
        str | None, typer.Option("--approval", metavar="文号", help="批准文件号，公开时必填")
    ] = None,
    graticule: Annotated[bool, typer.Option("--graticule", help="加经纬网")] = False,
    care: CareOptions,
    scenario: Annotated[
        str | None,
        typer.Option("--scenario", metavar="ID", help="siting：已保存的选址方案，编号或名称"),
    ] = None,
    township: Annotated[
        str | None,
        typer.Option("--township", metavar="CODE", help="township：乡镇的区划代码或名称"),
    ] = None,
    line: Annotated[
        str | None,
        typer.Option("--line", metavar="ID", help="boundary-line：界线的编号或名称"),
    ] = None,
    date: Annotated[
        str | None, typer.Option("--date", metavar="DATE", help="编制日期（默认取数据日期）")
    ] = None,
    pins: Annotated[
        Path | None, typer.Option("--pins", metavar="FILE.yaml", help="手工注记位置")
    ] = None,
    dpi: Annotated[int, typer.Option("--dpi", help="PNG 分辨率", min=36, max=600)] = 300,
    crosses: Annotated[bool, typer.Option("--crosses", help="检测用：画两个十字")] = False,
    out: Annotated[
        list[Path] | None,
        typer.Option("--out", metavar="FILE", help="pdf、svg 或 png，可重复（默认 PDF）"),
    ] = None,
    who: ActorOptions,
    call: SessionOptions,
) -> None:
    """出图：固定比例尺的纸图，可同时写 PDF、SVG、PNG。"""
    from api.plain import plain
    from webmap.printing import sheet
    from webmap.printing.gates import MODES

    session = call.start()
    if listed:
        entries = _sheets()
        session.answer({"sheets": entries}, [_listed(entry) for entry in entries])
        return
    if name is None:
        raise UsageError("请写明图幅名，如 xygeo print circles；--list 看全部。", where="SHEET")
    if publish not in MODES:
        raise UsageError(
            f"--publish 不能是“{publish}”，可选：{'、'.join(MODES)}。", where="--publish"
        )
    require_outputs(out or (), _SUFFIXES, what="图幅")
    question = care.question()
    with session.progress() as progress, session.store() as store:
        if progress is not None:
            progress(0.1, "计算并绘图")
        drawn = sheet(
            store,
            name,
            question=question,
            paper=paper,
            scale=scale,
            publish=publish,
            review_no=review_no,
            approval=approval,
            graticule=graticule,
            date=parse_date(date, "--date"),
            pins=pins,
            scenario=scenario,
            township=township,
            line=line,
            crosses=crosses,
            publisher=session.settings.publisher,
            actor=who.actor(),
            time_zone=session.settings.tz,
        )
        paths = out or [session.out / f"{name}-{drawn.page.paper.lower()}.pdf"]
        if publish == "public":
            # Before a file is there: what cannot be logged must not be published.
            session.log_access(
                who.actor(),
                "print_public",
                {
                    "sheet": name,
                    "paper": drawn.page.paper,
                    "scale": drawn.page.scale,
                    "review_no": review_no,
                    "approval": approval,
                    "data_hash": drawn.data_hash,
                    "files": [path.name for path in paths],
                },
            )
        files = []
        for number, path in enumerate(paths):
            if progress is not None:
                progress(0.6 + 0.4 * number / len(paths), f"写出 {path.name}")
            files.append(str(drawn.write(place_for(path), dpi=dpi)))
    body = plain(drawn.to_json(files=files))
    session.answer(body, _text(body))


def _sheets() -> list[dict[str, Any]]:
    """Give what can be printed: papers, and their scales where the sheet has its own."""
    from webmap.printing import load_recipe, recipe_names

    return [
        {
            "sheet": name,
            "title": recipe.list_title,
            "paper": recipe.paper,
            "papers": [*recipe.papers],
            "scales": {paper: recipe.layout(paper).scale for paper in recipe.papers},
        }
        for name in recipe_names()
        for recipe in (load_recipe(name),)
    ]


def _listed(entry: dict[str, Any]) -> str:
    papers = "、".join(
        f"{paper} 1:{scale:,}" if scale else paper for paper, scale in entry["scales"].items()
    )
    own = all(entry["scales"].values())
    return f"{entry['sheet']}  {entry['title']}（{papers}{'' if own else '，比例尺按范围取'}）"


def _text(body: dict[str, Any]) -> list[str]:
    lines = [f"{body['paper']}，1:{body['scale']:,}，注记 {len(body['placed'])} 个。"]
    if body["unplaced"]:
        names = "、".join(str(item["name"]) for item in body["unplaced"][:12])
        lines.append(f"放不下的注记 {len(body['unplaced'])} 个：{names}")
    lines += [f"提示：{warning}" for warning in body["warnings"]]
    return lines + [f"已写出：{path}" for path in body["files"]]
