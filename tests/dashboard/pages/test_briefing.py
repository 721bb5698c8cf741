"""The briefing says what the pages say, in every language the same numbers, as a page, as text and as a letter."""

import re
from datetime import date
from pathlib import Path

import pytest

from dashboard.pages.tonight.numbers import blocs_values
from dashboard.reader import Reader
from dashboard.serve.telling import briefing, view_of
from pipelines.editions.changes import changes
from pipelines.editions.store import Edition, EditionStore
from tests.dashboard import editions
from tests.dashboard.conftest import Client, block_of
from tests.dashboard.conftest import view_of as page_of

TODAY = date(2019, 9, 2)


@pytest.fixture
def briefed(tmp_path: Path) -> Edition:
    """The later of two editions, with what it changed."""
    processed = tmp_path / "processed"
    before = editions.publish(processed, as_of=date(2019, 8, 25))
    polls = tuple(editions.poll(date(2019, 8, day), {"alpha": 58, "beta": 62}) for day in (20, 27))
    after = editions.publish(processed, more_polls=polls)
    EditionStore(processed).keep_changes(changes(before, after))
    return Reader(processed).edition()


def test_it_says_what_the_pages_say(briefed: Edition) -> None:
    values = block_of(page_of(briefed, "/briefing"), "briefing").values
    assert values.seats == briefed.projection.allocation
    assert values.sides == blocs_values(page_of(briefed)).blocs
    assert [row.poll for row in values.polls_of_the_week], "each outlet's last poll of the week before the newest"


def test_numbers_are_the_same_in_every_language(briefed: Edition) -> None:
    def numbers(language: str) -> list[str]:
        return sorted(re.findall(r"\d+", briefing(view_of(briefed, language, TODAY))))

    assert numbers("he") == numbers("en") == numbers("sv")
    assert "15" in numbers("en"), "days to the vote of 17 September"


def test_a_letter_is_plain_lines_that_end(briefed: Edition) -> None:
    letter = briefing(view_of(briefed, "he", TODAY))
    assert letter.endswith("\n")
    assert "<" not in letter
    assert not re.search("[\u200e\u200f\u2066-\u2069]", letter), "no invisible characters"
    assert len(letter.splitlines()) < 40, "half a page"


def test_the_page_and_the_frame_stand(briefed: Edition, client_of: Client) -> None:
    client = client_of(briefed.folder.parents[2])
    for address in ("/briefing?lang=he", "/embed/briefing/briefing", "/api/v1/test-1/briefing/briefing.json"):
        assert client.get(address).status_code == 200, address
