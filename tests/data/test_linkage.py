"""Every poll that ships is one survey: brought by another source with no ids of ours, each is linked to itself."""

from dataclasses import replace

import pytest

from electoral.polls import PollKind
from pipelines.electorate import Reference, load
from pipelines.ingest.archive import ARCHIVE, shipped_polls
from pipelines.ingest.fold import CampaignLedger, archive_page, linkage_context
from pipelines.ingest.linkage import MatchKind, link
from pipelines.ingest.normalise import NameIndex
from tests.data.reference import RAW, elections


@pytest.fixture(scope="module")
def reference() -> Reference:
    return load(RAW)


@pytest.mark.parametrize("election", elections())
@pytest.mark.parametrize("source", [ARCHIVE, "another"])
def test_every_pair_that_ships_as_two_stays_two(election: str, source: str, reference: Reference) -> None:
    index = NameIndex.of(reference.campaign(election), reference)
    ledger = CampaignLedger(index)
    ledger.record(archive_page(RAW, index))
    polls = [poll for poll in shipped_polls(RAW, index)[0] if poll.kind is PollKind.POLL]
    rows = polls if source == ARCHIVE else [replace(poll, id=f"row-{at}") for at, poll in enumerate(polls)]
    context = linkage_context(ledger, source, "a page")
    matches = link(rows, context)
    assert [match.poll for match in matches] == [poll.id for poll in polls]
    assert {match.kind for match in matches} <= {MatchKind.KNOWN}
