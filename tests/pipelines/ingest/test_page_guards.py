"""F14, F15, F20: a page that is refused whole is refused for its own reason, and nothing of it is kept."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from pipelines.errors import PageRefused, PollsVanished
from pipelines.ingest.archive import open_reference
from pipelines.ingest.imports import Intake, describe
from tests.pipelines.sources.pages import FULL, body, heading, ordinary, poll_row, table

ELECTION, TODAY = "knesset-26", date(2026, 7, 20)
FIRMS = (
    "North Polls",
    "Hill Polls",
    "South Polls",
    "East Polls",
    "West Polls",
    "Lake Polls",
    "Sand Polls",
    "Dune Polls",
)
CHALLENGE = "<html><head><title>Just a moment...</title></head><body><div id='cf-challenge'>{}</div></body></html>"


def rows(count: int, likud: str = "40", spoilt: int = 0) -> list[str]:
    """Polls of different firms and days; in the first of them one list has most of the house."""
    seats = [FULL if at >= spoilt else ("90", "10", "5", "5", "5", "5", "0") for at in range(count)]
    seats = [(likud, str(70 - int(likud)), *cells[2:]) if cells is FULL else cells for cells in seats]
    return [
        poll_row(f"{16 - at} Jul", f"2026-07-{16 - at:02}", FIRMS[at], "Maariv", cells)
        for at, cells in enumerate(seats)
    ]


def taken(data_dir: Path, content: bytes, source: str = "wikipedia", revision: int = 7) -> int:
    """Polls that came in with a page; raises what refuses it."""
    reference = open_reference(data_dir / "raw")
    campaign = reference.campaign(ELECTION)
    snapshot = replace(describe(content, source, campaign, TODAY, file="page.json"), revision=revision)
    with Intake(data_dir, campaign) as intake:
        return intake.take(snapshot, content).accepted


def before(*years: int) -> str:
    """Polls of years before the campaign, a section a year."""
    return "".join(
        heading(3, str(year))
        + table(*(poll_row(f"{day} Jul", None, "North Polls", "Maariv", FULL) for day in (2, 9, 16)))
        for year in years
    )


def test_a_campaign_s_own_page_may_go_back_before_it(data_dir: Path) -> None:
    """A page of the whole term is of its last campaign too; the same rows under another title are another's."""
    own = body(ordinary(*rows(5)), before(2021, 2020))
    assert taken(data_dir, own) == 5
    with pytest.raises(PageRefused, match=r"6 of 11 rows have no day from .* is it of another campaign\?"):
        taken(data_dir, body(ordinary(*rows(5)), before(2021, 2020), title="Opinion polling for another election"))


def snapshot_files(data_dir: Path) -> list[str]:
    return sorted(path.name for path in (data_dir / "raw/snapshots").rglob("*") if path.is_file())


@pytest.mark.parametrize(("spoilt", "count"), [(3, 6), (4, 6), (6, 6), (3, 5)])
def test_f14_a_page_of_which_half_is_defaced_is_refused_whole(data_dir: Path, spoilt: int, count: int) -> None:
    with pytest.raises(PageRefused, match=f"{spoilt} of {count} rows are defaced"):
        taken(data_dir, body(ordinary(*rows(count, spoilt=spoilt))))
    assert snapshot_files(data_dir) == []


@pytest.mark.parametrize(("spoilt", "count"), [(2, 4), (2, 6), (3, 7)])
def test_f14_a_page_of_which_less_is_defaced_loses_those_rows_alone(data_dir: Path, spoilt: int, count: int) -> None:
    assert taken(data_dir, body(ordinary(*rows(count, spoilt=spoilt)))) == count - spoilt


def test_f15_a_page_that_was_emptied_says_so(data_dir: Path) -> None:
    """Fewer rows than half of what it had; that they are gone is not asked, since most of the page is."""
    assert taken(data_dir, body(ordinary(*rows(8)))) == 8
    before = snapshot_files(data_dir)
    with pytest.raises(PollsVanished, match=r"has 3 rows where it had 8 polls; it was emptied or cut"):
        taken(data_dir, body(ordinary(*rows(3))), revision=8)
    with pytest.raises(PageRefused, match="no poll that can be read"):
        taken(data_dir, body(ordinary()), revision=8)
    assert snapshot_files(data_dir) == before
    assert taken(data_dir, body(ordinary(*rows(3))), revision=6) == 0, "an older revision was shorter"


@pytest.mark.parametrize("source", ["wikipedia", "themadad"])
@pytest.mark.parametrize(
    "challenge",
    [
        CHALLENGE.format(""),
        "<html><body>Attention required! Are you a robot?</body></html>",
        "<html><form><input name=user><input type='password'></form></html>",
        '{"parse": {"title": "Polls", "revid": 7, "text": "<div>Checking your browser before the polls</div>"}}',
    ],
)
def test_f20_a_challenge_that_comes_as_a_good_answer_is_named_for_what_it_is(
    data_dir: Path, source: str, challenge: str
) -> None:
    with pytest.raises(PageRefused, match="a challenge or a login page"):
        taken(data_dir, challenge.encode(), source)
    assert snapshot_files(data_dir) == []


def test_f20_a_page_of_polls_that_speaks_of_a_captcha_is_read(data_dir: Path) -> None:
    assert taken(data_dir, body("<p>One firm's site asks for a captcha.</p>", ordinary(*rows(4)))) == 4
