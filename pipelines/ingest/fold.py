"""The ledger of a campaign as one fold: what ships, then every page and file in the order of its time.

    archive + pages ── normalise ── link ── check ── compare ──► polls with revisions, readings, refusals, events

Each step is a pure function of the page and of what the fold holds so far; only `CampaignLedger.record` changes it. So
the same raw gives the same ledger, whether it grew night by night or is rebuilt.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from pathlib import Path

from electoral.fieldwork import overlapping_waves
from electoral.polls import Poll
from pipelines.electorate import Campaign
from pipelines.errors import PageRefused, PollsVanished, one_line
from pipelines.ingest import snapshots
from pipelines.ingest.archive import ARCHIVE, amend, family_of, shipped_polls, uncorrected
from pipelines.ingest.checks import adds_up, check
from pipelines.ingest.linkage import Match, MatchKind, link, placed
from pipelines.ingest.normalise import NameIndex
from pipelines.ingest.page import (
    COLUMN,
    MOST_NAMED,
    NormalisedPage,
    ParsedPages,
    normalise_page,
    scope_of,
)
from pipelines.ingest.readings import (
    SourceReading,
    lost_something,
    resolve,
    same_but_for_citation,
    same_numbers,
)
from pipelines.ingest.similarity import LinkageContext
from pipelines.ingest.snapshots import Snapshot
from pipelines.log import say
from pipelines.sources import guards
from pipelines.sources.reading import UNNAMED_ROW, Refusal, poll_sources, source_of

ReadingKey = tuple[str, str, bool]  # poll, source, is_lossy
PageKey = tuple[str, str]  # source, page


@dataclass(frozen=True, slots=True)
class Revision:
    """One state of a poll; `poll` is None where no source has it any more."""

    number: int
    source: str
    poll: Poll | None
    recorded_utc: str


@dataclass(frozen=True, slots=True)
class RecordedRefusal:
    """A refused row and the moment it was first refused at."""

    row: Refusal
    first_seen_utc: str


@dataclass(frozen=True, slots=True)
class PageRecord:
    """One page's readings, ready to be recorded: nothing in it can be refused any more.

    `recorded_utc` lies in raw: when the bytes were retrieved, or for what ships its newest day. `gone`: polls of the
    source that the page no longer has.
    """

    source: str
    page: str
    recorded_utc: str
    readings: Sequence[SourceReading]
    refused: Sequence[Refusal]
    gone: Collection[str] = ()
    events: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class PageCounts:
    """What one page did, counted in polls, and what became of its rows.

    `rows` is every row of the page: accepted, revised, unchanged, a repeat, a result, an event or refused; `reasons`
    counts the refused ones by reason.
    """

    accepted: int = 0
    revised: int = 0
    withdrawn: int = 0
    unchanged: int = 0
    newly_quarantined: int = 0
    quarantined: int = 0
    events: int = 0
    rows: int = 0
    repeats: int = 0
    results: int = 0
    refused_rows: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    @property
    def accounted(self) -> int:
        """The rows whose end is known: equal to `rows`, or one was lost."""
        polls = self.accepted + self.revised + self.unchanged
        return polls + self.repeats + self.results + self.events + self.refused_rows

    def document(self) -> dict[str, object]:
        """The document of `import --json`."""
        names = ("accepted", "revised", "unchanged", "quarantined", "events", "reasons")
        return {name: getattr(self, name) for name in names}

    def read_again(self) -> "PageCounts":
        """The same page once more: nothing in it is new."""
        polls = self.accepted + self.revised + self.unchanged
        return replace(self, accepted=0, revised=0, withdrawn=0, unchanged=polls, newly_quarantined=0)


@dataclass(slots=True)
class CampaignLedger:
    """Everything that came in for one campaign, as the fold holds it."""

    names: NameIndex
    revisions: dict[str, list[Revision]] = field(default_factory=dict)
    readings: dict[ReadingKey, SourceReading] = field(default_factory=dict)
    refusals: dict[PageKey, dict[tuple[str, str, str], RecordedRefusal]] = field(default_factory=dict)
    events: dict[tuple[str, str, str], None] = field(default_factory=dict)
    loaded_utc: dict[str, str] = field(default_factory=dict)  # by source
    pages: dict[str, PageCounts] = field(default_factory=dict)  # by snapshot
    read: list[Snapshot] = field(default_factory=list)

    @property
    def campaign(self) -> Campaign:
        return self.names.campaign

    def polls(self) -> dict[str, Poll]:
        """The polls that stand, by id."""
        newest = (revisions[-1].poll for revisions in self.revisions.values())
        return {poll.id: poll for poll in newest if poll is not None}

    def record(self, page: PageRecord) -> PageCounts:
        """Take a page's readings in and revise the polls they are of; returns what changed."""
        by_poll = self._by_poll()
        counts = dict.fromkeys(("new", "revised", "withdrawn", "unchanged"), 0)
        before = {name: self.readings.get((name, page.source, False)) for name in self._touched(page)}
        for reading in page.readings:
            self._record_reading(reading, before[reading.poll.id], by_poll)
        for name in page.gone:
            closed = replace(self.readings[name, page.source, False], is_open=False)
            self._put(closed, by_poll)
        for name in before:
            own = self.readings[name, page.source, False]
            if change := self._revise(name, own, before[name], list(by_poll[name].values()), page):
                counts[change] += 1
        newly = self._record_refusals(page)
        self.events.update(dict.fromkeys((page.source, day, text) for day, text in page.events))
        self.loaded_utc[page.source] = max(self.loaded_utc.get(page.source, ""), page.recorded_utc)
        return PageCounts(counts["new"], counts["revised"], counts["withdrawn"], counts["unchanged"], newly)

    def _by_poll(self) -> dict[str, dict[ReadingKey, SourceReading]]:
        grouped: dict[str, dict[ReadingKey, SourceReading]] = {}
        for key, reading in self.readings.items():
            grouped.setdefault(key[0], {})[key] = reading
        return grouped

    @staticmethod
    def _touched(page: PageRecord) -> list[str]:
        return list(dict.fromkeys([*(reading.poll.id for reading in page.readings), *page.gone]))

    def _record_reading(
        self,
        reading: SourceReading,
        before: SourceReading | None,
        by_poll: dict[str, dict[ReadingKey, SourceReading]],
    ) -> None:
        """A source's latest reading in the place of its last, or beside it where it lost something that one has."""
        if before:
            reading = replace(reading, arrived_utc=before.arrived_utc, seen_date=before.seen_date)
        if before and before.is_open and lost_something(reading.poll, before.poll, adds_up=reading.adds_up):
            self._put(replace(before, page=reading.page, printed=reading.printed), by_poll)
            reading = replace(reading, is_lossy=True)
        else:
            lossy = (reading.poll.id, reading.source, True)
            self.readings.pop(lossy, None)
            by_poll.get(reading.poll.id, {}).pop(lossy, None)
        self._put(reading, by_poll)

    def _put(self, reading: SourceReading, by_poll: dict[str, dict[ReadingKey, SourceReading]]) -> None:
        key = (reading.poll.id, reading.source, reading.is_lossy)
        self.readings[key] = reading
        by_poll.setdefault(reading.poll.id, {})[key] = reading

    def _revise(
        self,
        name: str,
        own: SourceReading,
        before: SourceReading | None,
        readings: Sequence[SourceReading],
        page: PageRecord,
    ) -> str | None:
        """Append a revision where the poll is another now; returns what the poll counts as."""
        revisions = self.revisions.setdefault(name, [])
        poll = resolve(readings, self.campaign.lists)
        is_read_again = before is not None and before.is_open and own.is_open
        change, is_revision = _change(revisions, poll, is_cited=before is None, is_read_again=is_read_again)
        if is_revision:
            revisions.append(Revision(len(revisions) + 1, page.source, poll, page.recorded_utc))
        if not revisions:
            del self.revisions[name]
        has_new_reading = before is not None and is_read_again and not same_but_for_citation(before.poll, own.poll)
        return "revised" if change == "unchanged" and has_new_reading else change

    def _record_refusals(self, page: PageRecord) -> int:
        """What the page refuses now, in the place of what it refused before; returns how many rows are new in it."""
        key = (page.source, page.page)
        before = self.refusals.get(key, {})
        now: dict[tuple[str, str, str], RecordedRefusal] = {}
        for row in page.refused:
            name = (row.poll, row.check, row.reason)
            first = before[name].first_seen_utc if name in before else page.recorded_utc
            now[name] = RecordedRefusal(row, first)
        self.refusals[key] = now
        return len(now.keys() - before.keys())


