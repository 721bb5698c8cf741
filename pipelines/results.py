"""A result file of the electoral committee, beside what is recorded: votes are compared, seats worked out by the rule.

A count in progress never becomes a result, and a result that is recorded is never overwritten.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from electoral.apparentement import allocate
from pipelines import snapshots
from pipelines.electorate import Campaign
from pipelines.electorate.columns import TurnoutRow
from pipelines.errors import ImportRefused
from pipelines.ingest.archive import open_reference
from pipelines.ingest.fold import PageCounts
from pipelines.ingest.imports import describe, read_file
from pipelines.ingest.page import without_place
from pipelines.sources.cec.parse import Count, Stage, by_list, parse

SOURCE = "cec"
LARGEST_CORRECTION = 0.01  # of the valid votes: a count in progress grows, and is corrected by a few votes


@dataclass(frozen=True, slots=True)
class Counted:
    """A result file by lists: its votes, the seats they give, and what is recorded of that election."""

    stage: str
    why: str
    votes: dict[str, int]
    seats: dict[str, int]
    ties: list[list[str]]
    recorded_seats: dict[str, int] | None
    differences: dict[str, tuple[int, int]]
    warnings: list[str]


def bring_count(data_dir: Path, path: Path, election: str, today: date) -> tuple[PageCounts, Counted]:
    """Import one result file; raises PageRefused for another kind of file, ImportRefused where votes differ."""
    raw, body = data_dir / "raw", read_file(path)
    campaign = open_reference(raw).campaign(election)
    count = parse(body, election, official_valid=campaign.turnout.valid if campaign.turnout else None)
    votes, unknown = by_list(count.votes, _letters(campaign))
    found = _counted(count, votes, unknown, campaign)
    snapshot = describe(body, SOURCE, campaign, today, file=path.name)
    if not snapshots.same_as_newest(raw, snapshot):
        snapshots.keep(raw, snapshot, body)
    refused = [without_place(row.reason) for row in count.refused]
    refused += [f"no list is known by the letters {letters}" for letters in unknown if count.votes[letters]]
    is_new = found.recorded_seats is None and count.stage is Stage.FINAL
    imported = PageCounts(
        accepted=len(votes) if is_new else 0,
        revised=0,
        unchanged=0 if is_new else len(votes),
        quarantined=len(refused),
        events=0,
        reasons=dict(Counter(refused)),
        newly_quarantined=len(refused),
        warnings=tuple(found.warnings),
    )
    return imported, found


def _letters(campaign: Campaign) -> dict[str, str]:
    """Ballot letters → list, from the recorded result, or from the lists where there is none yet."""
    if campaign.results:
        return {row.ballot_letters: row.list for row in campaign.results}
    return {row.ballot_letters: name for name, row in campaign.list_rows.items() if row.ballot_letters}


def _counted(count: Count, votes: Mapping[str, int], unknown: tuple[str, ...], campaign: Campaign) -> Counted:
    turnout = campaign.turnout
    recorded = {row.list: row.votes for row in campaign.results}
    names = recorded.keys() | votes.keys() if recorded else ()
    apart = {
        name: (votes.get(name, 0), recorded.get(name, 0))
        for name in sorted(names)
        if votes.get(name, 0) != recorded.get(name, 0)
    }
    is_whole = count.stage is Stage.FINAL or (turnout is not None and count.valid >= turnout.valid)
    if apart and is_whole and not count.refused:
        shown = "; ".join(f"{name} has {now:,}, recorded are {then:,}" for name, (now, then) in apart.items())
        raise ImportRefused(f"votes differ from the recorded result: {shown}; nothing was changed")
    above = sum(max(now - then, 0) for now, then in apart.values())
    if above > LARGEST_CORRECTION * count.valid:
        raise ImportRefused(
            f"{above:,} votes more than the recorded result has, list by list: a count of another election than"
            f" {campaign.election.id}? Nothing was changed"
        )
    others = sum(count.votes[letters] for letters in unknown)
    pairs = [
        one
        for one in campaign.agreements_known(campaign.election.vote_date)
        if {one.list_a, one.list_b} <= votes.keys()
    ]
    allocation = allocate(dict(votes), campaign.election.rules, pairs, others)
    return Counted(
        stage=str(count.stage),
        why=count.why,
        votes=dict(votes),
        seats=dict(allocation.seats),
        ties=[list(tie.lists) for tie in allocation.ties],
        recorded_seats={row.list: row.seats for row in campaign.results} or None,
        differences=apart,
        warnings=[*count.warnings, *_turnout_apart(count, turnout)],
    )


def _turnout_apart(count: Count, recorded: TurnoutRow | None) -> list[str]:
    """Turnout is told, never compared as votes are: it is corrected after the count."""
    if recorded is None or count.stage is Stage.INTERIM:
        return []
    pairs = {name: (getattr(count, name), getattr(recorded, name)) for name in ("eligible", "voted", "invalid")}
    return [
        f"{name}: {now:,} in the file, {then:,} recorded"
        for name, (now, then) in pairs.items()
        if then is not None and now != then
    ]
