"""Readers on loopback: many at once, slow ones, and ones that see a whole page open."""

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from urllib.parse import unquote

from tests.servers import Site

PATIENCE = 10  # times that somebody comes back
HALF = b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "
EDITION = re.compile(rb'"edition":"([^"]+)"')
AT = re.compile(rb'"at":"([^"]+)"')


@contextmanager
def half_open(port: int, count: int, sent: bytes = HALF) -> Iterator[list[socket.socket]]:
    """Clients that have sent a part of a request and say nothing more."""
    clients = []
    try:
        for _ in range(count):
            client = socket.create_connection(("127.0.0.1", port), timeout=10)
            client.sendall(sent)
            clients.append(client)
        yield clients
    finally:
        for client in clients:
            client.close()


def latencies(site: Site, path: str, count: int, readers: int = 8) -> list[float]:
    """Seconds of every one of `count` requests by some readers at once, sorted; all are answered with 200."""
    seconds: list[float] = []
    failed: list[object] = []

    def read() -> None:
        connection = HTTPConnection("127.0.0.1", site.port, timeout=20)
        for _ in range(count // readers):
            started = time.perf_counter()
            connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
            answer = connection.getresponse()
            answer.read()
            seconds.append(time.perf_counter() - started)
            if answer.status != 200:
                failed.append(answer.status)
        connection.close()

    together(read, readers)
    assert failed == []
    assert len(seconds) == count // readers * readers
    return sorted(seconds)


def p95(seconds: list[float]) -> float:
    return seconds[int(len(seconds) * 0.95)]


def together(work: Callable[[], None], count: int) -> None:
    """The same work by some threads at once; what one raises is raised here."""
    raised: list[BaseException] = []

    def guarded() -> None:
        try:
            work()
        except BaseException as error:
            raised.append(error)

    threads = [threading.Thread(target=guarded) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if raised:
        raise raised[0]


def open_page(connection: HTTPConnection, path: str) -> set[bytes]:
    """A page, what Dash asks for, and another page's document as a press asks for it; the editions that were seen."""
    page = _get(connection, path)
    for constant in ("/_dash-layout", "/_dash-dependencies"):
        _get(connection, constant)
    pressed = _get(connection, f"{unquote(AT.search(page)[1].decode())}threshold.json")  # type: ignore[index]
    return {EDITION.search(page)[1], EDITION.search(pressed)[1]}  # type: ignore[index]


def _get(connection: HTTPConnection, path: str) -> bytes:
    """An answer; where the server says when to come back, as the page's script does."""
    for _ in range(PATIENCE):
        connection.request("GET", path)
        answer = connection.getresponse()
        content = answer.read()
        if answer.status != 503:
            break
        time.sleep(int(answer.headers["Retry-After"]))
    assert answer.status == 200, (path, answer.status)
    return content
