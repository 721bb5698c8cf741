"""Why a line moved from one day to a later one: its change in seats, split by cause; the parts add up to the whole.

A line is the mean of every firm's newest poll. Each cause is let in after the other, and what the lines then do is its
part: polls that were corrected or withdrawn (`corrections`), each new poll of a firm that was in the field already
(`poll:<id>`, or `polls` where there are many), and firms that came into the field or left it (`firms`). What is left is
how sure the polls are (`ageing`), or the `model` where the two days were worked out by different code. A list that no
poll of a step covers stands where it stands in the end, so that a list that is new does not make all others look larger
until its first poll comes in.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

import numpy as np
import pandas as pd

from electoral.apparentement import SurplusAgreement
from electoral.polls import Poll
from electoral.shares import Contest
from pipelines.trend.lines import seats_on_last_day
from pipelines.trend.observations import HOUSE_DAYS, last_per_house, observe, observe_others, to_share, to_z

MOST_POLLS_NAMED = 12
LEAST_SEATS = 1e-9

Seats = Mapping[str, float]
Levels = Mapping[str, tuple[float, float]]  # on z, with its variance


@dataclass(frozen=True, slots=True)
class Moment:
    """What an edition's trend stood on: its polls and its day, and the seats and levels it gave."""

    polls: Sequence[Poll]
    as_of: date
    seats: Seats
    levels: Levels
    agreements: Sequence[SurplusAgreement] = ()


def attribute(
    before: Moment, after: Moment, contest: Contest, *, same_code: bool = True
) -> dict[str, dict[str, float]]:
    """Per list that stands in both: cause → seats; causes that moved nothing are left out."""
    names = [name for name in after.seats if name in before.seats]
    parts: dict[str, dict[str, float]] = {name: {} for name in names}
    steps = iter(_steps(before, after, contest))
    _, standing = next(steps)
    for cause, seats in steps:
        for name in names:
            if abs(moved := seats[name] - standing[name]) > LEAST_SEATS:  # less is arithmetic
                parts[name][cause] = moved
        standing = seats
    for name, causes in parts.items():
        if abs(rest := after.seats[name] - before.seats[name] - sum(causes.values())) > LEAST_SEATS:
            causes["ageing" if same_code else "model"] = rest
    return parts


def _steps(before: Moment, after: Moment, contest: Contest) -> Iterable[tuple[str, Seats]]:
    """Where the lines stood, then each cause and where they stand once it is let in."""
    now = {poll.id: poll for poll in after.polls}
    old = {poll.id for poll in before.polls}
    firms = {
        str(name): frozenset(rows["house"][rows["day"] > rows["day"].iloc[-1] - HOUSE_DAYS])
        for name, rows in observe(before.polls, list(after.levels), contest).groupby("list")
    }
    final = {
        name: (mean, before.levels.get(name, (0.0, variance))[1]) for name, (mean, variance) in after.levels.items()
    }
    stand = partial(_seats, final=final, contest=contest, agreements=after.agreements)
    yield "before", stand(before.polls, before.as_of, firms)
    corrected = [now[poll.id] for poll in before.polls if poll.id in now]
    yield "corrections", stand(corrected, before.as_of, firms)
    new = [poll for poll in after.polls if poll.id not in old]
    one_by_one = len(new) <= MOST_POLLS_NAMED
    for group in [[poll] for poll in new] if one_by_one else [new]:
        corrected += group
        yield f"poll:{group[0].id}" if one_by_one else "polls", stand(corrected, after.as_of, firms)
    yield "firms", stand(after.polls, after.as_of, None)


def _seats(
    polls: Sequence[Poll],
    as_of: date,
    firms: Mapping[str, Collection[str]] | None,
    *,
    final: Levels,
    contest: Contest,
    agreements: Sequence[SurplusAgreement],
) -> Seats:
    """Every list's seats by some polls; with `firms` by the newest polls of each list's own, however old.

    `final`: where each list ends, which stands for those that no poll covers, and how sure it is.
    """
    day = float(as_of.toordinal())
    standing = {name: float(to_share(mean)) for name, (mean, _) in final.items()}
    for key, rows in observe(polls, list(final), contest).groupby("list"):
        name = str(key)
        own = rows if firms is None else rows[rows["house"].isin(firms.get(name, ()))]
        if len(own):
            standing[name] = float(to_share(last_per_house(own, day, HOUSE_DAYS if firms is None else np.inf)))
    rest = observe_others(polls, list(final), contest)
    others = contest.others_share if rest.empty else float(to_share(last_per_house(rest, day)))
    factor = _closing(sum(standing.values()), others, rest)
    levels = [(float(to_z(share * factor)), final[name][1]) for name, share in standing.items()]
    others = others if rest.empty else others * factor
    return seats_on_last_day(tuple(standing), levels, others, contest.rules, agreements)


def _closing(shares: float, others: float, rest: pd.DataFrame) -> float:
    """What lists are scaled by so that they add to what others leave; printed others are scaled with them."""
    return (1 - others) / shares if rest.empty else 1 / (shares + others)
