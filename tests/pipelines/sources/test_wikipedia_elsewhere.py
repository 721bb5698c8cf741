"""The source `wikipedia` elsewhere by sources.toml alone: host, titles, headings, unit and blank cells."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from electoral.polls import Status, Unit
from pipelines.electorate.settings import SourceSettings, read_sources
from pipelines.errors import PageRefused
from pipelines.sources.reading import Reading, Scope
from pipelines.sources.text import spelling_key
from pipelines.sources.wikipedia import SOURCE
from tests.pipelines.http.servers import client

SETTINGS = read_sources(Path(__file__).parents[3] / "data" / "raw" / "electorates" / "nl")["wikipedia"]
TITLE = SETTINGS.pages["nl-2030"]
LISTS = ("D66", "PVV", "VVD", "GL/PvdA", "CDA")
KEYS = frozenset(map(spelling_key, (*LISTS, "Others")))
SCOPE = Scope(
    "nl-2030", f"Wikipedia: {TITLE}", date(2025, 10, 30), date(2030, 3, 20), date(2030, 3, 20), KEYS, 150,
    Unit.SEATS, SETTINGS,
)  # fmt: skip
IN_SHARES = replace(SCOPE, unit=Unit.SHARE)


def row(firm: str, day: str, *numbers: str) -> str:
    return f"<tr><td>{firm}</td><td>{day}</td><td>2,103</td>{''.join(f'<td>{number}</td>' for number in numbers)}</tr>"


def table(*rows: str, heading: str = "Seats", lists: tuple[str, ...] = LISTS) -> str:
    names = ("Polling firm", "Fieldwork date", "Sample size", *lists, "Others", "Lead")
    head = "".join(f"<th>{name}</th>" for name in names)
    return f'<h2>Opinion polls</h2><h3>{heading}</h3><table class="wikitable"><tr>{head}</tr>{"".join(rows)}</table>'


def page(*tables: str, title: str = TITLE) -> bytes:
    return json.dumps({"parse": {"title": title, "revid": 11, "text": "".join(tables)}}).encode()


def read(*tables: str, scope: Scope = SCOPE) -> Reading:
    reading = SOURCE.parse(page(*tables), scope)
    assert reading.accounted == reading.rows
    return reading


PEIL = row("Peil.nl", "26–27 Jun 2026", "30", "28", "24", "26", "", "42", "2")
IPSOS = row("Ipsos I&amp;O", "20 Jun 2026", "31", "27", "24", "26", "21", "21", "4")
RESULT = row("2025 general election", "29 Oct 2025", "26", "26", "22", "20", "18", "38", "Tie")
PCT = row("Verian", "18–21 Jun 2026", "19.8", "17,9", "15", "&lt;1", "–", "29.3%", "1.9")


def test_a_page_of_seats_is_read_with_others_kept_and_the_lead_left_aside() -> None:
    reading = read(table(PEIL, IPSOS, RESULT))
    assert [poll.id for poll in reading.polls] == ["2026-06-27-peil-nl", "2026-06-20-ipsos-i-o"]
    (peil, ipsos) = reading.polls
    assert {cell.label: cell.seats for cell in ipsos.cells} == dict(
        zip((*LISTS, "Others"), (31, 27, 24, 26, 21, 21), strict=True)
    )
    assert (peil.sample_size, peil.unit, peil.source) == (2103, Unit.SEATS, SCOPE.source)
    assert [result.text.split(" | ")[0] for result in reading.results] == ["2025 general election"]


@pytest.mark.parametrize(
    ("means", "status"), [("not_asked", Status.NOT_ASKED), ("below_threshold", Status.BELOW_THRESHOLD)]
)
def test_what_a_blank_cell_says_is_an_option(means: str, status: Status) -> None:
    settings = SETTINGS.model_copy(update={"options": {"blank_cell": means}})
    peil = read(table(PEIL, IPSOS), scope=replace(SCOPE, settings=settings)).polls[0]
    assert {cell.label: cell.status for cell in peil.cells}["CDA"] is status


def test_each_unit_has_its_own_tables() -> None:
    tables = (table(PEIL, IPSOS), table(PCT, heading="Vote share"))
    in_seats, in_shares = read(*tables), read(*tables, scope=IN_SHARES)
    assert [poll.pollster for poll in in_seats.polls] == ["Peil.nl", "Ipsos I&O"]
    assert [poll.pollster for poll in in_shares.polls] == ["Verian"]
    assert {aside.reason for aside in in_seats.asides} == {"under percentage"}
    assert {aside.reason for aside in in_shares.asides} == {"under seats"}


def test_a_poll_of_percentages_is_read_as_printed() -> None:
    (poll,) = read(table(PCT, heading="Polls"), scope=IN_SHARES).polls
    printed = {cell.label: (cell.status, cell.seats, cell.pct) for cell in poll.cells}
    assert poll.unit is Unit.SHARE
    assert printed["D66"] == (Status.SHARE, None, "19.8")
    assert printed["PVV"] == (Status.SHARE, None, "17.9")
    assert printed["GL/PvdA"] == (Status.SHARE, None, "<1")
    assert printed["CDA"] == (Status.NOT_ASKED, None, None)
    assert printed["Others"] == (Status.SHARE, None, "29.3")


def test_whole_numbers_that_fill_the_house_are_no_percentages_under_any_heading() -> None:
    with pytest.raises(PageRefused, match="its numbers are seats"):
        SOURCE.parse(page(table(IPSOS, IPSOS, heading="Polls")), IN_SHARES)


def test_headings_are_those_that_sources_toml_names() -> None:
    settings = SETTINGS.model_copy(update={"tables": ("peiling",)})
    scope = replace(SCOPE, settings=settings)
    assert len(read(table(PEIL, IPSOS, heading="Peilingen").replace("Opinion polls", "2026"), scope=scope).polls) == 2
    other = SETTINGS.model_copy(update={"tables": ("umfrage",)})
    with pytest.raises(PageRefused, match="under a heading nobody knows"):
        SOURCE.parse(page(table(PEIL, heading="Peilingen")), replace(SCOPE, settings=other))


def test_the_host_and_the_title_are_those_of_sources_toml(httpserver: HTTPServer) -> None:
    dutch = SourceSettings(host="nl.wikipedia.org", licence="x", attribution="y", pages={"nl-2030": "Peilingen"})
    settings = SOURCE.client_settings(dutch)
    assert (settings.url, settings.hosts) == ("https://nl.wikipedia.org/w/api.php", ("nl.wikipedia.org",))
    assert (SOURCE.page_of(dutch, "nl-2030"), SOURCE.page_of(dutch, "nl-2023")) == ("Peilingen", None)
    httpserver.expect_request("/api").respond_with_data(page(table(PEIL)), content_type="application/json")
    http_client = client(f"{httpserver.host}:{httpserver.port}", kind="json", url=httpserver.url_for("/api"))
    (fetched,) = SOURCE.fetch(http_client, "Peilingen", {})
    assert fetched.title == "Peilingen"
    assert httpserver.log[0][0].args["page"] == "Peilingen"
