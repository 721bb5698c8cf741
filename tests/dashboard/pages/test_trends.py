"""The trend chart: a line a list, honest gaps, faint thin parts, and a bounded size."""

import gzip
import json
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from dashboard.blocks import FigureDict, Key, Lines
from dashboard.i18n import Translator
from dashboard.pages.trends import traces
from dashboard.pages.trends.choice import parameters, steps
from dashboard.pages.trends.lines import threshold_level
from dashboard.pages.trends.marks import PHONE, event_groups
from dashboard.pages.trends.numbers import TrendValues
from dashboard.render import card
from dashboard.serve import files
from dashboard.serve.cache import to_json
from pipelines.editions.schema import BridgeRow, Trend
from pipelines.editions.store import Edition
from tests.dashboard import editions
from tests.dashboard.conftest import block_of, figure_of, view_of


def figure(
    edition: Edition, t: Translator, trend: Trend | None = None, result: dict[str, int] | None = None, **state: str
) -> FigureDict:
    if trend is not None:
        edition.trend = trend
    if result is not None:
        edition.projection = edition.projection.model_copy(update={"result": result})
    return figure_of(view_of(edition, "/trends", **state), "trend", t)


def named(drawn: dict, start: str) -> list[dict]:
    return [trace for trace in drawn["data"] if trace["name"].startswith(start)]


def test_every_list_in_the_house_has_a_line_and_a_label_and_those_chosen_their_band_and_dots(
    edition: Edition, en: Translator
) -> None:
    drawn, isolated = figure(edition, en), figure(edition, en, lists="gamma")
    in_house = {name for name, seats in edition.projection.allocation.items() if seats}
    for one in (drawn, isolated):
        assert {trace["name"] for trace in named(one, "line:")} == {f"line:{name}" for name in in_house}
        ends = [note for note in one["layout"]["annotations"] if note.get("name", "").startswith("end:")]
        assert len(ends) == len(in_house)
    for start in ("band:", "polls:"):
        assert [trace["name"] for trace in named(isolated, start)] == [f"{start}gamma"]
    colours = {trace["name"]: trace["line"]["color"] for trace in named(isolated, "line:")}
    assert {name for name, colour in colours.items() if colour.startswith("@list:")} == {"line:gamma"}


def test_a_line_ends_in_what_every_page_prints(edition: Edition, en: Translator) -> None:
    drawn = figure(edition, en)
    dots = [trace for trace in drawn["data"] if trace["name"] == "projection"]
    printed = sorted(seats for seats in edition.projection.allocation.values() if seats)
    assert sorted(seats for trace in dots for seats in trace["y"]) == printed
    assert {day for trace in dots for day in trace["x"]} == {"2019-09-17"}
    beta = next(item for item in edition.projection.lists if item.id == "beta")
    text = next(note["text"] for note in drawn["layout"]["annotations"] if note.get("name") == "end:beta")
    assert text == f"Beta <b>{edition.projection.allocation['beta']}</b> ({beta.seats.q05:.0f}–{beta.seats.q95:.0f})"


def test_before_the_lists_close_lines_end_in_a_vote_of_that_day_and_not_of_election_day(edition: Edition) -> None:
    finding = block_of(view_of(edition, "/trends"), "trend").finding
    assert finding.key == "trends.summary_ends"
    lists = [item.model_copy(update={"seats": None}) for item in edition.projection.lists]
    edition.projection = edition.projection.model_copy(update={"lists": lists})
    assert block_of(view_of(edition, "/trends"), "trend").finding.key == "trends.summary_ends_now"


def test_a_list_under_the_threshold_has_a_share_and_no_seats(edition: Edition, en: Translator) -> None:
    seats = {"alpha": 50, "beta": 58, "gamma": 12, "delta": 0}
    edition.projection = edition.projection.model_copy(update={"allocation": seats})
    assert named(figure(edition, en, lists="alpha"), "line:delta") == []
    chart = figure(edition, en, lists="delta")
    assert [note["text"] for note in chart["layout"]["annotations"] if note.get("name") == "end:delta"] == [
        "Delta <b>3.2%</b>"
    ]
    assert sorted(value for trace in named(chart, "projection") for value in trace["y"]) == [12, 50, 58]


