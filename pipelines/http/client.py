"""One polite, bounded HTTP client for every source that fetches.

It names itself and a contact, asks only hosts its source.toml lists, at public addresses, with one deadline over
everything; it waits when asked to, gives up after a few tries, and raises nothing but this package's errors.
"""

import contextlib
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Literal
from urllib.parse import urljoin, urlsplit

from pipelines.errors import AddressRefused, PageRefused, SourceError, SourceUnreachable, one_line
from pipelines.http.transport import Allowance, Allowed, BodyCut, Line, adapter_for, public_only, read_body
from pipelines.sources.text import MOST_BYTES, complete_csv, complete_html, complete_json, decode

if TYPE_CHECKING:  # it takes a tenth of a second to load, and most commands ask nobody
    from requests import Response

REDIRECTS = frozenset({301, 302, 303, 307, 308})
RETRIED = frozenset({429, 500, 502, 503, 504})
LONGEST_WAIT = timedelta(days=7)
DEFAULT_WAIT_SECONDS = "600"  # a host that was asked too often, and does not say when it may be asked again

Kind = Literal["json", "html", "csv", "xlsx", ""]
COMPLETE = {"json": complete_json, "html": complete_html, "csv": complete_csv}


@dataclass(frozen=True, slots=True)
class Validators:
    """What the last answer said of itself, to ask whether it changed."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """A whole answer: its bytes, where they came from, and how to ask for them again."""

    url: str
    body: bytes
    content_type: str
    validators: Validators


@dataclass(frozen=True, slots=True)
class NotModified:
    """The page is as it was."""

    url: str


@dataclass(frozen=True, slots=True)
class ClientSettings:
    """The client's bounds for one source, with cautious defaults; `url` is where it is asked."""

    id: str
    url: str = ""
    kind: Kind = "html"
    hosts: tuple[str, ...] = ()
    schemes: tuple[str, ...] = ("https",)
    most_bytes: int = MOST_BYTES
    deadline_seconds: float = 60.0
    pause_seconds: float = 1.0
    tries: int = 3
    redirects: int = 3

    def refuse_incomplete(self, body: bytes, content_type: str) -> None:
        """A body that does not run to its own end was cut, whatever the wire said; raises PageRefused."""
        complete = COMPLETE.get(self.kind)
        if complete is not None and not complete(decode(body, content_type)):
            raise PageRefused(f"the {self.kind} breaks off before its end ({len(body):,} bytes); ask again")


