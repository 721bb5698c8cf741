"""A small ledger made by hand: pages of one source after another, without a campaign behind them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any, cast

from electoral.polls import Fieldwork, Poll, PollKind, ReportedValue, Status
from pipelines.ingest.fold import CampaignLedger, PageCounts, PageRecord
from pipelines.ingest.normalise import NameIndex
from pipelines.ingest.readings import SourceReading
from pipelines.sources.reading import Refusal

POLL = Poll(
    id="one",
    election="e",
    kind=PollKind.POLL,
    pollster="house",
    publisher=None,
    fieldwork=Fieldwork(None, date(2019, 9, 1)),
    published_date=None,
    sample_size=500,
    values=(
        ReportedValue("likud", "הליכוד", Status.SEATS, 32.0, None),
        ReportedValue("zehut", "Zehut", Status.BELOW_THRESHOLD, None, "<1"),
    ),
    source="test",
    unknown=(ReportedValue("unknown:New", "New", Status.SEATS, 5.0, None),),
    urls=("https://example.org/poll",),
)
REFUSAL = Refusal("e", "archive", "odd", "sum", "text", "sum 140, expected 120")


def empty_ledger() -> CampaignLedger:
    campaign = SimpleNamespace(election=SimpleNamespace(id="e"), lists={})
    return CampaignLedger(NameIndex(cast(Any, campaign), cast(Any, None)))


def record(
    ledger: CampaignLedger,
    polls: Sequence[Poll],
    refused: Sequence[Refusal] = (),
    source: str = "archive",
    moment: str = "2019-09-01",
    **reading: Any,
) -> PageCounts:
    """The whole of what a source says now, on one page: a poll it no longer has is withdrawn."""
    readings = [SourceReading(poll, source, "", poll.id, source, arrived_utc=moment, **reading) for poll in polls]
    names = {poll.id for poll in polls}
    gone = [key[0] for key, one in ledger.readings.items() if key[1] == source and one.is_open and key[0] not in names]
    return ledger.record(PageRecord(source, "", moment, readings, list(refused), gone))


def numbered(count: int) -> list[Poll]:
    return [replace(POLL, id=f"poll-{number}") for number in range(count)]
