"""Every official result again, list by list, from votes and agreements; and what each agreement moved."""

import csv
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from electoral.apparentement import SurplusAgreement, allocate
from electoral.draws import ShareDraws, seat_draws
from electoral.rules import ElectoralRules, Formula

HERE = Path(__file__).parent
KNESSETS = ("16", "17", "18", "19", "20", "21", "22", "23", "24", "25")


def rows(name: str, knesset: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["knesset"] == knesset]


@dataclass(frozen=True)
class Official:
    rules: ElectoralRules
    valid: int
    votes: dict[str, int]
    seats: dict[str, int]
    agreements: tuple[SurplusAgreement, ...]
    valid_pairs: frozenset[SurplusAgreement]
    moved: dict[SurplusAgreement, dict[str, int]]

    @property
    def other_votes(self) -> int:
        return self.valid - sum(self.votes.values())


def moves(text: str) -> dict[str, int]:
    parts = [part.strip().rsplit(" ", 1) for part in text.split(";") if part.strip()]
    return {name: int(count) for name, count in parts}


@cache
def official(knesset: str) -> Official:
    (election,) = rows("elections.csv", knesset)
    results, pairs = rows("results.csv", knesset), rows("agreements.csv", knesset)
    agreements = {row["list_a"] + row["list_b"]: SurplusAgreement(row["list_a"], row["list_b"]) for row in pairs}
    return Official(
        ElectoralRules(int(election["house_size"]), Fraction(election["threshold_pct"]) / 100, Formula.DHONDT),
        int(election["valid_votes"]),
        {row["list"]: int(row["votes"]) for row in results},
        {row["list"]: int(row["seats"]) for row in results},
        tuple(agreements.values()),
        frozenset(SurplusAgreement(row["list_a"], row["list_b"]) for row in pairs if row["counts"] == "yes"),
        {agreements[row["list_a"] + row["list_b"]]: moves(row["seats_moved_if_dropped"]) for row in pairs},
    )


def difference(after: dict[str, int], before: dict[str, int]) -> dict[str, int]:
    return {name: after[name] - before[name] for name in before if after[name] != before[name]}


@pytest.mark.parametrize("knesset", KNESSETS)
def test_official_seats(knesset: str) -> None:
    of = official(knesset)
    allocation = allocate(of.votes, of.rules, of.agreements, of.other_votes)
    assert allocation.seats == of.seats
    assert allocation.ties == ()
    assert {SurplusAgreement(*one.lists) for one in allocation.agreements if one.is_valid} == of.valid_pairs


@pytest.mark.parametrize("knesset", KNESSETS)
def test_the_old_half_rule_would_have_changed_nothing(knesset: str) -> None:
    of = official(knesset)
    rules = ElectoralRules(of.rules.house_size, of.rules.threshold, of.rules.formula, stops_at_half=True)
    assert allocate(of.votes, rules, of.agreements, of.other_votes).seats == of.seats


@pytest.mark.parametrize("knesset", KNESSETS)
def test_what_dropping_each_agreement_moves(knesset: str) -> None:
    of = official(knesset)
    for agreement in of.agreements:
        others = [pair for pair in of.agreements if pair != agreement]
        dropped = allocate(of.votes, of.rules, others, of.other_votes)
        assert difference(dict(dropped.seats), of.seats) == of.moved[agreement], agreement


@pytest.mark.parametrize("knesset", KNESSETS)
def test_the_twin_gives_the_official_seats(knesset: str) -> None:
    of = official(knesset)
    shares = np.array([[votes / of.valid] for votes in of.votes.values()])
    seats = seat_draws(ShareDraws(tuple(of.votes), shares), of.rules, of.agreements)
    assert dict(zip(seats.lists, seats.seats[:, 0].tolist(), strict=True)) == of.seats


def test_ignoring_agreements_changes_these_elections() -> None:
    changed = {
        knesset: difference(dict(allocate(of.votes, of.rules, (), of.other_votes).seats), of.seats)
        for knesset in KNESSETS
        if (of := official(knesset))
    }
    assert {knesset for knesset, moved in changed.items() if moved} == {"16", "17", "18", "20", "21", "24", "25"}


# Published quotas: Calcalist on the count of 2015 (33,511 votes a seat).
@pytest.mark.parametrize(("knesset", "quota"), [("20", 33_511)])
def test_published_quota(knesset: str, quota: int) -> None:
    of = official(knesset)
    assert allocate(of.votes, of.rules, of.agreements, of.other_votes).quota == quota


@pytest.mark.parametrize("knesset", KNESSETS)
def test_the_files_agree_with_themselves(knesset: str) -> None:
    of = official(knesset)
    assert sum(of.seats.values()) == of.rules.house_size
    assert of.other_votes == 0
    threshold = of.rules.threshold * of.valid
    assert all((of.votes[name] >= threshold) == (seats > 0) for name, seats in of.seats.items())
