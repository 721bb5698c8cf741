"""What the server answers: pages, their documents, and how it is."""

from urllib.parse import parse_qsl

from flask import Flask, Response, request

from dashboard import downloads
from dashboard.address import LANGUAGES
from dashboard.answers import Answers
from dashboard.errors import NothingPublished, UnknownAddress
from dashboard.guard import LONGEST_QUERY
from dashboard.i18n import Translator, translator
from dashboard.payload import Payload
from dashboard.reader import Reader
from dashboard.shell import Shell
from pipelines.editions.errors import EditionError

# What is current changes at any moment: browsers ask again by its tag, and what stands between may keep it for seconds.
CURRENT = "public, max-age=0, s-maxage=2, must-revalidate"
FOREVER = "public, max-age=31536000, immutable"
DASH_PAGES = frozenset({"/", "/<path:path>"})  # the rules Dash answers with its index


def register(app: Shell, answers: Answers, reader: Reader) -> None:
    """Add every route and error page to the app's server."""
    server: Flask = app.server
    _pages(server, answers)
    _documents(server, answers)
    downloads.register(server, answers.documents)
    _health(server, reader)
    _errors(server, app)


def _pages(server: Flask, answers: Answers) -> None:
    @server.before_request
    def page() -> Response | None:
        """A page of ours, with its document inside; every other path that Dash would answer is not found."""
        if request.url_rule is None or request.url_rule.rule not in DASH_PAGES:
            return None
        key = answers.documents.key(request.path, request.args)
        return send(answers.page(key), CURRENT)


def _documents(server: Flask, answers: Answers) -> None:
    @server.get("/view/", defaults={"page": ""}, strict_slashes=False)
    @server.get("/view/<page>")
    def view(page: str) -> Response:
        """The document of whatever edition is current."""
        return send(answers.document(answers.documents.key(f"/{page}", request.args)), CURRENT)

    @server.get("/pages/<release>/<election>/<edition>/<lang>/<name>.json")
    def document(release: str, election: str, edition: str, lang: str, name: str) -> Response:
        """A document of the edition its reader has before them; of this release it never changes."""
        page, _, state = name.partition("~")
        if len(state) > LONGEST_QUERY:
            raise UnknownAddress("no such document")
        arguments = {**dict(parse_qsl(state)), "election": election, "lang": lang}
        path = "/" if page == "index" else f"/{page}"
        key = answers.documents.key(path, arguments, reading=edition)
        if key.edition != edition:
            raise UnknownAddress("no such document")
        return send(answers.document(key), FOREVER if release == key.release else CURRENT)


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


def send(payload: Payload, caching: str) -> Response:
    """A kept payload in the encoding the reader takes, to be asked for again by its tag."""
    body, encoding = payload.encoded(request.headers.get("Accept-Encoding", ""))
    response = Response(body, mimetype=payload.mimetype)
    if encoding:
        response.content_encoding = encoding
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = caching
    response.set_etag(f"{payload.etag}-{encoding}" if encoding else payload.etag)
    response.make_conditional(request)
    return response


def _asked_language() -> Translator:
    lang = request.args.get("lang", LANGUAGES[0])
    return translator(lang if lang in LANGUAGES else LANGUAGES[0])
