"""Replays: nothing of later days or elections reaches a rolling-origin row, and leave-one-out leaves one out."""

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from pipelines.editions.schema import RecordDay
from pipelines.forecast.polling_error import Centre, PollingError, draw, line_centres, others_of
from pipelines.hindcast.models import MODELS, ROLLING, PastCampaign, Teaching, load_past, replay, teachers
from pipelines.hindcast.run import DAILY_DAYS, Task, _path, _work
from pipelines.ingest.archive import accept, open_reference
from pipelines.projection import fit_trend
from pipelines.trend import local_level
from pipelines.trend.local_level import FALLBACK
from pipelines.trend.observations import to_share
from tests.conftest import keep_polls

DAYS_AHEAD = 7


@pytest.fixture(scope="module")
def past(root: Path) -> list[PastCampaign]:
    raw = root / "data" / "raw"
    return load_past(raw, open_reference(raw), "il")


def shares(everyone: list[PastCampaign], model: str, election: str = "knesset-21") -> np.ndarray:
    scored = next(campaign for campaign in everyone if campaign.id == election)
    teaching = Teaching(teachers(everyone, scored, earlier_only=False), teachers(everyone, scored, earlier_only=True))
    return MODELS[model](replay(scored, DAYS_AHEAD), teaching).shares


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
    rolling, left_out = "mean-7-learned-t-rolling", "mean-7-learned-t"
    assert shares(changed, rolling).tobytes() == shares(past, rolling).tobytes()
    assert shares(changed, left_out).tobytes() != shares(past, left_out).tobytes(), "it learns from later ones too"


def test_an_election_never_teaches_itself(past: list[PastCampaign]) -> None:
    for scored in past:
        others = teachers(past, scored, earlier_only=False)
        assert not any(lesson is scored.lesson for lesson in others)
        assert len(others) == len(past) - 1
        votes = [teacher.vote_day for teacher in teachers(past, scored, earlier_only=True)]
        assert all(day < scored.campaign.election.vote_date.toordinal() for day in votes)


def test_the_first_election_is_replayed_with_the_prior_alone(past: list[PastCampaign]) -> None:
    assert teachers(past, past[0], earlier_only=True) == []
    assert shares(past, ROLLING, past[0].id).shape[0] > 8


def test_a_replay_is_of_its_day(past: list[PastCampaign]) -> None:
    old = next(campaign for campaign in past if campaign.id == "knesset-22")
    replayed = replay(old, DAYS_AHEAD)
    assert replayed.as_of == date(2019, 9, 10)
    assert replayed.trend.dates()[-1] == replayed.as_of
    newest = max(line.rows["day"].max() for line in replayed.trend.lines)
    assert newest <= replayed.as_of.toordinal()


@pytest.mark.parametrize("model", MODELS)
def test_every_model_gives_shares_of_the_lists_that_stand(past: list[PastCampaign], model: str) -> None:
    rows = shares(past, model, "knesset-23")
    assert np.isfinite(rows).all()
    assert (rows.sum(axis=0) <= 1 + 1e-9).all()
    assert (rows.sum(axis=0) > 0.9).all()


def test_a_day_of_the_path_is_the_rolling_projection_of_that_day(past: list[PastCampaign], root: Path) -> None:
    (day,) = _work(Task(root / "data" / "raw", "il", "knesset-21", DAYS_AHEAD, None, MODELS))
    assert isinstance(day, RecordDay)
    assert day.as_of == date(2019, 4, 2)
    names = replay(next(campaign for campaign in past if campaign.id == "knesset-21"), DAYS_AHEAD).lists
    assert list(day.seats) == list(names)
    assert all(low <= median <= high for low, median, high in (*day.seats.values(), day.bloc_seats))
    assert day.p_pass["likud"] == 1
    assert 0 < day.p_majority < 1


def test_the_path_begins_when_the_lists_close_and_ends_on_the_eve(past: list[PastCampaign]) -> None:
    old = next(campaign for campaign in past if campaign.id == "knesset-21")
    days = list(_path(old))
    assert days[-1] == 1
    assert old.as_of(days[0]) >= (old.campaign.election.lists_close_date or old.as_of(0))
    assert len(days) == days[0] <= DAILY_DAYS


def test_parameters_are_fitted_once_and_read_the_same(
    past: list[PastCampaign], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = next(campaign for campaign in past if campaign.id == "knesset-22")
    fresh = replay(old, DAYS_AHEAD, fits_folder=tmp_path).trend
    (file,) = tmp_path.iterdir()
    fits: list[object] = []
    monkeypatch.setattr(local_level, "fit", lambda *_: fits.append(None))
    again = replay(old, DAYS_AHEAD, fits_folder=tmp_path).trend
    assert not fits
    assert again.parameters == fresh.parameters
    assert [line.mean.tobytes() for line in again.lines] == [line.mean.tobytes() for line in fresh.lines]
    monkeypatch.undo()
    file.write_bytes(b"{")
    assert replay(old, DAYS_AHEAD, fits_folder=tmp_path).trend.parameters == fresh.parameters
    changed = replace(old, mark="of other polls")
    monkeypatch.setattr(local_level, "fit", lambda *_: FALLBACK)
    assert replay(changed, DAYS_AHEAD, fits_folder=tmp_path).trend.parameters == FALLBACK


@pytest.mark.parametrize("electorate", ["il", "se"])
def test_the_line_ends_where_the_projection_is_centred(electorate: str, root: Path) -> None:
    """Every campaign of every electorate that has polls, on its last day: Trends and the projection say one number."""
    raw = root / "data" / "raw"
    for campaign in (one for one in open_reference(raw).of(electorate) if one.ships_polls):
        polls = [poll for poll in accept(raw, campaign)[0] if poll.fieldwork.end <= campaign.eve]
        trend = fit_trend(campaign, polls, campaign.eve, FALLBACK)
        lists = [line.list for line in trend.lines]
        others = others_of(trend)
        assumed = trend.others_share if isinstance(others, Centre) else others
        shares = to_share(np.array([line.mean[-1] for line in trend.lines]))
        assert shares.sum() == pytest.approx(1 - assumed), campaign.election.id
        centres = line_centres(trend.lines, campaign.lists)
        sure = [replace(centre, variance=0.0) for centre in centres]
        exact = PollingError((0.0,) * 4, 0.0)
        draws = draw(sure, exact, 7, 2, (0,), [bloc.lists for bloc in campaign.blocs()], others=assumed)
        gaps_pct = 100 * np.abs(draws.shares[:, 0] - shares)
        assert gaps_pct.max() < 0.05, (campaign.election.id, lists[int(gaps_pct.argmax())])
