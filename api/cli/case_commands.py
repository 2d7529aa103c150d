"""`xygeo case`: from opening to the archived record, on the command line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.help_words import ChineseCommand, ChineseGroup
from api.cli.options import ActorOptions, SessionOptions, parse_date
from api.cli.spelled import spelled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from api.cli.session import Session
    from layers.cases import Case
    from layers.store import Store

__all__ = [
    "CaseOptions",
    "StepOptions",
    "act",
    "calendar",
    "documents",
    "list_cases",
    "nameplates",
    "open_case",
    "photo",
    "register",
    "show",
]

CaseId = Annotated[str, typer.Argument(metavar="ID", help="办件编号，见 xygeo case list")]


@dataclass(frozen=True, kw_only=True)
class CaseOptions(SessionOptions):
    """The business day, and where the data are."""

    on: Annotated[str | None, typer.Option("--on", metavar="DATE", help="办理日期（默认今天）")] = (
        None
    )

    def day(self, session: Session) -> date:
        """Give the business day: the one asked for, else today in the bureau's time zone."""
        from datetime import UTC, datetime
        from zoneinfo import ZoneInfo

        today = datetime.now(UTC).astimezone(ZoneInfo(session.settings.tz)).date()
        return parse_date(self.on, "--on") or today


@dataclass(frozen=True, kw_only=True)
class StepOptions(ActorOptions):
    """What a step brings, and who does it."""

    words: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="字段=值", help="本步内容，可重复；列表用、隔开，嵌套写 JSON"
        ),
    ] = None
    file: Annotated[
        Path | None,
        typer.Option(
            "--file", metavar="FILE", exists=True, dir_okay=False, help="本步内容（JSON 或 YAML）"
        ),
    ] = None

    def data(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Read the step's data by the fields of its form, as `api.cli.case_words.case_data`."""
        from api.cli.case_words import case_data

        return case_data(self.words or (), self.file, fields)


def register(app: typer.Typer) -> None:
    """Add these commands to the program."""
    group = typer.Typer(
        cls=ChineseGroup,
        help="办件：界线联检、联检问题、地名命名更名、地名文化遗产、设施选址。",
        rich_markup_mode=None,
        no_args_is_help=True,
    )
    for name, command in (
        ("list", list_cases),
        ("open", open_case),
        ("act", act),
        ("show", show),
        ("photo", photo),
        ("documents", documents),
        ("calendar", calendar),
        ("nameplates", nameplates),
    ):
        group.command(name, cls=ChineseCommand)(command)
    app.add_typer(group, name="case")


@spelled
def list_cases(
    *,
    type_name: Annotated[
        str | None, typer.Option("--type", metavar="T", help="类型，如 inspection、place_name")
    ] = None,
    state: Annotated[
        str | None, typer.Option("--state", metavar="S", help="办理状态；open 为全部未办结")
    ] = None,
    due_before: Annotated[
        str | None, typer.Option("--due-before", metavar="DATE", help="只列这天以前到期的")
    ] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", metavar="N", min=1, help="至多几件")
    ] = None,
    call: CaseOptions,
) -> None:
    """办件列表，最急的在前。"""
    from api.cli.case_lines import case_lines
    from layers.cases import cases, cases_json

    session = call.start()
    day = call.day(session)
    with session.store() as store:
        found = cases(
            store,
            on=day,
            type=type_name,
            state=state,
            due_before=parse_date(due_before, "--due-before"),
            limit=limit,
        )
        bodies = cases_json(store, found, on=day, lists=_lists(session))
    session.answer({"cases": bodies, "count": len(bodies)}, case_lines(bodies))


@spelled
def open_case(
    *,
    type_name: Annotated[
        str,
        typer.Argument(metavar="TYPE", help="类型：inspection finding place_name heritage siting"),
    ],
    step: StepOptions,
    call: CaseOptions,
) -> None:
    """立案：开一个新办件。"""
    from layers.cases import open_case as opened
    from layers.cases import workflow

    session = call.start()
    given = step.data(workflow(type_name).form.fields)
    day = call.day(session)
    who = step.actor()
    with session.store() as store:
        case = opened(store, type_name, who, given, on=day, lists=_lists(session))
        _answer(session, store, case, day)


@spelled
def act(
    *,
    case_id: CaseId,
    action: Annotated[str, typer.Argument(metavar="ACTION", help="办理事项，见 xygeo case show")],
    step: StepOptions,
    version: Annotated[
        int | None, typer.Option("--version", metavar="N", help="您看到的步数；别人先办了就不写入")
    ] = None,
    call: CaseOptions,
) -> None:
    """办理一步。"""
    from layers.cases import act as acted
    from layers.cases import case, workflow

    session = call.start()
    day = call.day(session)
    who = step.actor()
    with session.store() as store:
        flow = workflow(case(store, case_id).type)
        collect = flow.collects.get(action)
        form = flow.form if collect is None else collect.form
        given = step.data(form.fields)
        moved = acted(
            store, case_id, action, who, given, on=day, version=version, lists=_lists(session)
        )
        failed = []
        if moved.version in moved.documents.values():
            from api.case_documents import keep_made
            from layers.files import Files

            failed = keep_made(
                store, Files(session.folder), moved, who, publisher=session.settings.publisher
            )
        _answer(session, store, moved, day, failed)