def test_small_lists_have_a_panel_of_their_own_with_the_threshold(edition: Edition, en: Translator) -> None:
    drawn, most = figure(edition, en), 3 * threshold_level(edition.projection, "seats")
    small = {f"line:{name}" for name, seats in edition.projection.allocation.items() if seats < most}
    assert {trace["name"] for trace in named(drawn, "line:") if trace.get("yaxis") == "y2"} == small
    zones = [shape for shape in drawn["layout"]["shapes"] if shape["name"] == "threshold"]
    assert [zone["yref"] for zone in zones] == ["y2"]
    assert any("3.25%" in note["text"] for note in drawn["layout"]["annotations"])


def test_after_the_last_poll_a_line_is_dotted(edition: Edition, en: Translator) -> None:
    drawn = figure(edition, en)
    after = named(drawn, "after:beta")[0]
    assert after["line"]["dash"] == "dot"
    days = [day for day, value in zip(after["x"], after["y"], strict=True) if value is not None]
    assert days == ["2019-08-30", "2019-08-31", "2019-09-01"]
    assert [shape["x0"] for shape in drawn["layout"]["shapes"] if shape["name"] == "last-poll"] == ["2019-08-30"]


def test_a_gap_stays_a_gap(edition: Edition, en: Translator) -> None:
    line = named(figure(edition, en), "line:alpha")[0]
    assert line["y"][20:23] == [None, None, None]
    assert "connectgaps" not in line


def test_thin_parts_are_drawn_faint_and_meet_the_firm_ones(edition: Edition, en: Translator) -> None:
    drawn = figure(edition, en)
    firm, faint = named(drawn, "line:alpha")[0], named(drawn, "thin:alpha")[0]
    assert firm["y"][:9] == [None] * 9
    assert firm["y"][9] == faint["y"][9] is not None
    assert faint["y"][10:] == [None] * (editions.DAYS - 10)


def test_a_band_that_reaches_down_to_none_is_left_out(edition: Edition) -> None:
    """In or out is no width: of the two stretches only the one above nought is drawn."""
    shown = block_of(view_of(edition, "/trends"), "trend").values
    assert isinstance(shown, TrendValues)
    days = len(shown.days)
    item = shown.lines[0].model_copy(update={"low": (0.0,) + (4.0,) * (days - 1), "high": (5.0,) * days})
    (band,) = traces.band(item, shown)
    assert len(band["x"]) == 2 * (days - 1)
    assert 0.0 not in band["y"]
    assert traces.band(item.model_copy(update={"low": (0.0,) * days}), shown) == []


def test_lowess_has_no_band(edition: Edition, en: Translator) -> None:
    assert named(figure(edition, en, line="lowess"), "band:") == []


def test_share_is_in_per_cent(edition: Edition, en: Translator) -> None:
    drawn = figure(edition, en, unit="share")
    line = named(drawn, "after:alpha")[0]
    assert line["y"][-1] == pytest.approx(100 * edition.trend.lines[0].share[-1], abs=0.06)


def test_a_drawing_begins_on_the_day_asked_for(edition: Edition, en: Translator) -> None:
    line = named(figure(edition, en, **{"from": "2019-08-02"}), "line:alpha")[0]
    assert (line["x"][0], line["x"][-1]) == ("2019-08-02", "2019-09-01")


def test_the_result_is_a_diamond_on_the_day_of_the_vote(edition: Edition, en: Translator) -> None:
    results = named(figure(edition, en, result={"alpha": 51}), "result")
    assert {day for trace in results for day in trace["x"]} == {"2019-09-17"}
    assert sorted(seats for trace in results for seats in trace["y"]) == [0, 0, 0, 51]


def test_a_period_begins_on_a_day_that_its_slider_offers(edition: Edition) -> None:
    edition.trend = editions.trend(editions.draws(), days=1400, polls=680)
    offered = steps(edition)
    assert (offered[2] - offered[1]).days == 7  # the first is both ends
    assert block_of(view_of(edition, "/trends", range="3m"), "trend").values.days[0] in offered


