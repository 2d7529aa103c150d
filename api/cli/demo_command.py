"""The command `xygeo demo`: the main job on the sample county."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.cli.options import CareOptions, Data, Json
from api.cli.session import start

if TYPE_CHECKING:
    from collections.abc import Callable

    import typer

    from api.cli.session import Session
    from layers.analysis.gaps import GapAnswer
    from layers.analysis.inputs import ServiceInputs

__all__ = ["demo", "register"]


def register(app: typer.Typer) -> None:
    """Add this command to the program."""
    app.command("demo")(demo)


def demo(data: Data = None, as_json: Json = False) -> None:
    """示意县全流程：建库、服务圈、缺口、网页地图、A3 图、缺口表。"""
    from api.care_bodies import gap_body
    from api.cli.tables import gap_lines, gap_title
    from layers.analysis.gaps import gap_answer

    session = start(data, as_json=as_json)
    with session.progress() as progress:
        tell = progress or (lambda _share, _words: None)
        inputs = _sample_inputs(session, tell)
        tell(0.4, "计算覆盖缺口")
        answer = gap_answer(inputs)
        files = _draw(session, inputs, answer, tell)
    body = gap_body(answer, files, full=False)
    lines = [
        f"示意县 {gap_title(answer)}",
        "",
        *gap_lines(answer, full=False),
        "",
        *(f"已写出：{path}" for path in files),
        f"{answer.provenance.notice}：设施、村庄和道路的位置以及各村人数由程序生成，不可作为依据。",
    ]
    session.answer(body, lines)


def _sample_inputs(session: Session, tell: Callable[[float, str], None]) -> ServiceInputs:
    """Read the sample county, making it first if the folder holds none.

    Raises
    ------
    PlatformError
        If the folder's store holds other data.
    """
    from layers.analysis.inputs import read_inputs
    from layers.sample import SAMPLE_CLOCK, fill_sample, require_sample

    tell(0.02, "打开数据库")
    with session.store(create=True, clock=SAMPLE_CLOCK) as store:
        if store.head().seq == 0:
            fill_sample(store, on_progress=lambda share, words: tell(0.02 + 0.3 * share, words))
        else:
            require_sample(store)
        tell(0.34, "读取图层")
        return read_inputs(store, CareOptions().question(), time_zone=session.settings.tz)


def _draw(
    session: Session, inputs: ServiceInputs, answer: GapAnswer, tell: Callable[[float, str], None]
) -> list[str]:
    from layers.analysis.services import picture_of
    from webmap.documents import write_gaps
    from webmap.folium_map import write_map
    from webmap.printing import SheetOptions, circles_sheet

    publisher = session.settings.publisher
    tell(0.5, "计算服务圈")
    picture = picture_of(inputs)
    paths = [session.out / name for name in ("map.html", "circles-a3.pdf", "gaps.xlsx")]
    tell(0.6, "网页地图")
    write_map(picture, paths[0], publisher=publisher)
    tell(0.7, "A3 图幅")
    circles_sheet(picture, SheetOptions(publisher=publisher)).write(paths[1])
    tell(0.95, "缺口表")
    write_gaps(answer, paths[2], publisher=publisher)
    return [str(path) for path in paths]
