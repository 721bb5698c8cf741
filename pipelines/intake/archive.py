"""What ships: the archive of a campaign, named and checked."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path

from electoral.polls import Poll
from pipelines.checks import check
from pipelines.electorate import Campaign, Reference, load, sha256
from pipelines.errors import RawDataError
from pipelines.harmonise import harmonise
from pipelines.ledger.pages import Appended, Page
from pipelines.ledger.readings import Said
from pipelines.ledger.store import Ledger
from pipelines.reported import Refusal
from pipelines.sources.archive.parse import archive_file, check_archive, parse
from pipelines.sources.catalogue import poll_sources
from pipelines.sources.errors import PageRefused
from pipelines.sources.guards import vanished

ARCHIVE = "archive"


def open_reference(raw: Path) -> Reference:
    """The reference, once no archive file names an election it does not know; raises RawDataError."""
    reference = load(raw)
    check_archive(raw, {name: campaign.electorate for name, campaign in reference.campaigns.items()})
    return reference


def fingerprint(raw: Path, reference: Reference, campaign: Campaign) -> str:
    """A hash of everything that decides how a campaign's polls come in."""
    return " ".join([sha256(archive_file(raw, campaign.election.id)), *reference.fingerprint.values()])


def take_archive(raw: Path, ledger: Ledger, reference: Reference, campaign: Campaign) -> Appended | None:
    """Read what ships for a campaign into the ledger; None where neither polls nor reference changed."""
    election, mark = campaign.election.id, fingerprint(raw, reference, campaign)
    loaded = ledger.load(election, ARCHIVE)
    if loaded and loaded.fingerprint == mark:
        return None
    polls, refused = accept(raw, reference, campaign)
    _refuse_shrunk(raw, ledger, campaign, {*(poll.id for poll in polls), *(row.poll for row in refused)})
    said = [Said(poll, poll.id, family_of(poll.source), is_shipped=True) for poll in polls]
    return ledger.append_whole(Page(election, ARCHIVE, "", mark, _newest_day(polls), said, refused))


def _refuse_shrunk(raw: Path, ledger: Ledger, campaign: Campaign, present: set[str]) -> None:
    """F13 for what ships: polls that a ruling unites are not gone; many that are gone at once are no correction."""
    election = campaign.election.id
    united = {row.poll for row in campaign.rulings.values() if (row.check, row.ruling) == ("twin", "same")}
    try:
        vanished(ledger.open_ids(election, ARCHIVE), present | united)
    except PageRefused as error:
        raise RawDataError(
            f"{archive_file(raw, election)}: {error}; restore the file from the repository, or where it is meant run"
            " `python -m pipelines rebuild`"
        ) from error


def _newest_day(polls: Iterable[Poll]) -> str:
    """The moment that what ships is recorded under: a file has no time of its own that a copy would keep."""
    newest = max((poll.known_from for poll in polls), default=date.min)
    return datetime.combine(newest, time.min, UTC).isoformat()


def family_of(citation: str) -> str:
    """The source that a row of the archive was compiled from, by the citation it begins with.

    >>> family_of("Wikipedia: Opinion polling for the 2026 …"), family_of("press report")
    ('wikipedia', 'archive')
    """
    return next((source for source in poll_sources() if citation.lower().startswith(source)), ARCHIVE)


def accept(raw: Path, reference: Reference, campaign: Campaign) -> tuple[tuple[Poll, ...], list[Refusal]]:
    """The polls that ship for a campaign, named and checked, and the rows that were refused."""
    named = [harmonise(reported, ARCHIVE, campaign, reference) for reported in parse(raw, campaign.election.id)]
    checked = check((poll for poll in named if isinstance(poll, Poll)), ARCHIVE, campaign)
    return tuple(_united(checked.polls, campaign)), [
        *(row for row in named if isinstance(row, Refusal)),
        *checked.refused,
    ]


def _united(polls: Iterable[Poll], campaign: Campaign) -> Iterator[Poll]:
    """One poll where a ruling says that two rows are one survey: the first, with both citations."""
    same = {row.poll: row.printed for row in campaign.rulings.values() if (row.check, row.ruling) == ("twin", "same")}
    found = list(polls)
    sources = {poll.id: poll.source for poll in found}
    for poll in found:
        if poll.id in same:
            continue
        cited = [poll.source, *(sources[twin] for twin, first in same.items() if first == poll.id and twin in sources)]
        yield replace(poll, source="; ".join(dict.fromkeys(cited)))
