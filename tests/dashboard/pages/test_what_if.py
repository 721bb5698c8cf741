"""What if: no change changes nothing, each change does what it says, and what cannot be is said in words."""

import json
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from dashboard.address import Typed, UnknownAddress
from dashboard.blocks import Block, Control
from dashboard.i18n import Translator
from dashboard.pages import PAGES
from dashboard.pages.what_if.numbers import Outcome, Plan, outcome, reverse_values, spread_over_bloc, typed_values
from dashboard.pages.what_if.page import plan
from dashboard.reader import Reader
from dashboard.render.text import plain
from dashboard.seats import rules_of, setting_of
from electoral.apparentement import allocate
from electoral.errors import ElectoralError
from electoral.lists import Bloc
from electoral.printed_allocation import printed_allocation
from electoral.reverse import printed_where
from electoral.scenarios import Setting, UniformSwing
from pipelines.editions.store import Edition
from tests.dashboard import editions
from tests.dashboard.conftest import block_of, figure_of, view_of


@pytest.fixture
def setting(edition: Edition) -> Setting:
    stored = setting_of(edition)
    assert stored is not None
    return stored


def row(result: Outcome, *lists: str):
    return next(item for item in result.lists if item.lists == lists)


def test_without_a_change_both_sides_are_what_is_published(edition: Edition, setting: Setting) -> None:
    result = outcome(edition, setting, Plan())
    for item in edition.projection.lists:
        side = row(result, item.id)
        assert side.before == side.after
        printed = edition.projection.allocation[item.id]
        assert (side.before.seats, side.before.p_pass) == (printed, item.p_pass)
    for bloc, published in zip(result.blocs, edition.projection.blocs, strict=True):
        assert bloc.p_before == bloc.p_after == published.p_majority


def test_a_list_that_withdraws_stands_on_one_side_only(edition: Edition, setting: Setting) -> None:
    result = outcome(edition, setting, Plan(withdrawn=("gamma",), votes_to="alpha"))
    assert row(result, "gamma").after is None
    assert row(result, "gamma").difference < 0
    assert row(result, "alpha").difference > 0


def test_votes_cannot_go_to_a_list_that_withdraws_too(edition: Edition, setting: Setting) -> None:
    result = outcome(edition, setting, Plan(withdrawn=("gamma", "delta"), votes_to="delta"))
    assert {item.lists for item in result.lists if item.after} == {("alpha",), ("beta",)}


def test_lists_that_run_together_are_one_row_beside_their_sum(edition: Edition, setting: Setting) -> None:
    result = outcome(edition, setting, Plan(merged=("beta", "delta")))
    united = row(result, "beta", "delta")
    together = edition.seat_draws.row("beta").astype(int) + edition.seat_draws.row("delta")
    assert united.before.mean_seats == pytest.approx(together.mean())
    assert united.before.p_pass is None
    assert united.difference > 0  # the half of the draws in which delta's votes were lost
    assert not result.is_across_blocs
    south = next(bloc for bloc in result.blocs if bloc.id == "south")
    assert south.p_after > south.p_before


def test_a_list_of_two_blocs_is_counted_in_none(edition: Edition, setting: Setting) -> None:
    result = outcome(edition, setting, Plan(merged=("alpha", "beta")))
    assert result.is_across_blocs
    assert all(bloc.after.q95_seats < 30 for bloc in result.blocs)


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
    answer = client.get("/view/what-if?out=alpha,beta,gamma,delta&to=nobody&lang=he")
    assert answer.status_code == 200
    assert "סותרים" in answer.get_data(as_text=True)


def test_every_control_keeps_the_rest_of_the_state(client: FlaskClient) -> None:
    page = client.get("/view/what-if?out=gamma&to=alpha&threshold=2&swing=alpha&by=-1&list=delta").get_data(
        as_text=True
    )
    page = page.replace("&amp;", "&")
    assert "election=test-1&lang=en&out=gamma,delta&to=alpha&swing=alpha&by=-1&threshold=2&list=delta" in page
    assert "/what-if?election=test-1&lang=en&out=gamma&to=alpha&swing=delta&by=2&threshold=2&list=delta" in page
    assert "/what-if?election=test-1&lang=en&out=gamma&to=alpha&threshold=2&list=delta" in page  # the swing taken back


