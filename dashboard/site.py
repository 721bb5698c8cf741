"""`python -m dashboard site --out DIR`: a read-only copy of the current editions for any web server or object store.

The copy is what the server would send, with addresses of its own: plain files that link to each other by relative
paths, so that it works under any path. What is not in it leads to a page that says so.
"""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from html import escape
from pathlib import Path, PurePosixPath
from posixpath import relpath
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from dashboard.address import LANGUAGES, State, query
from dashboard.app import create
from dashboard.documents import Key, to_json
from dashboard.errors import NothingPublished, UnknownAddress
from dashboard.feed import PATH as FEED
from dashboard.guard import content_policy
from dashboard.i18n import translator
from dashboard.payload import Payload
from dashboard.prerender import keys
from dashboard.reader import Reader
from dashboard.shell import ASSETS, in_script

COPIED = {
    "/": ("reading",),
    "/trends": ("unit", "line", "range"),
    "/threshold": ("bloc",),
    "/polls": ("kind", "page"),
    "/record": (),
}
SCRIPT = Path(__file__).with_name("site.js")
GRAPH = "/_dash-component-suites/dash/dcc/async-graph.js"  # loaded by a script when the first chart is drawn
NOT_HERE = "not-here.html"
CONSTANTS = ("_dash-layout", "_dash-dependencies")
LINKS = ("href", "data-href")
Name = tuple[str, str, str, State]  # path, election, language, state


class Copy:
    """The pages of a copy, and where each lies."""

    def __init__(self, processed: Path, today: Callable[[], date]) -> None:
        reader = Reader(processed)
        self._app, self._answers = create(reader, today)
        self._client = self._app.server.test_client()
        self._elections = [election.id for election in reader.elections()]
        if not self._elections:
            raise NothingPublished("no edition yet: run `python -m pipelines refresh --election all`")
        self._keys = {_name(key): key for election in self._elections for key in self._copied(election)}

    def _copied(self, election: str) -> Iterator[Key]:
        first = self._answers.documents.key("/", {"election": election})
        return (key for key in keys(self._answers, first, COPIED) if key.path in COPIED)

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Every file of the copy by its path from the root."""
        for key in self._keys.values():
            yield from self._page(key, _place(key))
        yield from self._page(self._newest(), "index.html")
        for election in self._elections:
            for lang in LANGUAGES:
                page = self._app.plain("server", translator(lang), "index.html")
                yield f"{election}/{lang}/{NOT_HERE}", _relative(page, "../../").encode()
        yield "site.js", SCRIPT.read_bytes()
        yield from self._assets()

    def _newest(self) -> Key:
        return self._keys["/", self._elections[0], LANGUAGES[0], ()]

    def _page(self, key: Key, place: str) -> Iterator[tuple[str, bytes]]:
        """A page, and the files it offers."""
        document = self._answers.documents.of(key)
        offered: dict[str, str] = {}
        body = self._localised(json.loads(document.body.raw), key, place, offered)
        local = replace(document, body=Payload.of(to_json(body), document.body.mimetype))
        root = "../" * place.count("/")
        feed = FEED + query({"election": key.election, "lang": key.lang})
        page = self._app.page(local).replace(escape(feed), _from(place, _folder(key) + FEED))
        page = _relative(page, root)
        head = f'<meta http-equiv="Content-Security-Policy" content="{self._policy()}">\n{self._constants()}\n'
        page = page.replace("<title>", f'{head}<script src="{root}site.js"></script>\n<title>', 1)
        yield place, page.encode()
        for file, address in offered.items():
            content = self._get(address)
            yield file, self._feed(content, key, file) if file.endswith(".atom") else content

    def _localised(self, node: Any, key: Key, place: str, offered: dict[str, str]) -> Any:
        """A part of a document with the addresses of the copy; notes in `offered` which files it needs."""
        if isinstance(node, list):
            return [self._localised(item, key, place, offered) for item in node]
        if not isinstance(node, dict):
            return node
        found = {name: self._localised(value, key, place, offered) for name, value in node.items()}
        for name in LINKS:
            if isinstance(found.get(name), str):
                found[name] = self._link(found[name], key, place, offered)
        if "data-table" in found:
            address = f"/table{key.path.rstrip('/')}/{found['data-table']}.{found['data-save']}"
            file = f"{_folder(key)}/{key.name}/{found['data-table']}.{found['data-save']}"
            offered[file] = address + _query(key)
            found["data-file"] = _from(place, file)
        return found

    def _link(self, href: str, key: Key, place: str, offered: dict[str, str]) -> str:
        """Where a link of the server leads in the copy."""
        parts = urlsplit(href)
        if parts.scheme or not parts.path.startswith("/"):
            return href
        if PurePosixPath(parts.path).suffix:
            file = _folder(key) + _file(parts.path, dict(parse_qsl(parts.query)))
            offered[file] = href
            return _from(place, file)
        try:
            wanted = _name(self._answers.documents.key(parts.path, dict(parse_qsl(parts.query))))
        except UnknownAddress:
            return _from(place, f"{_folder(key)}/{NOT_HERE}")
        return _from(place, _place(self._keys[wanted]) if wanted in self._keys else f"{_folder(key)}/{NOT_HERE}")

    def _feed(self, content: bytes, key: Key, place: str) -> bytes:
        def local(found: re.Match[str]) -> str:
            return f'href="{self._link(found[1].replace("&amp;", "&"), key, place, {})}"'

        return re.sub(r'href="([^"]*)"', local, content.decode()).encode()

    def _assets(self) -> Iterator[tuple[str, bytes]]:
        for path in ASSETS.rglob("*"):
            if path.is_file():
                yield f"assets/{path.relative_to(ASSETS).as_posix()}", path.read_bytes()
        for address in (urlsplit(address).path for address in self._app.files()):
            if address.startswith("/_dash"):
                yield address.removeprefix("/"), self._get(address)
        yield GRAPH.removeprefix("/"), self._get(GRAPH)

    def _constants(self) -> str:
        said = {name: json.loads(self._get(f"/{name}")) for name in CONSTANTS}
        return f'<script type="application/json" id="constants">{in_script(json.dumps(said))}</script>'

    def _policy(self) -> str:
        """As the server's; a page cannot say by itself who may frame it."""
        rules = content_policy(self._app.csp_hashes()).split("; ")
        return "; ".join(rule for rule in rules if not rule.startswith("frame-ancestors"))

    def _get(self, address: str) -> bytes:
        with self._client.get(address) as answer:
            if answer.status_code != 200:
                raise UnknownAddress(f"{address}: {answer.status_code}")
            return bytes(answer.data)


