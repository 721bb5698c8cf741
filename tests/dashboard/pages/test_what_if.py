"""What if: no change changes nothing, each change does what it says, and what cannot be is said in words."""

from fractions import Fraction
from itertools import pairwise

import pytest
from flask.testing import FlaskClient

from dashboard.i18n import Translator
from dashboard.pages.what_if.numbers import Outcome, Plan, outcome
from dashboard.simulation import setting_of
from electoral.errors import ElectoralError
from electoral.scenarios import Setting
from pipelines.editions.store import Edition
from tests.dashboard.conftest import figure_of, view_of


@pytest.fixture
def setting(edition: Edition) -> Setting:
    found = setting_of(edition)
    assert found is not None
    return found


def row(found: Outcome, *lists: str):
    return next(item for item in found.lists if item.lists == lists)


def test_without_a_change_both_sides_are_what_is_published(edition: Edition, setting: Setting) -> None:
    found = outcome(edition, setting, Plan())
    for item in edition.projection.lists:
        side = row(found, item.id)
        assert side.before == side.after
        printed = edition.projection.allocation[item.id]
        assert (side.before.printed_seats, side.before.p_pass) == (printed, item.p_pass)
    for bloc, published in zip(found.blocs, edition.projection.blocs, strict=True):
        assert bloc.p_before == bloc.p_after == published.p_majority


def test_a_list_that_withdraws_stands_on_one_side_only(edition: Edition, setting: Setting) -> None:
    found = outcome(edition, setting, Plan(withdrawn=("gamma",), votes_to="alpha"))
    assert row(found, "gamma").after is None
    assert row(found, "gamma").difference < 0
    assert row(found, "alpha").difference > 0


def test_votes_cannot_go_to_a_list_that_withdraws_too(edition: Edition, setting: Setting) -> None:
    found = outcome(edition, setting, Plan(withdrawn=("gamma", "delta"), votes_to="delta"))
    assert {item.lists for item in found.lists if item.after} == {("alpha",), ("beta",)}


def test_lists_that_run_together_are_one_row_beside_their_sum(edition: Edition, setting: Setting) -> None:
    found = outcome(edition, setting, Plan(merged=("beta", "delta")))
    united = row(found, "beta", "delta")
    together = edition.seat_draws.row("beta").astype(int) + edition.seat_draws.row("delta")
    assert united.before.seats.mean == pytest.approx(together.mean())
    assert united.before.p_pass is None
    assert united.difference > 0  # the half of the draws in which delta's votes were lost
    assert not found.is_across_blocs
    south = next(bloc for bloc in found.blocs if bloc.id == "south")
    assert south.p_after > south.p_before


def test_a_list_of_two_blocs_is_counted_in_none(edition: Edition, setting: Setting) -> None:
    found = outcome(edition, setting, Plan(merged=("alpha", "beta")))
    assert found.is_across_blocs
    assert all(bloc.after.seats.q95 < 30 for bloc in found.blocs)


def test_one_list_alone_merges_with_nobody() -> None:
    assert Plan(merged=("beta",)).changes == []
    assert Plan(merged=("beta", "delta"), withdrawn=("delta",)).united == ()


def test_a_lower_threshold_lets_a_list_in(edition: Edition, setting: Setting) -> None:
    chances = []
    for percent in (2, 3, 4):
        delta = row(outcome(edition, setting, Plan(threshold=Fraction(percent, 100))), "delta")
        assert delta.after is not None
        chances.append(delta.after.p_pass)
    assert all(one > other for one, other in pairwise(chances))


def test_agreements_come_and_go(edition: Edition, setting: Setting) -> None:
    dropped = outcome(edition, setting, Plan(dropped=(("alpha", "gamma"),)))
    assert row(dropped, "alpha").difference + row(dropped, "gamma").difference < 0
    signed = outcome(edition, setting, Plan(signed=(("beta", "delta"),)))
    assert row(signed, "beta").difference + row(signed, "delta").difference > 0
    with pytest.raises(ElectoralError):
        outcome(edition, setting, Plan(signed=(("alpha", "delta"),)))


