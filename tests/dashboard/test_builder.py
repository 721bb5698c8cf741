"""The builder counts joint draws, not medians, and knows what was said."""

import numpy as np

from dashboard.builder import Coalition
from pipelines.editions.store import Edition


def test_seats_and_odds_come_from_the_joint_draws(edition: Edition) -> None:
    built = Coalition(edition, ("alpha", "gamma"), (), ())
    seats = edition.seat_draws.row("alpha").astype(int) + edition.seat_draws.row("gamma")
    assert np.array_equal(built.seats, seats)
    assert built.p_majority == float(np.mean(seats >= 61))


def test_the_odds_are_those_of_the_projection_for_the_same_lists(edition: Edition) -> None:
    for bloc in edition.projection.blocs:
        assert Coalition(edition, tuple(bloc.lists), (), ()).p_majority == bloc.p_majority


def test_outside_support_counts_for_and_an_abstention_for_neither(edition: Edition) -> None:
    alone = Coalition(edition, ("alpha",), (), ())
    assert Coalition(edition, ("alpha",), ("gamma",), ()).summary.median > alone.summary.median
    with_abstention = Coalition(edition, ("alpha",), (), ("beta",))
    assert with_abstention.summary == alone.summary
    assert with_abstention.p_confirmed == 1.0
    assert with_abstention.p_majority == alone.p_majority == 0.0


def test_a_tie_fails(edition: Edition) -> None:
    seats = edition.seat_draws
    built = Coalition(edition, ("alpha", "delta"), (), ())
    against = 120 - built.seats
    assert built.p_confirmed == float(np.mean(built.seats > against))
    assert seats.draws == len(built.seats)


def test_a_stated_position_is_a_conflict_only_where_both_govern(edition: Edition) -> None:
    assert [said.quote for said in Coalition(edition, ("gamma", "beta"), (), ()).conflicts] == ["Never"]
    assert Coalition(edition, ("beta",), ("gamma",), ()).conflicts == []


def test_a_press_moves_a_list_round_all_places_and_back(edition: Edition) -> None:
    state = {"gov": "", "support": "", "abstain": ""}
    seen = []
    for _ in range(4):
        members = {name: tuple(part for part in value.split(",") if part) for name, value in state.items()}
        state = Coalition(edition, members["gov"], members["support"], members["abstain"]).after("gamma")
        seen.append(next((name for name, value in state.items() if value), "opposition"))
    assert seen == ["gov", "support", "abstain", "opposition"]


def test_who_decides_is_counted_draw_by_draw(edition: Edition) -> None:
    found = Coalition(edition, ("alpha", "gamma"), (), ()).decides
    draws = edition.seat_draws
    alpha, gamma, delta = (draws.row(name).astype(int) for name in ("alpha", "gamma", "delta"))
    together = alpha + gamma
    assert found["delta"] == np.mean((together < 61) & (together + delta >= 61))
    assert found["gamma"] == np.mean((together >= 61) & (alpha < 61))
