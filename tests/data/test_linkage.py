"""Every poll that ships is one survey: brought by another source with no ids of ours, each is linked to itself."""

from dataclasses import replace

import pytest

from electoral.polls import PollKind
from pipelines.electorate import Reference
from pipelines.electorate.folder import load
from pipelines.ingest.archive import ARCHIVE, amend, shipped_polls
from pipelines.ingest.fold import CampaignLedger, archive_page, linkage_context
from pipelines.ingest.linkage import MatchKind, link, placed
from pipelines.ingest.normalise import NameIndex, NormalisedPoll, normalise
from pipelines.ingest.readings import printed_values
from pipelines.sources.archive import parse
from tests.data.reference import RAW, elections


@pytest.fixture(scope="module")
def reference() -> Reference:
    return load(RAW)


@pytest.mark.parametrize("election", elections())
@pytest.mark.parametrize("source", [ARCHIVE, "another"])
def test_every_pair_that_ships_as_two_stays_two(election: str, source: str, reference: Reference) -> None:
    index = NameIndex.of(reference.campaign(election))
    ledger = CampaignLedger(index)
    ledger.record(archive_page(RAW, index))
    polls = [poll for poll in shipped_polls(RAW, index)[0] if poll.kind is PollKind.POLL]
    rows = polls if source == ARCHIVE else [replace(poll, id=f"row-{at}") for at, poll in enumerate(polls)]
    context = linkage_context(ledger, source, "a page")
    matches = link(rows, context)
    assert [match.poll for match in matches] == [poll.id for poll in polls]
    assert {match.kind for match in matches} <= {MatchKind.KNOWN}


@pytest.mark.parametrize("election", elections())
@pytest.mark.parametrize("source", ["wikipedia", "another"])
def test_a_source_that_prints_again_what_was_corrected_says_the_corrected_poll(
    election: str, source: str, reference: Reference
) -> None:
    """No survey counts twice because its firm, its day or a cell was corrected here and nowhere else."""
    index = NameIndex.of(reference.campaign(election))
    ledger = CampaignLedger(index)
    ledger.record(archive_page(RAW, index))
    stands = ledger.polls()
    normalised = [normalise(reported, ARCHIVE, index) for reported in parse(RAW, election) if reported.id in stands]
    printed = [outcome.poll for outcome in normalised if isinstance(outcome, NormalisedPoll)]
    assert len(printed) == len(normalised)
    rows = [replace(poll, id=f"row-{at}") for at, poll in enumerate(printed) if poll.kind is PollKind.POLL]
    context = linkage_context(ledger, source, "a page")
    matches = link(rows, context)
    assert [match.poll for match in matches] == [poll.id for poll in printed if poll.kind is PollKind.POLL]
    for row, match in zip(rows, matches, strict=True):
        own, poll = amend(placed(row, match, context), index, source), stands[match.poll]
        assert printed_values(own).items() <= printed_values(poll).items(), match.poll
        assert (own.fieldwork.end, own.publisher, own.kind) == (poll.fieldwork.end, poll.publisher, poll.kind)
        assert own.sample_size == poll.sample_size, match.poll
