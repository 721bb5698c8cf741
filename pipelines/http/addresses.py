"""Where the client may go: hosts named in source.toml, over their schemes, at public addresses only."""

import ipaddress
import socket
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from pipelines.sources.errors import AddressRefused
from pipelines.sources.text import one_line

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
        found: list[tuple[socket.AddressFamily, str]] = []
        for family, _, _, _, place in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
            shown = str(place[0]).partition("%")[0]
            if not self.address(ipaddress.ip_address(shown)):
                raise AddressRefused(f"{one_line(host, 60)!r} leads to {shown}, which is not on the open network")
            found.append((family, str(place[0])))
        return found
