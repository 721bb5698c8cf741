"""The edition without the polls of firms, families or outlets that a reader leaves out: the same draws, moved.

The published draws lie around the mean of each firm's newest poll of a month. Without some polls that mean is another,
and every draw moves with it on z = 2·asin √share and is closed to the same votes again; how sure the draws are stays.
Everything that is worked out from an edition's draws follows, because it is an edition.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import timedelta
from functools import cached_property, lru_cache

import numpy as np

from dashboard.address import BETWEEN, LEAVE, Parameter, Subset
from dashboard.seats import agreements_of, joint_odds, once_an_edition, rules_of, summary_of
from electoral.coalition_odds import winning_sets
from electoral.draws import FloatArray, SeatDraws, ShareDraws
from electoral.lists import Bloc
from electoral.printed_allocation import printed_allocation
from electoral.projection import p_largest, p_pass
from electoral.scenarios import Setting
from pipelines.editions.schema import Coalitions, Combination, Dot, ListProjection, PollRow, Polls, Projection
from pipelines.editions.store import Edition
from pipelines.errors import EditionError

KINDS = ("firm", "family", "outlet")
MONTH = timedelta(days=30)  # what a firm said before that is no reading of now
CACHED = 2  # each has all draws in memory


def parameters(edition: Edition) -> dict[str, Parameter]:
    """What can be left out: what has a poll that counts; nothing where there is one firm or none."""
    offered = _offered(edition)
    return {LEAVE: Subset(offered)} if len(offered) > 1 else {}


def without(edition: Edition, state: Iterable[tuple[str, str]]) -> Edition:
    """The edition that an address asks for; itself where nothing is left out."""
    option = dict(state).get(LEAVE)
    return _without(edition, option) if option else edition


@lru_cache(maxsize=CACHED)
def _without(edition: Edition, options: str) -> "LeftOut":
    return LeftOut(edition, frozenset(options.split(",")))


@once_an_edition
def _offered(edition: Edition) -> tuple[str, ...]:
    """Firms, then families of more than one firm, then outlets, by their ids: those with a poll in a last month."""
    try:
        polls = {poll.poll: poll for poll in edition.polls.polls}
        recent = {dot.poll for line in edition.trend.lines for dot in _recent(line.dots)}
    except EditionError:  # a page that needs neither stands without
        return ()
    labels = {label for poll in recent if poll in polls for label in labels_of(edition, polls[poll])}
    families = list(edition.reference.families.values())
    names = [label for label in labels if not label.startswith("family") or families.count(label.split(BETWEEN)[1]) > 1]
    return tuple(sorted(names, key=lambda label: (KINDS.index(label.split(BETWEEN)[0]), label)))


def labels_of(edition: Edition, poll: PollRow) -> frozenset[str]:
    """What a poll may be left out by."""
    family = edition.reference.families.get(poll.pollster or "")
    ids = (poll.pollster, family, poll.publisher)
    return frozenset(f"{kind}{BETWEEN}{name}" for kind, name in zip(KINDS, ids, strict=True) if name)


def _recent(dots: Sequence[Dot]) -> list[Dot]:
    """The dots of a list's last month, counted from its newest."""
    newest = max((dot.date for dot in dots), default=None)
    return [dot for dot in dots if newest is not None and dot.date > newest - MONTH]


