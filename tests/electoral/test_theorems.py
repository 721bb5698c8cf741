"""What is proved of highest averages, as properties; and a recorded counterexample of what agreements break.

See: Balinski and Young, Fair Representation (1982), appendix A; Pukelsheim, Proportional Representation (2017).
"""

from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from electoral.apparentement import SurplusAgreement, allocate
from electoral.apportionment import Allocation, Stage, Unit, highest_averages, rounded_votes
from electoral.rules import Formula

from .makers import averages, ballots, formulas, houses, pairings, rules


def held_or_tied(allocation: Allocation) -> int:
    return sum(allocation.seats.values()) + sum(tie.seats for tie in allocation.ties)


def at_most(allocation: Allocation, name: str) -> int:
    """The most seats a list can end with once lots are drawn (a list gains at most one from a tie)."""
    return allocation.seats[name] + any(name in tie.lists for tie in allocation.ties)


@given(ballots(), houses, formulas)
def test_seats_add_up_to_the_house(votes: dict[str, int], house: int, formula: Formula) -> None:
    assert held_or_tied(allocate(votes, rules(house, "0", formula))) == house


@given(st.data(), ballots(), houses, formulas)
def test_seats_add_up_with_agreements(data: st.DataObject, votes: dict[str, int], house: int, formula: Formula) -> None:
    pairs = data.draw(pairings(list(votes)))
    assert held_or_tied(allocate(votes, rules(house, "3.25", formula), pairs)) == house


@given(st.data(), ballots(), houses, averages)
def test_house_monotone(data: st.DataObject, votes: dict[str, int], house: int, formula: Formula) -> None:
    pairs = data.draw(pairings(list(votes)))
    small = allocate(votes, rules(house, "3.25", formula), pairs)
    large = allocate(votes, rules(house + 1, "3.25", formula), pairs)
    assert all(large.seats[name] >= small.seats[name] for name in votes)
    assert all(at_most(large, name) >= at_most(small, name) for name in votes)


@given(st.data(), ballots(at_least=2), houses, formulas, st.booleans(), st.booleans())
def test_vote_monotone_while_the_same_lists_qualify(
    data: st.DataObject, votes: dict[str, int], house: int, formula: Formula, stops: bool, is_transfer: bool
) -> None:
    """More votes never cost a seat, whether they come from outside or from another list, with agreements too."""
    name, other = data.draw(st.permutations(list(votes)))[:2]
    pairs = data.draw(pairings(list(votes)))
    moved = data.draw(st.integers(1, max(votes[other], 1) if is_transfer else 1000))
    assume(votes[name] and (not is_transfer or votes[other] > moved))
    raised = votes | {name: votes[name] + moved} | ({other: votes[other] - moved} if is_transfer else {})
    own = replace(rules(house, "0", formula), stops_at_half=stops and not formula.is_largest_remainder)
    before, after = (allocate(ballot, own, pairs) for ballot in (votes, raised))
    assert after.seats[name] >= before.seats[name]
    assert at_most(after, name) >= at_most(before, name)


@given(st.data(), ballots(), houses, averages)
def test_nobody_else_gains_from_a_lists_votes(
    data: st.DataObject, votes: dict[str, int], house: int, formula: Formula
) -> None:
    name = data.draw(st.sampled_from(list(votes)))
    raised = votes | {name: votes[name] + data.draw(st.integers(1, 1000))}
    before, after = (allocate(ballot, rules(house, "0", formula)) for ballot in (votes, raised))
    assert all(after.seats[other] <= at_most(before, other) for other in votes if other != name)


@given(st.data(), ballots(), houses, formulas)
def test_anonymous(data: st.DataObject, votes: dict[str, int], house: int, formula: Formula) -> None:
    pairs = data.draw(pairings(list(votes)))
    order = data.draw(st.permutations(list(votes)))
    renamed = {f"list {name}": votes[name] for name in order}
    renamed_pairs = [SurplusAgreement(f"list {pair.list_b}", f"list {pair.list_a}") for pair in pairs]
    first = allocate(votes, rules(house, "3.25", formula), pairs)
    second = allocate(renamed, rules(house, "3.25", formula), renamed_pairs)
    assert {f"list {name}": seats for name, seats in first.seats.items()} == second.seats
    assert {(frozenset(f"list {n}" for n in tie.lists), tie.seats) for tie in first.ties} == {
        (frozenset(tie.lists), tie.seats) for tie in second.ties
    }


