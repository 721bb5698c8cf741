"""Pages as documents: made once per address and edition, kept compressed, sent as they are.

A document holds the page's HTML, its figures and the title. The first one is the page
itself; later ones are fetched from `/pages/…`, an address that never changes its content, and shown without loading
the page again.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from markupsafe import Markup

from dashboard import left_out, moved, status
from dashboard.address import Choice, Key, State, UnknownAddress, out_of_path, query, read_language, read_state
from dashboard.blocks import Block, Control, FigureDict
from dashboard.i18n import DEFAULT, offered, translator
from dashboard.names import full_names, named
from dashboard.reader import Clock, Reader
from dashboard.render import dash, html
from dashboard.render.html import HASH_BYTES, Context
from dashboard.render.template import TEMPLATE, palettes
from dashboard.render.text import name_text, say
from dashboard.serve import frame, release
from dashboard.serve.cache import ComputeBound, LruCache, to_json
from dashboard.serve.release import stale
from dashboard.serve.shell import Document
from dashboard.settings import settings
from dashboard.view import Page, View
from pipelines.editions.store import Edition

MOST_BYTES = 16 * 1024 * 1024
BUILT_BYTES = 1024 * 1024  # what the blocks of one address take at most, about: few are kept, for the other language
TABLES = ("csv", "xlsx")


@dataclass(frozen=True, eq=False)
class Built:
    """The blocks of an address: made once for all languages."""

    parts: tuple[Block | Control, ...]

    def __len__(self) -> int:
        return BUILT_BYTES


class Documents:
    """Makes and keeps documents; a bounded number, keyed on checked and canonical addresses only."""

    def __init__(self, reader: Reader, clock: Clock, pages: Mapping[str, Page]) -> None:
        self.reader = reader
        self.clock = clock
        self.pages = pages
        self._memo: LruCache[Document] = LruCache(MOST_BYTES)
        self._built: LruCache[Built] = LruCache(MOST_BYTES)
        self._settings = settings()
        self.bound = ComputeBound()

    def of(self, key: Key) -> Document:
        """The document of a canonical address."""
        return self._memo.get(key, lambda: self._make(key))

    def key(self, path: str, arguments: Mapping[str, str], reading: str | None = None) -> Key:
        """The canonical address; `reading` is the edition a reader has before them, where it is not the current one.

        An edition is asked for by its id, or by a day: the last one published of that day, else of the nearest before.
        """
        whole, (path, arguments) = path, out_of_path(path, arguments)
        page = self.pages.get(path)
        if page is None:
            raise UnknownAddress("no such page")
        election, edition_id, day = (arguments.get(name) or None for name in ("election", "edition", "as_of"))
        day_asked = None
        if edition_id is None and day is not None:
            edition_id = self.reader.as_of(election, day)
            day_asked = None if edition_id.startswith(day) else date.fromisoformat(day)
        edition = self.reader.edition(election, edition_id or reading)
        electorate = edition.reference.electorate
        lang = read_language(arguments, offered(electorate.languages))
        parameters = page.parameters(edition)
        if path != whole and path.removeprefix("/") not in parameters:
            raise UnknownAddress("no such page")
        state = read_state(arguments, parameters)
        return Key(
            path,
            edition.election,
            edition.id,
            edition_id is not None,
            lang,
            state,
            self.clock.today(electorate.zone),
            release.name(self.reader, self.clock, electorate),
            edition_id is None and edition.election in stale(self.reader, self.clock),
            edition.election not in self.reader.held_back(self.clock.now),
            day_asked,
            any(parameter.drops(arguments.get(name, "")) for name, parameter in parameters.items()),
        )

    def view(self, key: Key) -> View:
        """What the reader of a canonical address looks at."""
        edition = self.reader.edition(key.election, key.edition)
        whole = View(
            key.path,
            edition,
            key.edition if key.is_asked else None,
            key.lang,
            key.today,
            self.pages[key.path].parameters(edition),
            key.state,
            self.reader.elections(edition.reference.electorate.id),
            self.reader.electorates(),
            is_last_good=not key.is_asked and key.election in self.reader.shelf().passed_over,
            is_stale=key.is_stale,
            is_told=key.is_told,
            is_rehearsal=self.reader.shelf().rehearsal is not None,
            day_asked=key.day_asked,
            has_dropped=key.has_dropped,
            settings=self._settings,
            note=self.reader.note(edition.id),
        )
        # while the law forbids new numbers nothing is left out or moved
        return whole if whole.is_frozen else replace(whole, edition=as_asked(edition, key.state))

    def blocks(self, key: Key) -> tuple[Block | Control, ...]:
        """The blocks and controls of a canonical address, the same ones for every language."""
        whole = replace(key, lang=DEFAULT)
        page = self.pages[key.path]
        return self._built.get(whole, lambda: Built(page.blocks(self.view(whole)))).parts

    def block(self, key: Key, block_id: str) -> Block:
        """One block of an address; raises UnknownAddress."""
        block = next((part for part in self.blocks(key) if isinstance(part, Block) and part.id == block_id), None)
        if block is None:
            raise UnknownAddress("no such block of this edition and state")
        return block

    def path(self, page: str) -> str | None:
        """Where a page of a name lies."""
        return next((path for path, one in self.pages.items() if one.name == page), None)

    def own_blocks(self, key: Key) -> Iterator[tuple[Page, list[Block]]]:
        """Every page with the blocks that it makes, in its usual state; those of others that it shows are theirs."""
        for path, page in self.pages.items():
            parts = self.blocks(replace(key, path=path, state=()))
            yield page, [part for part in parts if isinstance(part, Block) and part.page == page.name]

    def narrow(self, page: str, block_id: str, arguments: Mapping[str, str]) -> tuple[Key, Block]:
        """A block and the address that carries just the parameters it declares; raises UnknownAddress."""
        path = self.path(page)
        if path is None or block_id not in self.pages[path].values:
            raise UnknownAddress("no such page or block: /api/openapi.json lists them")
        key = self.key(path, arguments)
        usual = next((part for part in self.blocks(replace(key, state=())) if part.id == block_id), None)
        if not isinstance(usual, Block):  # it is there only in some state of its page
            usual = self.block(key, block_id)
        narrow = replace(key, state=tuple(pair for pair in key.state if pair[0] in usual.parameters))
        return narrow, self.block(narrow, block_id)

    def ahead(self, first: Key, presses: Mapping[str, Sequence[str]]) -> Iterator[Key]:
        """Every page of an edition in every language; and by path, the choices on it that are one press away."""
        view = self.view(first)
        for path in self.pages:
            for pressed in ({}, *self._pressed(path, view.edition, presses.get(path, ()))):
                for lang in view.languages:
                    arguments = {"election": first.election, "lang": lang, **pressed}
                    try:
                        yield self.key(path, arguments, reading=first.edition)
                    except UnknownAddress:  # a choice that says nothing by itself
                        continue

    def _pressed(self, path: str, edition: Edition, names: Sequence[str]) -> Iterator[dict[str, str]]:
        parameters = self.pages[path].parameters(edition)
        for name in names:
            parameter = parameters.get(name)
            if isinstance(parameter, Choice):
                yield from ({name: option} for option in parameter.options[1:])

    def context(self, key: Key, view: View) -> Context:
        """What renderings of an address need: its language, where links lead, and where a block's files lie."""
        named = {"election": key.election, "edition": key.edition, "lang": key.lang}

        def file(block: Block, ending: str) -> str:
            own = {name: value for name, value in key.state if name in block.parameters}
            suffix = query({**named, **own})
            if ending == "frame":  # without an edition, so that it shows the newest numbers, unless one is asked for
                live = {} if key.is_asked else {"edition": None}
                return f"/embed/{block.page}/{block.id}{query({**named, **live, **own})}"
            if ending in TABLES:
                return f"/table{key.path.rstrip('/')}/{block.id}-table.{ending}{suffix}"
            return f"/api/v1/{key.election}/{block.page}/{block.id}.{ending}{suffix}"

        return Context(translator(key.lang), view.address, file, wholes=full_names(view))

    def _card(self, key: Key, page: Page) -> str:
        """The absolute address of a page's card; blank where the operator has not said where readers find us."""
        if not self._settings.public_url:
            return ""
        named = {name: value for name, value in key.state if name == page.name}  # what stands in the page's path
        suffix = query({"edition": key.edition, "lang": key.lang, **named})
        return f"{self._settings.public_url}/card/{key.election}/{page.name}.png{suffix}"

    def _make(self, key: Key) -> Document:
        view, page, t = self.view(key), self.pages[key.path], translator(key.lang)
        ctx, reference = self.context(key, view), view.edition.reference
        parts: list[tuple[Block | Control, Markup]] = []
        figures: dict[str, FigureDict] = {}
        hashes: dict[str, str] = {}
        for part in self.blocks(key):
            if isinstance(part, Control):
                parts.append((part, html.control(part, ctx)))
                continue
            figure = part.drawn(t)
            parts.append((part, html.block(part, figure, ctx)))
            if figure is not None and part.id in page.graphs:
                figures[part.id] = dash.shared(figure)
                hashes[part.id] = hashlib.blake2b(to_json(figure), digest_size=HASH_BYTES).hexdigest()
        election = name_text(named(reference.election), t)
        title = t("site.title", page=t(f"nav.{page.name}"), election=election, site=t("site.name"))
        data = {
            "path": key.path,
            "title": title,
            "source": say(status.source_line(view), t),
            "pages": {
                "at": f"/{key.folder}/",
                "election": key.election,
                "edition": key.edition,
                "asked": view.edition_asked,
                "lang": key.lang,
            },
            "hashes": hashes,
            "figures": figures,
            "graphs": page.graphs,
            "template": TEMPLATE,
        }
        paths = {page.name: path for path, page in self.pages.items() if page.is_in_navigation}
        sheet = frame.sheet(view, ctx, paths, page.name, palettes(reference), html.arrange(parts))
        return Document(
            key.lang,
            title,
            say(page.headline(view), t),
            view.feed,
            self._card(key, page),
            str(sheet),
            to_json(data).decode(),
        )


def as_asked(edition: Edition, state: State) -> Edition:
    """The edition with what a reader leaves out of its polls and moves between its blocs."""
    return moved.by(left_out.without(edition, state), state)
