"""Workers for many tasks: Dask's processes on this machine, or a cluster somebody else runs.

Dask retries what a lost worker had; this module turns the rest of what can go wrong into words.
"""

from __future__ import annotations

import contextlib
import importlib
import logging
import os
import signal
import warnings
from asyncio import CancelledError
from multiprocessing import resource_tracker
from typing import TYPE_CHECKING, Any

from geo.errors import PlatformError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

__all__ = ["BatchError", "run_tasks", "usable_cores", "workers"]

_CONNECT_S = 10
_FIRST_WORKER_S = 60
_LOOPBACK = "127.0.0.1"
_SETTINGS = {
    # A task waits with the scheduler, not with a worker: one that dies loses one task only.
    "distributed.scheduler.worker-saturation": 1.0,
    "distributed.worker.multiprocessing-method": "spawn",
    # A county may be large; the system, not Dask, decides when memory is out.
    "distributed.worker.memory.terminate": False,
    "distributed.worker.memory.pause": False,
    "distributed.admin.large-graph-warning-threshold": "100MB",
    "distributed.nanny.pre-spawn-environ": {
        "MALLOC_TRIM_THRESHOLD_": 65536,
        "OMP_NUM_THREADS": 1,
        "MKL_NUM_THREADS": 1,
        "OPENBLAS_NUM_THREADS": 1,
        "NUMBA_NUM_THREADS": 1,
    },
}


class BatchError(PlatformError):
    """The workers could not be had, or were lost all together."""

    code = "batch"


def usable_cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextlib.contextmanager
def workers(count: int, *, scheduler: str | None = None) -> Iterator[Any]:
    """Have workers for the length of a block.

    Parameters
    ----------
    count
        Processes on this machine, each of one thread; not used with a scheduler.
    scheduler
        Address of a running Dask scheduler, such as ``tcp://10.0.0.5:8786``; None: processes of
        our own, which listen on the loopback only, without any dashboard.

    Yields
    ------
    The client of the scheduler.

    Raises
    ------
    BatchError
        `scale_missing` if Dask is not installed, `scheduler_unreachable`, `no_workers`.
    """
    dask, distributed = _scale("dask"), _scale("distributed")
    with dask.config.set(_SETTINGS), _quiet(), contextlib.ExitStack() as opened:
        if scheduler is None:
            with _deaf_to_interrupts():
                cluster = distributed.LocalCluster(
                    n_workers=count,
                    threads_per_worker=1,
                    processes=True,
                    host=_LOOPBACK,
                    dashboard_address=None,
                    # What is left of its web server takes any port, or a second run would complain.
                    scheduler_kwargs={"dashboard_address": f"{_LOOPBACK}:0"},
                    memory_limit=0,
                    silence_logs=logging.CRITICAL,
                )
            opened.enter_context(cluster)
            client = opened.enter_context(distributed.Client(cluster, set_as_default=False))
        else:
            client = opened.enter_context(_client(scheduler))
        try:
            client.wait_for_workers(1, timeout=_FIRST_WORKER_S)
        except TimeoutError as error:
            raise BatchError(
                f"等了 {_FIRST_WORKER_S} 秒，没有一个工作进程连上来，请先启动 dask worker。",
                code="no_workers",
                where=scheduler,
            ) from error
        yield client


def run_tasks(
    client: Any,  # noqa: ANN401 - Dask has no types
    work: Callable[..., dict[str, Any]],
    tasks: Sequence[tuple[Any, ...]],
    *,
    on_done: Callable[[int, dict[str, Any] | BaseException], None],
) -> None:
    """Carry out all tasks, in whatever order they come back.

    Parameters
    ----------
    client
        As `workers` gives it.
    work
        Function of an importable module.
    tasks
        Its arguments, a tuple a task.
    on_done
        Told the task's position and its answer, or the error with which Dask gave it up.

    Raises
    ------
    BatchError
        `scheduler_lost` if the scheduler went away.
    """
    as_completed = _scale("distributed").as_completed
    futures = {
        client.submit(work, *task, pure=False, retries=0): number
        for number, task in enumerate(tasks)
    }
    try:
        for future in as_completed(list(futures), loop=client.loop):
            on_done(futures[future], _outcome(future))
            future.release()
    finally:
        with contextlib.suppress(Exception):  # the scheduler may be what was lost
            client.cancel(list(futures))


def _outcome(future: Any) -> dict[str, Any] | BaseException:  # noqa: ANN401 - Dask has no types
    """Take the answer of a task, or the error with which it was given up.

    An answer lies with the worker that has it until it is taken. If that worker is killed before,
    the future is `lost`, which is no loss: another worker does the task again, and this waits.

    Raises
    ------
    BatchError
        `scheduler_lost`.
    """
    try:
        answer: dict[str, Any] = future.result()
    except (Exception, CancelledError) as error:
        if future.status == "error":
            return error
        raise BatchError(
            "与调度进程的连接断了，没有算完；已算完的县已存下，再运行一次会接着算。",
            code="scheduler_lost",
        ) from error
    return answer


def _client(address: str) -> Any:  # noqa: ANN401 - Dask has no types
    """Connect to a running scheduler.

    Raises
    ------
    BatchError
        `scheduler_unreachable`.
    """
    kind = _scale("distributed").Client
    client = kind.__new__(kind)  # made in two steps, to have one that does not connect in hand
    try:
        with warnings.catch_warnings():
            # Machines with other versions of this or that still work, or fail county by county.
            warnings.simplefilter("ignore")
            client.__init__(address, timeout=_CONNECT_S, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        # Left to the garbage collector, it may be ended while the next one is being made, in the
        # same thread, which then waits for a lock of its own for ever.
        with contextlib.suppress(Exception):  # so far as it was made
            client.close(timeout=_CONNECT_S)
        raise BatchError(
            f"连不上调度进程 {address}，请检查地址，以及 dask scheduler 是否已启动。",
            code="scheduler_unreachable",
            where=address,
        ) from error
    return client


def _scale(name: str) -> Any:  # noqa: ANN401 - Dask has no types
    """Import a part of Dask, an extra of the installation.

    Raises
    ------
    BatchError
        `scale_missing`.
    """
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise BatchError(
            '没有安装多县计算所需的组件，请运行 pip install "xygeo[scale]"。', code="scale_missing"
        ) from error


@contextlib.contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Start threads and processes that Ctrl-C passes by.

    A terminal sends it to every process of the command. This one ends the others in good order;
    each would print a trace of its own. What is started here inherits the mask, and hands it on to
    workers that are started later in the place of lost ones.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    resource_tracker.ensure_running()  # it would lift the mask where it is started later
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep Dask's own words off the terminal; what matters comes back as an error."""
    loggers = [logging.getLogger(name) for name in ("distributed", "tornado", "asyncio")]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)