def write_site(processed: Path, today: Callable[[], date], out: Path) -> int:
    """Write a copy, in the place of the one that was there; returns the number of its files."""
    out = out.absolute()
    aside = out.with_name(f".{out.name}-unfinished")
    shutil.rmtree(aside, ignore_errors=True)
    count = 0
    for name, content in Copy(processed, today).files():
        path = aside / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        count += 1
    if out.exists():
        shutil.rmtree(out)
    aside.rename(out)
    return count


def is_copy(folder: Path) -> bool:
    """Whether a folder may be replaced: it is empty or a copy, known by our own script in it."""
    if not folder.is_dir():
        return False
    script = folder / SCRIPT.name
    return not any(folder.iterdir()) or (script.is_file() and _first_line(script) == _first_line(SCRIPT))


def _first_line(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.readline()


def _name(key: Key) -> Name:
    return key.path, key.election, key.lang, key.state


def _folder(key: Key) -> str:
    return f"{key.election}/{key.lang}"


def _place(key: Key) -> str:
    return f"{_folder(key)}/{key.name}.html"


def _file(path: str, asked: dict[str, str]) -> str:
    """Where a file lies in its folder: one with other rows has another name.

    >>> _file("/download/polls.csv", {"election": "k", "edition": "e", "kind": "all"})
    '/download/polls~kind=all.csv'
    """
    stem, dot, suffix = path.rpartition(".")
    said = {name: value for name, value in asked.items() if name not in ("election", "edition", "lang")}
    return stem + query(said).replace("?", "~") + dot + suffix


def _query(key: Key) -> str:
    return query({"election": key.election, "lang": key.lang, **dict(key.state)})


def _from(place: str, file: str) -> str:
    return relpath(file, str(PurePosixPath(place).parent))


def _relative(page: str, root: str) -> str:
    """The files that a page loads, from where it lies; what stands inside its document is written otherwise."""
    return re.sub(r'(?<= )(src|href)="/', rf'\1="{root}', page)
