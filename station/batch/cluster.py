"""Dask: tasks to workers, here or on other machines, and what becomes of them.

The only module that imports `distributed`. The scheduler never sees the work list, only the tasks
in flight; what is done, and what has failed how often, stands in the folder of readings, so that
nothing is lost with a worker, the scheduler or this command.
"""

from __future__ import annotations

import logging
import signal
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import resource_tracker
from typing import Any, TypeVar

from firmware_config.errors import DriverError, EngineError, LinkError, OurError
from station.batch.visiting import MOST_TRIES, Outcome, Plan, visit_all
from station.batch.worklist import Master

try:
    import dask
    from distributed import Client, LocalCluster, Security, as_completed
    from distributed.scheduler import NoWorkerError
except ImportError as missing:
    raise DriverError(
        f"station batch needs {missing.name!r}",
        hint="缺少批量识读的组件，请安装 scan-station[batch]。",
    ) from missing

AHEAD = 2
"""Tasks in flight for each worker: one at work, one that waits for it."""
PATIENCE_S = 60.0
ASK_EVERY_S = 10.0
GONE = "调度程序或工作进程不见了；已完成的都已保存，再次运行会接着做。"
LOOPBACK = "127.0.0.1"
SETTINGS = {
    # No page of the scheduler or a worker answers; the port itself cannot be switched off.
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
    # A worker that outgrows its memory is ended, and its page counted; it never spills or waits.
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.pause": False,
    "distributed.worker.memory.terminate": 0.95,
    # Workers that end in an orderly way are not started again; nobody waits for them for ever.
    "distributed.scheduler.no-workers-timeout": "5 minutes",
}
Task = tuple[Master, ...]
T = TypeVar("T")
log = logging.getLogger("station.batch")


@contextmanager
def here(workers: int, memory_mb: int) -> Iterator[Client]:
    """Processes of this machine, each with one thread and at most `memory_mb`.

    They speak TLS with keys of this run on the loopback interface: whoever could speak to a
    scheduler could run what he likes in our name.
    """
    with dask.config.set(SETTINGS), tempfile.TemporaryDirectory(prefix="station-batch-") as folder:
        # Ctrl-C is for this command alone: workers inherit the mask. The tracker, which is started
        # with the first of them otherwise, would take it off again.
        resource_tracker.ensure_running()
        asked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            cluster = LocalCluster(
                n_workers=workers,
                threads_per_worker=1,
                memory_limit=f"{memory_mb}MB",
                host=LOOPBACK,
                security=Security.temporary(),
                dashboard_address=None,
                scheduler_kwargs={"dashboard": False, "dashboard_address": f"{LOOPBACK}:0"},
                local_directory=folder,
                silence_logs=logging.CRITICAL,
            )
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, asked)
        with cluster, Client(cluster) as client:
            yield client


@contextmanager
def at(address: str) -> Iterator[Client]:
    """The workers of the scheduler at `address`, which somebody else runs. Raises LinkError."""
    try:
        client = Client(address, timeout=PATIENCE_S)
        client.wait_for_workers(1, timeout=PATIENCE_S)
    except OSError as error:
        raise LinkError(
            f"no scheduler with workers at {address}: {error}",
            hint="连接不上批量识读的调度程序，请检查地址和工作进程。",
        ) from error
    with client:
        yield client


def outcomes(
    client: Client, plan: Plan, tasks: Iterator[Task], go_on: Callable[[], bool]
) -> Iterator[Outcome]:
    """What becomes of each master, as it is done; no new task after `go_on` is false.

    A task whose worker died or that failed is given out again: what it had done is there, and
    the page that stopped it has one attempt more. Raises ConfigError, StorageError, LinkError,
    and EngineError when a task comes back for ever.
    """
    flying: dict[str, tuple[Task, int]] = {}
    done = as_completed()
    crew = _Crew(client)

    def send(task: Task, times: int) -> None:
        future = client.submit(visit_all, task, plan, pure=False)
        flying[future.key] = task, times
        done.add(future)

    def fill() -> None:
        room = AHEAD * crew.size() - len(flying)
        while room > 0 and go_on() and (task := next(tasks, None)):
            send(task, 1)
            room -= 1

    fill()
    for future in done:
        task, times = flying.pop(future.key)
        if future.status == "finished":
            yield from future.result()
        else:
            _must_go_again(future, task, times)
            send(task, times + 1)
        fill()


class _Crew:
    """The workers, counted now and then: they come and go."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._size, self._asked_s = 1, time.monotonic() - ASK_EVERY_S

    def size(self) -> int:
        """How many there are, at least 1, so that a task waits for the first."""
        if time.monotonic() - self._asked_s >= ASK_EVERY_S:
            self._size, self._asked_s = max(1, len(self._client.nthreads())), time.monotonic()
        return self._size


def _must_go_again(future: Any, task: Task, times: int) -> None:
    """Return if another try makes sense; raise what went wrong if not."""
    if future.status != "error":
        raise LinkError(f"the scheduler lost a task ({future.status})", hint=GONE)
    error = future.exception()
    if isinstance(error, OurError):
        raise error
    if isinstance(error, NoWorkerError):
        raise LinkError(f"there are no workers any more: {error}", hint=GONE) from error
    log.warning("a task of %d masters failed, once more: %r", len(task), error)
    if times > MOST_TRIES * (len(task) + 1):
        raise EngineError(f"the task beginning with {task[0].path} never ends: {error!r}")


def each(client: Client, function: Callable[[str], T], names: Sequence[str]) -> Iterator[T]:
    """`function` of each name, in order, on the workers. Raises what it raises."""
    yield from client.gather(client.map(function, names, pure=False))