@spelled
def show(
    *,
    case_id: CaseId,
    who: ActorOptions,
    call: CaseOptions,
) -> None:
    """一个办件的全部：内容、期限、经过，以及现在可以办什么。"""
    from api.cli.case_lines import show_lines
    from layers.cases import case, case_json, history

    session = call.start()
    day = call.day(session)
    with session.store() as store:
        body = case_json(
            store, case(store, case_id), on=day, actor=who.actor(), lists=_lists(session)
        )
        body["events"] = history(store, case_id)
    session.answer(body, show_lines(body))


@spelled
def photo(
    *,
    case_id: CaseId,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="JPEG 或 PNG")
    ],
    marker: Annotated[
        str | None, typer.Option("--marker", metavar="ID", help="拍的是哪座界桩")
    ] = None,
    finding: Annotated[
        str | None, typer.Option("--finding", metavar="ID", help="拍的是哪个问题")
    ] = None,
    who: ActorOptions,
    call: CaseOptions,
) -> None:
    """附一张照片：核对拍摄位置，只留去除位置等信息的副本。"""
    from api.cli.case_lines import photo_lines
    from layers.cases import add_photo
    from layers.files import Files

    session = call.start()
    with session.store() as store:
        added = add_photo(
            store,
            Files(session.folder),
            case_id,
            file.read_bytes(),
            who.actor(),
            on=call.day(session),
            marker_id=marker,
            finding_id=finding,
        )
    body = {
        "id": added.file,
        "position": added.position,
        "distance_m": added.distance_m,
        "warning": added.warning or None,
    }
    session.answer(body, photo_lines(added))


@spelled
def documents(
    *,
    case_id: CaseId,
    name: Annotated[
        str | None, typer.Option("--name", metavar="N", help="只要这一份，如 report（默认全部）")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", file_okay=False, help="写到这个文件夹（默认只列出）"),
    ] = None,
    who: ActorOptions,
    call: SessionOptions,
) -> None:
    """办件的文书：列出，或写到文件夹；形成时是什么样，以后都是什么样。"""
    from api.case_documents import document_list, kept_document
    from api.cli.case_lines import document_lines
    from api.cli.outputs import place_for
    from layers.cases import case, document_rows
    from layers.files import Files

    session = call.start()
    with session.store() as store:
        one = case(store, case_id)
        if name is not None:
            document_rows(store, case_id, name)  # refuses what is unknown or not made yet
        listed = [
            body for body in document_list(store, one) if name is None or body["name"] == name
        ]
        for body in listed if out is not None else ():
            written = {}
            for suffix in body["formats"] if body["made"] else ():
                kept = kept_document(
                    store,
                    Files(session.folder),
                    case_id,
                    body["name"],
                    suffix,
                    who.actor(),
                    publisher=session.settings.publisher,
                )
                place = place_for(Path(out or "") / _file_name(case_id, body["name"], suffix))
                place.write_bytes(kept.read_bytes())
                written[suffix] = str(place)
            body["written"] = written
    session.answer({"case": case_id, "documents": listed}, document_lines(one.title, listed))


@spelled
def nameplates(
    *,
    villages: Annotated[
        list[str] | None,
        typer.Option("--village", metavar="CODE", help="村级代码，可重复（默认五个试点村）"),
    ] = None,
    out: Annotated[
        list[Path] | None, typer.Option("--out", metavar="FILE", help="写成 .xlsx 或 .docx，可重复")
    ] = None,
    call: CaseOptions,
) -> None:
    """地名标志牌清单：每村一块村牌，村内每个标准地名一块。"""
    from api.cli.case_lines import plate_lines
    from api.cli.outputs import place_for, require_outputs
    from layers.cases import plate_rows

    require_outputs(out or (), (".xlsx", ".docx"), what="清单")
    session = call.start()
    with session.store() as store:
        rows = plate_rows(store, on=call.day(session), villages=villages or ())
    for path in out or ():
        from webmap.documents import write_document

        write_document(rows, place_for(path), publisher=session.settings.publisher)
    body = {"plates": rows["tables"]["plates"], "files": [str(path) for path in out or ()]}
    body |= {key: rows[key] for key in ("quality", "source", "notice")}
    session.answer(body, plate_lines(body))


@spelled
def calendar(call: CaseOptions) -> None:
    """五年联检日历：每条界线下次何时到期、由谁牵头、何时提醒。"""
    from api.cli.case_lines import calendar_lines
    from layers.cases import inspection_calendar

    session = call.start()
    with session.store() as store:
        lines = inspection_calendar(store, on=call.day(session))
    plain = [
        {
            **line,
            "due": line["due"] and line["due"].isoformat(),
            "reminders": [day.isoformat() for day in line["reminders"]],
        }
        for line in lines
    ]
    session.answer({"lines": plain}, calendar_lines(plain))


def _file_name(case_id: str, name: str, suffix: str) -> str:
    """Name a file by its case and document; an id may have what no file name may."""
    import re

    return re.sub(r'[\\/:*?"<>|\x00-\x1f]', "_", f"{case_id}-{name}") + f".{suffix}"


def _answer(
    session: Session, store: Store, case: Case, day: date, failed: Sequence[str] = ()
) -> None:
    from api.cli.case_lines import step_lines
    from layers.cases import case_json

    body = case_json(store, case, on=day, lists=_lists(session))
    body["warnings"] += failed
    session.answer(body, step_lines(body))


def _lists(session: Session) -> Any:  # noqa: ANN401 - read only where names are checked
    from layers.names import name_lists

    return name_lists(session.folder / "name_lists.yaml")
