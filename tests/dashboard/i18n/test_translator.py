"""Numbers, dates, plurals and names in both languages."""

from datetime import date
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.blocks import Moment, Number, Zone, words
from dashboard.drawing import layout
from dashboard.i18n import Translator, languages, translator
from dashboard.names import named
from dashboard.render import svg
from dashboard.render.text import name_text, say
from pipelines.editions.store import Edition
from tests.dashboard.conftest import block_of, view_of


def test_a_day_carries_its_year(en: Translator, he: Translator) -> None:
    assert en.date(date(2019, 9, 13)) == "13 Sept 2019"
    assert he.date(date(2019, 9, 13)) == "13 בספטמבר 2019"


@pytest.mark.parametrize(
    ("probability", "words"),
    [
        (0.0, "fewer than 1 of 100 simulations"),
        (0.004, "fewer than 1 of 100 simulations"),
        (0.5712, "57 of 100 simulations"),
        (0.994, "99 of 100 simulations"),
        (0.9951, "more than 99 of 100 simulations"),
        (1.0, "more than 99 of 100 simulations"),
    ],
)
def test_a_chance_is_simulations_never_certainty(en: Translator, probability: float, words: str) -> None:
    assert en.chance(probability) == words


def test_one_seat_is_singular(en: Translator, he: Translator) -> None:
    assert en("count.polls", n=1) == "1 poll"
    assert en("count.polls", n=2) == "2 polls"
    assert he("count.polls", n=1) == "סקר אחד"


def test_a_negative_number_keeps_its_sign_in_front_in_hebrew(he: Translator) -> None:
    assert he.number(-4) == "\u2066\u22124\u2069"
    assert he.span(27, 37) == "\u206627–37\u2069"


def test_a_negative_zero_is_nought(en: Translator) -> None:
    assert en.number(-0.04, 1) == "0.0"
    assert en.signed(-0.0) == "0"


def test_names_lose_invisible_and_directional_characters(en: Translator) -> None:
    assert name_text(named(SimpleNamespace(names={"en": "Mid\u202egam\u200b", "he": ""})), en) == "Midgam"


def test_a_name_of_the_other_direction_is_isolated(en: Translator, he: Translator) -> None:
    assert en.isolated("Likud") == "Likud"
    assert en.isolated("הליכוד") == "\u2068הליכוד\u2069"
    assert he.isolated("Likud") == "\u2068Likud\u2069"


def test_names_are_joined_as_people_do(en: Translator) -> None:
    assert [en.join(names) for names in ([], ["A"], ["A", "B"], ["A", "B", "C"])] == ["", "A", "A and B", "A, B and C"]


def test_braces_in_a_name_are_no_places(en: Translator) -> None:
    assert "{0.__class__}" in en("trends.summary_item", name="{0.__class__}", value="1")


@pytest.mark.parametrize(
    ("lang", "percent", "number", "day", "days", "names"),
    [
        ("en", "1.5%", "1,234.5", "29 Nov 2026", "2\u00a0–\u00a09 Nov 2026", "A, B and C"),
        ("he", "\u20661.5%\u2069", "1,234.5", "29 בנובמבר 2026", "2–9 בנוב׳ 2026", "A, B ו־C"),
        ("sv", "1,5\u00a0%", "1\u00a0234,5", "29 nov. 2026", "2–9 nov. 2026", "A, B och C"),
    ],
)
def test_numbers_days_and_lists_are_written_as_the_language_writes_them(
    lang: str, percent: str, number: str, day: str, days: str, names: str
) -> None:
    t = translator(lang)
    assert (t.percent(1.5), t.number(1234.5, 1)) == (percent, number)
    assert (t.date(date(2026, 11, 29)), t.days(date(2026, 11, 2), date(2026, 11, 9))) == (day, days)
    assert t.join(["A", "B", "C"]) == names


@given(st.floats(-1e6, 1e6, allow_nan=False), st.integers(0, 3))
def test_every_language_writes_the_same_digits(value: float, digits: int) -> None:
    """Rounded once: a half is not up in one language and down in another."""
    written = ["".join(filter(str.isdigit, translator(lang).number(value, digits))) for lang in languages()]
    assert len(set(written)) == 1
    assert written[0] == "".join(filter(str.isdigit, f"{round(value, digits):.{digits}f}"))


@pytest.mark.parametrize(
    ("zone", "words"), [("Europe/Stockholm", "9 Nov 2026, 19:30"), ("Pacific/Chatham", "10 Nov 2026, 08:15")]
)
def test_a_moment_is_said_on_the_clock_of_its_zone(en: Translator, zone: str, words: str) -> None:
    assert say(Moment("2026-11-09T18:30:00+00:00", zone), en) == words
    assert say(Moment("2026-11-09T18:30:00+00:00", zone, is_hour=True), en) == words[-5:]
    assert say(Zone("Europe/Stockholm"), en) == "Sweden Time"


def test_a_count_that_is_a_number_chooses_its_form(en: Translator) -> None:
    assert say(words("count.seats", n=Number(1)), en) == "1 seat"
    assert say(words("count.seats", n=Number(1.5, 1)), en) == "1.5 seats"
    assert say(words("coalitions.against", n=0), en) == "conflicts with no recorded position"


@pytest.mark.parametrize(("lang", "marks"), [("en", ".,"), ("he", ".,"), ("sv", ",\u00a0")])
def test_a_drawing_writes_numbers_as_its_language_does(edition: Edition, lang: str, marks: str) -> None:
    t = translator(lang)
    assert t.separators == marks
    votes = block_of(view_of(edition, "/threshold"), "votes").drawn(t)
    assert votes is not None
    assert votes["layout"]["separators"] == marks
    axes = {"xaxis": {"range": [0, 1]}, "yaxis": {"range": [0, 1], "showticklabels": False}}
    drawn = {"data": [], "narrow": {}, "layout": layout(90, (0, 0, 0, 0), separators=marks, **axes)}
    assert f"0{marks[0]}2" in svg.inside(drawn, "desk", 300, t.is_rtl)
