"""A bounded memory for what takes time to make, and a bound on how much is worked out at once.

Each thing is made once, however many ask for it. Two are worked out at a time; who waits longer than a moment is
refused and told when to come back. What is in memory never waits.
"""

import gzip
import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Sized
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Generic, TypeVar

import brotli  # type: ignore[import-untyped]

from dashboard.address import Busy

T = TypeVar("T", bound=Sized)

OVERHEAD = 1024  # what a thing takes besides its own length


class LruCache(Generic[T]):
    """Things by key, up to a number of bytes by their `len`; what was not asked for longest goes first.

    Keys must be canonical and checked: whatever a stranger may write into an address is no key.
    """

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._things: OrderedDict[Hashable, T] = OrderedDict()
        self._making: dict[Hashable, threading.Lock] = {}
        self._lock = threading.Lock()

    def peek(self, key: Hashable) -> T | None:
        """The thing of that key where it is kept."""
        with self._lock:
            item = self._things.get(key)
            if item is not None:
                self._things.move_to_end(key)
            return item

    def get(self, key: Hashable, make: Callable[[], T], meanwhile: T | None = None) -> T:
        """The thing of that key, made by the first who asks; what `make` raises is raised and nothing is kept.

        While it is made the others wait for it, or take `meanwhile` where there is such a thing.
        """
        with self._lock:
            if key in self._things:
                self._things.move_to_end(key)
                return self._things[key]
            turn = self._making.setdefault(key, threading.Lock())
        if meanwhile is not None and turn.locked():
            return meanwhile
        with turn:
            with self._lock:
                if key in self._things:
                    return self._things[key]
            try:
                item = make()
                self._keep(key, item)
            finally:
                with self._lock:
                    self._making.pop(key, None)
        return item

    def _keep(self, key: Hashable, item: T) -> None:
        with self._lock:
            twin = self._things.pop(key, None)  # two can make one thing where a third had failed to
            self._bytes -= len(twin) + OVERHEAD if twin is not None else 0
            self._things[key] = item
            self._bytes += len(item) + OVERHEAD
            while self._bytes > self._most_bytes and len(self._things) > 1:
                _, gone = self._things.popitem(last=False)
                self._bytes -= len(gone) + OVERHEAD

    def __len__(self) -> int:
        return len(self._things)


AT_WORK = 2  # of a worker's threads
PATIENCE_SECONDS = 0.25
RETRY_AFTER_SECONDS = 1


class ComputeBound:
    """So many threads work something out at once; another waits for `patience` seconds and is refused."""

    def __init__(self, at_work: int = AT_WORK, patience: float = PATIENCE_SECONDS) -> None:
        self._places = threading.BoundedSemaphore(at_work)
        self._patience = patience
        self._mine = threading.local()

    @contextmanager
    def place(self) -> Iterator[None]:
        """A place to work in; a thread that has one works on in it. Raises Busy."""
        if getattr(self._mine, "has_place", False):
            yield
            return
        if not self._places.acquire(timeout=self._patience):
            raise Busy("too much is being worked out")
        self._mine.has_place = True
        try:
            yield
        finally:
            self._mine.has_place = False
            self._places.release()


LEVEL = 9  # of both: a large page takes some 15 ms, once


@dataclass(frozen=True, eq=False, slots=True)
class Payload:
    """One answer's body in the two encodings readers take."""

    gzipped: bytes
    brotli: bytes
    mimetype: str
    etag: str

    @classmethod
    def of(cls, raw: bytes, mimetype: str) -> "Payload":
        """Pack bytes.

        >>> Payload.of(b"seats", "text/plain").raw
        b'seats'
        """
        return cls.packed(gzip.compress(raw, LEVEL, mtime=0), brotli.compress(raw, quality=LEVEL), mimetype)

    @classmethod
    def packed(cls, gzipped: bytes, by_brotli: bytes, mimetype: str) -> "Payload":
        """What was packed before."""
        return cls(gzipped, by_brotli, mimetype, hashlib.blake2b(gzipped, digest_size=12).hexdigest())

    @property
    def raw(self) -> bytes:
        """The bytes themselves: unpacked when asked for, since hardly a reader takes them so."""
        return gzip.decompress(self.gzipped)

    def encoded(self, accepted: str) -> tuple[bytes, str]:
        """The body and its encoding ("" for none) for what a reader accepts: an Accept-Encoding line."""
        encoding = best(accepted)
        if encoding == "br":
            return self.brotli, encoding
        return (self.gzipped, encoding) if encoding == "gzip" else (self.raw, encoding)

    def __len__(self) -> int:
        """How much memory it holds."""
        return len(self.gzipped) + len(self.brotli)


@lru_cache(maxsize=64)
def best(accepted: str) -> str:
    """The best of our encodings that an Accept-Encoding line takes, "" for none.

    >>> best("gzip, deflate, br"), best("gzip;q=0.5, br;q=0"), best("gzip;q=0, deflate")
    ('br', 'gzip', '')
    """
    taken = {name for part in accepted.lower().split(",") if (name := _encoding(part))}
    if "br" in taken:
        return "br"
    return "gzip" if "gzip" in taken or "*" in taken else ""


def _encoding(part: str) -> str:
    """The encoding a part of the line names, empty where its weight is zero."""
    name, _, weight = part.partition(";")
    is_refused = weight.replace(" ", "").rstrip("0.") in ("q=", "q")
    return "" if is_refused else name.strip()


def to_json(value: Any) -> bytes:
    """Compact JSON; NaN is refused."""
    return json.dumps(
        value,
        ensure_ascii=False,
        allow_nan=False,
        sort_keys=True,  # the same page is the same bytes in every process
        separators=(",", ":"),
    ).encode()
