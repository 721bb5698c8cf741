"""gunicorn's threaded worker with more patience: whoever is slow waits in the loop and holds no thread.

Its own worker lets a client that sends half a request keep a thread, and one that does not close keep the loop.
Here a connection is read in the loop until the head of its request is whole, and only then given to a thread, if what
it asks for is not repeated from memory at once;
what its client does not take at once is sent in the loop, and it is drained in the loop when it is closed.
"""

import re
import socket
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from selectors import EVENT_READ, EVENT_WRITE
from typing import Any

from gunicorn import SERVER, util  # type: ignore[import-untyped]
from gunicorn.http import errors  # type: ignore[import-untyped]
from gunicorn.workers.gthread import TConn, ThreadWorker  # type: ignore[import-untyped]

from dashboard.serve.response_cache import Repeated

HEAD_ENDS = b"\r\n\r\n"
BARE_LINE_END = re.compile(rb"(?<!\r)\n")  # in a head that has not ended: it never will
LONGEST_HEAD, LONGEST_PLAIN = 32 * 1024, 4 * 1024  # bytes
HEARTBEAT_SECONDS = 0.25
SEND_SECONDS = 30.0  # in which a reader must take an answer
LINGER_SECONDS = 2.0  # in which what a client still sends is thrown away, so that it sees the answer
LINGER_BYTES = 64 * 1024 * 1024
CHUNK = 64 * 1024
REFUSED = (
    "HTTP/1.1 {status} Refused\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: 8\r\n"
    "Cache-Control: no-store\r\n{headers}\r\nrefused\n"
)
TOO_LONG, MALFORMED = 431, 400
Deadlines = OrderedDict["Connection", float]
# A request that can be answered in the loop: what browsers send, each field once. All others go to a thread.
PLAIN = re.compile(rb"GET (/[\w/.~,-]*)(?:\?([\w.~,=&-]*))? HTTP/1\.1\r\n((?:[A-Za-z-]+: [ -~]*\r\n)+)\r\n", re.ASCII)
USUAL = frozenset(
    {"host", "user-agent", "accept", "accept-encoding", "accept-language", "cache-control", "connection", "cookie"}
    | {"dnt", "if-none-match", "pragma", "priority", "referer", "sec-ch-ua", "sec-ch-ua-mobile", "sec-ch-ua-platform"}
    | {"sec-fetch-dest", "sec-fetch-mode", "sec-fetch-site", "sec-fetch-user", "sec-gpc", "upgrade-insecure-requests"}
)
# The head of such an answer, as gunicorn writes its own.
HEAD = "HTTP/1.1 {status}\r\nServer: {server}\r\nDate: {date}\r\nConnection: {connection}\r\n{headers}\r\n"
Asked = tuple[str, str, str, str | None]  # path, query, Accept-Encoding, If-None-Match
STAYING = {"keep-alive": True, "close": False}


def plain(head: bytes | bytearray) -> tuple[Asked, bool] | None:
    """What a plain request asks for, and whether its client stays; None for every other one.

    >>> plain(b"GET /trends?lang=en HTTP/1.1\\r\\nHost: a\\r\\nAccept-Encoding: br\\r\\n\\r\\n")
    (('/trends', 'lang=en', 'br', None), True)
    >>> plain(b"GET / HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: 3\\r\\n\\r\\n")
    """
    match = PLAIN.fullmatch(head) if len(head) <= LONGEST_PLAIN else None
    if match is None:
        return None
    path, query, lines = (part.decode("ascii") if part else "" for part in match.groups())
    pairs = [line.split(": ", 1) for line in lines.split("\r\n")[:-1]]
    fields = {name.lower(): value.strip() for name, value in pairs}
    if len(fields) != len(pairs) or "host" not in fields or not USUAL.issuperset(fields):
        return None
    stays = STAYING.get(fields.get("connection", "keep-alive").lower())
    if stays is None:
        return None
    return (path, query, fields.get("accept-encoding", ""), fields.get("if-none-match")), stays


