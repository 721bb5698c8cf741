"""The entry desk as a web application of its own: it is never part of the one that readers reach.

A form becomes a check, a check a draft, and a draft that another person approves a sheet of raw data. What is typed
stands in bodies of requests alone: in no address and in no log.
"""

import logging
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, g, redirect, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from dashboard.address import Busy
from dashboard.desk import pages
from dashboard.desk.pages import LIST, TEXT, TOKEN, Lists, Visit
from dashboard.desk.people import Rate, SignOn, Tokens
from dashboard.i18n import offered
from dashboard.serve.cache import ComputeBound
from dashboard.serve.security import HEADERS
from pipelines.desk.check import Check, Standing, check
from pipelines.desk.drafts import FIELDS, Drafts, is_same_person, sheet_text
from pipelines.electorate import Campaign
from pipelines.electorate.folder import load
from pipelines.errors import DraftRefused, PageRefused
from pipelines.ingest.imports import waiting_sheets
from pipelines.ingest.run import fingerprint
from pipelines.request import RefreshRequest
from pipelines.settings import Settings

ASSETS = Path(__file__).parents[1] / "assets"
LARGEST_BODY = 64 * 1024
LONGEST_QUERY = 300
FORM = "application/x-www-form-urlencoded"
PATIENCE_SECONDS = 20.0  # a check of the longest campaign takes five
SHEET = "desk.csv"
POLICY = "; ".join(
    (
        "default-src 'none'", "style-src 'self' 'unsafe-inline'", "font-src 'self'", "img-src 'self'",
        "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
    )
)  # fmt: skip


@dataclass
class Desk:
    """What the desk works on; `standing` is kept until anything that it follows from is another."""

    data_dir: Path
    sign_on: SignOn
    electorate: str
    settings: Settings = field(default_factory=Settings)
    today: date | None = None
    draws: int = 100_000
    tokens: Tokens = field(default_factory=Tokens)
    rate: Rate = field(default_factory=Rate)
    bound: ComputeBound = field(default_factory=lambda: ComputeBound(1, PATIENCE_SECONDS))
    _standings: dict[str, tuple[str, Standing]] = field(default_factory=dict)

    @property
    def request(self) -> RefreshRequest:
        return RefreshRequest(self.data_dir, self.today, None, self.draws, 0, settings=self.settings)

    @property
    def drafts(self) -> Drafts:
        return Drafts(self.data_dir)

    def campaigns(self) -> tuple[Campaign, ...]:
        """The campaigns that polls may be entered for: those that are live, the nearest vote first."""
        every = load(self.data_dir / "raw", [self.electorate]).of(self.electorate)
        live = [one for one in every if one.calendar.is_live(self.request.today_in(one.zone))]
        return tuple(sorted(live, key=lambda one: one.election.vote_date))

    def check(self, campaign: Campaign, text: str) -> Check:
        """A check of what was entered; raises PageRefused, or Busy where another takes too long."""
        with self.bound.place():
            return check(self._standing(campaign), text.encode(), SHEET)

    def lists(self, campaign: Campaign) -> Lists:
        """The lists of a form, by what the last polls had for them."""
        most = self._standing(campaign).lists
        return Lists(tuple(name for name in most if most[name]), tuple(name for name in most if not most[name]))

    def _standing(self, campaign: Campaign) -> Standing:
        election = campaign.election.id
        raw, today = self.data_dir / "raw", self.request.today_in(campaign.zone)
        approved = [snapshot.sha256 for snapshot, _ in waiting_sheets(raw, campaign, today)]
        mark = f"{fingerprint(raw, campaign)} {today} {approved}"
        cached = self._standings.get(election)
        if cached is None or cached[0] != mark:
            cached = self._standings[election] = mark, Standing.of(self.request, election)
        return cached[1]


def create_desk(desk: Desk) -> Flask:
    """The application; every page asks for a person, and every form for its token."""
    app = Flask(__name__, static_folder=None)
    app.config.update(MAX_CONTENT_LENGTH=LARGEST_BODY, MAX_FORM_MEMORY_SIZE=LARGEST_BODY)
    app.url_map.merge_slashes = False
    desk.drafts.sweep()
    _guard(app, desk)
    _routes(app, desk)
    _errors(app)
    return app


OPEN = ("asset", "health")  # what needs nobody's name


