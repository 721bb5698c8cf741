"""What was sealed, scored once the result is recorded: by the rule each seal names, beside the sealed reference.

Nothing is scored that was not said: editions of past days have no seal, those made after the vote say so in theirs.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from statistics import fmean
from typing import Literal
from zoneinfo import ZoneInfo

import numpy as np

from pipelines.editions.records import SealedLine, SealedScores
from pipelines.editions.schema import ForecastOdds
from pipelines.editions.seal import Seal, SealBroken, in_force
from pipelines.hindcast.scores import brier, crps, log_loss

DAYS_BEFORE: dict[Literal["30", "14", "7", "1"], int] = {"30": 30, "14": 14, "7": 7, "1": 1}
MEAN_DAYS = 30  # calendar days before the vote whose standing lines are averaged
CLOSE = time(23, 59)  # on the electorate's clock

Pair = tuple[SealedScores, SealedScores]  # ours, the reference's


def sealed_lines(seals: Sequence[Seal], won: Mapping[str, int], vote: date, zone: ZoneInfo) -> tuple[SealedLine, ...]:
    """The scores of one election: a line a horizon that a seal was in force at, then the mean over the last days.

    `seals` in the order of the chain, `won` the official seats. A night without a seal is left out, never scored as
    another; raises SealBroken for a rule nobody knows any more.
    """
    standing = {ahead: in_force(seals, _deadline(vote, ahead, zone)) for ahead in range(1, MEAN_DAYS + 1)}
    scored = {one.number: scores(one, won) for one in standing.values() if one}
    lines = [
        SealedLine(
            before=before,
            days=1,
            seal=one.number,
            edition=one.edition,
            moment_utc=one.moment_utc,
            rules=(one.scoring_rule,),
            ours=scored[one.number][0],
            reference=scored[one.number][1],
            skill=_skill(*scored[one.number]),
        )
        for before, ahead in DAYS_BEFORE.items()
        if (one := standing[ahead])
    ]
    nights = [one for one in standing.values() if one]
    if not nights:
        return ()
    mean = (_mean(scored[one.number][0] for one in nights), _mean(scored[one.number][1] for one in nights))
    rules = tuple(sorted({one.scoring_rule for one in nights}))
    return (
        *lines,
        SealedLine(
            before="mean",
            days=len(nights),
            seal=None,
            edition=None,
            moment_utc=None,
            rules=rules,
            ours=mean[0],
            reference=mean[1],
            skill=_skill(*mean),
        ),
    )


def scores(seal: Seal, won: Mapping[str, int]) -> Pair:
    """One seal's scores by the rule it names; raises SealBroken where that rule is unknown."""
    try:
        rule = RULES[seal.scoring_rule]
    except KeyError:
        raise SealBroken(
            f"seal {seal.number} of {seal.election}: scored by rule {seal.scoring_rule}, unknown to this program"
        ) from None
    return rule(seal, seal.odds.ours, won), rule(seal, seal.odds.reference, won)


def _first_rule(seal: Seal, odds: ForecastOdds, won: Mapping[str, int]) -> SealedScores:
    """Rule 1: means over the lists of the odds and those that won seats without being in them, drawn at none.

    A list passes where it won seats; a set has its majority by the lists and the number of seats that were sealed.
    """
    unseen = [seats for name, seats in won.items() if seats and all(name != one.id for one in odds.lists)]
    per_list = [
        crps(np.repeat(list(one.draws_by_seats), list(one.draws_by_seats.values())), won.get(one.id, 0))
        for one in odds.lists
    ]
    chances = np.array([*(one.p_pass for one in odds.lists), *(0.0 for _ in unseen)])
    passed = np.array([*(won.get(one.id, 0) > 0 for one in odds.lists), *(True for _ in unseen)])
    majority, sets = seal.odds.majority_seats, seal.odds.sets
    reached = {
        name: sum(won.get(one, 0) for one in lists) >= majority for name, lists in sets.items() if majority is not None
    }
    return SealedScores(
        crps_seats=fmean([*per_list, *map(float, unseen)]),
        log_loss_pass=log_loss(chances, passed),
        brier_majority={
            name: brier(np.array([chance]), np.array([reached[name]]))
            for name, chance in odds.p_majority.items()
            if name in reached
        },
    )


Rule = Callable[[Seal, ForecastOdds, Mapping[str, int]], SealedScores]
RULES: Mapping[int, Rule] = {1: _first_rule}  # a seal is scored by the rule of its night, for good


def _deadline(vote: date, ahead: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(vote - timedelta(days=ahead), CLOSE, zone)


def _mean(found: Iterable[SealedScores]) -> SealedScores:
    rows = list(found)
    sets = {name for row in rows for name in row.brier_majority}
    return SealedScores(
        crps_seats=fmean(row.crps_seats for row in rows),
        log_loss_pass=fmean(row.log_loss_pass for row in rows),
        brier_majority={
            name: fmean(row.brier_majority[name] for row in rows if name in row.brier_majority) for name in sorted(sets)
        },
    )


def _skill(ours: SealedScores, reference: SealedScores) -> float | None:
    return 1 - ours.crps_seats / reference.crps_seats if reference.crps_seats else None
