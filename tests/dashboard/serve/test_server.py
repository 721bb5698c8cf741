"""The server as a process: one line when ready, no debug in the open, gone with SIGTERM."""

import re
import signal
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dashboard.reader import Reader
from dashboard.serve.app import create_app
from dashboard.serve.server import Server
from dashboard.serve.worker import PatientWorker
from tests import servers
from tests.conftest import Command


def fetch(url: str) -> tuple[int, str, str]:
    try:
        with urllib.request.urlopen(url, timeout=20) as answer:
            return answer.status, answer.headers["Server"] or "", answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers["Server"] or "", error.read().decode()


def test_it_says_where_it_is_serves_and_ends_with_its_workers(processed: Path) -> None:
    with servers.dashboard(processed.parent) as site:
        status, server, page = fetch(site.url + "/")
        assert status == 200
        assert "Test election" in page
        assert not any(char.isdigit() for char in server)
        assert fetch(site.url + "/nowhere")[0] == 404
        workers = site.workers()
        assert workers
        site.process.send_signal(signal.SIGTERM)
        assert site.process.wait(15) == 0
    deadline = time.monotonic() + 30
    while any(Path(f"/proc/{pid}").exists() for pid in workers) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(Path(f"/proc/{pid}").exists() for pid in workers)


THREAD_HEAP_BYTES = 64 << 20  # of addresses that glibc takes, aligned, for each heap beside the first


def thread_heaps(pid: int) -> set[int]:
    """Where the heaps of a process begin that one of its threads made for itself."""
    maps = Path(f"/proc/{pid}/maps").read_text("utf-8")
    used = {int(start, 16) for start in re.findall(r"^(\w+)-\w+ rw-p 0+ 00:00 0 *$", maps, re.M)}
    reserved = {int(end, 16) for end in re.findall(r"^\w+-(\w+) ---p 0+ 00:00 0 *$", maps, re.M)}
    return {at for at in used if at % THREAD_HEAP_BYTES == 0 and at + THREAD_HEAP_BYTES in reserved}


def test_a7_the_threads_of_a_worker_allocate_from_one_heap(processed: Path) -> None:
    """What was freed in one thread serves the next; a heap each keeps a worker's largest moments many times."""
    with servers.dashboard(processed.parent) as site, ThreadPoolExecutor(8) as readers:
        for answer in readers.map(site.get, ["/trends", "/polls", "/data", "/"] * 8):
            assert answer.status in (200, 503)  # which says that others come first
        for worker in site.workers():
            assert thread_heaps(worker) <= thread_heaps(site.process.pid)


def test_a_server_answers_in_its_loop_what_the_front_of_its_application_repeats(processed: Path) -> None:
    app = create_app(Reader(processed)).server
    Server(app, "127.0.0.1", 0, "")
    assert PatientWorker.repeat == app.wsgi_app.repeat


def test_debug_is_refused_in_the_open(command: Command) -> None:
    answer = command("dashboard", "--host", "0.0.0.0", "--debug")
    assert answer.returncode == 1
    assert "loopback" in answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize(
    ("arguments", "setting", "why"),
    [
        (("--lang", "xx"), ("", ""), "--lang xx: test-1 is in en, he; take one of them"),
        (("--election", "none"), ("", ""), "no such election or edition"),
        ((), ("PUBLIC_URL", "https://a.example/path"), "PUBLIC_URL=https://a.example/path: write it as https://"),
        ((), ("CORRECTIONS", "javascript:1"), "CORRECTIONS=javascript:1: write it as desk@example.org"),
        ((), ("STORE", "ftp://a"), "STORE=ftp://a: write it as s3://"),
    ],
)
def test_what_it_cannot_do_is_one_line(
    arguments: tuple[str, ...],
    setting: tuple[str, str],
    why: str,
    processed: Path,
    command: Command,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(f"HEMICYCLE_{setting[0]}", setting[1])
    done = command("dashboard", "briefing", "--data-dir", processed.parent, *arguments)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert done.stderr.startswith("error: ")
    assert why in done.stderr


def test_a_command_asks_for_no_folder_but_its_own(processed: Path, command: Command, tmp_path: Path) -> None:
    done = command("dashboard", "briefing", "--data-dir", processed.parent, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


def test_help_and_wrong_usage(command: Command) -> None:
    for name in ((), ("prerender",)):
        assert command("dashboard", *name, "--data-dir", "/nowhere").returncode == 2
    assert "--data-dir" in command("dashboard", "--help").stdout
    assert command("dashboard", "--port", "no").returncode == 2
