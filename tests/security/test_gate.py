"""Inside a ban on publishing polls every way out says so, and none gives a number that was not published before."""

from datetime import date, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from dashboard.reader import Reader
from dashboard.serve.app import create_app
from tests.dashboard import editions

BAN = datetime(2019, 9, 13), datetime(2019, 9, 17, 22)
BEFORE, INSIDE = date(2019, 9, 12), date(2019, 9, 14)
LAW = "The law forbids publishing polls from"
NO_NUMBERS = {
    "/api/v1/electorates", "/api/v1/elections", "/api/openapi.json", "/healthz", "/readyz", "/assets/<path:filename>",
    "/static/<path:filename>", "/_dash-layout", "/_dash-dependencies", "/_favicon.ico", "/_reload-hash",
    "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>", "/_dash-update-component",
}  # fmt: skip
SAMPLES = {
    "/": "/",
    "/<path:path>": "/trends",
    "/view/": "/view/",
    "/view/<path:page>": "/view/polls",
    "/download/<name>.<ending>": "/download/polls.csv",
    "/table/<table>.<ending>": "/table/seats-chart-table.csv",
    "/table/<page>/<table>.<ending>": "/table/threshold/odds-chart-table.xlsx",
    "/feed.atom": "/feed.atom",
    "/api/v1/<election>": "/api/v1/test-1",
    "/card/<election>/<page>.png": "/card/test-1/tonight.png",
    "/embed/<page>/<block>": "/embed/tonight/blocs",
    "/api/v1/<election>/<page>/<block>.<ending>": "/api/v1/test-1/tonight/seats.png",
}
DOCUMENT = "/pages/<release>/<election>/<edition>/<lang>/<name>.json"


@pytest.fixture
def banned(tmp_path: Path) -> FlaskClient:
    editions.publish(tmp_path, as_of=date(2019, 9, 1), ban=BAN)
    return create_app(Reader(tmp_path), lambda: INSIDE).server.test_client()


def says_the_law(client: FlaskClient, address: str) -> bool:
    answer = client.get(address)
    assert answer.status_code == 200, address
    text = answer.headers.get("Hemicycle-Notice", "") + answer.data.decode("utf-8", "replace")
    return LAW in text.replace("\u2066", "").replace("\u2069", "")


def samples(client: FlaskClient) -> dict[str, str]:
    at = client.get("/view/").json["pages"]["at"]
    return {**SAMPLES, DOCUMENT: f"{at}index.json"}


def test_every_way_out_says_that_the_law_forbids_anything_new(banned: FlaskClient) -> None:
    rules = {str(rule) for rule in banned.application.url_map.iter_rules() if "GET" in (rule.methods or ())}
    ways = samples(banned)
    assert rules - NO_NUMBERS == ways.keys(), "a new route: say here how it tells a reader that a ban is on"
    assert [address for address in ways.values() if not says_the_law(banned, address)] == []


def test_the_day_before_nothing_says_so(tmp_path: Path) -> None:
    editions.publish(tmp_path, as_of=date(2019, 9, 1), ban=BAN)
    client = create_app(Reader(tmp_path), lambda: BEFORE).server.test_client()
    assert [address for address in samples(client).values() if says_the_law(client, address)] == []


def test_what_would_be_a_new_number_is_not_worked_out(banned: FlaskClient) -> None:
    for address in ("what_if/outcome", "what_if/change", "coalitions/coalition", "coalitions/meter"):
        parameters = {"out": "gamma", "gov": "alpha"}
        assert banned.get(f"/api/v1/test-1/{address}.json", query_string=parameters).status_code == 404, address
    assert banned.get("/feed.atom").text.count("<entry>") == 0
