"""A polling page and its sub-pages, asked from the MediaWiki parse API."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from pipelines.http.answers import Fetched, NotModified, Validators
from pipelines.http.client import Client
from pipelines.sources.settings import Settings, read_settings
from pipelines.sources.wikipedia.page import read_page, subpages_of

MOST_SUBPAGES = 8


@dataclass(frozen=True, slots=True)
class FetchedPage:
    """One page of a campaign: the title it was asked under, and the answer."""

    title: str
    answer: Fetched | NotModified


def settings() -> Settings:
    return read_settings("wikipedia")


def page_address(title: str, api: str | None = None) -> str:
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
    return f"{api or settings().url}?{urlencode(query)}"


def fetch(
    client: Client, title: str, known: Mapping[str, Validators] | None = None, subpages: tuple[str, ...] = ()
) -> tuple[FetchedPage, ...]:
    """A page and the sub-pages it names; one that did not change names those of last time (`subpages`).

    Raises SourceUnreachable, AddressRefused or PageRefused for the page itself and for any of its sub-pages:
    half a campaign is not a campaign.
    """
    seen = known or {}
    first = FetchedPage(title, client.get(page_address(title, client.settings.url), seen.get(title)))
    if isinstance(first.answer, Fetched):
        subpages = subpages_of(read_page(first.answer.body, first.answer.content_type))
    rest = (
        FetchedPage(name, client.get(page_address(name, client.settings.url), seen.get(name)))
        for name in subpages[:MOST_SUBPAGES]
    )
    return (first, *rest)
