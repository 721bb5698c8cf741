"""DAWUM's JSON, a file of our own in the documented form: one parliament, one campaign, asked only when it changed."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from electoral.polls import PollKind, Status, Unit
from pipelines.electorate.settings import read_sources
from pipelines.errors import PageRefused
from pipelines.http.client import Fetched, NotModified, Validators
from pipelines.sources.dawum import PAGE, SOURCE, parse
from pipelines.sources.reading import Reading, Scope
from tests.pipelines.http.servers import client

SETTINGS = read_sources(Path(__file__).parents[3] / "data" / "raw" / "electorates" / "de")["dawum"]
SCOPE = Scope(
    "de-2029", "DAWUM: api.dawum.de", date(2025, 2, 24), date(2029, 3, 25), date(2029, 3, 25),
    house_size=630, unit=Unit.SHARE, settings=SETTINGS,
)  # fmt: skip
MOMENT = "2026-09-21T07:46:18+02:00"


def survey(**changes: object) -> dict[str, Any]:
    return {
        "Date": "2026-09-20",
        "Survey_Period": {"Date_Start": "2026-09-14", "Date_End": "2026-09-18"},
        "Surveyed_Persons": "1202",
        "Parliament_ID": "0",
        "Institute_ID": "5",
        "Tasker_ID": "3",
        "Method_ID": "4",
        "Results": {"7": 29, "1": 20.5, "0": 5},
        **changes,
    }


def body(**surveys: dict[str, Any]) -> bytes:
    return json.dumps(
        {
            "Database": {"License": {"Shortcut": "ODC-ODbL"}, "Publisher": "dawum.de", "Last_Update": MOMENT},
            "Parliaments": {"0": {"Shortcut": "Bundestag", "Name": "Bundestag", "Election": "Bundestagswahl"}},
            "Institutes": {"5": {"Name": "INSA"}},
            "Taskers": {"3": {"Name": "Bild am Sonntag"}},
            "Methods": {"4": {"Name": "Telefon & Online"}},
            "Parties": {
                "0": {"Shortcut": "Sonstige", "Name": "Sonstige"},
                "1": {"Shortcut": "CDU/CSU", "Name": "CDU/CSU"},
                "7": {"Shortcut": "AfD", "Name": "Alternative für Deutschland"},
            },
            "Surveys": {name.removeprefix("s"): each for name, each in surveys.items()},
        }
    ).encode()


def read(scope: Scope = SCOPE, **surveys: dict[str, Any]) -> Reading:
    reading = parse(body(**surveys), scope)
    assert reading.accounted == reading.rows
    return reading


def test_a_survey_is_a_poll_of_percentages_with_names_for_its_numbers() -> None:
    (poll,) = read(s4328=survey()).polls
    assert (poll.id, poll.pollster, poll.publisher) == (
        "2026-09-18-insa-bild-am-sonntag", "INSA", "Bild am Sonntag",
    )  # fmt: skip
    assert (poll.fieldwork_start, poll.fieldwork_end) == (date(2026, 9, 14), date(2026, 9, 18))
    assert (poll.published_date, poll.sample_size, poll.unit) == (date(2026, 9, 20), 1202, Unit.SHARE)
    printed = {cell.label: (cell.status, cell.pct) for cell in poll.cells}
    assert printed == {
        "AfD": (Status.SHARE, "29"), "CDU/CSU": (Status.SHARE, "20.5"), "Sonstige": (Status.SHARE, "5"),
    }  # fmt: skip


def test_other_parliaments_and_campaigns_are_left_aside_and_counted() -> None:
    old = survey(Survey_Period={"Date_Start": "2024-01-01", "Date_End": "2024-01-03"})
    reading = read(s1=survey(), s2=survey(Parliament_ID="2"), s3=old)
    assert (len(reading.polls), reading.rows, reading.asides[0].rows) == (1, 1, 2)


def test_the_parliament_is_an_option_of_sources_toml() -> None:
    scope = Scope(
        "other", "DAWUM", SCOPE.first_day, SCOPE.last_day, unit=Unit.SHARE,
        settings=SETTINGS.model_copy(update={"options": {"parliament": "2"}}),
    )  # fmt: skip
    assert [poll.pollster for poll in read(scope, s1=survey(), s2=survey(Parliament_ID="2")).polls] == ["INSA"]


def test_the_order_of_the_json_names_nobody() -> None:
    one, two = survey(), survey(Results={"7": 28, "1": 21})
    assert [(poll.id, poll.cells[0].pct) for poll in read(s100=two, s99=one).polls] == [
        ("2026-09-18-insa-bild-am-sonntag", "29"), ("2026-09-18-insa-bild-am-sonntag-2", "28"),
    ]  # fmt: skip


def test_a_poll_of_the_day_of_the_vote_is_an_exit_poll() -> None:
    period = {"Date_Start": "2029-03-25", "Date_End": "2029-03-25"}
    assert read(s1=survey(Survey_Period=period)).polls[0].kind is PollKind.EXIT_POLL


@pytest.mark.parametrize(
    ("changes", "check", "why"),
    [
        ({"Institute_ID": "77"}, "name", "Institute_ID '77' is nobody's"),
        ({"Results": {"99": 20}}, "cell", "party '99' of Results is nobody's"),
        ({"Results": {"7": "many"}}, "cell", "AfD: 'many'"),
        ({"Results": {}}, "empty", "no party has a percentage"),
        ({"Surveyed_Persons": "many"}, "cell", "sample size"),
        ({"Date": "soon"}, "form", "Date is not of the documented form"),
        ({"Survey_Period": {"Date_Start": "2026-09-19", "Date_End": "2026-09-18"}}, "dates", "after it ends"),
    ],
)
def test_a_survey_that_cannot_be_read_is_refused_alone(changes: dict[str, object], check: str, why: str) -> None:
    reading = read(s1=survey(), s2=survey(**changes))
    (refused,) = reading.refused
    assert refused.check == check
    assert why in refused.reason
    assert refused.place.endswith("survey 2")
    assert len(reading.polls) == 1


@pytest.mark.parametrize(
    "text", [b"{}", b"[]", b'{"Surveys": 1}', b"not json", body(s1=survey())[:-40], body(), b"<html>captcha</html>",
             b"[" * 100_000],
    ids=["empty", "list", "other form", "no json", "cut", "no survey", "challenge", "nested"],
)  # fmt: skip
def test_what_is_not_the_documented_form_is_refused_whole(text: bytes) -> None:
    with pytest.raises(PageRefused):
        parse(text, SCOPE)


def test_the_database_is_asked_for_only_when_last_update_says_another_moment(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/last_update.txt").respond_with_data(MOMENT, content_type="text/plain")
    httpserver.expect_request("/").respond_with_data(body(s1=survey()), content_type="application/json")
    http_client = client(f"{httpserver.host}:{httpserver.port}", url=httpserver.url_for("/"))
    (first,) = SOURCE.fetch(http_client, PAGE, {})
    assert isinstance(first.answer, Fetched)
    assert first.answer.validators == Validators(etag=MOMENT)
    (again,) = SOURCE.fetch(http_client, PAGE, {PAGE: first.answer.validators})
    assert isinstance(again.answer, NotModified)
    (other,) = SOURCE.fetch(http_client, PAGE, {PAGE: Validators(etag="2026-09-20T07:00:00+02:00")})
    assert isinstance(other.answer, Fetched)
    assert [request.path for request, _ in httpserver.log] == [
        "/last_update.txt", "/", "/last_update.txt", "/last_update.txt", "/",
    ]  # fmt: skip


def test_it_is_asked_over_https_at_its_own_host_alone() -> None:
    settings = SOURCE.client_settings(SETTINGS)
    assert (settings.url, settings.hosts, settings.schemes) == ("https://api.dawum.de/", ("api.dawum.de",), ("https",))
    assert SOURCE.page_of(SETTINGS, "de-2029") == PAGE
