"""A campaign is opened by one command, waits on every page, and its first poll is there the same night."""

import csv
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dashboard.pages import PAGES
from dashboard.reader import Reader
from dashboard.serve.app import create_app
from pipelines.commands import vote as commands
from pipelines.editions.store import EditionStore
from pipelines.electorate.folder import load
from pipelines.errors import ImportRefused, UnknownElection
from pipelines.ingest import quarantine
from pipelines.ingest.imports import import_file
from pipelines.refresh import run
from pipelines.request import RefreshRequest, RefreshResult
from pipelines.vote.campaign import check, new

NEW, TODAY = "knesset-28", date(2026, 12, 1)


def refresh(data_dir: Path, election: str) -> list[RefreshResult]:
    return list(run(election, RefreshRequest(data_dir, TODAY, None, 200, 0), lambda _election, _step: None))


@pytest.fixture
def young(data_dir: Path) -> Path:
    """A data folder without the past polls that a first edition would learn from."""
    for path in (data_dir / "raw/electorates/il/polls").glob("*.csv"):
        if path.stem not in ("knesset-24", "knesset-25"):
            path.unlink()
    return data_dir


def test_what_the_last_campaign_has_is_carried_over_and_the_house_that_goes_is_its_result(data_dir: Path) -> None:
    opened = new(data_dir, NEW, "il", date(2027, 5, 4), "knesset-25")
    campaign = load(data_dir / "raw").campaign(NEW)
    result = {row.list: row.seats for row in load(data_dir / "raw").campaign("knesset-25").results if row.seats}
    assert campaign.outgoing_seats(TODAY) == result
    assert set(campaign.standing_lists(TODAY)) == set(result)
    assert {row.list for row in campaign.bloc_members} <= set(result)
    assert (
        campaign.electorate.sources["wikipedia"].pages[NEW]
        == "Opinion polling for the next Israeli legislative election"
    )
    assert opened.rows["elections"] == 1
    assert any(fact.startswith("ban.csv") for fact in opened.missing)
    assert any("what the election is called in en, he" in fact for fact in opened.missing)
    assert not any("the day of the vote" in fact for fact in opened.missing)


def test_without_from_it_follows_the_newest_election_of_its_electorate(data_dir: Path) -> None:
    new(data_dir, NEW, "il", date(2034, 10, 31), None)
    assert load(data_dir / "raw").campaign(NEW).row.previous_election == "knesset-27"


def test_an_open_day_is_by_the_last_lawful_one_and_is_said_to_be_missing(data_dir: Path) -> None:
    shipped = load(data_dir / "raw").campaign("knesset-27")
    assert (shipped.is_date_open, shipped.election.vote_date) == (True, date(2030, 11, 12))
    assert any("2030-11-12 is the last lawful one" in fact for fact in check(data_dir, "knesset-27"))
    with pytest.raises(ImportRefused, match=r"terms.csv: no last lawful day of the vote after knesset-25"):
        new(data_dir, NEW, "il", None, "knesset-25")


@pytest.mark.parametrize(
    ("name", "electorate", "previous", "words"),
    [
        ("knesset-26", "il", "knesset-25", "is there already"),
        ("Knesset 28", "il", "knesset-25", "is no id"),
        ("elections", "il", "knesset-25", "is no id"),
        ("all-live", "il", "knesset-25", "is no id"),
        (NEW, "xx", None, "unknown electorate 'xx'; known are il"),
        (NEW, "il", None, "2027-05-04 is not after knesset-27, 2030-11-12"),
        (NEW, "se", "knesset-25", "is of il, not of se"),
    ],
)
def test_what_cannot_be_opened_is_refused_and_nothing_is_written(
    name: str, electorate: str, previous: str | None, words: str, data_dir: Path
) -> None:
    before = {path: path.read_bytes() for path in (data_dir / "raw").rglob("*.csv")}
    with pytest.raises((ImportRefused, UnknownElection), match=words):
        new(data_dir, name, electorate, date(2027, 5, 4), previous)
    assert before == {path: path.read_bytes() for path in (data_dir / "raw").rglob("*.csv")}


def test_every_page_stands_on_the_shipped_campaign_that_waits(young: Path) -> None:
    (done,) = refresh(young, "knesset-27")
    assert (done.kind, done.polls) == ("waiting", 0)
    client = create_app(Reader(young / "processed"), lambda: TODAY).server.test_client()
    for path in PAGES:
        for lang in ("en", "he"):
            page = client.get(f"{path}?election=knesset-27&lang={lang}")
            assert page.status_code == 200, (path, lang)
    page = client.get("/?election=knesset-27&lang=en").text
    assert "No poll of this campaign is known yet." in page
    assert "it has to be held by 12 Nov 2030" in page
    assert "by 12 Nov 2030" in page
    assert client.get("/download/latest.csv?election=knesset-27").status_code == 404


def test_the_first_poll_is_on_the_page_the_same_night_with_a_list_nobody_knew(young: Path, tmp_path: Path) -> None:
    """The list waits in quarantine until a person makes one of it; then the poll is the campaign's first edition."""
    refresh(young, "knesset-27")
    seats = {"Likud": 30, "Yashar": 25, "Together": 20, "New Dawn": 15, "Shas": 10, "Democrats": 10, "UTJ": 10}
    sheet = tmp_path / "first.csv"
    with sheet.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["fieldwork_end", "pollster", "publisher", "sample_size", *seats])
        rows.writerow(["2026-11-30", "Midgam", "Channel 12", 600, *seats.values()])
    import_file(young, sheet, "csv", "knesset-27", TODAY)
    (row,) = [one for one in quarantine.quarantined(young) if one.check == "list-name"]
    assert quarantine.accept(young, row.id, "list:new:new-dawn", "Registered on 29 Nov") == 0
    campaign = load(young / "raw").campaign("knesset-27")
    assert campaign.list_names("new-dawn") == {"en": "New Dawn", "he": "New Dawn"}
    (done,) = refresh(young, "knesset-27")
    assert (done.kind, done.polls) == ("live", 1)
    projection = EditionStore(young / "processed").open("knesset-27").projection
    assert projection.allocation["new-dawn"] > 0
    assert sum(projection.allocation.values()) == 120
    client = create_app(Reader(young / "processed"), lambda: TODAY).server.test_client()
    page = client.get("/?election=knesset-27&lang=en").text
    assert "New Dawn" in page
    assert "no day is set, and the vote is by 12 Nov 2030" in page


def test_the_command_names_what_is_missing_and_ends_with_remarks(data_dir: Path, command: Any) -> None:
    done = command("pipelines", "campaign", "check", "knesset-27", "--json", "--data-dir", data_dir)
    assert done.returncode == 3
    assert "agreements.csv: surplus-vote agreements, once signed" in done.stderr
    with pytest.raises(commands.typer.BadParameter, match="write YYYY-MM-DD, or open"):
        commands.new(NEW, "il", "soon", "knesset-25", data_dir=data_dir)