def test_a_list_that_splits_keeps_its_votes_and_its_parts_stand_beneath_it(edition: Edition, setting: Setting) -> None:
    result = outcome(edition, setting, Plan(divided="gamma", first_part=0.7))
    whole, first, second = [item for item in result.lists if item.lists == ("gamma",)]
    assert whole.before is not None
    assert whole.before.seats == edition.projection.allocation["gamma"]
    assert whole.after.seats == first.after.seats + second.after.seats
    assert (first.before, second.before) == (None, None)
    assert (first.part, second.part) == (1, 2)
    assert first.after.mean_seats + second.after.mean_seats == pytest.approx(whole.after.mean_seats)
    assert second.after.p_pass < first.after.p_pass  # 30 % of 7–11 % misses the threshold at times
    north = next(bloc for bloc in result.blocs if bloc.id == "north")
    assert north.after.mean_seats < north.before.mean_seats


def test_a_list_that_withdraws_or_merges_cannot_split() -> None:
    assert Plan(divided="beta", withdrawn=("beta",)).halved is None
    assert Plan(divided="beta", merged=("beta", "delta")).halved is None


def test_a_part_has_no_dot_before(edition: Edition, en: Translator) -> None:
    before, after = figure_of(view_of(edition, "/what-if", split="beta"), "change", en)["data"]
    assert len(before["x"]) == 4
    assert len(after["x"]) == 6


def test_the_figure_has_both_sides(edition: Edition, en: Translator) -> None:
    before, after = figure_of(view_of(edition, "/what-if", out="gamma", to="alpha"), "change", en)["data"]
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
    result = outcome(edition, setting, plan)
    rows = [item for item in result.lists if item.part is None]
    for sides in ([item.before for item in rows], [item.after for item in rows]):
        assert sum(side.seats for side in sides if side) == edition.projection.house_size
    whole = {item.lists: item for item in rows}
    for bloc, members in ((bloc, edition.projection.blocs[at].lists) for at, bloc in enumerate(result.blocs)):
        of_bloc = [item for lists, item in whole.items() if set(lists) <= set(members)]
        assert bloc.after.seats == sum(item.after.seats for item in of_bloc if item.after)


def test_where_the_votes_go_is_asked_before_anything_is_drawn(edition: Edition, en: Translator) -> None:
    """To leave them to nobody is an answer like the others, and the assumption stands beside the outcome."""
    parts = PAGES["/what-if"].blocks(view_of(edition, "/what-if", out="gamma"))
    assert not [part for part in parts if isinstance(part, Block) and (part.figure or part.table)]
    assert "Where do the votes of Gamma go?" in plain(parts[1].finding, en)
    answers = {"nobody": "lost to everybody", "bloc": "spread over", "alpha": "go to Alpha"}
    for to, assumed in answers.items():
        block = block_of(view_of(edition, "/what-if", out="gamma", to=to), "outcome")
        assert assumed in plain(block.notes[0].parts[0], en)


def test_votes_spread_over_the_bloc_as_the_polls_have_them(edition: Edition) -> None:
    assert spread_over_bloc(edition, ("gamma",)) == {"gamma": {"alpha": 1.0}}
    shares = {item.id: item.trend_share_pct for item in edition.projection.lists}
    both = spread_over_bloc(edition, ("alpha", "gamma"))["alpha"]  # nobody of its bloc stands: over all others
    assert both == pytest.approx(
        {name: shares[name] / (shares["beta"] + shares["delta"]) for name in ("beta", "delta")}
    )


def test_one_row_of_lists_leads_to_all_that_can_be_done_with_one(edition: Edition) -> None:
    plain_page = [
        part.id for part in PAGES["/what-if"].blocks(view_of(edition, "/what-if")) if isinstance(part, Control)
    ]
    pressed = view_of(edition, "/what-if", list="delta", out="gamma", to="alpha", merge="beta,delta")
    controls = {part.id: part for part in PAGES["/what-if"].blocks(pressed) if isinstance(part, Control)}
    assert set(controls) - set(plain_page) == {"to", "do", "merge", "by", "keep"}
    marks = {choice.value: [one.key for one in choice.detail] for choice in controls["list"].choices}
    assert marks["gamma"] == ["what_if.out_mark"]
    assert marks["delta"] == marks["beta"] == ["what_if.merge_mark"]
    beta = next(choice for choice in controls["merge"].choices if choice.value == "beta")
    assert pressed.address(beta.address).count("merge") == 0  # it runs alone again


