"""What a page depends on is in the name of its release."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from dashboard.reader import Clock, Reader
from dashboard.serve import release
from dashboard.serve.release import stale
from pipelines.editions.records import CampaignRun, Runs
from pipelines.editions.store import EditionStore
from tests.dashboard import editions


def test_another_framework_is_another_release(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page made ahead names the framework's scripts, and its policy their hashes."""
    before = release.code()
    monkeypatch.setattr(release, "FRAMEWORK", "dash 0")
    assert release.code.__wrapped__() != before
    monkeypatch.undo()
    assert release.code.__wrapped__() == before


DAY = date(2019, 9, 2)
NOON_UTC = datetime(2019, 9, 4, 9, tzinfo=UTC)  # noon in Jerusalem


@pytest.fixture
def published(tmp_path: Path) -> Path:
    editions.publish(tmp_path, as_of=DAY)
    return tmp_path


def checked(processed: Path, at: datetime, edition: str) -> None:
    when = at.isoformat()
    run = CampaignRun(election="test-1", edition=edition, status="published", checked_utc=when, published_utc=when)
    record = Runs(started_utc=when, finished_utc=when, exit_code=0, error=None, sources=[], campaigns=(run,))
    EditionStore(processed).keep("il", record)


def test_where_no_check_is_recorded_it_counts_from_the_end_of_the_day(published: Path) -> None:
    reader = Reader(published)
    assert stale(reader, Clock(lambda: date(2019, 9, 4))) == ()
    assert stale(reader, Clock(lambda: date(2019, 9, 5))) == ("test-1",)


@pytest.mark.parametrize(("hours", "expected"), [(35.9, ()), (36.1, ("test-1",))])
def test_thirty_six_hours_after_the_last_check_it_is_stale(published: Path, hours: float, expected: tuple[str]) -> None:
    reader = Reader(published)
    checked(published, NOON_UTC - timedelta(hours=hours), reader.edition().id)
    assert stale(reader, Clock(lambda: date(2019, 9, 4))) == expected


def test_the_last_run_of_an_electorate_names_its_release_and_no_others(published: Path) -> None:
    reader, clock = Reader(published), Clock(lambda: date(2019, 9, 4))
    (electorate, _), *_ = reader.electorates()
    first = release.name(reader, clock, electorate)
    checked(published, NOON_UTC, "0" * 16)
    assert release.name(reader, clock, electorate) != first
    named = release.name(reader, clock, electorate)
    record = EditionStore(published).record(Runs, "il")
    assert record is not None
    EditionStore(published).keep("nl", record)
    assert release.name(reader, clock, electorate) == named


def test_a_release_ends_with_the_second_in_which_a_ban_ends(tmp_path: Path) -> None:
    editions.publish(tmp_path, as_of=DAY, ban=(datetime(2019, 9, 14), datetime(2019, 9, 17, 22)))
    end = datetime(2019, 9, 17, 22, tzinfo=ZoneInfo("Asia/Jerusalem"))
    reader = Reader(tmp_path)
    last, first = (
        release.of_all(reader, Clock(None, lambda shift=shift: end + shift))  # type: ignore[misc]
        for shift in (timedelta(microseconds=-1), timedelta())
    )
    assert last != first
    assert release.of_all(reader, Clock(None, lambda: end + timedelta(microseconds=999_999))) == first


def test_a_check_of_another_edition_does_not_count(published: Path) -> None:
    checked(published, NOON_UTC, "0" * 16)
    assert stale(Reader(published), Clock(lambda: date(2019, 9, 5))) == ("test-1",)


def test_while_the_law_forbids_a_newer_one_none_is_awaited(tmp_path: Path) -> None:
    editions.publish(tmp_path, as_of=DAY, ban=(datetime(2019, 9, 14), datetime(2019, 9, 17, 22)))
    assert stale(Reader(tmp_path), Clock(lambda: date(2019, 9, 13))) == ("test-1",)
    assert stale(Reader(tmp_path), Clock(lambda: date(2019, 9, 15))) == ()


def test_after_the_vote_nothing_is_awaited(published: Path) -> None:
    assert stale(Reader(published), Clock(lambda: date(2019, 9, 17))) == ("test-1",)
    assert stale(Reader(published), Clock(lambda: date(2019, 9, 18))) == ()
