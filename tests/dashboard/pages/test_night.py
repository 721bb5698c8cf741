"""Night: a count is said to be interim, adds up, and is not told before it may be."""

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from dashboard.blocks import Block
from dashboard.i18n import Translator
from dashboard.pages import PAGES
from dashboard.reader import Reader
from dashboard.render.text import say
from dashboard.serve.app import create_app
from dashboard.view import View
from electoral.explain import allocation_document, next_seat_document
from electoral.next_seat import next_seat
from pipelines.editions.schema import SeatRule
from pipelines.editions.schema.vote import CountPoint, Standing, Vote
from pipelines.editions.store import Edition, EditionStore
from tests.dashboard import editions
from tests.dashboard.conftest import view_of

VOTES = {"alpha": 416_000, "beta": 388_000, "gamma": 90_000, "delta": 30_000}
OTHER = 7_000
NIGHT, AFTER = date(2019, 9, 17), date(2019, 9, 18)


def vote(**changes: object) -> Vote:
    """A count of the made-up election, put through the law as `pipelines.vote.count` does."""
    step_result = next_seat(VOTES, editions.RULES, editions.AGREEMENTS, OTHER)
    allocation = step_result.allocation
    steps = {"steps": allocation_document(allocation)["steps"], "threshold_votes": float(allocation.threshold_votes)}
    point = CountPoint(
        moment_utc="2019-09-17T22:30:00+00:00", sha256="a", file="count.csv", unit="box", stage="interim", why="",
        rows=900, refused_rows=0,
        eligible=1_500_000, voted=932_000, invalid=1_000, valid_votes=sum(VOTES.values()) + OTHER,
        official_valid=None, counted_pct=61.5, votes=VOTES, unknown_votes={"x": OTHER}, seats=dict(allocation.seats),
        ties=[], warnings=[],
    )  # fmt: skip
    values = {
        "election": "test-1", "basis": "b", "house_size": 120, "seat_rule": SeatRule(), "counts": [point],
        "valid_before": 2_000_000, "of_election": "test-0",
        "standing": Standing.model_validate(next_seat_document(step_result) | steps),
    }  # fmt: skip
    return Vote.model_validate(values | changes)


@pytest.fixture
def night(processed: Path, edition: Edition) -> View:
    EditionStore(processed).keep_vote(vote())
    return replace(view_of(edition, "/night", today=AFTER), is_told=True)


def block(view: View, name: str) -> Block:
    return next(part for part in PAGES["/night"].blocks(view) if isinstance(part, Block) and part.id == name)


def text(view: View, name: str, t: Translator) -> str:
    part_block = block(view, name)
    parts = [part_block.finding] if part_block.finding else []
    parts += [part for note in part_block.lead for part in getattr(note, "parts", ())]
    return " ".join(say(part, t) for part in parts)


def test_a_count_is_interim_and_whose_numbers_they_are_is_said_in_order(night: View, en: Translator) -> None:
    headline = text(night, "headline", en)
    assert headline.startswith("Counted so far, not a result: Alpha ")
    committee, ours = (
        headline.index("61.5% is counted"),
        headline.index("Our estimate, by the valid votes of the election before: 47%"),
    )
    assert committee < ours
    assert "Envelopes are counted last" in headline
    assert "nothing here is projected" in headline


def test_votes_and_seats_add_up_and_are_those_of_the_law(night: View) -> None:
    table = block(night, "count").table
    assert table
    columns = [column.id for column in table.columns]
    votes, seats = (columns.index(name) for name in ("votes", "seats"))
    assert sum(row[votes] for row in table.rows) == sum(VOTES.values()) + OTHER
    assert sum(row[seats] for row in table.rows) == 120


def test_the_last_seat_and_what_an_agreement_changed_are_in_words(night: View, en: Translator) -> None:
    sentence = text(night, "last-seat", en)
    assert sentence.startswith("The last seat is held by ")
    assert "÷" in sentence
    assert "Next in line is" in sentence
    (line,) = block(night, "agreements").notes[0].items  # type: ignore[union-attr]
    assert say(line[0][0], en).startswith("Alpha and Gamma")


def test_without_a_count_the_page_says_what_is_awaited(edition: Edition, en: Translator) -> None:
    before = view_of(edition, "/night")
    assert text(before, "headline", en).startswith("The vote is on 17 Sept 2019")
    after = replace(before, today=AFTER, is_told=True)
    assert text(after, "headline", en) == "No count of this vote has come in here."


def test_nothing_of_a_count_is_told_before_the_ballots_close(tmp_path: Path) -> None:
    """What lies beside the editions too early, whoever put it there, is on no page until the ban ends."""
    ban = (datetime(2019, 9, 14), datetime(2019, 9, 17, 22))
    editions.publish(tmp_path / "processed", ban=ban)
    EditionStore(tmp_path / "processed").keep_vote(vote())

    def client(day: date) -> FlaskClient:
        return create_app(Reader(tmp_path / "processed"), lambda: day).server.test_client()

    held, after = (client(day).get("/night?lang=en").text for day in (NIGHT, AFTER))
    assert "416,000" not in held
    assert "Nothing of it may be told before 17 Sept 2019, 22:00" in held
    assert "416,000" in after


def test_a_new_count_is_a_new_release(processed: Path) -> None:
    client = create_app(Reader(processed), lambda: AFTER).server.test_client()
    assert "No count of this vote" in client.get("/night?lang=en").text
    EditionStore(processed).keep_vote(vote())
    assert "416,000" in client.get("/night?lang=en").text
