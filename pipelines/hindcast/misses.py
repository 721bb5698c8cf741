"""What the final rolling projections missed, or nearly did, and how the last polls of all houses erred together."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np

from electoral.polls import Poll, PollKind
from pipelines.hindcast.models import MODELS, ROLLING, Teaching
from pipelines.hindcast.replay import HORIZONS, PastCampaign, replay, teachers
from pipelines.hindcast.run import allocated, read_past

NARROW_SHARE = 0.005  # a result this near the threshold could have gone either way
LAST_POLL_DAYS = 14
CENTRAL_95 = (0.025, 0.975)


@dataclass(frozen=True, slots=True)
class Miss:
    """A list, what it won, and what the final rolling projection held likely of its seats and its vote."""

    election: str
    list: str
    seats: int
    q025: float
    median: float
    q975: float
    p_pass: float
    share_pct: float
    share_q025_pct: float
    share_q975_pct: float


@dataclass(frozen=True, slots=True)
class BlocError:
    """The last polls of an election's houses beside the seats the bloc in question won."""

    election: str
    seats: int
    houses: int
    lowest: float
    highest: float
    under: int
    over: int


@dataclass(frozen=True, slots=True)
class Misses:
    """`missed`: seats outside the central 95 %, or on the wrong side of the threshold.

    `narrow`: none of that, but votes outside the central 95 %, or a result within half a point of the threshold.
    `together`: how the houses' last polls lay beside the bloc's seats, election by election.
    """

    missed: tuple[Miss, ...]
    narrow: tuple[Miss, ...]
    together: tuple[BlocError, ...]


def known_misses(raw: Path, electorate: str) -> Misses:
    """All past elections of an electorate, on the eve of each."""
    missed, narrow = [], []
    for past in read_past(raw, electorate):
        for miss, has_missed, is_narrow in _judged(past, read_past(raw, electorate)):
            if has_missed:
                missed.append(miss)
            elif is_narrow:
                narrow.append(miss)
    together = [error for past in read_past(raw, electorate) if (error := _bloc_error(past)) is not None]
    return Misses(tuple(missed), tuple(narrow), tuple(together))


def _judged(past: PastCampaign, campaigns: list[PastCampaign]) -> Iterator[tuple[Miss, bool, bool]]:
    replayed = replay(past, HORIZONS["final"])
    shares = MODELS[ROLLING](replayed, Teaching((), teachers(campaigns, past, earlier_only=True)))
    draws = allocated(replayed, shares)
    won = {row.list: row.seats for row in past.campaign.results}
    threshold = float(past.campaign.election.rules.threshold)
    for name, row, passes in zip(draws.lists, draws.seats, draws.passes, strict=True):
        low, middle, high = (float(end) for end in np.quantile(row, [0.025, 0.5, 0.975], method="inverted_cdf"))
        least, most = (float(end) for end in np.quantile(shares.row(name), CENTRAL_95))
        chance, seats, share = float(passes.mean()), won.get(name, 0), past.lesson.result_share.get(name, 0.0)
        miss = Miss(past.id, name, seats, low, middle, high, chance, 100 * share, 100 * least, 100 * most)
        has_missed = not low <= seats <= high or (chance >= 0.5) != (seats > 0)
        yield miss, has_missed, not least <= share <= most or abs(share - threshold) <= NARROW_SHARE


def _bloc_error(past: PastCampaign) -> BlocError | None:
    election, bloc = past.campaign.election, set(past.campaign.main_bloc())
    since = election.vote_date - timedelta(days=LAST_POLL_DAYS)
    newest: dict[str, Poll] = {}
    for poll in sorted(past.polls, key=lambda poll: (poll.fieldwork.end, poll.id)):
        if poll.kind is PollKind.POLL and poll.pollster and since <= poll.fieldwork.end < election.vote_date:
            newest[poll.pollster] = poll
    if not newest:
        return None
    polled_seats = [sum(value.seats or 0 for value in poll.values if value.list in bloc) for poll in newest.values()]
    won = sum(row.seats for row in past.campaign.results if row.list in bloc)
    under, over = sum(seats < won for seats in polled_seats), sum(seats > won for seats in polled_seats)
    return BlocError(past.id, won, len(polled_seats), min(polled_seats), max(polled_seats), under, over)
