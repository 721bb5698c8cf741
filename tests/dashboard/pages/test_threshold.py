"""What hangs on the threshold, held against counting by hand over the same draws."""

from dataclasses import replace

import numpy as np
import pytest

from dashboard.blocks import Disclosure
from dashboard.i18n import Translator
from dashboard.pages.threshold import numbers
from dashboard.seats import setting_of
from electoral.apparentement import SurplusAgreement
from electoral.investiture import Investiture
from electoral.scenarios import Drop
from pipelines.editions.schema import Agreement
from pipelines.editions.store import Edition
from tests.dashboard import editions
from tests.dashboard.conftest import block_of, figure_of, view_of


def bloc(edition: Edition, name: str = "north"):
    return next(bloc for bloc in edition.projection.blocs if bloc.id == name)


def test_the_setting_is_the_one_that_gives_the_stored_seats(edition: Edition) -> None:
    setting = setting_of(edition)
    assert setting is not None
    assert setting.rules == replace(editions.RULES, investiture=Investiture.POSITIVE)
    assert setting.agreements == editions.AGREEMENTS
    assert np.array_equal(setting.allocate().seats, edition.seat_draws.seats)


def test_only_a_list_that_sometimes_fails_is_near(edition: Edition) -> None:
    assert [edge.name.id for edge in numbers.edges(view_of(edition, "/threshold"), bloc(edition))] == ["delta"]


def test_conditional_odds_are_shares_of_the_draws_that_meet_the_condition(edition: Edition) -> None:
    edge = numbers.edges(view_of(edition, "/threshold"), bloc(edition))[0]
    draws = edition.seat_draws
    holds = draws.row("alpha").astype(int) + draws.row("gamma") >= editions.MAJORITY
    passes = draws.row("delta") > 0
    assert edge.p_majority_if_passes is not None
    assert edge.p_majority_if_fails is not None
    assert edge.p_majority_if_passes == pytest.approx(holds[passes].mean())
    assert edge.p_majority_if_fails == pytest.approx(holds[~passes].mean())
    weight = passes.mean()
    total = weight * edge.p_majority_if_passes + (1 - weight) * edge.p_majority_if_fails
    assert total == pytest.approx(bloc(edition).p_majority)


def test_lost_votes_are_those_of_lists_that_fail(edition: Edition) -> None:
    fails = edition.seat_draws.row("delta") == 0
    lost = np.where(fails, edition.share_draws.row("delta"), 0.0)
    assert numbers.lost(edition).q95 == pytest.approx(100 * np.quantile(lost, 0.95))


def test_a_signed_agreement_is_worth_what_dropping_it_costs(edition: Edition) -> None:
    setting = setting_of(edition)
    assert setting is not None
    pairs = numbers.agreements(edition, setting, bloc(edition))
    assert [(pair.lists, pair.status) for pair in pairs] == [
        (("alpha", "gamma"), "signed"),
        (("beta", "delta"), "possible"),
    ]
    without = Drop(SurplusAgreement("alpha", "gamma")).apply(setting).allocate()
    rows = [0, 2]
    gained = edition.seat_draws.seats[rows].astype(int) - without.seats[rows]
    assert pairs[0].own_expected_seats == pytest.approx(gained.sum(axis=0).mean())
    assert pairs[0].p_majority_with == pytest.approx(bloc(edition).p_majority)


def test_a_reported_agreement_is_named_as_such_and_not_counted(edition: Edition) -> None:
    setting = setting_of(edition)
    assert setting is not None
    report = Agreement(
        lists=("delta", "beta"), status="reported", signed_date=None, sources={"en": "press", "he": "עיתונות"}
    )
    edition.reference = edition.reference.model_copy(update={"agreements_said": [report]})
    pairs = numbers.agreements(edition, setting, bloc(edition))
    assert [(set(pair.lists), pair.status) for pair in pairs] == [
        ({"alpha", "gamma"}, "signed"),
        ({"beta", "delta"}, "reported"),
    ]
    view = view_of(edition, "/threshold", bloc="north")
    disclosures = [note for note in block_of(view, "agreements").notes if isinstance(note, Disclosure)]
    assert [note.id for note in disclosures] == ["agreement-sources"]
    assert setting.agreements == editions.AGREEMENTS


def test_the_figures_show_the_same_numbers(edition: Edition, en: Translator) -> None:
    edge = numbers.edges(view_of(edition, "/threshold"), bloc(edition))[0]
    view = view_of(edition, "/threshold", bloc="north")
    votes = figure_of(view, "votes", en)
    assert votes["data"][0]["x"] == [edge.mean_pct]
    assert "3.25%" in votes["layout"]["annotations"][0]["text"]
    odds = figure_of(view, "odds", en)
    fails, passes = odds["data"]
    labels = {text["text"] for text in odds["layout"]["annotations"] if "xshift" in text}
    assert labels == {en.number(value) for value in (*fails["x"], *passes["x"])}, "each dot has its number"
    assert edge.p_majority_if_fails is not None
    assert fails["x"] == [round(100 * (edge.p_majority_if_fails or 0), 1)]
    assert fails["marker"]["color"] == "@paper"
    assert passes["name"] == "passes"
