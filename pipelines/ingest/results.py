"""A result file of the electoral committee, beside what is recorded: votes are compared, seats worked out by the rule.

A count in progress never becomes a result, and a result that is recorded is never overwritten.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from electoral.apparentement import allocate
from pipelines.electorate import Campaign
from pipelines.electorate.columns import TurnoutRow
from pipelines.errors import ImportRefused
from pipelines.ingest import snapshots
from pipelines.ingest.archive import open_reference
from pipelines.ingest.fold import PageCounts
from pipelines.ingest.imports import describe, read_file
from pipelines.ingest.page import without_place
from pipelines.sources.cec import Count, Stage, by_list, parse

SOURCE = "cec"
LARGEST_CORRECTION = 0.01  # of the valid votes: a count in progress grows, and is corrected by a few votes


@dataclass(frozen=True, slots=True)
class Counted:
    """A result file by lists: its votes, the seats they give, and what is recorded of that election."""

    stage: str
    why: str
    valid_votes: int
    votes: dict[str, int]
    seats: dict[str, int]
    ties: list[list[str]]
    recorded_seats: dict[str, int] | None
    differences: dict[str, tuple[int, int]]
    unknown_letters: dict[str, int]
    warnings: list[str]


def bring_count(
    data_dir: Path, path: Path, election: str, today: date | None, given_valid: int | None = None
) -> tuple[PageCounts, Counted]:
    """Import one result file; `given_valid` is the official number of valid votes where none is recorded yet.

    Raises PageRefused for another kind of file, ImportRefused where votes differ or are of another election. A count
    is kept as a snapshot and changes no result: nothing of it is accepted, and what is recorded stays.
    """
    raw, body = data_dir / "raw", read_file(path)
    campaign = open_reference(raw).campaign(election)
    count = parse(body, election, official_valid=_official_valid(campaign.turnout, given_valid))
    votes, unknown = by_list(count.votes, _letters(campaign))
    _refuse_unknown_letters(count, unknown, campaign)
    counted = _counted(count, votes, unknown, campaign)
    snapshot = replace(
        describe(body, SOURCE, campaign, today or campaign.electorate.today(), file=path.name), rows=count.rows
    )
    earlier = [one for one in snapshots.kept(raw, election) if one.source == SOURCE]
    if not any(one.sha256 == snapshot.sha256 for one in earlier):
        snapshots.keep(raw, snapshot, body)
    most = max((one.rows for one in earlier), default=0)
    behind = [f"a count of {most:,} rows is here already, this one has {count.rows:,}"] if most > count.rows else []
    refused = [without_place(row.reason) for row in count.refused]
    refused += [f"no list is known by the letters {letters}" for letters in unknown if count.votes[letters]]
    counts = PageCounts(
        accepted=0,
        revised=0,
        unchanged=len(campaign.results),
        quarantined=len(refused),
        events=0,
        reasons=dict(Counter(refused)),
        newly_quarantined=len(refused),
        warnings=(*counted.warnings, *behind),
    )
    return counts, counted


def _official_valid(turnout: TurnoutRow | None, given: int | None) -> int | None:
    """The official number of valid votes; raises ImportRefused where one is recorded and another one given."""
    if turnout is not None and given is not None and given != turnout.valid:
        raise ImportRefused(
            f"--valid-votes is {given:,}, recorded are {turnout.valid:,}; leave it out or mend turnout.csv"
        )
    return turnout.valid if turnout else given


def _refuse_unknown_letters(count: Count, unknown: tuple[str, ...], campaign: Campaign) -> None:
    """Letters nobody knows with more than the threshold's share are lists of another election; raises ImportRefused."""
    votes = {letters: count.votes[letters] for letters in unknown}
    if sum(votes.values()) > campaign.election.rules.threshold * count.valid:
        most = ", ".join(sorted(votes, key=lambda letters: -votes[letters])[:4])
        raise ImportRefused(
            f"letters that no list of {campaign.election.id} has ({most}) hold"
            f" {sum(votes.values()) / count.valid:.1%} of the valid votes, more than the threshold: a count of another"
            " election? Nothing was changed"
        )


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
    # A count of the same election holds, list by list, no more than the result but for a few corrections.
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
        valid_votes=count.valid,
        votes=dict(votes),
        seats=dict(allocation.seats),
        ties=[list(tie.lists) for tie in allocation.ties],
        recorded_seats={row.list: row.seats for row in campaign.results} or None,
        differences=apart,
        unknown_letters={letters: count.votes[letters] for letters in unknown},
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
