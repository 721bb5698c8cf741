"""`pollsters.json`: firms and their records, those that stand apart, and how close the polls sit."""

from electoral import projection as summary
from electoral.draws import SeatDraws
from pipelines.assemble.night import ApartReading, Night
from pipelines.assemble.projection import bloc_projections, seat_summary
from pipelines.editions import schema as edition
from pipelines.forecast.pollster_record import firm_records, spread


def pollsters(night: Night) -> edition.Pollsters:
    """Every pollster whose polls the trend used, the field's spread, and the readings of those that stand apart."""
    found = spread(night.trend.lines, night.campaign.election.rules.house_size)
    return edition.Pollsters(
        firms=_firms(night),
        apart=[_apart(night, reading) for reading in night.apart],
        spread=edition.PollSpread(ratio=found.ratio, polls=found.polls, days=found.days) if found else None,
    )


def _firms(night: Night) -> list[edition.Firm]:
    records = firm_records(night.past)
    polls = [poll for poll, _ in night.modelled if poll.pollster]
    found = []
    for firm in sorted({poll.pollster for poll in polls if poll.pollster}):
        own = [poll.fieldwork.end for poll in polls if poll.pollster == firm]
        record = [
            edition.PastRecord(
                election=row.election,
                polls=row.polls,
                month_error_pct=row.month_error_pct,
                last_error_pct=row.last_error_pct,
                field_error_pct=row.field_error_pct,
                skill=row.skill,
            )
            for row in records
            if row.pollster == firm
        ]
        found.append(edition.Firm(pollster=firm, polls=len(own), latest_fieldwork_end=max(own), record=record))
    return found


def _apart(night: Night, reading: ApartReading) -> edition.ApartPollster:
    return edition.ApartPollster(
        pollster=reading.gap.pollster,
        bloc=night.campaign.blocs()[0].id,
        gap_seats=reading.gap.gap_seats,
        low_seats=reading.gap.low_seats,
        high_seats=reading.gap.high_seats,
        without=_alternative(night, reading.without),
        if_right=_alternative(night, reading.if_right),
    )


def _alternative(night: Night, draws: SeatDraws) -> edition.Alternative:
    passes = summary.p_pass(draws)
    return edition.Alternative(
        lists=[
            edition.ListSeats(id=name, seats=seat_summary(draws.row(name)), p_pass=passes[name]) for name in draws.lists
        ],
        blocs=bloc_projections(night, draws),
    )