@dataclass(slots=True)
class Client:
    """A client for one source; `clock`, `now` and `sleep` are given in tests, as is `address`.

    `contact`: an address or a page of the operator's, which the User-Agent names.
    """

    settings: ClientSettings
    contact: str = ""
    address: Allowance = public_only
    clock: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    sleep: Callable[[float], None] = time.sleep
    _last_asked: float | None = None

    def get(self, url: str, validators: Validators | None = None) -> Fetched | NotModified:
        """One page; raises SourceUnreachable, AddressRefused or PageRefused, each in one line."""
        deadline = self.clock() + self.settings.deadline_seconds
        failure = "it was not asked"
        for attempt in range(1, self.settings.tries + 1):
            self._keep_distance()
            left = deadline - self.clock()
            if left <= 0:
                break
            try:
                return self._follow(url, validators or Validators(), left)
            except _TryAgain as error:
                failure = str(error)
                self._wait(error, attempt, deadline, url)
        raise SourceUnreachable(f"{_host(url)}: {failure}; gave up after {self.settings.tries} tries")

    def _keep_distance(self) -> None:
        if self._last_asked is not None:
            early = self.settings.pause_seconds - (self.clock() - self._last_asked)
            if early > 0:
                self.sleep(early)
        self._last_asked = self.clock()

    def _wait(self, error: "_TryAgain", attempt: int, deadline: float, url: str) -> None:
        """Wait before the next try, or give up now where the wait would outlive the deadline."""
        wait_seconds = (error.until - self.now()).total_seconds() if error.until else None
        seconds = self.settings.pause_seconds * 2**attempt if wait_seconds is None else max(wait_seconds, 0.0)
        if attempt == self.settings.tries or self.clock() + seconds >= deadline:
            when = f"; ask again from {_moment(error.until)}" if error.until else ""
            raise SourceUnreachable(f"{_host(url)}: {error}{when} ({attempt} tries)", error.until) from error
        self.sleep(seconds)

    def _follow(self, url: str, validators: Validators, seconds: float) -> Fetched | NotModified:
        """One try, its redirects included, inside the seconds that are left."""
        allowed = Allowed(frozenset(self.settings.hosts), frozenset(self.settings.schemes), self.address)
        seen, started = {url}, self.clock()
        while True:
            allowed.check(url)
            answer = self._exchange(url, validators, allowed, seconds - (self.clock() - started))
            if not isinstance(answer, str):
                return answer
            target = _target(url, answer)
            if url.startswith("https:") and not target.startswith("https:"):
                raise AddressRefused(f"{_host(url)} redirects from https to {one_line(target, 80)!r}")
            if target in seen or len(seen) > self.settings.redirects:
                raise PageRefused(f"{_host(url)} redirects in circles, or too often ({len(seen)} times)")
            seen.add(target)
            url = target

    def _exchange(
        self, url: str, validators: Validators, allowed: Allowed, seconds: float
    ) -> "Fetched | NotModified | str":
        """One request in a thread of its own, whose socket is cut when time is up: a drip cannot outlive it."""
        if seconds <= 0:
            raise _TryAgain("time was up")
        line = Line(allowed, seconds)
        answer: Future[Fetched | NotModified | str] = Future()

        def work() -> None:
            try:
                answer.set_result(self._ask(url, validators, line))
            except Exception as error:  # carried to the caller's thread, where it is named
                answer.set_exception(error)

        threading.Thread(target=work, daemon=True, name=f"fetch {_host(url)}").start()
        if not wait([answer], seconds).done:
            line.cut()
            wait([answer], 1.0)
            raise _TryAgain(f"no whole answer within {self.settings.deadline_seconds:g} s")
        if error := answer.exception():
            raise _named(error) from error
        return answer.result()

    def _ask(self, url: str, validators: Validators, line: Line) -> "Fetched | NotModified | str":
        from requests import Session

        headers = {
            "User-Agent": user_agent(self.contact),
            "Accept-Encoding": "gzip",
            "Accept": "*/*",
            "Connection": "close",
        }
        if validators.etag:
            headers["If-None-Match"] = validators.etag
        if validators.last_modified:
            headers["If-Modified-Since"] = validators.last_modified
        with Session() as session:
            session.trust_env = False
            session.headers.clear()
            session.mount("http://", adapter_for(line))
            session.mount("https://", adapter_for(line))
            with contextlib.closing(
                session.get(url, headers=headers, stream=True, allow_redirects=False, timeout=line.seconds)
            ) as response:
                return self._read(url, response)

    def _read(self, url: str, response: "Response") -> "Fetched | NotModified | str":
        status, now = response.status_code, self.now()
        if status == 304:
            return NotModified(url)
        if status in REDIRECTS:
            return response.headers.get("Location") or url
        if status in RETRIED:
            unsaid = DEFAULT_WAIT_SECONDS if status == 429 else ""
            raise _TryAgain(f"it answered {status}", _retry_after(response.headers.get("Retry-After") or unsaid, now))
        if status != 200:
            raise PageRefused(f"{_host(url)} answered {status}; what was last good stands")
        body = read_body(response, self.settings.most_bytes)
        content_type = response.headers.get("Content-Type", "")[:200]
        self.settings.refuse_incomplete(body, content_type)
        return Fetched(
            url=url,
            body=body,
            content_type=content_type,
            validators=Validators(_short(response.headers.get("ETag")), _short(response.headers.get("Last-Modified"))),
        )


def user_agent(contact: str) -> str:
    """The name we go by, with the contact the operator set; sites refuse tools that give none."""
    printable = "".join(c for c in contact if c.isprintable() and c.isascii()).strip()[:200]
    return f"Hemicycle/1.0 (election poll tracker; {printable or 'no contact set'})"


class _TryAgain(Exception):
    """A try that failed in a way the next may not; `until` is when the source asked to be asked again."""

    def __init__(self, reason: str, until: datetime | None = None) -> None:
        super().__init__(reason)
        self.until = until


def _named(error: BaseException) -> Exception:
    """A library's error as one of ours; our own pass through."""
    import requests
    import urllib3

    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, SourceError | _TryAgain):
            return cause
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, BodyCut | requests.exceptions.ChunkedEncodingError | urllib3.exceptions.ProtocolError):
        return _TryAgain(f"the body was cut short ({one_line(error, 80)})")
    if isinstance(error, requests.exceptions.SSLError):
        return _TryAgain(f"no trusted connection ({one_line(error, 80)})")
    if isinstance(error, requests.RequestException | urllib3.exceptions.HTTPError | OSError):
        return _TryAgain(f"no connection ({one_line(error, 80)})")
    return PageRefused(f"the answer cannot be read: {type(error).__name__}: {one_line(error, 80)}")


def _retry_after(printed: str | None, now: datetime) -> datetime | None:
    """A Retry-After header as a moment: seconds or a date, never further than a week."""
    if not printed:
        return None
    text = printed.strip()[:60]
    if text.isascii() and text.isdigit():
        return now + min(timedelta(seconds=int(text[:9])), LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max(moment, now), now + LONGEST_WAIT)


def _target(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError as error:
        raise AddressRefused(f"{_host(url)} redirects to {one_line(location, 80)!r}, which is no address") from error


def _host(url: str) -> str:
    try:
        return one_line(urlsplit(url).hostname or url, 60)
    except ValueError:
        return one_line(url, 60)


def _moment(when: datetime) -> str:
    return f"{when.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _short(header: str | None) -> str | None:
    return header if header and len(header) <= 300 and header.isprintable() else None
