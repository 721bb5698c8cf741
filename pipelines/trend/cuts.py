"""Days on which a list's make-up changed: how far they open its level, and where a list that splits off starts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from electoral.lists import LineageEvent
from electoral.polls import Poll
from pipelines.trend.observations import Contest, observe, to_share, to_z
from pipelines.trend.readings import plain_centre

MERGE_VARIANCE = 0.05**2
SPLIT_VARIANCE = 0.08**2
FIRST_POLLS = 3  # so many polls that print all the parts say in what ratio they share their parents' votes


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


def start_rows(cuts: Iterable[Cut]) -> pd.DataFrame:
    """Each start as a reading of the level itself: no house, no sample, the variance of the cut."""
    found = [(cut.day, cut.start, np.inf, cut.variance) for cut in cuts if cut.start is not None]
    return pd.DataFrame(found, columns=["day", "z", "sample_size", "variance"], dtype=np.float64)
