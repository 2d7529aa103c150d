"""Commands that keep an installation: serve, backup, restore."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from api.cli.options import Data, Json
from api.cli.session import start

__all__ = ["backup_store", "register", "restore_store", "serve_store"]


def register(app: typer.Typer) -> None:
    """Add these commands to the program."""
    app.command("serve")(serve_store)
    app.command("backup")(backup_store)
    app.command("restore")(restore_store)


def serve_store(
    host: Annotated[
        str, typer.Option("--host", metavar="HOST", help="监听的本机地址")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", metavar="PORT", min=0, max=65535, help="端口（0 为任选）")
    ] = 8000,
    workers: Annotated[
        int, typer.Option("--workers", metavar="N", min=1, max=64, help="工作进程数")
    ] = 1,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """启动服务（网页、OGC API、平台接口），Ctrl-C 或 SIGTERM 停止。"""
    from api.serving.running import serve

    session = start(data, as_json=as_json)

    def ready(url: str) -> None:
        body = {"event": "ready", "url": url, "workers": workers}
        line = json.dumps(body) if as_json else f"服务已就绪：{url}"
        # In one write, end of line and all: the logs come to the same pipe meanwhile.
        print(f"{line}\n", end="", flush=True)

    serve(session.settings, host=host, port=port, workers=workers, on_ready=ready)


def backup_store(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="备份文件，如 2026-06-30.zip")],
    data: Data = None,
    as_json: Json = False,
) -> None:
    """备份全部数据（数据库、账号、照片和文件）为一个文件；使用中也可以运行。"""
    from layers.backup import backup

    session = start(data, as_json=as_json)
    with session.progress() as progress:
        report = backup(session.settings.store_url, session.folder, file, on_progress=progress)
    size = f"{report.bytes / 2**20:.1f} MB"
    counts = f"事件 {report.events} 条，文件 {report.files} 个"
    session.answer(
        report.to_json(),
        [
            f"已备份到 {report.file}（{size}），并已核验：{counts}。",
            f"链头 {report.head.hash}，请另存一份，日后可用 xygeo verify --anchor 核对。",
        ],
    )


def restore_store(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="xygeo backup 写出的文件")],
    force: Annotated[
        bool, typer.Option("--force", help="替换现有数据；新数据就位以前，旧数据先放在一边")
    ] = False,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """从备份恢复到空文件夹；备份损坏则不动任何数据。"""
    from layers.restore import restore

    session = start(data, as_json=as_json)
    with session.progress() as progress:
        report = restore(
            file,
            session.folder,
            force=force,
            url=session.settings.store_url,
            on_progress=progress,
        )
    session.answer(
        report.to_json(),
        f"已恢复到 {report.folder}，并已核验：事件 {report.events} 条，文件 {report.files} 个"
        f"（备份于 {report.made}）。",
    )
