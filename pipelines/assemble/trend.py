"""`trend.json`: lines, bands, dots and house effects."""

from collections.abc import Iterable
from datetime import date

import numpy as np

from pipelines.assemble.night import Night
from pipelines.editions import schema as edition
from pipelines.trend.lines import Z90, CampaignTrend, Line
from pipelines.trend.observations import UNNAMED_HOUSE, Floats
from pipelines.trend.seats import gone_share, seat_lines


def trend(night: Night) -> edition.Trend:
    """`trend.json`: lines, bands, LOWESS and dots, in shares and in seats of the same day."""
    found, rules = night.trend, night.campaign.election.rules
    seats = seat_lines(found, rules, night.surplus_agreements)
    passing = passing_share(found, float(rules.threshold))
    worth = rules.house_size / np.where(passing > 0, passing, 1.0)
    return edition.Trend(
        dates=found.dates(),
        lines=[
            _trend_line(line, worth, seats.expected[at], seats.low[at], seats.high[at])
            for at, line in enumerate(found.lines)
        ],
        others=_others(found.others),
        parameters={name: float(getattr(found.parameters, name)) for name in ("sigma", "tau", "kappa")},
        converged=found.parameters.converged,
        house_effects=[effect for line in found.lines for effect in _house_effects(line)],
    )


def passing_share(found: CampaignTrend, threshold: float) -> Floats:
    """The share (days,) of every list that stood above the threshold on a day: what its seats are shared by.

    A list counts from its first poll on. Before the last of today's lists began there were others, which have no line:
    for them their polls of the fortnight stand in. What a moving average is worth in seats is read off it.
    """
    began = np.array([found.days >= line.rows["day"].iloc[0] for line in found.lines])
    model = np.array([line.share for line in found.lines])
    gone = np.where(began.all(axis=0), 0.0, gone_share(found, threshold))
    return np.asarray(np.where(began & (model >= threshold), model, 0.0).sum(axis=0) + gone, dtype=np.float64)


def _per_day(line: Line, values: Floats | None, digits: int) -> list[float | None]:
    if values is None:
        return [None] * len(line.drawn)
    return [
        round(float(value), digits) if drawn and np.isfinite(value) else None
        for value, drawn in zip(values, line.drawn, strict=True)
    ]


def _trend_line(line: Line, worth: Floats, seats: Floats, seats_low: Floats, seats_high: Floats) -> edition.TrendLine:
    low, high = line.band()
    return edition.TrendLine(
        id=line.list,
        share=_per_day(line, line.share, 5),
        share_low=_per_day(line, low, 5),
        share_high=_per_day(line, high, 5),
        seats=_per_day(line, seats, 3),
        seats_low=_per_day(line, seats_low, 3),
        seats_high=_per_day(line, seats_high, 3),
        lowess_share=_per_day(line, line.lowess, 5),
        lowess_seats=_per_day(line, None if line.lowess is None else line.lowess * worth, 3),
        mean_14_share=_per_day(line, line.mean_14, 5),
        mean_14_seats=_per_day(line, line.mean_14 * worth, 3),
        thin=[bool(thin) for thin in line.thin],
        fallback=line.fallback,
        dots=[
            edition.Dot(date=day, poll=poll, share=round(share, 5), seats=round(seats, 2), composed=composed)
            for day, poll, share, seats, composed in zip(
                (date.fromordinal(int(day)) for day in line.rows["day"]),
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
    found = line.house_effects
    for house, mean, variance, count in zip(found.houses, found.mean, found.variance, found.polls, strict=True):
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
