"""`python -m pipelines …`: arguments in, one document or one clear line out.

Exit: 0 done; 1 refused or failed; 2 wrong usage; 3 done, with remarks.
"""

import csv
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from electoral.errors import ElectoralError
from pipelines import log
from pipelines.commands import desk, maintenance, vote
from pipelines.commands.console import (
    DATA,
    FAILED,
    AsJson,
    AsOf,
    DataDir,
    ElectionId,
    Today,
    messages,
    print_json,
    print_table,
    say,
)
from pipelines.editions import gate
from pipelines.editions.store import Edition
from pipelines.errors import NoEdition, PipelineError
from pipelines.nightly import lock
from pipelines.request import RefreshRequest, clock_now, resolve_as_of
from pipelines.settings import ELECTORATE, KEEP_EDITIONS, Settings

if TYPE_CHECKING:
    from pipelines.editions.schema import Polls, Projection
    from pipelines.nightly.status import EditionStatus

app = typer.Typer(
    help="Polls in, editions out.", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
)
maintenance.register(app)
desk.register(app)
vote.register(app)


@app.command()
def refresh(
    election: Annotated[str, typer.Option("--election", help="An id, all, or all-live.")],
    as_of: AsOf = None,
    offline: Annotated[bool, typer.Option("--offline", help="Use only what data/raw holds.")] = False,
    draws: Annotated[int, typer.Option(min=100, max=1_000_000)] = 100_000,
    seed: Annotated[int, typer.Option(min=0)] = 0,
    keep_editions: Annotated[
        int, typer.Option(envvar=KEEP_EDITIONS, min=0, help="Editions kept a campaign; 0 keeps all.")
    ] = 0,
    days: Annotated[
        int, typer.Option(min=1, max=60, help="Of the newest campaign, the editions of so many days, replayed.")
    ] = 1,
    as_json: AsJson = False,
    data_dir: DataDir = DATA,
    today: Today = None,
) -> None:
    """Polls → checks → ledger → trend → draws → one edition, for one campaign or for all."""
    if as_of and election in ("all", "all-live"):
        raise typer.BadParameter(f"--as-of goes with one election, not with {election}")
    processed = data_dir / "processed"
    from pipelines.electorate.folder import electorates_of

    electorates = electorates_of(data_dir / "raw", election)
    # The lock comes first: a second run is told so before it has loaded any library that takes time.
    with lock.refreshing(data_dir, electorates) as is_alone, log.recorded(processed):
        from pipelines.nightly.night import night  # statsmodels takes a second to load; the other commands do without

        request = RefreshRequest(
            data_dir, today, as_of, draws, seed, settings=Settings.read(), is_alone=is_alone, days=days, jobs=0
        )
        results, code = night(election, request, offline, keep_editions)
    maintenance.tell_channels(request, electorates)
    if as_json:
        newly = sum(result.newly_quarantined for result in results)
        print_json({"editions": [asdict(result) for result in results], "newly_quarantined": newly})
    if code:
        raise typer.Exit(code)


@app.command()
def polls(
    election: ElectionId,
    as_of: AsOf = None,
    as_json: AsJson = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print one row per poll and list.")] = False,
    data_dir: DataDir = DATA,
    today: Today = None,
) -> None:
    """Every poll of an edition, as published."""
    _refuse_two(as_json, as_csv)
    edition = _edition(election, as_of, data_dir, today)
    if as_json:
        sys.stdout.write(edition.document("polls.json").decode() + "\n")
    elif as_csv:
        _print_polls_csv(edition.polls)
    else:
        _print_polls(edition.polls)


@app.command()
def projection(
    election: ElectionId,
    as_of: AsOf = None,
    as_json: AsJson = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print one row per list.")] = False,
    data_dir: DataDir = DATA,
    today: Today = None,
) -> None:
    """The projection of the last published edition of an election and as-of day."""
    _refuse_two(as_json, as_csv)
    edition = _edition(election, as_of, data_dir, today)
    if as_json:
        print_json(contract(edition))
    elif as_csv:
        _print_projection_csv(edition.projection)
    else:
        _print_projection(edition.projection)


