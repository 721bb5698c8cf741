"""Tasks on processes and on Dask: what ends comes at once, what fails or is killed is named, and the others go on."""

import os
import shutil
import signal
import socket
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import date
from multiprocessing import active_children, current_process
from pathlib import Path
from select import select
from threading import Timer
from typing import Any

import pytest

from pipelines import refresh
from pipelines.editions.records import Runs
from pipelines.errors import TaskDied
from pipelines.ingest import imports
from pipelines.ingest.archive import open_reference
from pipelines.nightly import night as nightly
from pipelines.nightly.night import refresh_one
from pipelines.request import RefreshRequest, RefreshResult
from pipelines.settings import SCHEDULER, Settings
from pipelines.tasks import Done, run_all
from tests.forked import fork
from tests.pipelines.http.servers import answer, client, serving
from tests.servers import free_port
from tests.toy import folder as toy

DEADLINE_SECONDS = 60.0
SOURCES = """
[swedishpolls]
address = "{url}"
language = "en"
unit = "share"
licence = "CC0 1.0"
licence_url = "https://licence.example/"
attribution = "The Synod's polls"
"""
Run = Callable[..., Iterator[Done[Any, Any]]]


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    """Two Dask workers, each a process with one thread."""
    import dask
    from distributed import LocalCluster

    quiet = {"distributed.scheduler.allowed-failures": 0, "distributed.worker.daemon": False}
    with warnings.catch_warnings(), dask.config.set(quiet):
        warnings.simplefilter("ignore")
        with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50) as cluster:
            yield str(cluster.scheduler_address)


@pytest.fixture(params=["processes", "dask"])
def mapped(request: pytest.FixtureRequest) -> Run:
    at = request.getfixturevalue("scheduler") if request.param == "dask" else ""
    return lambda work, tasks: run_all(work, tasks, 2, at)


def work(task: tuple[str, str]) -> str:
    name, place = task
    if name == "fails":
        raise ValueError("no such thing")
    if name == "dies":
        os.kill(os.getpid(), signal.SIGKILL)
    if name == "slow":
        handle = os.open(place, os.O_RDONLY)  # of a pipe: waits until the test has seen the others
        os.close(handle)
    return name.upper()


@pytest.mark.filterwarnings("ignore")
def test_a_slow_task_delays_no_other_and_one_that_fails_is_named(mapped: Run, tmp_path: Path) -> None:
    place = str(tmp_path / "pipe")
    os.mkfifo(place)
    seen = []
    for done in mapped(work, [(name, place) for name in ("slow", "a", "fails", "b")]):
        seen.append(done.task[0])
        if done.error is None:
            assert done.result == done.task[0].upper()
        else:
            assert (done.task[0], str(done.error)) == ("fails", "no such thing")
        if len(seen) == 3:
            os.close(os.open(place, os.O_WRONLY))
    assert sorted(seen[:3]) == ["a", "b", "fails"]
    assert seen[3] == "slow"


@pytest.mark.filterwarnings("ignore")
def test_a_task_whose_process_is_killed_is_named_and_the_others_are_done(mapped: Run) -> None:
    others = "bcdefgh"  # more than there is room for at once
    done = {one.task[0]: one for one in mapped(work, [(name, "") for name in ("a", "dies", *others)])}
    assert isinstance(done.pop("dies").error, TaskDied)
    assert {name: one.result for name, one in done.items()} == {name: name.upper() for name in ("a", *others)}


