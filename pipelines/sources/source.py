"""What a source is: the page it has of an election, how that is asked for, and how its bytes are read.

A source is one module with one value, `SOURCE`, and a line in registry.py. Where it is asked, in what language and
unit, and under which licence is the electorate's to say, in its `sources.toml` (`SourceSettings`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from pipelines.electorate.settings import SourceSettings
from pipelines.http.client import MOST_BYTES, Client, ClientSettings, Fetched, Kind, NotModified, Validators
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

    def name_page(self, body: bytes, content_type: str, given: str) -> PageName:
        """What these bytes are a page of; `given` is the name they were asked under, or their file's.

        Raises PageRefused for bytes that are no page of this source.
        """
        del body, content_type
        return PageName(self.page or given or self.id)


@dataclass(frozen=True, slots=True)
class FetchedSource(Source):
    """A source that is asked over the network: as it stands for one file of all polls, at the electorate's `address`.

    `kind` is what an answer is; one that breaks off before its end is refused, "" asks for no end.
    """

    kind: Kind = ""
    most_bytes: int = MOST_BYTES

    def page_of(self, settings: SourceSettings, election: str) -> str | None:
        """The name of the page that speaks of an election; nothing where there is none."""
        del election
        return self.page if settings.address else None

    def client_settings(self, settings: SourceSettings) -> ClientSettings:
        """Where the client may go for it, and its bounds."""
        address = settings.address or ""
        hosts = (urlsplit(address).netloc,)
        return ClientSettings(self.id, address, self.kind, hosts=hosts, most_bytes=self.most_bytes)

    def fetch(self, client: Client, page: str, known: Mapping[str, Validators]) -> tuple[FetchedPage, ...]:
        """The page, and what belongs to it; `known` has what earlier answers said of themselves, by name.

        Raises SourceUnreachable, AddressRefused or PageRefused; half a campaign is not a campaign.
        """
        return (FetchedPage(page, client.get(client.settings.url, known.get(page))),)
