"""Everything that came in for a campaign, into its ledger: what ships, then each snapshot in order of time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from pipelines import snapshots
from pipelines.checks import adds_up, check
from pipelines.electorate import Campaign, Reference
from pipelines.intake.archive import fingerprint, take_archive
from pipelines.intake.page import Bytes, NamedPage, read_named, refuse_swapped
from pipelines.intake.unite import Fate, Known, Match, match_all
from pipelines.ledger.pages import Appended, Page
from pipelines.ledger.readings import Said
from pipelines.ledger.store import Ledger
from pipelines.log import say
from pipelines.reported import UNNAMED_ROW, Refusal
from pipelines.snapshots import Snapshot
from pipelines.sources import guards
from pipelines.sources.catalogue import poll_sources
from pipelines.sources.errors import PageRefused
from pipelines.sources.settings import read_settings
from pipelines.sources.text import one_line

NOTHING = Appended(0, 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A page ready for the ledger: nothing in it can be refused any more.

    `stale`: polls of an older revision that a newer one has already spoken of. `repeats`: rows that say again what
    another row of the page says, `results`: rows that are no polls. `refused_rows`: without the columns refused.
    """

    page: Page
    rows: int
    stale: int
    repeats: int
    results: int
    refused_rows: int
    warnings: tuple[str, ...]


def take_in(raw: Path, ledger: Ledger, reference: Reference, campaign: Campaign) -> Appended | None:
    """Read what is new for a campaign into its ledger; None where neither polls nor reference changed."""
    taken = [take_archive(raw, ledger, reference, campaign)]
    before = ledger.taken(campaign.election.id)
    found = [one for one in snapshots.kept(raw, campaign.election.id) if one.source in poll_sources()]
    taken += _take_again(raw, ledger, [one for one in found if one.name in before], reference, campaign)
    taken += [_take(raw, ledger, one, reference, campaign) for one in found if one.name not in before]
    done = [one for one in taken if one is not None]
    return sum(done, NOTHING) if done else None


def _take_again(
    raw: Path, ledger: Ledger, known: list[Snapshot], reference: Reference, campaign: Campaign
) -> Iterator[Appended | None]:
    """Each page of the sources that were last read beside another reference.

    The last page of a source sets its mark: a run that was cut off between two of them reads them all again.
    """
    mark = fingerprint(raw, reference, campaign)
    marks = {load.source: load.fingerprint for load in ledger.loads(campaign.election.id)}
    speaking = [one for one in snapshots.newest(known).values() if marks.get(one.source) != mark]
    last = {one.source: one for one in speaking}
    for one in speaking:
        kept = mark if one is last[one.source] else marks.get(one.source, "")
        yield _take(raw, ledger, one, reference, campaign, again=True, mark=kept)


def _take(
    raw: Path,
    ledger: Ledger,
    one: Snapshot,
    reference: Reference,
    campaign: Campaign,
    *,
    again: bool = False,
    mark: str | None = None,
) -> Appended | None:
    """One kept snapshot; a page that is refused now stays in its folder and changes nothing."""
    came = bytes_of(one, snapshots.read(raw, one))
    try:
        page = prepare(raw, ledger, one, came, reference, campaign, again=again).page
    except PageRefused as error:
        say("snapshot refused", snapshot=one.name, error=str(error))
        return None
    return ledger.record(page if mark is None else replace(page, fingerprint=mark))


def bytes_of(one: Snapshot, body: bytes) -> Bytes:
    return Bytes(one.source, one.page, body, one.content_type, citation(one), date.fromisoformat(one.today))


def citation(one: Snapshot) -> str:
    """What a poll's source reads, as the archive words it."""
    name = {"wikipedia": "Wikipedia", "themadad": "themadad.com"}.get(one.source, read_settings(one.source).name_en)
    return f"{name}{' ' if one.source == 'themadad' else ': '}{one.page}"


def prepare(
    raw: Path,
    ledger: Ledger,
    one: Snapshot,
    came: Bytes,
    reference: Reference,
    campaign: Campaign,
    *,
    again: bool = False,
) -> Prepared:
    """Read a page beside what the ledger knows; raises PageRefused and leaves everything as it was."""
    election = campaign.election.id
    before = _before(raw, ledger, one)
    is_older = any(one.is_older_than(other) for other in before)
    page = f"{one.page} (revision {one.revision})" if is_older else one.page
    known = what_is_known(ledger, one.source, page, campaign)
    own = [reading for reading in known.readings if reading.source == one.source]
    # What other pages of the source have said since has moved there, and is not missed here.
    open_here = [reading.poll.id for reading in own if reading.is_open and reading.page == page]
    named = read_named(raw, came, campaign, reference)
    had = None if is_older or again else len(open_here)
    guards.refuse_emptied(len(named.polls) + len(named.reading.repeats), named.reading.rows, had)
    if not again:
        refuse_swapped(named.polls, known.polls)
    matches = match_all(named.polls, known)
    said, refused = _settle(named, matches, campaign, one.source)
    count = len(said)
    if is_older:
        stands = {reading.poll.id for reading in own}
        said = [word for word in said if word.poll.id not in stands]
    present = {word.poll.id for word in said} | {match.poll for match in matches}
    # A row refused now for the first time may be one of ours that was spoiled: that poll has not vanished.
    waiting = {row.poll for row in ledger.refusals(election) if row.source == one.source}
    fresh = [row for row in refused if row.poll not in waiting]
    ids = {row.poll for row in refused}
    present |= {word.poll.id for word in own if word.printed in ids or _is_among(word.printed, fresh)}
    gone = () if again else guards.vanished(open_here, present, is_older=is_older)
    now = {word.printed: word.poll.id for word in said}
    moved = [word.poll.id for word in own if word.is_open and now.get(word.printed, word.poll.id) != word.poll.id]
    gone = (*gone, *(poll for poll in dict.fromkeys(moved) if poll not in now.values() and poll not in gone))
    events = [(str(event.date), event.text) for event in named.reading.events]
    mark = fingerprint(raw, reference, campaign)
    return Prepared(
        Page(election, one.source, page, mark, one.retrieved_utc, said, refused, gone, events, one.name),
        named.reading.rows,
        count - len(said),
        len(named.reading.repeats) + sum(match.fate is Fate.REPEAT for match in matches),
        len(named.reading.results),
        sum(not row.place.startswith("column ") for row in refused),
        (*named.reading.warnings, *_questions(named, matches), *_new_firms(named, reference)),
    )


