"""docs/sums.md explains every poll that does not add up, and no other."""

import re

import pytest

from tests.data.reference import election, elections, polls, total
from tests.data.sums import NOTE, note


def test_the_note_is_what_the_archive_and_the_rulings_say():
    assert NOTE.read_text(encoding="utf-8") == note(), "run `python -m tests.data.sums`"


@pytest.mark.parametrize("name", elections())
def test_every_poll_that_does_not_add_up_is_explained_with_its_sum(name):
    explained = re.findall(
        r"^\| (\S+) \| (\w+) \| ([\d.]+) \| \S+ \| \S.* \| \S.* \|$", NOTE.read_text("utf-8"), re.MULTILINE
    )
    house = int(election(name)["house_size"])
    odd = {
        (poll, cells[0]["kind"], f"{total(cells):g}") for poll, cells in polls(name).items() if total(cells) != house
    }
    assert {row for row in explained if row[0] in polls(name)} == odd


def test_the_note_names_no_poll_twice_and_none_that_is_not_there():
    named = re.findall(r"^\| (\d{4}-\S+) \|", NOTE.read_text(encoding="utf-8"), re.MULTILINE)
    shipped = [poll for name in elections() for poll in polls(name)]
    assert len(named) == len(set(named)) > 100
    assert set(named) <= set(shipped)