def test_events_have_numbers_in_the_chart_and_are_told_whole_beneath_it_and_in_its_pictures(
    edition: Edition, en: Translator
) -> None:
    block = block_of(view_of(edition, "/trends"), "trend")
    for marks in (block.drawn(en)["layout"], block.drawn(en)["narrow"]):
        numbers = [note["text"] for note in marks["annotations"] if note.get("name") == "event"]
        assert numbers[-1].endswith("2")
        assert len([shape for shape in marks["shapes"] if shape["name"] == "event"]) == 2
    listed = next(note for note in block.notes if isinstance(note, Lines))
    assert listed.is_ordered
    texts = [event.texts["en"] for event in sorted(edition.reference.events, key=lambda event: event.date)]
    key = [text for row in files._key(block, en) for _, text in row][-1]
    assert [key.count(text) for text in texts] == [1, 1]
    assert "…" not in key
    assert key.startswith("(1)")


def test_events_too_near_each_other_for_a_number_each_share_one(edition: Edition) -> None:
    shown = block_of(view_of(edition, "/trends"), "trend").values
    first = shown.events[0]
    days = [shown.days[0] + timedelta(days) for days in (0, 2, 3, 12, 30)]
    many = shown.model_copy(update={"events": tuple(first.model_copy(update={"day": day}) for day in days)})
    assert event_groups(many, PHONE) == [(1, 3), (4, 4), (5, 5)]


def test_the_threshold_in_seats_follows_the_formula_of_the_trend(edition: Edition) -> None:
    above = sum(item.trend_share_pct for item in edition.projection.lists if item.trend_share_pct >= 3.25)
    assert threshold_level(edition.projection, "seats") == pytest.approx(120 * 3.25 / above)
    assert threshold_level(edition.projection, "share") == 3.25


def test_a_tag_in_a_name_is_text(tmp_path: Path, en: Translator) -> None:
    edition = editions.publish(tmp_path, names=dict.fromkeys(editions.LISTS, '<a href="javascript:x">x</a>'))
    assert "<a" not in json.dumps(figure(edition, en))


def test_every_dot_names_its_poll_and_leads_to_it(edition: Edition, en: Translator) -> None:
    edition.polls.polls[-1] = edition.polls.polls[-1].model_copy(update={"sample_size": 600})
    dots = [dot.model_copy(update={"poll": "2019-08-30-firm"}) for dot in edition.trend.lines[0].dots]
    lines = [edition.trend.lines[0].model_copy(update={"dots": dots}), *edition.trend.lines[1:]]
    drawn = figure(edition, en, trend=edition.trend.model_copy(update={"lines": lines}))
    polls = named(drawn, "polls:alpha")[0]
    assert {place for place, _ in polls["customdata"]} == {"/polls?poll=2019-08-30-firm#asked"}
    assert {label for _, label in polls["customdata"]} == {"Firm · 30 Aug 2019 · n = 600"}


def test_a_long_campaign_with_many_polls_stays_small(edition: Edition, en: Translator) -> None:
    drawn = figure(edition, en, trend=editions.trend(editions.draws(), days=1400, polls=680), range="all")
    assert len(named(drawn, "line:alpha")[0]["x"]) <= 241
    assert len(gzip.compress(to_json(drawn))) < 40_000


def test_a_sum_of_parties_before_they_ran_together_is_an_open_dot_and_the_key_says_so(
    edition: Edition, en: Translator
) -> None:
    assert not any(isinstance(note, Key) for note in block_of(view_of(edition, "/trends"), "trend").notes)
    first, *others = edition.trend.lines
    dots = [dot.model_copy(update={"composed": at < 3}) for at, dot in enumerate(first.dots)]
    edition.trend = edition.trend.model_copy(update={"lines": [first.model_copy(update={"dots": dots}), *others]})
    drawn = figure(edition, en)
    (parts,), (polls,) = named(drawn, f"parts:{first.id}"), named(drawn, f"polls:{first.id}")
    assert parts["x"] == [dot.date.isoformat() for dot in dots[:3]]
    assert len(polls["x"]) == len(dots) - 3
    assert (parts["marker"]["symbol"], "symbol" in polls["marker"]) == ("circle-open", False)
    assert [trace["name"] for trace in drawn["data"]].index(parts["name"]) == 0, "paper is behind other dots"
    for path, block, state in (("/trends", "trend", {}), ("/list", "line", {"list": first.id})):
        notes = block_of(view_of(edition, path, **state), block).notes
        (key,) = [note for note in notes if isinstance(note, Key)]
        assert [mark for mark, _ in key.marks] == ["poll", "parts"]
        assert {mark for mark, _ in key.marks} <= card.GLYPHS.keys()


