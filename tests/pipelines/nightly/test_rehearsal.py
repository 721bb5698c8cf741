"""A rehearsal is a night of its own: it knows no later result, says REHEARSAL everywhere, and touches nothing real."""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dashboard.i18n import translator
from dashboard.pages import PAGES
from dashboard.reader import Reader
from dashboard.serve.app import create_app
from pipelines.commands import vote as commands
from pipelines.electorate.folder import load
from pipelines.errors import ImportRefused
from pipelines.nightly import night as nightly
from pipelines.nightly.night import rehearse, saved_files
from tests.pipelines.vote.counts import count_file

ELECTION = "knesset-24"
CLOSE = datetime(2021, 3, 23, 20, tzinfo=UTC)


@pytest.fixture
def night(data_dir: Path, tmp_path: Path) -> Path:
    """Two saved files of a night, a third of the votes and then all; only its own polls are there to learn from."""
    for path in (data_dir / "raw/electorates/il/polls").glob("*.csv"):
        if path.stem not in (ELECTION, "knesset-25"):
            path.unlink()
    folder, campaign = tmp_path / "night", load(data_dir / "raw").campaign(ELECTION)
    folder.mkdir()
    count_file(folder / "late_25-03_19-57-16.csv", campaign)
    count_file(folder / "early_24-03_02-59-41.csv", campaign, 1 / 3)
    return folder


def state(folder: Path) -> dict[Path, str]:
    return {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.rglob("*") if path.is_file()}


def test_a_night_is_replayed_by_its_own_clock_and_says_so_on_every_page(
    data_dir: Path, night: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clock is moved by what is waited for; the page is looked at after each file."""
    now, out, before = [datetime(2026, 12, 1, 9, tzinfo=UTC)], tmp_path / "out", state(data_dir)
    monkeypatch.setattr(nightly, "clock_now", lambda: now[0])
    monkeypatch.setattr("dashboard.reader.machine_now", lambda: now[0])
    waited: list[float] = []

    def wait(seconds: float) -> None:
        waited.append(seconds)
        now[0] = datetime.fromtimestamp(now[0].timestamp() + seconds, UTC)

    campaign = load(data_dir / "raw").campaign(ELECTION)
    files = saved_files(data_dir / "raw", campaign, night)
    app, shown = None, []
    for line in rehearse(data_dir, campaign, files, out, 60, draws=200, wait=wait):
        if "shows it" in line:
            app = create_app(Reader(out / "processed")).server.test_client()
        if app:
            shown.append(app.get("/night?lang=en").text)
    assert app
    assert state(data_dir) == before, "what is real is read only"
    scratch = load(out / "raw")
    assert [one.election.id for one in scratch.campaigns.values() if one.results][-1] == "knesset-23"
    assert waited == pytest.approx([10, (files[0].moment - CLOSE).total_seconds() / 60, 2457.583], abs=0.01)
    held, after, early, late = shown
    assert "Nothing of it may be told before 23 Mar 2021, 22:00" in held
    assert "What each channel said" in after or "By the plain mean of the channels" in after
    assert "Counted so far, not a result" in early
    assert "24 Mar 2021, 02:59" in early
    assert "4,410,0" in late
    for path, lang in (*((path, "en") for path in PAGES), ("/night", "he")):
        assert translator(lang)("status.rehearsal") in app.get(f"{path}?lang={lang}").text, (path, lang)
    assert "REHEARSAL" in app.get("/feed.atom?lang=en").text
    assert "REHEARSAL" in app.get("/embed/night/count?lang=en").text


def test_what_is_no_night_is_refused_in_one_line(data_dir: Path, night: Path) -> None:
    campaign = load(data_dir / "raw").campaign(ELECTION)
    with pytest.raises(ImportRefused, match="no saved file of the count of knesset-24"):
        saved_files(data_dir / "raw", campaign, None)
    files = saved_files(data_dir / "raw", campaign, night)
    assert [file.name[:4] for file in files] == ["earl", "late"]
    with pytest.raises(ImportRefused, match="not empty and no rehearsal"):
        next(rehearse(data_dir, campaign, files, data_dir, 60, draws=200))
    assert (data_dir / "raw").is_dir()
    (night / "last.csv").write_bytes(files[0].body)
    with pytest.raises(ImportRefused, match=r"last.csv: its name has no moment"):
        saved_files(data_dir / "raw", campaign, night)


def test_seats_are_held_to_a_result_only_where_one_is_recorded(
    data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(nightly, "saved_files", lambda *_: ())
    monkeypatch.setattr(nightly, "rehearse", lambda *_, **__: iter(()))
    apart = []
    for election in (ELECTION, "knesset-26"):
        commands.rehearse(election, out=tmp_path, as_json=True, data_dir=data_dir)
        apart.append(json.loads(capsys.readouterr().out)["apart"])
    assert len(apart[0]) > 5
    assert apart[1] is None
