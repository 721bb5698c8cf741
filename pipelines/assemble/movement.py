"""Why the lines moved from one edition to the next, from what the editions themselves hold."""

from datetime import date

from electoral.errors import DrawsError
from electoral.polls import Fieldwork, Poll, PollKind, ReportedValue, Status, Unit
from pipelines.contenders import contest_of
from pipelines.editions.edition import Edition
from pipelines.editions.schema import PollRow
from pipelines.electorate import Campaign
from pipelines.trend.attribution import Moment, attribute
from pipelines.trend.local_level import Parameters


def movement_parts(before: Edition, after: Edition, campaign: Campaign) -> dict[str, dict[str, float]]:
    """Per list in both editions: cause → seats of its trend, adding up to the change.

    Nothing is said where the older polls give the lists of today no level: an edition never waits for another.
    """
    contest = contest_of(campaign)
    try:
        return attribute(_moment(before), _moment(after), contest)
    except DrawsError:
        return {}


def _moment(edition: Edition) -> Moment:
    fitted = edition.trend.parameters
    return Moment(
        polls=[_poll(row, edition.election) for row in edition.polls.polls],
        parameters=Parameters(fitted["sigma"], fitted["tau"], fitted["kappa"], edition.trend.converged),
        as_of=edition.projection.as_of,
        seats={row.id: row.trend_seats for row in edition.projection.lists},
        shares={row.id: row.trend_share_pct / 100 for row in edition.projection.lists},
    )


def _poll(row: PollRow, election: str) -> Poll:
    start: date | None = row.fieldwork_start
    return Poll(
        id=row.poll,
        election=election,
        kind=PollKind(row.kind),
        pollster=row.pollster,
        publisher=row.publisher,
        fieldwork=Fieldwork(start, row.fieldwork_end, row.fieldwork_guessed),
        published_date=row.published_date,
        sample_size=row.sample_size,
        values=tuple(
            ReportedValue(value.list, value.label, Status(value.status), value.seats, value.pct) for value in row.values
        ),
        source=row.source,
        unit=Unit(row.unit),
    )
