"""The folders of Sweden, the Netherlands and Germany: law against results, lists against polls, what is absent."""

from datetime import date
from pathlib import Path

import pytest

from electoral.apparentement import allocate
from electoral.investiture import Investiture
from electoral.polls import PollKind, Unit
from pipelines.electorate import Campaign, Reference
from pipelines.electorate.folder import load
from pipelines.ingest.archive import accept
from pipelines.sources.archive import parse
from tests.data.reference import RAW
from tests.data.test_lists import PAGE, contrast, distance

OTHERS = "others"
REFERENCE: Reference = load(RAW)
FOREIGN = [name for name, campaign in REFERENCE.campaigns.items() if campaign.electorate.id in ("se", "nl", "de")]
COUNTED = [name for name in FOREIGN if REFERENCE.campaigns[name].results]
POLLED = [name for name in FOREIGN if (RAW / f"electorates/se/polls/{name}.csv").exists()]
# Where the national rule is not the whole law: seats by the rule less the official ones.
NOT_GOLDEN = {
    "se-2014": {
        "social-democrats": -1,
        "moderates": 1,
        "sweden-democrats": -2,
        "liberals": 1,
        "christian-democrats": 1,
    },
    "de-2021": {"spd": 2, "union": -3, "gruene": 1},
}


def campaign(name: str) -> Campaign:
    return REFERENCE.campaigns[name]


@pytest.mark.parametrize("name", COUNTED)
def test_the_law_of_the_folder_gives_the_official_seats(name: str) -> None:
    rules = campaign(name).rules_known(date.max)
    votes = {row.list: row.votes for row in campaign(name).results if row.list != OTHERS}
    others = sum(row.votes for row in campaign(name).results if row.list == OTHERS)
    seats = allocate(votes, rules, (), others).seats
    official = {row.list: row.seats for row in campaign(name).results if row.list != OTHERS}
    assert {own: seats[own] - official[own] for own in official if seats[own] != official[own]} == NOT_GOLDEN.get(
        name, {}
    )
    assert sum(official.values()) == rules.house_size


@pytest.mark.parametrize("name", COUNTED)
def test_votes_add_up_to_the_valid_votes_and_those_to_the_ballots(name: str) -> None:
    turnout = campaign(name).turnout
    assert turnout is not None
    assert sum(row.votes for row in campaign(name).results) == turnout.valid
    if turnout.voted is not None:
        assert turnout.valid + (turnout.invalid or 0) == turnout.voted < (turnout.eligible or 0)
    assert all(row.url for row in campaign(name).results), "every result has the address of its source"


def test_no_result_is_recorded_of_a_vote_whose_file_was_not_found() -> None:
    assert {name for name in FOREIGN if name not in COUNTED} == {"se-2026", "nl-2025", "nl-2030", "de-2029"}
    assert "no result is recorded" in str(campaign("se-2026").row.note)


def test_a_house_that_grew_with_the_vote_has_its_lawful_size_before_it() -> None:
    for name, grown in (("de-2013", 631), ("de-2017", 709), ("de-2021", 736)):
        vote = campaign(name).election.vote_date
        assert (campaign(name).rules_known(vote).house_size, campaign(name).rules_known(date.max).house_size) == (
            598,
            grown,
        )


def test_direct_seats_are_known_after_the_vote_only() -> None:
    clause = campaign("de-2021").rules_known(date(2021, 9, 26)).direct_seats
    assert clause is not None
    assert clause.won.get("linke", 0) < clause.needed <= 3


def test_each_electorate_has_its_own_investiture_and_customs() -> None:
    investitures = [campaign(name).election.rules.investiture for name in ("se-2026", "nl-2030", "de-2029")]
    assert investitures == [Investiture.NEGATIVE, Investiture.NONE, Investiture.MAJORITY_OF_MEMBERS]
    settings = {name: REFERENCE.electorates[name].settings for name in ("se", "nl", "de")}
    assert {name: each.intervals_first for name, each in settings.items()} == {"se": False, "nl": True, "de": False}
    assert {name: each.lead_seats for name, each in settings.items()} == {"se": 0, "nl": 2, "de": 0}
    assert settings["nl"].words["nl"].poll == "peiling"
    assert settings["de"].words["de"].projection == "Projektion aus Umfragen"
    for each in settings["de"].words.values():
        assert not {"Prognose", "Hochrechnung"} & set(" ".join(each.model_dump().values()).split())


def test_exit_polls_are_banned_until_the_polls_close_in_germany_and_nothing_else_is() -> None:
    for name in FOREIGN:
        bans = campaign(name).bans
        assert bool(bans) == name.startswith("de-")
        assert all((ban.kind, ban.end.hour) == ("exit_poll", 18) for ban in bans)


@pytest.mark.parametrize("name", FOREIGN)
def test_lists_are_told_apart_by_colour_and_label_in_every_language(name: str) -> None:
    rows = [row for row in campaign(name).list_rows.values() if row.kind in ("ballot", "campaign")]
    for column, ground in PAGE.items():
        colours = {row.list: getattr(row, column) for row in rows}
        assert all(contrast(colour, ground) >= 3 for colour in colours.values())
        near = [
            (one, other)
            for at, one in enumerate(colours)
            for other in list(colours)[at + 1 :]
            if distance(colours[one], colours[other]) < 12
        ]
        assert near == []
    for language in campaign(name).electorate.settings.languages:
        labels = [campaign(name).list_shorts(row.list)[language] for row in rows]
        assert len(set(labels)) == len(labels)
        assert all(0 < len(label) <= 14 for label in labels)


@pytest.mark.parametrize("name", POLLED)
def test_every_poll_that_ships_is_let_in_under_known_names(name: str) -> None:
    polls, refused = accept(RAW, campaign(name))
    assert refused == []
    pollsters = set(campaign(name).electorate.pollsters)
    assert {poll.pollster for poll in polls} <= pollsters
    assert not any(poll.unknown for poll in polls)
    assert {poll.unit for poll in polls} == {Unit.SHARE}


def test_the_swedish_polls_are_those_of_the_file() -> None:
    polls = {name: parse(RAW, name) for name in POLLED}
    assert {name: len(each) for name, each in polls.items()} == {
        "se-2014": 373, "se-2018": 387, "se-2022": 346, "se-2026": 253,
    }  # fmt: skip
    every = [poll for each in polls.values() for poll in each]
    assert sum(poll.published_date is None for poll in every) == 5
    assert sum(poll.is_fieldwork_guessed for poll in every) == 47
    assert sum(poll.kind is PollKind.EXIT_POLL for poll in every) == 5
    assert max(poll.published_date for poll in polls["se-2026"] if poll.published_date) == date(2026, 8, 19)
    assert max(len((cell.pct or "").partition(".")[2]) for poll in every for cell in poll.cells) == 6


def test_no_polls_whose_licence_is_unclear_are_shipped() -> None:
    for folder in (RAW / "electorates/nl", RAW / "electorates/de"):
        assert not list(Path(folder).glob("polls/*"))
        assert "No polls are shipped" in (folder / "README.md").read_text("utf-8")
