"""Why a line moved: the parts add up to the whole, and each cause moves only what it should."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest

from electoral.lists import ElectoralList, LineageEvent, LineageKind, ListKind
from electoral.polls import Fieldwork, Poll, PollKind, ReportedValue, Status
from electoral.rules import ElectoralRules, Formula
from electoral.shares import Contest
from pipelines.trend.attribution import MOST_POLLS_NAMED, Moment, attribute
from pipelines.trend.lines import Line, draw_lines, latest_levels, seats_on_last_day
from pipelines.trend.local_level import Parameters

RULES = ElectoralRules(120, Fraction("0.0325"), Formula.DHONDT)
LISTS = {name: ElectoralList(name, ListKind.BALLOT, frozenset({name})) for name in ("a", "b", "c")}
CONTEST = Contest(LISTS, (), RULES, 0.011, 600)
PARAMETERS = Parameters(0.01, 0.02, 0.5, converged=True)
START = date(2019, 8, 1)


def poll(day: int, a: int, house: str = "h", number: int = 0) -> Poll:
    seats = {"a": a, "b": 100 - a, "c": 20}
    when = Fieldwork(None, START + timedelta(days=day))
    return Poll(
        f"{day}-{house}-{number}", "e", PollKind.POLL, house, None, when, None, 500,
        tuple(ReportedValue(name, name, Status.SEATS, float(count), None) for name, count in seats.items()), "test",
    )  # fmt: skip


def moment(polls: list[Poll], day: int, parameters: Parameters = PARAMETERS) -> Moment:
    as_of = START + timedelta(days=day)
    lines = draw_lines(polls, list(LISTS), CONTEST, as_of, parameters).lines
    return moment_of(polls, as_of, lines)


def moment_of(polls: list[Poll], as_of: date, lines: Sequence[Line]) -> Moment:
    names, levels = tuple(line.list for line in lines), latest_levels(lines)
    seats = seats_on_last_day(names, levels, CONTEST.others_share, RULES)
    return Moment(polls, as_of, seats, dict(zip(names, levels, strict=True)))


OLD = [poll(day, 50 + day % 3, house) for day, house in zip(range(0, 24, 2), "hijhijhijhij", strict=True)]


def check_sum(before: Moment, after: Moment) -> dict[str, dict[str, float]]:
    parts = attribute(before, after, CONTEST)
    for name, causes in parts.items():
        assert sum(causes.values()) == pytest.approx(after.seats[name] - before.seats[name], abs=1e-8)
    return parts


def test_nothing_new_moves_nothing() -> None:
    before = moment(OLD, 23)
    assert attribute(before, before, CONTEST) == {"a": {}, "b": {}, "c": {}}


def test_days_alone_move_a_line_only_by_what_is_less_sure() -> None:
    """The level stays; seats are expected seats, and a wider level spreads over the rule's rounding a little more."""
    before, after = moment(OLD, 23), moment(OLD, 30)
    old, new = ([level for level, _ in of.levels.values()] for of in (before, after))
    assert new == pytest.approx(old)
    parts = check_sum(before, after)
    assert all(set(causes) <= {"ageing"} and abs(sum(causes.values())) < 0.2 for causes in parts.values())


def test_a_new_poll_is_named_and_moves_its_list_its_way() -> None:
    up, down = poll(25, 60), poll(26, 40, "i")
    parts = check_sum(moment(OLD, 23), moment([*OLD, up, down], 27))
    assert parts["a"][f"poll:{up.id}"] > 0 > parts["a"][f"poll:{down.id}"]
    assert parts["b"][f"poll:{up.id}"] < 0
    assert "model" not in parts["a"], "same parameters, same code: nothing is left over"
    assert "corrections" not in parts["a"]


