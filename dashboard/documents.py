"""Pages as documents: made once per address and edition, kept compressed, sent as they are.

A document holds the component tree, the palettes of both themes and the title. The first one comes inside the
HTML page; later ones are fetched from `/view/…` and shown without loading the page again.
"""

import gzip
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import Any

from dashboard import sentences
from dashboard.address import State, read_language, read_state
from dashboard.components.frame import frame
from dashboard.errors import UnknownAddress
from dashboard.i18n import translator
from dashboard.pages import PAGES, PATHS
from dashboard.reader import Reader
from dashboard.theme import palettes
from dashboard.view import View

KEPT = 256
Key = tuple[str, str, str, bool, str, State, date]


@dataclass(frozen=True)
class Payload:
    """Bytes and the same bytes compressed, once."""

    raw: bytes
    mimetype: str

    @cached_property
    def gzipped(self) -> bytes:
        return gzip.compress(self.raw, compresslevel=6, mtime=0)

    @cached_property
    def etag(self) -> str:
        return hashlib.blake2b(self.raw, digest_size=16).hexdigest()


@dataclass(frozen=True, eq=False)
class Document:
    """One page, ready to be shown: its words for the head, and its body as JSON."""

    lang: str
    direction: str
    title: str
    description: str
    body: Payload


class Documents:
    """Makes and keeps documents; a bounded number, keyed on checked and canonical addresses only."""

    def __init__(self, reader: Reader, today: Callable[[], date]) -> None:
        self._reader = reader
        self._today = today
        self._kept = lru_cache(maxsize=KEPT)(self._make)

    def open(self, path: str, arguments: Mapping[str, str]) -> Document:
        """The document of an address; raises UnknownAddress or NothingPublished."""
        return self._kept(self.key(path, arguments))

    def key(self, path: str, arguments: Mapping[str, str]) -> Key:
        """The canonical address: everything that decides what is on the page."""
        page = PAGES.get(path)
        if page is None:
            raise UnknownAddress("no such page")
        lang = read_language(arguments)
        asked = arguments.get("edition") or None
        edition = self._reader.edition(arguments.get("election") or None, asked)
        state = read_state(arguments, page.parameters(edition))
        return path, edition.election, edition.id, asked is not None, lang, state, self._today()

    def view(self, key: Key) -> View:
        """What the reader of a canonical address looks at."""
        path, election, edition_id, is_asked, lang, state, today = key
        edition = self._reader.edition(election, edition_id)
        return View(
            path,
            edition,
            edition_id if is_asked else None,
            lang,
            today,
            PAGES[path].parameters(edition),
            state,
            self._reader.elections(),
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
            "source": sentences.source_line(view, t),
            "palettes": palettes(edition.reference),
            "body": frame(view, t, PATHS, page.layout(view, t)),
        }
        return Document(lang, t.direction, title, page.headline(view, t), Payload(to_json(body), "application/json"))


def to_json(value: Any) -> bytes:
    """A component tree as compact JSON; NaN is refused."""
    return json.dumps(
        value,
        default=lambda component: component.to_plotly_json(),
        ensure_ascii=False,
        allow_nan=False,
        separators=(",", ":"),
    ).encode()