def _guard(app: Flask, desk: Desk) -> None:
    @app.before_request
    def admit() -> None:
        """Who it is, whether a form is theirs, and whether they ask for too much: before anything is read."""
        if len(request.query_string) > LONGEST_QUERY:
            abort(414)
        if request.endpoint in OPEN:
            return
        peer, host = str(request.environ.get("REMOTE_ADDR", "")), request.environ.get("HTTP_HOST", "")
        g.person = desk.sign_on.person(peer, host, request.headers.get(desk.sign_on.header, ""))
        if g.person is None:
            abort(403, "desk.nobody")
        if request.method == "POST":
            if request.mimetype != FORM:
                abort(415)
            is_ours = request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"
            if not is_ours or not desk.tokens.is_own(g.person, request.form.get(TOKEN, "")):
                abort(403, "desk.forged")
        if (request.method == "POST" or request.endpoint == "draft") and not desk.rate.allows(g.person):
            abort(429, "desk.too_often")

    @app.after_request
    def dress(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers[name] = value
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["Cache-Control"] = "no-store"
        return response


def _routes(app: Flask, desk: Desk) -> None:
    @app.get("/")
    def home() -> str:
        visit = _visit(desk)
        election = visit.campaign.election.id
        drafts = [draft for draft in desk.drafts.all() if draft.election == election]
        approvals = [row for row in desk.drafts.approvals() if row.election == election]
        return pages.home(visit, drafts, approvals)

    @app.get("/new")
    def new() -> str:
        visit = _visit(desk)
        return pages.entry(visit, desk.lists(visit.campaign), {})

    @app.post("/check")
    def checked() -> str:
        visit = _visit(desk)
        text, entered = _entered(), dict(request.form.items())
        try:
            parts = pages.checked(desk.check(visit.campaign, text), visit)
        except PageRefused as error:
            return pages.entry(visit, desk.lists(visit.campaign), entered, pages.refusal(visit, str(error)))
        keep = pages.button(visit, "desk.keep", "/keep", text=text)
        return pages.entry(visit, desk.lists(visit.campaign), entered, *parts, keep)

    @app.post("/keep")
    def keep() -> AnyResponse:
        visit = _visit(desk)
        draft = desk.drafts.add(visit.campaign.election.id, _entered(), g.person)
        return redirect(visit.at(f"/draft/{draft.id}"), 303)

    @app.get("/draft/<draft_id>")
    def draft(draft_id: str) -> str:
        visit, stored = _visit(desk), desk.drafts.get(draft_id)
        return pages.draft(visit, stored, _checked(visit, desk, stored.text), may_approve=_may_approve(desk, stored.by))

    @app.post("/draft/<draft_id>/approve")
    def approve(draft_id: str) -> AnyResponse:
        """Checked once more by what is known now: what no import would take is not approved."""
        visit, stored = _visit(desk), desk.drafts.get(draft_id)
        if stored.election != visit.campaign.election.id:
            abort(404)
        if not _may_approve(desk, stored.by):
            abort(403, "desk.needs_another")
        try:
            is_sound = desk.check(visit.campaign, stored.text).is_importable
        except PageRefused:
            is_sound = False
        if not is_sound:
            abort(409, "desk.not_sound")
        desk.drafts.approve(stored.id, g.person, is_alone=desk.sign_on.is_alone)
        return redirect(visit.at("/"), 303)

    @app.post("/draft/<draft_id>/withdraw")
    def withdraw(draft_id: str) -> AnyResponse:
        desk.drafts.withdraw(draft_id)
        return redirect(_visit(desk).at("/"), 303)

    @app.get("/assets/<path:name>")
    def asset(name: str) -> Response:
        """The style sheet, the icon and the type; no script."""
        path = ASSETS / name
        kinds = {".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2"}
        is_there = ".." not in name and path.suffix in kinds and path.is_file()
        return Response(path.read_bytes(), mimetype=kinds[path.suffix]) if is_there else abort(404)

    @app.get("/healthz")
    def health() -> Response:
        return Response("ok\n", mimetype="text/plain")


def _may_approve(desk: Desk, by: str) -> bool:
    return desk.sign_on.is_alone or not is_same_person(by, g.person)


def _visit(desk: Desk) -> Visit:
    """Whose page it is: the campaign asked for, else the nearest vote; the language asked for, else the first."""
    campaigns = desk.campaigns()
    election = request.args.get("election")
    campaign = next((one for one in campaigns if election in (None, one.election.id)), None)
    if campaign is None:
        abort(404)
    languages = offered(campaign.electorate.settings.languages)
    lang = request.args.get("lang", languages[0])
    if lang not in languages:
        abort(404)
    return Visit(campaign, campaigns, lang, languages, g.person, desk.tokens.make(g.person))


def _entered() -> str:
    """What a form holds as a sheet: what was pasted, else its fields."""
    if pasted := request.form.get(TEXT, "").strip():
        return pasted + "\n"
    fields = {name: request.form.get(name, "") for name in FIELDS}
    lists = {name.removeprefix(LIST): text for name, text in request.form.items() if name.startswith(LIST)}
    return sheet_text(fields, lists)


def _checked(visit: Visit, desk: Desk, text: str) -> list[Any]:
    try:
        return list(pages.checked(desk.check(visit.campaign, text), visit))
    except PageRefused as error:
        return [pages.refusal(visit, str(error))]


def _errors(app: Flask) -> None:
    def error_page(status: int, key: str, **headers: str) -> Response:
        lang = request.args.get("lang", "")
        languages = offered([lang])
        html = pages.plain_page(languages[0], key)
        return Response(html, status=status, mimetype="text/html", headers=headers)

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> Response:
        described = error.description or ""
        key = described if described.startswith("desk.") else "desk.refused"
        return error_page(error.code or 400, key, **({"Retry-After": "60"} if error.code == 429 else {}))

    @app.errorhandler(DraftRefused)
    def gone(_error: Exception) -> Response:
        return error_page(409, "desk.no_draft")

    @app.errorhandler(Busy)
    def busy(_error: Exception) -> Response:
        return error_page(503, "desk.busy", **{"Retry-After": "10"})

    @app.errorhandler(Exception)
    def broken(error: Exception) -> Response:
        """What nobody foresaw: its kind and place are logged, never what it says, which may be what was typed."""
        trace = error.__traceback__
        while trace and trace.tb_next:
            trace = trace.tb_next
        place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "?"
        logging.getLogger("dashboard.desk").error("failed: %s at %s", type(error).__name__, place)
        return error_page(500, "desk.broken")
