"""Why a line moved from one day to a later one: its change in seats, split by cause; the parts add up to the whole.

Each cause is let in after the other, and what the lines then do is its part: the days that passed (`ageing`), polls
that were corrected or withdrawn (`corrections`), each new poll at the houses' known leans (`poll:<id>`, or `polls`
where there are many), the leans that the new polls changed (`house-effects`), and what is left (`model`): other
parameters, other code. A list that no poll of a step covers stands where it stands in the end, so that a list that is
new does not make all others look larger until its first poll comes in.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd

from electoral.apparentement import SurplusAgreement
from electoral.polls import Poll
from pipelines.trend.lines import FEWEST_POLLS_FOR_LEVEL, level_of_few, seats_on_last_day
from pipelines.trend.local_level import HouseEffects, Parameters, smooth
from pipelines.trend.observations import Contest, Cut, known_cuts, observe, observe_others, to_share

MOST_POLLS_NAMED = 12
LEAST_SEATS = 1e-9
OTHERS_POLLS = 5  # whose mean is what all other lists together have
NO_LEAN = 1e-6  # τ where leans are already taken out

Seats = Mapping[str, float]
Levels = Mapping[str, tuple[float, float]]  # on z, with its variance
Leans = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Moment:
    """What an edition's trend stood on: its polls, its parameters and its day, and the seats and levels it gave."""

    polls: Sequence[Poll]
    parameters: Parameters
    as_of: date
    seats: Seats
    levels: Levels
    agreements: Sequence[SurplusAgreement] = ()


def attribute(before: Moment, after: Moment, contest: Contest) -> dict[str, dict[str, float]]:
    """Per list that stands in both: cause → seats; causes that moved nothing are left out."""
    names = [name for name in after.seats if name in before.seats]
    steps = list(_steps(before, after, contest))
    parts: dict[str, dict[str, float]] = {name: {} for name in names}
    standing = {name: before.seats[name] for name in names}
    for cause, seats in [*steps, ("model", after.seats)]:
        for name in names:
            moved = seats.get(name, standing[name]) - standing[name]
            if abs(moved) > LEAST_SEATS:  # less is arithmetic, and is left to the next cause
                parts[name][cause] = moved
                standing[name] += moved
    return parts


def _steps(before: Moment, after: Moment, contest: Contest) -> Iterable[tuple[str, Seats]]:
    """Each cause and where the lines stand once it is let in, in order."""
    now = {poll.id: poll for poll in after.polls}
    old = {poll.id for poll in before.polls}
    aged = replace(before, as_of=after.as_of)
    yield "ageing", _levels(aged, after.levels, contest)[0]
    mended = replace(aged, polls=[now[poll.id] for poll in before.polls if poll.id in now])
    seats, leans = _levels(mended, after.levels, contest)
    yield "corrections", seats
    new = [poll for poll in after.polls if poll.id not in old]
    held = list(mended.polls)
    one_by_one = len(new) <= MOST_POLLS_NAMED
    for group in [[poll] for poll in new] if one_by_one else [new]:
        held += group
        cause = f"poll:{group[0].id}" if one_by_one else "polls"
        yield cause, _levels(replace(mended, polls=held), after.levels, contest, leans)[0]
    yield "house-effects", _levels(replace(mended, polls=held), after.levels, contest)[0]


def _levels(moment: Moment, final: Levels, contest: Contest, leans: Leans | None = None) -> tuple[Seats, Leans]:
    """Every list's seats on the moment's day, and the houses' leans; given leans are taken out, not fitted.

    `final`: the level each list ends with, which stands for those that no poll covers.
    """
    frame = observe(moment.polls, list(final), contest)
    cuts = known_cuts(contest, moment.as_of, moment.polls)
    day = np.array([float(moment.as_of.toordinal())])
    levels = dict(final)
    found: dict[str, dict[str, float]] = {}
    for key, rows in frame.groupby("list", sort=False):
        name = str(key)
        known = None if leans is None else leans.get(name, {})
        levels[name], effects = _level(rows.reset_index(drop=True), day, moment, contest, cuts.get(name, ()), known)
        if effects is not None:
            found[name] = dict(zip(effects.houses, effects.mean.tolist(), strict=True))
    rest = observe_others(moment.polls, list(final), contest)
    others = contest.others_share if rest.empty else float(to_share(rest["z"].tail(OTHERS_POLLS).mean()))
    seats = seats_on_last_day(tuple(levels), list(levels.values()), others, contest.rules, moment.agreements)
    return seats, found


def _level(
    rows: pd.DataFrame,
    day: np.ndarray,
    moment: Moment,
    contest: Contest,
    cuts: Sequence[Cut],
    leans: Mapping[str, float] | None,
) -> tuple[tuple[float, float], HouseEffects | None]:
    if len(rows) < FEWEST_POLLS_FOR_LEVEL:
        # Its own days too: a poll that has aged out of the fortnight still says where the list stood.
        mean, variance = level_of_few(rows, np.append(rows["day"].to_numpy(np.float64), day))
        return (float(mean[-1]), float(variance[-1])), None
    parameters = moment.parameters
    if leans is not None:
        rows = rows.assign(z=rows["z"] - rows["house"].map(lambda house: leans.get(house, 0.0)))
        parameters = replace(parameters, tau=NO_LEAN)
    level = smooth(rows, day, parameters, contest.rules.house_size, cuts)
    return (float(level.mean[-1]), float(level.variance[-1])), level.house_effects
