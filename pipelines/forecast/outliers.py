"""Pollsters that stand apart: how far they lean for the bloc in question, and what would follow if they were right."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from electoral.lists import ElectoralList
from pipelines.forecast.share_draws import Centre, nowcast_centres
from pipelines.trend.lines import Z90, Line
from pipelines.trend.observations import to_share

FEWEST_RECENT_POLLS = 3
RECENT_DAYS = 30
FEWEST_SEATS = 1.5  # a smaller gap is nobody's news
FROM_THE_REST = 2.0  # as many times the typical gap: where one house is far out, leans that add to zero move all others


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
    """Where every list stands by one house's own lean: the level plus its effect."""
    shifted = []
    for line, centre in zip(lines, nowcast_centres(lines, lists), strict=True):
        effects = line.house_effects
        lean = 0.0
        if effects is not None and house in effects.houses:
            lean = float(effects.mean[effects.houses.index(house)])
        shifted.append(replace(centre, mean=centre.mean + lean))
    return tuple(shifted)
