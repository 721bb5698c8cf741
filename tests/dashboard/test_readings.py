"""Another reading of the polls: every number of the first page from the alternative, and it says so."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from dashboard import readings
from dashboard.address import ALL_POLLS, READING
from dashboard.i18n import Translator
from dashboard.names import reading_name
from dashboard.pages.tonight.page import PAGE as TONIGHT
from dashboard.render.text import say
from dashboard.view import View
from tests.dashboard import editions


def reading(view: View, name: str) -> View:
    return replace(view, parameters=TONIGHT.parameters(view.edition), state=((READING, name),))


def test_a_reading_replaces_seats_chances_and_blocs(tmp_path: Path, en: Translator) -> None:
    edition = editions.publish(tmp_path)
    view = reading(View("/", edition, None, "en", edition.projection.as_of, {}, (), ()), "without.firm")
    other = edition.pollsters.apart[0].without
    shown = readings.read(view).projection
    assert {item.id: (item.seats, item.p_pass) for item in shown.lists} == {
        item.id: (item.seats, item.p_pass) for item in other.lists
    }
    assert shown.blocs == other.blocs != edition.projection.blocs
    assert say(TONIGHT.headline(view), en).startswith("Without Firm. North at ")


def test_a_reading_names_who_published_the_newest_poll_of_its_firm(tmp_path: Path, en: Translator) -> None:
    polls = [editions.poll(date(2019, 8, day), {"alpha": 30}) for day in (30, 31)]
    added = tuple(poll.model_copy(update={"publisher": of}) for poll, of in zip(polls, ("radio", "paper"), strict=True))
    edition = editions.publish(tmp_path, more_polls=added)
    view = View("/", edition, None, "en", edition.projection.as_of, {}, (), ())
    assert say(reading_name(view, "without.firm") or "", en) == "Without Firm (paper)"


def test_all_polls_are_the_published_projection(view: View) -> None:
    published = replace(view, parameters=TONIGHT.parameters(view.edition))
    assert readings.read(published) is published
    assert reading_name(published, ALL_POLLS) is None


@pytest.mark.parametrize(("name", "status"), [("right.firm", 200), ("right.nobody", 404), ("firm", 404)])
def test_only_readings_on_offer_are_served(client: FlaskClient, name: str, status: int) -> None:
    assert client.get(f"/?reading={name}").status_code == status