def test_the_page_says_what_contradicts_itself(client: FlaskClient) -> None:
    answer = client.get("/view/what-if?sign=alpha.delta")
    assert answer.status_code == 200
    assert "contradict each other" in answer.get_data(as_text=True)
    answer = client.get("/view/what-if?out=alpha,beta,gamma,delta&lang=he")
    assert answer.status_code == 200
    assert "סותרים" in answer.get_data(as_text=True)


def test_every_control_keeps_the_rest_of_the_state(client: FlaskClient) -> None:
    page = client.get("/view/what-if?out=gamma&threshold=2&swing=alpha&by=-1").get_data(as_text=True)
    page = page.replace("&amp;", "&")
    assert "election=test-1&lang=en&out=gamma,delta&swing=alpha&by=-1&threshold=2" in page
    assert "/what-if?election=test-1&lang=en&swing=alpha&by=-1&threshold=2" in page


def test_a_list_that_splits_keeps_its_votes_and_its_parts_stand_beneath_it(edition: Edition, setting: Setting) -> None:
    found = outcome(edition, setting, Plan(divided="gamma", first_part=0.7))
    whole, first, second = [item for item in found.lists if item.lists == ("gamma",)]
    assert whole.before is not None
    assert whole.before.printed_seats == edition.projection.allocation["gamma"]
    assert whole.after.printed_seats == first.after.printed_seats + second.after.printed_seats
    assert (first.before, second.before) == (None, None)
    assert (first.part, second.part) == (1, 2)
    assert first.after.seats.mean + second.after.seats.mean == pytest.approx(whole.after.seats.mean)
    assert second.after.p_pass < first.after.p_pass  # 30 % of 7–11 % misses the threshold at times
    north = next(bloc for bloc in found.blocs if bloc.id == "north")
    assert north.after.seats.mean < north.before.seats.mean


def test_a_list_that_withdraws_or_merges_cannot_split() -> None:
    assert Plan(divided="beta", withdrawn=("beta",)).halved is None
    assert Plan(divided="beta", merged=("beta", "delta")).halved is None


def test_a_part_has_no_dot_before(edition: Edition, en: Translator) -> None:
    before, after = figure_of(view_of(edition, "/what-if", split="beta"), "change", en)["data"]
    assert len(before["x"]) == 4
    assert len(after["x"]) == 6


def test_the_figure_has_both_sides(edition: Edition, en: Translator) -> None:
    before, after = figure_of(view_of(edition, "/what-if", out="gamma"), "change", en)["data"]
    assert len(before["x"]) == 4
    assert len(after["x"]) == 3
    assert before["marker"]["color"] == "@paper"


PLANS = (
    Plan(),
    Plan(withdrawn=("gamma",), votes_to="alpha"),
    Plan(merged=("beta", "delta")),
    Plan(merged=("alpha", "beta")),
    Plan(divided="gamma", first_part=0.7),
    Plan(threshold=Fraction(5, 100)),
)


@pytest.mark.parametrize("plan", PLANS, ids=str)
def test_printed_seats_add_up_to_the_house_on_both_sides(edition: Edition, setting: Setting, plan: Plan) -> None:
    found = outcome(edition, setting, plan)
    rows = [item for item in found.lists if item.part is None]
    for sides in ([item.before for item in rows], [item.after for item in rows]):
        assert sum(side.printed_seats for side in sides if side) == edition.projection.house_size
    whole = {item.lists: item for item in rows}
    for bloc, members in ((bloc, edition.projection.blocs[at].lists) for at, bloc in enumerate(found.blocs)):
        of_bloc = [item for lists, item in whole.items() if set(lists) <= set(members)]
        assert bloc.after.printed_seats == sum(item.after.printed_seats for item in of_bloc if item.after)
