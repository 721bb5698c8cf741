"""Numbers, dates, plurals and names in both languages."""

from datetime import date
from types import SimpleNamespace

import pytest

from dashboard.i18n import Translator
from dashboard.names import named
from dashboard.render.text import name_text


def test_a_day_carries_its_year(en: Translator, he: Translator) -> None:
    assert en.date(date(2019, 9, 13)) == "13 Sep 2019"
    assert he.date(date(2019, 9, 13)) == "13 בספטמבר 2019"


@pytest.mark.parametrize(
    ("probability", "said"),
    [
        (0.0, "fewer than 1 of 100 simulations"),
        (0.004, "fewer than 1 of 100 simulations"),
        (0.5712, "57 of 100 simulations"),
        (0.994, "99 of 100 simulations"),
        (0.9951, "more than 99 of 100 simulations"),
        (1.0, "more than 99 of 100 simulations"),
    ],
)
def test_a_chance_is_simulations_never_certainty(en: Translator, probability: float, said: str) -> None:
    assert en.chance(probability) == said


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
    assert name_text(named(SimpleNamespace(name_en="Mid\u202egam\u200b", name_he="")), en) == "Midgam"


def test_a_name_of_the_other_direction_is_isolated(en: Translator, he: Translator) -> None:
    assert en.said("Likud") == "Likud"
    assert en.said("הליכוד") == "\u2068הליכוד\u2069"
    assert he.said("Likud") == "\u2068Likud\u2069"


def test_names_are_joined_as_people_do(en: Translator) -> None:
    assert [en.join(names) for names in ([], ["A"], ["A", "B"], ["A", "B", "C"])] == ["", "A", "A and B", "A, B and C"]


def test_braces_in_a_name_are_no_places(en: Translator) -> None:
    assert "{0.__class__}" in en("trends.summary_item", name="{0.__class__}", value="1")
