"""A loopback server that says exactly the bytes a test scripts, and counts who asked."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from ipaddress import ip_address

from pipelines.http.client import Client, ClientSettings
from pipelines.http.transport import Address

Script = Callable[[socket.socket, bytes], None]


def loopback(address: Address) -> bool:
    return address in (ip_address("127.0.0.1"), ip_address("::1"))


def client(place: str, *hosts: str, **settings: object) -> Client:
    """A client allowed to ask one loopback server, with a clock and a sleep that cost no time."""
    defaults: dict[str, object] = {
        "hosts": (place, *hosts),
        "schemes": ("http", "https"),
        "kind": "",
        "pause_seconds": 0.0,
        "deadline_seconds": 5.0,
    }
    own = ClientSettings("test", **{**defaults, **settings})  # type: ignore[arg-type]
    return Client(own, address=loopback, sleep=lambda _: None)


def send(*pieces: bytes, pause: float = 0.0) -> Script:
    def script(connection: socket.socket, _: bytes) -> None:
        for piece in pieces:
            connection.sendall(piece)
            time.sleep(pause)

    return script


def answer(body: bytes, status: str = "200 OK", **headers: str) -> bytes:
    shown = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    length = "" if "Content_Length" in headers or "Transfer_Encoding" in headers else f"Content-Length: {len(body)}\r\n"
    return f"HTTP/1.1 {status}\r\n{shown}{length}Connection: close\r\n\r\n".encode() + body


class Served:
    """Where the server is, and the requests that reached it."""

    def __init__(self, port: int) -> None:
        self.place = f"127.0.0.1:{port}"
        self.requests: list[bytes] = []

    @property
    def url(self) -> str:
        return f"http://{self.place}/page"


@contextlib.contextmanager
def serving(*scripts: Script) -> Iterator[Served]:
    """Serve each connection by the next script, the last one for all that follow."""
    listener = socket.create_server(("127.0.0.1", 0))
    served, ended = Served(listener.getsockname()[1]), threading.Event()

    def serve() -> None:
        while not ended.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection, contextlib.suppress(OSError):
                connection.settimeout(10)
                request = connection.recv(65536)
                served.requests.append(request)
                scripts[min(len(served.requests), len(scripts)) - 1](connection, request)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        ended.set()
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)
