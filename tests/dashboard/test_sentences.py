"""The sentences say what the numbers say, in both languages, and no more."""

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pytest

from dashboard import sentences, status
from dashboard.i18n import HIDDEN, Translator, translator
from dashboard.reader import Reader
from dashboard.render.text import say
from dashboard.seats import in_doubt
from dashboard.view import View
from tests.dashboard import editions


def view_of(folder: Path, today: date = date(2019, 9, 2), lang: str = "en", **changes: object) -> View:
    editions.publish(folder, **changes)
    reader = Reader(folder)
    return View("/", reader.edition(), None, lang, today, {}, (), reader.elections())


def test_the_headline_sets_the_sides_against_each_other_and_they_add_up(view: View, en: Translator) -> None:
    sentence, projection = say(sentences.headline(view), en), view.projection
    seats = {bloc.id: sum(projection.allocation[name] for name in bloc.lists) for bloc in projection.blocs}
    assert sum(seats.values()) == projection.house_size
    north = projection.blocs[0]
    assert seats["north"] >= projection.majority
    chance = round(100 * north.p_majority)
    assert sentence == f"North at {seats['north']}, a majority in {chance} of 100 simulations: South {seats['south']}"


def test_without_a_majority_every_side_is_named_and_what_is_in_none(tmp_path: Path, en: Translator) -> None:
    base = editions.projection(editions.draws())
    north = base.blocs[0].model_copy(update={"lists": ["alpha"]})
    view = view_of(tmp_path, blocs=[north], allocation={"alpha": 50, "beta": 50, "gamma": 14, "delta": 6})
    assert say(sentences.headline(view), en) == "No side has 61 alone: North 50, others 70"


def test_every_language_has_the_same_numbers(view: View, en: Translator, he: Translator) -> None:
    def digits(text: str) -> list[str]:
        return sorted("".join(char if char.isdigit() else " " for char in text).split())

    for sentence in (sentences.headline(view), sentences.standing(view)):
        assert digits(say(sentence, he)) == digits(say(sentence, en))
    assert "צפון" in say(sentences.headline(view), he)


@pytest.mark.parametrize(("sure", "start"), [(0.81, "Beta leads"), (0.79, "Level: Beta (60) and Alpha (40).")])
def test_a_list_leads_only_where_it_has_more_seats_in_eighty_of_a_hundred(
    tmp_path: Path, en: Translator, sure: float, start: str
) -> None:
    view = view_of(tmp_path, allocation={"alpha": 40, "beta": 60, "gamma": 14, "delta": 6})
    draws, seats = view.edition.seat_draws, view.edition.seat_draws.seats.copy()
    first = np.arange(draws.draws) < sure * draws.draws
    seats[draws.lists.index("beta")], seats[draws.lists.index("alpha")] = np.where(first, 60, 40), 50
    view.edition.seat_draws = replace(draws, seats=seats)
    assert say(sentences.standing(view), en).startswith(start)


TENSES = {
    "under way": (date(2019, 9, 2), {}),
    "ban": (date(2019, 9, 15), {"ban": (datetime(2019, 9, 13), datetime(2019, 9, 17, 22))}),
    "no result": (date(2019, 9, 20), {"kind": "final", "warnings": ["no-result-recorded"]}),
    "result": (date(2019, 9, 20), {"kind": "final", "result": {"alpha": 51, "beta": 69}}),
}
HEARD = {
    "en": {
        "under way": ["a majority in"],
        "ban": ["a majority in", "frozen"],
        "no result": ["No result is recorded here.", "stood at", "no result recorded"],
        "result": ["Result: Beta 69, South 69.", "On the last day the projection said"],
    },
    "he": {
        "under way": ["רוב –"],
        "ban": ["רוב –", "מוקפאת"],
        "no result": ["לא נרשמה כאן תוצאה.", "לפי סקרים עד"],
        "result": ["התוצאה: ביתא 69, דרום 69.", "התחזית ביום האחרון"],
    },
    "sv": {
        "under way": ["majoritet i"],
        "ban": ["majoritet i", "fryst"],
        "no result": ["Inget valresultat finns här.", "låg North på"],
        "result": ["Resultat: Beta 69, South 69.", "Sista dagen sade projektionen"],
    },
}


@pytest.mark.parametrize("lang", HEARD)
@pytest.mark.parametrize("tense", TENSES)
def test_four_tenses_in_each_language(tmp_path: Path, tense: str, lang: str) -> None:
    today, changes = TENSES[tense]
    view = view_of(tmp_path, today, lang, **changes)
    t = translator(lang)
    text = f"{say(sentences.headline(view), t)} {kinds(view, t)}"
    for wanted in HEARD[lang][tense]:
        assert wanted in HIDDEN.sub("", text)
    text = HIDDEN.sub("", text)
    assert (HEARD[lang]["no result"][0] in text) == (tense == "no result")
    assert (HEARD[lang]["result"][-1] in text) == (tense == "result")


def kinds(view: View, t: Translator) -> str:
    return " ".join(say(text, t) for _, text in status.notices(view))


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
    text = kinds(view, en)
    assert text == "The polls on record end 30 Aug 2019; the vote was on 17 Sept 2019; no result recorded."


def test_a_nowcast_is_not_called_a_projection(tmp_path: Path, en: Translator) -> None:
    base = editions.projection(editions.draws())
    lists = [item.model_copy(update={"seats": None}) for item in base.lists]
    assert "A nowcast" in kinds(view_of(tmp_path, lists=lists, warnings=["lists-not-closed"]), en)


def test_a_stale_edition_is_said(tmp_path: Path, en: Translator) -> None:
    fresh = view_of(tmp_path, date(2019, 9, 3))
    assert "newer polls may be missing" not in kinds(fresh, en)
    assert "newer polls may be missing" in kinds(replace(fresh, is_stale=True), en)


def test_fallbacks_and_unknown_warnings_are_said(tmp_path: Path, en: Translator) -> None:
    text = kinds(view_of(tmp_path, fallback=["alpha"], warnings=["something-new"]), en)
    assert "Simpler smoothing was used for Alpha." in text
    assert "something-new" in text


@pytest.mark.parametrize("lang", ["en", "he"])
def test_only_lists_in_doubt_stand_near_the_threshold(view: View, lang: str) -> None:
    assert [item.id for item in in_doubt(replace(view, lang=lang).projection)] == ["delta"]
