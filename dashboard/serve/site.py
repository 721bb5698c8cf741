"""`python -m dashboard site --out DIR`: a read-only copy of the current editions for any web server or object store.

The copy is the server's HTML with addresses of its own: plain files that link to each other by relative paths, so that
it works under any path and without a script. Pages come with their blocks as .html, .json and .csv, and with the files
they offer. What is not in the copy leads to a page that says so.
"""

import re
import shutil
from collections.abc import Iterator
from functools import lru_cache
from html import escape, unescape
from pathlib import Path, PurePosixPath
from posixpath import relpath
from urllib.parse import parse_qsl, urlsplit

from dashboard.address import Key, NothingPublished, State, UnknownAddress, query
from dashboard.blocks import Block
from dashboard.i18n import translator
from dashboard.render import html
from dashboard.serve import api, files
from dashboard.serve.documents import Documents
from dashboard.serve.security import content_policy
from dashboard.serve.shell import ASSETS, Shell
from dashboard.view import FEED

COPIED = {
    "/": ("reading",),
    "/trends": ("unit", "line", "range"),
    "/threshold": ("bloc",),
    "/polls": ("kind", "page"),
    "/record": (),
    "/list": ("list",),
}
NOT_HERE = "not-here.html"
MARK = "copy.txt"  # in every copy, so that only a copy is replaced
MARK_TEXT = b"A copy of Hemicycle's pages, written by `python -m dashboard site`.\n"
FORMER_MARK, FORMER_TEXT = "site.js", b"/* In a static copy: links are links"
SCRIPTED = ("controls.js", "page.js", "start.js", "plotly/")  # what only a page of the server loads
FORM = re.compile(r'<div[^>]*class="control (?:slider|day).*?</form></div>', re.S)
SIZES = re.compile(r'<span class="sizes">.*?</span>')  # pictures in more sizes are the server's
PICTURE = re.compile(r'<a href="[^"]*\.png[^"]*"[^>]*>PNG</a>')
BLOCK = re.compile(r"/api/v1/[^/]+/(?P<page>[^/]+)/(?P<name>[^/]+)")
Name = tuple[str, str, str, State]  # path, election, language, state


class Copy:
    """The pages of a copy, and where each lies."""

    def __init__(self, app: Shell, documents: Documents) -> None:
        self._app, self._documents = app, documents
        self._client = app.server.test_client()
        self._elections = [election.id for election in documents.reader.elections()]
        if not self._elections:
            raise NothingPublished("no edition yet: run `python -m pipelines refresh --election all`")
        self._keys = {_name(key): key for election in self._elections for key in self._copied(election)}
        self._place_of = lru_cache(maxsize=None)(self._find_place)

    def _copied(self, election: str) -> Iterator[Key]:
        first = self._documents.key("/", {"election": election})
        return (key for key in self._documents.ahead(first, COPIED) if key.path in COPIED)

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Every file of the copy by its path from the root."""
        for key in self._keys.values():
            yield from self._page(key, _place(key))
            if not key.state:
                yield from self._blocks(key)
        yield from self._page(self._newest(), "index.html")
        for election in self._elections:
            for lang in self._languages(election):
                page = self._app.plain("server", translator(lang), "index.html")
                yield f"{election}/{lang}/{NOT_HERE}", _relative(page, "../../").encode()
        yield MARK, MARK_TEXT
        yield from self._assets()

    def _newest(self) -> Key:
        return self._keys[_name(self._documents.key("/", {}))]

    def _languages(self, election: str) -> tuple[str, ...]:
        return self._documents.view(self._documents.key("/", {"election": election})).languages

    def _page(self, key: Key, place: str) -> Iterator[tuple[str, bytes]]:
        """A page, and the files it offers."""
        document = self._documents.of(key)
        offered: dict[str, str] = {}
        sheet = SIZES.sub("", FORM.sub("", document.sheet))
        sheet = PICTURE.sub("", sheet) if key.state else sheet
        sheet = self._localised(sheet, key, place, offered)
        feed = FEED + query({"election": key.election, "lang": key.lang})
        page = self._app.static_page(document, sheet, self._policy())
        page = page.replace(escape(feed), _from(place, _folder(key) + FEED))
        yield place, _relative(page, "../" * place.count("/")).encode()
        for file, address in offered.items():
            content = self._get(address)
            yield file, self._feed(content, key, file) if file.endswith(".atom") else content

    def _localised(self, text: str, key: Key, place: str, offered: dict[str, str]) -> str:
        """HTML with the addresses of the copy; notes in `offered` which files it needs."""

        def local(match: re.Match[str]) -> str:
            return f'href="{escape(self._link(unescape(match[1]), key, place, offered))}"'

        return re.sub(r'(?<= )href="([^"]*)"', local, text)

    def _blocks(self, key: Key) -> Iterator[tuple[str, bytes]]:
        """The page's blocks, each by itself."""
        view, page, t = self._documents.view(key), self._documents.pages[key.path], translator(key.lang)
        ctx = self._documents.context(key, view)
        for part in self._documents.blocks(key):
            if not isinstance(part, Block):
                continue
            place = f"{_folder(key)}/blocks/{part.page}/{part.id}.html"
            figure = part.drawn(t)
            markup = self._localised(SIZES.sub("", str(html.block(part, figure, ctx))), key, place, {})
            text = self._app.static_page(
                self._documents.of(key), f'<div class="sheet"><main>{markup}</main></div>', self._policy()
            )
            yield place, _relative(text, "../" * place.count("/")).encode()
            if key.lang == view.languages[0]:
                yield (
                    f"{key.election}/blocks/{part.page}/{part.id}.json",
                    api.render(view, page, part, "json")[0],
                )
            if part.table is not None:
                content, _ = files.render(view, page, part, "csv")
                yield f"{_folder(key)}/blocks/{part.page}/{part.id}.csv", content

    def _link(self, href: str, key: Key, place: str, offered: dict[str, str]) -> str:
        """Where a link of the server leads in the copy."""
        parts = urlsplit(href)
        if parts.scheme or not parts.path.startswith("/"):
            return href
        if PurePosixPath(parts.path).suffix:
            file = _folder(key) + _file(parts.path, dict(parse_qsl(parts.query)))
            offered[file] = href
            return _from(place, file)
        return _from(place, self._place_of(parts.path, parts.query) or f"{_folder(key)}/{NOT_HERE}")

    def _find_place(self, path: str, query: str) -> str | None:
        """Where a page of the server lies in the copy; every page links to the same ones."""
        try:
            key = self._keys.get(_name(self._documents.key(path, dict(parse_qsl(query)))))
        except UnknownAddress:
            return None
        return _place(key) if key else None

    def _feed(self, content: bytes, key: Key, place: str) -> bytes:
        def local(match: re.Match[str]) -> str:
            return f'href="{self._link(match[1].replace("&amp;", "&"), key, place, {})}"'

        return re.sub(r'href="([^"]*)"', local, content.decode()).encode()

    def _assets(self) -> Iterator[tuple[str, bytes]]:
        for path in ASSETS.rglob("*"):
            name = path.relative_to(ASSETS).as_posix()
            if path.is_file() and not name.startswith(SCRIPTED):
                yield f"assets/{name}", path.read_bytes()

    def _policy(self) -> str:
        """As the server's; a page cannot say by itself who may frame it."""
        rules = content_policy(()).split("; ")
        return "; ".join(rule for rule in rules if not rule.startswith("frame-ancestors"))

    def _get(self, address: str) -> bytes:
        with self._client.get(address) as answer:
            if answer.status_code != 200:
                raise UnknownAddress(f"{address}: {answer.status_code}")
            return bytes(answer.data)


