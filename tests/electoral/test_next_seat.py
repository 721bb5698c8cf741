"""Votes to the next seat against trying every number of votes: small counts of every rule, ties and voids included."""

from dataclasses import replace
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from electoral.apparentement import SurplusAgreement, allocate
from electoral.apportionment import Allocation
from electoral.errors import VotesError
from electoral.next_seat import Margin, next_seat
from electoral.rules import ElectoralRules, Formula

from .makers import NAMES, formulas, pairings, rules

TRIED = 1500  # numbers of votes


@st.composite
def small_counts(draw: st.DrawFn) -> tuple[dict[str, int], ElectoralRules, list[SurplusAgreement], int]:
    """Few votes and seats, so that ties, voids and lists on the threshold are common."""
    size, top = draw(st.integers(1, 5)), draw(st.sampled_from([3, 12, 60, 400]))
    counts = draw(st.lists(st.integers(0, top), min_size=size, max_size=size).filter(any))
    votes = dict(zip(NAMES, counts, strict=False))
    formula = draw(formulas)
    own = ElectoralRules(
        draw(st.integers(1, 7)),
        draw(st.sampled_from([Fraction(0), Fraction(1, 20), Fraction(1, 10), Fraction(1, 4)])),
        formula,
        draw(st.booleans()) and not formula.is_largest_remainder,
        exempt=frozenset(draw(st.sets(st.sampled_from(list(votes)), max_size=1))),
    )
    return votes, own, draw(pairings(list(votes))), draw(st.integers(0, top))


def allocated(
    votes: dict[str, int], own: ElectoralRules, pairs: list[SurplusAgreement], others: int
) -> Allocation | None:
    try:
        return allocate(votes, own, pairs, others)
    except VotesError:
        return None


def seats_between(allocation: Allocation | None, name: str) -> tuple[int, int]:
    """The seats a list surely has, and those it can have."""
    if allocation is None:
        return 0, 0
    sure = allocation.seats[name]
    return sure, sure + any(name in tie.lists for tie in allocation.ties)


def by_trying(
    count: tuple[dict[str, int], ElectoralRules, list[SurplusAgreement], int],
    steps: dict[str, int],
    name: str,
    sign: int,
) -> tuple[int | None, int | None, bool]:
    """Votes that surely move the list's seats, those with which a lot decides, and whether all numbers were tried."""
    votes, own, pairs, others = count
    held = seats_between(allocated(votes, own, pairs, others), name)[0]
    most = min([votes[other] for other, step in steps.items() if step < 0], default=TRIED)
    lot = None
    for times in range(min(most, TRIED) + 1):
        changed = votes | {other: votes[other] + step * times for other, step in steps.items()}
        sure, possible = seats_between(allocated(changed, own, pairs, others), name)
        if times and (sure > held if sign > 0 else possible < held):
            return times, lot, True
        if lot is None and (possible > held if sign > 0 else sure < held):
            lot = times
    return None, lot, most < TRIED


def assert_fewest(
    count: tuple[dict[str, int], ElectoralRules, list[SurplusAgreement], int],
    margin: tuple[int | None, int | None],
    steps: dict[str, int],
    name: str,
    sign: int,
) -> None:
    votes, lot, is_complete = by_trying(count, steps, name, sign)
    if votes is None and not is_complete:  # only so many were tried
        assert margin[0] is None or margin[0] > TRIED
        assert margin[1] == lot or lot is None
    else:
        assert margin == (votes, lot)


def both(margin: Margin | None) -> tuple[int | None, int | None]:
    return (margin.votes, margin.lot_votes) if margin else (None, None)


def qualifies(count: tuple[dict[str, int], ElectoralRules, list[SurplusAgreement], int]) -> bool:
    return allocated(*count) is not None


@settings(max_examples=150)
@given(small_counts().filter(qualifies), st.data())
def test_no_smaller_number_of_votes_moves_a_seat(
    count: tuple[dict[str, int], ElectoralRules, list[SurplusAgreement], int], data: st.DataObject
) -> None:
    """In each of the three models, for any formula, with thresholds, exemptions, agreements, stops and ties."""
    result = next_seat(*count)
    name = data.draw(st.sampled_from(list(count[0])))
    margins = result.margins[name]
    for margin, sign in ((margins.gain, 1), (margins.loss, -1)):
        has_room = margins.seats < count[1].house_size if sign > 0 else margins.seats > 0
        if not has_room:
            assert margin is None
            continue
        assert_fewest(count, both(margin), {name: sign}, name, sign)
        if margin and margin.transfer:
            transfer = margin.transfer
            steps = {name: sign, transfer.other: -sign}
            assert_fewest(count, (transfer.votes, transfer.lot_votes), steps, name, sign)


