"""The commands from the vote to the next campaign."""

from collections.abc import Iterator

import typer

from pipelines.commands.console import DATA, AsJson, DataDir, ElectionId, Today, print_json, say
from pipelines.editions.schema.vote import Claim, ListStanding, NextVotes, Standing, Vote
from pipelines.editions.store import EditionStore
from pipelines.errors import NothingKnown


def register(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command()(count)


def count(election: ElectionId, as_json: AsJson = False, data_dir: DataDir = DATA, today: Today = None) -> None:
    """The count imported so far, by the law as it stands: never a projection."""
    del today
    from pipelines.electorate import electorates_of, load

    raw = data_dir / "raw"
    load(raw, electorates_of(raw, election)).campaign(election)
    vote = EditionStore(data_dir / "processed").vote(election)
    if vote is None or vote.count is None or vote.standing is None:
        raise NothingKnown(
            f"no count of {election} is here; `python -m pipelines import FILE --source cec --election {election}`"
            " brings one"
        )
    for line in _told(vote, vote.standing):
        say(line)
    if as_json:
        derived = {"counted_estimate": vote.counted_estimate, "within_reach": vote.within_reach()}
        print_json({**vote.count.model_dump(mode="json"), **derived, **vote.model_dump(mode="json")})


def _told(vote: Vote, standing: Standing) -> Iterator[str]:
    point = vote.count
    assert point is not None
    kind = "final" if point.stage == "final" else "in progress, interim"
    yield f"{vote.election}: a count {kind}: {point.valid_votes:,} valid votes in {point.rows:,} rows of {point.file}"
    said = "not given with the file (--counted)" if point.counted_pct is None else f"{point.counted_pct:g}%"
    yield f"counted, as the committee says: {said}"
    if vote.counted_estimate is not None:
        yield f"our estimate: {vote.counted_estimate:.0%}, by the valid votes of {vote.of_election}"
    if point.stage == "interim":
        yield "envelopes are counted last; early boxes are no sample, and nothing is projected from them"
    for name, found in standing.lists.items():
        if found.seats or name in vote.within_reach():
            yield f"{name}: {point.votes[name]:,} votes, {found.seats} seats{_next(found)}"
    for tie in standing.ties:
        yield f"a lot decides between {' and '.join(tie.lists)}: {tie.seats} of the last seats"
    yield from (f"{what}: {_claim(claim)}" for what, claim in _ends(standing) if claim)
    for effect in standing.agreements:
        moved = ", ".join(f"{name} {change:+d}" for name, change in effect.changes.items()) or "moves no seat"
        what = moved if effect.valid else "void, a partner is below the threshold"
        yield f"agreement of {' and '.join(effect.lists)}: {what}"


def _ends(standing: Standing) -> tuple[tuple[str, Claim | None], ...]:
    return (("the last seat", None if standing.ties else standing.last), ("next in line", standing.next))


def _claim(claim: Claim) -> str:
    return f"{' or '.join(claim.lists)}, {claim.votes:,.0f} ÷ {claim.divisor:g} = {claim.average:,.2f}"


def _next(found: ListStanding) -> str:
    parts = [_votes(found.gain, "one more"), _votes(found.loss, "one fewer")]
    if found.threshold_votes is not None and found.threshold_votes < 0:
        parts.append(f"{-found.threshold_votes:,} votes short of the threshold")
    return "".join(f"; {part}" for part in parts if part)


def _votes(next_votes: NextVotes | None, what: str) -> str:
    if next_votes is None:
        return ""
    if next_votes.votes is None:
        return f"{what} by lot with {next_votes.lot_votes:,} votes"
    return f"{what} with {next_votes.votes:,} votes"
