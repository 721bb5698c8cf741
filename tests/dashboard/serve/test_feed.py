"""The feed of a campaign: changes and alerts with ids that stay, and silence while the ban binds."""

from datetime import date, datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient

from dashboard.reader import Reader
from dashboard.serve.app import create_app
from pipelines.editions.changes import changes
from pipelines.editions.records import Alert, Alerts
from pipelines.editions.store import EditionStore
from tests.dashboard import editions
from tests.dashboard.serve.test_app import POISON

ATOM = "{http://www.w3.org/2005/Atom}"
ALERT = Alert(
    key="majority/test-1/north/2019-09-01/up",
    rule="majority",
    kind="bloc-chance",
    election="test-1",
    edition="2019-09-01-00000000",
    date=date(2019, 9, 1),
    subject="north",
    level_pct=50,
    direction="up",
    before=0.4,
    after=0.6,
)
OTHER = ALERT.model_copy(update={"election": "test-2", "key": "other"})


def client_on(folder: Path, today: date = date(2019, 9, 2), **settings: object) -> FlaskClient:
    before = editions.publish(folder, as_of=date(2019, 8, 25), **settings)
    after = editions.publish(folder, **settings)
    store = EditionStore(folder)
    store.keep_changes(changes(before, after))
    store.keep("il", Alerts(alerts=[ALERT, OTHER]))
    return create_app(Reader(folder), lambda: today).server.test_client()


def feed(client: FlaskClient, lang: str = "en") -> ElementTree.Element:
    answer = client.get(f"/feed.atom?election=test-1&lang={lang}")
    assert (answer.status_code, answer.mimetype) == (200, "application/atom+xml")
    return ElementTree.fromstring(answer.data)


@pytest.mark.parametrize("lang", ["en", "he"])
def test_changes_and_the_campaigns_alerts_are_told(tmp_path: Path, lang: str) -> None:
    entries = feed(client_on(tmp_path), lang).findall(f"{ATOM}entry")
    texts = [entry.find(f"{ATOM}content").text for entry in entries]
    assert len(entries) == 2
    assert any("60" in text and "40" in text for text in texts)
    assert any(("No new poll" if lang == "en" else "אין סקר חדש") in text for text in texts)


def test_ids_stay_and_the_same_editions_give_the_same_bytes(tmp_path: Path) -> None:
    client = client_on(tmp_path)
    first, again = (client.get("/feed.atom?election=test-1").data for _ in range(2))
    ids = [node.text for node in ElementTree.fromstring(first).iter(f"{ATOM}id")]
    assert first == again
    assert len(set(ids)) == len(ids) == 3
    assert "tag:hemicycle,2026:test-1/en/changes/2019-09-01-00000000" in ids


def test_a_ban_empties_the_feed_and_says_so(tmp_path: Path) -> None:
    ban = (datetime(2019, 9, 14), datetime(2019, 9, 17, 22))
    root = feed(client_on(tmp_path, date(2019, 9, 15), ban=ban))
    assert root.findall(f"{ATOM}entry") == []
    assert "frozen" in root.find(f"{ATOM}subtitle").text


BESIDE = {
    "an earlier edition": "editions/test-1/2019-08-25-00000000/projection.json.gz",
    "changes": "changes/test-1/2019-08-25-00000000..2019-09-01-00000000.json",
    "alerts": "alerts/il.json",
}


@pytest.mark.parametrize("damaged", BESIDE)
def test_what_is_damaged_beside_an_edition_takes_nothing_else_along(tmp_path: Path, damaged: str) -> None:
    client = client_on(tmp_path)
    path = tmp_path / BESIDE[damaged]
    assert path.is_file()
    path.write_bytes(b"x")
    assert client.get("/?election=test-1").status_code == 200
    assert len(feed(client).findall(f"{ATOM}entry")) == (1 if damaged == "alerts" else 2)


def test_names_from_data_stay_text(tmp_path: Path) -> None:
    answer = client_on(tmp_path, names={"alpha": POISON}).get("/feed.atom?election=test-1")
    for entry in ElementTree.fromstring(answer.data).findall(f"{ATOM}entry"):
        assert "<script" not in entry.find(f"{ATOM}content").text


@pytest.mark.parametrize("query", ["election=../x", "election=knesset-99", "lang=xx"])
def test_what_is_not_there_is_not_found(tmp_path: Path, query: str) -> None:
    assert client_on(tmp_path).get(f"/feed.atom?{query}").status_code == 404


def test_every_page_names_its_feed(client: FlaskClient) -> None:
    page = client.get("/trends?lang=he").get_data(as_text=True)
    assert 'type="application/atom+xml"' in page
    assert 'href="/feed.atom?election=test-1&amp;lang=he"' in page
