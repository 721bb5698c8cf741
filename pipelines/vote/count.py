"""The count as it comes in: every result file is kept, added up by lists, and put through the law as it stands so far.

A file is refused before a byte is kept where it is of another election, or of a vote that is still going on. A count in
progress never becomes a result, and nothing here projects from a part of one: the first boxes are no sample.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from electoral.apparentement import allocate
from electoral.apportionment import Allocation
from pipelines.assemble.reference import list_reference, seat_rule
from pipelines.editions.schema.vote import CountPoint, Standing, Vote
from pipelines.electorate import Campaign, Reference
from pipelines.electorate.columns import TurnoutRow
from pipelines.errors import ImportRefused
from pipelines.ingest import snapshots
from pipelines.ingest.archive import open_reference
from pipelines.ingest.imports import describe, read_file
from pipelines.ingest.snapshots import Snapshot
from pipelines.settings import editions_of
from pipelines.sources.cec import Count, Stage, by_list, parse
from pipelines.vote.exit_polls import estimate, may_tell, past_nights, polls_of, refuse_before_close

if TYPE_CHECKING:
    from pipelines.ingest.fold import PageCounts

SOURCE = "cec"
LARGEST_CORRECTION = 0.01  # of the valid votes: a count in progress grows, and is corrected by a few votes


NOTHING_PARSED: Mapping[str, Count] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class CountResult:
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


# One file


def import_count(
    data_dir: Path,
    path: Path,
    election: str,
    today: date | None,
    given_valid: int | None = None,
    counted_pct: float | None = None,
    moment_utc: str | None = None,
) -> "tuple[PageCounts, CountResult]":
    """Import one result file; `given_valid` is the official number of valid votes where none is recorded yet.

    `counted_pct` is what the committee says is counted; `moment_utc` is when the file came, in a rehearsal. Raises
    PageRefused for another kind of file, ImportRefused where the vote still goes on, or votes differ or are of another
    election. A count is kept as a snapshot and changes no result: nothing of it is accepted, and what is recorded
    stays.
    """
    from pipelines.ingest.fold import PageCounts

    raw, body = data_dir / "raw", read_file(path)
    reference = open_reference(raw)
    campaign = reference.campaign(election)
    refuse_before_close(campaign, today, "the vote goes on until {}, and nothing is counted before; import it then")
    ballot = _letters(campaign)
    count = parse(body, election, official_valid=_official_valid(campaign.turnout, given_valid), ballot=ballot)
    votes, unknown = by_list(count.votes, ballot)
    _refuse_result_of_another(count, campaign, reference)
    _refuse_unknown_letters(count, unknown, campaign)
    counted = _count_result(count, votes, unknown, campaign)
    reported = {"official_valid": given_valid, "counted_pct": counted_pct}
    snapshot = replace(
        describe(body, SOURCE, campaign, today or campaign.electorate.today(), file=path.name),
        rows=count.rows,
        retrieved_utc=moment_utc or snapshots.now_utc(),
        given={name: value for name, value in reported.items() if value is not None},
    )
    if not any(one.sha256 == snapshot.sha256 for one in _count_files(raw, election)):
        snapshots.keep(raw, snapshot, body)
    vote = keep_record(data_dir, reference, campaign, {snapshot.sha256: count}, today)
    point = next(one for one in vote.counts if one.sha256 == snapshot.sha256)
    warnings = list(point.warnings)
    if vote.count != point and not point.is_behind:
        warnings.append(f"this file was imported before; {vote.count.file if vote.count else 'none'} stays on show")
    refused = [row.reason for row in count.refused]
    refused += [f"no list is known by the letters {letters}" for letters in unknown if count.votes[letters]]
    counts = PageCounts(
        accepted=0,
        revised=0,
        unchanged=len(campaign.results),
        quarantined=len(refused),
        events=0,
        reasons=dict(Counter(refused)),
        newly_quarantined=len(refused),
        warnings=(*counted.warnings, *(one for one in warnings if one not in counted.warnings)),
    )
    return counts, counted


def _count_files(raw: Path, election: str) -> list[Snapshot]:
    return [one for one in snapshots.stored(raw, election) if one.source == SOURCE]


def _refuse_result_of_another(count: Count, campaign: Campaign, reference: Reference) -> None:
    """The votes of an election that is recorded, brought as those of one that is not; raises ImportRefused."""
    for other in reference.of(campaign.electorate.id):
        recorded = sorted(row.votes for row in other.results)
        if other is campaign or not recorded or sum(recorded) != count.valid:
            continue
        if sorted(votes for votes in count.votes.values() if votes) == sorted(votes for votes in recorded if votes):
            raise ImportRefused(
                f"these are the votes of {other.election.id}, to the last one; nothing was changed: name that election,"
                f" or bring the file of {campaign.election.id}"
            )


def _official_valid(turnout: TurnoutRow | None, reported: int | None) -> int | None:
    """The official number of valid votes; raises ImportRefused where one is recorded and another one given."""
    if turnout is not None and reported is not None and reported != turnout.valid:
        raise ImportRefused(
            f"--valid-votes is {reported:,}, recorded are {turnout.valid:,}; leave it out or mend turnout.csv"
        )
    return turnout.valid if turnout else reported


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


def _count_result(count: Count, votes: Mapping[str, int], unknown: tuple[str, ...], campaign: Campaign) -> CountResult:
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
        listed = "; ".join(f"{name} has {now:,}, recorded are {then:,}" for name, (now, then) in apart.items())
        raise ImportRefused(f"votes differ from the recorded result: {listed}; nothing was changed")
    # A count of the same election holds, list by list, no more than the result but for a few corrections.
    above = sum(max(now - then, 0) for now, then in apart.values())
    if above > LARGEST_CORRECTION * count.valid:
        raise ImportRefused(
            f"{above:,} votes more than the recorded result has, list by list: a count of another election than"
            f" {campaign.election.id}? Nothing was changed"
        )
    allocation = _by_law(votes, campaign, sum(count.votes[name] for name in unknown))
    return CountResult(
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


# The night: every file in its order, and the law so far


def keep_record(
    data_dir: Path,
    reference: Reference,
    campaign: Campaign,
    parsed: Mapping[str, Count] = NOTHING_PARSED,
    today: date | None = None,
) -> Vote:
    """The exit polls, every imported file of the count as a point, and the newest one through the law; kept.

    What was worked out of a file before is taken as it is while the electorate's folder is the same; `parsed` are
    files by their hash that were read just now.
    """
    store, election = editions_of(data_dir / "processed"), campaign.election.id
    basis = hashlib.sha256("".join(campaign.electorate.fingerprint.values()).encode()).hexdigest()
    before = store.vote(election)
    known_points = {point.sha256: point for point in before.counts} if before and before.basis == basis else {}
    points: list[CountPoint] = []
    for snapshot in _count_files(data_dir / "raw", election):
        point = known_points.get(snapshot.sha256)
        if point is None:
            count = parsed.get(snapshot.sha256) or _read(data_dir / "raw", snapshot, campaign)
            point = _point(snapshot, count, campaign)
        points.append(_in_its_place(point, points))
    polls = polls_of(data_dir, campaign) if may_tell(campaign, today) else []
    nights = past_nights(data_dir, reference, campaign) if polls else []
    vote = Vote(
        election=election,
        exit_polls=polls,
        exit_estimate=estimate(campaign, polls, nights),
        basis=basis,
        house_size=campaign.election.rules.house_size,
        seat_rule=seat_rule(campaign, campaign.election.vote_date),
        counts=points,
    )
    if vote.count is None:
        if polls:
            store.keep_vote(vote)
        return vote
    same = before if before and before.basis == basis and before.count == vote.count else None
    rows = campaign.list_rows.items()
    vote = vote.model_copy(
        update={
            **_votes_before(reference, campaign),
            "standing": same.standing if same else _standing(vote.count, campaign),
            "lists": [list_reference(campaign, row, stands=True) for name, row in rows if name in vote.count.votes],
        }
    )
    store.keep_vote(vote)
    return vote


def _official(snapshot: Snapshot, campaign: Campaign) -> int | None:
    valid_votes = campaign.turnout.valid if campaign.turnout else snapshot.given.get("official_valid")
    return None if valid_votes is None else int(valid_votes)


def _read(raw: Path, snapshot: Snapshot, campaign: Campaign) -> Count:
    body = snapshots.read(raw, snapshot)
    return parse(body, campaign.election.id, official_valid=_official(snapshot, campaign), ballot=_letters(campaign))


def _point(snapshot: Snapshot, count: Count, campaign: Campaign) -> CountPoint:
    votes, unknown = by_list(count.votes, _letters(campaign))
    allocation = _by_law(votes, campaign, sum(count.votes[name] for name in unknown))
    return CountPoint(
        moment_utc=snapshot.retrieved_utc,
        sha256=snapshot.sha256,
        file=snapshot.file or snapshot.name,
        unit=count.unit,
        stage="final" if count.stage is Stage.FINAL else "interim",
        why=count.why,
        rows=count.rows,
        refused_rows=len(count.refused),
        eligible=count.eligible,
        voted=count.voted,
        invalid=count.invalid,
        valid_votes=count.valid,
        official_valid=_official(snapshot, campaign),
        counted_pct=snapshot.given.get("counted_pct"),
        votes=votes,
        unknown_votes={letters: count.votes[letters] for letters in unknown},
        seats=dict(allocation.seats),
        ties=[list(tie.lists) for tie in allocation.ties],
        warnings=list(count.warnings),
    )


def _by_law(votes: Mapping[str, int], campaign: Campaign, other_votes: int) -> Allocation:
    return allocate(
        dict(votes), campaign.election.rules, campaign.agreements_known(campaign.election.vote_date, votes), other_votes
    )


def _in_its_place(point: CountPoint, before: Sequence[CountPoint]) -> CountPoint:
    """A file after those that came before it: whether it goes backwards, and which letters are gone."""
    standing = next((one for one in reversed(before) if not one.is_behind), None)
    if standing is None:
        return point
    warnings = []
    is_behind = point.valid_votes < (1 - LARGEST_CORRECTION) * standing.valid_votes
    if is_behind:
        warnings.append(
            f"goes backwards: {point.valid_votes:,} valid votes in {point.rows:,} rows, {standing.file} has"
            f" {standing.valid_votes:,} in {standing.rows:,}; it is kept, and {standing.file} stays on show"
        )
    gone = {name: votes for name, votes in standing.votes.items() if votes and name not in point.votes}
    if gone:
        listed = ", ".join(f"{name} with {votes:,}" for name, votes in gone.items())
        warnings.append(
            f"lists are no longer in it: {listed} votes in {standing.file}; withdrawn? their votes are not counted"
        )
    return point.model_copy(update={"is_behind": is_behind, "warnings": [*_own(point.warnings), *warnings]})


def _own(warnings: Iterable[str]) -> list[str]:
    """What a file says of itself, without what was said of its place."""
    return [one for one in warnings if not one.startswith(("goes backwards", "lists are no longer"))]


def _standing(point: CountPoint, campaign: Campaign) -> Standing:
    """The law so far and the votes to the next seat: `python -m electoral next-seat` says the same of these votes."""
    from electoral.explain import allocation_document, next_seat_document  # most nights no count has come in
    from electoral.next_seat import next_seat

    pairs = campaign.agreements_known(campaign.election.vote_date, point.votes)
    margins = next_seat(point.votes, campaign.election.rules, pairs, sum(point.unknown_votes.values()))
    document = next_seat_document(margins) | {
        "steps": allocation_document(margins.allocation)["steps"],
        "threshold_votes": float(margins.allocation.threshold_votes),
    }
    return Standing.model_validate(document)


def _votes_before(reference: Reference, campaign: Campaign) -> dict[str, object]:
    """The valid votes of the election before, where they are recorded."""
    vote_date = campaign.election.vote_date
    others = [one for one in reference.of(campaign.electorate.id) if one.election.vote_date < vote_date]
    other = max(others, key=lambda one: one.election.vote_date, default=None)
    if other is None or other.turnout is None:
        return {}
    return {"valid_before": other.turnout.valid, "of_election": other.election.id}
