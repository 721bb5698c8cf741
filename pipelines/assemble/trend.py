"""`trend.json` and `polls.json`: lines, bands, dots and house effects, every poll as published; and why lines moved."""

from collections.abc import Iterable, Sequence
from datetime import date
from urllib.parse import quote

import numpy as np

from electoral.apparentement import SurplusAgreement
from electoral.fieldwork import overlapping_waves
from electoral.polls import Fieldwork, Poll, PollKind, ReportedValue, Status, Unit
from electoral.shares import derive
from pipelines.assemble.projection import Night
from pipelines.editions import schema as edition
from pipelines.editions.edition import Edition
from pipelines.editions.schema import PollRow, TrendLine
from pipelines.electorate import Campaign
from pipelines.electorate.columns import CorrectionRow
from pipelines.trend.attribution import Moment, attribute
from pipelines.trend.lines import Z90, CampaignTrend, Line, gone_share, seat_lines
from pipelines.trend.observations import UNNAMED_HOUSE, Floats, lowess, to_z, window_means


def trend(night: Night) -> edition.Trend:
    """`trend.json`: lines, bands, LOWESS and dots, in shares and in seats of the same day."""
    campaign_trend, rules = night.trend, night.campaign.election.rules
    seats = seat_lines(campaign_trend, rules, night.surplus_agreements)
    passing = passing_share(campaign_trend, float(rules.threshold))
    worth = rules.house_size / np.where(passing > 0, passing, 1.0)
    return edition.Trend(
        dates=campaign_trend.dates(),
        lines=[
            _trend_line(line, campaign_trend.days, worth, seats.expected[at], seats.low[at], seats.high[at])
            for at, line in enumerate(campaign_trend.lines)
        ],
        others=_others(campaign_trend.others),
        parameters={name: float(getattr(campaign_trend.parameters, name)) for name in ("sigma", "tau", "kappa")},
        converged=campaign_trend.parameters.converged,
        house_effects=[effect for line in campaign_trend.lines for effect in _house_effects(line)],
    )


def passing_share(trend: CampaignTrend, threshold: float) -> Floats:
    """The share (days,) of every list that stood above the threshold on a day: what its seats are shared by.

    A list counts from its first poll on. Before the last of today's lists began there were others, which have no line:
    for them their polls of the fortnight stand in. What a moving average is worth in seats is read off it.
    """
    began = np.array([trend.days >= line.rows["day"].iloc[0] for line in trend.lines])
    model = np.array([line.share for line in trend.lines])
    gone = np.where(began.all(axis=0), 0.0, gone_share(trend, threshold))
    return np.asarray(np.where(began & (model >= threshold), model, 0.0).sum(axis=0) + gone, dtype=np.float64)


def _per_day(line: Line, values: Floats | None, digits: int) -> list[float | None]:
    if values is None:
        return [None] * len(line.drawn)
    is_shown = line.drawn & np.isfinite(values)
    return [
        round(value, digits) if is_in else None for value, is_in in zip(values.tolist(), is_shown.tolist(), strict=True)
    ]


def _trend_line(
    line: Line, days: Floats, worth: Floats, seats: Floats, seats_low: Floats, seats_high: Floats
) -> edition.TrendLine:
    low, high = line.band()
    smooth, mean_14 = lowess(line.rows, days), window_means(line.rows, days)
    return edition.TrendLine(
        id=line.list,
        share=_per_day(line, line.share, 5),
        share_low=_per_day(line, low, 5),
        share_high=_per_day(line, high, 5),
        seats=_per_day(line, seats, 3),
        seats_low=_per_day(line, seats_low, 3),
        seats_high=_per_day(line, seats_high, 3),
        lowess_share=_per_day(line, smooth, 5),
        lowess_seats=_per_day(line, None if smooth is None else smooth * worth, 3),
        mean_14_share=_per_day(line, mean_14, 5),
        mean_14_seats=_per_day(line, mean_14 * worth, 3),
        thin=[bool(thin) for thin in line.thin],
        fallback=line.fallback,
        dots=[
            edition.Dot(date=day, poll=poll, share=round(share, 5), seats=round(seats, 2), composed=composed)
            for day, poll, share, seats, composed in zip(
                (date.fromordinal(int(day)) for day in line.rows["day"].tolist()),
                line.rows["poll"].tolist(),
                line.rows["share"].tolist(),
                line.rows["seats"].tolist(),
                line.rows["composed"].tolist(),
                strict=True,
            )
        ],
    )


def _others(line: Line | None) -> edition.OthersLine | None:
    """All other lists together, where polls print them: a share, and never a seat."""
    if line is None:
        return None
    low, high = line.band()
    shares = (_per_day(line, values, 5) for values in (line.share, low, high))
    return edition.OthersLine(**dict(zip(("share", "share_low", "share_high"), shares, strict=True)))


