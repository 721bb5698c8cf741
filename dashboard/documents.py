"""Pages as documents: made once per address and edition, kept compressed, sent as they are.

A document holds the component tree, the palettes of both themes and the title. The first one comes inside the
HTML page; later ones are fetched from `/pages/…`, an address that never changes its content, and shown without
loading the page again.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from dashboard import feed, release, sentences
from dashboard.address import State, query, read_language, read_state
from dashboard.components.frame import frame
from dashboard.errors import UnknownAddress
from dashboard.i18n import translator
from dashboard.kept import Kept
from dashboard.pages import PAGES, PATHS
from dashboard.payload import Payload
from dashboard.reader import Reader
from dashboard.staleness import stale
from dashboard.theme import palettes
from dashboard.view import View

MOST_BYTES = 16 * 1024 * 1024
FOLDER = "pages"  # where documents are kept, in an address and on disk


@dataclass(frozen=True, slots=True)
class Key:
    """A canonical address: everything that decides what is on the page."""

    path: str
    election: str
    edition: str
    is_asked: bool
    lang: str
    state: State
    today: date
    release: str
    is_stale: bool = False

    @property
    def folder(self) -> str:
        """Where the documents of this release, edition and language lie."""
        return f"{FOLDER}/{self.release}/{self.election}/{self.edition}/{self.lang}"

    @property
    def name(self) -> str:
        """The page and its state, as the file is called.

        >>> Key("/trends", "k", "e", False, "en", (("unit", "share"),), date(2026, 10, 1), "r").name
        'trends~unit=share'
        """
        asked = (("edition", self.edition),) if self.is_asked else ()
        said = query(dict((*asked, *self.state))).replace("?", "~")
        return (self.path.removeprefix("/") or "index") + said


@dataclass(frozen=True, eq=False)
class Document:
    """One page, ready to be shown: its words for the head, and its body as JSON."""

    lang: str
    direction: str
    title: str
    description: str
    feed: str
    body: Payload

    def __len__(self) -> int:
        return len(self.body)


class Documents:
    """Makes and keeps documents; a bounded number, keyed on checked and canonical addresses only."""

    def __init__(self, reader: Reader, today: Callable[[], date]) -> None:
        self._reader = reader
        self._today = today
        self._kept: Kept[Document] = Kept(MOST_BYTES)

    def open(self, path: str, arguments: Mapping[str, str]) -> Document:
        """The document of an address; raises UnknownAddress or NothingPublished."""
        return self.of(self.key(path, arguments))

    def of(self, key: Key) -> Document:
        """The document of a canonical address."""
        return self._kept.get(key, lambda: self._make(key))

    def key(self, path: str, arguments: Mapping[str, str], reading: str | None = None) -> Key:
        """The canonical address; `reading` is the edition a reader has before them, where it is not the current one.

        An edition is asked for by its id, or by its as-of day: the last one published of that day.
        """
        page = PAGES.get(path)
        if page is None:
            raise UnknownAddress("no such page")
        today = self._today()
        lang = read_language(arguments)
        election, asked, day = (arguments.get(name) or None for name in ("election", "edition", "as_of"))
        if asked is None and day is not None:
            asked = self._reader.as_of(election, day)
        edition = self._reader.edition(election, asked or reading)
        state = read_state(arguments, page.parameters(edition))
        return Key(
            path,
            edition.election,
            edition.id,
            asked is not None,
            lang,
            state,
            today,
            release.name(self._reader, today),
            asked is None and edition.election in stale(self._reader, today),
        )

    def view(self, key: Key) -> View:
        """What the reader of a canonical address looks at."""
        edition = self._reader.edition(key.election, key.edition)
        return View(
            key.path,
            edition,
            key.edition if key.is_asked else None,
            key.lang,
            key.today,
            PAGES[key.path].parameters(edition),
            key.state,
            self._reader.elections(),
            is_last_good=not key.is_asked and key.election in self._reader.shelf().passed_over,
            is_stale=key.is_stale,
        )

    def _make(self, key: Key) -> Document:
        view = self.view(key)
        page, lang, edition = PAGES[view.path], view.lang, view.edition
        t = translator(lang)
        title = t(
            "site.title", page=t(f"nav.{page.NAME}"), election=t.name(edition.reference.election), site=t("site.name")
        )
        body = {
            "title": title,
            "pages": {
                "at": f"/{key.folder}/",
                "election": key.election,
                "edition": key.edition,
                "asked": view.edition_asked,
                "lang": lang,
            },
            "source": sentences.source_line(view, t),
            "palettes": palettes(edition.reference),
            "body": frame(view, t, PATHS, page.layout(view, t)),
        }
        return Document(
            lang,
            t.direction,
            title,
            page.headline(view, t),
            feed.address(view),
            Payload.of(to_json(body), "application/json"),
        )


def to_json(value: Any) -> bytes:
    """A component tree as compact JSON; NaN is refused."""
    return json.dumps(
        value,
        default=lambda component: component.to_plotly_json(),
        ensure_ascii=False,
        allow_nan=False,
        sort_keys=True,  # the same page is the same bytes in every process
        separators=(",", ":"),
    ).encode()
