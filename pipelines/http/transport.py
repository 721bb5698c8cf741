"""Where the client may go and how: sockets opened only to checked addresses, and closed from outside when time is up.

Hosts are those a source names, over their schemes, at addresses of the open network only. A body is capped as it comes
and as it unpacks, and never cut short unnoticed.
"""

import contextlib
import ipaddress
import socket
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urlsplit

from pipelines.errors import AddressRefused, PageRefused, one_line

if TYPE_CHECKING:  # they take a tenth of a second to load, and most commands ask nobody
    from requests import Response
    from requests.adapters import HTTPAdapter

CHUNK_BYTES = 64 * 1024
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Allowance = Callable[[Address], bool]


def public_only(address: Address) -> bool:
    """Only addresses of the open network: no loopback, private, link-local, shared, multicast or reserved range."""
    inner = _inner(address)
    return inner.is_global and not (inner.is_multicast or inner.is_reserved or inner.is_unspecified)


def _inner(address: Address) -> Address:
    """The IPv4 address an IPv6 one carries inside itself, where it does."""
    if isinstance(address, ipaddress.IPv6Address):
        carried = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if carried is None and address in ipaddress.IPv6Network("64:ff9b::/96"):
            carried = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        return carried or address
    return address


@dataclass(frozen=True, slots=True)
class Allowed:
    """What a source lets the client reach; `address` is asked for each address a host name leads to."""

    hosts: frozenset[str]
    schemes: frozenset[str] = frozenset({"https"})
    address: Allowance = public_only

    def check(self, url: str) -> SplitResult:
        """The parts of an address that may be asked; raises AddressRefused."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise AddressRefused(f"{one_line(url, 80)!r} is no address: {error}") from error
        if parts.scheme not in self.schemes:
            raise AddressRefused(f"{one_line(url, 80)!r}: {parts.scheme or 'no scheme'} is not allowed")
        if parts.username is not None or parts.password is not None or any(c in url for c in "\\ \r\n\t"):
            raise AddressRefused(f"{one_line(url, 80)!r} holds a user name or a blank")
        name = parts.netloc.rpartition("@")[2].lower()
        if name not in self.hosts and (port not in (None, 80, 443) or (parts.hostname or "") not in self.hosts):
            raise AddressRefused(
                f"{one_line(name, 60)!r} is not a host of this source ({', '.join(sorted(self.hosts))})"
            )
        return parts

    def resolve(self, host: str, port: int) -> list[tuple[socket.AddressFamily, str]]:
        """The addresses of a host, each of them allowed; raises AddressRefused or OSError."""
        addresses: list[tuple[socket.AddressFamily, str]] = []
        for family, _, _, _, place in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
            address = str(place[0]).partition("%")[0]
            if not self.address(ipaddress.ip_address(address)):
                raise AddressRefused(f"{one_line(host, 60)!r} leads to {address}, which is not on the open network")
            addresses.append((family, str(place[0])))
        return addresses


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


def adapter_for(line: Line) -> "HTTPAdapter":
    """A requests adapter whose connections all go through one line."""
    from requests.adapters import HTTPAdapter
    from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
    from urllib3.connection import HTTPConnection, HTTPSConnection
    from urllib3.exceptions import NewConnectionError

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


class BodyCut(Exception):
    """The body ended before it was whole."""


def read_body(response: "Response", most: int) -> bytes:
    """The unpacked body; raises BodyCut when it is cut and PageRefused when it passes `most` bytes."""
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    if encoding in ("", "identity"):
        return _joined(_pieces(response, most), most)
    if encoding in ("gzip", "x-gzip", "deflate"):
        return _joined(_unpacked(_pieces(response, most)), most)
    raise PageRefused(f"the body is packed as {one_line(encoding, 30)!r}, which was not asked for")


def _joined(pieces: Iterator[bytes], most: int) -> bytes:
    body = bytearray()
    for piece in pieces:
        body += piece
        if len(body) > most:
            raise PageRefused(f"the page is larger than {most:,} bytes; it is not the page we know")
    return bytes(body)


def _pieces(response: "Response", most: int) -> Iterator[bytes]:
    """The body as it came over the wire; that an announced length is reached, urllib3 sees to."""
    announced = _announced(response)
    if announced is not None and announced > most:
        raise PageRefused(f"the page announces {announced:,} bytes; at most {most:,} are read")
    while piece := response.raw.read1(CHUNK_BYTES, decode_content=False):
        yield piece


def _announced(response: "Response") -> int | None:
    printed = response.headers.get("Content-Length", "").strip()
    if response.headers.get("Transfer-Encoding") or not printed:
        return None
    if not (printed.isascii() and printed.isdigit()):
        raise PageRefused(f"the length {one_line(printed, 30)!r} is no number")
    return int(printed)


def _unpacked(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """What gzip or deflate holds, a bounded piece at a time; several gzip members follow one another."""
    unpack = zlib.decompressobj(zlib.MAX_WBITS | 32)
    begun = False
    try:
        for piece in pieces:
            data = piece
            while data:
                if unpack.eof:
                    unpack = zlib.decompressobj(zlib.MAX_WBITS | 32)
                begun = True
                yield unpack.decompress(data, CHUNK_BYTES)
                data = unpack.unconsumed_tail or unpack.unused_data
    except zlib.error as error:
        raise PageRefused(f"the packed body cannot be read: {error}") from error
    if begun and not unpack.eof:
        raise BodyCut("the packed body ends in the middle")
