"""The dashboard put together: editions in, a web application out."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from dashboard import pages
from dashboard.reader import Clock, Reader
from dashboard.render import dash
from dashboard.serve import release, routes, security
from dashboard.serve.answers import Answers
from dashboard.serve.documents import Documents
from dashboard.serve.front import Front
from dashboard.serve.prerendered import Prerendered
from dashboard.serve.shell import Shell
from pipelines.editions.edition import load_libraries

OWN_PLACE = r"(boot|start|embed)\.js|plotly-.*"  # files that the page names itself


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
    routes.register(app, answers, reader)
    security.dress(app)
    app.prepare()
    server = app.server
    server.wsgi_app = Front(server.wsgi_app, lambda: release.of_all(reader, clock))
    return app, answers
