"""The sentences say what the numbers say, in both languages, and no more."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from dashboard import sentences
from dashboard.i18n import Translator
from dashboard.reader import Reader
from dashboard.render.text import say
from dashboard.view import View
from tests.dashboard import editions


def view_of(folder: Path, today: date = date(2019, 9, 2), lang: str = "en", **changes: object) -> View:
    editions.publish(folder, **changes)
    reader = Reader(folder)
    return View("/", reader.edition(), None, lang, today, {}, (), reader.elections())


def test_the_headline_says_the_projections_numbers(view: View, en: Translator) -> None:
    north = view.projection.blocs[0]
    said = say(sentences.headline(view), en)
    assert said.startswith("As of 1 Sept 2019, Beta stands at ")
    assert f"North stands at {sum(view.projection.allocation[name] for name in north.lists)}," in said
    assert f"between {north.seats.q05:.0f} and {north.seats.q95:.0f}" in said
    assert f"it reaches 61 in {round(100 * north.p_majority)} of 100 simulations" in said


def test_the_hebrew_headline_has_the_same_numbers(view: View, en: Translator, he: Translator) -> None:
    def digits(text: str) -> list[str]:
        return sorted("".join(char if char.isdigit() else " " for char in text).split())

    assert digits(say(sentences.headline(view), he)) == digits(say(sentences.headline(view), en))
    assert "ביתא" in say(sentences.headline(view), he)


def test_lists_that_are_level_are_called_level(tmp_path: Path, en: Translator) -> None:
    view = view_of(tmp_path, allocation={"alpha": 50, "beta": 50, "gamma": 14, "delta": 6})
    assert say(sentences.headline(view), en).startswith("As of 1 Sept 2019, Alpha and Beta are level at 50;")


def kinds(view: View, t: Translator) -> str:
    return " ".join(say(text, t) for _, text in sentences.notices(view))


def test_each_kind_of_edition_is_named(tmp_path: Path, en: Translator) -> None:
    after = date(2020, 1, 1)
    assert "16 days to the vote" in kinds(view_of(tmp_path / "a"), en)
    assert "A hindcast" in kinds(view_of(tmp_path / "b", after, kind="hindcast", result={"alpha": 61}), en)
    final = kinds(view_of(tmp_path / "c", after, kind="final", as_of=date(2019, 9, 16), result={"alpha": 61}), en)
    assert "the last day before the vote" in final


def test_a_campaign_whose_polls_stop_short_says_so(tmp_path: Path, en: Translator) -> None:
    view = view_of(
        tmp_path,
        date(2020, 1, 1),
        kind="final",
        as_of=date(2019, 9, 16),
        warnings=["polls-stop-short", "no-result-recorded"],
    )
    said = kinds(view, en)
    assert said == "The polls on record end 30 Aug 2019; the vote was on 17 Sept 2019; no result recorded."


def test_a_nowcast_is_not_called_a_projection(tmp_path: Path, en: Translator) -> None:
    base = editions.projection(editions.draws())
    lists = [item.model_copy(update={"seats": None}) for item in base.lists]
    assert "A nowcast" in kinds(view_of(tmp_path, lists=lists, warnings=["lists-not-closed"]), en)


def test_a_stale_edition_is_said(tmp_path: Path, en: Translator) -> None:
    fresh = view_of(tmp_path, date(2019, 9, 3))
    assert "newer polls may be missing" not in kinds(fresh, en)
    assert "newer polls may be missing" in kinds(replace(fresh, is_stale=True), en)


def test_fallbacks_and_unknown_warnings_are_said(tmp_path: Path, en: Translator) -> None:
    said = kinds(view_of(tmp_path, fallback=["alpha"], warnings=["something-new"]), en)
    assert "Simpler smoothing was used for Alpha." in said
    assert "something-new" in said


@pytest.mark.parametrize("lang", ["en", "he"])
def test_only_lists_in_doubt_stand_near_the_threshold(view: View, lang: str) -> None:
    assert [item.id for item in sentences.in_doubt(replace(view, lang=lang).projection)] == ["delta"]
