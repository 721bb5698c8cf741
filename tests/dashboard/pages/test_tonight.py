"""The first page: a row a list with the projection's numbers, bars that end at quantiles, the latest polls in pairs."""

import json
from datetime import date

from dashboard.blocks import FigureDict
from dashboard.i18n import Translator
from dashboard.pages.tonight.numbers import latest
from pipelines.editions.store import Edition
from tests.dashboard.conftest import figure_of, view_of
from tests.dashboard.editions import poll


def test_each_poll_has_the_same_firms_previous_one() -> None:
    a1, b1, a2 = (
        poll(date(2019, 8, 1), {"alpha": 30}, "a"),
        poll(date(2019, 8, 2), {"alpha": 31}, "b"),
        poll(date(2019, 8, 3), {"alpha": 32}, "a"),
    )
    assert latest([a1, b1, a2]) == [(a2, a1), (b1, None), (a1, None)]


def test_scenarios_and_exit_polls_stand_apart() -> None:
    ordinary = poll(date(2019, 8, 1), {"alpha": 30})
    assert latest(
        [ordinary, poll(date(2019, 8, 9), {}, kind="scenario"), poll(date(2019, 9, 17), {}, kind="exit_poll")]
    ) == [(ordinary, None)]


def test_an_unnamed_firm_has_no_previous_poll() -> None:
    one, two = (
        poll(day, {"alpha": 30}).model_copy(update={"pollster": None}) for day in (date(2019, 8, 1), date(2019, 8, 2))
    )
    assert latest([one, two])[0] == (two, None)


def seats(edition: Edition, t: Translator, **changes: object) -> FigureDict:
    edition.projection = edition.projection.model_copy(update=changes)
    return figure_of(view_of(edition), "seats", t)


def test_a_row_a_list_in_order_of_seats(edition: Edition, en: Translator) -> None:
    assert seats(edition, en)["layout"]["yaxis"]["ticktext"] == ["Beta", "Alpha", "Gamma", "Delta"]


def test_intervals_and_ticks_are_the_projections_numbers(edition: Edition, en: Translator) -> None:
    shapes = seats(edition, en)["layout"]["shapes"]
    top = view_of(edition).order.all[0]
    ninety = next(shape for shape in shapes if shape.get("name") == "ninety")
    half = next(shape for shape in shapes if shape.get("name") == "half")
    assert (ninety["x0"], ninety["x1"]) == (top.seats.q05, top.seats.q95)
    assert (half["x0"], half["x1"]) == (top.seats.q25, top.seats.q75)
    assert [shape["xanchor"] for shape in shapes if shape.get("name") == "now"] == [30, 30]


def test_a_list_that_misses_in_most_draws_stands_below_the_rule_with_its_chance(
    edition: Edition, en: Translator
) -> None:
    lists = list(edition.projection.lists)
    lists[3] = lists[3].model_copy(update={"p_pass": 0.31})
    drawn = seats(edition, en, lists=lists, allocation={"alpha": 50, "beta": 58, "gamma": 12, "delta": 0})
    assert [shape for shape in drawn["layout"]["shapes"] if shape.get("name") == "rule"]
    assert "passes in 31 of 100 simulations" in [note["text"] for note in drawn["layout"]["annotations"]]


def test_without_a_projection_the_nowcast_stands(edition: Edition, en: Translator) -> None:
    projected = seats(edition, en)["data"][0]["x"]
    lists = [item.model_copy(update={"seats": None}) for item in edition.projection.lists]
    assert seats(edition, en, lists=lists)["data"][0]["x"] == projected


def test_a_recorded_result_is_a_diamond_in_every_row(edition: Edition, en: Translator) -> None:
    drawn = seats(edition, en, result={"alpha": 51, "beta": 69})
    result = next(trace for trace in drawn["data"] if trace["name"] == "result")
    assert result["x"] == [69, 51, 0, 0]
    assert "diamond" in result["marker"]["symbol"]


def test_the_figure_is_plain_json(edition: Edition, he: Translator) -> None:
    assert json.loads(json.dumps(seats(edition, he), allow_nan=False))["data"]


def test_a_bar_is_solid_to_the_fifth_percentile_and_fades_to_the_ninety_fifth(edition: Edition, en: Translator) -> None:
    drawn = figure_of(view_of(edition), "blocs", en)
    solid, fading = drawn["data"][0], drawn["data"][-1]
    north = edition.projection.blocs[0].seats
    assert (solid["base"][0], solid["x"][0]) == (0.0, north.q05)
    assert fading["base"][0] + fading["x"][0] == north.q95


def test_the_majority_line_stands_at_the_editions_majority(edition: Edition, en: Translator) -> None:
    edition.projection = edition.projection.model_copy(update={"majority": 51})
    drawn = figure_of(view_of(edition), "blocs", en)
    line = next(shape for shape in drawn["layout"]["shapes"] if shape["name"] == "majority")
    assert (line["x0"], line["x1"]) == (51, 51)
    assert "<b>51</b>" in [note["text"] for note in drawn["layout"]["annotations"]]
