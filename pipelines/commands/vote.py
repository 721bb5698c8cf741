"""The commands from the vote to the next campaign."""

import tempfile
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.commands.console import DATA, DONE_WITH_REMARKS, AsJson, DataDir, ElectionId, Today, print_json, say
from pipelines.editions.store import EditionStore
from pipelines.errors import ImportRefused, NothingKnown
from pipelines.nightly import lock
from pipelines.settings import ELECTORATE, Settings

if TYPE_CHECKING:
    from pipelines.editions.schema.vote import Claim, ListStanding, NextVotes, Standing, Vote

REHEARSAL_DRAWS = 20_000


def register(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command()(count)
    app.command()(result)
    app.command()(rehearse)
    app.command(name="exit-polls")(exit_polls)
    campaigns = typer.Typer(help="Open a campaign (`new`), or say what one lacks (`check`).", no_args_is_help=True)
    campaigns.command()(new)
    campaigns.command()(check)
    app.add_typer(campaigns, name="campaign")


def count(election: ElectionId, as_json: AsJson = False, data_dir: DataDir = DATA, today: Today = None) -> None:
    """The count imported so far, by the law as it stands: never a projection."""
    del today
    from pipelines.electorate.folder import electorates_of, load

    raw = data_dir / "raw"
    load(raw, electorates_of(raw, election)).campaign(election)
    vote = Settings.read().editions(data_dir / "processed").vote(election)
    if vote is None or vote.count is None or vote.standing is None:
        raise NothingKnown(
            f"no count of {election} is here; `python -m pipelines import FILE --source cec --election {election}`"
            " brings one"
        )
    for line in _count_lines(vote, vote.standing):
        say(line)
    if as_json:
        derived = {"counted_estimate": vote.counted_estimate, "within_reach": vote.within_reach()}
        print_json({**vote.count.model_dump(mode="json"), **derived, **vote.model_dump(mode="json")})


def result(
    election: ElectionId,
    accept: Annotated[bool, typer.Option("--accept", help="Record the final count on show as the result.")] = False,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="Take back what was accepted here.")] = False,
    why: Annotated[str, typer.Option("--why", help="The reason, in words; it is kept.")] = "",
    by: Annotated[str | None, typer.Option("--by", help="Who does it; needed where two people have to.")] = None,
    valid_votes: Annotated[int | None, typer.Option("--valid-votes", min=1, help="The official number.")] = None,
    lot: Annotated[list[str] | None, typer.Option("--lot", help="A list that the lot gave a seat; repeatable.")] = None,
    as_json: AsJson = False,
    data_dir: DataDir = DATA,
    today: Today = None,
) -> None:
    """The recorded result; --accept makes it of an imported final count, --withdraw takes it back."""
    del today
    from pipelines.electorate.folder import load
    from pipelines.vote import result as results

    if accept and withdraw:
        raise typer.BadParameter("--accept and --withdraw say opposite things; give one")
    raw = data_dir / "raw"
    if accept or withdraw:
        with lock.writing(data_dir):
            campaign = load(raw).campaign(election)
            act = (
                results.accept(
                    data_dir,
                    campaign,
                    why,
                    by=by,
                    official_valid=valid_votes,
                    lots=lot or (),
                    needs_two=Settings.read().needs_two,
                )
                if accept
                else results.withdraw(data_dir, campaign, why, by=by)
            )
        waits = "; a second person has to accept the same count" if act.act == "proposed" else ""
        say(f"{election}: {act.act}{waits}; the next refresh opens on it")
    campaign = load(raw).campaign(election)
    for row in campaign.results:
        if row.seats:
            say(f"{row.list}: {_votes(row.votes)}, {row.seats} seats")
    if not campaign.results:
        say(f"no result of {election} is recorded")
    lines = results.audit(raw, election)
    for line in lines:
        say(f"{line.moment_utc} {line.act} by {line.by or 'nobody named'}: {line.why}")
    if as_json:
        rows = [row.model_dump(mode="json") for row in campaign.results]
        print_json({"election": election, "result": rows, "audit": [line.model_dump(mode="json") for line in lines]})