def _change(
    revisions: Sequence[Revision], poll: Poll | None, *, is_cited: bool, is_read_again: bool
) -> tuple[str | None, bool]:
    """What a poll counts as, and whether it gets a revision.

    `is_cited`: the source has it for the first time, so that what it adds beside the numbers is a citation.
    `is_read_again`: the source had it before; that it has it on another page now is no revision.
    """
    before = revisions[-1].poll if revisions else None
    if revisions and before == poll:
        return ("unchanged" if poll else None), False
    if poll is None:
        return ("withdrawn" if revisions else None), bool(revisions)
    if before is None:
        return ("revised" if revisions else "new"), True
    if same_but_for_citation(before, poll):
        return "unchanged", not is_read_again
    return ("unchanged" if is_cited and same_numbers(before, poll) else "revised"), True


def fold(raw: Path, campaign: Campaign, parsed: ParsedPages) -> CampaignLedger:
    """Every poll of a campaign with its revisions, from data/raw alone; a page that is refused changes nothing."""
    ledger = CampaignLedger(NameIndex.of(campaign))
    ledger.record(archive_page(raw, ledger.names))
    for snapshot in snapshots.stored(raw, campaign.election.id):
        if snapshot.source not in poll_sources():
            continue
        try:
            take_page(ledger, snapshot, snapshots.read(raw, snapshot), parsed)
        except PageRefused as error:
            say("snapshot refused", snapshot=snapshot.name, error=str(error))
    return ledger


