"""Each firm's record in past elections, and how close the polls of a campaign sit to each other.

Errors are mean absolute differences between a poll's vote shares and the result, in percentage points, over the lists
the poll covers; skill is a firm's error ÷ the field's in the same election and window, below 1 is better.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipelines.forecast.polling_error import PastElection
from pipelines.trend.lines import Line
from pipelines.trend.local_level import rounding_variance

FINAL_DAYS = 30
FEWEST_POLLS_FOR_SPREAD = 5


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
