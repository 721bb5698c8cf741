"""Nights that go wrong, for the tests and for `make soak`: killed at random, killed or failed at each write in turn.

Each night runs in a forked child with everything already imported and past elections already learned from, so a night
takes a second and a kill can fall anywhere in it. The children share nothing but the data folder.
"""

import errno
import mmap
import os
import random
import shutil
import signal
import socket
import sqlite3
import sys
import time
from collections.abc import Callable, Iterable
from datetime import date
from importlib import import_module
from pathlib import Path
from threading import current_thread
from typing import Any, ClassVar

import pytest

from pipelines import log, refresh
from pipelines.editions.edition import check
from pipelines.editions.store import EditionStore
from pipelines.ingest.store import Ledger
from pipelines.nightly import lock
from pipelines.nightly.night import night
from pipelines.request import RefreshRequest
from tests.conftest import IS_SOAK
from tests.forked import fork, redirect
from tests.remembered import remember

ELECTION = "knesset-22"
YESTERDAY, TONIGHT = date(2019, 8, 7), date(2019, 8, 8)
DRAWS = 200
KEPT = ("editions", "changes", "current", "alerts")
Sabotage = Callable[[], None]


def remember_work(patch: pytest.MonkeyPatch) -> None:
    """Work the same numbers out once in this process and its children: what is tested is what is written."""
    remember(patch, refresh, "build_edition", lambda *arguments: arguments[3].edition)
    moved = import_module("pipelines.assemble.trend")
    remember(patch, moved, "movement_parts", lambda before, after, _campaign: (before.id, after.id))
    remember(patch, refresh, "open_reference", lambda raw, *election: (raw.resolve(), *election))


def spawn(
    data_dir: Path,
    today: date,
    sabotage: Sabotage | None = None,
    errors: Path | None = None,
    *,
    election: str = ELECTION,
    offline: bool = True,
) -> int:
    """Start a night in a child; returns its process id."""

    def run() -> int:
        sink = os.open(errors or os.devnull, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        redirect(sink, sink)
        if sabotage:
            sabotage()
        return night_here(data_dir, today, election, offline=offline)

    return fork(run)


def night_here(data_dir: Path, today: date, election: str = ELECTION, *, offline: bool = True) -> int:
    """A night in this process; its exit code."""
    from pipelines.commands.cli import main

    code = 0

    def run() -> None:
        nonlocal code
        with lock.hold(data_dir / "processed"), log.recorded(data_dir / "processed"):
            _, code = night(election, RefreshRequest(data_dir, today, None, DRAWS, 0), offline=offline, keep_editions=0)

    try:
        main(run)
    except SystemExit as end:
        return int(end.code or 0)
    return code


def ended(child: int) -> int:
    """Wait for a child; its exit code, or minus the signal that ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def ends_soon(child: int) -> int | None:
    """A child's exit code once it has ended, None while it runs; may be asked again."""
    status = os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    return None if status is None else status.si_status


def whole_night(data_dir: Path, today: date) -> None:
    code = ended(spawn(data_dir, today))
    assert code == 0, f"a night that nothing disturbed ended with {code}"


def yesterday(data_dir: Path, raw: Path) -> Path:
    """A data folder with yesterday's edition."""
    (data_dir / "processed").mkdir(parents=True)
    (data_dir / "raw").symlink_to(raw)
    shutil.copy(raw.parent / "alerts.toml", data_dir)
    whole_night(data_dir, YESTERDAY)
    return data_dir


def copy(base: Path, target: Path) -> Path:
    shutil.copytree(base, target, symlinks=True)
    return target


def published_bytes(data_dir: Path) -> dict[str, bytes]:
    """Every byte a reader may see, by path."""
    processed = data_dir / "processed"
    return {
        path.relative_to(processed).as_posix(): path.read_bytes()
        for name in KEPT
        for path in sorted([processed / name, *(processed / name).rglob("*")])
        if path.is_file()
    }


def ledger_rows(data_dir: Path) -> Any:
    """What the ledger says, without the times at which it was told."""
    with Ledger.open(data_dir / "processed" / "ledger.sqlite") as ledger:
        return ledger.polls(ELECTION), ledger.refusals()


def assert_served(data_dir: Path) -> None:
    """A reader finds a whole edition, and the ledger opens."""
    store = EditionStore(data_dir / "processed")
    assert store.current()[ELECTION][:10] in (str(YESTERDAY), str(TONIGHT))
    assert [edition.damage() for edition in store.all(ELECTION)] == [None] * len(store.all(ELECTION))
    check(store.open(ELECTION))
    ledger_rows(data_dir)


def assert_as_if_nothing_had_happened(data_dir: Path, clean: Path) -> None:
    """The rerun gives what an undisturbed night gives, byte for byte, and leaves nothing lying about."""
    whole_night(data_dir, TONIGHT)
    ours, theirs = published_bytes(data_dir), published_bytes(clean)
    assert sorted(ours) == sorted(theirs)
    assert not [name for name in ours if ours[name] != theirs[name]]
    assert ledger_rows(data_dir) == ledger_rows(clean)
    assert not list((data_dir / "processed").rglob(".*"))


def random_kills(folder: Path, base: Path, count: int, seed: int) -> dict[str, int]:
    """Kill `count` nights while they run, at random moments; returns how far they had come."""
    clean = copy(base, folder / "clean")
    started = time.monotonic()
    whole_night(clean, TONIGHT)
    length = time.monotonic() - started
    rng = random.Random(seed)
    seen = {"before": 0, "written": 0, "current": 0}
    while sum(seen.values()) < count:
        data_dir = copy(base, folder / "night")
        child = spawn(data_dir, TONIGHT)
        time.sleep(rng.uniform(0, length))
        os.kill(child, signal.SIGKILL)
        if ended(child) == -signal.SIGKILL:
            assert_served(data_dir)
            seen[_how_far(data_dir)] += 1
            assert_as_if_nothing_had_happened(data_dir, clean)
        else:  # it had ended before: no kill, and nights are shorter than the first was
            length *= 0.95
        shutil.rmtree(data_dir)
    return seen


def _how_far(data_dir: Path) -> str:
    store = EditionStore(data_dir / "processed")
    if store.current()[ELECTION].startswith(str(TONIGHT)):
        return "current"
    return "written" if len(store.all(ELECTION)) > 1 else "before"


class Counted:
    """Counts what happens in this process and its children, and acts on the n-th; 0 is none."""

    def __init__(self, at: int, act: Callable[[str], None]) -> None:
        self.at, self.act = at, act
        self._shared = mmap.mmap(-1, 8)  # the parent reads what the child has counted

    @property
    def count(self) -> int:
        return int.from_bytes(self._shared[:8], "little")

    def act_at(self, number: int) -> None:
        """Count anew, and act on another."""
        self.at, self._shared[:8] = number, bytes(8)

    def points(self, step: int = 1, first: int = 1) -> Iterable[int]:
        """The numbers of what was counted; where this is no soak, one of so many from the first, and the last."""
        return sorted({*(range(1, self.count + 1) if IS_SOAK else range(first, self.count + 1, step)), self.count})

    def met(self, event: str) -> None:
        count = self.count + 1
        self._shared[:8] = count.to_bytes(8, "little")
        if count == self.at:
            self.act(event)


class Writes(Counted):
    """What touches the disk: files opened for writing, renames, folders, fsync, SQL.

    For a forked child only: an audit hook stays for the life of its process.
    """

    EVENTS = frozenset(
        {"os.rename", "os.mkdir", "os.rmdir", "os.remove", "os.chmod", "shutil.rmtree", "sqlite3.connect"}
    )

    def install(self) -> None:
        real_fsync, real_connect, writes = os.fsync, sqlite3.connect, self

        class Connection(sqlite3.Connection):
            def execute(self, sql: str, *arguments: Any) -> sqlite3.Cursor:
                if not sql.startswith("SELECT"):
                    writes.met("sqlite")
                return super().execute(sql, *arguments)

        def fsync(handle: int) -> None:
            self.met("fsync")
            real_fsync(handle)

        os.fsync = fsync
        sqlite3.connect = lambda *arguments, **options: real_connect(*arguments, factory=Connection, **options)
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in self.EVENTS:
            self.met("sqlite" if event == "sqlite3.connect" else str(arguments[0]))
        elif event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR):
            self.met(str(arguments[0]))


