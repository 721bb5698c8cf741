"""A command of ours as a process of its own without what starting Python and loading libraries costs: by a fork.

The child has its own arguments, folder, environment, streams, warnings and exit code, as `python -W error -m` would
give it; what is loaded is loaded already. What a command loads, and when, is for tests that start a real process.
"""

import logging
import os
import runpy
import select
import signal
import subprocess
import sys
import tempfile
import traceback
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

LONGEST_SECONDS = 300
FAILED = 70


def fork(run: Callable[[], int | None]) -> int:
    """Run a function in a child, whose exit code it gives; returns the child's process id."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # forking beside threads: the tests' own, idle
        child = os.fork()
    if child:
        return child
    code = FAILED
    try:
        code = run() or 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def redirect(out: int, err: int) -> None:
    """Send what this process prints to two descriptors."""
    os.dup2(out, 1)
    os.dup2(err, 2)
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", errors="backslashreplace", buffering=1, closefd=False)


@dataclass(frozen=True)
class Started:
    """A command that runs in a child, and where it writes."""

    command: list[str]
    child: int
    out: IO[bytes]
    err: IO[bytes]

    def end(self) -> subprocess.CompletedProcess[str]:
        """Wait for it; what it said and how it ended."""
        with self.out, self.err:
            code = _end_of(self.child, self.command)
            return subprocess.CompletedProcess(self.command, code, _read(self.out.fileno()), _read(self.err.fileno()))


def run_module(package: str, arguments: list[str], cwd: Path) -> subprocess.CompletedProcess[str]:
    """`python -W error -m package arguments…` in a folder."""
    return start_module(package, arguments, cwd).end()


def start_module(package: str, arguments: list[str], cwd: Path) -> Started:
    """The same, without waiting for it."""
    out, err = tempfile.TemporaryFile(), tempfile.TemporaryFile()  # noqa: SIM115  closed at its end

    def run() -> int:
        redirect(out.fileno(), err.fileno())
        os.chdir(cwd)
        os.environ["COLUMNS"] = "200"
        sys.argv = [package, *arguments]
        sys.warnoptions = ["error"]
        warnings.resetwarnings()
        warnings.simplefilter("error")
        logging.root.handlers.clear()  # pytest's own
        try:
            runpy.run_module(package, run_name="__main__", alter_sys=True)
        except SystemExit as end:
            return _code(end)
        return 0

    return Started([sys.executable, "-W", "error", "-m", package, *arguments], fork(run), out, err)


def _code(end: SystemExit) -> int:
    if isinstance(end.code, str):
        print(end.code, file=sys.stderr)
        return 1
    return end.code or 0


def _end_of(child: int, command: list[str]) -> int:
    handle = os.pidfd_open(child)
    try:
        if not select.select([handle], [], [], LONGEST_SECONDS)[0]:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            raise subprocess.TimeoutExpired(command, LONGEST_SECONDS)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    finally:
        os.close(handle)


def _read(descriptor: int) -> str:
    os.lseek(descriptor, 0, os.SEEK_SET)
    with os.fdopen(descriptor, "r", encoding="utf-8", newline=None, closefd=False) as file:
        return file.read()