@settings(max_examples=50)
@given(
    st.lists(st.integers(100, 700), min_size=2, max_size=5),
    st.integers(1, 4),
    formulas,
    st.data(),
)
def test_halving_finds_what_trying_every_number_finds(
    counts: list[int], house: int, formula: Formula, data: st.DataObject
) -> None:
    """Votes enough that the rounded quota plays no part."""
    votes = dict(zip(NAMES, counts, strict=False))
    count = (votes, rules(house, "10", formula), data.draw(pairings(list(votes))), 50)
    name = data.draw(st.sampled_from(list(votes)))
    margins = next_seat(*count).margins[name]
    for margin, sign in ((margins.gain, 1), (margins.loss, -1)):
        if margin:
            assert_fewest(count, both(margin), {name: sign}, name, sign)


@given(small_counts().filter(qualifies), st.data())
def test_a_margin_says_what_its_votes_do(
    count: tuple[dict[str, int], ElectoralRules, list[SurplusAgreement], int], data: st.DataObject
) -> None:
    votes, own, pairs, others = count
    result = next_seat(*count)
    name = data.draw(st.sampled_from(list(votes)))
    for margin, sign in ((result.margins[name].gain, 1), (result.margins[name].loss, -1)):
        if margin:
            after = allocated(votes | {name: votes[name] + sign * margin.votes}, own, pairs, others)
            seats = after.seats if after else dict.fromkeys(votes, 0)
            assert margin.seats_after == seats[name]
            moved = {other: seats[other] - result.allocation.seats[other] for other in votes if other != name}
            assert margin.changes == {other: number for other, number in moved.items() if number}


@given(small_counts().filter(qualifies), st.data())
def test_the_votes_to_spare_are_the_last_with_which_a_list_qualifies(
    count: tuple[dict[str, int], ElectoralRules, list[SurplusAgreement], int], data: st.DataObject
) -> None:
    votes, own, _, others = count
    name = data.draw(st.sampled_from(list(votes)))
    spare = next_seat(*count).margins[name].threshold_votes
    if spare is None:
        assert not own.threshold_of(name)
        return
    valid, threshold = sum(votes.values()) + others, own.threshold_of(name)

    def reaches(change: int) -> bool:
        return votes[name] + change >= threshold * (valid + change)

    assert reaches(-spare)
    assert not reaches(-spare - 1)


def test_the_last_seat_and_the_next_one() -> None:
    result = next_seat({"a": 416_000, "b": 338_000, "c": 246_000}, rules(10, "5"), [SurplusAgreement("a", "c")])
    assert result.last is not None
    assert result.next_claim is not None
    # The pair's seventh seat, a's fifth inside it, is the last; b's fourth would be the next.
    assert (result.last.lists, result.last.unit, result.last.claim) == (("a",), ("a", "c"), Fraction(662_000, 7))
    assert (result.next_claim.lists, result.next_claim.claim) == (("b",), Fraction(338_000, 4))
    assert result.agreements[0].changes == {"a": 1, "b": -1}


@given(small_counts())
def test_the_last_seat_is_that_of_who_would_have_one_fewer_in_a_house_of_one_less(
    count: tuple[dict[str, int], ElectoralRules, list[SurplusAgreement], int],
) -> None:
    """Under divisors a house that grows takes no seat from anyone; inside a pair the same holds."""
    votes, own, pairs, others = count
    own = replace(own, formula=Formula.DHONDT, stops_at_half=False, house_size=own.house_size + 1)
    now = allocated(votes, own, pairs, others)
    before = allocated(votes, replace(own, house_size=own.house_size - 1), pairs, others)
    if now is None or before is None or now.ties or before.ties:
        return
    last = next_seat(votes, own, pairs, others).last
    assert last is not None
    assert last.lists == tuple(name for name, seats in now.seats.items() if seats > before.seats[name])


def test_the_last_seat_of_a_pair_is_the_partners_who_got_it_inside() -> None:
    """Largest remainders: the pair's remainder of 60 is the last with a seat, its fourth; c has its third."""
    votes = {"a": 471, "b": 144, "c": 216, "d": 110, "e": 59}
    result = next_seat(votes, rules(10, "0", Formula.HARE), [SurplusAgreement("b", "c")])
    assert result.last is not None
    assert (result.last.lists, result.last.unit, result.last.claim) == (("b",), ("b", "c"), 60)
    course = [allocate({"b": 144, "c": 216}, rules(size, "0", Formula.HARE)).seats["b"] for size in (2, 3, 4, 5)]
    assert course == [1, 1, 2, 2]