def test_what_is_under_way_when_a_scheduler_dies_is_done_by_the_one_in_its_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Dask cancels the futures of a scheduler that is gone: seen as its container was killed and started again."""
    pools = list[ThreadPoolExecutor]()

    class Dying(ThreadPoolExecutor):
        def submit(self, *_task: Any, **_options: Any) -> Future[Any]:
            future = Future[Any]()
            future.cancel()
            future.set_running_or_notify_cancel()
            return future

    @contextmanager
    def dask(_scheduler: str, _jobs: int) -> Iterator[tuple[Executor, int]]:
        pools.append(ThreadPoolExecutor(1) if pools else Dying(1))
        with pools[-1] as pool:
            yield pool, 10

    monkeypatch.setattr("pipelines.tasks._dask", dask)
    done = {one.task: one.result for one in run_all(str.upper, ["a", "b", "c"], 2, "tcp://gone:8786")}
    assert done == {"a": "A", "b": "B", "c": "C"}


def test_a_scheduler_that_is_not_there_is_named_with_the_setting() -> None:
    import dask

    unused_port = free_port()

    with dask.config.set({"distributed.comm.timeouts.connect": "200ms"}), pytest.raises(TaskDied) as refused:
        list(run_all(str.upper, ["a", "b"], 2, f"tcp://127.0.0.1:{unused_port}"))
    assert str(refused.value).startswith(f"tcp://127.0.0.1:{unused_port}: no Dask scheduler answers there")
    assert SCHEDULER in str(refused.value)


def began(name: str) -> str:
    work((name, ""))
    return type(current_process()).__name__


def test_what_is_tried_again_is_not_forked_since_there_may_be_threads_by_then() -> None:
    done = {one.task: one.result for one in run_all(began, ["dies", "a", "dies too", "b"], 1)}
    assert done == {"dies": None, "a": "SpawnProcess", "dies too": "SpawnProcess", "b": "SpawnProcess"}


def test_while_no_task_has_come_what_is_done_is_handed_out_and_one_that_comes_begins(tmp_path: Path) -> None:
    place, handed_out = str(tmp_path / "pipe"), list[str | None]()
    os.mkfifo(place)
    release = Timer(DEADLINE_SECONDS / 4, lambda: os.close(os.open(place, os.O_WRONLY)))

    def coming() -> Iterator[tuple[str, str] | None]:
        release.start()
        yield "slow", place
        yield from [None] * 9
        yield "a", ""
        while not handed_out:
            time.sleep(0.01)
            yield None
        release.function()

    handed_out.extend(done.result for done in run_all(work, coming(), 2))
    release.cancel()
    assert handed_out == ["A", "SLOW"]


def test_what_began_is_handed_out_before_what_whoever_makes_the_tasks_raises() -> None:
    handed_out = []

    def coming() -> Iterator[tuple[str, str]]:
        yield from (("a", ""), ("b", ""))
        raise OSError("no room")

    with pytest.raises(OSError, match="no room"):
        handed_out.extend(done.result for done in run_all(work, coming(), 1))
    assert sorted(handed_out) == ["A", "B"]


def hold(place: str) -> None:
    with open(place, "w") as pipe:
        pipe.write(f"{os.getpid():8}")
        pipe.flush()
        signal.pause()


def test_a_process_does_not_outlive_a_night_that_is_killed(tmp_path: Path) -> None:
    """Whoever runs next holds the lock then."""
    place = tmp_path / "pipe"
    os.mkfifo(place)
    night = fork(lambda: list(run_all(hold, [str(place)], 1)))
    with place.open("rb", buffering=0) as pipe:
        child = int(pipe.read(8))
        os.kill(night, signal.SIGKILL)
        os.waitpid(night, 0)
        try:
            assert select([pipe], [], [], 10)[0], "its end of the pipe is still open"
        finally:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)


def test_tasks_are_asked_for_as_there_is_room_so_that_one_that_comes_late_is_not_the_last() -> None:
    coming = iter([("a", "")] * 50)
    for done in run_all(work, coming, 1):
        assert done.error is None
        break
    assert len(list(coming)) >= 40


def test_nothing_is_asked_of_anybody_where_there_is_no_task() -> None:
    assert list(run_all(work, [])) == []


@pytest.fixture
def toys(tmp_path: Path) -> Path:
    (tmp_path / "raw" / "electorates").mkdir(parents=True)
    toy.write(tmp_path / "raw")
    return tmp_path


def begin(_: object) -> None:
    """A campaign's work that is none."""


def test_no_more_processes_begin_than_campaigns_are_due(toys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 7)
    monkeypatch.setattr(nightly, "refresh_one", begin)
    request, before = RefreshRequest(toys, toy.TODAY, None, 100, 0, jobs=0), set(active_children())
    due = refresh.tasks("all", request, open_reference(request.raw, "all"))
    ready = (task for task in due)
    processes = [len(set(active_children()) - before) for _ in nightly._refreshed(due, ready, request, lambda *_: None)]
    assert (len(processes), max(processes)) == (2, 2)


