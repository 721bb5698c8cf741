"""Formation: days by the law as data, and what a vote of confidence takes; not modelled where the law is not data."""

from dataclasses import replace
from datetime import date

import pytest

from dashboard.i18n import Translator
from dashboard.pages.formation.page import abstentions_needed, blocks, headline, last_days
from dashboard.render.text import say
from electoral.investiture import Investiture
from pipelines.editions.schema.projection import FormationStep
from pipelines.editions.store import Edition
from tests.dashboard.conftest import view_of


def test_a_government_of_sixty_is_accepted_by_one_abstention() -> None:
    """60 for, 59 against, one abstaining: 13 June 2021."""
    assert abstentions_needed(Investiture.POSITIVE, 60, 60, 120) == 1
    assert Investiture.POSITIVE.margin(60, 59, 120) > 0
    assert Investiture.POSITIVE.margin(60, 60, 120) <= 0


@pytest.mark.parametrize(
    ("rule", "own", "needed"),
    [
        (Investiture.POSITIVE, 61, 0),
        (Investiture.POSITIVE, 52, 17),
        (Investiture.POSITIVE, 0, None),
        (Investiture.NEGATIVE, 60, 0),
        (Investiture.NEGATIVE, 59, 1),
        (Investiture.MAJORITY_OF_MEMBERS, 60, None),
        (Investiture.NONE, 61, None),
    ],
)
def test_abstentions_are_counted_by_the_rule_of_the_house(rule: Investiture, own: int, needed: int | None) -> None:
    abstentions = abstentions_needed(rule, own, 120 - own, 120)
    assert abstentions == needed
    if abstentions:
        assert rule.margin(own, 120 - own - abstentions, 120) > 0
        assert rule.margin(own, 120 - own - abstentions + 1, 120) <= 0


def test_where_nobody_wrote_the_law_down_it_is_not_modelled(edition: Edition, en: Translator) -> None:
    view = view_of(edition, "/formation")
    assert say(headline(view), en) == "How a government is formed is not modelled for this parliament."
    assert len(blocks(view)) == 1


def test_each_step_ends_its_days_after_the_one_before(edition: Edition) -> None:
    steps = [FormationStep(id=name, names={"en": name}, days=days, law="s. 1") for name, days in (("a", 8), ("b", 7))]
    reference = edition.reference
    electorate = reference.electorate.model_copy(update={"formation": steps})
    edition.__dict__["reference"] = reference.model_copy(update={"electorate": electorate})
    view = view_of(edition, "/formation")
    assert last_days(view) == [date(2019, 9, 25), date(2019, 10, 2)], "the vote was on 17 September"
    open_one = reference.election.model_copy(update={"is_date_open": True})
    edition.__dict__["reference"] = edition.reference.model_copy(update={"election": open_one})
    assert last_days(replace(view)) == [None, None]
