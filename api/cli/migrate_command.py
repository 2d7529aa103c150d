"""The command `xygeo migrate`: from one store to another, history and all."""

from __future__ import annotations

from typing import Annotated

import typer

from api.cli.options import Data, Json
from api.cli.session import start

__all__ = ["migrate_store", "register"]

_PLACE = "gpkg:文件 或 postgresql://用户@主机/库名"


def register(app: typer.Typer) -> None:
    """Add this command to the program."""
    app.command("migrate")(migrate_store)


def migrate_store(
    source: Annotated[str, typer.Argument(metavar="FROM", help=f"源库，{_PLACE}")],
    target: Annotated[str, typer.Argument(metavar="TO", help="目标库，写法相同，须为空库")],
    data: Data = None,
    as_json: Json = False,
) -> None:
    """把一个库连同全部历史迁到另一种库（GeoPackage 与 PostGIS 互迁）；源库不动。"""
    from layers.migrate import migrate

    session = start(data, as_json=as_json)
    with session.progress() as progress:
        report = migrate(source, target, data=session.folder, on_progress=progress)
    counts = f"图层 {len(report.layers)} 个，记录 {sum(report.layers.values())} 条"
    session.answer(
        report.to_json(),
        [
            f"已从 {report.source} 迁到 {report.target}，并已核验。",
            f"{counts}，事件 {report.events} 条，链头 {report.head.hash}",
            "照片、文件、账号和锚点仍在数据文件夹中；改用新库请设 XYGEO_STORE。",
        ],
    )