def test_one_firms_dots_stand_out_and_the_lines_stay(edition: Edition, en: Translator) -> None:
    polls = [poll.model_copy(update={"poll": f"p{at}"}) for at, poll in enumerate(edition.polls.polls, start=3)]
    edition.polls = edition.polls.model_copy(update={"polls": polls})
    drawn, every = figure(edition, en, firm="firm"), figure(edition, en)
    assert {len(trace["x"]) for trace in named(drawn, "polls:")} == {2}
    assert named(drawn, "polls:")[0]["marker"]["opacity"] > named(every, "polls:")[0]["marker"]["opacity"]
    assert named(drawn, "line:") == named(every, "line:")


def test_the_way_from_the_polls_to_the_projection_adds_up(edition: Edition) -> None:
    rows = [
        BridgeRow(list=name, bloc=None, shares_seats=seats - 1.0, threshold_and_rounding_seats=0.4,
                  firms_in_the_field_seats=0.3, polling_error_seats=0.2, allocation_seats=0.1, printed_seats=seats)
        for name, seats in edition.projection.allocation.items()
    ]  # fmt: skip
    edition.projection = edition.projection.model_copy(update={"bridge": rows})
    block = block_of(view_of(edition, "/trends"), "bridge")
    assert block.table is not None
    assert block.claims_sum == (("printed_seats", 120),)
    for _, *parts, printed in block.table.rows:
        assert sum(parts) == pytest.approx(printed)  # type: ignore[arg-type]


def test_a_drawing_ends_on_the_day_asked_for_and_without_the_result(edition: Edition, en: Translator) -> None:
    drawn = figure(edition, en, result={"alpha": 51}, to="2019-08-20")
    assert named(drawn, "line:alpha")[0]["x"][-1] == "2019-08-20"
    assert max(day for trace in named(drawn, "polls:") for day in trace["x"]) <= "2019-08-20"
    assert named(drawn, "result") == named(drawn, "projection") == []


def test_blocs_have_lines_without_bands_against_the_majority(edition: Edition, en: Translator) -> None:
    drawn = figure(edition, en, of="blocs")
    assert {trace["name"] for trace in named(drawn, "line:")} == {"line:north", "line:south"}
    assert named(drawn, "band:") == []
    assert [shape["y0"] for shape in drawn["layout"]["shapes"] if shape["name"] == "majority"] == [editions.MAJORITY]
    assert {trace["line"]["color"] for trace in named(drawn, "line:")} == {"@bloc:north", "@bloc:south"}


def test_small_multiples_draw_every_list_on_axes_of_its_own(edition: Edition, en: Translator) -> None:
    drawn = figure(edition, en, panels="each")
    axes = {trace["name"]: (trace["xaxis"], trace["yaxis"]) for trace in named(drawn, "line:")}
    assert len(set(axes.values())) == len(editions.LISTS)
    for laid_out in (drawn["layout"], drawn["narrow"]):
        places = [tuple(laid_out[name]["domain"]) for name in laid_out if name.startswith("yaxis")]
        assert all(0 <= low < high <= 1 for low, high in places)
        assert len(laid_out["annotations"]) == len(editions.LISTS)


@pytest.mark.parametrize("ends", [("auto", 1), (1, 1), (-1, 1), (-1, -1), (1, 2), ("auto", "auto")])
def test_a_period_of_any_two_days_that_the_sliders_offer_is_drawn(
    client: FlaskClient, edition: Edition, ends: tuple[int | str, int | str]
) -> None:
    days = parameters(edition)["to"].options
    since, until = (end if isinstance(end, str) else days[end] for end in ends)
    assert client.get(f"/trends?from={since}&to={until}").status_code == 200