def _house_effects(line: Line) -> Iterable[edition.HouseEffect]:
    if line.house_effects is None:
        return
    share = float(line.share[-1])
    # A small step on z in percentage points: dp/dz = √(p(1-p)).
    slope = 100 * float(np.sqrt(share * (1 - share)))
    effects = line.house_effects
    for house, mean, variance, count in zip(effects.houses, effects.mean, effects.variance, effects.polls, strict=True):
        if house == UNNAMED_HOUSE:
            continue
        half = Z90 * float(np.sqrt(variance))
        yield edition.HouseEffect(
            pollster=house,
            list=line.list,
            effect_pct=slope * float(mean),
            low_pct=slope * (float(mean) - half),
            high_pct=slope * (float(mean) + half),
            polls=count,
        )


def polls(night: Night) -> edition.Polls:
    """`polls.json`: every poll known on the as-of day, as published."""
    waves = overlapping_waves(poll for poll, _ in night.polls)
    return edition.Polls(
        election=night.campaign.election.id,
        as_of=night.as_of,
        edition=night.edition,
        polls=[_poll_row(poll, revision, night.campaign, waves.get(poll.id, ())) for poll, revision in night.polls],
    )


def _poll_row(poll: Poll, revision: int, campaign: Campaign, waves: Sequence[str]) -> edition.PollRow:
    shares = derive(poll, campaign.contest)
    rulings = [row.why for (of, _), row in campaign.rulings.items() if of == poll.id]
    disclosure = next((row for row in campaign.disclosure if row.poll == poll.id), None)
    return edition.PollRow(
        poll=poll.id,
        kind=poll.kind.value,
        pollster=poll.pollster,
        publisher=poll.publisher,
        fieldwork_start=poll.fieldwork.start,
        fieldwork_end=poll.fieldwork.end,
        published_date=poll.published_date,
        known_from=poll.known_from(campaign.electorate.settings.publication_lag_days),
        known_from_assumed=poll.published_date is None,
        sample_size=poll.sample_size,
        sample_size_printed=poll.sample_size_printed,
        fieldwork_guessed=poll.fieldwork.is_guessed,
        source=poll.source,
        revision=revision,
        ruling="; ".join(rulings) or None,
        values=[
            edition.PollValue(
                list=value.list,
                label=value.label,
                status=value.status.value,
                seats=value.seats,
                pct=value.pct,
                share=shares[value.list].share if value.list in shares else None,
                derivation=shares[value.list].derivation.value if value.list in shares else None,
            )
            for value in poll.values
        ],
        unit=poll.unit.value,
        unknown=[edition.UnknownColumn.model_validate(value, from_attributes=True) for value in poll.unknown],
        urls=list(poll.urls) or list(compilations(poll, campaign)),
        waves=list(waves),
        disclosed=sorted(disclosed_in_row(poll) | set(disclosure.found if disclosure else ())),
        checked=disclosure.checked if disclosure else None,
        corrections=[_correction(row) for row in campaign.corrections if row.poll == poll.id and row.applied == "yes"],
    )


def compilations(poll: Poll, campaign: Campaign) -> Iterable[str]:
    """Where the compilations are that a poll's source names by their ids, for one without an address of its own."""
    for name, source in campaign.electorate.sources.items():
        if name not in poll.source.lower():
            continue
        title = source.pages.get(campaign.election.id)
        if source.host and title:
            yield f"https://{source.host}/wiki/{quote(title.replace(' ', '_'))}"
        elif source.address:
            yield source.address


def disclosed_in_row(poll: Poll) -> set[str]:
    """What a reader can know of a poll from its row, whatever else its publication was found to say."""
    in_row = {
        "pollster": poll.pollster is not None,
        "dates": poll.fieldwork.start is not None or not poll.fieldwork.is_guessed,
        "sample": poll.sample_size is not None,
    }
    return {*poll.disclosed, *(item for item, is_there in in_row.items() if is_there)}


def _correction(row: CorrectionRow) -> edition.Correction:
    fields = row.model_dump(include={"field", "label", "before", "after", "why", "source", "url"})
    return edition.Correction(corrected_date=row.when, **fields)


def movement_parts(before: Edition, after: Edition, campaign: Campaign) -> dict[str, dict[str, float]]:
    """Per list in both editions: cause → seats of its trend, adding up to the change."""
    same_code = before.manifest.code == after.manifest.code
    return attribute(_moment(before), _moment(after), campaign.contest, same_code=same_code)


def _moment(edition: Edition) -> Moment:
    return Moment(
        polls=[_poll(row, edition.election) for row in edition.polls.polls],
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
