"""From the first poll to the next result, day by day on real data: 2019, from January to September.

One data folder without any result of 2019 lives through the year by the commands a desk has; after each step the pages
are read as a reader of that day has them.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from dashboard.reader import Reader
from dashboard.serve.app import create_app
from pipelines.editions.records import SealedChain, Seals
from pipelines.editions.store import EditionStore
from pipelines.electorate.folder import load
from pipelines.nightly.night import scratch
from pipelines.nightly.status import keep_seals
from pipelines.refresh import _seal
from pipelines.request import RefreshRequest
from tests.conftest import keep_polls
from tests.pipelines.vote.counts import count_file

SPRING, AUTUMN = "knesset-21", "knesset-22"
# The polls of the weeks that are walked through, by month and day.
WALKED = {
    SPRING: (("01-01", "01-10"), ("03-20", "04-09")),
    AUTUMN: (("05-26", "06-12"), ("09-01", "09-17")),
}


@dataclass(frozen=True)
class Year:
    """A data folder, and `year(day, "refresh", …)` to run a command there on that day."""

    data: Path
    command: Any

    def __call__(self, day: str, *arguments: str, code: int = 0) -> Any:
        done = self.command("pipelines", *arguments, "--data-dir", self.data, "--today", day)
        assert done.returncode == code, done.stderr
        return done


@pytest.fixture(scope="module")
def year(root: Path, command: Any, tmp_path_factory: pytest.TempPathFactory) -> Year:
    """A folder with the polls of the two campaigns alone."""
    out, reference = tmp_path_factory.mktemp("year") / "data", load(root / "data/raw")
    campaign = reference.campaign(SPRING)
    scratch(root / "data/raw", campaign, reference, out)
    for path in (out / "raw/electorates/il/polls").glob("*.csv"):
        if path.stem not in WALKED:
            path.unlink()
    for election, days in WALKED.items():
        keep_polls(out / "raw", election, lambda poll, days=days: any(a <= poll[5:10] <= b for a, b in days))
    count_file(out / "part.csv", campaign, 0.6)
    count_file(out / "whole.csv", campaign)
    count_file(out / "autumn.csv", reference.campaign(AUTUMN))
    return Year(out, command)


def refreshed(year: Year, day: str) -> str:
    return str(year(day, "refresh", "--election", "all-live", "--offline", "--draws", "100").stderr)


def read(year: Year, day: str, path: str = "/", election: str = SPRING) -> str:
    """The words of a page, or of the feed, on a day."""
    reader, parameters = client(year.data / "processed", date.fromisoformat(day)), {"election": election, "lang": "en"}
    text = reader.get(path, query_string=parameters).text
    return re.sub(r"<[^>]*>", "", text.partition("<body>")[2] or text).replace("&#39;", "'").replace("&amp;", "&")


@cache
def client(processed: Path, day: date) -> FlaskClient:
    return create_app(Reader(processed), lambda: day).server.test_client()


def test_a_year(year: Year) -> None:
    """Waiting, first poll, campaign, ban, exit polls, count, result, no government, and all of it again in autumn."""
    assert "(waiting, 0 polls" in refreshed(year, "2019-01-01")
    assert "No poll of this campaign is known yet." in read(year, "2019-01-01")
    assert "21st Knesset (April 2019)" in read(year, "2019-01-01", "/feed.atom")
    assert "(live, 4 polls" in refreshed(year, "2019-01-04")
    assert "A nowcast: the lists have not closed" in read(year, "2019-01-04")
    assert "Campaign under way: 95 days to the vote on 9 Apr 2019." in read(year, "2019-01-04")

    assert "knesset-21: published 2019-04-05" in refreshed(year, "2019-04-05")
    seal_by_hand(year, datetime(2019, 4, 5, 20, tzinfo=UTC))
    assert "Campaign under way: 4 days to the vote on 9 Apr 2019." in read(year, "2019-04-05")
    assert "Last refreshed as of 5 Apr 2019, 2 days ago" not in read(year, "2019-04-07"), "nobody may refresh then"

    assert "the publication ban is on; nothing new is published" in refreshed(year, "2019-04-07")
    assert "The law forbids publishing polls from 6 Apr 2019" in read(year, "2019-04-07", "/feed.atom")
    assert "Nothing of it may be told before 9 Apr 2019, 22:00" in read(year, "2019-04-09", "/night")
    early = year("2019-04-09", *counted("part.csv", year), code=1).stderr
    assert "the vote goes on until 2019-04-09 22:00" in early

    assert "(final, " in refreshed(year, "2019-04-10")
    for path in ("/", "/night", "/trends", "/feed.atom"):
        assert "The vote was on 9 Apr 2019. Exit polls are in; no count yet." in read(year, "2019-04-10", path)
    assert "Channel 12" in read(year, "2019-04-10", "/night")

    year("2019-04-10", *counted("part.csv", year), "--counted", "60")
    assert "Votes are being counted, and nothing of the count is a result." in read(year, "2019-04-10")
    assert "Counted so far, not a result: Likud 35" in read(year, "2019-04-10", "/night")
    assert "no result of knesset-21 is recorded" in year("2019-04-10", "result", "--election", SPRING).stderr

    year("2019-04-12", *counted("whole.csv", year), "--valid-votes", "4309270")
    assert "The count is complete; no result is recorded yet." in read(year, "2019-04-12")
    assert not sealed(year).lines, "nothing is scored before a person has accepted a result"
    year("2019-04-17", "result", "--election", SPRING, "--accept", "--why", "published in Reshumot")
    assert "knesset-21: published 2019-04-08" in refreshed(year, "2019-04-17")
    assert "Result: Likud 35" in read(year, "2019-04-17")
    assert "The result of 9 Apr 2019 is recorded; no day of another vote is set." in read(year, "2019-04-17", "/board")
    assert [line.before for line in sealed(year).lines] == ["1", "mean"]
    record = read(year, "2019-04-17", "/record")
    assert "Firm by firm" in record
    assert "The clock to a government, and what a vote" in read(year, "2019-04-17", "/formation")

    output = refreshed(year, "2019-06-10")
    assert "knesset-22: published 2019-06-10" in output
    assert SPRING not in output, "what is settled is no business of tonight's"
    assert "Another vote is set for 17 Sept 2019: the clock of this one is over." in read(
        year, "2019-06-10", "/formation"
    )
    assert "A finished campaign" in read(year, "2019-06-10")
    assert "Campaign under way: 99 days to the vote on 17 Sept 2019." in read(year, "2019-06-10", "/", AUTUMN)
    autumn = EditionStore(year.data / "processed").open(AUTUMN)
    assert autumn.reference.election.outgoing_seats["blue-and-white"] == 35
    assert any(one.election == SPRING for firm in autumn.pollsters.firms for one in firm.record)
    assert "Last refreshed as of 10 Jun 2019, 6 days ago" in read(year, "2019-06-16", "/", AUTUMN)

    assert "knesset-22: published 2019-09-13" in refreshed(year, "2019-09-13")
    assert "the publication ban is on" in refreshed(year, "2019-09-15")
    assert "Nothing of it may be told before 17 Sept 2019, 22:00" in read(year, "2019-09-17", "/night", AUTUMN)
    assert "knesset-22: published 2019-09-16" in refreshed(year, "2019-09-18")
    night = read(year, "2019-09-18", "/night", AUTUMN)
    assert "The vote was on 17 Sept 2019. Exit polls are in; no count yet." in night
    assert "how far the mean was off on 1 other nights" in night, "what spring taught"
    year("2019-09-18", *counted("autumn.csv", year, AUTUMN), "--valid-votes", "4436806")
    year("2019-09-25", "result", "--election", AUTUMN, "--accept", "--why", "published in Reshumot")
    refreshed(year, "2019-09-25")
    assert "Result: Blue & White 33, Netanyahu's bloc 55." in read(year, "2019-09-25", "/", AUTUMN)
    assert "The clock to a government, and what a vote" in read(year, "2019-09-25", "/formation", AUTUMN)


def seal_by_hand(year: Year, moment: datetime) -> None:
    """The seal that a refresh by the clock of that day would have made; a day given as today is not sealed."""
    data: Path = year.data
    campaign, edition = load(data / "raw").campaign(SPRING), EditionStore(data / "processed").open(SPRING)
    _seal(RefreshRequest(data, None, None, 100, 0, now=lambda: moment), campaign, edition)


def sealed(year: Year) -> SealedChain:
    keep_seals(year.data)
    seals = EditionStore(year.data / "processed").record(Seals, "il")
    chain = seals.campaign(SPRING) if seals else None
    assert chain
    return chain


def counted(file: str, year: Year, election: str = SPRING) -> tuple[str, ...]:
    return ("import", str(year.data / file), "--source", "cec", "--election", election)
