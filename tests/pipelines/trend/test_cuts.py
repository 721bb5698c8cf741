"""Mergers and splits: where a list that splits off starts, and that nothing of it is known before its day."""

from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction

import pytest

from electoral.lists import ElectoralList, LineageEvent, LineageKind, ListKind
from electoral.polls import Fieldwork, Poll, PollKind, ReportedValue, Status
from electoral.rules import ElectoralRules, Formula
from electoral.shares import Contest
from pipelines.trend.lines import draw_lines
from pipelines.trend.local_level import Parameters
from pipelines.trend.observations import FIRST_POLLS, MERGE_VARIANCE, SPLIT_VARIANCE, Cut, known_cuts, observe, to_share

RULES = ElectoralRules(120, Fraction("0.0325"), Formula.DHONDT)
LISTS = {
    name: ElectoralList(name, ListKind.BALLOT, frozenset(members.split()))
    for name, members in {"union": "left green", "left": "left", "green": "green", "big": "big"}.items()
}
START = date(2019, 6, 1)
SPLIT_DAY = START + timedelta(days=30)
SPLIT = LineageEvent(SPLIT_DAY, LineageKind.SPLIT, ("union",), ("left", "green"))
PARAMETERS = Parameters(0.006, 0.02, 0.5, converged=True)


def contest(lineage: Sequence[LineageEvent] = ()) -> Contest:
    return Contest(LISTS, tuple(lineage), RULES, 0.011, 600)


def poll(day: int, seats: dict[str, float], house: str = "h") -> Poll:
    values = tuple(ReportedValue(name, name, Status.SEATS, count, None) for name, count in seats.items())
    when = Fieldwork(None, START + timedelta(days=day))
    return Poll(f"{day}-{house}", "e", PollKind.POLL, house, None, when, None, 600, values, "test")


TOGETHER = [poll(day, {"union": 30, "big": 90}) for day in range(0, 30, 3)]
APART = [poll(day, {"left": 16, "green": 8, "big": 96}) for day in range(31, 31 + 2 * FIRST_POLLS, 2)]


def cuts(polls: list[Poll], event: LineageEvent = SPLIT, day: int = 60) -> dict[str, list[Cut]]:
    return known_cuts(contest([event]), START + timedelta(days=day), polls)


def test_a_split_list_starts_at_the_ratio_of_the_first_polls_of_what_its_parent_had() -> None:
    later = [poll(50, {"left": 1, "green": 23, "big": 96})]
    by_list = cuts([*TOGETHER, *APART, *later])
    starts = {name: float(to_share(cut.start)) for name, (cut,) in by_list.items() if cut.start is not None}
    parent = observe(TOGETHER, ["union"], contest())["share"].iloc[0]
    apart = observe(APART, ["left", "green"], contest()).groupby("list")["share"].mean()
    assert sum(starts.values()) == pytest.approx(parent), "together they start where their parent stood"
    assert starts["left"] / starts["green"] == pytest.approx(apart["left"] / apart["green"])
    assert {cut.variance for (cut,) in by_list.values()} == {SPLIT_VARIANCE}


def test_nothing_is_known_of_a_split_before_its_day() -> None:
    assert cuts([*TOGETHER, *APART], day=29) == {}


@pytest.mark.parametrize(
    "polls",
    [TOGETHER, APART, [*TOGETHER, poll(31, {"left": 24, "big": 96})], []],
    ids=["no poll yet prints the parts", "the parent was never polled", "only one part is printed", "no poll"],
)
def test_where_the_ratio_or_the_parent_is_unknown_there_is_no_start(polls: list[Poll]) -> None:
    assert all(cut.start is None for by_list in cuts(polls).values() for cut in by_list)


def test_a_part_with_polls_of_its_own_before_goes_on_from_them() -> None:
    early = poll(20, {"left": 20, "green": 10, "big": 90}, "early")
    by_list = cuts([*TOGETHER, early, *APART])
    assert [cut.start for cut in (*by_list["left"], *by_list["green"])] == [None, None]


def test_a_merger_opens_the_band_and_needs_no_start() -> None:
    merger = LineageEvent(SPLIT_DAY, LineageKind.MERGE, ("left", "green"), ("union",))
    assert cuts(TOGETHER, merger) == {"union": [Cut(float(SPLIT_DAY.toordinal()), MERGE_VARIANCE)]}


def test_a_new_name_or_a_new_list_is_no_cut() -> None:
    for event in (
        LineageEvent(SPLIT_DAY, LineageKind.RENAME, ("union",), ("left",)),
        LineageEvent(SPLIT_DAY, LineageKind.FORM, (), ("left", "green", "big")),
    ):
        assert cuts([*TOGETHER, *APART], event) == {}


def test_the_level_of_a_split_list_remembers_what_its_parent_had() -> None:
    """Polls on from the split have half of what the parent had; the start holds the level up, and less every week."""
    polls = [*TOGETHER, *(poll(day, {"left": 8, "green": 4, "big": 108}) for day in range(31, 60, 2))]

    def left(day: int, *lineage: LineageEvent) -> float:
        as_of = START + timedelta(days=day)
        published = [one for one in polls if one.fieldwork.end <= as_of]
        (line,) = draw_lines(published, ["left"], contest(lineage), as_of, PARAMETERS).lines
        return float(line.level[0])

    soon, late = (left(day, SPLIT) - left(day) for day in (36, 60))
    assert soon > late > 0
    assert late < 0.001, "a start is soon outweighed by polls"
