"""The builder counts joint draws, prints sums of printed seats, and knows what was said."""

import numpy as np
import pytest

from dashboard.blocks import Name
from dashboard.i18n import Translator
from dashboard.pages.coalitions.figure import hemicycle, hemicycle_figure, meter_figure
from dashboard.pages.coalitions.numbers import Coalition, HouseValues, MeterValues
from pipelines.editions.store import Edition
from tests.dashboard.conftest import block_of, view_of


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
    supported, printed = Coalition(edition, ("alpha",), ("gamma",), ()), edition.projection.allocation
    assert supported.summary.mean > alone.summary.mean
    assert (supported.printed_seats, supported.support_seats) == (printed["alpha"] + printed["gamma"], printed["gamma"])
    assert supported.short_by == edition.projection.majority - supported.printed_seats
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
    assert [said.quotes for said in Coalition(edition, ("gamma", "beta"), (), ()).conflicts] == [{"en": "Never"}]
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


def test_the_meter_shows_every_draw_and_colours_the_majority(en: Translator) -> None:
    shown = MeterValues(house_seats=120, majority_seats=61, share_by_seats={60: 0.5, 61: 0.25, 62: 0.25}, top_share=0.5)
    bars = meter_figure(shown, en)["data"][0]
    assert (bars["x"], bars["y"]) == ([60, 61, 62], [0.5, 0.25, 0.25])
    assert [colour == "@accent" for colour in bars["marker"]["color"]] == [False, True, True]


def test_the_meters_values_are_shares_of_all_draws(edition: Edition) -> None:
    meter = block_of(view_of(edition, "/coalitions", gov="alpha"), "meter").values
    assert isinstance(meter, MeterValues)
    assert sum(meter.share_by_seats.values()) == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("seats", [1, 2, 20, 120, 349, 650])
def test_a_hemicycle_has_a_place_a_seat_and_none_twice(seats: int) -> None:
    places = hemicycle(seats)
    assert len(places) == len(set(places)) == seats
    assert all(-1 <= x <= 1 and 0 <= y <= 1 for x, y in places)


def test_the_government_is_filled_and_the_rest_hollow(en: Translator) -> None:
    names = (Name("a", {"en": "A"}, "list:a"), Name("b", {"en": "B"}, "list:b"))
    drawn = hemicycle_figure(HouseValues(names=names, seats=(2, 1), backs=(True, False)), en)
    assert drawn["data"][0]["marker"]["color"] == ["@list:a", "@list:a", "@list:b/22"]
    assert drawn["data"][0]["text"] == ["A 2", "A 2", "B 1"]


def test_a_house_that_claims_its_sum_adds_up_to_it(edition: Edition) -> None:
    block = block_of(view_of(edition, "/coalitions"), "hemicycle")
    assert block.table is not None
    for column, total in block.claims_sum:
        at = [one.id for one in block.table.columns].index(column)
        assert sum(row[at] for row in block.table.rows) == total
