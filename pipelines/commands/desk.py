"""The commands of the desk: check a poll before air, import a file, rule on the quarantine, get an empty sheet."""

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.commands.console import (
    DATA,
    DONE_WITH_REMARKS,
    FAILED,
    AsJson,
    DataDir,
    ElectionId,
    Today,
    print_json,
    say,
)
from pipelines.log import printable
from pipelines.nightly import lock
from pipelines.request import RefreshRequest
from pipelines.settings import ELECTORATE, Settings

if TYPE_CHECKING:
    from pipelines.desk.check import Check, PollCheck
    from pipelines.electorate import Campaign

MOST_WARNINGS = 10


def register(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command(name="import")(import_file)
    app.command()(check)
    app.command()(template)
    app.command()(corrections)
    rulings = typer.Typer(help="What is quarantined; `accept` rules on it.", invoke_without_command=True)
    rulings.callback()(quarantine)
    rulings.command()(accept)
    app.add_typer(rulings, name="quarantine")


def import_file(
    file: Annotated[Path, typer.Argument(help="A page, sheet or result file.")],
    source: Annotated[
        str, typer.Option("--source", help="wikipedia, swedishpolls, dawum, themadad, csv, xlsx or cec.")
    ],
    election: ElectionId,
    valid_votes: Annotated[
        int | None, typer.Option("--valid-votes", min=1, help="With cec: the official number of valid votes.")
    ] = None,
    counted_pct: Annotated[
        float | None,
        typer.Option("--counted", min=0, max=100, metavar="PCT", help="With cec: per cent counted, as it says itself."),
    ] = None,
    as_json: AsJson = False,
    data_dir: DataDir = DATA,
    today: Today = None,
) -> None:
    """Take a file in: its bytes into the snapshots, its polls into the ledger. Exit 3 where rows were refused."""
    from pipelines.ingest.imports import import_file as take_file
    from pipelines.nightly.status import keep_quarantine
    from pipelines.sources.reading import poll_sources
    from pipelines.vote.count import SOURCE, CountResult, import_count

    if source not in (importable := (*poll_sources(), SOURCE)):
        raise typer.BadParameter(f"--source {source!r} is none of {', '.join(importable)}")
    for option, value in (("--valid-votes", valid_votes), ("--counted", counted_pct)):
        if value is not None and source != SOURCE:
            raise typer.BadParameter(f"{option} goes with --source {SOURCE}")
    count: CountResult | None = None
    with lock.writing(data_dir):
        if source == SOURCE:
            counts, count = import_count(data_dir, file, election, today, valid_votes, counted_pct)
        else:
            counts = take_file(data_dir, file, source, election, today)
        keep_quarantine(data_dir)
    for warning in counts.warnings[:MOST_WARNINGS]:
        say(f"warning: {warning}")
    if len(counts.warnings) > MOST_WARNINGS:
        say(f"… and {len(counts.warnings) - MOST_WARNINGS} more warnings")
    unit = "polls"
    if count:
        unit = "lists"
        _say_count(count)
    say(
        f"{file.name}: {unit}: {counts.accepted} accepted, {counts.revised} revised, {counts.unchanged} unchanged,"
        f" {counts.withdrawn} withdrawn; {counts.quarantined} rows quarantined, {counts.events} events"
    )
    for reason, number in counts.reasons.items():
        say(f"  {number} × {reason}")
    if as_json:
        facts = asdict(count) if count else {}
        shown = {name: facts[name] for name in ("stage", "valid_votes", "seats", "unknown_letters") if count}
        print_json(counts.document() | shown | ({"count": facts} if count else {}))
    if counts.newly_quarantined:
        raise typer.Exit(DONE_WITH_REMARKS)


def check(
    file: Annotated[Path, typer.Argument(help="A sheet, or lines such as `Likud: 25`; - for standard input.")],
    election: ElectionId,
    draws: Annotated[int, typer.Option(min=100, max=1_000_000)] = 100_000,
    seed: Annotated[int, typer.Option(min=0)] = 0,
    as_json: AsJson = False,
    data_dir: DataDir = DATA,
    today: Today = None,
) -> None:
    """A new poll before air, beside what is known; writes nothing. Exit 3 with remarks, 1 where it is no poll."""
    from dashboard.desk.words import remarks, sentences
    from pipelines.desk.check import check_file
    from pipelines.electorate.folder import electorates_of, load
    from pipelines.ingest.imports import read_file

    body = sys.stdin.buffer.read() if str(file) == "-" else read_file(file)
    request = RefreshRequest(data_dir, today, None, draws, seed, settings=Settings.read())
    checked = check_file(request, election, body, "typed" if str(file) == "-" else file.name)
    campaign = load(data_dir / "raw", electorates_of(data_dir / "raw", election)).campaign(election)
    in_words = sentences(checked, campaign)
    if as_json:
        print_json(checked.model_dump(mode="json") | {"sentences": in_words})
    else:
        for line in _checked_lines(checked, in_words):
            sys.stdout.write(printable(line) + "\n")
    remark_texts = remarks(checked, campaign, "en")
    for remark in remark_texts:
        say(f"remark: {remark}")
    if remark_texts:
        raise typer.Exit(DONE_WITH_REMARKS)


def _checked_lines(checked: "Check", in_words: dict[str, dict[str, str]]) -> Iterator[str]:
    may = "may be published now" if checked.may_publish else "may not be published now"
    yield f"{checked.election} on {checked.as_of}: polls {may}"
    for poll in checked.polls:
        yield f"{poll.poll}: {poll.total:g} of {poll.whole:g}" + _lean(poll)
        for row in poll.lists:
            expected = "" if row.expected is None else f"; expected {row.expected:g} ({row.low:g} to {row.high:g})"
            last = "" if row.change is None else f"; {row.change:+g} since {poll.previous_end}"
            beyond = f", {row.excess:g} beyond noise" if row.excess else ""
            printed = f"{row.printed_pct}%" if row.printed_pct else ("–" if row.printed is None else f"{row.printed:g}")
            yield f"  {row.list} {printed}{expected}{last}{beyond}"
        for is_found, words in ((True, "found"), (False, "not found")):
            if items := [item for item, is_there in poll.disclosed.items() if is_there is is_found]:
                yield f"  {words} in what was entered: {', '.join(items)}"
        yield from (f"  {language}: {text}" for language, text in in_words[poll.poll].items())
    if checked.becomes:
        moved = [row for row in checked.becomes.lists if row.before_seats != row.after_seats]
        shown = [f"{row.list} {row.before_seats} → {row.after_seats}" for row in moved]
        yield f"the projection would become: {', '.join(shown) or 'what it is'}"
        for bloc in checked.becomes.blocs:
            chance = f"{bloc.before_p_majority:.0%} → {bloc.after_p_majority:.0%}"
            yield f"  {bloc.bloc} {bloc.before_seats} → {bloc.after_seats} seats, majority {chance}"


def _lean(poll: "PollCheck") -> str:
    family = f", of the family {poll.family}" if poll.family else ""
    if poll.lean is None:
        return family
    lean = poll.lean
    return f"{family}; usually {lean.seats:+.1f} seats for {lean.bloc} ({lean.low:+.1f} to {lean.high:+.1f})"


def _say_count(count: object) -> None:
    from pipelines.vote.count import CountResult

    assert isinstance(count, CountResult)
    for name, seats in count.seats.items():
        if seats or (count.recorded_seats or {}).get(name):
            recorded = "" if count.recorded_seats is None else f", recorded {count.recorded_seats.get(name, 0)}"
            say(f"{name}: {count.votes[name]:,} votes, {seats} seats{recorded}")
    if count.stage == "interim":
        say(f"a count in progress ({count.why}): no result is changed by it")
    elif count.recorded_seats is None:
        say(
            f"a final count ({count.why}); no result is recorded of this election, and this import records none:"
            " `result --accept` does"
        )
    elif count.recorded_seats == count.seats:
        say("the votes and the seats are those of the recorded result")


def quarantine(context: typer.Context, as_json: AsJson = False, data_dir: DataDir = DATA, today: Today = None) -> None:
    """Every refused row: id, source, place, text and reason."""
    del today
    if context.invoked_subcommand:
        return
    from pipelines.ingest.quarantine import quarantined

    rows = quarantined(data_dir)
    if as_json:
        print_json([{"id": row.id, **asdict(row)} for row in rows])
        return
    for row in rows:
        for line in (row.id, f"  {row.place}: {row.text}" if row.place else f"  {row.text}", f"  {row.reason}"):
            sys.stdout.write(printable(line) + "\n")
    if not rows:
        say("nothing is quarantined")


def corrections(
    election: Annotated[str | None, typer.Option("--election", help="Of this election alone.")] = None,
    as_json: AsJson = False,
    data_dir: DataDir = DATA,
    today: Today = None,
) -> None:
    """The corrections register: every change of a published value, and readings that are kept beside it unused."""
    del today
    from pipelines.electorate.folder import load

    reference = load(data_dir / "raw")
    campaigns = [reference.campaign(election)] if election else list(reference.campaigns.values())
    rows = [row for campaign in campaigns for row in campaign.corrections]
    if as_json:
        print_json([row.model_dump(mode="json") for row in rows])
        return
    for row in rows:
        field = f"{row.poll or row.election}: {row.field}" + (f" {row.label}" if row.label else "")
        change = f"{row.before or 'blank'} → {row.after or 'blank'}"
        state = "" if row.applied == "yes" else " (kept, not used)"
        line = f"{row.when} {field}: {change}{state}; {row.why}, {row.source}{f' {row.url}' if row.url else ''}"
        sys.stdout.write(printable(line) + "\n")
    if not rows:
        say("no correction is recorded")


def accept(
    ruling: Annotated[str, typer.Option("--as", help="as-printed, same:<poll> or list:<list id>.")],
    why: Annotated[str, typer.Option("--why", help="The reason, in words; it is kept.")],
    name: Annotated[str | None, typer.Argument(metavar="[ID]", help="An id that `quarantine` lists.")] = None,
    all_like: Annotated[
        str | None, typer.Option("--all-like", metavar="ID", help="Rule on every row like this one; with --yes.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do it: without this --all-like only lists the rows.")] = False,
    as_json: AsJson = False,
    data_dir: DataDir = DATA,
    today: Today = None,
) -> None:
    """Rule on a refused row, or on all like it: the ruling becomes raw data, and the rows pass."""
    del today
    from pipelines.ingest import quarantine as rulings
    from pipelines.nightly.status import keep_quarantine

    if (name is None) == (all_like is None):
        raise typer.BadParameter("give one ID, or --all-like ID")
    with lock.writing(data_dir):
        if all_like is not None:
            rows = rulings.all_like(data_dir, all_like)
            for row in rows:
                line = printable(f"{row.id}: {row.reason}")
                say(line) if as_json else sys.stdout.write(line + "\n")
            say(f"{len(rows)} rows of {rows[0].source} are refused for this reason")
            if not yes:
                say("nothing is ruled yet; the same command with --yes rules on all of them")
                raise typer.Exit(FAILED)
            left = rulings.accept_all(data_dir, rows, ruling, why)
        else:
            left = rulings.accept(data_dir, str(name), ruling, why)
        keep_quarantine(data_dir)
    still = f"; {left} still refused" if all_like else "; it is still refused"
    say(f"{name or all_like}: ruled {ruling}" + (still if left else "; it passes now"))
    if as_json:
        print_json({"id": name or all_like, "ruling": ruling, "still_refused": left})


def template(
    file: Annotated[Path, typer.Argument(help="The sheet to write, .csv or .xlsx.")],
    election: Annotated[
        str | None, typer.Option("--election", help="With the lists of this election; the next one without it.")
    ] = None,
    electorate: Annotated[str, typer.Option("--electorate", envvar=ELECTORATE, help="Whose next election.")] = "il",
    as_json: AsJson = False,
    data_dir: DataDir = DATA,
    today: Today = None,
) -> None:
    """An empty sheet for polls of the desk's own, to be filled and imported."""
    election, labels = _write_template(file, data_dir, election, electorate, today)
    say(f"{file}: {len(labels)} lists of {election}; fill it and import it with --source {file.suffix.lstrip('.')}")
    if as_json:
        sys.stdout.write(json.dumps({"file": str(file), "lists": labels}, ensure_ascii=False) + "\n")


def _write_template(
    file: Path, data_dir: Path, election: str | None, electorate: str, today: date | None
) -> tuple[str, list[str]]:
    """Write the sheet with the lists that stand in an election, the electorate's next one where none is named.

    Returns the election and the labels of its lists; raises ImportRefused where nothing can be written.
    """
    from pipelines.editions.files import replace
    from pipelines.electorate.folder import load
    from pipelines.errors import ImportRefused
    from pipelines.sources import sheet, workbook

    kinds = {".csv": sheet.template, ".xlsx": workbook.template}
    if file.suffix not in kinds:
        raise ImportRefused(f"{file}: name it .csv or .xlsx, whichever it shall be")
    if file.exists():
        raise ImportRefused(f"{file}: is there already; name another file")
    if not file.absolute().parent.is_dir():
        raise ImportRefused(f"{file}: no such folder")
    reference = load(data_dir / "raw")
    if election is None:
        votes = {campaign.election.vote_date: campaign.election.id for campaign in reference.of(electorate)}
        coming = [vote for vote in votes if vote >= (today or reference.electorates[electorate].today())]
        election = votes[min(coming, default=max(votes))]
    campaign = reference.campaign(election)
    day = min(today or campaign.electorate.today(), campaign.election.vote_date)
    labels = [_label(campaign, name, day) for name in campaign.standing_lists(day)]
    replace(file, kinds[file.suffix](labels))
    return election, labels


def _label(campaign: "Campaign", name: str, day: date) -> str:
    """What a list is called on a sheet: an alias that holds on that day, its own names and short ones first."""
    fitting = (
        row.alias
        for row in campaign.aliases
        if row.list == name and row.source is None and (row.from_date or date.min) <= day <= (row.to_date or date.max)
    )
    language = campaign.names.languages[0]
    own = (campaign.list_names(name)[language], campaign.list_shorts(name)[language])
    return min(fitting, key=lambda label: (label not in own, len(label)), default=own[0])
