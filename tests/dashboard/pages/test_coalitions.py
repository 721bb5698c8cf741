"""The builder counts joint draws, prints sums of printed seats, and knows what was said."""

import copy
from datetime import date, timedelta

import numpy as np
import pytest

from dashboard.blocks import Name
from dashboard.i18n import Translator
from dashboard.pages import PAGES
from dashboard.pages.coalitions.figure import hemicycle, hemicycle_figure, meter_figure
from dashboard.pages.coalitions.numbers import (
    Coalition,
    HouseValues,
    MeterValues,
    NamedValues,
    later,
    named_coalitions,
    p_without_conflict,
)
from dashboard.render.text import plain
from pipelines.editions.schema import Majority, Statement
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
    assert [one.quotes for one in Coalition(edition, ("gamma", "beta"), (), ()).conflicts] == [{"en": "Never"}]
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
    decides = Coalition(edition, ("alpha", "gamma"), (), ()).decides
    draws = edition.seat_draws
    alpha, gamma, delta = (draws.row(name).astype(int) for name in ("alpha", "gamma", "delta"))
    together = alpha + gamma
    assert decides["delta"] == np.mean((together < 61) & (together + delta >= 61))
    assert decides["gamma"] == np.mean((together >= 61) & (alpha < 61))


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


def statement(list_id: str, rules_out: tuple[str, ...], day: date) -> Statement:
    return Statement(
        list=list_id, rules_out=rules_out, scope="government", conditions={}, quotes={"en": f"{list_id} {day}"},
        is_paraphrase=True, sources={"en": "press"}, date=day,
    )  # fmt: skip


def with_said(edition: Edition, **changes: object) -> Edition:
    """The same edition with other things in its `coalitions.json`."""
    other = copy.copy(edition)
    vars(other)["coalitions"] = edition.coalitions.model_copy(update=changes)
    return other


def with_statements(edition: Edition, *statements: Statement) -> Edition:
    return with_said(edition, statements=list(statements))


AS_OF = date(2019, 9, 1)
RECENT, TOO_OLD = AS_OF - timedelta(days=60), AS_OF - timedelta(days=61)


def test_no_government_without_a_conflict_is_counted_unless_every_list_was_researched_lately(edition: Edition) -> None:
    everybody = [statement(name, (), RECENT) for name in ("alpha", "beta", "gamma")]
    assert p_without_conflict(with_statements(edition, *everybody, statement("delta", (), TOO_OLD))) is None
    nobody_apart = with_statements(edition, *everybody, statement("delta", (), RECENT))
    assert p_without_conflict(nobody_apart) == 1.0
    apart = [statement("alpha", ("beta", "gamma", "delta"), RECENT), *everybody[1:], statement("delta", (), RECENT)]
    beta = edition.seat_draws
    others = sum(beta.row(name).astype(int) for name in ("beta", "gamma", "delta"))
    assert p_without_conflict(with_statements(edition, *apart)) == float(np.mean(others >= 61))


def test_the_page_says_that_it_is_not_computed_and_of_how_many_lists(edition: Edition, en: Translator) -> None:
    block = block_of(view_of(edition, "/coalitions"), "named")
    assert isinstance(block.values, NamedValues)
    assert block.values.p_without_conflict is None
    assert block.values.unresearched == ("alpha", "beta", "delta", "gamma")  # gamma's is of two months before
    assert any("positions of 4 lists were not researched" in plain(note.parts[0], en) for note in block.notes)


def test_a_later_statement_of_the_same_list_stands_beneath_the_earlier(edition: Edition) -> None:
    first = statement("gamma", ("beta",), date(2019, 7, 1))
    again, other, of_others = (
        statement("gamma", rules_out, date(2019, 8, 1)) for rules_out in (("beta",), (), ("alpha",))
    )  # fmt: skip
    edition = with_statements(edition, first, again, other, of_others)
    assert later(edition, first) == [again, other]
    assert later(edition, other) == []


def test_named_coalitions_with_a_conflict_come_last_and_are_marked(edition: Edition) -> None:
    south_first = statement("delta", ("beta",), date(2019, 8, 1))  # the bloc of the two
    view = view_of(with_statements(edition, south_first), "/coalitions")
    named = named_coalitions(view)
    assert [one.id for one in named] == ["north", "south"]
    assert [one.is_contested for one in named] == [False, True]
    north_first = statement("gamma", ("alpha",), date(2019, 8, 1))
    view = view_of(with_statements(edition, north_first), "/coalitions")
    assert [one.id for one in named_coalitions(view)] == ["south", "north"]


def test_a_list_that_a_reader_moves_is_counted_in_the_other_bloc_everywhere_on_the_page(edition: Edition) -> None:
    view = view_of(edition, "/coalitions", move="gamma.south")
    counted = {bloc.id: bloc.lists for bloc in view.projection.blocs}
    assert counted == {"north": ["alpha"], "south": ["beta", "delta", "gamma"]}
    printed = edition.projection.allocation
    rows = {one.id: one.coalition.printed_seats for one in named_coalitions(view)}
    assert rows == {"north": printed["alpha"], "south": printed["beta"] + printed["delta"] + printed["gamma"]}
    house = block_of(view, "hemicycle").values
    assert isinstance(house, HouseValues)
    assert {wedge.name.id: wedge.seats for wedge in house.wedges} == rows
    assert view_of(edition, "/coalitions", move="gamma.nowhere").state == ()


def test_a_coalition_of_whole_blocs_follows_what_a_reader_moves(edition: Edition) -> None:
    north = next(bloc for bloc in edition.projection.blocs if bloc.id == "north")
    interest = Majority(
        id="all-north", names={"en": "N"}, lists=north.lists, seats=north.seats, p_majority=0, sources={}
    )
    both = with_said(edition, majorities=[interest])
    members = {
        one.id: one.coalition.backers for one in named_coalitions(view_of(both, "/coalitions", move="gamma.south"))
    }
    assert members["all-north"] == ("alpha",)


def test_the_house_sits_by_blocs_and_a_coalition_from_the_left(edition: Edition, en: Translator) -> None:
    house = block_of(view_of(edition, "/coalitions"), "hemicycle").values
    assert isinstance(house, HouseValues)
    assert [wedge.name.id for wedge in house.wedges] == ["south", "north"]  # the bloc in question on the right
    assert house.deciding_seats == (61, 60)
    chosen = block_of(view_of(edition, "/coalitions", gov="alpha"), "hemicycle")
    assert isinstance(chosen.values, HouseValues)
    assert chosen.values.names[0].id == "alpha"
    assert [wedge.seats for wedge in chosen.values.wedges] == [chosen.values.seats[0], 120 - chosen.values.seats[0]]
    assert chosen.values.deciding_seats == (61,)
    ring = hemicycle_figure(chosen.values, en)["data"][1]
    assert (ring["x"][0], ring["y"][0]) == hemicycle(120)[60]


def test_a_coalition_is_named_where_it_leaves_the_page(edition: Edition, en: Translator) -> None:
    """In the headline, the picture's title and the copied text; by its own name where it is one that data names."""
    view = view_of(edition, "/coalitions", gov="alpha,beta")
    block = block_of(view, "hemicycle")
    assert plain(PAGES["/coalitions"].headline(view), en).startswith("Beta and Alpha: ")
    assert plain(block.heading, en).startswith("Beta and Alpha: ")
    assert plain(block_of(view, "meter").finding, en).startswith("Beta and Alpha: ")
    assert plain(PAGES["/coalitions"].headline(view_of(edition, "/coalitions", gov="alpha,gamma")), en)[:6] == "North:"
