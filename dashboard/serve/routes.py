"""What the server answers: pages, their documents, and how it is."""

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import parse_qsl

from dash.exceptions import DashException
from flask import Flask, Response, request

from dashboard.address import query
from dashboard.errors import BeforeFirst, Busy, DashboardError, Gone, NothingPublished, UnknownAddress
from dashboard.i18n import Translator, translator
from dashboard.i18n.languages import languages, offered
from dashboard.reader import Reader
from dashboard.serve import api, cards, embed, files
from dashboard.serve.answers import Answers
from dashboard.serve.cache import RETRY_AFTER_SECONDS
from dashboard.serve.documents import Documents
from dashboard.serve.front import MARK
from dashboard.serve.release import is_of_other_code
from dashboard.serve.respond import CURRENT, FOREVER, is_canonical, refusal, send
from dashboard.serve.security import LONGEST_QUERY
from dashboard.serve.shell import Shell
from pipelines.errors import EditionError

SHORTLY = "public, max-age=300"
CONSTANTS = ("/_dash-layout", "/_dash-dependencies")
DASH_PAGES = frozenset({"/", "/<path:path>"})  # the rules Dash answers with its index


def register(app: Shell, answers: Answers, reader: Reader) -> None:
    """Add every route and error page to the app's server."""
    server: Flask = app.server
    _pages(server, answers)
    _documents(server, answers)
    files.register(server, answers.documents, answers.bound)
    api.register(server, answers, reader)
    embed.register(server, app, answers, reader)
    cards.register(server, answers)
    _constants(server, app)
    _health(server, reader, answers.documents)
    _errors(server, app, reader)


def _pages(server: Flask, answers: Answers) -> None:
    @server.before_request
    def page() -> Response | None:
        """A page of ours, with its document inside; every other path that Dash would answer is not found."""
        if request.url_rule is None or request.url_rule.rule not in DASH_PAGES:
            return None
        key = answers.documents.key(request.path, request.args)
        page, is_current = answers.page(key)
        return send(page, CURRENT, repeats=is_current and is_canonical(key))


def _documents(server: Flask, answers: Answers) -> None:
    @server.get("/view/", defaults={"page": ""}, strict_slashes=False)
    @server.get("/view/<path:page>")
    def view(page: str) -> Response:
        """The document of whatever edition is current."""
        key = answers.documents.key(f"/{page}", request.args)
        return send(answers.document(key), CURRENT, repeats=is_canonical(key))

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
        found = answers.document(key) if release == key.release else answers.still(key, release)
        if found is None and is_of_other_code(release):
            raise Gone("a document made by other code")
        if found is None:
            return send(answers.document(key), CURRENT, repeats=False)
        is_canonical = request.path == f"/{replace(key, release=release).folder}/{key.name}.json"
        return send(found, FOREVER, repeats=is_canonical and not request.query_string)


def _constants(server: Flask, app: Shell) -> None:
    """What every page loads is the same for everybody, as long as this process lives."""
    constants: set[str] = set()

    @server.after_request
    def mark(response: Response) -> Response:
        asked = request.full_path.removesuffix("?")
        if not constants:
            constants.update(CONSTANTS, app.files())
        if asked in constants and response.status_code == 200:
            request.environ[MARK] = True
            if asked.startswith("/_dash-"):
                response.headers.setdefault("Cache-Control", SHORTLY)
            response.add_etag()
        return response


def _health(server: Flask, reader: Reader, documents: Documents) -> None:
    @server.get("/healthz")
    def health() -> Response:
        """The process answers, and says where a live campaign was left alone; 200 either way, since it does answer."""
        try:
            behind = list(_left_alone(reader, documents))
        except (EditionError, DashboardError):
            behind = ["no edition"]
        return Response(f"degraded: {', '.join(behind)}\n" if behind else "ok\n", mimetype="text/plain")

    @server.get("/readyz")
    def ready() -> Response:
        """There is an edition to show."""
        if reader.is_ready():
            return Response("ready\n", mimetype="text/plain")
        return Response("no edition yet\n", status=503, mimetype="text/plain")


def _left_alone(reader: Reader, documents: Documents) -> Iterator[str]:
    """The live campaigns whose edition is stale."""
    for election in reader.elections():
        view = documents.view(documents.key("/", {"election": election.id}))
        if view.is_stale:
            yield f"{election.id} is as of {view.projection.as_of}"
    if reader.fault:
        yield "the disk cannot be read; what was read before is served"


def _errors(server: Flask, app: Shell, reader: Reader) -> None:
    @server.errorhandler(DashException)  # a file of a package that is not there, or not one of its files
    @server.errorhandler(UnknownAddress)
    @server.errorhandler(404)
    def missing(error: Exception) -> Response:
        """What is not here; of a day before the first edition, which day that is and the way there."""
        said = refusal(404, "Not Found", str(error) if isinstance(error, UnknownAddress) else "no such address")
        if said:
            return said
        t = _asked_language(reader)
        if not isinstance(error, BeforeFirst):
            return Response(app.plain("missing", t, f"/?lang={t.lang}"), status=404, mimetype="text/html")
        first = {"election": request.args.get("election"), "as_of": error.first.isoformat(), "lang": t.lang}
        page = app.plain("before", t, f"/{query(first)}", date=t.date(error.first))
        return Response(page, status=404, mimetype="text/html")

    @server.errorhandler(Busy)
    def busy(_error: Exception) -> Response:
        response = refusal(503, "Service Unavailable", "too much is being worked out: ask again")
        response = response or Response("busy\n", status=503, mimetype="text/plain")
        response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
        return response

    @server.errorhandler(Gone)
    def gone(error: Exception) -> Response:
        """Of a document the script loads the page again, which has documents of its own."""
        if said := refusal(410, "Gone", str(error)):
            return said
        return Response(app.plain("gone", _asked_language(reader)), status=410, mimetype="text/html")

    @server.errorhandler(NothingPublished)
    def empty(_error: Exception) -> Response:
        if said := refusal(503, "Service Unavailable", "no edition was published yet"):
            return said
        return Response(app.plain("empty", _asked_language(reader)), mimetype="text/html")

    @server.errorhandler(EditionError)
    def failed(error: Exception) -> Response:
        server.logger.error("edition refused: %r", str(error))
        if said := refusal(503, "Service Unavailable", "that edition cannot be read"):
            return said
        return Response(app.plain("failed", _asked_language(reader)), status=503, mimetype="text/html")


def _asked_language(reader: Reader) -> Translator:
    """The language of a page about no edition: the one asked for, else that of this installation's electorate."""
    electorates = reader.electorates()
    usual = offered(electorates[0][0].languages if electorates else ())[0]
    lang = request.args.get("lang", usual)
    return translator(lang if lang in languages() else usual)
