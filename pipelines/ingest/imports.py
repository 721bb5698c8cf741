"""How polls come in: files, and answers of the sources that are asked; refused before a byte is written, or kept.

A source that does not answer changes nothing: its last good page stands, and the others go on.
"""

import json
import logging
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import BoundedSemaphore, Thread
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from electoral.polls import PollKind
from pipelines import log
from pipelines.editions.files import replace as replace_file
from pipelines.electorate import Campaign, Reference
from pipelines.electorate.folder import DESK
from pipelines.electorate.settings import in_languages
from pipelines.errors import ImportRefused, PageRefused, PollsVanished, SourceError, SourceUnreachable, one_line
from pipelines.http.client import LONGEST_WAIT, Client, ClientSettings, Fetched, Validators
from pipelines.ingest import snapshots
from pipelines.ingest.archive import open_reference
from pipelines.ingest.page import ParsedPages, scope_of
from pipelines.ingest.run import fingerprint, fold_campaign, without_cycle_search, write
from pipelines.ingest.snapshots import Snapshot
from pipelines.ingest.store import Ledger
from pipelines.request import RefreshRequest, may_tell_exit_polls
from pipelines.settings import ledger_of
from pipelines.sources.reading import SHEET, FetchedPage, FetchedSource, PageName, poll_sources, source_of

if TYPE_CHECKING:
    from pipelines.ingest.fold import CampaignLedger, PageCounts

LARGEST = 50_000_000
DESK_SHEETS = "polls"  # the folder of raw/desk that has sheets two people have seen, by election
WAITS = "ask-again.json"
MOST_HOSTS_OF_A_SOURCE = 3  # asked at once: what Wikimedia asks of a client for all its wikis together


def read_file(path: Path) -> bytes:
    """The bytes of a file to import; raises ImportRefused for one that is not there, empty or far too large."""
    try:
        size = path.stat().st_size
        if not path.is_file() or size > LARGEST:
            raise ImportRefused(f"{path}: give a file of at most {LARGEST:,} bytes")
        return path.read_bytes()
    except FileNotFoundError as error:
        raise ImportRefused(f"{path}: no such file") from error


@without_cycle_search()
def import_file(data_dir: Path, path: Path, source: str, election: str, today: date | None) -> "PageCounts":
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


def waiting_sheets(raw: Path, campaign: Campaign, today: date) -> Iterator[tuple[Snapshot, bytes]]:
    """The sheets that were approved at the desk and did not come in yet."""
    for path in sorted((raw / DESK / DESK_SHEETS / campaign.election.id).glob("[!.]*.csv")):
        body = read_file(path)
        snapshot = describe(body, SHEET, campaign, today, file=path.name)
        if snapshots.same_as_newest(raw, snapshot) is None:
            yield snapshots.in_order(raw, snapshot), body


def take_desk_sheets(raw: Path, campaign: Campaign, today: date) -> None:
    """Keep their bytes; the fold reads them after that."""
    for snapshot, body in list(waiting_sheets(raw, campaign, today)):
        snapshots.keep(raw, snapshot, body)