def refresh_or_die(task: refresh.CampaignTask) -> list[RefreshResult]:
    """A campaign's work, in a process that begins anew too."""
    real = refresh.publish

    def fatal(request: RefreshRequest, reference: Any, campaign: Any, *arguments: Any) -> Any:
        if campaign.election.id == toy.PAST:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(request, reference, campaign, *arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(refresh, "publish", fatal)
        return refresh_one(task)


def test_a_campaign_whose_process_dies_is_named_and_the_other_is_published_and_recorded(
    toys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed for real, as by a machine without memory; the night ends with 1 and says which."""
    monkeypatch.setattr(nightly, "refresh_one", refresh_or_die)
    request = RefreshRequest(toys, toy.TODAY, None, 100, 0, jobs=2)
    with pytest.raises(TaskDied, match=f"{toy.PAST} was not refreshed: its process was killed"):
        nightly.night("all", request, offline=True, keep_editions=0)
    store = request.store
    assert list(store.current()) == [toy.LIVE]
    recorded = store.record(Runs, toy.ELECTORATE)
    assert recorded
    assert (recorded.exit_code, [row.election for row in recorded.campaigns]) == (1, [toy.LIVE])
    assert toy.PAST in str(recorded.error)
    monkeypatch.undo()
    _, code = nightly.night("all", request, offline=True, keep_editions=0)
    assert code == 0
    assert sorted(store.current()) == [toy.PAST, toy.LIVE]


@pytest.fixture
def other(toys: Path) -> Path:
    """A second electorate, like the first."""
    folder = shutil.copytree(toys / "raw/electorates" / toy.ELECTORATE, toys / "raw/electorates/other")
    for path in folder.rglob("*.csv"):
        path.write_text(path.read_text("utf-8").replace("synod-", "other-"), "utf-8")
        path.rename(path.with_name(path.name.replace("synod-", "other-")))
    return folder


def test_a_host_that_hangs_delays_no_campaign_but_those_it_is_asked_about(
    toys: Path, other: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It answers once the other campaign is told as published, which is long before its deadline."""
    request, seen, told_results = RefreshRequest(toys, toy.TODAY, None, 100, 0, jobs=2), [], list[RefreshResult]()
    monkeypatch.setattr(nightly, "_say_result", told_results.append)

    def hang(connection: socket.socket, _: bytes) -> None:
        until = time.monotonic() + DEADLINE_SECONDS
        while not told_results and time.monotonic() < until:
            time.sleep(0.02)
        seen.extend(row.election for row in told_results)
        connection.sendall(answer(b"", "304 Not Modified"))

    with serving(hang) as served:
        monkeypatch.setattr(
            imports,
            "make_client",
            lambda *_: client(served.place, url=served.url, deadline_seconds=DEADLINE_SECONDS),
        )
        (other / "sources.toml").write_text(SOURCES.format(url=served.url), "utf-8")
        results, code = nightly.night("all-live", request, offline=False, keep_editions=0)
    assert (code, seen) == (0, [toy.LIVE])
    assert sorted(row.status for row in results) == ["published", "published"]
    recorded = request.store.record(Runs, "other")
    assert recorded
    assert {row.source: row.last_error for row in recorded.sources}["swedishpolls"] is None


def test_what_fails_in_one_electorate_is_recorded_in_no_other(
    toys: Path, other: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = refresh.publish

    def failing(request: RefreshRequest, reference: Any, campaign: Any, *arguments: Any) -> Any:
        if campaign.election.id == toy.LIVE:
            raise OSError("no room")
        return real(request, reference, campaign, *arguments)

    monkeypatch.setattr(refresh, "publish", failing)
    request = RefreshRequest(toys, toy.TODAY, None, 100, 0, jobs=2)
    with pytest.raises(TaskDied, match=f"{toy.LIVE} was not refreshed: no room"):
        nightly.night("all-live", request, offline=True, keep_editions=0)
    failed, done = (request.store.record(Runs, name) for name in (toy.ELECTORATE, other.name))
    assert failed
    assert done
    assert (failed.exit_code, "no room" in str(failed.error)) == (1, True)
    assert (done.exit_code, done.error, [row.status for row in done.campaigns]) == (0, None, ["published"])


@pytest.mark.filterwarnings("ignore")
def test_dask_makes_the_same_bytes_as_this_process(toys: Path, scheduler: str, tmp_path: Path) -> None:
    editions = []
    for at, settings in enumerate((Settings(), Settings(scheduler=scheduler))):
        data = tmp_path / str(at)
        data.mkdir()
        (data / "raw").symlink_to(toys / "raw")
        request = RefreshRequest(data, date(2026, 9, 20), None, 100, 0, settings=settings)
        _, code = nightly.night("all", request, offline=True, keep_editions=0)
        assert code == 0
        editions.append(
            {str(path.relative_to(data)): path.read_bytes() for path in (data / "processed/editions").rglob("*.*")}
        )
    assert len(editions[0]) > 10
    assert editions[0] == editions[1]
