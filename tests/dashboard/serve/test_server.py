"""The server as a process: one line when ready, no debug in the open, gone with SIGTERM."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Command


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def process(root: Path, processed: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    port = free_port()
    started = subprocess.Popen(
        [sys.executable, "-m", "dashboard", "--port", str(port), "--data-dir", str(processed.parent)],
        cwd=root,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert started.stdout is not None
    yield started, started.stdout.readline().strip()
    if started.poll() is None:
        started.terminate()
        started.wait(15)
    started.stdout.close()


def fetch(url: str) -> tuple[int, str, str]:
    try:
        with urllib.request.urlopen(url, timeout=20) as answer:
            return answer.status, answer.headers["Server"] or "", answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers["Server"] or "", error.read().decode()


def children(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(child) for child in text.split()]


def test_it_says_where_it_is_serves_and_ends_with_its_workers(process: tuple[subprocess.Popen[str], str]) -> None:
    started, line = process
    url = line.removeprefix("Hemicycle: ")
    assert url.startswith("http://127.0.0.1:")
    status, server, page = fetch(url + "/")
    assert status == 200
    assert "Test election" in page
    assert not any(char.isdigit() for char in server)
    assert fetch(url + "/nowhere")[0] == 404
    workers = children(started.pid)
    assert workers
    started.send_signal(signal.SIGTERM)
    assert started.wait(15) == 0
    deadline = time.monotonic() + 30
    while any(Path(f"/proc/{pid}").exists() for pid in workers) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(Path(f"/proc/{pid}").exists() for pid in workers)


def test_debug_is_refused_in_the_open(command: Command) -> None:
    answer = command("dashboard", "--host", "0.0.0.0", "--debug")
    assert answer.returncode == 1
    assert "loopback" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_help_and_wrong_usage(command: Command) -> None:
    assert "--data-dir" in command("dashboard", "--help").stdout
    assert command("dashboard", "--port", "no").returncode == 2