class LeftOut(Edition):
    """An edition without some of its polls; its id and folder are those of the whole one."""

    def __init__(self, whole: Edition, left: frozenset[str]) -> None:
        super().__init__(whole.objects, whole.name)
        self.whole, self.left = whole, left

    @cached_property
    def polls(self) -> Polls:
        rows = [poll for poll in self.whole.polls.polls if not labels_of(self.whole, poll) & self.left]
        return self.whole.polls.model_copy(update={"polls": rows})

    @cached_property
    def shifts(self) -> dict[str, float]:
        """How far each list's centre moves on z; a list of which no poll is left stays where it is."""
        firms = {poll.poll: poll.pollster or "" for poll in self.whole.polls.polls}
        standing = {poll.poll for poll in self.polls.polls}
        by_list = {}
        for line in self.whole.trend.lines:
            rest = [dot for dot in line.dots if dot.poll in standing]
            by_list[line.id] = _centre(rest, firms) - _centre(line.dots, firms) if rest else 0.0
        return by_list

    @cached_property
    def share_draws(self) -> ShareDraws:
        draws = self.whole.share_draws
        return ShareDraws(draws.lists, _moved(draws, np.array([self.shifts.get(name, 0.0) for name in draws.lists])))

    @cached_property
    def seat_draws(self) -> SeatDraws:
        agreements = agreements_of(self, self.share_draws.lists)
        return Setting(self.share_draws, rules_of(self.whole), agreements).allocate()

    @cached_property
    def projection(self) -> Projection:
        whole, draws = self.whole.projection, self.seat_draws
        passes, largest = p_pass(draws), p_largest(draws)
        lists = [
            row.model_copy(update={**_seats(row, draws), "p_pass": passes[row.id], "p_largest": largest[row.id]})
            for row in whole.lists
        ]
        blocs = [one.model_copy(update=joint_odds(draws, one.lists, whole.majority)) for one in whole.blocs]
        printed = printed_allocation(draws, [Bloc(bloc.id, tuple(bloc.lists)) for bloc in blocs]).seats
        order = sorted(lists, key=lambda row: (-printed[row.id], -row.trend_share_pct, row.id))
        return whole.model_copy(
            update={
                "lists": order,
                "blocs": blocs,
                "allocation": dict(printed),
                "polls": self._coverage(),
                "bridge": [],
            }
        )

    def _coverage(self) -> object:
        """Which polls are left of those the trend used; the last day of fieldwork is theirs."""
        used = {dot.poll for line in self.whole.trend.lines for dot in line.dots}
        rows = [poll for poll in self.polls.polls if poll.poll in used]
        whole = self.whole.projection.polls
        if not rows:
            return whole.model_copy(update={"used": 0, "pollsters": 0, "families": None})
        firms = {poll.pollster for poll in rows}
        families = {self.reference.families.get(firm or "", firm) for firm in firms}
        newest = max(poll.fieldwork_end for poll in rows)
        update = {"used": len(rows), "pollsters": len(firms), "families": len(families)}
        return whole.model_copy(update={**update, "latest_fieldwork_end": newest})

    @cached_property
    def coalitions(self) -> Coalitions:
        whole, draws = self.whole.coalitions, self.seat_draws
        majorities = [one.model_copy(update=joint_odds(draws, one.lists, whole.majority)) for one in whole.majorities]
        sets = winning_sets(draws, self.projection.allocation, whole.majority, len(whole.combinations))
        combinations = [Combination(**asdict(row)) for row in sets]
        return whole.model_copy(update={"majorities": majorities, "combinations": combinations})


def _centre(dots: Sequence[Dot], firms: dict[str, str]) -> float:
    """The mean on z of each firm's newest poll of a list's last month."""
    newest = {firms.get(dot.poll, ""): dot.share for dot in _recent(dots)}
    return float(np.mean([2 * np.arcsin(np.sqrt(share)) for share in newest.values()]))


def _moved(draws: ShareDraws, shifts: FloatArray) -> FloatArray:
    """Shares (lists, draws) moved on z, each draw closed to the votes it had."""
    z = 2 * np.arcsin(np.sqrt(np.clip(draws.shares, 0.0, 1.0))) + shifts[:, np.newaxis]
    moved: FloatArray = np.sin(np.clip(z, 0.0, np.pi) / 2) ** 2
    moved *= draws.shares.sum(axis=0) / moved.sum(axis=0)
    return moved


def _seats(row: ListProjection, draws: SeatDraws) -> dict[str, object]:
    """The seats of election day, or of the nowcast where that is what the draws are of."""
    return {"nowcast" if row.seats is None else "seats": summary_of(draws.row(row.id))}
