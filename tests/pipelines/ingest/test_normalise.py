"""NameIndex: dated aliases, sources' own labels, every name a list has, and what nobody knows."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from electoral.polls import Poll, PollKind, Status
from pipelines.electorate import Reference
from pipelines.electorate.columns import AliasRow
from pipelines.electorate.folder import load
from pipelines.ingest.normalise import NameIndex, UnknownName, normalise
from pipelines.sources.reading import Refusal, ReportedCell, ReportedPoll


@pytest.fixture(scope="module")
def reference(root: Path) -> Reference:
    return load(root / "data" / "raw")


def reported(
    *labels: str, day: date = date(2019, 9, 1), pollster: str = "Midgam", publisher: str = "Channel 12"
) -> ReportedPoll:
    cells = tuple(ReportedCell(label, Status.SEATS, 10.0, None) for label in labels)
    return ReportedPoll("p", "knesset-22", PollKind.POLL, pollster, publisher, None, day, None, None, cells, "test")


def named(
    reference: Reference, printed: ReportedPoll, election: str = "knesset-22", source: str = "archive"
) -> Poll | Refusal:
    outcome = normalise(printed, source, NameIndex.of(reference.campaign(election)))
    return outcome if isinstance(outcome, Refusal) else outcome.poll


def lists_of(reference: Reference, label: str, election: str = "knesset-26", day: date = date(2026, 10, 1)) -> object:
    """What a label means on a day: its list, or in words why it means none."""
    outcome = normalise(reported(label, day=day), "csv", NameIndex.of(reference.campaign(election)))
    if isinstance(outcome, Refusal):
        return outcome.reason
    return outcome.unknown_reasons.get(label) or outcome.poll.values[0].list


def test_printed_names_become_ids_and_stay_as_printed(reference: Reference) -> None:
    poll = named(reference, reported("Yisrael Beiteinu", "Blue & White"))
    assert isinstance(poll, Poll)
    assert [(value.list, value.label) for value in poll.values] == [
        ("yisrael-beiteinu", "Yisrael Beiteinu"),
        ("blue-and-white", "Blue & White"),
    ]
    assert (poll.pollster, poll.publisher) == ("midgam", "channel-12")


def test_an_unknown_list_stays_under_its_label_and_the_nearest_name_is_said(reference: Reference) -> None:
    names = NameIndex.of(reference.campaign("knesset-22"))
    outcome = normalise(reported("Likud", "Yisrael Beitenuu"), "archive", names)
    assert not isinstance(outcome, Refusal)
    assert [(value.label, value.seats) for value in outcome.poll.unknown] == [("Yisrael Beitenuu", 10.0)]
    assert [value.list for value in outcome.poll.values] == ["likud"]
    assert "nearest known name is 'Yisrael Beiteinu'" in outcome.unknown_reasons["Yisrael Beitenuu"]


@pytest.mark.parametrize(
    "label",
    [
        "Yisrael Beiteinu",
        "YISRAEL  BEITEINU",
        "yisrael-beiteinu",
        "ישראל ביתנו",
        "\u200fישראל ביתנו ",
        "Ｙisrael Beiteinu",
    ],
)
def test_a_list_answers_to_every_name_it_has_however_it_is_spelt(reference: Reference, label: str) -> None:
    assert lists_of(reference, label) == "yisrael-beiteinu"


@pytest.mark.parametrize("label", ["ישר", "ישר!", "Yashar", "Yashar!"])
def test_an_exclamation_mark_is_no_part_of_a_name(reference: Reference, label: str) -> None:
    assert lists_of(reference, label) == "yashar"


@pytest.mark.parametrize("label", ["RZP- Zehut", "RZP-Zehut", "RZP\n–\nZehut", "rzp — zehut"])
def test_the_kind_of_dash_and_a_line_break_beside_it_make_no_other_name(reference: Reference, label: str) -> None:
    assert lists_of(reference, label) == "religious-zionism-zehut"


def test_a_name_that_was_cut_for_display_names_nobody(reference: Reference) -> None:
    for cut in ("Yisrael Bei…", "Yisrael Bei..."):  # a sheet's cells are folded before anybody asks
        assert "the name is cut" in str(lists_of(reference, cut))


def test_a_list_of_scenarios_is_unknown_in_an_ordinary_poll(reference: Reference) -> None:
    names = NameIndex.of(reference.campaign("knesset-26"))
    ordinary = reported("Likud", "Likud B", day=date(2026, 9, 1))
    outcome = normalise(ordinary, "wikipedia", names)
    assert not isinstance(outcome, Refusal)
    assert "in scenarios only" in outcome.unknown_reasons["Likud B"]
    scenario = normalise(replace(ordinary, kind=PollKind.SCENARIO), "wikipedia", names)
    assert not isinstance(scenario, Refusal)
    assert scenario.unknown_reasons == {}


def test_a_name_of_two_lists_is_refused_with_both(reference: Reference) -> None:
    campaign = reference.campaign("knesset-26")
    likud = next(row for row in campaign.aliases if row.alias == "Likud")
    doubtful = replace(campaign, aliases=(*campaign.aliases, likud.model_copy(update={"list": "shas"})))
    outcome = normalise(reported("Likud", day=date(2026, 10, 1)), "csv", NameIndex.of(doubtful))
    assert isinstance(outcome, Refusal)
    assert outcome.reason == "'Likud' on 2026-10-01 may be likud or shas; write one of these ids"


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


def test_what_a_firm_is_for_one_publisher_goes_before_what_it_is_for_any(reference: Reference) -> None:
    """Channel 14 printed its pollster under the name of the firm that its partner had taken to i24NEWS."""
    day, printed = date(2026, 8, 26), "Direct Polls"
    channel = named(reference, reported("Likud", publisher="Channel 14", day=day, pollster=printed), "knesset-26")
    other = named(reference, reported("Likud", publisher="i24NEWS", day=day, pollster=printed), "knesset-26")
    assert isinstance(channel, Poll)
    assert isinstance(other, Poll)
    assert (channel.pollster, other.pollster) == ("filber", "direct-polls")


@pytest.mark.parametrize(
    ("label", "election", "day", "expected"),
    [
        (
            "Jewish Home–National Union+New Right",
            "knesset-23",
            date(2019, 12, 1),
            "new-right-jewish-home-national-union",
        ),
        ("Democratic Union+Labor–Gesher", "knesset-23", date(2019, 12, 1), "labor-gesher-democratic-union"),
        ("Joint List+Ra'am+Ta'al", "knesset-24", date(2021, 1, 20), "joint-list-with-raam"),  # no list was Ta'al alone
        ("Likud+Nobody", "knesset-23", date(2019, 12, 1), "unknown list 'Likud+Nobody'"),
        ("Likud+Shas", "knesset-23", date(2019, 12, 1), "unknown list 'Likud+Shas'"),
    ],
)
def test_one_number_over_several_columns_is_the_list_of_exactly_their_members(
    reference: Reference, label: str, election: str, day: date, expected: str
) -> None:
    assert str(lists_of(reference, label, election, day)).startswith(expected)


def test_a_source_s_own_name_of_a_column_holds_in_a_number_over_several(reference: Reference) -> None:
    campaign, day = reference.campaign("knesset-23"), date(2019, 12, 1)
    own = AliasRow(
        election="knesset-23", source="csv", alias="L and G", list="labor-gesher",
        from_date=None, to_date=None, note=None,
    )  # fmt: skip
    names = NameIndex.of(replace(campaign, aliases=(*campaign.aliases, own)))
    assert names.list_of("Democratic Union+L and G", "csv", day) == "labor-gesher-democratic-union"
    with pytest.raises(UnknownName):
        names.list_of("Democratic Union+L and G", "wikipedia", day)


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("Yisrael Beitenuu", "the nearest known name is 'Yisrael Beiteinu'"),
        ("Liebermann", "the nearest known name is 'Lieberman'"),
        ("Yisrael", "the nearest known name is 'Yisrael Beiteinu'"),
        ("Shax", "the nearest known name is 'Sh'"),  # of two thirds of its letters
        ("Shaxyz", "the nearest known name is 'Sh'"),  # of half
        ("Shaxyzw", "no known name is near"),
    ],
)
def test_the_nearest_name_is_of_any_list_or_alias_and_has_half_of_the_letters(label: str, said: str) -> None:
    campaign = SimpleNamespace(
        lists={"yb": None, "s": None},
        every_list_name={"yb": ("Yisrael Beiteinu",), "s": ("Sh",)}.__getitem__,
        aliases=[SimpleNamespace(alias="Lieberman")],
    )
    assert NameIndex(cast(Any, campaign), cast(Any, None))._nearest(label) == said
