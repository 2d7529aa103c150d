"""Commands that answer the planner: circles, gaps, map."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.options import CareOptions, FullOptions, SessionOptions, WayOptions
from api.cli.outputs import place_for, require_outputs
from api.cli.spelled import spelled
from api.cli.usage import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from api.cli.session import Session
    from layers.analysis.circles import CirclesAnswer
    from layers.analysis.gaps import GapAnswer
    from layers.provenance import Provenance

__all__ = ["circles", "draw_map", "gaps", "register"]

_TABLES = (".xlsx", ".csv")
_PAGES = (".html", ".htm")


def register(app: typer.Typer) -> None:
    """Add these commands to the program."""
    app.command("circles")(circles)
    app.command("gaps")(gaps)
    app.command("map")(draw_map)


@spelled
def circles(
    *,
    minutes: Annotated[
        str, typer.Option("--minutes", metavar="N[,N]", help="时限，分钟；可写 5,10,15")
    ] = "15",
    way: WayOptions,
    out: Annotated[
        list[Path] | None, typer.Option("--out", metavar="FILE", help="写出 geojson 或 gpkg")
    ] = None,
    call: SessionOptions,
) -> None:
    """计算每处设施的服务圈。"""
    from api.plain import plain
    from layers.analysis.circles import circles_answer
    from layers.analysis.inputs import read_inputs
    from layers.exporters import SUFFIXES, write_frame

    session = call.start()
    require_outputs(out or (), SUFFIXES, what="服务圈")
    limits = _limits(minutes)
    question = way.asked(limits[-1])
    with session.progress() as progress, session.store() as store:
        _tell(progress, 0.1, "读取图层")
        inputs = read_inputs(store, question, time_zone=session.settings.tz)
        _tell(progress, 0.4, "计算服务圈")
        answer = circles_answer(inputs, limits)
    frame = answer.each.assign(
        quality=answer.provenance.quality, source="；".join(answer.provenance.sources)
    )
    files = [
        str(write_frame(frame, place_for(path), layer="service_circles")) for path in out or ()
    ]
    one = answer.each.drop_duplicates("facility_id")
    together = {
        f"{limit:g}": area / 1e6
        for limit, area in zip(answer.together["minutes"], answer.together["area_m2"], strict=True)
    }
    body = plain(
        {
            "facilities": len(one),
            "connected": int(one["connected"].sum()),
            "minutes": limits[0] if len(limits) == 1 else list(limits),
            "area_km2": round(together[f"{limits[-1]:g}"], 6),
            "area_km2_by_minutes": {limit: round(area, 6) for limit, area in together.items()},
            "files": files,
            **answer.provenance.to_json(),
            "warnings": list(answer.warnings),
        }
    )
    lines = [f"设施 {body['facilities']} 处，接上路网 {body['connected']} 处。"]
    lines += [f"  {limit} 分钟内可及的土地：{area:.2f} km²" for limit, area in together.items()]
    session.answer(body, [*lines, *_closing(answer, files)])


@spelled
def gaps(
    *,
    care: CareOptions,
    out: Annotated[
        list[Path] | None, typer.Option("--out", metavar="FILE", help="写出 xlsx 或 csv")
    ] = None,
    reader: FullOptions,
    call: SessionOptions,
) -> None:
    """按乡镇或村排出覆盖缺口，并与直线圈对照。"""
    from api.care_bodies import gap_body
    from api.cli.tables import gap_lines, gap_title
    from layers.analysis.gaps import gap_answer
    from layers.analysis.inputs import read_inputs

    session = call.start()
    require_outputs(out or (), _TABLES, what="缺口表")
    question = care.question()
    with session.progress() as progress, session.store() as store:
        _tell(progress, 0.1, "读取图层")
        inputs = read_inputs(store, question, time_zone=session.settings.tz)
        _tell(progress, 0.4, "计算覆盖")
        answer = gap_answer(inputs)
    full = reader.full
    reader.log(session, "gaps_full", {"by": care.by, "age": care.age})
    files = [_write_gaps(session, answer, path, full=full) for path in out or ()]
    session.answer(
        gap_body(answer, files, full=full),
        [gap_title(answer), "", *gap_lines(answer, full=full), "", *_closing(answer, files)],
    )


@spelled
def draw_map(
    *,
    care: CareOptions,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE.html", help="默认 数据目录/out/map.html")
    ] = None,
    call: SessionOptions,
) -> None:
    """画一张离线网页地图：乡镇、服务圈、缺口、设施。"""
    from api.plain import plain
    from layers.analysis.services import service_picture
    from webmap.folium_map import write_map

    session = call.start()
    path = out or session.folder / "out" / "map.html"
    require_outputs([path], _PAGES, what="地图")
    question = care.question()
    with session.progress() as progress, session.store() as store:
        _tell(progress, 0.1, "计算")
        picture = service_picture(store, question, time_zone=session.settings.tz)
    shapes = write_map(picture, place_for(path), publisher=session.settings.publisher)
    body = plain(
        {
            "files": [str(path)],
            "shapes": shapes,
            **picture.provenance.to_json(),
        }
    )
    session.answer(
        body, [f"地图：{path}（{shapes} 个图形，可离线打开）", *_notice(picture.provenance)]
    )


def _write_gaps(session: Session, answer: GapAnswer, path: Path, *, full: bool) -> str:
    """Write the gaps in the format of the suffix."""
    from api.plain import records
    from layers.whole_files import whole_file
    from webmap.cells import shown_gaps
    from webmap.documents import write_gaps

    if path.suffix.lower() == ".xlsx":
        write_gaps(answer, place_for(path), full=full, publisher=session.settings.publisher)
    else:
        with whole_file(place_for(path)) as part:
            _write_rows(records(shown_gaps(answer.rows, full=full)), answer.provenance, part)
    return str(path)


def _write_rows(rows: Sequence[Mapping[str, Any]], provenance: Provenance, path: Path) -> None:
    """Write rows as csv, each with the stamp of what it was made from."""
    import csv

    from layers.importers.csv_file import needs_guard

    said = provenance.to_json()
    stamp = {name: said[name] for name in ("quality", "source", "notice")}
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, [*rows[0], *stamp])
        writer.writeheader()
        for row in rows:
            cells = {**row, **stamp}
            guarded = {
                name: f"'{cell}"
                for name, cell in cells.items()
                if isinstance(cell, str) and cell and needs_guard(cell)
            }
            writer.writerow(cells | guarded)


def _limits(text: str) -> tuple[float, ...]:
    """Read limits such as 5,10,15.

    Raises
    ------
    UsageError
        If one is no number above 0.
    """
    try:
        limits = sorted({float(part) for part in text.split(",")})
    except ValueError:
        limits = []
    if not limits or not limits[0] > 0:
        raise UsageError(
            f"--minutes 应是大于 0 的数，如 15 或 5,10,15，不是“{text}”。", where="--minutes"
        )
    return tuple(limits)


def _closing(answer: CirclesAnswer | GapAnswer, files: list[str]) -> list[str]:
    lines = [f"提示：{warning}" for warning in answer.warnings]
    lines += [f"已写出：{path}" for path in files]
    return [*lines, *_notice(answer.provenance)]


def _notice(provenance: Provenance) -> list[str]:
    sources = "；".join(provenance.attributions)
    return [f"来源：{sources}", *([provenance.notice] if provenance.notice else [])]


def _tell(progress: Callable[[float, str], None] | None, share: float, words: str) -> None:
    if progress is not None:
        progress(share, words)
