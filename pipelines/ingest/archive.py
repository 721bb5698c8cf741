"""What ships: the archive of a campaign, normalised and checked."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from electoral.polls import Poll
from pipelines.electorate import Campaign, Reference, load
from pipelines.ingest import corrections
from pipelines.ingest.checks import check
from pipelines.ingest.normalise import NameIndex, normalise
from pipelines.reported import Refusal
from pipelines.sources.archive import check_archive, parse
from pipelines.sources.registry import poll_sources

ARCHIVE = "archive"


def open_reference(raw: Path) -> Reference:
    """The reference, once no archive file names an election it does not know; raises RawDataError."""
    reference = load(raw)
    check_archive(raw, {name: campaign.electorate.id for name, campaign in reference.campaigns.items()})
    return reference


def family_of(citation: str) -> str:
    """The source that a row of the archive was compiled from, by the citation it begins with.

    >>> family_of("Wikipedia: Opinion polling for the 2026 …"), family_of("press report")
    ('wikipedia', 'archive')
    """
    return next((source for source in poll_sources() if citation.lower().startswith(source)), ARCHIVE)


def shipped_polls(raw: Path, names: NameIndex) -> tuple[tuple[Poll, ...], list[Refusal]]:
    """The polls that ship for a campaign, corrected, normalised and checked, and the rows that were refused.

    A column nobody knows refuses its poll: what ships is ours, and an alias is a line away.
    """
    polls: list[Poll] = []
    refused: list[Refusal] = []
    for reported in corrections.apply(parse(raw, names.campaign.election.id), names.campaign.corrections):
        outcome = normalise(reported, ARCHIVE, names)
        if isinstance(outcome, Refusal):
            refused.append(outcome)
        elif outcome.unknown_reasons:
            reason = "; ".join(outcome.unknown_reasons.values())
            refused.append(Refusal(reported.election, ARCHIVE, reported.id, "list-name", reported.id, reason))
        else:
            polls.append(outcome.poll)
    checked = check(polls, ARCHIVE, names.campaign)
    return tuple(_merged(checked.polls, names.campaign)), [*refused, *checked.refused]


def accept(raw: Path, campaign: Campaign) -> tuple[tuple[Poll, ...], list[Refusal]]:
    """The polls that ship for a campaign and the rows refused, for those who need no ledger."""
    return shipped_polls(raw, NameIndex.of(campaign))


def _merged(polls: Iterable[Poll], campaign: Campaign) -> Iterator[Poll]:
    """One poll where a ruling says that two rows are one survey: the first, with both citations."""
    same = {row.poll: row.printed for row in campaign.rulings.values() if (row.check, row.ruling) == ("twin", "same")}
    rows = list(polls)
    sources = {poll.id: poll.source for poll in rows}
    for poll in rows:
        if poll.id in same:
            continue
        cited = [poll.source, *(sources[twin] for twin, first in same.items() if first == poll.id and twin in sources)]
        yield replace(poll, source="; ".join(dict.fromkeys(cited)))
