"""A poll as a source printed it, a page of them with every row accounted for, and what a source is.

A source is one module with one value, `SOURCE`, and a line in `MODULES`. Where it is asked, in what language and
unit, and under which licence is the electorate's to say, in its `sources.toml` (`SourceSettings`).
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache, lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from electoral.polls import PollKind, Status, Unit
from pipelines.electorate.settings import SourceSettings
from pipelines.errors import RawDataError, one_line
from pipelines.sources.text import MOST_BYTES, hidden_marks, mixed_scripts

if TYPE_CHECKING:  # who reads a ledger asks nobody
    from pipelines.http.client import Client, ClientSettings, Fetched, Kind, NotModified, Validators

# The columns of our own sheet and form: of a poll, and what else a publication says of it.
FIXED = ("fieldwork_start", "fieldwork_end", "published_date", "pollster", "publisher", "sample_size", "kind", "link")
DISCLOSED = ("commissioner", "population", "mode", "answered", "margin")
LONGEST_ROW = 600  # letters of a row's text that a refusal or a repeat shows
UNNAMED_ROW = "refused-row-"  # how the id begins of a refused row whose firm and outlet its source did not look at


class RowRefused(ValueError):
    """A row, or a cell of one, that is not let in: the check that failed, and why."""

    def __init__(self, check: str, reason: str) -> None:
        super().__init__(reason)
        self.check = check


@dataclass(frozen=True, slots=True)
class ReportedCell:
    """One printed cell: the label of its column and what stood there."""

    label: str
    status: Status
    seats: float | None
    pct: str | None


@dataclass(frozen=True, slots=True)
class ReportedPoll:
    """One survey's seat row as a source printed it; names are as printed."""

    id: str
    election: str
    kind: PollKind
    pollster: str | None
    publisher: str | None
    fieldwork_start: date | None
    fieldwork_end: date
    published_date: date | None
    sample_size: int | None
    cells: tuple[ReportedCell, ...]
    source: str
    unit: Unit = Unit.SEATS
    urls: tuple[str, ...] = ()
    is_fieldwork_guessed: bool = False
    sample_size_printed: str | None = None
    disclosed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that is not let in: which poll, which check, its printed text, the reason and the place on its page."""

    election: str
    source: str
    poll: str
    check: str
    text: str
    reason: str
    place: str = ""

    @property
    def id(self) -> str:
        """The name by which a person rules on it."""
        return f"{self.election}/{self.source}/{self.poll}/{self.check}"


@dataclass(frozen=True, slots=True)
class Scope:
    """What the caller asks a page for: one election, the days a poll of it can have, and the page's name.

    `list_keys` are the spelling keys of every name that a list has in this campaign (ids, names, shorts, aliases): a
    column so called is a list's, never a total; with none, every column counts as a list's. `house_size` is in seats;
    `most_below_seats` are the most that only a list under the threshold would have.
    """

    election: str
    source: str
    first_day: date
    last_day: date
    vote_date: date | None = None
    list_keys: frozenset[str] = frozenset()
    house_size: int | None = None
    unit: Unit = Unit.SEATS
    settings: SourceSettings | None = None
    most_below_seats: int = 0


@dataclass(frozen=True, slots=True)
class ReportedEvent:
    """A row of prose between polls: a merger, a deadline, a war."""

    election: str
    date: date
    text: str
    citations: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class ReportedResult:
    """A row that is no poll: the result of an election or the seats in the outgoing house, as printed."""

    election: str
    text: str
    date: date | None
    cells: tuple[ReportedCell, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Aside:
    """A table that is not of this campaign's seats, and why it was left aside."""

    place: str
    kind: str
    rows: int
    reason: str


@dataclass(frozen=True, slots=True)
class Repeat:
    """A row that says again what a poll already says: no second poll, but its citations are kept there."""

    poll: str
    place: str
    text: str


