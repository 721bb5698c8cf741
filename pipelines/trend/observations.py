"""Polls → one reading per list and poll, on the share scale and on z = 2·asin√p, where sampling noise is 1/n.

With them what needs no fit: LOWESS, the mean of a window, the last poll of each house, and the days on which a list's
make-up changed (how far they open its level, and where a list that splits off starts).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from operator import itemgetter
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from statsmodels.nonparametric.smoothers_lowess import lowess as statsmodels_lowess

from electoral.fieldwork import own_respondents
from electoral.lists import ElectoralList, LineageEvent, composed
from electoral.polls import Poll, PollKind, Unit
from electoral.rules import ElectoralRules
from electoral.shares import Contest, DerivedShare, derive

UNNAMED_HOUSE = "unnamed"  # polls printed without a firm share one lean, which is nobody's
FLOOR_SHARE = 0.0005  # a printed "0%" still rounds something

COLUMNS = ["list", "day", "poll", "house", "family", "share", "seats", "composed", "passing", "sample_size"]
Floats = npt.NDArray[np.float64]
LOWESS_WINDOW_DAYS = 42
FEWEST_POLLS_FOR_LOWESS = 6
RECENT_DAYS = 7
FALLBACK_DAYS = 14
HOUSE_DAYS = 30  # what a house said before that is no reading of now
MERGE_VARIANCE = 0.05**2
SPLIT_VARIANCE = 0.08**2
FIRST_POLLS = 3  # so many polls that print all the parts say in what ratio they share their parents' votes


def to_z(share: Floats | float) -> Floats:
    """Vote share (0–1) on the scale where a sample of n has variance 1/n."""
    return 2 * np.arcsin(np.sqrt(np.maximum(share, 0.0)))


def to_share(z: Floats | float) -> Floats:
    """z back to a vote share, 0–1."""
    half = np.clip(z, 0.0, np.pi) / 2
    return np.square(np.sin(half, out=half if isinstance(half, np.ndarray) else None))


def closed(z: Floats, others_share: float) -> Floats:
    """The same readings once their shares add up to what other lists leave."""
    share = to_share(z)
    return to_z(share * (1 - others_share) / share.sum())


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
        names_by_members = {lists[name].members: name for name in shares if name in lists}
        sample = (poll.sample_size or contest.sample_size) * parts.get(poll.id, 1.0)
        passing = _passing_share(shares, rules, contest.residual)
        printed_seats = {value.list: value.seats or 0.0 for value in poll.values}
        whose, worth = _whose(poll, contest), rules.house_size / passing
        for name in targets:
            reading = _reading(lists[name], shares, printed_seats, names_by_members, worth)
            if reading is not None:
                rows.append((name, *whose, *reading, passing, sample))
    return _frame(rows)


def observe_others(polls: Iterable[Poll], targets: Sequence[str], contest: Contest) -> pd.DataFrame:
    """The rows of all other lists together in polls that print per cents: as printed, else what every target leaves.

    Seats say nothing of lists that win none.
    """
    name = next(iter(sorted(contest.residual)), None)
    if name is None:
        return _frame([])
    polls = [poll for poll in polls if poll.kind is PollKind.POLL and poll.unit is Unit.SHARE]
    parts = own_respondents(polls)
    rows = []
    for poll in polls:
        shares = derive(poll, contest)
        sample = (poll.sample_size or contest.sample_size) * parts.get(poll.id, 1.0)
        others = [derived.share for own, derived in shares.items() if own in contest.residual]
        if not others and set(targets) <= shares.keys():
            others = [max(1 - sum(derived.share for derived in shares.values()), 0.0)]
        if others:
            rows.append((name, *_whose(poll, contest), sum(others), 0.0, False, 1.0, sample))
    return _frame(rows)


def _frame(rows: Sequence[tuple[Any, ...]]) -> pd.DataFrame:
    frame = pd.DataFrame(sorted(rows, key=itemgetter(0, 1, 2)), columns=COLUMNS)  # by list, day and poll
    frame["z"] = to_z(np.maximum(frame["share"].to_numpy(np.float64), FLOOR_SHARE))
    return frame


def _whose(poll: Poll, contest: Contest) -> tuple[float, str, str, str]:
    """A poll's day, id, house and family of houses."""
    house = poll.pollster or UNNAMED_HOUSE
    day = float(poll.fieldwork.last_day(poll.published_date).toordinal())
    return day, poll.id, house, contest.families.get(house, house)