def exit_polls(
    action: Annotated[str, typer.Argument(metavar="add|open|hold", help="Drafts in, opened, or kept closed.")],
    election: ElectionId,
    file: Annotated[Path | None, typer.Argument(help="With add: a sheet, a row a channel, version and list.")] = None,
    as_json: AsJson = False,
    data_dir: DataDir = DATA,
    today: Today = None,
) -> None:
    """Exit polls: drafts until the ballots close; `hold` keeps them closed longer, nothing opens them before."""
    from pipelines.electorate.folder import load
    from pipelines.vote import exit_polls as drafts
    from pipelines.vote.count import keep_record

    if action not in ("add", "open", "hold") or (action == "add") != (file is not None):
        raise typer.BadParameter("give add FILE, open or hold")
    reference = load(data_dir / "raw")
    campaign = reference.campaign(election)
    number = 0
    with lock.writing(data_dir):
        if file is not None:
            number = drafts.add(data_dir, file, campaign)
            say(f"{election}: {number} versions are drafts, told by nobody yet")
        elif action == "hold":
            drafts.hold(data_dir, campaign)
            say(f"{election}: its exit polls stay closed until `exit-polls open`")
        else:
            number = drafts.open_drafts(data_dir, campaign, today, is_asked=True)
            vote = keep_record(data_dir, reference, campaign, today=today)
            say(f"{election}: {number} versions opened; {len(vote.exit_polls)} are told")
    if as_json:
        print_json({"election": election, "action": action, "versions": number})


def new(
    election: Annotated[str, typer.Argument(metavar="ID", help="The id of the new election.")],
    electorate: Annotated[str, typer.Option("--electorate", envvar=ELECTORATE, help="Whose election it is.")],
    date_: Annotated[str, typer.Option("--date", metavar="DATE|open", help="The day of the vote, or open.")],
    previous: Annotated[
        str | None, typer.Option("--from", metavar="ELECTION", help="The election before; the newest without it.")
    ] = None,
    as_json: AsJson = False,
    data_dir: DataDir = DATA,
    today: Today = None,
) -> None:
    """Open a campaign: lists, blocs and sources of the last one are carried over, what is missing is named."""
    del today
    from pipelines.vote import campaign

    try:
        day = None if date_ == campaign.OPEN else date.fromisoformat(date_)
    except ValueError:
        raise typer.BadParameter(f"--date {date_!r} is no day; write YYYY-MM-DD, or {campaign.OPEN}") from None
    with lock.writing(data_dir):
        opened = campaign.new(data_dir, election, electorate, day, previous)
    for name, number in opened.rows.items():
        say(f"{name}: {number} rows")
    _say_missing(election, opened.missing)
    if as_json:
        print_json({"election": election, "rows": opened.rows, "missing": opened.missing})


def check(
    election: Annotated[str, typer.Argument(metavar="ID", help="An election's id.")],
    as_json: AsJson = False,
    data_dir: DataDir = DATA,
    today: Today = None,
) -> None:
    """What a campaign still lacks, one fact a line; exit 3 where it lacks any."""
    del today
    from pipelines.vote import campaign

    missing = campaign.check(data_dir, election)
    _say_missing(election, missing)
    if as_json:
        print_json({"election": election, "missing": missing})
    if missing:
        raise typer.Exit(DONE_WITH_REMARKS)