@dataclass(frozen=True, slots=True)
class Reading:
    """One page read. `citations` and `places` are by poll id; `rows` counts every body row of every seat table."""

    polls: tuple[ReportedPoll, ...]
    citations: dict[str, tuple[str, ...]] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    events: tuple[ReportedEvent, ...] = ()
    results: tuple[ReportedResult, ...] = ()
    refused: tuple[Refusal, ...] = ()
    repeats: tuple[Repeat, ...] = ()
    asides: tuple[Aside, ...] = ()
    warnings: tuple[str, ...] = ()
    rows: int = 0

    @property
    def accounted(self) -> int:
        """Polls, events, results, refusals and repeats: equal to `rows`, or a row was lost."""
        return len(self.polls) + len(self.events) + len(self.results) + len(self.refused) + len(self.repeats)


@lru_cache(maxsize=4_096)
def slug(name: str) -> str:
    """A printed name as part of an id: ASCII letters and digits, hyphens between; never empty.

    >>> slug("i24 News"), slug("ערוץ 14")
    ('i24-news', 'xd7a2d7a8d795d7a5203134')
    """
    plain = unicodedata.normalize("NFKD", name[:200]).encode("ascii", "ignore").decode().lower()
    joined = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    return joined if any(c.isalpha() for c in joined) else "x" + name.encode().hex()[:24]


class Ids:
    """Ids in the form of the archive: `<fieldwork end>-<pollster>-<publisher>[-scenario|-exit][-2]`."""

    def __init__(self) -> None:
        self._taken: Counter[str] = Counter()

    def next(self, end: date, pollster: str | None, publisher: str | None, kind: PollKind = PollKind.POLL) -> str:
        suffix = {PollKind.SCENARIO: "scenario", PollKind.EXIT_POLL: "exit"}.get(kind)
        parts = [str(end), *(slug(name) for name in (pollster, publisher) if name), *([suffix] if suffix else [])]
        return self.next_named("-".join(parts))

    def next_named(self, base: str) -> str:
        """The name itself the first time, then with -2, -3 …"""
        self._taken[base] += 1
        return base if self._taken[base] == 1 else f"{base}-{self._taken[base]}"


def name_refusal(names: Iterable[str | None]) -> str | None:
    """Why a firm's or outlet's name cannot stand: letters of several alphabets that look the same."""
    for name in names:
        if name and (word := mixed_scripts(name)):
            return f"{one_line(word)!r} in {one_line(name)!r} mixes alphabets that look alike"
    return None


def name_warning(printed: str) -> str | None:
    """A flag for a name whose printed form holds marks nobody sees."""
    marks = [mark for mark in hidden_marks(printed) if mark not in ("U+200E", "U+200F")]
    return f"invisible {', '.join(marks)} dropped from {one_line(printed)!r}" if marks else None


class PageCollector:
    """What has been read of a page so far: each row ends as a poll, a repeat, an event, a result or a refusal."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.ids = Ids()
        self.polls: list[ReportedPoll] = []
        self.citations: dict[str, tuple[str, ...]] = {}
        self.places: dict[str, str] = {}
        self.events: list[ReportedEvent] = []
        self.results: list[ReportedResult] = []
        self.refused: list[Refusal] = []
        self.repeats: list[Repeat] = []
        self.asides: list[Aside] = []
        self.warnings: list[str] = []
        self.rows = 0

    def next_id(self, end: date, pollster: str | None, publisher: str | None, kind: PollKind = PollKind.POLL) -> str:
        """The id of a row's poll; raises RowRefused as `refuse_nameless` does."""
        self.refuse_nameless(pollster, publisher)
        return self.ids.next(end, pollster, publisher, kind)

    @staticmethod
    def refuse_nameless(pollster: str | None, publisher: str | None) -> None:
        """Refuse a row whose firm or outlet cannot stand, or that names neither; raises RowRefused."""
        if why := name_refusal((pollster, publisher)):
            raise RowRefused("name", why)
        if pollster is None and publisher is None:
            raise RowRefused("name", "neither a firm nor an outlet is named; name one of them")

    def poll(self, poll: ReportedPoll, place: str, citations: Iterable[str] = ()) -> None:
        self.polls.append(poll)
        self.places[poll.id] = place
        self.cite(poll.id, citations)

    def repeat(self, poll: str, place: str, text: str, citations: Iterable[str] = ()) -> None:
        self.repeats.append(Repeat(poll, place, one_line(text, LONGEST_ROW)))
        self.cite(poll, citations)

    def refuse(self, name: str, error: RowRefused, text: str, place: str) -> None:
        """A row under the id that it has, or would have had, so that letting it in later renames nobody."""
        row, reason = one_line(text, LONGEST_ROW), one_line(error, 400)
        self.refused.append(Refusal(self.scope.election, self.scope.source, name, error.check, row, reason, place))

    def cite(self, poll: str, citations: Iterable[str]) -> None:
        if cited := tuple(dict.fromkeys((*self.citations.get(poll, ()), *citations))):
            self.citations[poll] = cited

    def reading(self) -> Reading:
        read: dict[str, Any] = {name: getattr(self, name) for name in Reading.__dataclass_fields__}
        read |= {name: tuple(each) for name, each in read.items() if isinstance(each, list)}
        return Reading(**read)