class Patient:
    """A socket on which nobody waits: what a client does not take at once is `left` for later."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self.left: deque[memoryview] = deque()
        sock.setblocking(False)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)

    def setblocking(self, _flag: bool) -> None:
        """It stays as it is."""

    def sendall(self, data: bytes) -> None:
        self.left.append(memoryview(data))
        self.flush()

    def flush(self) -> None:
        """Send what the client takes now; raises OSError where it has gone."""
        while self.left:
            part = self.left[0]
            try:
                sent = self._sock.send(part)
            except BlockingIOError:
                return
            if sent < len(part):
                self.left[0] = part[sent:]
            else:
                self.left.popleft()


class Connection(TConn):
    """A client's connection, and the bytes of a request whose head is not whole yet."""

    def __init__(self, cfg: Any, sock: socket.socket, client: Any, server: Any) -> None:
        super().__init__(cfg, Patient(sock), client, server)
        self.received = bytearray()
        self.drained = 0
        self.waits_in: Deadlines = OrderedDict()

    def hand_over(self) -> None:
        """What was read goes to gunicorn's parser, and nothing is read after it: no request of ours has a body."""
        self.init()
        self.data_ready = True
        self.parser.unreader.unread(bytes(self.received))
        self.received.clear()

    def receive(self) -> bytes | None:
        """What has come, empty where the client has gone, None where nothing has come yet."""
        try:
            return bytes(self.sock.recv(CHUNK))
        except BlockingIOError:
            return None
        except OSError:
            return b""


