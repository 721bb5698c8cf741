"""Votes to the next seat in every official result, against the vectorised rule on every smaller number of votes."""

import numpy as np
import pytest

from electoral.apparentement import allocate
from electoral.draws import FloatArray, ShareDraws, seat_draws
from electoral.next_seat import NextSeat, next_seat

from .test_official_results import KNESSETS, Official, official

SMALL_SHARE = 0.01  # lists below it are counted together where every number is tried


@pytest.fixture(scope="module", params=KNESSETS)
def of(request: pytest.FixtureRequest) -> Official:
    return official(request.param)


@pytest.fixture(scope="module")
def result(of: Official) -> NextSeat:
    return next_seat(of.votes, of.rules, of.agreements, of.other_votes)


def seats_after(of: Official, steps: dict[str, int], name: str, numbers: FloatArray) -> list[int]:
    """The list's seats after each number of votes, by the vectorised rule."""
    signed = {one for pair in of.agreements for one in (pair.list_a, pair.list_b)}
    names = [one for one in of.votes if of.votes[one] > SMALL_SHARE * of.valid or one in steps or one in signed]
    valid = of.valid + sum(steps.values()) * numbers
    shares = np.array([(of.votes[one] + steps.get(one, 0) * numbers) / valid for one in names])
    draws = seat_draws(ShareDraws(tuple(names), shares), of.rules, of.agreements)
    seats: list[int] = draws.row(name).tolist()
    return seats


def assert_fewest(of: Official, steps: dict[str, int], name: str, votes: int | None, lot_votes: int | None) -> None:
    (sign,) = {step for one, step in steps.items() if one == name}
    assert votes is not None
    first = votes if lot_votes is None else lot_votes
    below = seats_after(of, steps, name, np.arange(first, dtype=np.float64))
    assert not any((seats - of.seats[name]) * sign > 0 for seats in below)
    changed = of.votes | {one: of.votes[one] + step * votes for one, step in steps.items()}
    exact = allocate(changed, of.rules, of.agreements, of.other_votes)
    possible = exact.seats[name] + any(name in tie.lists for tie in exact.ties)
    assert (exact.seats[name] if sign > 0 else -possible) > of.seats[name] * sign


def test_every_number_below_moves_no_seat(of: Official, result: NextSeat) -> None:
    for name, margins in result.margins.items():
        for margin, sign in ((margins.gain, 1), (margins.loss, -1)):
            if margin is None or of.votes[name] < SMALL_SHARE * of.valid:
                continue
            assert_fewest(of, {name: sign}, name, margin.votes, margin.lot_votes)
            if margin.transfer:
                steps = {name: sign, margin.transfer.other: -sign}
                assert_fewest(of, steps, name, margin.transfer.votes, margin.transfer.lot_votes)


def test_the_last_seat_is_lost_in_a_house_with_one_less_and_the_next_is_won_with_one_more(
    of: Official, result: NextSeat
) -> None:
    assert result.last is not None
    assert result.next_claim is not None
    for step, claim in ((-1, result.last), (1, result.next_claim)):
        other = type(of.rules)(of.rules.house_size + step, of.rules.threshold, of.rules.formula)
        seats = allocate(of.votes, other, of.agreements, of.other_votes).seats
        assert [name for name in of.votes if seats[name] != of.seats[name]] == list(claim.lists)


def test_what_each_agreement_changed_is_what_was_recorded(of: Official, result: NextSeat) -> None:
    recorded = [{name: -moved for name, moved in of.moved[pair].items()} for pair in of.agreements]
    assert [dict(effect.changes) for effect in result.agreements] == recorded
