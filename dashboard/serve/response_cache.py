"""Stands before the application and repeats answers that do not change: no route, no work, a look into memory.

An answer comes in here only where the application marked it: it was asked for at its canonical address, so a
stranger cannot fill the memory with addresses of their own making. It is repeated while its release is on show.
"""

import logging
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Any

from dashboard.serve.cache import LruCache, best

log = logging.getLogger(__name__)

MARK = "hemicycle.repeats"
MOST_BYTES = 16 * 1024 * 1024
NOT_AGAIN = frozenset({"content-length", "content-type", "content-encoding"})
Environ = dict[str, Any]
Wsgi = Callable[[Environ, Any], Iterable[bytes]]


@dataclass(frozen=True, eq=False, slots=True)
class Answer:
    """A whole answer as it was first given, and the headers of its "not modified"."""

    headers: list[tuple[str, str]]
    body: bytes
    etag: str | None
    unchanged: list[tuple[str, str]]

    def __len__(self) -> int:
        return len(self.body)


Repeated = tuple[str, list[tuple[str, str]], bytes]  # status, headers and body


class ResponseCache:
    """A WSGI application around another. `release` names what is on show.

    `glance` is cheap and says what a release is of: while it says the same it is the same; None where nobody knows.
    """

    def __init__(
        self, application: Wsgi, release: Callable[[], str], glance: Callable[[], Hashable] = lambda: None
    ) -> None:
        self._application = application
        self._release = release
        self._glance = glance
        self._named: tuple[Hashable, str] = None, ""
        self._memo: LruCache[Answer] = LruCache(MOST_BYTES)

    def __call__(self, environ: Environ, start: Any) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "GET" or environ.get("CONTENT_LENGTH") or "HTTP_TRANSFER_ENCODING" in environ:
            return self._application(environ, start)
        glance = self._glance()
        try:
            release = self._release()
        except Exception as error:  # whatever it is, it is the application's to say; nothing is repeated meanwhile
            log.error("no release can be named: %r", error)
            return self._application(environ, start)
        self._named = glance, release
        place = environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", "")
        encoding, etag = best(environ.get("HTTP_ACCEPT_ENCODING", "")), environ.get("HTTP_IF_NONE_MATCH")
        key = (release, *place, encoding)
        if (repeated := self._of(key, etag)) is None:
            return self._first(key, environ, start, etag is None)
        status, headers, body = repeated
        start(status, headers)
        return [body]

    def repeat(self, path: str, query: str, encodings: str, etag: str | None) -> Repeated | None:
        """The answer to a GET without a body, where it is in memory and what is on show is what was; works nothing out.

        `encodings` is the request's Accept-Encoding and `etag` its If-None-Match.
        """
        glance, release = self._named
        if glance is None or self._glance() != glance:
            return None
        return self._of((release, path, query, best(encodings)), etag)

    def _of(self, key: tuple[str, ...], etag: str | None) -> Repeated | None:
        answer = self._memo.peek(key)
        if answer is None or etag not in (None, answer.etag):
            return None
        if etag is None:
            return "200 OK", answer.headers, answer.body
        return "304 NOT MODIFIED", answer.unchanged, b""

    def _first(self, key: tuple[Any, ...], environ: Environ, start: Any, is_whole: bool) -> Iterable[bytes]:
        """Ask the application, and remember what it marked."""
        started: list[Any] = []
        parts = self._application(environ, lambda *arguments: started.extend(arguments))
        body = b"".join(parts) if MARK in environ and is_whole else None
        start(*started)
        if body is None:
            return parts
        getattr(parts, "close", lambda: None)()
        if started[0].startswith("200"):
            self._remember(key, started[1], body)
        return [body]

    def _remember(self, key: tuple[Any, ...], headers: list[tuple[str, str]], body: bytes) -> None:
        etag = next((value for name, value in headers if name.lower() == "etag"), None)
        unchanged = [(name, value) for name, value in headers if name.lower() not in NOT_AGAIN]
        self._memo.get(key, lambda: Answer(headers, body, etag, unchanged))
