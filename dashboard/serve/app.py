"""The dashboard put together: editions in, a web application out, and what stands at its addresses."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from urllib.parse import parse_qsl

from dash.exceptions import DashException
from flask import Flask, Response, request

from dashboard import pages
from dashboard.address import BeforeFirst, Busy, DashboardError, Gone, NothingPublished, UnknownAddress, query
from dashboard.i18n import Translator, languages, offered, translator
from dashboard.reader import AGAIN_SECONDS, Clock, Reader
from dashboard.render import dash, sheet
from dashboard.serve import api, cards, embed, feed, files, release, security
from dashboard.serve.answers import Answers
from dashboard.serve.cache import RETRY_AFTER_SECONDS
from dashboard.serve.documents import Documents
from dashboard.serve.prerendered import Prerendered
from dashboard.serve.release import is_of_other_code, stale
from dashboard.serve.respond import CURRENT, FOREVER, describe, is_canonical, refusal, send
from dashboard.serve.response_cache import MARK, ResponseCache
from dashboard.serve.security import LONGEST_QUERY
from dashboard.serve.shell import Shell
from dashboard.view import FEED, View
from pipelines.editions.edition import load_libraries
from pipelines.errors import EditionError

OWN_PLACE = r"(boot|start|embed)\.js|plotly-.*"  # files that the page names itself
TABLE_ENDS = ("-chart-table", "-table")  # of a table's name in an address; the first is what charts' tables were called
SHORTLY = "public, max-age=300"
CONSTANTS = ("/_dash-layout", "/_dash-dependencies")
DASH_PAGES = frozenset({"/", "/<path:path>"})  # the rules Dash answers with its index


def create_app(reader: Reader, day: Callable[[], date] | None = None) -> Shell:
    """The application over a reader of editions; `day` says what day it is, in the place of each electorate's clock."""
    return create(reader, day)[0]


def create(reader: Reader, day: Callable[[], date] | None = None) -> tuple[Shell, Answers]:
    """The application and the answers behind it."""
    clock = Clock(day, reader.now)
    load_libraries()
    app = Shell(
        "dashboard",
        assets_folder=str(Path(__file__).parents[1] / "assets"),
        assets_ignore=OWN_PLACE,
        suppress_callback_exceptions=True,
        update_title="",
        title="Hemicycle",
    )
    app.layout = dash.layout()
    dash.callbacks(app)
    security.limit(app)
    answers = Answers(Documents(reader, clock, pages.register()), app, Prerendered(reader.processed))
    add_routes(app, answers)
    security.dress(app)
    app.prepare()
    server = app.server
    server.wsgi_app = ResponseCache(
        server.wsgi_app, partial(release.of_all, reader, clock), partial(release.glance, reader, clock)
    )
    return app, answers


def add_routes(app: Shell, answers: Answers) -> None:
    """Add every route and error page to the app's server."""
    server: Flask = app.server
    documents = answers.documents
    _pages(server, answers)
    _documents(server, answers)
    _files(server, documents)
    api.register(server, documents)
    embed.register(server, app, documents)
    cards.register(server, documents)
    _constants(server, app)
    _health(server, documents)
    _errors(server, app, documents.reader)


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
        payload = answers.document(key) if release == key.release else answers.of_release(key, release)
        if payload is None and is_of_other_code(release):
            raise Gone("a document made by other code")
        if payload is None:
            return send(answers.document(key), CURRENT, repeats=False)
        is_canonical = request.path == f"/{replace(key, release=release).folder}/{key.name}.json"
        return send(payload, FOREVER, repeats=is_canonical and not request.query_string)


def _files(server: Flask, documents: Documents) -> None:
    @server.get("/download/<name>.<ending>")
    def download(name: str, ending: str) -> Response:
        """A table of the whole campaign or edition, its columns called by ids, in every language the same."""
        page = next((page for page in documents.pages.values() if name in page.files), None)
        if page is None or ending not in sheet.TYPES:
            raise UnknownAddress("no such file")
        view = documents.view(documents.key(page.path, request.args))
        t = translator(view.lang)
        with documents.bound.place():
            lines = sheet.lines(page.files[name](view), t, with_labels=False)
            content = sheet.TYPES[ending].write(lines, name, files.about(view, None, t), t)
        return _file(view, name, ending, content)

    @server.get("/table/<table>.<ending>", defaults={"page": ""})
    @server.get("/table/<page>/<table>.<ending>")
    def table(page: str, table: str, ending: str) -> Response:
        """The table of a block."""
        key = documents.key(f"/{page}", request.args)
        end = next((end for end in TABLE_ENDS if table.endswith(end)), None)
        if end is None or ending not in sheet.TYPES:
            raise UnknownAddress("no such table")
        name = table.removesuffix(end)
        with documents.bound.place():
            view = documents.view(key)
            content, _ = files.render(view, documents.pages[key.path], documents.block(key, name), ending)
        return _file(view, name, ending, content)

    @server.get(FEED)
    def changes() -> Response:
        parameters = {name: request.args[name] for name in ("election", "lang") if name in request.args}
        view = documents.view(documents.key("/", parameters))
        return Response(feed.atom(view, translator(view.lang)), mimetype=feed.MIMETYPE)


