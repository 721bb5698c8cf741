"""Other parliaments' official results again, by their own rules: quota, exemption, direct seats, modified divisors."""

import csv
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from electoral.apparentement import allocate
from electoral.draws import ShareDraws, seat_draws
from electoral.rules import DirectSeatClause, ElectoralRules, Formula, parse_threshold

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Parliament:
    """A result and its rules; the house of the rules is what the rule gives out, without seats nobody compensated."""

    rules: ElectoralRules
    valid: int
    votes: dict[str, int]
    seats: dict[str, int]
    uncompensated: dict[str, int]
    house_size: int

    @property
    def other_votes(self) -> int:
        return self.valid - sum(self.votes.values())


def rows(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


GOLDEN = tuple(row["election"] for row in rows("parliaments.csv") if row["golden"] == "yes")
NOT_GOLDEN = tuple(row["election"] for row in rows("parliaments.csv") if row["golden"] == "no")


@cache
def parliament(election: str) -> Parliament:
    (row,) = (row for row in rows("parliaments.csv") if row["election"] == election)
    results = [result for result in rows("parliament_results.csv") if result["election"] == election]
    uncompensated = {result["list"]: int(result["uncompensated_seats"] or 0) for result in results}
    house = int(row["house_size"]) - sum(uncompensated.values())
    won = {result["list"]: int(result["direct_seats"] or 0) for result in results}
    needed = row["direct_seats_needed"]
    rules = ElectoralRules(
        house,
        parse_threshold(row["threshold"], house),
        Formula(row["formula"]),
        exempt=frozenset(row["exempt"].split()),
        direct_seats=DirectSeatClause(int(needed), won) if needed else None,
    )
    return Parliament(
        rules,
        int(row["valid_votes"]),
        {result["list"]: int(result["votes"]) for result in results},
        {result["list"]: int(result["seats"]) for result in results},
        uncompensated,
        int(row["house_size"]),
    )


def allocated(of: Parliament, rules: ElectoralRules | None = None) -> dict[str, int]:
    allocation = allocate(of.votes, rules or of.rules, (), of.other_votes)
    assert allocation.ties == ()
    return {name: seats + of.uncompensated[name] for name, seats in allocation.seats.items()}


def difference(after: dict[str, int], before: dict[str, int]) -> dict[str, int]:
    return {name: after[name] - before[name] for name in before if after[name] != before[name]}


@pytest.mark.parametrize("election", GOLDEN)
def test_official_seats(election: str) -> None:
    assert allocated(parliament(election)) == parliament(election).seats


@pytest.mark.parametrize("election", [name for name in NOT_GOLDEN if name != "se-2014"])
def test_published_seats_that_are_not_golden(election: str) -> None:
    assert allocated(parliament(election)) == parliament(election).seats


def test_where_the_national_rule_is_not_the_whole_law() -> None:
    """Sweden in 2014: seats won in constituencies were more than the 39 adjustment seats could level."""
    of = parliament("se-2014")
    assert difference(allocated(of), of.seats) == {"S": -1, "M": 1, "SD": -2, "L": 1, "KD": 1}


@pytest.mark.parametrize("election", [*GOLDEN, *NOT_GOLDEN])
def test_the_twin_gives_the_same_seats(election: str) -> None:
    of = parliament(election)
    shares = np.array([[votes / of.valid] for votes in of.votes.values()])
    draws = seat_draws(ShareDraws(tuple(of.votes), shares), of.rules)
    seats = dict(zip(draws.lists, draws.seats[:, 0].tolist(), strict=True))
    assert {name: count + of.uncompensated[name] for name, count in seats.items()} == allocated(of)


def test_an_exempt_list_of_a_minority_takes_its_seat_from_the_largest() -> None:
    of = parliament("de-2025")
    assert difference(of.seats, allocated(of, replace(of.rules, exempt=frozenset()))) == {"CDU": -1, "SSW": 1}


def test_three_direct_seats_let_a_list_in() -> None:
    of = parliament("de-2021")
    assert of.votes["LINKE"] < of.rules.threshold * of.valid
    assert allocated(of)["LINKE"] == 39
    assert allocated(of, replace(of.rules, direct_seats=None))["LINKE"] == 0
    assert allocated(of, replace(of.rules, direct_seats=DirectSeatClause(3, {"LINKE": 2})))["LINKE"] == 0


def test_the_quota_as_threshold_is_one_seats_worth_of_votes() -> None:
    of = parliament("nl-2023")
    smallest_in = min(votes for name, votes in of.votes.items() if of.seats[name])
    largest_out = max(votes for name, votes in of.votes.items() if not of.seats[name])
    assert largest_out < of.valid / of.rules.house_size <= smallest_in


def test_above_four_per_cent_the_first_divisor_moves_nothing() -> None:
    of = parliament("se-2018")
    for formula in (Formula.SAINTE_LAGUE, Formula.MODIFIED_SAINTE_LAGUE_14):
        assert allocated(of, replace(of.rules, formula=formula)) == of.seats


@pytest.mark.parametrize("election", [*GOLDEN, *NOT_GOLDEN])
def test_the_files_agree_with_themselves(election: str) -> None:
    of = parliament(election)
    assert sum(of.seats.values()) == of.house_size
    assert of.other_votes >= 0
