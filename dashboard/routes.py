"""What the server answers: pages, their documents, and how it is."""

from functools import lru_cache

from flask import Flask, Response, request

from dashboard import downloads
from dashboard.address import LANGUAGES
from dashboard.documents import KEPT, Document, Documents, Payload
from dashboard.errors import NothingPublished, UnknownAddress
from dashboard.guard import takes_gzip
from dashboard.i18n import Translator, translator
from dashboard.reader import Reader
from dashboard.shell import Shell
from pipelines.editions.errors import EditionError

DASH_PAGES = frozenset({"/", "/<path:path>"})  # the rules Dash answers with its index


def register(app: Shell, documents: Documents, reader: Reader) -> None:
    """Add every route and error page to the app's server."""
    server: Flask = app.server
    _pages(server, app, documents)
    _documents(server, documents)
    downloads.register(server, documents)
    _health(server, reader)
    _errors(server, app)


def _pages(server: Flask, app: Shell, documents: Documents) -> None:
    @lru_cache(maxsize=KEPT)
    def around(document: Document) -> Payload:
        return Payload(app.page(document).encode(), "text/html")

    @server.before_request
    def page() -> Response | None:
        """A page of ours, with its document inside; every other path that Dash would answer is not found."""
        if request.url_rule is None or request.url_rule.rule not in DASH_PAGES:
            return None
        return send(around(documents.open(request.path, request.args)))


def _documents(server: Flask, documents: Documents) -> None:
    @server.get("/view/", defaults={"page": ""})
    @server.get("/view/<page>")
    def view(page: str) -> Response:
        return send(documents.open(f"/{page}", request.args).body)


def _health(server: Flask, reader: Reader) -> None:
    @server.get("/health")
    def health() -> Response:
        """The process answers."""
        return Response("ok\n", mimetype="text/plain")

    @server.get("/ready")
    def ready() -> Response:
        """There is an edition to show."""
        if reader.is_ready():
            return Response("ready\n", mimetype="text/plain")
        return Response("no edition yet\n", status=503, mimetype="text/plain")


def _errors(server: Flask, app: Shell) -> None:
    @server.errorhandler(UnknownAddress)
    @server.errorhandler(404)
    def missing(_error: Exception) -> Response:
        t = _asked_language()
        return Response(app.plain("missing", t, f"/?lang={t.lang}"), status=404, mimetype="text/html")

    @server.errorhandler(NothingPublished)
    def empty(_error: Exception) -> Response:
        return Response(app.plain("empty", _asked_language()), mimetype="text/html")

    @server.errorhandler(EditionError)
    def failed(error: Exception) -> Response:
        server.logger.error("edition refused: %r", str(error))
        return Response(app.plain("failed", _asked_language()), status=503, mimetype="text/html")


def send(payload: Payload) -> Response:
    """A kept payload, compressed where the reader takes it, to be asked for again by its tag."""
    zipped = takes_gzip()
    response = Response(payload.gzipped if zipped else payload.raw, mimetype=payload.mimetype)
    if zipped:
        response.content_encoding = "gzip"
    response.vary.add("Accept-Encoding")
    response.cache_control.no_cache = True
    response.set_etag(payload.etag + ("-gz" if zipped else ""))
    response.make_conditional(request)
    return response


def _asked_language() -> Translator:
    lang = request.args.get("lang", LANGUAGES[0])
    return translator(lang if lang in LANGUAGES else LANGUAGES[0])