def _file(view: View, name: str, ending: str, content: bytes) -> Response:
    response = Response(content, mimetype=sheet.TYPES[ending].mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{files.named(view, name, ending)}"'
    response.cache_control.no_cache = True
    return describe(response, view)


def _constants(server: Flask, app: Shell) -> None:
    """What every page loads is the same for everybody, as long as this process lives."""
    constants: set[str] = set()

    @server.after_request
    def mark(response: Response) -> Response:
        address = request.full_path.removesuffix("?")
        if not constants:
            constants.update(CONSTANTS, app.files())
        if address in constants and response.status_code == 200:
            request.environ[MARK] = True
            if address.startswith("/_dash-"):
                response.headers.setdefault("Cache-Control", SHORTLY)
            response.add_etag()
        return response


def _health(server: Flask, documents: Documents) -> None:
    @server.get("/healthz")
    def health() -> Response:
        """The process answers, and says where a live campaign was left alone; 200 either way, since it does answer."""
        try:
            behind = list(_stale_campaigns(documents))
        except (EditionError, DashboardError):
            behind = ["no edition"]
        return Response(f"degraded: {', '.join(behind)}\n" if behind else "ok\n", mimetype="text/plain")

    @server.get("/readyz")
    def ready() -> Response:
        """There is an edition to show."""
        if documents.reader.is_ready():
            return Response("ready\n", mimetype="text/plain")
        reason = "the editions cannot be read" if documents.reader.fault else "no edition yet"
        return Response(f"{reason}\n", status=503, mimetype="text/plain")


def _stale_campaigns(documents: Documents) -> Iterator[str]:
    """The live campaigns whose edition is stale; asked all the time by whoever watches, so no page is looked at."""
    if documents.reader.fault:
        yield f"the editions cannot be read; {documents.reader.served_meanwhile}"
    late = stale(documents.reader, documents.clock)
    for election in documents.reader.elections():
        edition = documents.reader.edition(election.id)
        if election.id in late:
            yield f"{election.id} is as of {edition.projection.as_of}"


def _errors(server: Flask, app: Shell, reader: Reader) -> None:
    @server.errorhandler(DashException)  # a file of a package that is not there, or not one of its files
    @server.errorhandler(UnknownAddress)
    @server.errorhandler(404)
    def missing(error: Exception) -> Response:
        """What is not here; of a day before the first edition, which day that is and the way there."""
        problem = refusal(404, "Not Found", str(error) if isinstance(error, UnknownAddress) else "no such address")
        if problem:
            return problem
        t = _requested_language(reader)
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
        if problem := refusal(410, "Gone", str(error)):
            return problem
        return Response(app.plain("gone", _requested_language(reader)), status=410, mimetype="text/html")

    @server.errorhandler(NothingPublished)
    def empty(_error: Exception) -> Response:
        if problem := refusal(503, "Service Unavailable", "no edition was published yet"):
            return problem
        is_page = request.url_rule is not None and request.url_rule.rule in DASH_PAGES
        page = app.plain("empty", _requested_language(reader))
        return Response(page, status=200 if is_page else 503, mimetype="text/html")

    @server.errorhandler(EditionError)
    @server.errorhandler(OSError)
    def failed(error: Exception) -> Response:
        """What cannot be read now; the disk's or the store's own fault was logged when it was met."""
        if not isinstance(error, EditionError):
            server.logger.error("not read: %r", str(error), exc_info=error if reader.fault is None else None)
        elif reader.fault is None:
            server.logger.error("edition refused: %r", str(error))
        response = refusal(503, "Service Unavailable", "that edition cannot be read")
        response = response or Response(
            app.plain("failed", _requested_language(reader)), status=503, mimetype="text/html"
        )
        response.headers["Retry-After"] = f"{AGAIN_SECONDS:.0f}"
        return response


def _requested_language(reader: Reader) -> Translator:
    """The language of a page about no edition: the one asked for, else that of this installation's electorate."""
    electorates = reader.electorates()
    usual = offered(electorates[0][0].languages if electorates else ())[0]
    lang = request.args.get("lang", "")
    return translator(lang if lang in languages() else usual)
