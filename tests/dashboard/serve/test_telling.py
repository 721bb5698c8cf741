"""What a channel is told of an alert: a sentence in its language; nothing in a ban, nothing that polls move weekly."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from dashboard.serve.telling import teller
from pipelines.editions.changes import changes
from pipelines.editions.store import EditionStore
from tests.dashboard import editions
from tests.dashboard.serve.test_feed import ALERT

NOW = datetime(2019, 9, 2, 3, tzinfo=UTC)
FELL = ALERT.model_copy(update={"kind": "list-passes", "subject": "gamma", "direction": "down", "key": "x"})


def folder(processed: Path, moved: float = 0.0, **settings: object) -> Path:
    """Two editions, the later of whose averages of every list is so many seats on; firms usually move by two."""
    polls = tuple(
        editions.poll(date(2019, 8, day), {"alpha": 60 + jump, "beta": 60 - jump, "gamma": 5 + jump})
        for day, jump in ((20, 0), (24, 2), (28, 0))
    )
    before = editions.publish(processed, as_of=date(2019, 8, 25), **settings)
    moves = changes(before, editions.publish(processed, more_polls=polls, **settings))
    rows = [row.model_copy(update={"trend_seats_before": 10.0, "trend_seats_after": 10 + moved}) for row in moves.lists]
    EditionStore(processed).keep_changes(moves.model_copy(update={"lists": rows}))
    return processed


@pytest.mark.parametrize(("lang", "sentence"), [("en", "North now reaches 61 in 60 of 100"), ("he", "61")])
def test_an_alert_is_a_sentence_with_its_campaign(tmp_path: Path, lang: str, sentence: str) -> None:
    title, text, is_noise = teller(folder(tmp_path, moved=8), NOW)(ALERT, lang)
    assert sentence in text
    assert not is_noise
    assert " · " in title


def test_a_move_that_polls_make_every_week_is_none(tmp_path: Path) -> None:
    tell = teller(folder(tmp_path, moved=0.5), NOW)
    assert tell(FELL, "en")[1:] == ("", True)
    assert tell(ALERT, "en")[1:] == ("", True), "a bloc none of whose lists moved more than usual"
    stale = ALERT.model_copy(update={"kind": "source-stale", "subject": "wikipedia", "after": 40.0})
    assert tell(stale, "en")[1:] == ("the source wikipedia has not answered for 40 hours.", False), "no movement at all"


def test_nothing_is_told_in_a_ban(tmp_path: Path) -> None:
    processed = folder(tmp_path, moved=8, ban=(datetime(2019, 9, 1), datetime(2019, 9, 17, 22)))
    assert teller(processed, NOW)(ALERT, "en")[1:] == ("", False)
    assert teller(processed, NOW.replace(day=18))(ALERT, "en")[1], "and after it, it is"