def archive_page(raw: Path, names: NameIndex) -> PageRecord:
    """What ships for a campaign, as the first page of its fold."""
    polls, refused = shipped_polls(raw, names)
    newest = max((poll.published_date or poll.fieldwork.end for poll in polls), default=date.min)
    # A file has no time of its own that a copy would keep.
    moment = datetime.combine(newest, time.min, UTC).isoformat()
    readings = [
        SourceReading(poll, ARCHIVE, "", poll.id, family_of(poll.source), is_shipped=True, arrived_utc=moment)
        for poll in polls
    ]
    return PageRecord(ARCHIVE, "", moment, readings, refused)


@dataclass(frozen=True, slots=True)
class LinkedPage:
    """A page beside the ledger, before anything of it is recorded: which poll each row is, and what is refused.

    `name` is that under which it is recorded. `matches` are in the order of `page.polls`; `own` are the earlier
    readings of its source, `open_here` the polls that this page had.
    """

    name: str
    page: NormalisedPage
    matches: Sequence[Match]
    readings: Sequence[SourceReading]
    refused: Sequence[Refusal]
    own: Sequence[SourceReading]
    open_here: Sequence[str]
    is_older: bool
    warnings: tuple[str, ...]


def link_page(ledger: CampaignLedger, snapshot: Snapshot, body: bytes, parsed: ParsedPages) -> LinkedPage:
    """Parse, guard, normalise, link and check one page; raises PageRefused. Nothing is changed."""
    scope = scope_of(snapshot.source, citation(snapshot), date.fromisoformat(snapshot.today), ledger.names)
    reading = parsed.read(snapshot.source, body, snapshot.content_type, scope)
    page = normalise_page(reading, snapshot.source, scope, ledger.names)
    earlier = [one for one in ledger.read if (one.source, one.page) == (snapshot.source, snapshot.page)]
    is_older = any(snapshot.is_older_than(one) for one in earlier)
    page_name = f"{snapshot.page} (revision {snapshot.revision})" if is_older else snapshot.page
    context = linkage_context(ledger, snapshot.source, page_name)
    own = [one for one in context.readings if one.source == snapshot.source and not one.is_lossy]
    # What other pages of the source have said since has moved there, and is not missed here.
    open_here = [one.poll.id for one in own if one.is_open and one.page == page_name]
    guards.refuse_emptied(len(reading.polls) + len(reading.repeats), reading.rows, None if is_older else len(open_here))
    guards.refuse_swapped(page.polls, context.polls.values())
    matches = link(page.polls, context)
    readings, refused = _checked(page, matches, snapshot, page_name, context, ledger.names)
    warnings = (*reading.warnings, *_warnings(page, matches, ledger))
    return LinkedPage(page_name, page, matches, readings, refused, own, open_here, is_older, warnings)


