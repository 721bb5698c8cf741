"""Sockets for the client: opened only to checked addresses, and closed from outside when time is up."""

import contextlib
import socket
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import NewConnectionError

from pipelines.http.addresses import Allowed


class Line:
    """The one connection in use; `cut` ends whatever is waiting on it, from any thread."""

    def __init__(self, allowed: Allowed, seconds: float) -> None:
        self.allowed = allowed
        self.seconds = seconds
        self._socket: socket.socket | None = None
        self._is_cut = False

    def open(self, host: str, port: int) -> socket.socket:
        """A socket to the first address of a host that answers; the address was checked, not the name."""
        last: OSError = OSError(f"no address for {host}")
        for family, address in self.allowed.resolve(host, port):
            opened = socket.socket(family, socket.SOCK_STREAM)
            self._socket = opened
            try:
                opened.settimeout(self.seconds)
                opened.connect((address, port))
                if self._is_cut:
                    raise OSError("time is up")
                opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return opened
            except OSError as error:
                opened.close()
                last = error
        raise last

    def cut(self) -> None:
        self._is_cut = True
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)


def adapter_for(line: Line) -> HTTPAdapter:
    """A requests adapter whose connections all go through one line."""

    def connect(connection: HTTPConnection) -> socket.socket:
        try:
            return line.open(connection.host, connection.port or 443)
        except OSError as error:
            raise NewConnectionError(connection, str(error)) from error

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return connect(self)

    class Secure(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return connect(self)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    class Adapter(HTTPAdapter):
        def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **settings: Any) -> None:
            self.poolmanager = PoolManager(num_pools=connections, maxsize=maxsize, block=block, **settings)
            self.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}

    return Adapter(max_retries=0)
