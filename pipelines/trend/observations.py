"""Polls → one reading per list and poll, on the share scale and on z = 2·asin√p, where sampling noise is 1/n."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from electoral.fieldwork import own_respondents
from electoral.lists import ElectoralList, LineageEvent, ListKind, composed
from electoral.polls import Poll, PollKind, ReportedValue, Unit
from electoral.rules import ElectoralRules
from electoral.shares import DerivedShare, shares_from_poll

UNNAMED_HOUSE = "unnamed"  # polls printed without a firm share one lean, which is nobody's
FLOOR_SHARE = 0.0005  # a printed "0%" still rounds something

COLUMNS = ["list", "day", "poll", "house", "share", "z", "seats", "passing", "sample_size", "composed"]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Reading:
    """One poll's reading of one list, before it becomes a row of the frame."""

    share: float
    seats: float
    composed: bool


def to_z(share: Floats | float) -> Floats:
    """Vote share (0–1) on the scale where a sample of n has variance 1/n."""
    return 2 * np.arcsin(np.sqrt(np.maximum(share, 0.0)))


def to_share(z: Floats | float) -> Floats:
    """z back to a vote share, 0–1."""
    return np.sin(np.clip(z, 0.0, np.pi) / 2) ** 2


@dataclass(frozen=True, slots=True)
class Contest:
    """What polls of a campaign are read by: its lists, how they came about, its rules, and what stands in for gaps.

    `others_share` (0-1): the votes of lists that no poll names, where a poll does not print them. `sample_size`: that
    of a poll that prints none.
    """

    lists: Mapping[str, ElectoralList]
    lineage: Sequence[LineageEvent]
    rules: ElectoralRules
    others_share: float
    sample_size: int

    @property
    def residual(self) -> frozenset[str]:
        """The lists that stand for all others."""
        return frozenset(name for name, found in self.lists.items() if found.kind is ListKind.RESIDUAL)

    def counts(self, value: ReportedValue) -> bool:
        """Whether a value is part of what a poll adds up to."""
        found = self.lists.get(value.list)
        return found is None or found.kind is not ListKind.UNDECIDED


def derive(poll: Poll, contest: Contest) -> dict[str, DerivedShare]:
    """The vote share behind each value of one poll; lists that were not asked about are absent.

    A column whose list nobody knows has its own share, under the id of its value: it is spread over no known list.
    """
    values = [value for value in (*poll.values, *poll.unknown) if contest.counts(value)]
    return shares_from_poll(values, contest.rules, contest.residual, contest.others_share)


def observe(polls: Iterable[Poll], targets: Sequence[str], contest: Contest) -> pd.DataFrame:
    """A row per target list and ordinary poll, by day; a list that a poll does not cover has no row.

    `day` is the ordinal of the fieldwork's end, `share` and `z` float64, `seats` real: what is printed,
    or the share's worth of seats under the threshold; `passing` the poll's share of all lists over the threshold.
    `sample_size` counts respondents that overlapping waves of a tracker share once (`electoral.fieldwork`).
    """
    polls = [poll for poll in polls if poll.kind is PollKind.POLL]
    parts = own_respondents(polls)
    lists, rules = contest.lists, contest.rules
    rows = []
    for poll in polls:
        shares = derive(poll, contest)
        asked = {lists[name].members: name for name in shares if name in lists}
        sample = (poll.sample_size or contest.sample_size) * parts.get(poll.id, 1.0)
        passing = _passing_share(shares, rules, contest.residual)
        for name in targets:
            reading = _reading(poll, lists[name], shares, asked, rules.house_size / passing)
            if reading is not None:
                rows.append(_row(poll, name, reading, passing, sample))
    frame = pd.DataFrame(rows, columns=COLUMNS)
    return frame.sort_values(["list", "day", "poll"], kind="stable", ignore_index=True)


def observe_others(polls: Iterable[Poll], targets: Sequence[str], contest: Contest) -> pd.DataFrame:
    """The rows of all other lists together in polls that print per cents: as printed, else what every target leaves.

    Seats say nothing of lists that win none.
    """
    name = next(iter(sorted(contest.residual)), None)
    if name is None:
        return pd.DataFrame([], columns=COLUMNS)
    polls = [poll for poll in polls if poll.kind is PollKind.POLL and poll.unit is Unit.SHARE]
    parts = own_respondents(polls)
    rows = []
    for poll in polls:
        shares = derive(poll, contest)
        sample = (poll.sample_size or contest.sample_size) * parts.get(poll.id, 1.0)
        others = [found.share for own, found in shares.items() if own in contest.residual]
        if not others and set(targets) <= shares.keys():
            others = [max(1 - sum(found.share for found in shares.values()), 0.0)]
        if others:
            rows.append(_row(poll, name, Reading(sum(others), 0.0, False), 1.0, sample))
    frame = pd.DataFrame(rows, columns=COLUMNS)
    return frame.sort_values(["list", "day", "poll"], kind="stable", ignore_index=True)


def _row(poll: Poll, name: str, reading: Reading, passing: float, sample: float) -> tuple[object, ...]:
    return (
        name,
        float(poll.fieldwork.last_day(poll.published_date).toordinal()),
        poll.id,
        poll.pollster or UNNAMED_HOUSE,
        reading.share,
        float(to_z(max(reading.share, FLOOR_SHARE))),
        reading.seats,
        passing,
        sample,
        reading.composed,
    )


def _reading(
    poll: Poll,
    target: ElectoralList,
    shares: Mapping[str, DerivedShare],
    asked: Mapping[frozenset[str], str],
    worth: float,
) -> Reading | None:
    """The list's own value, or the sum of values that are exactly its members; `worth` is what a share is in seats."""
    if target.id in shares:
        parts: Sequence[str] = (target.id,)
    else:
        found = composed(target.members, asked)
        if found is None:
            return None
        parts = tuple(found)
    share = sum(shares[part].share for part in parts)
    seats = sum(value.seats or 0.0 for value in poll.values if value.list in parts)
    return Reading(share, seats or share * worth, parts != (target.id,))


def _passing_share(shares: Mapping[str, DerivedShare], rules: ElectoralRules, residual: frozenset[str]) -> float:
    """The share of all lists that qualify; all others together are no list."""
    passing = sum(
        found.share
        for name, found in shares.items()
        if name not in residual and found.share >= float(rules.threshold_of(name))
    )
    return passing or 1.0