def take_page(
    ledger: CampaignLedger, snapshot: Snapshot, body: bytes, parsed: ParsedPages, *, may_lose: bool = True
) -> PageCounts:
    """Record one page; raises PageRefused, or PollsVanished where it lost a poll and may not, and changes nothing."""
    linked = link_page(ledger, snapshot, body, parsed)
    reading, readings, refused = linked.page.reading, linked.readings, linked.refused
    stale = {one.poll.id for one in linked.own} if linked.is_older else set()
    gone = _gone(ledger, snapshot, linked)
    if gone and not may_lose:
        raise PollsVanished(f"{len(gone)} polls are not on {snapshot.page} any more")
    fresh = [one for one in readings if one.poll.id not in stale]
    events = [(str(event.date), event.text) for event in reading.events]
    counts = ledger.record(
        PageRecord(snapshot.source, linked.name, snapshot.retrieved_utc, fresh, refused, gone, events)
    )
    ledger.read.append(snapshot)
    ledger.pages[snapshot.name] = replace(
        counts,
        unchanged=len(readings) - counts.accepted - counts.revised,
        quarantined=len(refused),
        events=len(events),
        rows=reading.rows,
        repeats=len(reading.repeats) + sum(match.kind is MatchKind.REPEAT for match in linked.matches),
        results=len(reading.results),
        refused_rows=sum(not row.place.startswith(COLUMN) for row in refused),
        reasons=_counted(row.reason for row in refused),
        warnings=linked.warnings,
    )
    return ledger.pages[snapshot.name]


def _counted(reasons: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(reasons).items(), key=lambda item: (-item[1], item[0])))


def citation(snapshot: Snapshot) -> str:
    """What a poll's source reads, as the archive words it."""
    return source_of(snapshot.source).citation.format(snapshot.page)


def linkage_context(ledger: CampaignLedger, source: str, page: str) -> LinkageContext:
    """What the ledger has of a campaign when a page of a source comes in."""
    campaign = ledger.campaign
    twins = [row for row in campaign.rulings.values() if row.check == "twin"]
    readings, polls = list(ledger.readings.values()), ledger.polls()
    family = [one for one in readings if one.family == source]
    others = [one for one in readings if one.is_open and one.source == source and one.page != page]
    return LinkageContext(
        source=source,
        polls=polls,
        readings=readings,
        ids=frozenset(ledger.revisions),
        lists=campaign.lists,
        same={row.poll: row.printed for row in twins if row.ruling == "same"},
        different=frozenset(frozenset((row.poll, row.printed)) for row in twins if row.ruling == "distinct"),
        house_size=campaign.election.rules.house_size,
        own=frozenset(one.poll.id for one in family),
        shipped={one.poll.id: one.poll for one in family if one.is_shipped},
        elsewhere=frozenset(one.poll.id for one in others),
        pollsters=frozenset(ledger.campaign.electorate.pollsters),
        publishers=frozenset(ledger.campaign.electorate.publishers),
        spellings=ledger.names.spellings,
        uncorrected={
            poll.id: uncorrected(poll, ledger.names, source)
            for poll in polls.values()
            if campaign.corrections_of(poll.id)
        },
    )


