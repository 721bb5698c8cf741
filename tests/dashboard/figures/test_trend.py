"""The trend chart: a line a list, honest gaps, faint thin parts, and a bounded size."""

import gzip
import json
from dataclasses import replace

import pytest

from dashboard.documents import to_json
from dashboard.figures.trend import trend_figure
from dashboard.figures.trend_scale import TrendChoice, threshold_level
from dashboard.i18n import Translator
from pipelines.editions.schema import Trend
from pipelines.editions.store import Edition
from tests.dashboard import editions

ALL = TrendChoice("seats", "model", tuple(editions.LISTS), None)


def figure(
    edition: Edition, t: Translator, choice: TrendChoice = ALL, trend: Trend | None = None, **changes: object
) -> dict:
    projection = edition.projection.model_copy(update=changes)
    lists = {item.id: item for item in edition.reference.lists}
    return trend_figure(trend or edition.trend, projection, lists, edition.reference.events, choice, t)


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


def test_a_period_begins_so_many_days_before_the_end(edition: Edition, en: Translator) -> None:
    line = named(figure(edition, en, replace(ALL, days=30)), "line:alpha")[0]
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
    lists = {
        item.id: item.model_copy(update={"short_en": '<a href="javascript:x">x</a>'})
        for item in edition.reference.lists
    }
    drawn = trend_figure(edition.trend, edition.projection, lists, [], ALL, en)
    assert "<a" not in json.dumps(drawn)


def test_a_long_campaign_with_many_polls_stays_small(edition: Edition, en: Translator) -> None:
    long = editions.trend(editions.draws(), days=1400, polls=680)
    drawn = figure(edition, en, trend=long)
    assert len(named(drawn, "line:alpha")[0]["x"]) <= 241
    assert len(gzip.compress(to_json(drawn))) < 30_000
