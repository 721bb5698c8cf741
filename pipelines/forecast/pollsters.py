"""Pollsters: each one's record in past elections, those that stand apart now, and what one is expected to print next.

Errors are mean absolute differences between a poll's vote shares and the result, in percentage points, over the lists
the poll covers; skill is a pollster's error ÷ the field's in the same election and window, below 1 is better.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import pandas as pd

from electoral.draws import ShareDraws
from electoral.lists import ElectoralList
from pipelines.forecast.polling_error import Centre, PastElection, line_centres
from pipelines.trend.lines import Z90, CampaignTrend, Line
from pipelines.trend.local_level import Parameters, rounding_variance
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


@lru_cache(maxsize=4096)  # every campaign of a night shows the same elections
def _of_election(name: str, election: PastElection) -> Sequence[FirmRecord]:
    polls = _poll_errors(election)
    field = float(polls["error"].mean())
    return [
        FirmRecord(str(house), name, len(own), float(own["error"].mean()), float(own["error"].iloc[-1]), field)
        for house, own in polls.groupby("house")
    ]


def _poll_errors(election: PastElection) -> pd.DataFrame:
    """A row per poll of the final month: house, day, error in percentage points; by day."""
    if not election.rows_by_list:
        return pd.DataFrame(columns=["house", "day", "error"])
    every = pd.concat(election.rows_by_list)
    recent = every[(every["day"] > election.vote_day - FINAL_DAYS) & (every["day"] < election.vote_day)]
    result = [election.result_share.get(name, 0.0) for name in recent.index.get_level_values(0)]
    errors = recent.assign(error=100 * (recent["share"] - result).abs())
    polls = errors.groupby("poll", as_index=False).agg({"house": "first", "day": "first", "error": "mean"})
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
        recent = line.since(newest - FINAL_DAYS)
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
    gaps = [gap_of(lines, bloc, house, house_size) for house in sorted(_active(lines))]
    typical = float(np.median([abs(row.gap_seats) for row in gaps])) if gaps else 0.0
    least = max(FEWEST_SEATS, FROM_THE_REST * typical)
    apart = [row for row in gaps if abs(row.gap_seats) >= least and row.low_seats * row.high_seats > 0]
    return sorted(apart, key=lambda row: -abs(row.gap_seats))


def _active(lines: Sequence[Line]) -> set[str]:
    """Houses with a few polls in the month up to the newest one."""
    newest = max(float(line.rows["day"].iloc[-1]) for line in lines)
    polls: dict[str, set[str]] = {}
    for line in lines:
        recent = line.since(newest - RECENT_DAYS)
        for house, poll in zip(recent["house"].tolist(), recent["poll"].tolist(), strict=True):
            polls.setdefault(house, set()).add(poll)
    return {house for house, rows in polls.items() if len(rows) >= FEWEST_RECENT_POLLS}


def lean(line: Line, house: str) -> tuple[float, float] | None:
    """A house's lean for a list, on z, and its variance; None where none of its own is known."""
    effects = line.house_effects
    if effects is None or house not in effects.houses:
        return None
    at = effects.houses.index(house)
    return float(effects.mean[at]), float(effects.variance[at])


def gap_of(lines: Sequence[Line], bloc: Collection[str], house: str, house_size: int) -> Apart:
    """How far a house stands from the pollsters' average for the lists of a bloc; nothing where it has no lean."""
    gap = variance = 0.0
    for line in lines:
        if line.list in bloc and (own := lean(line, house)):
            share = float(to_share(line.mean[-1]))
            seats = house_size * float(np.sqrt(share * (1 - share)))  # dp/dz, in seats
            gap += seats * own[0]
            variance += seats**2 * own[1]
    half = Z90 * float(np.sqrt(variance))
    return Apart(house, gap, gap - half, gap + half)


def centres_if_right(lines: Sequence[Line], lists: Mapping[str, ElectoralList], house: str) -> tuple[Centre, ...]:
    """Where every list stands by one house's own lean: the level of all firms plus its effect."""
    return tuple(
        replace(centre, mean=line.level[0] + (lean(line, house) or (0.0,))[0], variance=line.level[1])
        for line, centre in zip(lines, line_centres(lines, lists), strict=True)
    )


PRINT_DRAWS, PRINT_SEED = 8_000, 2


def next_print(trend: CampaignTrend, house: str, sample_size: float, days: float) -> ShareDraws:
    """Draws of the vote shares that a house's next poll finds: the level, the house's lean, and one poll's own noise.

    `days` lie between the end of the lines and the poll. A house without a lean may have any that houses have.
    """
    parameters = trend.parameters
    leans = [lean(line, house) or (0.0, parameters.tau**2) for line in trend.lines]
    noise = parameters.kappa**2 / sample_size + parameters.sigma**2 * days
    mean = np.array([line.level[0] + own for line, (own, _) in zip(trend.lines, leans, strict=True)])
    variance = np.array([line.level[1] + own + noise for line, (_, own) in zip(trend.lines, leans, strict=True)])
    noise_draws = np.random.default_rng(PRINT_SEED).standard_normal((len(mean), PRINT_DRAWS))
    shares = to_share(np.clip(mean[:, np.newaxis] + np.sqrt(variance)[:, np.newaxis] * noise_draws, 0.0, np.pi))
    shares *= (1 - trend.others_share) / shares.sum(axis=0)
    return ShareDraws(tuple(line.list for line in trend.lines), shares)


def usual_change(line: Line, parameters: Parameters, samples: Sequence[float], house_size: int) -> float:
    """Standard deviation on z between two polls of one house: their samples, and rounding where seats are printed.

    `house_size` is 0 where shares are. What opinion itself moved in between is no part of it.
    """
    rounding = rounding_variance(line.rows["share"].to_numpy(np.float64), house_size) if house_size else 0.0
    return float(np.sqrt(sum(parameters.kappa**2 / size + rounding for size in samples)))
