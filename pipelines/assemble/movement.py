"""Why the lines moved from one edition to the next, from what the editions themselves hold."""

from datetime import date

from electoral.apparentement import SurplusAgreement
from electoral.polls import Fieldwork, Poll, PollKind, ReportedValue, Status, Unit
from pipelines.contenders import contest_of
from pipelines.editions.edition import Edition
from pipelines.editions.schema import PollRow, TrendLine
from pipelines.electorate import Campaign
from pipelines.trend.attribution import Moment, attribute
from pipelines.trend.lines import Z90
from pipelines.trend.local_level import Parameters
from pipelines.trend.observations import to_z


def movement_parts(before: Edition, after: Edition, campaign: Campaign) -> dict[str, dict[str, float]]:
    """Per list in both editions: cause → seats of its trend, adding up to the change."""
    return attribute(_moment(before), _moment(after), contest_of(campaign))


def _moment(edition: Edition) -> Moment:
    fitted = edition.trend.parameters
    return Moment(
        polls=[_poll(row, edition.election) for row in edition.polls.polls],
        parameters=Parameters(fitted["sigma"], fitted["tau"], fitted["kappa"], edition.trend.converged),
        as_of=edition.projection.as_of,
        seats={row.id: row.trend_seats for row in edition.projection.lists},
        levels={line.id: _level(line) for line in edition.trend.lines},
        agreements=[SurplusAgreement(*pair) for pair in edition.reference.agreements],
    )


def _level(line: TrendLine) -> tuple[float, float]:
    """A line's level on z on its last day, and the variance that its band is drawn with."""
    share, low, high = (values[-1] or 0.0 for values in (line.share, line.share_low, line.share_high))
    return float(to_z(share)), float((to_z(high) - to_z(low)) / (2 * Z90)) ** 2


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
