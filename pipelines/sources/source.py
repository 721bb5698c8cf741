"""What a source is: the page it has of an election, how that is asked for, and how its bytes are read.

A source is one module with one value, `SOURCE`, and a line in registry.py. Where it is asked, in what language and
unit, and under which licence is the electorate's to say, in its `sources.toml` (`SourceSettings`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from pipelines.electorate.settings import SourceSettings
from pipelines.http.answers import Fetched, NotModified, Validators
from pipelines.http.client import Client, ClientSettings, Kind
from pipelines.sources.reading import Reading, Scope


@dataclass(frozen=True, slots=True)
class FetchedPage:
    """One page of a source: the name it was asked under, and the answer."""

    asked: str
    answer: Fetched | NotModified


@dataclass(frozen=True, slots=True)
class PageName:
    """What a page is called, and its revision where its source numbers them."""

    name: str
    revision: int | None = None


class Parse(Protocol):
    """How a page is read: from bytes and scope alone; raises PageRefused for a whole page."""

    def __call__(self, body: bytes, scope: Scope, *, content_type: str = "") -> Reading: ...


class Source(Protocol):
    """A place polls come from.

    `citation`: how a poll's source reads, with {} for the page. `is_whole`: a poll is taken whole or not at all (a
    desk's sheet). `is_own`: the desk's own, which no sources.toml names.
    """

    @property
    def id(self) -> str: ...
    @property
    def kind(self) -> Kind: ...
    @property
    def citation(self) -> str: ...
    @property
    def is_whole(self) -> bool: ...
    @property
    def is_own(self) -> bool: ...

    def name_page(self, body: bytes, content_type: str, given: str) -> PageName:
        """What these bytes are a page of; `given` is the name they were asked under, or their file's.

        Raises PageRefused for bytes that are no page of this source.
        """

    def parse(self, body: bytes, scope: Scope, *, content_type: str = "") -> Reading:
        """Every poll of a page; raises PageRefused when the page is not to be trusted."""


@runtime_checkable
class FetchedSource(Source, Protocol):
    """A source that can be asked over the network."""

    def page_of(self, settings: SourceSettings, election: str) -> str | None:
        """The name of the page that speaks of an election; nothing where there is none."""

    def client_settings(self, settings: SourceSettings) -> ClientSettings:
        """Where the client may go for it, and its bounds."""

    def fetch(self, client: Client, page: str, known: Mapping[str, Validators]) -> tuple[FetchedPage, ...]:
        """The page, and what belongs to it; `known` has what earlier answers said of themselves, by name.

        Raises SourceUnreachable, AddressRefused or PageRefused; half a campaign is not a campaign.
        """


@dataclass(frozen=True, slots=True)
class SourceModule:
    """A source by its parse; `page` is what all its files are pages of, else each is a page of its own name.

    As it stands it is one whose files a person saves and imports; one that is fetched adds the three methods for that.
    """

    id: str
    kind: Kind
    citation: str
    read: Parse
    page: str = ""
    is_whole: bool = False
    is_own: bool = False

    def name_page(self, body: bytes, content_type: str, given: str) -> PageName:
        del body, content_type
        return PageName(self.page or given or self.id)

    def parse(self, body: bytes, scope: Scope, *, content_type: str = "") -> Reading:
        return self.read(body, scope, content_type=content_type)