@app.command()
def status(as_json: AsJson = False, data_dir: DataDir = DATA, today: Today = None) -> None:
    """Sources, freshness, quarantine and current editions."""
    from pipelines.nightly.status import status as read_status

    is_ban_relaxed = Settings.read().is_ban_relaxed
    state = read_status(data_dir, today or clock_now(), is_ban_relaxed=is_ban_relaxed, with_disagreements=as_json)
    if as_json:
        print_json(asdict(state))
        return
    for fault in state.faults:
        say(f"warning: {fault}")
    print_table(
        ("election", "edition", "kind", "polls to", "quarantined", ""),
        (
            (
                row.election,
                row.edition or "none",
                row.kind or "",
                str(row.latest_fieldwork_end or ""),
                "unknown" if row.quarantined is None else str(row.quarantined),
                _condition(row),
            )
            for row in state.editions
        ),
    )


def _condition(row: "EditionStatus") -> str:
    """What a desk must know of a campaign's edition, in a word or two."""
    if row.fault:
        return "damaged: the last good edition is served" if row.edition else "damaged: nothing can be served"
    if row.is_frozen:
        return "frozen by the publication ban"
    old = "of unknown age" if row.age_hours is None else f"{row.age_hours:.0f} hours old"
    return f"stale: {old}" if row.is_stale else ""


@app.command()
def hindcast(
    election: Annotated[list[str] | None, typer.Option("--election", help="Score only these; all without it.")] = None,
    electorate: Annotated[str, typer.Option("--electorate", envvar=ELECTORATE, help="Whose past is replayed.")] = "il",
    daily: Annotated[bool, typer.Option("--daily", help="Also the day-by-day path of each campaign.")] = False,
    out: Annotated[Path | None, typer.Option(help="Write record.json and record.md into this folder.")] = None,
    as_json: AsJson = False,
    data_dir: DataDir = DATA,
    today: Today = None,
) -> None:
    """The past replayed as of then, our model beside its baselines, scored against what happened."""
    from rich.console import Console
    from rich.progress import Progress

    from pipelines.hindcast.record import replay_past

    with Progress(console=messages(), transient=True, disable=not messages().is_terminal) as bar:
        rounds = bar.add_task("reading past campaigns", total=None)

        def progress(done: int, total: int, which: str) -> None:
            bar.update(rounds, completed=done, total=total, description=which)

        table = replay_past(data_dir, electorate, election or [], today, daily=daily, out=out, progress=progress)
    if as_json:
        print_json(table)
        return
    for model, crps in table["mean"].items():
        Console().print(f"{model:24} {crps:.3f}")


def _edition(election: str, as_of: date | None, data_dir: Path, today: date | None) -> Edition:
    from pipelines.electorate.folder import calendar_of

    calendar = calendar_of(data_dir / "raw", election)
    day, _ = resolve_as_of(calendar.vote_date, today or clock_now().astimezone(calendar.zone).date(), as_of)
    try:
        return Settings.read().editions(data_dir / "processed").as_of(election, day)
    except NoEdition as error:
        ban = None if Settings.read().is_ban_relaxed else gate.binding(calendar, "poll", today or clock_now())
        if ban is None:
            raise
        until = f"{ban.end:%Y-%m-%d %H:%M}"
        raise NoEdition(
            f"{str(error).partition(':')[0]}: the publication ban is on until {until} and a refresh publishes nothing;"
            " `status` names the edition from before it, `--as-of` its day"
        ) from error


def _refuse_two(as_json: bool, as_csv: bool) -> None:
    if as_json and as_csv:
        raise typer.BadParameter("--json and --csv are two documents; choose one")


