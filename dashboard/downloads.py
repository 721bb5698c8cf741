"""Files of what a page shows: made from the page's own values when they are asked for."""

import json
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, request

from dashboard import feed, sheets
from dashboard.documents import Documents
from dashboard.errors import UnknownAddress
from dashboard.exports import FORMATS, Sheet
from dashboard.exports.cells import read_number
from dashboard.i18n import translator
from dashboard.i18n.bidi import HIDDEN
from dashboard.pages import polls, tonight
from dashboard.view import View

SHEETS: dict[str, tuple[str, Callable[[View], Sheet]]] = {
    "polls": (polls.PATH, polls.sheet),
    "latest": (tonight.PATH, sheets.latest_polls),
    "projection": (tonight.PATH, sheets.projection),
    "record": (tonight.PATH, sheets.record),
}


def register(server: Flask, documents: Documents) -> None:
    """Add the route of the files."""

    @server.get("/download/<name>.<ending>")
    def download(name: str, ending: str) -> Response:
        if name not in SHEETS or ending not in FORMATS:
            raise UnknownAddress("no such file")
        path, sheet = SHEETS[name]
        view = documents.view(documents.key(path, request.args))
        return _file(f"{view.edition.election}-{name}-{view.projection.as_of}", sheet(view), ending)

    @server.get("/table/<table>.<ending>", defaults={"page": ""})
    @server.get("/table/<page>/<table>.<ending>")
    def table(page: str, table: str, ending: str) -> Response:
        """A table of a page, from the page's own document."""
        if ending not in FORMATS or not table.endswith("-table"):
            raise UnknownAddress("no such file")
        key = documents.key(f"/{page}", request.args)
        sheet = table_of(json.loads(documents.open(f"/{page}", request.args).body.raw)["body"], table)
        if sheet is None:
            raise UnknownAddress("no such table")
        edition = documents.view(key).edition
        return _file(f"{edition.election}-{sheet.name}-{edition.projection.as_of}", sheet, ending)

    @server.get(feed.PATH)
    def changes() -> Response:
        asked = {name: request.args[name] for name in ("election", "lang") if name in request.args}
        view = documents.view(documents.key("/", asked))
        return Response(feed.atom(view, translator(view.lang)), mimetype=feed.MIMETYPE)


def table_of(node: Any, table_id: str) -> Sheet | None:
    """The table in the part of a document with that id, as its readers see it."""
    part = _find(node, lambda props, _kind: props.get("id") == table_id)
    table = _find(part, lambda _props, kind: kind == "Table")
    if table is None:
        return None
    lines = [[_text(cell) for cell in _children(row)] for row in _all(table, "Tr")]
    head, *rows = lines
    return Sheet(table_id.removesuffix("-table"), head, [[read_number(cell) for cell in row] for row in rows])


def _find(node: Any, wanted: Callable[[dict[str, Any], str], bool]) -> Any:
    """The first part of a tree that is wanted."""
    if isinstance(node, list):
        return next((found for item in node if (found := _find(item, wanted)) is not None), None)
    if not isinstance(node, dict) or "props" not in node:
        return None
    return node if wanted(node["props"], node["type"]) else _find(node["props"].get("children"), wanted)


def _all(node: Any, kind: str) -> list[Any]:
    """Every part of a kind, in order."""
    if isinstance(node, list):
        return [found for item in node for found in _all(item, kind)]
    if not isinstance(node, dict) or "props" not in node:
        return []
    return [node] if node["type"] == kind else _all(node["props"].get("children"), kind)


def _children(node: Any) -> list[Any]:
    found = node["props"].get("children")
    return found if isinstance(found, list) else [found]


def _text(node: Any) -> str:
    if isinstance(node, list):
        return "".join(_text(item) for item in node)
    if isinstance(node, dict):
        return _text(node["props"].get("children"))
    return HIDDEN.sub("", str(node)) if node is not None else ""


def _file(name: str, sheet: Sheet, ending: str) -> Response:
    kind = FORMATS[ending]
    response = Response(kind.write(sheet), mimetype=kind.mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind.ending}"'
    response.cache_control.no_cache = True
    return response
