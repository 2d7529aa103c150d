"""A worker that is a thread of this process: no process to start, so a test takes no seconds."""

from __future__ import annotations

import contextlib
import logging
from typing import TYPE_CHECKING, Any

import dask
from distributed import Client, LocalCluster

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["worker_in_process"]


@contextlib.contextmanager
def worker_in_process(_count: int, *, scheduler: str | None = None) -> Iterator[Any]:
    """Stand in for `layers.batch.cluster.workers` where processes are not what is tested."""
    assert scheduler is None
    with (
        dask.config.set({"distributed.scheduler.worker-saturation": 1.0}),
        LocalCluster(
            n_workers=1,
            threads_per_worker=1,
            processes=False,
            protocol="inproc",
            dashboard_address=None,
            scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},
            memory_limit=0,
            silence_logs=logging.CRITICAL,
        ) as cluster,
        Client(cluster, set_as_default=False) as client,
    ):
        yield client
