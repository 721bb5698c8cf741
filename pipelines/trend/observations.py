"""Polls → one reading per list and poll, on the share scale and on z = 2·asin√p, where sampling noise is 1/n."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from electoral.fieldwork import own_respondents
from electoral.lists import ElectoralList, ListKind, composed
from electoral.polls import Poll, PollKind
from electoral.rules import ElectoralRules
from electoral.shares import DerivedShare, shares_from_poll

ASSUMED_SAMPLE_SIZE = 600  # four campaigns publish none
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


def derive(poll: Poll, lists: Mapping[str, ElectoralList], rules: ElectoralRules) -> dict[str, DerivedShare]:
    """The vote share behind each value of one poll; lists that were not asked about are absent.

    A column whose list nobody knows has its own share, under the id of its value: it is spread over no known list.
    """
    residual = frozenset(name for name, found in lists.items() if found.kind is ListKind.RESIDUAL)
    return shares_from_poll((*poll.values, *poll.unknown), rules, residual)


def observe(
    polls: Iterable[Poll], targets: Sequence[str], lists: Mapping[str, ElectoralList], rules: ElectoralRules
) -> pd.DataFrame:
    """A row per target list and ordinary poll, by day; a list that a poll does not cover has no row.

    `day` is the ordinal of the fieldwork's end, `share` and `z` float64, `seats` real: what is printed,
    or the share's worth of seats under the threshold; `passing` the poll's share of all lists over the threshold.
    `sample_size` counts respondents that overlapping waves of a tracker share once (`electoral.fieldwork`).
    """
    polls = [poll for poll in polls if poll.kind is PollKind.POLL]
    parts = own_respondents(polls)
    rows = []
    for poll in polls:
        shares = derive(poll, lists, rules)
        asked = {lists[name].members: name for name in shares if name in lists}
        sample = (poll.sample_size or ASSUMED_SAMPLE_SIZE) * parts.get(poll.id, 1.0)
        passing = _passing_share(shares, float(rules.threshold))
        for name in targets:
            reading = _reading(poll, lists[name], shares, asked, rules.house_size / passing)
            if reading is not None:
                rows.append(_row(poll, name, reading, passing, sample))
    frame = pd.DataFrame(rows, columns=COLUMNS)
    return frame.sort_values(["list", "day", "poll"], kind="stable", ignore_index=True)


def _row(poll: Poll, name: str, reading: Reading, passing: float, sample: float) -> tuple[object, ...]:
    return (
        name,
        float(poll.fieldwork.end.toordinal()),
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


def _passing_share(shares: Mapping[str, DerivedShare], threshold: float) -> float:
    passing = sum(found.share for found in shares.values() if found.share >= threshold)
    return passing or 1.0