def write_site(app: Shell, documents: Documents, out: Path) -> int:
    """Write a copy, in the place of the one that was there; returns the number of its files."""
    out = out.absolute()
    aside = out.with_name(f".{out.name}-unfinished")
    shutil.rmtree(aside, ignore_errors=True)
    count = 0
    for name, content in Copy(app, documents).files():
        path = aside / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        count += 1
    if out.exists():
        shutil.rmtree(out)
    aside.rename(out)
    return count


def is_copy(folder: Path) -> bool:
    """Whether a folder may be replaced: it is empty or a copy, known by the mark in it."""
    if not folder.is_dir():
        return False
    return not any(folder.iterdir()) or _begins(folder / MARK, MARK_TEXT) or _begins(folder / FORMER_MARK, FORMER_TEXT)


def _begins(path: Path, text: bytes) -> bool:
    return path.is_file() and path.read_bytes()[: len(text)] == text


def _name(key: Key) -> Name:
    return key.path, key.election, key.lang, key.state


def _folder(key: Key) -> str:
    return f"{key.election}/{key.lang}"


def _place(key: Key) -> str:
    return f"{_folder(key)}/{key.name}.html"


def _file(path: str, parameters: dict[str, str]) -> str:
    """Where a file lies in its folder: one with other rows has another name.

    >>> _file("/download/polls.csv", {"election": "k", "edition": "e", "kind": "all"})
    '/download/polls~kind=all.csv'
    >>> _file("/api/v1/k/trends/trend.svg", {"edition": "e"})
    '/blocks/trends/trend.svg'
    """
    block = BLOCK.fullmatch(path)
    path = f"/blocks/{block['page']}/{block['name']}" if block else path
    stem, dot, suffix = path.rpartition(".")
    state = {name: value for name, value in parameters.items() if name not in ("election", "edition", "lang")}
    return stem + query(state).replace("?", "~") + dot + suffix


def _from(place: str, file: str) -> str:
    return relpath(file, str(PurePosixPath(place).parent))


def _relative(page: str, root: str) -> str:
    """The files that a page loads, from where it lies."""
    return re.sub(r'(?<= )(src|href)="/', rf'\1="{root}', page)
