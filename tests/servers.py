"""Real servers on loopback for the tests that attack and load: the dashboard by its command, nginx before it."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPMessage
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
MODULES = Path("/usr/lib/nginx/modules")
BROTLI = MODULES / "ngx_http_brotli_static_module.so"
LONGEST_START = 30.0  # seconds


@dataclass(frozen=True)
class Answer:
    """What a server said."""

    status: int
    headers: HTTPMessage
    body: bytes
    seconds: float = field(compare=False)

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


@dataclass(frozen=True)
class Site:
    """A server on loopback and the process that began it."""

    port: int
    process: subprocess.Popen[str]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Answer:
        """One request on a connection of its own; names of headers with _ for -."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            started = time.perf_counter()
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body=body, headers=named)
            answer = connection.getresponse()
            content = answer.read()
            return Answer(answer.status, answer.headers, content, time.perf_counter() - started)
        finally:
            connection.close()

    def send(self, raw: bytes, wait: float = 5.0) -> bytes:
        """Bytes as they are, and everything that comes back until the server closes or `wait` seconds are over."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=wait) as client:
            client.sendall(raw)
            parts = []
            try:
                while part := client.recv(65536):
                    parts.append(part)
            except (TimeoutError, ConnectionResetError):
                pass
            return b"".join(parts)

    def workers(self) -> list[int]:
        """The processes under the first one."""
        text = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text(encoding="ascii")
        return [int(child) for child in text.split()]

    def memory_bytes(self) -> int:
        """What the workers hold by themselves and share in part."""
        total = 0
        for worker in self.workers():
            rollup = Path(f"/proc/{worker}/smaps_rollup").read_text(encoding="ascii")
            total += int(re.search(r"^Pss:\s+(\d+) kB", rollup, re.M)[1]) * 1024  # type: ignore[index]
        return total


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(command: Sequence[str], cwd: Path = ROOT, environment: Mapping[str, str] | None = None) -> Iterator[Site]:
    """A server by its command, on a port of its own, from its line on stdout until its end."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, *command, "--port", str(port)],
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**(os.environ if environment is None else environment), "PYTHONUNBUFFERED": "1", "PYTHONPATH": str(ROOT)},
    )
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        line = process.stdout.readline()
        assert "http://" in line, process.stderr.read()
        yield Site(port, process)
    finally:
        process.terminate()
        process.communicate(timeout=30)


@contextmanager
def dashboard(
    data_dir: Path, *arguments: str, cwd: Path = ROOT, part: tuple[str, ...] = (), **environment: str
) -> Iterator[Site]:
    """`python -m dashboard`, or a `part` of it, over a data folder."""
    command = ["-m", "dashboard", *part, "--data-dir", str(data_dir), *arguments]
    with serving(command, cwd, {**os.environ, **environment}) as site:
        yield site


@contextmanager
def nginx(folder: Path, processed: Path, upstream: int) -> Iterator[Site]:
    """nginx with the configuration that ships, before the application on port `upstream`."""
    assert NGINX is not None
    port = free_port()
    shipped = folder / "nginx"
    shutil.copytree(ROOT / "deploy" / "nginx", shipped)
    if BROTLI.is_file():
        (shipped / "brotli.conf.off").rename(shipped / "brotli.conf")
    for path in shipped.glob("*.conf"):
        path.write_text(_here(path.read_text("utf-8"), folder, processed, port, upstream), "utf-8")
    main = folder / "nginx.conf"
    main.write_text(_main(folder, shipped), "utf-8")
    process = subprocess.Popen([NGINX, "-p", str(folder), "-c", str(main)], stderr=subprocess.PIPE, text=True)
    try:
        wait_for(port, process)
        yield Site(port, process)
    finally:
        process.terminate()
        process.communicate(timeout=15)


def _here(text: str, folder: Path, processed: Path, port: int, upstream: int) -> str:
    """The shipped configuration with the paths and ports of one test."""
    for shipped, own in (
        ("/srv/hemicycle/data/processed", str(processed)),
        ("/var/cache/nginx/hemicycle", str(folder / "cache")),
        ("/etc/nginx/hemicycle", str(folder / "nginx")),
        ("127.0.0.1:8050", f"127.0.0.1:{upstream}"),
        ("listen 80;", f"listen 127.0.0.1:{port};"),
    ):
        text = text.replace(shipped, own)
    return text


def _main(folder: Path, shipped: Path) -> str:
    temporary = "\n".join(
        f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return f"""{f"load_module {BROTLI};" if BROTLI.is_file() else ""}
{"user root;" if os.geteuid() == 0 else ""}
daemon off;
worker_processes 2;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 4096; }}
http {{
access_log off;
{temporary}
include {shipped}/hemicycle.conf;
}}
"""


def wait_for(port: int, process: subprocess.Popen[str]) -> None:
    """Until somebody listens there."""
    until(lambda: socket.create_connection(("127.0.0.1", port), timeout=1).close(), process)


def until(ask: Callable[[], None], process: subprocess.Popen[Any]) -> None:
    """Ask again and again until it answers; a process that ended will not."""
    deadline = time.monotonic() + LONGEST_START
    while True:
        try:
            return ask()
        except OSError as error:
            if process.poll() is not None or time.monotonic() > deadline:
                errors = process.stderr.read() if process.stderr and process.poll() is not None else ""
                raise AssertionError(f"nobody answers {errors}") from error
            time.sleep(0.05)