def test_the_reverse_question_is_answered_on_the_printed_allocation(edition: Edition, setting: Setting) -> None:
    """The swing gives the majority and a tenth of a point less does not; a list that gives it does so as printed."""
    members = tuple(edition.projection.blocs[1].lists)
    values = reverse_values(edition, setting, "south", members)
    blocs = [Bloc(bloc.id, tuple(bloc.lists)) for bloc in edition.projection.blocs]

    def seats(points: float) -> int:
        swung = UniformSwing(members, points / 100).apply(setting).allocate()
        return sum(printed_allocation(swung, blocs).seats[name] for name in members)

    assert values.seats == sum(edition.projection.allocation[name] for name in members) < 61
    assert values.swing is not None
    assert seats(values.swing.points) == values.swing.seats >= 61 > seats(values.swing.points - 0.1)
    delta = next(item for item in edition.projection.lists if item.id == "delta")
    passing = printed_where(edition.seat_draws, "delta", True, blocs)
    assert passing is not None
    together = sum(passing.seats[name] for name in members)
    expected = [("delta", True, together)] if together >= 61 else []
    assert [(one.list, one.passes, one.seats) for one in values.thresholds] == expected
    assert [one.probability for one in values.thresholds] == [pytest.approx(delta.p_pass)] * len(expected)
    assert reverse_values(edition, setting, "north", tuple(edition.projection.blocs[0].lists)).swing is None  # has it


def test_typed_shares_become_seats_by_the_law(edition: Edition, setting: Setting) -> None:
    shares = {"alpha": 42.5, "beta": 45.25, "gamma": 8.0, "delta": 3.2}
    values = typed_values(edition, setting, shares)
    votes = {name: round(share * 100) for name, share in shares.items()}
    by_hand = allocate(votes, rules_of(edition), setting.agreements, 105)
    assert {row.list: row.seats for row in values.rows} == dict(by_hand.seats)
    assert {row.list: row.seats for row in values.rows}["delta"] == 0
    assert typed_values(edition, setting, shares | {"delta": 4.26}).rows == ()  # 100.01 %
    assert typed_values(edition, setting, {"alpha": 1.0}).rows == ()  # nobody passes
    some = typed_values(edition, setting, {"beta": 50.0, "gamma": 30.0})  # gamma's partner was not typed
    assert {row.list: row.seats for row in some.rows} == {"beta": 75, "gamma": 45}
    block = block_of(
        view_of(edition, "/what-if", **{f"v-{name}": f"{share:g}" for name, share in shares.items()}), "typed"
    )
    assert block.table is not None
    assert sum(row[2] for row in block.table.rows) == 120


def test_what_is_typed_is_a_number_of_per_cent() -> None:
    assert Typed(100).read("07.50") == "7.5"
    for wrong in ("100.01", "-1", "1e1", "nan", "12.345", "٣", " 1"):
        with pytest.raises(UnknownAddress):
            Typed(100).read(wrong)


def test_a_merger_has_the_spread_that_mergers_had_in_polls_and_says_that_it_is_of_polls(tmp_path: Path) -> None:
    lesson = {
        "elections": ["test-0"], "pairs": 71, "mergers": 16, "kept": 1.04, "learned_error_pct": 3.2,
        "sum_error_pct": 2.7, "difference_pct": 0.5, "low_pct": 0.2, "high_pct": 0.8, "default": 1.0, "spread": 0.3,
    }  # fmt: skip
    evidence = {
        "elections": [], "rows": [], "mean": {}, "differences": [], "by_threshold_pct": {}, "by_election": {},
        "calibration": {}, "misses": [], "daily": [], "mergers": {"all": lesson},
    }  # fmt: skip
    widths = []
    for name, record in (("plain", None), ("known", json.dumps(evidence).encode())):
        editions.publish(tmp_path / name, record=record)
        view = view_of(Reader(tmp_path / name).edition(), "/what-if", merge="gamma,delta")
        setting = setting_of(view.edition)
        assert setting
        row = next(row for row in outcome(view.edition, setting, plan(view)).lists if len(row.lists) > 1)
        assert row.after
        widths.append((row.after.mean_seats, row.after.q95_seats - row.after.q05_seats))
        notes = [note for note in block_of(view, "outcome").notes if "merged_sum" in str(note)]
        assert len(notes) == (name == "known")
    (before, narrow), (after, wide) = widths
    assert after == pytest.approx(before, rel=0.06), "the sum stays the middle"
    assert wide > 1.5 * narrow
