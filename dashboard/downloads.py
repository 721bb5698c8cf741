"""Files of what a page shows: made from the page's own values when they are asked for."""

from collections.abc import Callable

from flask import Flask, Response, request

from dashboard.documents import Documents
from dashboard.errors import UnknownAddress
from dashboard.exports import FORMATS, Sheet
from dashboard.pages import polls
from dashboard.view import View

SHEETS: dict[str, tuple[str, Callable[[View], Sheet]]] = {"polls": (polls.PATH, polls.sheet)}


def register(server: Flask, documents: Documents) -> None:
    """Add the route of the files."""

    @server.get("/download/<name>.<ending>")
    def download(name: str, ending: str) -> Response:
        if name not in SHEETS or ending not in FORMATS:
            raise UnknownAddress("no such file")
        path, sheet = SHEETS[name]
        view = documents.view(documents.key(path, request.args))
        return _file(f"{view.edition.election}-{name}-{view.projection.as_of}", sheet(view), ending)


def _file(name: str, sheet: Sheet, ending: str) -> Response:
    kind = FORMATS[ending]
    response = Response(kind.write(sheet), mimetype=kind.mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind.ending}"'
    response.cache_control.no_cache = True
    return response
