"""`xygeo serve` without its command line: bind, migrate, run, leave nothing to repair."""

from __future__ import annotations

import contextlib
import logging
import os
from typing import TYPE_CHECKING

from api.auth import Accounts
from api.serving.listening import bind, hosts_of, url_of
from api.serving.logs import start_logging
from api.serving.supervisor import Supervisor
from layers.errors import StoreError
from layers.store import open_store
from layers.system_errors import reason

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from api.settings import Settings

__all__ = ["serve"]

_log = logging.getLogger("xygeo")


def serve(
    settings: Settings,
    *,
    host: str,
    port: int,
    workers: int,
    on_ready: Callable[[str], None],
) -> None:
    """Serve until SIGTERM or SIGINT.

    Parameters
    ----------
    settings
        Of the installation.
    host, port
        Where to listen; port 0: any free one.
    workers
        Processes, each with its own connections to the store.
    on_ready
        Told the URL once every worker accepts calls.

    Raises
    ------
    CannotListen
        If host or port cannot be used.
    StoreError
        `store_missing`, `store_newer` and the like; `folder_unwritable`.
    WorkersFailed
        If the workers die at their start.
    """
    _require_writable(settings.data)
    with contextlib.closing(bind(host, port)) as listener:
        # Once, before anybody serves: a store of an older version is brought up to this one.
        open_store(settings.store_url, min_free_mb=0, folder=settings.data).close()
        # A restored file is not in WAL mode, and SQLite lets no two processes change that at once.
        Accounts(settings.data / "accounts.sqlite").close()
        if not settings.allowed_hosts:
            names = hosts_of(host, settings.public_url)
            settings = settings.model_copy(update={"allowed_hosts": names})
        url = url_of(listener)
        stop_logging = start_logging(settings.data / "logs", time_zone=settings.tz)

        def tell() -> None:
            _log.info("ready", extra={"url": url, "workers": workers})
            on_ready(url)

        try:
            Supervisor(settings, listener, workers=workers, on_ready=tell).run()
            _log.info("stopped")
        finally:
            stop_logging()
            # Where a worker was killed it left a WAL: fold it into the file.
            with contextlib.suppress(StoreError):
                open_store(settings.store_url, min_free_mb=0, folder=settings.data).close()


def _require_writable(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "logs").mkdir(exist_ok=True)
        writable = os.access(folder, os.W_OK | os.X_OK) and os.access(folder / "logs", os.W_OK)
        why = "没有权限"
    except OSError as error:
        writable, why = False, reason(error)
    if not writable:
        raise StoreError(
            f"数据文件夹 {folder} 不能写（{why}），请检查路径和权限。",
            code="folder_unwritable",
            where=str(folder),
        )