def test_a_firm_that_says_what_it_said_moves_nothing_and_one_that_says_more_does() -> None:
    leaning = [poll(day, 58, "high") for day in range(0, 24, 3)] + [poll(day, 50) for day in range(1, 24, 3)]
    before = moment(leaning, 23)
    usual = check_sum(before, moment([*leaning, poll(25, 58, "high")], 25))
    news = check_sum(before, moment([*leaning, poll(25, 58, "h")], 25))
    assert set(usual["a"]) <= {"ageing"}
    assert news["a"]["poll:25-h-0"] > 3


def test_firms_that_come_into_the_field_and_leave_it_are_a_cause_of_their_own() -> None:
    """`high` has not polled for a month and `new` begins; the others say what they said."""
    high = [poll(day, 58, "high") for day in range(0, 24, 3)]
    rest = [poll(day, 50, house) for day, house in zip(range(1, 24, 3), "hihihihi", strict=True)]
    before = moment([*high, *rest], 23)
    later = [poll(day, 50, house) for day, house in ((50, "h"), (60, "i"))]
    parts = check_sum(before, moment([*high, *rest, *later], 60))
    assert parts["a"]["firms"] < -2
    assert parts["b"]["firms"] > 2
    assert set(parts["a"]) <= {"firms", "ageing"}
    entered = check_sum(before, moment([*high, *rest, poll(24, 40, "new")], 24))
    assert entered["a"]["firms"] < -2
    assert set(entered["a"]) <= {"firms", "ageing"}


def test_a_corrected_and_a_withdrawn_poll_are_corrections() -> None:
    mended = [replace(poll(22, 70), id=OLD[-1].id), *OLD[1:-1]]
    parts = check_sum(moment(OLD, 23), moment(mended, 23))
    assert parts["a"]["corrections"] > 0
    assert not any(cause.startswith("poll") for cause in parts["a"])


def test_what_is_left_is_how_sure_the_polls_are_or_other_code() -> None:
    before, after = moment(OLD, 23), moment(OLD, 23, Parameters(0.03, 0.02, 0.5, converged=True))
    assert set(check_sum(before, after)["a"]) == {"ageing"}
    assert set(attribute(before, after, CONTEST, same_code=False)["a"]) == {"model"}


def test_many_new_polls_are_one_part() -> None:
    new = [poll(25, 55, "h", number) for number in range(MOST_POLLS_NAMED + 1)]
    parts = check_sum(moment(OLD, 23), moment([*OLD, *new], 25))
    assert parts["a"]["polls"] > 0


def test_a_list_that_is_new_does_not_swell_the_others_before_its_first_poll() -> None:
    """c splits in two: until a poll prints them, the parts stand where they end, and nothing moves for their sake."""
    parts = {name: ElectoralList(name, ListKind.BALLOT, frozenset({name})) for name in ("c1", "c2")}
    whole = ElectoralList("c", ListKind.BALLOT, frozenset(parts))
    lists = {**LISTS, "c": whole, **parts}
    split = LineageEvent(START + timedelta(days=24), LineageKind.SPLIT, ("c",), ("c1", "c2"))
    before = moment(OLD, 23)
    cells = (("a", 51), ("b", 49), ("c1", 10), ("c2", 10))
    values = tuple(ReportedValue(name, name, Status.SEATS, float(seats), None) for name, seats in cells)
    first = replace(poll(25, 51), values=values)
    as_of = START + timedelta(days=25)
    polls = [*OLD, first]
    lines = draw_lines(
        polls, ["a", "b", "c1", "c2"], Contest(lists, [split], RULES, 0.011, 600), as_of, PARAMETERS
    ).lines
    after = moment_of(polls, as_of, lines)
    causes_by_list = attribute(before, after, Contest(lists, [split], RULES, 0.011, 600))
    assert set(causes_by_list) == {"a", "b"}
    for name, causes in causes_by_list.items():
        assert sum(causes.values()) == pytest.approx(after.seats[name] - before.seats[name], abs=1e-8)
        assert abs(causes.get("ageing", 0.0)) < 1, "c held a sixth of the house: without it a would swell by ten"
