"""The trend chart: a line a list, honest gaps, faint thin parts, and a bounded size."""

import gzip
import json
from dataclasses import replace
from datetime import date

import pytest

from dashboard.bloc_lines import bloc_trend
from dashboard.documents import to_json
from dashboard.figures.multiples import multiples_figure
from dashboard.figures.trend import trend_figure
from dashboard.figures.trend_scale import TrendChoice, threshold_level, until
from dashboard.i18n import Translator
from pipelines.editions.schema import Trend
from pipelines.editions.store import Edition
from tests.dashboard import editions

ALL = TrendChoice("seats", "model", tuple(editions.LISTS))


def figure(
    edition: Edition, t: Translator, choice: TrendChoice = ALL, trend: Trend | None = None, **changes: object
) -> dict:
    projection = edition.projection.model_copy(update=changes)
    names = {item.id: t.short(item) for item in edition.reference.lists}
    return trend_figure(trend or edition.trend, projection, names, edition.reference.events, choice, t)


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
    assert named(figure(edition, en, replace(ALL, smoother="lowess")), "band:") == []


def test_share_is_in_per_cent(edition: Edition, en: Translator) -> None:
    drawn = figure(edition, en, replace(ALL, unit="share"))
    line = named(drawn, "line:alpha")[0]
    assert line["y"][-1] == pytest.approx(100 * edition.trend.lines[0].share[-1], abs=0.06)


def test_a_drawing_begins_on_the_day_asked_for(edition: Edition, en: Translator) -> None:
    line = named(figure(edition, en, replace(ALL, start=date(2019, 8, 2))), "line:alpha")[0]
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


def test_a_tag_in_a_name_is_text(edition: Edition, en: Translator) -> None:
    names = dict.fromkeys(editions.LISTS, '<a href="javascript:x">x</a>')
    drawn = trend_figure(edition.trend, edition.projection, names, [], ALL, en)
    assert "<a" not in json.dumps(drawn)


def test_a_long_campaign_with_many_polls_stays_small(edition: Edition, en: Translator) -> None:
    long = editions.trend(editions.draws(), days=1400, polls=680)
    drawn = figure(edition, en, trend=long)
    assert len(named(drawn, "line:alpha")[0]["x"]) <= 241
    assert len(gzip.compress(to_json(drawn))) < 30_000


def test_one_firms_dots_stand_out_and_the_lines_stay(edition: Edition, en: Translator) -> None:
    drawn = figure(edition, en, replace(ALL, polls=frozenset({"p3", "p4"})))
    every = figure(edition, en)
    assert {len(trace["x"]) for trace in named(drawn, "polls:")} == {2}
    assert named(drawn, "polls:")[0]["marker"]["opacity"] > named(every, "polls:")[0]["marker"]["opacity"]
    assert named(drawn, "line:") == named(every, "line:")


def test_a_drawing_ends_on_the_day_asked_for_and_without_the_result(edition: Edition, en: Translator) -> None:
    drawn = figure(edition, en, trend=until(edition.trend, date(2019, 8, 20)), result={"alpha": 51})
    assert named(drawn, "line:alpha")[0]["x"][-1] == "2019-08-20"
    assert max(day for trace in named(drawn, "polls:") for day in trace["x"]) <= "2019-08-20"
    assert named(drawn, "result") == []


def test_blocs_have_lines_without_bands_against_the_majority(edition: Edition, en: Translator) -> None:
    choice = replace(ALL, shown=tuple(editions.BLOCS), subject="blocs")
    names = {bloc: bloc.title() for bloc in editions.BLOCS}
    drawn = trend_figure(bloc_trend(edition), edition.projection, names, [], choice, en)
    assert [trace["name"] for trace in named(drawn, "line:")] == ["line:north", "line:south"]
    assert named(drawn, "band:") == []
    assert [shape["y0"] for shape in drawn["layout"]["shapes"] if shape["name"] == "majority"] == [editions.MAJORITY]
    assert named(drawn, "line:north")[0]["line"]["color"] == "@bloc:north"


def test_small_multiples_draw_every_list_on_axes_of_its_own(edition: Edition, en: Translator) -> None:
    names = {item.id: en.short(item) for item in edition.reference.lists}
    drawn = multiples_figure(edition.trend, edition.projection, names, ALL, en)
    axes = {trace["name"]: (trace["xaxis"], trace["yaxis"]) for trace in named(drawn, "line:")}
    assert len(set(axes.values())) == len(editions.LISTS)
    for laid_out in (drawn["layout"], drawn["narrow"]):
        places = [tuple(laid_out[name]["domain"]) for name in laid_out if name.startswith("yaxis")]
        assert all(0 <= low < high <= 1 for low, high in places)
        assert len(laid_out["annotations"]) == len(editions.LISTS)
