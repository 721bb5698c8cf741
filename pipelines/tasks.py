"""Tasks of plain values, mapped by an executor: processes of this machine, or Dask where a scheduler is named.

Each gives a result or says why it has none; one that fails, or whose process is killed, holds up no other.
"""

import os
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice
from operator import length_hint
from threading import Thread
from typing import Any, Generic, TypeVar

from pipelines.errors import TaskDied

T = TypeVar("T")
R = TypeVar("R")
Pool = Callable[[int], AbstractContextManager[tuple[Executor, int]]]  # of so many processes; how many tasks it is given
ROOM_OF_DASK = 1_000  # whose workers come and go


@dataclass(frozen=True, slots=True)
class Done(Generic[T, R]):
    """What became of a task: its result, or why there is none."""

    task: T
    result: R | None = None
    error: Exception | None = None


def run_in_process(work: Callable[[T], R], tasks: Iterable[T | None]) -> Iterator[Done[T, R]]:
    """One after another as they come, in this process."""
    for task in tasks:
        if task is None:
            continue
        try:
            yield Done(task, work(task))
        except Exception as error:
            yield Done(task, error=error)


def run_all(
    work: Callable[[T], R], tasks: Iterable[T | None], jobs: int = 0, scheduler: str = "", *, is_forked: bool = True
) -> Iterator[Done[T, R]]:
    """Every task as it ends, in no order; `jobs` is the number of processes, by default that of cores.

    `tasks` may come one by one, and are asked for as there is room; one that is None says that none has come yet, so
    that what is done is handed out meanwhile, and what they raise is raised once all that began has ended.
    `scheduler`: Dask's, `tcp://…`, in the place of processes here. `is_forked`: a process begins with what is loaded
    and read here, and before the first task is asked for, so that whoever makes them may have threads; what has some
    by then, as the client of an object store, is not.
    """
    pool: Pool = partial(_dask, scheduler) if scheduler else partial(_processes, is_forked)
    most, errors = jobs or os.cpu_count() or 1, list[Exception]()
    left = yield from _mapped(work, _until_error(tasks, errors), pool, min(most, length_hint(tasks, most)))
    pool = pool if scheduler else partial(_processes, False)  # there may be threads by now
    while left:  # a process died and took its pool along: one at a time, the first that is left was the one
        left = yield from _mapped(work, left, pool, 1, most_at_once=1)
        if left:
            yield Done(left.pop(0), error=TaskDied("its process was killed, or ran out of memory; run it again"))
    if errors:
        raise errors[0]


def _until_error(tasks: Iterable[T], errors: list[Exception]) -> Iterator[T]:
    try:
        yield from tasks
    except Exception as error:
        errors.append(error)


def _mapped(
    work: Callable[[T], R], tasks: Iterable[T | None], pool: Pool, jobs: int, most_at_once: int = ROOM_OF_DASK
) -> Generator[Done[T, R], None, list[T]]:
    """What ends, as it ends; returns the tasks whose process, or the pool they were in, died."""
    died, futures, coming = list[T](), dict[Future[R], T](), iter(tasks)
    if not jobs:
        return died
    with pool(jobs) as (executor, room):
        while True:
            patience_seconds = None
            for task in islice(coming, min(room, most_at_once) - len(futures)):
                if task is None:
                    patience_seconds = 0
                    break
                try:
                    futures[executor.submit(work, task)] = task
                except BrokenExecutor:
                    died += [task, *(one for one in coming if one is not None)]
            if not futures and patience_seconds is None:
                return died
            for future in wait(futures, patience_seconds, FIRST_COMPLETED).done:
                task = futures.pop(future)
                error = BrokenExecutor("its scheduler died") if future.cancelled() else future.exception()
                if isinstance(error, BrokenExecutor) or type(error).__name__ == "KilledWorker":
                    died.append(task)
                elif isinstance(error, Exception):
                    yield Done(task, error=error)
                elif error is None:
                    yield Done(task, future.result())
                else:
                    raise error


@contextmanager
def _processes(is_forked: bool, jobs: int) -> Iterator[tuple[Executor, int]]:
    from concurrent.futures import ProcessPoolExecutor  # what a single campaign does without
    from multiprocessing import get_context

    with ProcessPoolExecutor(jobs, get_context("fork" if is_forked else "spawn"), _end_with_parent) as executor:
        executor.submit(os.getpid)  # all of them begin now
        yield executor, 2 * jobs


@contextmanager
def _dask(scheduler: str, _jobs: int) -> Iterator[tuple[Executor, int]]:
    try:
        from distributed import Client
    except ImportError as error:
        raise TaskDied(f"{scheduler}: Dask needs requirements-scale.txt (distributed)") from error
    connect: Any = Client
    try:
        client = connect(scheduler, set_as_default=False)
    except OSError as error:
        raise TaskDied(
            f"{scheduler}: no Dask scheduler answers there; start it, or unset HEMICYCLE_SCHEDULER"
        ) from error
    with client, client.get_executor(pure=False) as executor:
        yield executor, ROOM_OF_DASK


def _end_with_parent() -> None:
    """A child whose parent was killed must not go on writing: whoever runs next holds the lock then."""
    from multiprocessing import parent_process
    from multiprocessing.connection import wait as wait_for

    parent = parent_process()
    if parent is not None:
        Thread(target=lambda: wait_for([parent.sentinel]) and os._exit(1), daemon=True).start()