def rehearse(
    election: ElectionId,
    speed: Annotated[float, typer.Option(min=1, help="How many times as fast as the night was.")] = 60,
    files: Annotated[
        Path | None, typer.Option(exists=True, file_okay=False, help="Saved files of the count; else those imported.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="The scratch folder; a new one where none is named.")] = None,
    as_json: AsJson = False,
    data_dir: DataDir = DATA,
    today: Today = None,
) -> None:
    """A past night replayed by the minute into a folder of its own, every page of which says REHEARSAL."""
    del today
    from pipelines.electorate.folder import electorates_of, load
    from pipelines.nightly import night as nightly

    if Settings.read().store or Settings.read().ledger:
        raise ImportRefused(
            "a rehearsal lies in a folder of its own: unset HEMICYCLE_STORE and HEMICYCLE_LEDGER for it"
        )
    raw = data_dir / "raw"
    campaign = load(raw, electorates_of(raw, election)).campaign(election)
    saved = nightly.saved_files(raw, campaign, files)
    folder = out or Path(tempfile.mkdtemp(prefix="rehearsal-"))
    for line in nightly.rehearse(data_dir, campaign, saved, folder, speed, draws=REHEARSAL_DRAWS):
        say(line)
    vote = EditionStore(folder / "processed").vote(election)
    seats = vote.count.seats if vote and vote.count else {}
    recorded = {row.list: row.seats for row in campaign.results}
    apart = sorted(name for name in seats.keys() | recorded if seats.get(name, 0) != recorded.get(name, 0))
    if not recorded:
        say(f"no result of {election} is recorded to hold the seats to")
    else:
        say(f"not as recorded: {', '.join(apart)}" if apart else "the seats so far are those that are recorded")
    if as_json:
        print_json({"folder": str(folder), "files": len(saved), "seats": seats, "apart": apart if recorded else None})


def _say_missing(election: str, missing: Sequence[str]) -> None:
    say(f"{election}: {len(missing)} facts are missing" if missing else f"{election}: nothing is missing")
    for fact in missing:
        say(f"  {fact}")


def _count_lines(vote: "Vote", standing: "Standing") -> Iterator[str]:
    point = vote.count
    assert point is not None
    kind = "final" if point.stage == "final" else "in progress, interim"
    yield f"{vote.election}: a count {kind}: {point.valid_votes:,} valid votes in {point.rows:,} rows of {point.file}"
    counted = "not given with the file (--counted)" if point.counted_pct is None else f"{point.counted_pct:g}%"
    yield f"counted, as the committee says: {counted}"
    if vote.counted_estimate is not None:
        yield f"our estimate: {vote.counted_estimate:.0%}, by the valid votes of {vote.of_election}"
    if point.stage == "interim":
        yield "envelopes are counted last; early boxes are no sample, and nothing is projected from them"
    for name, of_list in standing.lists.items():
        if of_list.seats or name in vote.within_reach():
            yield f"{name}: {_votes(point.votes[name])}, {of_list.seats} seats{_next(of_list)}"
    for tie in standing.ties:
        yield f"a lot decides between {' and '.join(tie.lists)}: {tie.seats} of the last seats"
    yield from (f"{label}: {_claim(claim)}" for label, claim in _ends(standing) if claim)
    for effect in standing.agreements:
        moved = ", ".join(f"{name} {change:+d}" for name, change in effect.changes.items()) or "moves no seat"
        label = moved if effect.valid else "void, a partner is below the threshold"
        yield f"agreement of {' and '.join(effect.lists)}: {label}"


def _ends(standing: "Standing") -> "tuple[tuple[str, Claim | None], ...]":
    return (("the last seat", None if standing.ties else standing.last), ("next in line", standing.next))


def _claim(claim: "Claim") -> str:
    return f"{' or '.join(claim.lists)}, {claim.votes:,.0f} ÷ {claim.divisor:g} = {claim.average:,.2f}"


def _next(standing: "ListStanding") -> str:
    parts = [_margin(standing.gain, "one more"), _margin(standing.loss, "one fewer")]
    if standing.threshold_votes is not None and standing.threshold_votes < 0:
        parts.append(f"{_votes(-standing.threshold_votes)} short of the threshold")
    return "".join(f"; {part}" for part in parts if part)


def _votes(count: int) -> str:
    return "1 vote" if count == 1 else f"{count:,} votes"


def _margin(next_votes: "NextVotes | None", verb: str) -> str:
    if next_votes is None:
        return ""
    if next_votes.votes is not None:
        return f"{verb} with {_votes(next_votes.votes)}"
    return f"{verb} by lot with {_votes(next_votes.lot_votes)}" if next_votes.lot_votes is not None else ""
