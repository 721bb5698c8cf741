"""Names: dated aliases, sources' own labels, and what nobody knows."""

from datetime import date
from pathlib import Path

import pytest

from electoral.polls import Poll, PollKind, Status
from pipelines.electorate import Reference, load
from pipelines.harmonise import harmonise, slug
from pipelines.reported import Refusal, ReportedCell, ReportedPoll


@pytest.fixture(scope="module")
def reference(root: Path) -> Reference:
    return load(root / "data" / "raw")


def reported(
    *labels: str, day: date = date(2019, 9, 1), pollster: str = "Midgam", publisher: str = "Channel 12"
) -> ReportedPoll:
    cells = tuple(ReportedCell(label, Status.SEATS, 10.0, None) for label in labels)
    return ReportedPoll("p", "knesset-22", PollKind.POLL, pollster, publisher, None, day, None, None, cells, "test")


def named(reference: Reference, found: ReportedPoll, election: str = "knesset-22") -> Poll | Refusal:
    return harmonise(found, "archive", reference.campaign(election), reference)


def test_printed_names_become_ids_and_stay_as_printed(reference: Reference) -> None:
    poll = named(reference, reported("Yisrael Beiteinu", "Blue & White"))
    assert isinstance(poll, Poll)
    assert [(value.list, value.label) for value in poll.values] == [
        ("yisrael-beiteinu", "Yisrael Beiteinu"),
        ("blue-and-white", "Blue & White"),
    ]
    assert (poll.pollster, poll.publisher) == ("midgam", "channel-12")


def test_an_unknown_list_is_refused_with_the_nearest_known_name(reference: Reference) -> None:
    refusal = named(reference, reported("Yisrael Beitenu"))
    assert isinstance(refusal, Refusal)
    assert refusal.check == "list-name"
    assert "'Yisrael Beitenu'" in refusal.reason
    assert "nearest known name is 'Yisrael Beiteinu'" in refusal.reason


def test_two_columns_of_one_list_are_refused(reference: Reference) -> None:
    refusal = named(reference, reported("Likud", "Likud–Kulanu"))
    assert isinstance(refusal, Refusal)
    assert "both likud" in refusal.reason


def test_a_label_means_what_it_meant_on_its_day(reference: Reference) -> None:
    """In the campaign of 2015 a source printed "Zionist Union" months before that list existed."""
    early = named(reference, reported("Zionist Union", day=date(2014, 6, 1)), "knesset-20")
    late = named(reference, reported("Zionist Union", day=date(2015, 2, 1)), "knesset-20")
    assert isinstance(early, Poll)
    assert isinstance(late, Poll)
    assert (early.values[0].list, late.values[0].list) == ("labor-hatnuah", "zionist-union")


@pytest.mark.parametrize("spelling", ["Maagar Mohot", "Maagar Mochot"])
def test_spellings_of_one_firm_are_one_house(reference: Reference, spelling: str) -> None:
    poll = named(reference, reported("Likud", pollster=spelling))
    assert isinstance(poll, Poll)
    assert poll.pollster == "maagar-mochot"


def test_an_unknown_firm_is_let_in_under_its_own_name(reference: Reference) -> None:
    poll = named(reference, reported("Likud", pollster="Brand-New Polls Ltd."))
    assert isinstance(poll, Poll)
    assert poll.pollster == "brand-new-polls-ltd"


@pytest.mark.parametrize(("name", "expected"), [("A  b!", "a-b"), ("Émile & fils", "emile-fils")])
def test_slug(name: str, expected: str) -> None:
    assert slug(name) == expected


def test_a_name_in_another_script_still_has_an_id() -> None:
    assert slug("מדגם") != slug("מאגר")
    assert slug("מדגם").isascii()
