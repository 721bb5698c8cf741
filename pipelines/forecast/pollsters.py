"""Pollsters: each one's record in past elections, and those that stand apart now, with what would follow if right.

Errors are mean absolute differences between a poll's vote shares and the result, in percentage points, over the lists
the poll covers; skill is a pollster's error ÷ the field's in the same election and window, below 1 is better.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from electoral.lists import ElectoralList
from pipelines.forecast.polling_error import PastElection
from pipelines.forecast.share_draws import Centre, line_centres
from pipelines.trend.lines import Z90, Line
from pipelines.trend.local_level import rounding_variance
from pipelines.trend.observations import to_share

FINAL_DAYS = 30
FEWEST_POLLS_FOR_SPREAD = 5
FEWEST_RECENT_POLLS = 3
RECENT_DAYS = 30
FEWEST_SEATS = 1.5  # a smaller gap is nobody's news
FROM_THE_REST = 2.0  # as many times the typical gap: where one house is far out, leans that add to zero move all others


@dataclass(frozen=True, slots=True)
class FirmRecord:
    """One firm in one past election: its polls of the final month, its last poll, and the field."""

    pollster: str
    election: str
    polls: int
    month_error_pct: float
    last_error_pct: float
    field_error_pct: float

    @property
    def skill(self) -> float:
        return self.month_error_pct / self.field_error_pct


@dataclass(frozen=True, slots=True)
class Spread:
    """How far the polls of the last month lie apart: observed ÷ expected from sampling and rounding alone."""

    ratio: float
    polls: int
    days: int


def firm_records(past: Mapping[str, PastElection]) -> list[FirmRecord]:
    """Every firm's record, election by election; an election without polls in its final month has none."""
    return [record for name, election in past.items() for record in _of_election(name, election)]


def _of_election(name: str, election: PastElection) -> Iterable[FirmRecord]:
    polls = _poll_errors(election)
    if polls.empty:
        return
    field = float(polls["error"].mean())
    for house, own in polls.groupby("house"):
        yield FirmRecord(str(house), name, len(own), float(own["error"].mean()), float(own["error"].iloc[-1]), field)


def _poll_errors(election: PastElection) -> pd.DataFrame:
    """A row per poll of the final month: house, day, error in percentage points; by day."""
    rows = [
        found.assign(error=100 * (found["share"] - election.result_share.get(name, 0.0)).abs())
        for name, found in election.rows_by_list.items()
    ]
    if not rows:
        return pd.DataFrame(columns=["house", "day", "error"])
    every = pd.concat(rows)
    recent = every[(every["day"] > election.vote_day - FINAL_DAYS) & (every["day"] < election.vote_day)]
    polls = recent.groupby("poll", as_index=False).agg({"house": "first", "day": "first", "error": "mean"})
    return polls.sort_values(["day", "poll"], ignore_index=True)


def spread(lines: Sequence[Line], house_size: int) -> Spread | None:
    """Observed ÷ expected standard deviation of z over the month up to the newest poll; None under five polls.

    Polls that sit closer together than sampling predicts are no evidence of wrongdoing: rounding, weighting to the same
    past vote and repeated panels all pull them together.
    """
    newest = max((float(line.rows["day"].iloc[-1]) for line in lines), default=0.0)
    ratios: list[float] = []
    polls: set[str] = set()
    for line in lines:
        recent = line.rows[line.rows["day"] > newest - FINAL_DAYS]
        if len(recent) < FEWEST_POLLS_FOR_SPREAD:
            continue
        polls |= set(recent["poll"])
        rounding = rounding_variance(recent["share"].to_numpy(np.float64), house_size)
        expected = float((1 / recent["sample_size"]).mean()) + rounding
        ratios.append(float(recent["z"].var()) / expected)
    if not ratios:
        return None
    return Spread(float(np.sqrt(np.mean(ratios))), len(polls), FINAL_DAYS)


@dataclass(frozen=True, slots=True)
class Apart:
    """A pollster and its gap from the pollsters' average for the bloc in question, in seats, with 90 %."""

    pollster: str
    gap_seats: float
    low_seats: float
    high_seats: float


def standing_apart(lines: Sequence[Line], bloc: Collection[str], house_size: int) -> list[Apart]:
    """The active pollsters far from the rest: widest gap for the bloc first.

    A gap counts from a seat and a half, from twice the typical house's, and where its interval leaves out zero.
    """
    found = [_gap(lines, bloc, house, house_size) for house in sorted(_active(lines))]
    typical = float(np.median([abs(row.gap_seats) for row in found])) if found else 0.0
    least = max(FEWEST_SEATS, FROM_THE_REST * typical)
    apart = [row for row in found if abs(row.gap_seats) >= least and row.low_seats * row.high_seats > 0]
    return sorted(apart, key=lambda row: -abs(row.gap_seats))


def _active(lines: Sequence[Line]) -> set[str]:
    """Houses with a few polls in the month up to the newest one."""
    newest = max(float(line.rows["day"].iloc[-1]) for line in lines)
    polls: dict[str, set[str]] = {}
    for line in lines:
        recent = line.rows[line.rows["day"] > newest - RECENT_DAYS]
        for house, poll in zip(recent["house"], recent["poll"], strict=True):
            polls.setdefault(house, set()).add(poll)
    return {house for house, found in polls.items() if len(found) >= FEWEST_RECENT_POLLS}


def _gap(lines: Sequence[Line], bloc: Collection[str], house: str, house_size: int) -> Apart:
    gap = variance = 0.0
    for line in lines:
        effects = line.house_effects
        if line.list in bloc and effects is not None and house in effects.houses:
            at = effects.houses.index(house)
            share = float(to_share(line.mean[-1]))
            seats = house_size * float(np.sqrt(share * (1 - share)))  # dp/dz, in seats
            gap += seats * float(effects.mean[at])
            variance += seats**2 * float(effects.variance[at])
    half = Z90 * float(np.sqrt(variance))
    return Apart(house, gap, gap - half, gap + half)


def centres_if_right(lines: Sequence[Line], lists: Mapping[str, ElectoralList], house: str) -> tuple[Centre, ...]:
    """Where every list stands by one house's own lean: the level of all firms plus its effect."""
    shifted = []
    for line, centre in zip(lines, line_centres(lines, lists), strict=True):
        effects = line.house_effects
        lean = 0.0
        if effects is not None and house in effects.houses:
            lean = float(effects.mean[effects.houses.index(house)])
        shifted.append(replace(centre, mean=line.level[0] + lean, variance=line.level[1]))
    return tuple(shifted)