@given(ballots(), houses, st.sampled_from([Formula.DHONDT, Formula.HARE, Formula.DROOP]))
def test_the_lower_quota(votes: dict[str, int], house: int, formula: Formula) -> None:
    allocation = allocate(votes, rules(house, "0", formula))
    total = sum(votes.values())
    assert all(at_most(allocation, name) >= votes[name] * house // total for name in votes)


@given(ballots(), houses)
def test_hare_gives_the_upper_quota(votes: dict[str, int], house: int) -> None:
    allocation = allocate(votes, rules(house, "0", Formula.HARE))
    total = sum(votes.values())
    assert all(allocation.seats[name] <= -(-votes[name] * house // total) for name in votes)


@given(ballots(), houses, st.sampled_from([Formula.HARE, Formula.DROOP, Formula.SAINTE_LAGUE]), st.integers(2, 999))
def test_turnout_alone_changes_nothing(votes: dict[str, int], house: int, formula: Formula, times: int) -> None:
    own = rules(house, "3.25", formula)
    assert allocate({name: count * times for name, count in votes.items()}, own).seats == allocate(votes, own).seats


@given(st.data(), ballots(), houses, st.booleans())
def test_whole_quotas_are_part_of_the_highest_averages(
    data: st.DataObject, votes: dict[str, int], house: int, stops: bool
) -> None:
    """Rounding the quota down changes nothing: averages alone give the same seats, between pairs and inside."""
    own = replace(rules(house, "0"), stops_at_half=stops)
    allocation = allocate(votes, own, data.draw(pairings(list(votes))))
    units: dict[Unit, int] = {standing.lists: standing.votes for standing in allocation.standings}
    between = highest_averages(units, house, own.formula, dict.fromkeys(units, 0), Stage.AVERAGE, stops)
    assert between.seats == {standing.lists: standing.seats for standing in allocation.standings}
    for unit, seats in between.seats.items():
        rows: dict[Unit, int] = {(name,): votes[name] for name in unit}
        inside = highest_averages(rows, seats, own.formula, dict.fromkeys(rows, 0), Stage.PAIR_AVERAGE)
        assert {name: allocation.seats[name] for name in unit} == {name: inside.seats[(name,)] for name in unit}


@given(ballots(), houses, averages.filter(lambda formula: formula is not Formula.DHONDT))
def test_what_is_rounded_first_is_part_of_the_highest_averages(
    votes: dict[str, int], house: int, formula: Formula
) -> None:
    rows: dict[Unit, int] = {(name,): count for name, count in votes.items() if count}
    one_by_one = highest_averages(rows, house, formula, dict.fromkeys(rows, 0), Stage.AVERAGE)
    start, _ = rounded_votes(rows, house, formula)
    assert all(start[unit] <= one_by_one.seats[unit] for unit in rows)
    rounded = highest_averages(rows, house, formula, start, Stage.AVERAGE)
    assert (rounded.seats, set(rounded.tied)) == (one_by_one.seats, set(one_by_one.tied))


@given(ballots(at_least=2), houses)
def test_a_merger_of_qualifying_lists_loses_nothing(votes: dict[str, int], house: int) -> None:
    assume(votes["a"] and votes["b"])
    apart = allocate(votes, rules(house, "0"))
    merged = {name: count for name, count in votes.items() if name not in "ab"} | {"ab": votes["a"] + votes["b"]}
    together = allocate(merged, rules(house, "0"))
    assert at_most(together, "ab") >= apart.seats["a"] + apart.seats["b"]


@given(st.data(), ballots(), houses, formulas)
def test_steps_replay_to_the_seats(data: st.DataObject, votes: dict[str, int], house: int, formula: Formula) -> None:
    allocation = allocate(votes, rules(house, "3.25", formula), data.draw(pairings(list(votes))))
    paired = {name for standing in allocation.standings if len(standing.lists) > 1 for name in standing.lists}
    for name in allocation.qualifying:
        inside = [step for step in allocation.steps if step.stage.value.startswith("pair_")]
        between = [step for step in allocation.steps if not step.stage.value.startswith("pair_")]
        own = [step for step in (inside if name in paired else between) if step.lists == (name,)]
        assert sum(step.seats for step in own) == allocation.seats[name]


@given(st.data(), ballots(), houses)
def test_the_lower_quota_survives_agreements(data: st.DataObject, votes: dict[str, int], house: int) -> None:
    """A pair gets at least the whole quotas of both, and inside it a whole quota beats the partner's next claim."""
    allocation = allocate(votes, rules(house, "0"), data.draw(pairings(list(votes))))
    total = sum(votes.values())
    assert all(at_most(allocation, name) >= votes[name] * house // total for name in votes)


# What agreements break: one case of each, found by search and kept.


def test_with_agreements_more_votes_can_win_fewer_seats_than_a_rival_with_less() -> None:
    allocation = allocate({"a": 21, "b": 27, "c": 22}, rules(8, "10"), [SurplusAgreement("a", "b")])
    assert allocation.seats == {"a": 3, "b": 3, "c": 2}
    assert not allocation.ties


def test_with_agreements_more_votes_can_cost_a_list_its_own_seat() -> None:
    """The added votes lift the threshold over the partner, and the agreement is void."""
    pair = [SurplusAgreement("a", "b")]
    before = allocate({"a": 12, "b": 8, "c": 59}, rules(3, "10"), pair)
    after = allocate({"a": 16, "b": 8, "c": 59}, rules(3, "10"), pair)
    assert (before.seats["a"], after.seats["a"]) == (1, 0)
    assert not before.ties
    assert not after.ties


def test_a_merger_that_ends_an_agreement_can_lose_a_seat() -> None:
    apart = allocate({"a": 58, "b": 14, "c": 10, "d": 35}, rules(5, "0"), [SurplusAgreement("a", "b")])
    together = allocate({"ac": 68, "b": 14, "d": 35}, rules(5, "0"))
    assert apart.seats["a"] + apart.seats["c"] == 4
    assert together.seats["ac"] == 3


# What largest remainders break.


def test_with_largest_remainders_a_larger_house_can_cost_a_list_a_seat() -> None:
    """The Alabama paradox."""
    votes = {"a": 6, "b": 6, "c": 2}
    assert allocate(votes, rules(10, "0", Formula.HARE)).seats == {"a": 4, "b": 4, "c": 2}
    assert allocate(votes, rules(11, "0", Formula.HARE)).seats == {"a": 5, "b": 5, "c": 1}


def test_with_largest_remainders_somebody_else_can_gain_from_a_lists_votes() -> None:
    votes = {"a": 6, "b": 5, "c": 19}
    assert allocate(votes, rules(3, "0", Formula.HARE)).seats == {"a": 1, "b": 0, "c": 2}
    assert allocate(votes | {"a": 19}, rules(3, "0", Formula.HARE)).seats == {"a": 1, "b": 1, "c": 1}