class Intake:
    """A campaign's fold with new pages taken in one by one; written when it is closed, with all that was kept."""

    def __init__(self, data_dir: Path, campaign: Campaign) -> None:
        self._data_dir = data_dir
        self._campaign = campaign
        self._parsed = ParsedPages(data_dir / "processed")
        self._folded: CampaignLedger = fold_campaign(data_dir, campaign)

    def __enter__(self) -> "Intake":
        return self

    def take(self, snapshot: Snapshot, body: bytes, *, may_lose: bool = True) -> "PageCounts":
        """One page into snapshots and fold; bytes that speak for their page already are counted, not kept twice.

        Raises PageRefused, or PollsVanished for a page that lost a poll where it may not; then nothing has changed.
        """
        from pipelines.ingest.fold import take_page

        raw = self._data_dir / "raw"
        stored = snapshots.same_as_newest(raw, snapshot)
        if stored and stored.name in self._folded.pages:
            return self._folded.pages[stored.name].read_again()
        self._refuse_untold(snapshot, body)
        snapshot = snapshots.in_order(raw, snapshot)
        counts = take_page(self._folded, snapshot, body, self._parsed, may_lose=may_lose)
        snapshots.keep(raw, replace(snapshot, rows=counts.rows), body)
        return counts

    def _refuse_untold(self, snapshot: Snapshot, body: bytes) -> None:
        """A page with exit polls before the ballots close: they are drafts until then; raises PageRefused."""
        if may_tell_exit_polls(self._campaign, date.fromisoformat(snapshot.today)):
            return
        from pipelines.ingest.fold import citation

        names = self._folded.names
        scope = scope_of(snapshot.source, citation(snapshot), date.fromisoformat(snapshot.today), names)
        reading = source_of(snapshot.source).parse(body, scope, content_type=snapshot.content_type)
        if any(poll.kind is PollKind.EXIT_POLL for poll in reading.polls):
            raise PageRefused("it has exit polls, and the ballots have not closed: bring them with `exit-polls add`")

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Write what was taken in, also where a page was refused; not where its bytes could not be kept."""
        if kind is not None and not issubclass(kind, PageRefused):
            return
        raw, election = self._data_dir / "raw", self._campaign.election.id
        mark = fingerprint(raw, self._campaign)
        with Ledger.open(ledger_of(self._data_dir / "processed"), election) as ledger:
            if ledger.fingerprint(election) != mark:
                write(raw, ledger, self._folded, mark)


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
    name = title or file or source
    page = source_of(source).name_page(body, content_type, name) if source in poll_sources() else PageName(name)
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


# The sources that can be asked, for the campaigns that are live


@dataclass(frozen=True, slots=True)
class SourceOutcome:
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
    return [campaign for campaign in wanted if campaign.calendar.is_live(order.today_in(campaign.zone))]


@dataclass(frozen=True, eq=False)
class Question:
    """A source to ask about a campaign, and what of its pages came in before."""

    source: FetchedSource
    campaign: Campaign
    page: str
    settings: ClientSettings
    by_title: Mapping[str, Snapshot]

    @property
    def host(self) -> str:
        return urlsplit(self.settings.url).netloc


Answer = Sequence[FetchedPage] | Exception


def questions(election: str, order: RefreshRequest, reference: Reference) -> list[Question]:
    """Every source that has a page for a live campaign."""
    questions = []
    for campaign in live_campaigns(election, order, reference):
        stored = snapshots.stored(order.raw, campaign.election.id)
        for name, settings in campaign.electorate.sources.items():
            source = source_of(name) if name in poll_sources() else None
            if isinstance(source, FetchedSource) and (page := source.page_of(settings, campaign.election.id)):
                speaking = snapshots.newest([one for one in stored if one.source == source.id and one.asked])
                by_title = {str(one.asked): one for one in speaking.values()}
                questions.append(Question(source, campaign, page, source.client_settings(settings), by_title))
    return questions


def ask_all(open_questions: Sequence[Question], order: RefreshRequest) -> Callable[[float], SourceOutcome | None]:
    """Ask from this call on; what is returned takes in the next answer, and raises nothing a source can cause.

    It waits for one so many seconds, and returns None where none has come. Hosts are asked beside each other, each
    one thing at a time, so that a slow one delays no other; one that asks to be left alone is not asked again. What
    came is written by the caller's thread alone.
    """
    by_host: dict[str, list[Question]] = {}
    for one in open_questions:
        by_host.setdefault(one.host, []).append(one)
    at_once = {one.source.id: BoundedSemaphore(MOST_HOSTS_OF_A_SOURCE) for one in open_questions}
    waits = _waits(order.processed / WAITS)
    answers: SimpleQueue[tuple[Question, Answer]] = SimpleQueue()

    def ask_host(host: str) -> None:
        client_for = cache(lambda settings: make_client(settings, order.settings.contact))  # one keeps its distance
        until = waits.get(host)
        for one in by_host[host]:
            with at_once[one.source.id]:
                answer = _fetch(one, client_for, until)
            if isinstance(answer, SourceUnreachable):
                until = answer.ask_again or until
            answers.put((one, answer))

    for host in by_host:
        Thread(target=ask_host, args=(host,), daemon=True).start()

    def take(patience_seconds: float) -> SourceOutcome | None:
        try:
            question, answer = answers.get(timeout=patience_seconds)
        except Empty:
            return None
        return _take(question, answer, order)

    return take


def _fetch(question: Question, client_for: Callable[[ClientSettings], Client], until: datetime | None) -> Answer:
    """The pages of one source, or why there are none; nothing is written, so that it can go beside others."""
    validators = {title: Validators(one.etag, one.last_modified) for title, one in question.by_title.items()}
    try:
        _refuse_early(question.host, until)
        return question.source.fetch(client_for(question.settings), question.page, validators)
    except Exception as error:  # carried to the thread that takes it in
        return error


def _take(question: Question, pages: Answer, order: RefreshRequest) -> SourceOutcome:
    source, election = question.source.id, question.campaign.election.id
    try:
        if isinstance(pages, SourceUnreachable) and pages.ask_again:
            _wait_until(question.host, order.processed / WAITS, pages.ask_again)
        if isinstance(pages, Exception):
            raise pages
        totals = _take_changed(question, pages, order)
    except Exception as error:
        reason = str(error)
        if not isinstance(error, SourceError):  # a fault of ours or of the disk: no concern of other campaigns
            reason = one_line(f"{type(error).__name__}: {error}", 400)
            trace = traceback.format_exc()
            log.say("source failed", logging.ERROR, source=source, election=election, traceback=trace)
        return SourceOutcome(source, election, f"{source}: {reason}; its last good page stands", reason)
    if not totals:
        return SourceOutcome(source, election, f"{source}: nothing new")
    counts = [sum(getattr(one, name) for one in totals) for name in ("accepted", "revised", "withdrawn", "quarantined")]
    words = "{}: {} new polls, {} corrected, {} withdrawn; {} rows quarantined".format(source, *counts)
    newly = sum(one.newly_quarantined for one in totals)
    return SourceOutcome(source, election, words, None, any(counts[:3]), newly)


def _take_changed(question: Question, pages: Sequence[FetchedPage], order: RefreshRequest) -> "list[PageCounts]":
    """The pages that changed, taken in: none before all have come."""
    campaign, today = question.campaign, order.today_in(question.campaign.zone)
    revisions = {one.page: one.revision for one in question.by_title.values()}
    changed = []
    for title, answer in ((each.title, each.answer) for each in reversed(pages)):
        if isinstance(answer, Fetched):
            snapshot = describe(answer.body, question.source.id, campaign, today, answer=answer, title=title)
            # The same revision is the same page, whatever the server wrote around it.
            is_same = snapshot.revision is not None and revisions.get(snapshot.page) == snapshot.revision
            if not is_same and not snapshots.same_as_newest(order.raw, snapshot):
                changed.append((snapshot, answer.body))
    if not changed:
        return []
    with without_cycle_search(), Intake(order.data_dir, campaign) as intake:
        return _take_all(intake, changed)


def _take_all(intake: Intake, changed: list[tuple[Snapshot, bytes]]) -> "list[PageCounts]":
    """Pages that lost no poll first: what moved from one page to another is there before it is missed."""
    counts: list[PageCounts] = []
    waiting: list[tuple[Snapshot, bytes]] = []
    for snapshot, body in changed:
        now = replace(snapshot, retrieved_utc=snapshots.now_utc())
        try:
            counts.append(intake.take(now, body, may_lose=False))
        except PollsVanished:
            waiting.append((snapshot, body))
    for snapshot, body in waiting:
        now = replace(snapshot, retrieved_utc=snapshots.now_utc())
        counts.append(intake.take(now, body))
    return counts


def _refuse_early(host: str, until: datetime | None) -> None:
    """A host that asked to be left alone is not asked before its time, in whichever run.

    A time further off than any source is given was taken from a clock that ran ahead, and counts as none.
    """
    now = datetime.now(UTC)
    if until and now < until <= now + LONGEST_WAIT:
        raise SourceUnreachable(f"{host} asked not to be asked before {until:%Y-%m-%d %H:%M:%S} UTC", until)


def _wait_until(host: str, waits: Path, until: datetime) -> None:
    waiting = {name: moment.isoformat() for name, moment in _waits(waits).items()}
    waits.parent.mkdir(parents=True, exist_ok=True)
    replace_file(waits, json.dumps({**waiting, host: until.isoformat()}, sort_keys=True).encode())


def _waits(path: Path) -> dict[str, datetime]:
    """Until when each host is left alone; a file that cannot be read says nothing."""
    try:
        return {name: datetime.fromisoformat(text) for name, text in json.loads(path.read_bytes()).items()}
    except (OSError, ValueError, AttributeError, TypeError, RecursionError):
        return {}


def say_before(
    open_questions: Sequence[Question], reference: Reference, election: str, order: RefreshRequest, *, offline: bool
) -> list[str]:
    """What a refresh tells where it asks no source."""
    if offline:
        return ["reading the polls that are here (offline)"]
    if order.as_of:
        return [f"reading the polls that are here (as of {order.as_of}, no source is asked)"]
    if open_questions:
        return []
    live = live_campaigns(election, order, reference)
    if live:
        return [f"{one.election.id}: no source has a page to ask; reading the polls that are here" for one in live]
    return [f"no campaign is live on {order.day}, so no source is asked: reading the polls that are here"]
