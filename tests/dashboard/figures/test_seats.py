"""The seats chart: a row a list, its numbers those of the projection."""

import json

from dashboard.figures.seats import rows, seats_figure
from dashboard.i18n import Translator
from pipelines.editions.store import Edition


def figure(edition: Edition, t: Translator, **changes: object) -> dict:
    projection = edition.projection.model_copy(update=changes)
    return seats_figure(projection, {item.id: item for item in edition.reference.lists}, t)


def test_a_row_a_list_in_order_of_seats(edition: Edition, en: Translator) -> None:
    drawn = figure(edition, en)
    assert drawn["layout"]["yaxis"]["ticktext"] == ["Beta", "Alpha", "Gamma", "Delta"]


def test_intervals_and_ticks_are_the_projections_numbers(edition: Edition, en: Translator) -> None:
    shapes = figure(edition, en)["layout"]["shapes"]
    top = rows(edition.projection).all[0]
    ninety = next(shape for shape in shapes if shape.get("name") == "ninety")
    half = next(shape for shape in shapes if shape.get("name") == "half")
    assert (ninety["x0"], ninety["x1"]) == (top.seats.q05, top.seats.q95)
    assert (half["x0"], half["x1"]) == (top.seats.q25, top.seats.q75)
    assert [shape["xanchor"] for shape in shapes if shape.get("name") == "now"] == [30, 30]


def test_a_list_that_misses_in_most_draws_stands_below_the_rule_with_its_chance(
    edition: Edition, en: Translator
) -> None:
    lists = list(edition.projection.lists)
    delta = lists[3]
    failing = delta.seats.model_copy(update={"median": 0.0})
    lists[3] = delta.model_copy(update={"seats": failing, "p_pass": 0.31})
    drawn = figure(edition, en, lists=lists)
    assert [shape for shape in drawn["layout"]["shapes"] if shape.get("name") == "rule"]
    texts = [note["text"] for note in drawn["layout"]["annotations"]]
    assert "passes in 31 of 100 simulations" in texts


def test_without_a_projection_the_nowcast_stands(edition: Edition, en: Translator) -> None:
    lists = [item.model_copy(update={"seats": None}) for item in edition.projection.lists]
    assert figure(edition, en, lists=lists)["data"][0]["x"] == figure(edition, en)["data"][0]["x"]


def test_a_recorded_result_is_a_diamond_in_every_row(edition: Edition, en: Translator) -> None:
    drawn = figure(edition, en, result={"alpha": 51, "beta": 69})
    result = next(trace for trace in drawn["data"] if trace["name"] == "result")
    assert result["x"] == [69, 51, 0, 0]
    assert "diamond" in result["marker"]["symbol"]


def test_the_figure_is_plain_json(edition: Edition, he: Translator) -> None:
    assert json.loads(json.dumps(figure(edition, he), allow_nan=False))["data"]