def test_votes_of_others_count_for_the_threshold_in_all_that_is_said() -> None:
    votes, own, pair, others = {"a": 61, "b": 29, "c": 12}, rules(9, "10"), [SurplusAgreement("b", "c")], 20
    result = next_seat(votes, own, pair, others)
    assert result.allocation == allocate(votes, own, pair, others)
    assert result.allocation != allocate(votes, own, pair)
    assert (result.agreements[0].is_valid, result.agreements[0].changes) == (False, {})
    assert result.margins["c"].threshold_votes == -1  # 13 of 123 are a tenth, 12 of 122 are none


def test_the_last_seat_of_largest_remainders_is_the_smallest_remainder() -> None:
    result = next_seat({"a": 470, "b": 160, "c": 159, "d": 120, "e": 60, "f": 31}, rules(10, "0", Formula.HARE))
    assert result.last is not None
    assert result.next_claim is not None
    assert (result.last.lists, result.last.claim, result.last.divisor) == (("b",), 60, 1)
    assert (result.next_claim.lists, result.next_claim.claim) == (("c",), 59)
    assert next_seat({"a": 30, "b": 20}, rules(5, "0", Formula.HARE)).last is None


def test_where_a_lot_decides_the_last_seat_is_nobodys_yet() -> None:
    result = next_seat({"a": 50, "b": 50}, rules(3))
    assert result.last is not None
    assert (result.last.lists, result.last.claim) == (("a", "b"), 25)
    assert result.next_claim is None
    gain = result.margins["a"].gain
    assert gain is not None
    assert (gain.votes, gain.lot_votes, gain.changes) == (1, 0, {})


def test_the_gain_of_a_list_that_would_lift_the_threshold_over_its_partner() -> None:
    """With four votes more the partner is out, and the seat of the pair with it; the list needs many more then."""
    votes, own, pair = {"a": 12, "b": 8, "c": 59}, rules(3, "10"), [SurplusAgreement("a", "b")]
    before = next_seat(votes, own, pair).margins["a"]
    assert (before.seats, both(before.gain)) == (1, (48, 47))
    alone = next_seat(votes, own).margins["a"]
    assert (alone.seats, both(alone.gain)) == (0, (8, None))


def assert_by_trying(
    count: tuple[dict[str, int], ElectoralRules, list[SurplusAgreement], int], name: str, sign: int
) -> tuple[int | None, int | None]:
    """The margin of a list, which is what trying every number finds, its transfer included."""
    margins = next_seat(*count).margins[name]
    margin = margins.gain if sign > 0 else margins.loss
    assert margin is not None
    assert margin.transfer is not None
    assert both(margin) == by_trying(count, {name: sign}, name, sign)[:2]
    steps = {name: sign, margin.transfer.other: -sign}
    assert (margin.transfer.votes, margin.transfer.lot_votes) == by_trying(count, steps, name, sign)[:2]
    return both(margin)


def test_the_only_number_with_which_a_partner_still_qualifies_is_found() -> None:
    """One vote more and the partner is below the threshold, the agreement void and the seat gone until much later."""
    count = ({"a": 14, "b": 29, "c": 8, "d": 21}, rules(1, "10"), [SurplusAgreement("c", "a")], 0)
    assert assert_by_trying(count, "a", 1) == (8, 7)


def test_a_partner_that_passes_as_the_valid_votes_shrink_gives_the_seat_back() -> None:
    """With eight votes fewer the seat is lost; with nine the partner qualifies, and the pair has it again."""
    count = ({"a": 17, "b": 3, "c": 10, "d": 9}, rules(1, "10"), [SurplusAgreement("a", "b")], 0)
    assert assert_by_trying(count, "a", -1) == (8, 7)
    seats = [allocate(count[0] | {"a": votes}, count[1], count[2]).seats["a"] for votes in (9, 8)]
    assert seats == [0, 1]


def test_a_list_with_the_whole_house_gains_nothing_and_one_without_seats_loses_nothing() -> None:
    margins = next_seat({"a": 100, "b": 1}, rules(3)).margins
    assert margins["a"].gain is None
    assert margins["b"].loss is None


def test_what_an_agreement_that_is_void_changes() -> None:
    result = next_seat({"a": 600, "b": 370, "c": 30}, rules(10), [SurplusAgreement("b", "c")])
    assert [(effect.is_valid, effect.changes) for effect in result.agreements] == [(False, {})]


def test_a_threshold_of_everything_or_of_nothing_has_no_votes_to_spare() -> None:
    own = rules(3, "0")
    assert next_seat({"a": 100, "b": 1}, own).margins["b"].threshold_votes is None
    assert next_seat({"a": 100}, replace(own, threshold=Fraction(1))).margins["a"].threshold_votes is None
