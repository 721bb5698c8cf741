"""Asking the sources that can be asked, for the campaigns that are live; what each said is told plainly.

A source that does not answer changes nothing: its last good page stands, and the others go on.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace as replace_fields
from datetime import UTC, datetime
from pathlib import Path

from pipelines.editions.files import replace
from pipelines.electorate import Campaign, Reference
from pipelines.errors import PollsVanished, SourceError, SourceUnreachable
from pipelines.http.answers import Fetched, Validators
from pipelines.http.client import LONGEST_WAIT, Client, ClientSettings
from pipelines.ingest import snapshots
from pipelines.ingest.archive import open_reference
from pipelines.ingest.fold import PageCounts
from pipelines.ingest.imports import Intake, describe
from pipelines.ingest.snapshots import Snapshot
from pipelines.request import RefreshRequest, is_live
from pipelines.sources.registry import SOURCES
from pipelines.sources.source import FetchedSource

WAITS = "ask-again.json"


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of asking one source for one campaign, in words; `error` is None where it answered."""

    source: str
    election: str
    words: str = ""
    error: str | None = None
    has_news: bool = False
    newly_quarantined: int = 0


def make_client(settings: ClientSettings, contact: str) -> Client:
    """The client a source is asked with; tests put one here that may go to the loopback."""
    return Client(settings, contact)


def live_campaigns(election: str, order: RefreshRequest, reference: Reference) -> list[Campaign]:
    """The live ones among the campaigns a refresh is for."""
    wanted = reference.campaigns.values() if election.startswith("all") else [reference.campaign(election)]
    return [campaign for campaign in wanted if is_live(campaign, order.today_in(campaign.zone))]


def ask_all(election: str, order: RefreshRequest) -> list[Asked]:
    """Ask every source that has a page for a live campaign; raises nothing a source can cause."""
    reference = open_reference(order.data_dir / "raw", election)
    answers = []
    for campaign in live_campaigns(election, order, reference):
        for name, settings in campaign.electorate.sources.items():
            source = SOURCES.get(name)
            if isinstance(source, FetchedSource) and (page := source.page_of(settings, campaign.election.id)):
                client = make_client(source.client_settings(settings), order.settings.contact)
                answers.append(_ask(source, page, client, order, campaign))
    return answers


def _ask(asked: FetchedSource, page: str, client: Client, order: RefreshRequest, campaign: Campaign) -> Asked:
    source, election, waits = asked.id, campaign.election.id, order.data_dir / "processed" / WAITS
    try:
        _refuse_early(source, waits)
        done = _fetch(asked, page, client, order, campaign)
    except SourceError as error:
        if isinstance(error, SourceUnreachable) and error.ask_again:
            _wait_until(source, waits, error.ask_again)
        return Asked(source, election, f"{source}: {error}; its last good page stands", str(error))
    if not done:
        return Asked(source, election, f"{source}: nothing new")
    counts = [sum(getattr(one, name) for one in done) for name in ("accepted", "revised", "withdrawn", "quarantined")]
    words = "{}: {} new polls, {} corrected, {} withdrawn; {} rows quarantined".format(source, *counts)
    newly = sum(one.newly_quarantined for one in done)
    return Asked(source, election, words, None, any(counts[:3]), newly)


def _fetch(
    source: FetchedSource, page: str, client: Client, order: RefreshRequest, campaign: Campaign
) -> list[PageCounts]:
    """The pages that changed, taken in: none before all have come."""
    raw = order.data_dir / "raw"
    before = [one for one in snapshots.kept(raw, campaign.election.id) if one.source == source.id and one.asked]
    speaking = snapshots.newest(before).values()
    known = {str(one.asked): Validators(one.etag, one.last_modified) for one in speaking}
    pages = source.fetch(client, page, known)
    revisions = {one.page: one.revision for one in speaking}
    changed = []
    for asked, answer in ((each.asked, each.answer) for each in reversed(pages)):
        if isinstance(answer, Fetched):
            today = order.today_in(campaign.zone)
            snapshot = describe(answer.body, source.id, campaign, today, answer=answer, title=asked)
            # The same revision is the same page, whatever the server wrote around it.
            is_same = snapshot.revision is not None and revisions.get(snapshot.page) == snapshot.revision
            if not is_same and not snapshots.same_as_newest(raw, snapshot):
                changed.append((snapshot, answer.body))
    if not changed:
        return []
    with Intake(order.data_dir, campaign) as intake:
        return _take_all(intake, changed)


def _take_all(intake: Intake, changed: list[tuple[Snapshot, bytes]]) -> list[PageCounts]:
    """Pages that lost no poll first: what moved from one page to another is there before it is missed."""
    counts: list[PageCounts] = []
    waiting: list[tuple[Snapshot, bytes]] = []
    for snapshot, body in changed:
        now = replace_fields(snapshot, retrieved_utc=snapshots.now_utc())
        try:
            counts.append(intake.take(now, body, may_lose=False))
        except PollsVanished:
            waiting.append((snapshot, body))
    for snapshot, body in waiting:
        now = replace_fields(snapshot, retrieved_utc=snapshots.now_utc())
        counts.append(intake.take(now, body))
    return counts


def _refuse_early(source: str, waits: Path) -> None:
    """A source that asked to be left alone is not asked before its time, in whichever run.

    A time further off than any source is given was taken from a clock that ran ahead, and counts as none.
    """
    until, now = _waits(waits).get(source), datetime.now(UTC)
    if until and now < until <= now + LONGEST_WAIT:
        shown = f"{until:%Y-%m-%d %H:%M:%S} UTC"
        raise SourceUnreachable(f"{source} asked not to be asked before {shown}", until)


def _wait_until(source: str, waits: Path, until: datetime) -> None:
    known = {name: moment.isoformat() for name, moment in _waits(waits).items()}
    waits.parent.mkdir(parents=True, exist_ok=True)
    replace(waits, json.dumps({**known, source: until.isoformat()}, sort_keys=True).encode())


def _waits(path: Path) -> dict[str, datetime]:
    """Until when each source is left alone; a file that cannot be read says nothing."""
    try:
        return {name: datetime.fromisoformat(text) for name, text in json.loads(path.read_bytes()).items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}


def say_all(asked: Sequence[Asked], election: str, order: RefreshRequest, *, offline: bool) -> list[str]:
    """What a refresh tells of its sources before it begins."""
    if offline:
        return ["reading the polls that are here (offline)"]
    if order.as_of:
        return [f"reading the polls that are here (as of {order.as_of}, no source is asked)"]
    if asked:
        return [f"{one.election}: {one.words}" for one in asked]
    reference = open_reference(order.data_dir / "raw", election)
    live = live_campaigns(election, order, reference)
    if live:
        return [f"{one.election.id}: no source has a page to ask; reading the polls that are here" for one in live]
    return [f"no campaign is live on {order.day}, so no source is asked: reading the polls that are here"]