def _questions(named: NamedPage, matches: Sequence[Match]) -> Iterator[str]:
    for poll, match in zip(named.polls, matches, strict=True):
        if match.beside:
            place = named.reading.places.get(poll.id, poll.id)
            yield f"{place}: taken as another question of the survey {match.beside}; it is kept as {match.poll}"


def _new_firms(named: NamedPage, reference: Reference) -> Iterator[str]:
    """F18: a firm nobody knew is taken in under its own name, and said once."""
    printed = {reported.id: reported.pollster or reported.publisher for reported in named.reading.polls}
    found = {poll.pollster: printed[poll.id] for poll in named.polls if poll.pollster}
    for house, name in found.items():
        if house not in reference.pollsters:
            yield f"{one_line(name)!r} is a firm nobody knew: it has no history (pollster_aliases.csv names firms)"


def _before(raw: Path, ledger: Ledger, one: Snapshot) -> list[Snapshot]:
    """The snapshots of the same page that have been read before this one, oldest first."""
    taken = ledger.taken(one.election) - {one.name}
    pages = [other for other in snapshots.kept(raw, one.election) if other.name in taken]
    return [other for other in pages if (other.source, other.page) == (one.source, one.page)]


def what_is_known(ledger: Ledger, source: str, page: str, campaign: Campaign) -> Known:
    """What the ledger knows of a campaign when a page of a source comes in."""
    election = campaign.election.id
    twins = [row for row in campaign.rulings.values() if row.check == "twin"]
    same = {row.poll: row.printed for row in twins if row.ruling == "same"}
    different = frozenset(frozenset((row.poll, row.printed)) for row in twins if row.ruling == "distinct")
    polls = {poll.id: poll for poll, _ in ledger.polls(election)}
    ids = frozenset(ledger.known_ids(election))
    readings, house = ledger.readings(election), campaign.election.rules.house_size
    own = frozenset(word.poll.id for word in readings if word.family == source)
    shipped = {word.poll.id: word.poll for word in readings if word.is_shipped and word.family == source}
    others = [word for word in readings if word.is_open and word.source == source and word.page != page]
    elsewhere = frozenset(word.poll.id for word in others)
    return Known(source, polls, readings, ids, campaign.lists, same, different, house, own, shipped, elsewhere)


def _settle(
    named: NamedPage, matches: Sequence[Match], campaign: Campaign, source: str
) -> tuple[list[Said], list[Refusal]]:
    """Polls under the ledger's ids; those whose numbers the ledger does not hold yet are checked first."""
    pairs = [
        (poll, replace(poll, id=match.poll, kind=match.kind), match)
        for poll, match in zip(named.polls, matches, strict=True)
        if match.fate is not Fate.REPEAT
    ]
    unsure = [placed for _, placed, match in pairs if match.fate is not Fate.KNOWN]
    left_out = {match.poll: named.left_out.get(poll.id, 0.0) for poll, _, match in pairs}
    checked = check(unsure, source, campaign, left_out)
    passed = {poll.id for poll in checked.polls}
    reading = named.reading
    places = {placed.id: reading.places.get(poll.id, "") for poll, placed, _ in pairs}
    refused = [replace(row, place=places.get(row.poll, "")) for row in checked.refused]
    said = [
        Said(
            placed,
            poll.id,
            source,
            is_whole=adds_up(placed, campaign, named.left_out.get(poll.id, 0.0)),
            citations=reading.citations.get(poll.id, ()),
        )
        for poll, placed, match in pairs
        if match.fate is Fate.KNOWN or placed.id in passed
    ]
    return said, [*named.refused, *refused]


def _is_among(printed: str, refused: Sequence[Refusal]) -> bool:
    """Whether a poll may be one of the rows whose day could not be read, by firm and outlet where a row names them."""
    return any(
        row.poll.startswith(UNNAMED_ROW) or (row.poll.startswith("refused-") and printed[11:] in row.poll)
        for row in refused
    )