class Calls(Counted):
    """The network calls of a client: names looked up, connections, what is sent and received; the n-th fails."""

    FAILURES: ClassVar[dict[str, Callable[[], OSError]]] = {
        "getaddrinfo": lambda: socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution"),
        "connect": lambda: ConnectionRefusedError(111, "Connection refused"),
        "sendall": lambda: BrokenPipeError(32, "Broken pipe"),
        "recv_into": lambda: ConnectionResetError(104, "Connection reset by peer"),
    }

    def __init__(self, at: int = 0) -> None:
        super().__init__(at, self._fail)

    def _fail(self, name: str) -> None:
        raise self.FAILURES[name]()

    def install(self, patch: pytest.MonkeyPatch | None = None) -> None:
        """For as long as a patch holds, or the life of a forked child."""
        put = patch.setattr if patch else setattr
        for name in self.FAILURES:
            place = socket if name == "getaddrinfo" else socket.socket
            put(place, name, self._counted(name, getattr(place, name)))

    def _counted(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            if not current_thread().name.startswith("fetch "):  # the server's own are left alone
                return real(*arguments, **options)
            try:
                self.met(name)
            except BrokenPipeError:  # since the other end is gone: nobody answers what was not sent
                arguments[0].shutdown(socket.SHUT_RDWR)
                raise
            return real(*arguments, **options)

        return call


def die(_what: str) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def writes_of_a_night(base: Path, target: Path) -> Writes:
    """The writes of an undisturbed night, counted."""
    writes = Writes(0, die)
    data_dir = copy(base, target)
    assert ended(spawn(data_dir, TONIGHT, writes.install)) == 0
    shutil.rmtree(data_dir)
    return writes


def fill_disk(call: str) -> None:
    if call == "sqlite":
        raise sqlite3.OperationalError("database or disk is full")
    if call == "fsync":  # the kernel knows a number here, not a name
        raise OSError(errno.EIO, os.strerror(errno.EIO))
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), call)