def _checked(
    page: NormalisedPage,
    matches: Sequence[Match],
    snapshot: Snapshot,
    page_name: str,
    context: LinkageContext,
    names: NameIndex,
) -> tuple[list[SourceReading], list[Refusal]]:
    """Readings under the ledger's ids; those whose numbers the ledger does not hold yet are checked first."""
    rows = [
        (poll, amend(placed(poll, match, context), names, snapshot.source), match)
        for poll, match in zip(page.polls, matches, strict=True)
        if match.kind is not MatchKind.REPEAT
    ]
    campaign = names.campaign
    checked = check([row for _, row, match in rows if match.kind is not MatchKind.KNOWN], snapshot.source, campaign)
    passed = {poll.id for poll in checked.polls}
    places = {row.id: page.reading.places.get(poll.id, "") for poll, row, _ in rows}
    refused = [replace(row, place=places.get(row.poll, "")) for row in checked.refused]
    readings = [
        SourceReading(
            row,
            snapshot.source,
            page_name,
            poll.id,
            snapshot.source,
            adds_up=adds_up(row, campaign),
            citations=page.reading.citations.get(poll.id, ()),
            seen_date=date.fromisoformat(snapshot.today),
            arrived_utc=snapshot.retrieved_utc,
        )
        for poll, row, match in rows
        if match.kind is MatchKind.KNOWN or row.id in passed
    ]
    return readings, [*page.refused, *refused]


def _gone(ledger: CampaignLedger, snapshot: Snapshot, linked: LinkedPage) -> tuple[str, ...]:
    """The polls that the page no longer has; raises PollsVanished where too many go at once."""
    own, readings = linked.own, linked.readings
    # A row refused now for the first time may be one of ours that was spoiled: that poll has not vanished.
    waiting = {name[0] for (source, _), rows in ledger.refusals.items() if source == snapshot.source for name in rows}
    fresh = [row for row in linked.refused if row.poll not in waiting]
    refused_ids = {row.poll for row in linked.refused}
    present = {one.poll.id for one in readings} | {match.poll for match in linked.matches}
    present |= {one.poll.id for one in own if one.printed in refused_ids or _is_among(one.printed, fresh)}
    gone = guards.vanished(linked.open_here, present, is_older=linked.is_older)
    now = {one.printed: one.poll.id for one in readings}
    moved = dict.fromkeys(
        one.poll.id for one in own if one.is_open and now.get(one.printed, one.poll.id) != one.poll.id
    )
    return (*gone, *(poll for poll in moved if poll not in now.values() and poll not in gone))


def _is_among(printed: str, refused: Sequence[Refusal]) -> bool:
    """Whether a poll may be one of the rows whose day could not be read, by firm and outlet where a row names them."""
    return any(
        row.poll.startswith(UNNAMED_ROW) or (row.poll.startswith("refused-") and printed[11:] in row.poll)
        for row in refused
    )


def _warnings(page: NormalisedPage, matches: Sequence[Match], ledger: CampaignLedger) -> Iterator[str]:
    for poll, match in zip(page.polls, matches, strict=True):
        place = page.reading.places.get(poll.id, poll.id)
        if match.question_of:
            yield f"{place}: taken as another question of the survey {match.question_of}; it is kept as {match.poll}"
        if match.kind is MatchKind.NEW and poll.unknown:
            columns = ", ".join(f"{value.label!r}" for value in poll.unknown)
            yield f"{place}: {columns} is a list nobody knows; its numbers are kept as printed and count as others"
    yield from _unknown_firms(page, ledger.campaign.electorate.pollsters)
    new = [poll for poll, match in zip(page.polls, matches, strict=True) if match.kind is MatchKind.NEW]
    waves = overlapping_waves([*ledger.polls().values(), *new]) if new else {}
    for poll in new:
        if poll.id in waves:
            shared = ", ".join(waves[poll.id][:MOST_NAMED])
            yield f"{poll.id}: its fieldwork overlaps that of {shared}; respondents they share count once in the trend"


def _unknown_firms(page: NormalisedPage, pollsters: Mapping[str, object]) -> Iterator[str]:
    """F18: a firm nobody knew is taken in under its own name, and said once."""
    printed = {reported.id: reported.pollster or reported.publisher for reported in page.reading.polls}
    firms = {poll.pollster: printed[poll.id] for poll in page.polls if poll.pollster}
    for house, name in firms.items():
        if house not in pollsters:
            yield f"{one_line(name)!r} is a firm nobody knew: it has no history (pollster_aliases.csv names firms)"
