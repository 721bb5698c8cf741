"""The firms: gaps as the edition has them, full only where clear, and nothing claimed where nothing is known."""

from pathlib import Path

from flask.testing import FlaskClient

from dashboard.i18n import Translator
from dashboard.pages.pollsters import numbers
from dashboard.readings import pollsters_of
from pipelines.editions.objects import Folder
from pipelines.editions.store import Edition
from tests.dashboard import editions
from tests.dashboard.conftest import Client, figure_of, view_of

EFFECTS = editions.house_effects()


def test_a_lists_gaps_run_from_the_highest_to_the_lowest() -> None:
    assert [row.pollster for row in numbers.of_list(EFFECTS, "alpha")] == ["firm", "other"]
    assert [row.pollster for row in numbers.of_list(EFFECTS, "beta")] == ["other", "firm"]


def test_a_firms_gaps_keep_the_order_of_the_lists() -> None:
    assert [row.list for row in numbers.of_firm(EFFECTS, "firm", ["beta", "gamma", "alpha"])] == ["beta", "alpha"]


def test_only_a_clear_gap_has_a_full_dot(edition: Edition, en: Translator) -> None:
    figure = figure_of(view_of(edition, "/pollsters", firm="firm"), "firm-gaps", en)
    assert figure["data"][0]["x"] == [-0.3, 1.2]
    assert figure["data"][0]["marker"]["color"] == ["@paper", "@list:alpha"]


def test_a_firm_without_a_past_has_no_record() -> None:
    assert numbers.mean_skill([]) is None
    assert numbers.mean_error([]) is None


def test_the_page_says_who_stands_apart_and_never_bias(client: FlaskClient) -> None:
    for lang in ("en", "he"):
        page = client.get(f"/view/pollsters?lang={lang}").get_data(as_text=True)
        assert "bias" not in page.lower()
        assert "הטיה" not in page
    page = client.get("/view/pollsters?firm=other").get_data(as_text=True)
    assert "One pollster stands apart from the pollsters’ average: Firm" in page
    assert "If one of them were left out, or right: North" in page
    assert "not evidence of wrongdoing" in page


def test_an_edition_of_the_first_days_says_nothing_of_its_firms(client_of: Client, processed: Path) -> None:
    folder = next((processed / "editions" / "test-1").iterdir())
    (folder / "pollsters.json.gz").unlink()
    assert pollsters_of(Edition(Folder(processed), f"editions/test-1/{folder.name}")).firms == []
    page = client_of(processed).get("/view/pollsters").get_data(as_text=True)
    assert "does not say how its pollsters did" in page
