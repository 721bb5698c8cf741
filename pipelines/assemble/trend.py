"""`trend.json`: lines, bands, dots and house effects."""

from collections.abc import Iterable
from datetime import date

import numpy as np
import pandas as pd

from pipelines.assemble.night import Night
from pipelines.editions import schema as edition
from pipelines.trend.lines import Z90, CampaignTrend, Line
from pipelines.trend.observations import UNNAMED_HOUSE, Floats
from pipelines.trend.readings import window_means


def trend(night: Night) -> edition.Trend:
    """`trend.json`: lines, bands, LOWESS and dots, in shares and in seats of the same day."""
    lines, rules = night.trend.lines, night.campaign.election.rules
    passing = passing_share(night.trend, float(rules.threshold))
    worth = rules.house_size / np.where(passing > 0, passing, 1.0)
    return edition.Trend(
        dates=night.trend.dates(),
        lines=[_trend_line(line, worth) for line in lines],
        parameters={name: float(getattr(night.trend.parameters, name)) for name in ("sigma", "tau", "kappa")},
        converged=night.trend.parameters.converged,
        house_effects=[effect for line in lines for effect in _house_effects(line)],
    )


def passing_share(found: CampaignTrend, threshold: float) -> Floats:
    """The share (days,) of every list that stood above the threshold on a day: what the house's seats are shared by.

    A list counts from its first poll on. Before the last of today's lists began there were others, which have no line:
    for them their polls of the fortnight stand in.
    """
    began = np.array([found.days >= line.rows["day"].iloc[0] for line in found.lines])
    model = np.array([line.share for line in found.lines])
    gone = np.where(began.all(axis=0), 0.0, _gone_share(found, threshold))
    return np.asarray(np.where(began & (model >= threshold), model, 0.0).sum(axis=0) + gone, dtype=np.float64)


def _gone_share(found: CampaignTrend, threshold: float) -> Floats:
    """The fortnight's mean share (days,) of lists above the threshold that no longer stand."""
    rows = pd.concat([line.rows for line in found.lines], ignore_index=True)
    rows["ours"] = rows["share"].where(rows["share"] >= threshold, 0.0)
    polls = rows.groupby(["day", "poll"]).agg(passing=("passing", "first"), ours=("ours", "sum")).reset_index("day")
    polls["share"] = (polls["passing"] - polls["ours"]).clip(lower=0.0)
    means = pd.Series(window_means(polls, found.days))
    return np.asarray(means.ffill(), dtype=np.float64)


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
