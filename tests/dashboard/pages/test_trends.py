"""The trend chart: a line a list, honest gaps, faint thin parts, and a bounded size."""

import gzip
import json
from pathlib import Path

import pytest

from dashboard.blocks import FigureDict
from dashboard.documents import to_json
from dashboard.i18n import Translator
from dashboard.pages.trends.lines import threshold_level
from pipelines.editions.schema import Trend
from pipelines.editions.store import Edition
from tests.dashboard import editions
from tests.dashboard.conftest import figure_of, view_of


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


def test_every_list_has_a_line_a_band_its_dots_and_a_label(edition: Edition, en: Translator) -> None:
    drawn = figure(edition, en)
    for start in ("line:", "band:", "polls:"):
        assert {trace["name"].removeprefix(start) for trace in named(drawn, start)} == set(editions.LISTS)
    ends = [note for note in drawn["layout"]["annotations"] if note.get("name", "").startswith("end:")]
    assert len(ends) == len(editions.LISTS)


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


def test_lowess_has_no_band(edition: Edition, en: Translator) -> None:
    assert named(figure(edition, en, line="lowess"), "band:") == []


def test_share_is_in_per_cent(edition: Edition, en: Translator) -> None:
    drawn = figure(edition, en, unit="share")
    line = named(drawn, "line:alpha")[0]
    assert line["y"][-1] == pytest.approx(100 * edition.trend.lines[0].share[-1], abs=0.06)


def test_a_drawing_begins_on_the_day_asked_for(edition: Edition, en: Translator) -> None:
    line = named(figure(edition, en, **{"from": "2019-08-02"}), "line:alpha")[0]
    assert (line["x"][0], line["x"][-1]) == ("2019-08-02", "2019-09-01")


def test_the_result_is_a_diamond_on_the_day_of_the_vote(edition: Edition, en: Translator) -> None:
    result = named(figure(edition, en, result={"alpha": 51}), "result")[0]
    assert set(result["x"]) == {"2019-09-17"}
    assert sorted(result["y"]) == [0, 0, 0, 51]


def test_events_too_close_together_share_a_mark(edition: Edition, en: Translator) -> None:
    notes = figure(edition, en)["narrow"]["annotations"]
    assert "1–2" in [note["text"] for note in notes]


def test_the_threshold_in_seats_follows_the_formula_of_the_trend(edition: Edition) -> None:
    above = sum(item.trend_share_pct for item in edition.projection.lists if item.trend_share_pct >= 3.25)
    assert threshold_level(edition.projection, "seats") == pytest.approx(120 * 3.25 / above)
    assert threshold_level(edition.projection, "share") == 3.25


def test_a_tag_in_a_name_is_text(tmp_path: Path, en: Translator) -> None:
    edition = editions.publish(tmp_path, names=dict.fromkeys(editions.LISTS, '<a href="javascript:x">x</a>'))
    assert "<a" not in json.dumps(figure(edition, en))


def test_every_dot_names_its_firm(edition: Edition, en: Translator) -> None:
    dots = [dot.model_copy(update={"poll": "2019-08-30-firm"}) for dot in edition.trend.lines[0].dots]
    lines = [edition.trend.lines[0].model_copy(update={"dots": dots}), *edition.trend.lines[1:]]
    drawn = figure(edition, en, trend=edition.trend.model_copy(update={"lines": lines}))
    assert set(named(drawn, "polls:alpha")[0]["text"]) == {"Firm"}


def test_a_long_campaign_with_many_polls_stays_small(edition: Edition, en: Translator) -> None:
    drawn = figure(edition, en, trend=editions.trend(editions.draws(), days=1400, polls=680), range="all")
    assert len(named(drawn, "line:alpha")[0]["x"]) <= 241
    assert len(gzip.compress(to_json(drawn))) < 40_000


def test_one_firms_dots_stand_out_and_the_lines_stay(edition: Edition, en: Translator) -> None:
    polls = [poll.model_copy(update={"poll": f"p{at}"}) for at, poll in enumerate(edition.polls.polls, start=3)]
    edition.polls = edition.polls.model_copy(update={"polls": polls})
    drawn, every = figure(edition, en, firm="firm"), figure(edition, en)
    assert {len(trace["x"]) for trace in named(drawn, "polls:")} == {2}
    assert named(drawn, "polls:")[0]["marker"]["opacity"] > named(every, "polls:")[0]["marker"]["opacity"]
    assert named(drawn, "line:") == named(every, "line:")


def test_a_drawing_ends_on_the_day_asked_for_and_without_the_result(edition: Edition, en: Translator) -> None:
    drawn = figure(edition, en, result={"alpha": 51}, to="2019-08-20")
    assert named(drawn, "line:alpha")[0]["x"][-1] == "2019-08-20"
    assert max(day for trace in named(drawn, "polls:") for day in trace["x"]) <= "2019-08-20"
    assert named(drawn, "result") == []


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
