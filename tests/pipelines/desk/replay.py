"""Real polls as a desk would have typed them, beside what was known on a day of the fortnight before."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from electoral.polls import Poll, PollKind, ReportedValue, Status, Unit
from pipelines.desk.check import Check, Standing, check
from pipelines.errors import PageRefused
from pipelines.ingest.archive import open_reference
from pipelines.ingest.fold import CampaignLedger, fold
from pipelines.ingest.page import ParsedPages
from pipelines.request import RefreshRequest

FORTNIGHT = timedelta(days=14)


@dataclass(frozen=True)
class Desk:
    """A day of a campaign, what stood then, and the polls of the fortnight that followed."""

    standing: Standing
    coming: tuple[Poll, ...]

    def check(self, poll: Poll, edit: Callable[[str], str] = str) -> Check:
        """A poll typed a line a cell and checked on the last day of the fortnight."""
        return check(self.standing, edit(typed(poll)).encode(), "typed", projects=False)

    def remarks_on(self, poll: Poll, edit: Callable[[str], str] = str) -> str:
        """Everything a desk is told of it, codes and reasons: also where it is no poll."""
        try:
            remarks = self.check(poll, edit).every_remark
        except PageRefused as error:
            return f"no poll: {error}"
        fields = ([one.code, one.list, one.other, one.poll, one.reason] for one in remarks)
        return " | ".join(" ".join(field or "" for field in one) for one in fields)


def desk(data_dir: Path, election: str, day: date, folded: CampaignLedger | None = None) -> Desk:
    """The desk on a day: nothing later has come in."""
    request = RefreshRequest(data_dir, day + FORTNIGHT, None, 1_000, 0)
    campaign = open_reference(data_dir / "raw", election).campaign(election)
    ledger = folded or fold(data_dir / "raw", campaign, ParsedPages(None))
    lag = campaign.electorate.settings.publication_lag_days
    dated = {name: poll.known_from(lag) for name, poll in ledger.polls().items()}
    then = CampaignLedger(
        ledger.names,
        {name: rows for name, rows in ledger.revisions.items() if name in dated and dated[name] <= day},
        {key: row for key, row in ledger.readings.items() if key[0] in dated and dated[key[0]] <= day},
    )
    coming = tuple(
        poll
        for name, poll in ledger.polls().items()
        if day < dated[name] <= day + FORTNIGHT and poll.kind is PollKind.POLL and day < poll.fieldwork.end
    )
    return Desk(Standing(request, campaign.known_on(day), day, then), coming)


def typed(poll: Poll) -> str:
    facts = {
        "pollster": poll.pollster,
        "publisher": poll.publisher,
        "fieldwork_start": poll.fieldwork.start,
        "fieldwork_end": poll.fieldwork.end,
        "published_date": poll.published_date,
        "sample_size": poll.sample_size,
    }
    lines = [f"{name}: {value}" for name, value in facts.items() if value is not None]
    return "\n".join([*lines, *(f"{value.list}: {cell(value, poll.unit)}" for value in poll.values)])


def cell(value: ReportedValue, unit: Unit) -> str:
    if value.status is Status.NOT_ASKED:
        return "–"
    if value.seats:
        return f"{value.seats:g}"
    if value.pct:
        return f"{value.pct}%" if unit is Unit.SHARE else f"({value.pct}%)"
    return "0"
