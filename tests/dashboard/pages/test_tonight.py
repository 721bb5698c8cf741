"""The first page: a row a list with the projection's numbers, bars that end at quantiles, the latest polls in pairs."""

import json
from copy import copy
from datetime import date
from itertools import pairwise
from pathlib import Path

from dashboard.blocks import FigureDict, Href, Paragraph
from dashboard.i18n import Translator
from dashboard.names import the_projection
from dashboard.pages.tonight.numbers import latest
from dashboard.pages.tonight.outlets import outlets_values
from dashboard.render import html
from dashboard.render.html import Context
from pipelines.editions.schema import Majority
from pipelines.editions.store import Edition
from tests.dashboard.conftest import block_of, figure_of, view_of
from tests.dashboard.editions import poll, publish


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
    assert "passes in 31 of 100 simulations, then 4–5 seats" in [
        note["text"] for note in drawn["layout"]["annotations"]
    ]


def test_a_whole_row_is_one_target_that_says_all_of_its_list_and_leads_to_it(edition: Edition, en: Translator) -> None:
    drawn = seats(edition, en)
    rows, dots = drawn["data"][:2]
    assert (rows["name"], rows["width"], rows["y"]) == ("row", 1, dots["y"])
    assert min(rows["x"]) >= max(shape["x1"] for shape in drawn["layout"]["shapes"] if shape["name"] == "ninety")
    assert rows["customdata"] == ["/list/beta", "/list/alpha", "/list/gamma", "/list/delta"]
    assert rows["hovertext"][0].startswith("<b>Beta</b><br>Seats: 55<br>9 of 10 simulations: ")
    assert dots["hoverinfo"] == "skip"
    assert "30 → 55" in [note["text"] for note in drawn["layout"]["annotations"]]


def test_without_a_projection_the_nowcast_stands(edition: Edition, en: Translator) -> None:
    projected = seats(edition, en)["data"][1]["x"]
    lists = [item.model_copy(update={"seats": None}) for item in edition.projection.lists]
    assert seats(edition, en, lists=lists)["data"][1]["x"] == projected


def test_a_recorded_result_is_a_diamond_in_every_row(edition: Edition, en: Translator) -> None:
    drawn = seats(edition, en, result={"alpha": 51, "beta": 69})
    result = next(trace for trace in drawn["data"] if trace["name"] == "result")
    assert result["x"] == [69, 51, 0, 0]
    assert "diamond" in result["marker"]["symbol"]


def test_the_figure_is_plain_json(edition: Edition, he: Translator) -> None:
    assert json.loads(json.dumps(seats(edition, he), allow_nan=False))["data"]


def test_the_strip_holds_every_seat_once_and_the_majority_is_in_its_middle(edition: Edition, en: Translator) -> None:
    north, south = edition.projection.blocs
    blocs = [north, south.model_copy(update={"lists": ["beta"]})]
    edition.projection = edition.projection.model_copy(update={"blocs": blocs})
    values = block_of(view_of(edition), "blocs").values
    drawn = figure_of(view_of(edition), "blocs", en)
    ends = sorted((trace["base"][0], trace["base"][0] + trace["x"][0]) for trace in drawn["data"])
    assert (ends[0][0], ends[-1][1]) == (0, 120)
    assert all(one[1] == other[0] for one, other in pairwise(ends))
    assert [trace["name"] for trace in drawn["data"]] == ["north", "south", "rest"]
    assert values.rest_seats == edition.projection.allocation["delta"]  # type: ignore[attr-defined]
    line = next(shape for shape in drawn["layout"]["shapes"] if shape["name"] == "majority")
    assert (line["x0"], line["x1"]) == (60, 60)
    texts = [note["text"] for note in drawn["layout"]["annotations"]]
    assert "<b>61</b>" in texts
    assert f"Others <b>{int(values.rest_seats)}</b>" in texts  # type: ignore[attr-defined]


def test_a_combination_with_a_refusal_is_arithmetic_and_says_who_said_no_when_and_where(
    edition: Edition, en: Translator
) -> None:
    refusal = edition.coalitions.statements[0].model_copy(update={"url": "https://example.org/no"})
    north = edition.projection.blocs[0]
    both = Majority(
        **{**north.model_dump(), "id": "all", "names": {"en": "All"}, "sources": {}, "lists": ["gamma", "beta"]}
    )
    edition.coalitions = edition.coalitions.model_copy(update={"statements": [refusal], "majorities": [both]})
    page = str(html.block(block_of(view_of(edition), "blocs"), None, Context(en, str, lambda _block, _ending: "")))
    assert page.count("Arithmetic only") == 1
    assert '<a href="https://example.org/no">Gamma (1 Jul 2019)</a>' in page


def test_an_outlets_last_poll_adds_up_beside_its_own_one_before(tmp_path: Path) -> None:
    polls = (
        poll(date(2019, 8, 25), {"alpha": 50, "beta": 50, "gamma": 20}, "other").model_copy(
            update={"publisher": "paper"}
        ),
        poll(date(2019, 8, 29), {"alpha": 48, "beta": 53, "gamma": 19}, "third").model_copy(
            update={"publisher": "paper"}
        ),
    )
    shown = outlets_values(view_of(publish(tmp_path, more_polls=polls)))
    paper, firm = shown.outlets
    assert (paper.outlet.id, paper.sides, paper.rest, paper.total) == ("paper", (67, 53), 0, 120)
    assert paper.change == (-3, 3, 0)
    assert (firm.outlet.id, firm.firm, firm.total) == ("firm", None, 120)


def test_a_row_leads_to_the_page_of_its_list_and_says_what_it_had(edition: Edition, en: Translator) -> None:
    block = block_of(view_of(edition), "seats")
    assert block.table is not None
    assert block.table.row_links[0] == Href("/list/beta")
    rows = [dict(zip([column.id for column in block.table.columns], row, strict=True)) for row in block.table.rows]
    beta = next(row for row in rows if row["list"].id == "beta")  # type: ignore[union-attr]
    assert beta["from_outgoing_seats"] == edition.projection.allocation["beta"] - 30
    page = str(html.block(block, None, Context(en, lambda to: str(to.path), lambda _block, _ending: "")))
    assert 'href="/list/beta"' in page
    assert "<tfoot>" in page


def test_who_leads_is_said_once_where_that_is_the_headline(edition: Edition) -> None:
    electorate = edition.reference.electorate.model_copy(update={"headline": "lists"})
    alone = copy(edition)
    alone.reference = edition.reference.model_copy(update={"electorate": electorate})
    for shown, times in ((edition, 1), (alone, 0)):
        block = block_of(view_of(shown), "headline")
        assert sum(isinstance(note, Paragraph) and note.style == "said" for note in block.lead) == times


def test_a_word_that_a_language_lacks_is_the_one_that_fits_any(edition: Edition) -> None:
    electorate = edition.reference.electorate.model_copy(update={"words": {"he": {"the_projection": "תוצאה"}}})
    edition.reference = edition.reference.model_copy(update={"electorate": electorate})
    assert {lang: the_projection(view_of(edition)).texts[lang] for lang in ("en", "he")} == {
        "en": "the projection",
        "he": "תוצאה",
    }
