"""The command `counties`: the service question of many counties at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.options import ActorName, Data, Full, Json, Role, parse_date
from api.cli.session import actor, start
from api.cli.usage import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from layers.batch import BatchAnswer

__all__ = ["counties", "register"]

_REAL_PROVINCE = 117
_OUT = "counties-out"


def register(app: typer.Typer) -> None:
    """Add this command to the program."""
    app.command("counties")(counties)


def counties(
    manifest: Annotated[
        Path | None,
        typer.Argument(metavar="MANIFEST", help="县清单：yaml、json 或 csv", show_default=False),
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option(
            "--scheduler", metavar="ADDRESS", help="Dask 调度进程，如 tcp://10.0.0.5:8786"
        ),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(
            "--workers", metavar="N", min=1, max=256, help="本机工作进程数（默认每核一个）"
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help=f"结果文件夹（默认清单旁的 {_OUT}）"),
    ] = None,
    minutes: Annotated[
        float | None, typer.Option("--minutes", metavar="N", help="时限，分钟（代替清单里的）")
    ] = None,
    mode: Annotated[
        str | None, typer.Option("--mode", help="方式：walk、etrike、car（代替清单里的）")
    ] = None,
    age: Annotated[
        str | None, typer.Option("--age", help="年龄段：60、70、80、disabled（代替清单里的）")
    ] = None,
    direction: Annotated[
        str | None,
        typer.Option("--direction", help="方向：to_facility、from_facility（代替清单里的）"),
    ] = None,
    kinds: Annotated[
        list[str] | None,
        typer.Option("--kind", metavar="K", help="计入的设施类型，可重复（代替清单里的）"),
    ] = None,
    by: Annotated[
        str | None, typer.Option("--by", help="缺口按 township 或 village（代替清单里的）")
    ] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DATE", help="按某日有效的数据（代替清单里的）")
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="已算完且数据没变的县也重算")] = False,
    make_sample: Annotated[
        Path | None,
        typer.Option("--make-sample", metavar="DIR", help="不计算，只生成一个示意省和它的清单"),
    ] = None,
    number: Annotated[
        int, typer.Option("--counties", metavar="N", help="示意省的县数，与 --make-sample 同用")
    ] = _REAL_PROVINCE,
    seed: Annotated[int, typer.Option("--seed", help="示意省的种子，与 --make-sample 同用")] = 7,
    full: Full = False,
    actor_name: ActorName = None,
    role: Role = "clerk",
    data: Data = None,
    as_json: Json = False,
) -> None:
    """一次算许多县的覆盖缺口；一个县出错不影响其他县。"""
    from api.plain import plain

    if make_sample is not None and manifest is None:
        _make_sample(make_sample, number, seed, as_json=as_json, data=data)
        return
    if manifest is None or make_sample is not None:
        raise UsageError(
            "请给出县清单，或用 --make-sample 生成示意省，二者选一。", where="MANIFEST"
        )
    from layers.batch import read_manifest, run_counties

    session = start(data, as_json=as_json)
    given = {
        "minutes": minutes,
        "mode": mode,
        "age": age,
        "direction": direction,
        "kinds": kinds,
        "by": by,
        "as_of": parse_date(as_of, "--as-of"),
    }
    override = {name: value for name, value in given.items() if value is not None}
    _require_words(override)
    listed = read_manifest(manifest, override=override)
    if full:
        detail = {"manifest": manifest.name, "counties": len(listed.counties)}
        session.folder.mkdir(parents=True, exist_ok=True)
        session.log_access(actor(actor_name, role), "counties_full", detail)
    with session.progress() as progress:
        answer = run_counties(
            listed,
            out or manifest.absolute().parent / _OUT,
            count=workers,
            scheduler=scheduler,
            full=full,
            again=again,
            time_zone=session.settings.tz,
            on_progress=progress,
        )
    body: dict[str, Any] = plain(
        {
            "name": listed.name,
            "summary": answer.summary,
            "counties": list(answer.rows),
            "failures": list(answer.failures),
            "files": [str(path) for path in answer.files],
            **answer.provenance.to_json(),
        }
    )
    session.answer(body, _lines(listed.name, answer))
    if answer.failures:
        raise typer.Exit(1)


def _make_sample(folder: Path, number: int, seed: int, *, as_json: bool, data: Path | None) -> None:
    """Write the sample province.

    Raises
    ------
    UsageError
        If a number is out of its range.
    """
    from geo.errors import InputError
    from layers.provenance import NOTICE
    from layers.sample.province import SampleProvince
    from layers.sample.province_files import write_province

    try:
        province = SampleProvince(counties=number, seed=seed)
    except InputError as error:
        raise UsageError(str(error), where=f"--{error.where}") from error
    session = start(data, as_json=as_json)
    with session.progress() as progress:
        manifest = write_province(folder, province, on_progress=progress)
    body = {
        "manifest": str(manifest),
        "counties": number,
        "seed": seed,
        "quality": "synthetic",
        "notice": NOTICE,
    }
    session.answer(body, [f"示意省 {number} 个县，清单：{manifest}", NOTICE])


def _require_words(override: dict[str, Any]) -> None:
    """Refuse words of the question that are none of those offered, before the list is read.

    Raises
    ------
    UsageError
        As `api.cli.options.CareOptions.question`.
    """
    from api.cli.options import CareOptions

    words = {name: value for name, value in override.items() if name != "as_of"}
    CareOptions(**words).question()


def _lines(name: str, answer: BatchAnswer) -> Sequence[str]:
    """Lay out the counties as a planner reads them, the failed ones with their reasons."""
    from api.cli.tables import table_lines

    summary = answer.summary
    kept = f"（其中 {summary['kept']} 个数据没变，沿用上次结果）" if summary["kept"] else ""
    said = f"{summary['counties']} 个县，算完 {summary['done']} 个{kept}"
    lines = [f"{name}：{said}，未完成 {summary['failed']} 个。", ""]
    headings = (
        "代码",
        "县",
        "老年人口",
        "已覆盖",
        "未覆盖",
        "道路覆盖率（区间）",
        "直线覆盖率",
        "误判",
    )
    counts = ("total", "covered", "uncovered")
    cells = [
        (
            str(row["code"]),
            str(row["name"]),
            *(_count(row[column]) for column in counts),
            _ranged(row),
            _share(row["circle_share"]),
            _count(row["misled"]),
        )
        for row in answer.rows
        if not row["error"]
    ]
    if cells:
        total = (*(_count(summary[column]) for column in counts), _ranged(summary))
        cells.append(("", "合计", *total, "", _count(summary["misled"])))
        lines += [*table_lines(headings, cells), ""]
    lines += [
        f"未完成：{failure['name']}（{failure['code']}）：{failure['error']['message']}"
        for failure in answer.failures
    ]
    lines += [f"提示：{row['name']}：{row['warnings']}" for row in answer.rows if row["warnings"]]
    lines += [f"已写出：{path}" for path in answer.files]
    sources = "；".join(answer.provenance.attributions)
    lines.append(f"来源：{sources}")
    return [*lines, *([answer.provenance.notice] if answer.provenance.notice else [])]


def _count(value: float | None) -> str:
    return "隐去" if value is None else f"{value:,.0f}"


def _ranged(row: Mapping[str, Any]) -> str:
    """Give a share with its range."""
    from webmap.wording import bracketed_range

    return _share(row["share"]) + bracketed_range(row["share_low"], row["share_high"])


def _share(value: float | None) -> str:
    return "—" if value is None else f"{value:.1%}"