# Where it comes from


@dataclass(frozen=True, slots=True)
class FetchedPage:
    """One page of a source: the name it was asked under, and the answer."""

    title: str
    answer: "Fetched | NotModified"


@dataclass(frozen=True, slots=True)
class PageName:
    """What a page is called, and its revision where its source numbers them."""

    name: str
    revision: int | None = None


class Parse(Protocol):
    """How a page is read: from bytes and scope alone; raises PageRefused for a whole page."""

    def __call__(self, body: bytes, scope: Scope, *, content_type: str = "") -> Reading: ...


@dataclass(frozen=True, slots=True)
class Source:
    """A place polls come from; as it stands one whose files a person saves and imports.

    `citation`: how a poll's source reads, with {} for the page. `page`: what all its files are pages of, else each is a
    page of its own name. `is_own`: the desk's own sheet: no sources.toml names it, and its polls are whole or refused.
    """

    id: str
    citation: str
    parse: Parse
    page: str = ""
    is_own: bool = False

    def name_page(self, body: bytes, content_type: str, title: str) -> PageName:
        """What these bytes are a page of; `title` is the name they were asked under, or their file's.

        Raises PageRefused for bytes that are no page of this source.
        """
        del body, content_type
        return PageName(self.page or title or self.id)


@dataclass(frozen=True, slots=True)
class FetchedSource(Source):
    """A source that is asked over the network: as it stands for one file of all polls, at the electorate's `address`.

    `kind` is what an answer is; one that breaks off before its end is refused, "" asks for no end.
    """

    kind: "Kind" = ""
    most_bytes: int = MOST_BYTES

    def page_of(self, settings: SourceSettings, election: str) -> str | None:
        """The name of the page that speaks of an election; nothing where there is none."""
        del election
        return self.page if settings.address else None

    def client_settings(self, settings: SourceSettings) -> "ClientSettings":
        """Where the client may go for it, and its bounds."""
        from pipelines.http.client import ClientSettings

        address = settings.address or ""
        hosts = (urlsplit(address).netloc,)
        return ClientSettings(self.id, address, self.kind, hosts=hosts, most_bytes=self.most_bytes)

    def fetch(self, client: "Client", page: str, validators: "Mapping[str, Validators]") -> tuple[FetchedPage, ...]:
        """The page, and what belongs to it; `validators` has what earlier answers said of themselves, by name.

        Raises SourceUnreachable, AddressRefused or PageRefused; half a campaign is not a campaign.
        """
        return (FetchedPage(page, client.get(client.settings.url, validators.get(page))),)


# Which there are


SHEET = "csv"  # what is typed or pasted at the desk
MODULES = {
    "dawum": "dawum",
    SHEET: "sheet",
    "swedishpolls": "swedishpolls",
    "themadad": "themadad",
    "wikipedia": "wikipedia",
    "xlsx": "workbook",
}


def poll_sources() -> tuple[str, ...]:
    """The sources a page or file of polls can be imported from.

    >>> "wikipedia" in poll_sources(), "cec" in poll_sources()
    (True, False)
    """
    return tuple(sorted(MODULES))


@cache
def source_of(name: str) -> Source:
    """One source of polls, read when it is asked for; raises RawDataError naming those there are."""
    if name not in MODULES:
        raise RawDataError(f"no source of polls is called {name!r}; there are {', '.join(poll_sources())}")
    source: Source = import_module(f"pipelines.sources.{MODULES[name]}").SOURCE
    return source