def _reading(
    target: ElectoralList,
    shares: Mapping[str, DerivedShare],
    printed_seats: Mapping[str, float],
    names_by_members: Mapping[frozenset[str], str],
    worth: float,
) -> tuple[float, float, bool] | None:
    """A list's share and seats in one poll, and whether they are the sum of values that are exactly its members.

    `worth` is what a share is in seats.
    """
    if target.id in shares:
        share = shares[target.id].share
        return share, printed_seats.get(target.id) or share * worth, False
    parts = composed(target.members, names_by_members)
    if parts is None:
        return None
    share = sum(shares[part].share for part in parts)
    seats = sum(own for name, own in printed_seats.items() if name in parts)
    return share, seats or share * worth, True


def _passing_share(shares: Mapping[str, DerivedShare], rules: ElectoralRules, residual: frozenset[str]) -> float:
    """The share of all lists that qualify; all others together are no list."""
    passing = sum(
        derived.share
        for name, derived in shares.items()
        if name not in residual and derived.share >= float(rules.threshold_of(name))
    )
    return passing or 1.0


def lowess(rows: pd.DataFrame, days: Floats) -> Floats | None:
    """LOWESS of a list's shares on each of `days`, over about six weeks of polls; None under six polls.

    See: Cleveland 1979, as statsmodels has it.
    """
    if len(rows) < FEWEST_POLLS_FOR_LOWESS:
        return None
    at, share = rows["day"].to_numpy(np.float64), rows["share"].to_numpy(np.float64)
    span = max(at[-1] - at[0], 1.0)
    # A window that holds fewer than six readings has no slope.
    frac = min(1.0, max(LOWESS_WINDOW_DAYS / span, FEWEST_POLLS_FOR_LOWESS / len(rows)))
    first, last = np.searchsorted(at, days, side="left"), np.searchsorted(at, days, side="right")
    inside = (days >= at[0]) & (days <= at[-1])
    # Where one day fills the window, it is as wide as nothing: the day's own mean stands.
    crowded = inside & (last - first >= int(frac * len(rows) + 1e-10))  # its neighbours, as statsmodels counts them
    line = np.full(len(days), np.nan)
    line[crowded] = [share[begin:end].mean() for begin, end in zip(first[crowded], last[crowded], strict=True)]
    smooth = inside & ~crowded
    if smooth.any():
        line[smooth] = statsmodels_lowess(share, at, frac=frac, it=0, xvals=days[smooth])
    return np.where(line > 0, line, np.nan)


def window_mean(rows: pd.DataFrame, day: float, width_days: int) -> float | None:
    """Mean z of the polls of the last `width_days` days up to `day`, of rows by day; None where there are none."""
    first, last = np.searchsorted(rows["day"].to_numpy(np.float64), (day - width_days, day), side="right")
    return float(rows["z"].to_numpy(np.float64)[first:last].mean()) if last > first else None


def window_means(rows: pd.DataFrame, days: Floats, column: str = "share") -> Floats:
    """The fortnight's mean of a column, the share or z, on each of `days`; NaN where no poll lies in it."""
    at = rows["day"].to_numpy(np.float64)
    total = np.concatenate([[0.0], np.cumsum(rows[column].to_numpy(np.float64))])
    first = np.searchsorted(at, days - FALLBACK_DAYS, side="right")
    last = np.searchsorted(at, days, side="right")
    means = np.full(len(days), np.nan)
    np.divide(total[last] - total[first], last - first, out=means, where=last > first)
    return means


def newest_per_house(rows: pd.DataFrame, days: Floats, house_days: float = HOUSE_DAYS) -> Floats:
    """Mean z on each of `days` of every house's newest poll of the last month; a family of houses weighs one.

    A month is counted back from a list's newest poll of that day, so that in silence the mean stays; before a list's
    first poll it is that poll's. Asked for single days by the thousand, so rows are told apart without a groupby.
    """
    at, z = rows["day"].to_numpy(np.float64), rows["z"].to_numpy(np.float64)
    seen = np.maximum(np.searchsorted(at, days, side="right") - 1, 0)
    own: dict[str, dict[str, list[int]]] = {}
    for number, (family, house) in enumerate(zip(rows["family"].tolist(), rows["house"].tolist(), strict=True)):
        own.setdefault(family, {}).setdefault(house, []).append(number)
    families = [
        _newest(
            [(at[own[family][house]], z[own[family][house]]) for house in sorted(own[family])],
            np.maximum(days, at[0]),
            at[seen] - house_days,
        )
        for family in sorted(own)
    ]
    return np.asarray(np.nanmean(families, axis=0), dtype=np.float64)


