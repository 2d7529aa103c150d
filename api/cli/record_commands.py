"""Commands over what was recorded: history of a feature, proof of the whole store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.options import ActorName, Data, Full, Json, Role
from api.cli.session import actor, start

if TYPE_CHECKING:
    from layers.verify import VerifyReport

__all__ = ["history", "register", "verify_store"]

_SHOWN_FINDINGS = 50


def register(app: typer.Typer) -> None:
    """Add these commands to the program."""
    app.command("history")(history)
    app.command("verify")(verify_store)


def history(
    layer: Annotated[str, typer.Argument(metavar="LAYER", help="图层，如 care_facilities")],
    feature: Annotated[str, typer.Argument(metavar="ID", help="标识，如区划代码")],
    full: Full = False,
    actor_name: ActorName = None,
    role: Role = "clerk",
    data: Data = None,
    as_json: Json = False,
) -> None:
    """一条记录的全部版本：何时、谁、为什么、改了什么。"""
    from api.cli.versions import history_body, history_lines
    from layers.catalog import listed_schema

    session = start(data, as_json=as_json)
    with session.store() as store:
        schema = listed_schema(store, layer)
        versions = store.history(layer, feature)
    if full and schema.privacy_counts:
        session.log_access(actor(actor_name, role), "history_full", {"layer": layer, "id": feature})
    session.answer(
        history_body(schema, versions, full=full),
        history_lines(schema, feature, versions, full=full, time_zone=session.settings.tz),
    )


def verify_store(
    anchor: Annotated[
        Path | None,
        typer.Option("--anchor", metavar="FILE", help="另存的锚点文件（含 seq、hash 的 JSON）"),
    ] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """核验数据库是否被绕过程序改动；只读，使用中也可以运行。"""
    from layers.verify import verify

    session = start(data, as_json=as_json)
    report = verify(session.settings.store_url, anchor=anchor, folder=session.folder)
    session.answer(report.to_json(), _verdict(report))
    if not report.ok:
        raise typer.Exit(1)


def _verdict(report: VerifyReport) -> list[str]:
    count = len(report.findings)
    head = f"事件 {report.events} 条，链头 {report.head.hash}"
    if report.ok:
        return [f"核验通过：与写入时一致。{head}"]
    lines = [f"核验未通过，{count} 处与写入时不一致。{head}"]
    lines += [f"  {flaw.kind} {flaw.message}" for flaw in report.findings[:_SHOWN_FINDINGS]]
    if count > _SHOWN_FINDINGS:
        lines.append(f"  ……共 {count} 处；加 --json 看全部。")
    return lines
