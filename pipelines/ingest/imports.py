"""Files and answers taken in: refused before a byte is written, or kept and folded; a count beside its result.

Of a count votes are compared with what is recorded and seats worked out by the rule: one in progress never becomes a
result, and a result that is recorded is never overwritten.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from electoral.apparentement import allocate
from pipelines.electorate import Campaign
from pipelines.electorate.columns import TurnoutRow
from pipelines.electorate.settings import in_languages
from pipelines.errors import ImportRefused, PageRefused
from pipelines.http.answers import Fetched
from pipelines.ingest import snapshots
from pipelines.ingest.archive import open_reference
from pipelines.ingest.fold import CampaignLedger, PageCounts, take_page
from pipelines.ingest.page import ParsedPages, without_place
from pipelines.ingest.run import LEDGER, fingerprint, fold_campaign, write
from pipelines.ingest.snapshots import Snapshot
from pipelines.ingest.store import Ledger
from pipelines.sources.cec import Count, Stage, by_list, parse
from pipelines.sources.registry import SOURCES, poll_sources, source_of
from pipelines.sources.source import PageName

LARGEST = 50_000_000
SOURCE = "cec"
LARGEST_CORRECTION = 0.01  # of the valid votes: a count in progress grows, and is corrected by a few votes


def read_file(path: Path) -> bytes:
    """The bytes of a file to import; raises ImportRefused for one that is not there, empty or far too large."""
    try:
        size = path.stat().st_size
        if not path.is_file() or size > LARGEST:
            raise ImportRefused(f"{path}: give a file of at most {LARGEST:,} bytes")
        return path.read_bytes()
    except FileNotFoundError as error:
        raise ImportRefused(f"{path}: no such file") from error


def import_file(data_dir: Path, path: Path, source: str, election: str, today: date | None) -> PageCounts:
    """Import one file of polls; raises PageRefused for a whole page, and then nothing has changed."""
    body = read_file(path)
    reference = open_reference(data_dir / "raw", election)
    campaign = reference.campaign(election)
    if source not in poll_sources():
        raise ImportRefused(f"no source of polls is called {source!r}; there are {', '.join(poll_sources())}")
    refuse_unnamed(source, campaign)
    snapshot = describe(body, source, campaign, today or campaign.electorate.today(), file=path.name)
    with Intake(data_dir, campaign) as intake:
        return intake.take(snapshot, body)


class Intake:
    """A campaign's fold with new pages taken in one by one; written when it is closed, with all that was kept."""

    def __init__(self, data_dir: Path, campaign: Campaign) -> None:
        self._data_dir = data_dir
        self._campaign = campaign
        self._parsed = ParsedPages(data_dir / "processed")
        self._folded: CampaignLedger = fold_campaign(data_dir, campaign)

    def __enter__(self) -> "Intake":
        return self

    def take(self, snapshot: Snapshot, body: bytes, *, may_lose: bool = True) -> PageCounts:
        """One page into snapshots and fold; bytes that speak for their page already are counted, not kept twice.

        Raises PageRefused, or PollsVanished for a page that lost a poll where it may not; then nothing has changed.
        """
        raw = self._data_dir / "raw"
        kept = snapshots.same_as_newest(raw, snapshot)
        if kept and kept.name in self._folded.pages:
            return self._folded.pages[kept.name].read_again()
        snapshot = snapshots.in_order(raw, snapshot)
        counts = take_page(self._folded, snapshot, body, self._parsed, may_lose=may_lose)
        snapshots.keep(raw, replace(snapshot, rows=counts.rows), body)
        return counts

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Write what was taken in, also where a page was refused; not where its bytes could not be kept."""
        if kind is not None and not issubclass(kind, PageRefused):
            return
        raw = self._data_dir / "raw"
        with Ledger.open(self._data_dir / "processed" / LEDGER) as ledger:
            write(raw, ledger, self._folded, fingerprint(raw, self._campaign))


def describe(
    body: bytes,
    source: str,
    campaign: Campaign,
    today: date,
    *,
    file: str | None = None,
    answer: Fetched | None = None,
    title: str | None = None,
) -> Snapshot:
    """The facts of bytes that came in: from a file, or as a source's answer for a page of that title."""
    content_type = answer.content_type if answer else ""
    given = title or file or source
    page = SOURCES[source].name_page(body, content_type, given) if source in SOURCES else PageName(given)
    return Snapshot(
        election=campaign.election.id,
        source=source,
        page=page.name,
        sha256=snapshots.digest(body),
        retrieved_utc=snapshots.now_utc(),
        today=str(today),
        url=answer.url if answer else None,
        file=file,
        content_type=content_type,
        licence=_licence(source, campaign),
        revision=page.revision,
        rows=0,
        etag=answer.validators.etag if answer else None,
        last_modified=answer.validators.last_modified if answer else None,
        asked=title if answer else None,
    )


def refuse_unnamed(source: str, campaign: Campaign) -> None:
    """A source whose electorate says nothing of it, neither unit nor licence; raises ImportRefused."""
    if not source_of(source).is_own and source not in campaign.electorate.sources:
        folder = f"data/raw/electorates/{campaign.electorate.id}"
        raise ImportRefused(f"{folder}/sources.toml has no table [{source}]; add it as docs/sources.md says")


def _licence(source: str, campaign: Campaign) -> str:
    """Under what the bytes are, in English where that is said."""
    settings = campaign.electorate.sources.get(source)
    if settings is None:
        return "the desk's own"
    texts = in_languages(settings.licence, campaign.electorate.settings.languages)
    return texts.get("en") or next(iter(texts.values()))


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
    campaign = open_reference(raw, election).campaign(election)
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
