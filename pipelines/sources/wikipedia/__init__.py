"""Opinion polling pages of any Wikipedia, asked from the MediaWiki parse API."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from pipelines.electorate.settings import SourceSettings
from pipelines.http.client import Client, ClientSettings, Fetched, Validators
from pipelines.sources.reading import FetchedPage, FetchedSource, PageName
from pipelines.sources.wikipedia.parse import parse as parse_page
from pipelines.sources.wikipedia.parse import read_page, subpages_of

MOST_SUBPAGES = 8


@dataclass(frozen=True, slots=True)
class Wikipedia(FetchedSource):
    """The page that sources.toml names for an election, and the sub-pages it sends its reader to."""

    def page_of(self, settings: SourceSettings, election: str) -> str | None:
        return settings.pages.get(election)

    def client_settings(self, settings: SourceSettings) -> ClientSettings:
        host = settings.host or ""
        return ClientSettings(self.id, f"https://{host}/w/api.php", self.kind, hosts=(host,), redirects=2)

    def fetch(self, client: Client, page: str, validators: Mapping[str, Validators]) -> tuple[FetchedPage, ...]:
        """A page that did not change has the sub-pages it had last time: those `validators` names."""

        def fetch_page(title: str) -> FetchedPage:
            return FetchedPage(title, client.get(page_address(title, client.settings.url), validators.get(title)))

        first = fetch_page(page)
        subpages = tuple(title for title in validators if title != page)
        if isinstance(first.answer, Fetched):
            subpages = subpages_of(read_page(first.answer.body, first.answer.content_type))
        return (first, *(fetch_page(title) for title in subpages[:MOST_SUBPAGES]))

    def name_page(self, body: bytes, content_type: str, title: str) -> PageName:
        """An answer of the API, or a saved page, names itself."""
        page = read_page(body, content_type)
        return PageName(page.title or title, page.revision)


SOURCE = Wikipedia("wikipedia", "Wikipedia: {}", parse_page, kind="json")


def page_address(title: str, api: str) -> str:
    """The parse API's address of a page: formatversion 2, redirects followed by the API itself.

    >>> page_address("A b", "https://x.example/w/api.php")
    'https://x.example/w/api.php?action=parse&page=A+b&prop=text%7Crevid&format=json&formatversion=2&redirects=1'
    """
    query = {
        "action": "parse",
        "page": title,
        "prop": "text|revid",
        "format": "json",
        "formatversion": "2",
        "redirects": "1",
    }
    return f"{api}?{urlencode(query)}"