def _newest(houses: Sequence[tuple[Floats, Floats]], days: Floats, since: Floats) -> Floats:
    """Mean of the houses' newest z (their days and values) up to each day and after `since`; NaN where none has one."""
    total, fresh = np.zeros(len(days)), np.zeros(len(days))
    for at, z in houses:
        last = np.searchsorted(at, days, side="right") - 1
        is_fresh = (last >= 0) & (at[last] > since)
        total += np.where(is_fresh, z[last], 0.0)
        fresh += is_fresh
    means: Floats = np.divide(total, fresh, out=np.full(len(days), np.nan), where=fresh > 0)
    return means


def last_per_house(rows: pd.DataFrame, day: float, house_days: float = HOUSE_DAYS) -> float:
    """The same on one day, of polls known then."""
    return float(newest_per_house(rows, np.array([day]), house_days)[0])


def week_mean(rows: pd.DataFrame, day: float) -> float:
    """Mean z of the last week's polls; where there are none, of each house's newest one."""
    recent = window_mean(rows, day, RECENT_DAYS)
    return last_per_house(rows, day) if recent is None else recent


def plain_centre(rows: pd.DataFrame, day: float) -> float:
    """The mean of two readings that need no fit: the last week's polls and each house's newest one."""
    return float(plain_centres(rows, np.array([day]))[0])


def plain_centres(rows: pd.DataFrame, days: Floats) -> Floats:
    """The same on each of `days`, from what was known on each."""
    newest = newest_per_house(rows, days)
    week = [window_mean(rows, day, RECENT_DAYS) for day in days]
    recent = np.array([np.nan if mean is None else mean for mean in week])
    return np.where(np.isnan(recent), newest, (newest + recent) / 2)


@dataclass(frozen=True, slots=True)
class Cut:
    """A day (ordinal) on which a list's make-up changed, and the variance on z that adds to its level.

    `start` is the level a list without older polls has on that day; None where its older polls lead up to it.
    """

    day: float
    variance: float
    start: float | None = None


Cuts = Mapping[str, Sequence[Cut]]


def known_cuts(contest: Contest, as_of: date, polls: Sequence[Poll]) -> dict[str, list[Cut]]:
    """Per list, the known days on which lists merged, split or regrouped; `polls` are those known on the as-of day."""
    cuts: dict[str, list[Cut]] = {}
    for event in contest.lineage:
        if event.date > as_of or not event.before or not event.after or len(event.before) + len(event.after) < 3:
            continue
        is_split = len(event.after) > 1
        starts = _starts(event, polls, contest) if is_split else {}
        for name in event.after:
            variance = SPLIT_VARIANCE if is_split else MERGE_VARIANCE
            cuts.setdefault(name, []).append(Cut(float(event.date.toordinal()), variance, starts.get(name)))
    return cuts


def _starts(event: LineageEvent, polls: Sequence[Poll], contest: Contest) -> dict[str, float]:
    """Where each new list starts on z: its part of the first polls times what its parents had together before.

    Empty where that is unknown: a parent without older polls, or no poll yet that prints all the parts.
    """
    frame = observe(polls, [*event.before, *event.after], contest).drop_duplicates(["list", "poll"])
    day = float(event.date.toordinal())
    before, since = frame[frame["day"] < day], frame[frame["day"] >= day]
    older = {str(name): rows for name, rows in before.groupby("list")}
    parts = since[since["list"].isin(event.after)].pivot(index=["day", "poll"], columns="list", values="share").dropna()
    if not set(event.before) <= older.keys() or len(parts.columns) < len(event.after) or parts.empty:
        return {}
    parents = sum(float(to_share(plain_centre(older[name], day))) for name in event.before)
    ratio = parts.sort_index().iloc[:FIRST_POLLS].sum()
    shares: pd.Series = parents * ratio / ratio.sum()
    return {str(name): float(to_z(share)) for name, share in shares.items() if name not in older}
