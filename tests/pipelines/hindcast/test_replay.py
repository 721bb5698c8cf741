"""Replays: nothing of later days or elections reaches a rolling-origin row, and leave-one-out leaves one out."""

import shutil
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from pipelines.hindcast.models import MODELS, OURS, ROLLING, Teaching
from pipelines.hindcast.replay import PastCampaign, load_past, replay, teachers
from pipelines.hindcast.run import DAILY_DAYS, Day, Task, _path, _work
from pipelines.ingest.archive import open_reference
from tests.conftest import keep_polls

DAYS_AHEAD = 7


@pytest.fixture(scope="module")
def past(root: Path) -> list[PastCampaign]:
    raw = root / "data" / "raw"
    return load_past(raw, open_reference(raw), "il")


def shares(everyone: list[PastCampaign], model: str, election: str = "knesset-21") -> np.ndarray:
    found = next(campaign for campaign in everyone if campaign.id == election)
    teaching = Teaching(teachers(everyone, found, earlier_only=False), teachers(everyone, found, earlier_only=True))
    return MODELS[model](replay(found, DAYS_AHEAD), teaching).shares


def test_what_is_later_changes_no_rolling_row(past: list[PastCampaign], root: Path, tmp_path: Path) -> None:
    """Later polls of the campaign, its own result, and everything of every later campaign."""
    raw = tmp_path / "raw"
    shutil.copytree(root / "data" / "raw", raw)
    keep_polls(raw, "knesset-21", lambda poll: poll < "2019-04-03")
    results = raw / "electorates/il/results.csv"
    results.write_text(results.read_text("utf-8").replace("1140370", "940370").replace("1352449", "352449"), "utf-8")
    keep_polls(raw, "knesset-24", lambda poll: poll < "2020-12")
    changed = load_past(raw, open_reference(raw), "il")
    assert shares(changed, ROLLING).tobytes() == shares(past, ROLLING).tobytes()
    assert shares(changed, OURS).tobytes() != shares(past, OURS).tobytes(), "leave-one-out does learn from later ones"


def test_an_election_never_teaches_itself(past: list[PastCampaign]) -> None:
    for scored in past:
        others = teachers(past, scored, earlier_only=False)
        assert not any(lesson is scored.lesson for lesson in others)
        assert len(others) == len(past) - 1
        votes = [found.vote_day for found in teachers(past, scored, earlier_only=True)]
        assert all(day < scored.campaign.election.vote_date.toordinal() for day in votes)


def test_the_first_election_is_replayed_with_the_prior_alone(past: list[PastCampaign]) -> None:
    assert teachers(past, past[0], earlier_only=True) == []
    assert shares(past, ROLLING, past[0].id).shape[0] > 8


def test_a_replay_is_of_its_day(past: list[PastCampaign]) -> None:
    found = next(campaign for campaign in past if campaign.id == "knesset-22")
    replayed = replay(found, DAYS_AHEAD)
    assert replayed.as_of == date(2019, 9, 10)
    assert replayed.trend.dates()[-1] == replayed.as_of
    newest = max(line.rows["day"].max() for line in replayed.trend.lines)
    assert newest <= replayed.as_of.toordinal()


@pytest.mark.parametrize("model", MODELS)
def test_every_model_gives_shares_of_the_lists_that_stand(past: list[PastCampaign], model: str) -> None:
    found = shares(past, model, "knesset-23")
    assert np.isfinite(found).all()
    assert (found.sum(axis=0) <= 1 + 1e-9).all()
    assert (found.sum(axis=0) > 0.9).all()


def test_a_day_of_the_path_is_the_rolling_projection_of_that_day(past: list[PastCampaign], root: Path) -> None:
    (day,) = _work(Task(root / "data" / "raw", "il", "knesset-21", DAYS_AHEAD, None))
    assert isinstance(day, Day)
    assert day.as_of == "2019-04-02"
    names = replay(next(found for found in past if found.id == "knesset-21"), DAYS_AHEAD).lists
    assert list(day.seats) == list(names)
    assert all(low <= median <= high for low, median, high in (*day.seats.values(), day.bloc_seats))
    assert day.p_pass["likud"] == 1
    assert 0 < day.p_majority < 1


def test_the_path_begins_when_the_lists_close_and_ends_on_the_eve(past: list[PastCampaign]) -> None:
    found = next(campaign for campaign in past if campaign.id == "knesset-21")
    days = list(_path(found))
    assert days[-1] == 1
    assert found.as_of(days[0]) >= (found.campaign.election.lists_close_date or found.as_of(0))
    assert len(days) == days[0] <= DAILY_DAYS
