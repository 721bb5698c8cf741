"""A list's own page: its address, what adds up in its distribution, its polls beside their firm's last."""

from datetime import date
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from dashboard.i18n import Translator
from dashboard.pages.list.numbers import DistributionValues, ReadingsValues
from dashboard.render.text import say
from dashboard.serve.documents import Documents
from pipelines.editions.store import Edition
from tests.dashboard.conftest import block_of, view_of
from tests.dashboard.editions import poll, publish


def test_the_list_stands_in_the_path_and_every_language_has_it(client: FlaskClient) -> None:
    page = client.get("/list/gamma").text
    assert "Gamma: " in page
    assert 'href="/list/gamma?election=test-1&amp;lang=he"' in page
    assert client.get("/list/gamma?lang=he").status_code == 200
    assert client.get("/list").status_code == 200


def test_a_document_of_a_list_is_where_the_script_asks_for_it(client: FlaskClient, documents: Documents) -> None:
    key = documents.key("/list/gamma", {})
    assert key.name == "list~list=gamma"
    assert client.get(f"/{key.folder}/{key.name}.json").status_code == 200
    assert client.get("/view/list/gamma").status_code == 200


def test_what_is_exact_adds_up_and_the_rest_follows(edition: Edition) -> None:
    shown = block_of(view_of(edition, "/list", list="delta"), "distribution").values
    assert isinstance(shown, DistributionValues)
    assert sum(shown.exactly) == pytest.approx(1, abs=0.01)
    passes = next(item for item in edition.projection.lists if item.id == "delta").p_pass
    assert 1 - shown.exactly[0] == pytest.approx(passes, abs=0.01)
    for exact, least, most in zip(shown.exactly, shown.at_least, shown.at_most, strict=True):
        assert least + most - exact == pytest.approx(1)


def test_its_polls_stand_beside_the_same_firms_last_one_and_scenarios_apart(tmp_path: Path) -> None:
    scenarios = (
        poll(date(2019, 8, 24), {"alpha": 30, "gamma": 4}, kind="scenario"),
        poll(date(2019, 8, 31), {"alpha": 40, "gamma": 9}, kind="scenario"),
    )
    edition = publish(tmp_path, more_polls=scenarios)
    view = view_of(edition, "/list", list="gamma")
    shown = block_of(view, "polls").values
    assert isinstance(shown, ReadingsValues)
    assert [(one.value, one.change) for one in shown.polls] == [(12, 1), (11, None)]
    values = block_of(view, "scenarios").values
    assert isinstance(values, ReadingsValues)
    assert [(one.value, one.change) for one in values.polls] == [(9, None), (4, None)]


def test_a_list_under_the_threshold_has_a_share_in_its_headline(edition: Edition, en: Translator) -> None:
    seats = {"alpha": 50, "beta": 58, "gamma": 12, "delta": 0}
    edition.projection = edition.projection.model_copy(update={"allocation": seats})
    block = block_of(view_of(edition, "/list", list="delta"), "headline")
    assert block.finding is not None
    assert say(block.finding, en).startswith("Delta: under the threshold at 3.2% of the vote")
