"""`trend.json`: lines, bands, dots and house effects."""

from collections.abc import Iterable
from datetime import date

import numpy as np

from pipelines.assemble.night import Night
from pipelines.editions import schema as edition
from pipelines.trend.lines import Z90, Line
from pipelines.trend.observations import UNNAMED_HOUSE, Floats


def trend(night: Night) -> edition.Trend:
    """`trend.json`: lines, bands, LOWESS and dots, in shares and in seats of the same day."""
    lines, rules = night.trend.lines, night.campaign.election.rules
    model = np.array([line.share for line in lines])
    passing = np.where(model >= float(rules.threshold), model, 0.0).sum(axis=0)
    # What a share is worth in seats on a day: the sum over every list that then stood above the threshold.
    worth = rules.house_size / np.where(passing > 0, passing, 1.0)
    return edition.Trend(
        dates=night.trend.dates(),
        lines=[_trend_line(line, worth) for line in lines],
        parameters={name: float(getattr(night.trend.parameters, name)) for name in ("sigma", "tau", "kappa")},
        converged=night.trend.parameters.converged,
        house_effects=[effect for line in lines for effect in _house_effects(line)],
    )


def _trend_line(line: Line, worth: Floats) -> edition.TrendLine:
    low, high = line.band()

    def per_day(values: Floats | None, digits: int) -> list[float | None]:
        if values is None:
            return [None] * len(worth)
        return [
            round(float(value), digits) if drawn and np.isfinite(value) else None
            for value, drawn in zip(values, line.drawn, strict=True)
        ]

    return edition.TrendLine(
        id=line.list,
        share=per_day(line.share, 5),
        share_low=per_day(low, 5),
        share_high=per_day(high, 5),
        seats=per_day(line.share * worth, 3),
        seats_low=per_day(low * worth, 3),
        seats_high=per_day(high * worth, 3),
        lowess_share=per_day(line.lowess, 5),
        lowess_seats=per_day(None if line.lowess is None else line.lowess * worth, 3),
        mean_14_share=per_day(line.mean_14, 5),
        mean_14_seats=per_day(line.mean_14 * worth, 3),
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
