"""SwedishPolls' file: percentages as printed, NA is missing, one campaign of many, asked whether it changed."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from electoral.polls import PollKind, Status, Unit
from pipelines.electorate.settings import SourceSettings, read_sources
from pipelines.errors import PageRefused
from pipelines.http.client import Fetched, NotModified, Validators
from pipelines.sources.archive import parse as archived
from pipelines.sources.reading import Reading, Scope
from pipelines.sources.swedishpolls import PAGE, SOURCE, parse
from tests.pipelines.http.servers import client

RAW = Path(__file__).parents[3] / "data" / "raw"
HEAD = (
    "PublYearMonth,Company,M,L,C,KD,S,V,MP,SD,FI,Uncertain,n,Publ"
    "Date,collectPeriodFrom,collectPeriodTo,approxPeriod,house"
)
NOVUS = "2026-aug,Novus,18.3,1.9,7.1,6.3,30.1,7.4,7.9,19.1,NA,NA,5617,2026-08-19,2026-08-03,2026-08-16,FALSE,Novus"
IPSOS = "2026-maj,Ipsos,18.81188,1.98020,7,6,30,7,8,19,NA,13,1540,2026-05-30,2026-05-12,2026-05-24,TRUE,Ipsos"
SENTIO = "2024-aug,Sentio,18.5,3.2,5.0,4.4,30.8,7.8,7.2,21.4,NA,NA,787,2024-08-15,NA,NA,FALSE,Sentio"
OLD = "2018-aug,Sifo,17,6,9,5,25,8,6,19,1,8,NA,2018-08-30,2018-08-20,2018-08-29,FALSE,Sifo"
SCOPE = Scope(
    "se-2026", "SwedishPolls: Data/Polls.csv", date(2022, 9, 12), date(2026, 9, 13), date(2026, 9, 13),
    house_size=349, unit=Unit.SHARE,
)  # fmt: skip


def read(*rows: str, scope: Scope = SCOPE) -> Reading:
    reading = parse("\n".join((HEAD, *rows, "")).encode(), scope)
    assert reading.accounted == reading.rows
    return reading


def test_a_row_is_a_poll_of_percentages_as_printed() -> None:
    (poll,) = read(NOVUS).polls
    assert (poll.id, poll.pollster, poll.publisher) == ("2026-08-16-novus", "Novus", None)
    assert (poll.fieldwork_start, poll.published_date) == (date(2026, 8, 3), date(2026, 8, 19))
    assert (poll.unit, poll.sample_size, poll.is_fieldwork_guessed) == (Unit.SHARE, 5617, False)
    assert {cell.status for cell in poll.cells} == {Status.SHARE}
    assert {cell.label: cell.pct for cell in poll.cells}["M"] == "18.3"


def test_na_is_missing_and_never_zero_and_every_decimal_is_kept() -> None:
    (poll,) = read(IPSOS).polls
    printed = {cell.label: cell.pct for cell in poll.cells}
    assert "FI" not in printed
    assert (printed["M"], printed["L"], printed["Uncertain"]) == ("18.81188", "1.98020", "13")
    assert poll.is_fieldwork_guessed


def test_a_poll_without_days_is_of_its_day_of_publication_and_guessed() -> None:
    (poll,) = read(SENTIO).polls
    assert (poll.fieldwork_start, poll.fieldwork_end, poll.is_fieldwork_guessed) == (None, date(2024, 8, 15), True)


def test_a_period_that_ends_after_its_publication_is_guessed() -> None:
    assert [poll.is_fieldwork_guessed for poll in read(NOVUS.replace("2026-08-16", "2026-08-20")).polls] == [True]
    assert [poll.is_fieldwork_guessed for poll in read(NOVUS.replace("2026-08-16", "2026-08-19")).polls] == [False]


def test_rows_of_other_campaigns_are_left_aside_and_counted() -> None:
    reading = read(NOVUS, OLD, OLD.replace("2018-08-29", "2026-09-20"))
    assert (len(reading.polls), reading.rows, reading.asides[0].rows) == (1, 1, 2)


def test_a_poll_of_the_day_of_the_vote_is_an_exit_poll() -> None:
    (poll,) = read(NOVUS.replace("2026-08-16", "2026-09-13")).polls
    assert (poll.kind, poll.id) == (PollKind.EXIT_POLL, "2026-09-13-novus-exit")


@pytest.mark.parametrize(
    ("row", "check", "why"),
    [
        (NOVUS.replace("18.3", "eighteen"), "cell", "M: 'eighteen'"),
        (NOVUS.replace("18.3", "1830"), "cell", "write a share of the vote as 23.5"),
        (NOVUS.replace("5617", "many"), "cell", "sample size"),
        (NOVUS.replace("2026-08-16", "16 Aug"), "dates", "no day like 2026-08-19"),
        (NOVUS.replace("aug,Novus", "aug,"), "name", "no firm is named"),
        ("2026-aug,Novus,NA,NA,NA,NA,NA,NA,NA,NA,NA,NA,9,NA,NA,2026-08-16,FALSE,Novus", "empty", "no list"),
    ],
)
def test_a_row_that_cannot_be_read_is_refused_alone(row: str, check: str, why: str) -> None:
    reading = read(IPSOS, row)
    (refused,) = reading.refused
    assert refused.check == check
    assert why in refused.reason
    assert refused.place.endswith("row 3")
    assert len(reading.polls) == 1


@pytest.mark.parametrize(
    "body", [b"", b"a,b\n1,2\n", HEAD.replace("collectPeriodTo", "To").encode() + b"\n" + NOVUS.encode(),
             HEAD.encode() + b"\n" + OLD.encode() + b"\n", b"<!doctype html><html><body>404</body></html>"],
)  # fmt: skip
def test_what_is_not_the_file_is_refused_whole(body: bytes) -> None:
    with pytest.raises(PageRefused):
        parse(body, SCOPE)


def test_the_newest_stands_first_there_and_gets_its_number_last() -> None:
    later = NOVUS.replace("18.3", "18.4")
    assert [(poll.id, poll.cells[0].pct) for poll in read(later, NOVUS).polls] == [
        ("2026-08-16-novus", "18.3"), ("2026-08-16-novus-2", "18.4"),
    ]  # fmt: skip


def test_what_ships_reads_as_the_source_does() -> None:
    """The folder's file of 2026 made into rows of theirs again gives the same polls, cell for cell."""
    shipped = archived(RAW, "se-2026")
    labels = HEAD.split(",")[2:12]
    rows = []
    for poll in reversed(shipped):
        cells = {cell.label: cell.pct for cell in poll.cells}
        days = [str(day or "NA") for day in (poll.published_date, poll.fieldwork_start, poll.fieldwork_end)]
        rows.append(",".join([
            "-", poll.pollster or "", *(cells.get(label) or "NA" for label in labels),
            str(poll.sample_size or "NA"), *days, str(poll.is_fieldwork_guessed).upper(), "-",
        ]))  # fmt: skip
    reading = read(*rows)
    assert len(reading.polls) == len(shipped) == 253
    plain = [replace(poll, source="", urls=()) for poll in shipped]
    assert [replace(poll, source="") for poll in reading.polls] == plain


