"""`python -m dashboard`: serve the published editions; make pages ahead, copy them, or open the entry desk."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy loads: readers are many, cores are few

import ipaddress
import sys
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from dashboard.address import DashboardError, query
from dashboard.i18n import offered
from dashboard.reader import Clock, Reader
from dashboard.serve.app import create, create_app
from dashboard.serve.prerender import REFUSED, prerender
from dashboard.serve.prerendered import Prerendered
from dashboard.serve.server import DESK, Server
from dashboard.serve.site import is_copy, write_site
from dashboard.serve.telling import briefing, view_of
from dashboard.settings import TRUSTED_PROXIES, SettingsRefused, desk_settings, settings
from pipelines.errors import EditionError

command = typer.Typer(add_completion=False, help="Serve the dashboard, or make its pages ahead.")

DATA_HELP = "The data directory; serving reads it and never writes."
DataDir = Annotated[Path, typer.Option("--data-dir", exists=True, file_okay=False, help=DATA_HELP)]
Today = Annotated[
    datetime | None, typer.Option("--today", formats=["%Y-%m-%d"], help="The day it is, instead of the clock's.")
]


@command.callback(invoke_without_command=True)
def serve(
    context: typer.Context,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8050,
    data_dir: Annotated[Path, typer.Option("--data-dir", help=DATA_HELP)] = Path("data"),
    today_is: Today = None,
    debug: Annotated[bool, typer.Option("--debug", help="Reload and show errors; on a loopback address only.")] = False,
) -> None:
    """Serve the published editions until SIGTERM."""
    if context.invoked_subcommand:
        return  # which has a data directory of its own
    if not data_dir.is_dir():
        raise typer.BadParameter(f"directory {str(data_dir)!r} does not exist", param_hint="--data-dir")
    if debug and not is_loopback(host):
        raise DashboardError(f"--debug on {host}: only on a loopback address such as 127.0.0.1")
    app = create_app(Reader(data_dir / "processed"), _day(today_is))
    if debug:
        app.run(host=host, port=port, debug=True)
        return
    Server(app.server, host, port, f"Hemicycle: http://{_in_address(host)}:{port}").run()


@command.command("prerender")
def prerender_command(
    data_dir: DataDir = Path("data"),
    today_is: Today = None,
    jobs: Annotated[int | None, typer.Option(min=1, help="Processes; as many as there are cores by default.")] = None,
) -> None:
    """Make and compress every page of the current editions ahead; what is there already is left alone."""
    processed = data_dir / "processed"
    prerendered = Prerendered(processed)
    is_whole = True
    with prerendered.alone():
        for election, became, detail in prerender(create, processed, _day(today_is), jobs):
            typer.echo(f"{election}: {became} ({detail})", err=True)
            is_whole = is_whole and became != REFUSED
        removed = prerendered.tidy()
    if removed:
        typer.echo(f"removed: {', '.join(removed)}", err=True)
    raise typer.Exit(0 if is_whole else 1)


@command.command("site")
def site_command(
    out: Annotated[
        Path, typer.Option("--out", help="The folder of the copy; one that holds something else is refused.")
    ],
    data_dir: DataDir = Path("data"),
    today_is: Today = None,
) -> None:
    """Write a read-only copy of the current editions for any web server or object store."""
    if out.exists() and not is_copy(out):
        raise DashboardError(f"{out}: not empty and no copy of the dashboard; name a new folder")
    app, answers = create(Reader(data_dir / "processed"), _day(today_is))
    count = write_site(app, answers.documents, out)
    typer.echo(f"{out}: {count} files", err=True)


@command.command("desk")
def desk_command(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8051,
    user: Annotated[str | None, typer.Option("--user", help="Who is at this machine, where no proxy says so.")] = None,
    data_dir: DataDir = Path("data"),
    today_is: Today = None,
) -> None:
    """Open the entry desk: check a poll, keep it as a draft, approve another person's. Never the readers' process."""
    from dashboard.desk.app import Desk, create_desk
    from dashboard.desk.people import NAME, SignOn
    from pipelines.settings import Settings

    environment = desk_settings()
    if user is not None and environment.proxies:
        raise DashboardError(f"--user and {TRUSTED_PROXIES}: take one of them, or nobody knows who is meant")
    if user is None and not environment.proxies:
        raise DashboardError(f"nobody can sign in: give --user NAME, or set {TRUSTED_PROXIES}")
    if user is not None and not (is_loopback(host) and NAME.fullmatch(user)):
        raise DashboardError(f"--user {user} on {host}: a plain name, and a loopback address such as 127.0.0.1")
    sign_on = SignOn(environment.proxies, environment.header, user, environment.is_alone)
    today = None if today_is is None else today_is.date()
    desk = Desk(data_dir, sign_on, settings().electorate, Settings.read(), today)
    address = f"http://{_in_address(host)}:{port}"
    Server(create_desk(desk), host, port, f"Hemicycle desk: {address}", **DESK).run()


@command.command("briefing")
def briefing_command(
    election: Annotated[str | None, typer.Option("--election", help="The newest without it.")] = None,
    lang: Annotated[str | None, typer.Option("--lang", help="The electorate's first language without it.")] = None,
    is_html: Annotated[bool, typer.Option("--html", help="A page that stands alone, in the place of text.")] = False,
    data_dir: DataDir = Path("data"),
    today_is: Today = None,
) -> None:
    """Half a page for the morning meeting: the lead, what moved, the week's polls, who is in doubt, what is ahead."""
    reader, day = Reader(data_dir / "processed"), _day(today_is)
    edition = reader.edition(election or None)
    languages = offered(edition.reference.electorate.languages)
    if lang and lang not in languages:
        raise DashboardError(f"--lang {lang}: {edition.election} is in {', '.join(languages)}; take one of them")
    language = lang or languages[0]
    if is_html:
        parameters = {"election": edition.election, "edition": edition.id, "lang": language}
        client = create_app(reader, day).server.test_client()
        typer.echo(client.get(f"/embed/briefing/briefing{query(parameters)}").get_data(as_text=True))
    else:
        today = Clock(day).today(edition.reference.electorate.zone)
        typer.echo(briefing(view_of(edition, language, today)), nl=False)


def _day(today_is: datetime | None) -> Callable[[], date] | None:
    if today_is is None:
        return None
    fixed = today_is.date()
    return lambda: fixed


def is_loopback(host: str) -> bool:
    """True for addresses that only this machine reaches."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _in_address(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def main() -> None:
    """Run the command line; what is refused is one line on stderr and exit 1."""
    try:
        command()
    except (DashboardError, EditionError, SettingsRefused, OSError) as error:
        typer.echo(f"error: {error}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