class PatientWorker(ThreadWorker):
    """Threads for whole requests only; `headers` stand on what is refused before the application sees it."""

    headers: dict[str, str]
    repeat: Callable[..., Repeated | None] = staticmethod(lambda *_asked: None)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._waiting: Deadlines = OrderedDict()  # each in the order of its deadlines
        self._sending: Deadlines = OrderedDict()
        self._leaving: Deadlines = OrderedDict()

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """Never for long: gunicorn's loop tells the parent after each look that this worker is not hung."""
        super().wait_for_and_dispatch_events(min(timeout, HEARTBEAT_SECONDS))

    def accept(self, listener: socket.socket) -> None:
        """Take the next connection; its request is read in the loop when it comes."""
        try:
            client, address = listener.accept()
        except OSError:  # another worker took it, or the client has gone
            return
        self.nr_conns += 1
        self._await_head(Connection(self.cfg, client, address, listener.getsockname()))

    def _await_head(self, conn: Connection) -> None:
        patience = self.cfg.keepalive if self.alive else LINGER_SECONDS
        self._watch(conn, self._read, patience, self._waiting)

    def _watch(
        self,
        conn: Connection,
        then: Callable[..., None],
        patience: float,
        deadlines: Deadlines,
        event: int = EVENT_READ,
    ) -> None:
        """Call `then` when something comes from a client (or can be sent), until `patience` seconds are over."""
        conn.waits_in = deadlines
        deadlines[conn] = time.monotonic() + patience
        self.poller.register(conn.sock, event, partial(then, conn))

    def _look_away(self, conn: Connection) -> None:
        del conn.waits_in[conn]
        self.poller.unregister(conn.sock)

    def _read(self, conn: Connection, _socket: socket.socket) -> None:
        came = conn.receive()
        if came is None:
            return
        conn.received += came
        if not came:
            self._drop(conn)
        elif HEAD_ENDS in conn.received:
            if not self._repeats(conn):
                self._look_away(conn)
                self.enqueue_req(conn)
        elif len(conn.received) > LONGEST_HEAD or BARE_LINE_END.search(conn.received):
            self._look_away(conn)
            self._refuse(conn.sock, TOO_LONG if len(conn.received) > LONGEST_HEAD else MALFORMED)
            self._take_leave(conn)

    def _repeats(self, conn: Connection) -> bool:
        """Answer from memory, in the loop, where the request is a plain one for what is repeated; whether it was."""
        request = plain(conn.received) if self.alive and self.nr + 1 < self.max_requests else None
        repeated = self.repeat(*request[0]) if request else None
        if request is None or repeated is None:
            return False
        stays = request[1]
        self.nr += 1
        conn.received.clear()
        status, headers, body = repeated
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
        then = "keep-alive" if stays else "close"
        head = HEAD.format(status=status, server=SERVER, date=util.http_date(), connection=then, headers=lines)
        try:
            conn.sock.sendall(head.encode("latin-1") + body)
        except OSError:
            self._drop(conn)
            return True
        if conn.sock.left or not stays:
            self._look_away(conn)
            self._stay_or_send(conn, stays=stays)
        else:
            self._waiting[conn] = time.monotonic() + self.cfg.keepalive
            self._waiting.move_to_end(conn)
        return True

    def handle(self, conn: Connection) -> Any:
        """In a thread: one request whose head is whole."""
        try:
            conn.hand_over()
        except OSError:
            return False
        return super().handle(conn)

    def finish_request(self, conn: Connection, future: Future[Any]) -> None:
        """Back in the loop: send what is left, then wait for the next request of that client, or take leave."""
        self._stay_or_send(conn, stays=future.exception() is None and bool(future.result()))

    def _stay_or_send(self, conn: Connection, *, stays: bool) -> None:
        if conn.sock.left:
            self._watch(conn, partial(self._send, stays), SEND_SECONDS, self._sending, EVENT_WRITE)
        else:
            self._go_on(conn, stays)

    def _send(self, stays: bool, conn: Connection, _socket: socket.socket) -> None:
        try:
            conn.sock.flush()
        except OSError:
            self._drop(conn)
            return
        if not conn.sock.left:
            self._look_away(conn)
            self._go_on(conn, stays)

    def _go_on(self, conn: Connection, stays: bool) -> None:
        if not stays:
            self._take_leave(conn)
            return
        if conn.parser is not None:
            conn.received += conn.parser.unreader.take_buffered()
        if HEAD_ENDS in conn.received:  # sent before the last answer was there
            self.enqueue_req(conn)
        else:
            self._await_head(conn)

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: BaseException) -> None:
        """What is no HTTP is refused in one word; what failed inside is told to the log alone."""
        if isinstance(exc, errors.InvalidResponseHeader | errors.ConfigurationProblem) or not isinstance(
            exc, errors.ParseException
        ):
            self.log.error("failed: %r", getattr(req, "path", None), exc_info=exc)
            status = 500
        else:
            self.log.info("refused: %s from %s", type(exc).__name__, addr[0] if addr else "?")
            by_kind = {errors.LimitRequestLine: 414, errors.LimitRequestHeaders: TOO_LONG}
            status = by_kind.get(type(exc), 400)
        self._refuse(client, status)

    def _refuse(self, client: socket.socket, status: int) -> None:
        lines = "".join(f"{name}: {value}\r\n" for name, value in self.headers.items())
        try:
            client.send(REFUSED.format(status=status, headers=lines).encode("latin-1"))
        except OSError:  # gone
            return

    def _take_leave(self, conn: Connection) -> None:
        """Say that nothing more comes, and hear the client out: closing at once would cut the answer off."""
        try:
            conn.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self.nr_conns -= 1
            util.close(conn.sock)
            return
        self._watch(conn, self._drain, LINGER_SECONDS, self._leaving)

    def _drain(self, conn: Connection, _socket: socket.socket) -> None:
        came = conn.receive()
        if came is None:
            return
        conn.drained += len(came)
        if not came or conn.drained > LINGER_BYTES:
            self._drop(conn)

    def _drop(self, conn: Connection) -> None:
        self._look_away(conn)
        self.nr_conns -= 1
        util.close(conn.sock)

    def murder_pending(self) -> None:
        """Part with everybody whose time is over; gunicorn's loop calls this after each look."""
        now = time.monotonic()
        for deadlines in (self._waiting, self._sending, self._leaving):
            while deadlines and next(iter(deadlines.values())) <= now:
                self._drop(next(iter(deadlines)))

    def _cap_keepalive(self, deadline: float) -> None:
        """The worker is about to end: whoever says nothing by then is parted with."""
        for conn, at in self._waiting.items():
            self._waiting[conn] = min(at, deadline)