def _print_projection_csv(projection: "Projection") -> None:
    """A row a list: the printed seats, then statistics of the draws, the nowcast's while the lists are not closed."""
    rows = [
        {"list": row.id, "bloc": row.bloc, "seats_now": row.seats_now, "seats": projection.allocation[row.id]}
        | {"trend_seats": row.trend_seats, "trend_share_pct": row.trend_share_pct, "p_pass": row.p_pass}
        | {f"draws_{name}": value for name, value in (row.seats or row.nowcast).model_dump().items()}
        for row in projection.lists
    ]
    writer = csv.DictWriter(sys.stdout, list(rows[0]) if rows else ["list"], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)


def _print_polls_csv(document: "Polls") -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(
        ["poll", "kind", "pollster", "publisher", "fieldwork_start", "fieldwork_end", "published_date",
         "sample_size", "list", "label", "status", "seats", "pct", "share", "derivation", "source", "unit", "urls"]
    )  # fmt: skip
    for poll in document.polls:
        survey = [poll.poll, poll.kind, poll.pollster, poll.publisher, poll.fieldwork_start, poll.fieldwork_end,
                  poll.published_date, poll.sample_size]  # fmt: skip
        citation = [poll.source, poll.unit, " ".join(poll.urls)]
        for value in poll.values:
            printed = [value.label, value.status, _plain(value.seats), value.pct]
            writer.writerow([*survey, value.list, *printed, _plain(value.share), value.derivation, *citation])
        for column in poll.unknown:
            printed = [column.label, column.status, _plain(column.seats), column.pct]
            writer.writerow([*survey, None, *printed, None, None, *citation])


def _plain(number: float | None) -> str:
    """A number as a person writes it, to six digits; empty where there is none."""
    return "" if number is None else f"{number:.6g}"


def _print_polls(document: "Polls") -> None:
    rows = []
    for poll in document.polls:
        seats = "  ".join(f"{value.list} {value.seats:g}" for value in poll.values if value.seats)
        n = "not published" if poll.sample_size is None else str(poll.sample_size)
        rows.append((str(poll.fieldwork_end), poll.pollster or "", poll.publisher or "", n, seats))
    print_table(("fieldwork", "pollster", "publisher", "n", "seats"), rows)


def contract(edition: Edition) -> dict[str, object]:
    """What `projection --json` prints: the projection, a name a field and language, and the coalitions of interest."""
    document: dict[str, Any] = edition.projection.model_dump(mode="json")
    for row in (*document["lists"], *document["blocs"]):
        for language, name in row.pop("names").items():
            row[f"name_{language}"] = name
    electorate = edition.reference.electorate
    majorities = [
        {
            "id": row.id,
            "lists": row.lists,
            "p_majority": row.p_majority,
            "median": row.seats.median,
            "q05": row.seats.q05,
            "q95": row.seats.q95,
        }
        for row in edition.coalitions.majorities
    ]
    return document | {"electorate": electorate.id, "unit": electorate.unit.value, "majorities": majorities}


def _print_projection(projection: "Projection") -> None:
    kind = "projection for election day" if projection.lists[0].seats else "nowcast: the lists are not closed"
    rows = []
    for row in projection.lists:
        seats, printed = row.seats or row.nowcast, projection.allocation[row.id]
        now = "" if row.seats_now is None else str(row.seats_now)
        between = f"{seats.q05:g}–{seats.q95:g}"
        rows.append((row.id, now, f"{row.trend_seats:.1f}", str(printed), between, f"{row.p_pass:.0%}"))
    sys.stdout.write(f"{projection.election} as of {projection.as_of}: {kind}\n")
    print_table(("list", "now", "trend", "seats", "9 in 10", "passes"), rows)


def main(run: Callable[[], None] = app) -> None:
    """Run the command line; what is refused is one line on stderr and exit 1."""
    try:
        run()
    except (PipelineError, ElectoralError) as error:
        say(f"error: {error}")
        sys.exit(FAILED)
    except OSError as error:
        say(f"error: {error.filename or 'the disk'}: {error.strerror}; what was published before is untouched")
        sys.exit(FAILED)