def settings() -> SourceSettings:
    return read_sources(RAW / "electorates" / "se")["swedishpolls"]


def test_it_is_asked_where_sources_toml_says_for_every_live_campaign() -> None:
    own = SOURCE.client_settings(settings())
    assert own.hosts == ("raw.githubusercontent.com",)
    assert own.url.endswith("/Data/Polls.csv")
    assert SOURCE.page_of(settings(), "se-2026") == PAGE


def test_an_unchanged_file_is_not_sent_again(httpserver: HTTPServer) -> None:
    body = "\n".join((HEAD, NOVUS, "")).encode()
    httpserver.expect_ordered_request("/p").respond_with_data(body, headers={"ETag": '"7"', "Last-Modified": "x"})
    httpserver.expect_ordered_request(
        "/p", headers={"If-None-Match": '"7"', "If-Modified-Since": "x"}
    ).respond_with_data(status=304)
    http_client = client(f"{httpserver.host}:{httpserver.port}", kind="csv", url=httpserver.url_for("/p"))
    (first,) = SOURCE.fetch(http_client, PAGE, {})
    assert isinstance(first.answer, Fetched)
    assert first.answer.validators == Validators('"7"', "x")
    (again,) = SOURCE.fetch(http_client, PAGE, {PAGE: first.answer.validators})
    assert isinstance(again.answer, NotModified)


def test_a_file_cut_in_a_row_is_refused(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/p").respond_with_data(f"{HEAD}\n{NOVUS[:40]}".encode())
    with pytest.raises(PageRefused, match="breaks off"):
        SOURCE.fetch(client(f"{httpserver.host}:{httpserver.port}", kind="csv", url=httpserver.url_for("/p")), PAGE, {})
