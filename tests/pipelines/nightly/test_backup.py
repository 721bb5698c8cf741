"""Backup, restore, rebuild: proved by hashes and counts, also while a refresh runs, and never over what is there."""

import io
import json
import shutil
import sqlite3
import tarfile
from collections.abc import Callable
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipelines.editions.edition import check
from pipelines.editions.store import EditionStore
from pipelines.electorate.folder import load
from pipelines.errors import BackupRefused, LedgerDamaged
from pipelines.ingest.run import rebuild
from pipelines.ingest.store import Ledger
from pipelines.nightly.backup import backup, restore
from pipelines.refresh import run
from pipelines.request import RefreshRequest, RefreshResult
from tests.pipelines import nights


def refresh(data_dir: Path, day: date, draws: int = nights.DRAWS) -> list[RefreshResult]:
    order = RefreshRequest(data_dir, day, None, draws, 0)
    return list(run(nights.ELECTION, order, lambda _campaign, _step: None))


@pytest.fixture(scope="module")
def two_nights(few_polls: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What ships for the Knesset, with two nights and a fetched page."""
    data_dir = tmp_path_factory.mktemp("two-nights") / "data"
    shutil.copytree(few_polls, data_dir / "raw")
    for day in (nights.YESTERDAY, nights.TONIGHT):
        refresh(data_dir, day)
    (data_dir / "raw/desk").mkdir()
    (data_dir / "raw/desk/rulings.csv").write_text("election,poll,check,printed,ruling,why\n")
    page = data_dir / "raw/snapshots/wikipedia/page.html"
    page.parent.mkdir(parents=True)
    page.write_bytes(b"<html>")
    return data_dir


@pytest.fixture
def published(two_nights: Path, tmp_path: Path) -> Path:
    """The same for one test, which may change it."""
    return Path(shutil.copytree(two_nights, tmp_path / "data"))


def empty(tmp_path: Path) -> Path:
    """A fresh checkout's data folder, but for what ships."""
    place = tmp_path / "elsewhere"
    (place / "processed").mkdir(parents=True)
    (place / "processed/README.md").write_text("here editions will be\n")
    return place


def test_what_is_restored_is_what_was_there(published: Path, tmp_path: Path) -> None:
    (published / "processed/runs").mkdir(exist_ok=True)
    (published / "processed/runs/il.damaged").write_bytes(b"{broken")
    saved = backup(published, tmp_path / "saved.tar")
    assert saved.left_out == (), "what a refresh put aside is no remark"
    place = empty(tmp_path)
    assert restore(tmp_path / "saved.tar", place) == saved
    assert saved.editions == 2
    assert saved.polls > 0
    assert nights.published_bytes(place) == nights.published_bytes(published)
    assert nights.ledger_rows(place) == nights.ledger_rows(published)
    assert (place / "raw/snapshots/wikipedia/page.html").read_bytes() == b"<html>"
    assert (place / "raw/desk/rulings.csv").read_text().startswith("election,poll")
    assert not list(place.rglob(".*"))


def test_a_backup_from_before_electorates_had_folders_runs_with_what_ships_now(published: Path, tmp_path: Path) -> None:
    """It holds no file that ships; the desk's aliases were in list_aliases.csv."""
    (published / "raw/desk/list_aliases.csv").write_text(
        f"election,source,alias,list,from_date,to_date,note\n{nights.ELECTION},,Likud!,likud,,,seen in print\n"
    )
    backup(published, tmp_path / "saved.tar")
    place = empty(tmp_path)
    restore(tmp_path / "saved.tar", place)
    shutil.copytree(published / "raw/electorates", place / "raw/electorates")
    assert "Likud!" in {row.alias for row in load(place / "raw").campaign(nights.ELECTION).aliases}
    tomorrow = nights.TONIGHT + timedelta(days=1)
    runs = [refresh(folder, tomorrow) for folder in (published, place)]
    assert runs[0][0].edition == runs[1][0].edition
    rebuild(place)
    assert nights.ledger_rows(place) == nights.ledger_rows(published)


def test_of_two_editions_of_a_day_the_later_one_still_speaks(published: Path, tmp_path: Path) -> None:
    for draws in (300, 400, 250):
        refresh(published, nights.TONIGHT, draws)
    order = [edition.id for edition in EditionStore(published / "processed").all(nights.ELECTION)]
    place = empty(tmp_path)
    backup(published, tmp_path / "saved.tar")
    restore(tmp_path / "saved.tar", place)
    store = EditionStore(place / "processed")
    assert [edition.id for edition in store.all(nights.ELECTION)] == order
    assert store.as_of(nights.ELECTION, nights.TONIGHT).manifest.parameters["draws"] == 250
    assert store.current() == EditionStore(published / "processed").current()


def test_a_backup_with_a_ledger_of_an_older_version_restores_as_it_is(published: Path, tmp_path: Path) -> None:
    """It is brought up to date by the next refresh, as it would have been where it came from."""
    with closing(sqlite3.connect(published / "processed/ledger.sqlite")) as connection:
        connection.execute("PRAGMA user_version = 3")
        connection.commit()
    saved = backup(published, tmp_path / "saved.tar")
    place = empty(tmp_path)
    assert restore(tmp_path / "saved.tar", place) == saved
    assert saved.polls > 0
    with closing(sqlite3.connect(place / "processed/ledger.sqlite")) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (3,)
        assert connection.execute("SELECT count(*) FROM revisions").fetchone() == (saved.polls,)


def test_a_place_that_is_not_empty_is_left_alone(published: Path, tmp_path: Path) -> None:
    backup(published, tmp_path / "saved.tar")
    before = nights.published_bytes(published)
    with pytest.raises(BackupRefused, match="not empty"):
        restore(tmp_path / "saved.tar", published)
    assert nights.published_bytes(published) == before


def rewritten(source: Path, target: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    """A backup with each file put through `change`; None leaves it out."""
    with tarfile.open(source) as old, tarfile.open(target, "w") as new:
        for entry in old:
            file = old.extractfile(entry)
            assert file is not None
            content = change(entry.name, file.read())
            if content is not None:
                entry.size = len(content)
                new.addfile(entry, io.BytesIO(content))
    return target


def drop(part: str) -> Callable[[str, bytes], bytes | None]:
    return lambda name, content: None if part in name else content


def spoil(part: str) -> Callable[[str, bytes], bytes | None]:
    return lambda name, content: content[:-1] + b"?" if part in name else content


def recount(name: str, content: bytes) -> bytes:
    if name != "backup.json":
        return content
    return json.dumps({**json.loads(content), "polls": 7}).encode()


DAMAGED = {
    "a file missing": (drop("shares.parquet"), "not in both"),
    "a changed byte": (spoil("seats.parquet"), "not what was backed up"),
    "no contents": (drop("backup.json"), "no backup of ours"),
    "another count": (recount, "7 polls"),
}


@pytest.mark.parametrize("case", DAMAGED)
def test_a_backup_that_is_not_what_it_says_is_refused_and_leaves_nothing(
    case: str, published: Path, tmp_path: Path
) -> None:
    change, reason = DAMAGED[case]
    backup(published, tmp_path / "saved.tar")
    place = empty(tmp_path)
    with pytest.raises(BackupRefused, match=reason):
        restore(rewritten(tmp_path / "saved.tar", tmp_path / "bad.tar", change), place)
    assert [path.name for path in (place / "processed").iterdir()] == ["README.md"]


def test_a_backup_into_no_folder_names_the_file(published: Path, tmp_path: Path) -> None:
    with pytest.raises(BackupRefused, match=r"none/saved.tar: no such folder"):
        backup(published, tmp_path / "none/saved.tar")


def test_a_cut_backup_is_refused(published: Path, tmp_path: Path) -> None:
    backup(published, tmp_path / "saved.tar")
    content = (tmp_path / "saved.tar").read_bytes()
    (tmp_path / "cut.tar").write_bytes(content[: len(content) // 2])
    with pytest.raises(BackupRefused):
        restore(tmp_path / "cut.tar", empty(tmp_path))


def test_a_backup_cannot_write_outside_its_place(tmp_path: Path) -> None:
    (tmp_path / "evil").write_bytes(b"x")
    with tarfile.open(tmp_path / "evil.tar", "w") as tar:
        tar.add(tmp_path / "evil", arcname="../../escaped")
    with pytest.raises(BackupRefused):
        restore(tmp_path / "evil.tar", empty(tmp_path))
    assert not list(tmp_path.rglob("escaped"))


@pytest.mark.slow
def test_a_backup_made_while_a_refresh_runs_restores(published: Path, tmp_path: Path) -> None:
    """One backup after another while nights are written; each opens."""
    saved = 0
    for day in (9, 10):
        child = nights.spawn(published, date(2019, 8, day))
        while nights.ends_soon(child) is None:
            backup(published, tmp_path / f"saved-{saved}.tar")
            saved += 1
        assert nights.ends_soon(child) == 0
    backup(published, tmp_path / f"saved-{saved}.tar")
    assert saved > 2
    for number in (0, saved // 2, saved - 1, saved):
        place = empty(tmp_path / str(number))
        restore(tmp_path / f"saved-{number}.tar", place)
        store = EditionStore(place / "processed")
        for edition in store.all(nights.ELECTION):
            check(edition)


def test_a_damaged_ledger_is_refused_put_aside_and_made_again(published: Path) -> None:
    ledger = published / "processed/ledger.sqlite"
    before = nights.ledger_rows(published)
    content = bytearray(ledger.read_bytes())
    content[4096 * 3 : 4096 * 6] = bytes(4096 * 3)
    ledger.write_bytes(content)
    editions = nights.published_bytes(published)
    with pytest.raises(LedgerDamaged, match="rebuild"):
        refresh(published, date(2019, 8, 9))
    assert nights.published_bytes(published) == editions, "what was published is served as before"
    assert ledger.read_bytes() == bytes(content), "nothing is written over a damaged ledger"
    counts, old = rebuild(published)
    assert old is not None
    assert old.read_bytes() == bytes(content)
    assert nights.ledger_rows(published) == before
    assert counts[nights.ELECTION] == len(before[0])
    assert nights.published_bytes(published) == editions


@pytest.mark.parametrize("damage", ["cut", "not a database", "missing"])
def test_rebuild_makes_it_whatever_became_of_the_old_one(published: Path, damage: str) -> None:
    ledger = published / "processed/ledger.sqlite"
    before = nights.ledger_rows(published)
    if damage == "missing":
        ledger.unlink()
    else:
        ledger.write_bytes(b"not a database" * 999 if damage == "not a database" else ledger.read_bytes()[:10_000])
    rebuild(published)
    assert nights.ledger_rows(published) == before
    rebuild(published)
    assert nights.ledger_rows(published) == before
    with closing(sqlite3.connect(ledger)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_b2_of_the_ledgers_that_were_set_aside_the_last_two_stay(published: Path) -> None:
    processed = published / "processed"
    (processed / "ledger.sqlite.set-aside-8-wal").write_bytes(b"a log of the eighth")
    for number in (3, 7, 8):
        (processed / f"ledger.sqlite.set-aside-{number}").write_bytes(b"%d" % number)
    _, aside = rebuild(published)
    assert aside == processed / "ledger.sqlite.set-aside-9"
    left = sorted(path.name for path in processed.glob("*set-aside*"))
    assert left == [f"ledger.sqlite.set-aside-{name}" for name in ("8", "8-wal", "9")]


def test_a_ledger_of_a_newer_program_is_refused_untouched(published: Path) -> None:
    ledger = published / "processed/ledger.sqlite"
    with closing(sqlite3.connect(ledger)) as connection:
        connection.execute("PRAGMA user_version = 99")
        connection.commit()
    with pytest.raises(LedgerDamaged, match="newer version"), Ledger.open(ledger):
        pass


def test_the_commands(published: Path, tmp_path: Path, command: Any) -> None:
    saved = command("pipelines", "backup", tmp_path / "saved.tar", "--json", "--data-dir", published)
    assert saved.returncode == 0, saved.stderr
    place = empty(tmp_path)
    restored = command("pipelines", "restore", tmp_path / "saved.tar", "--json", "--data-dir", place)
    assert restored.returncode == 0, restored.stderr
    assert restored.stdout == saved.stdout
    again = command("pipelines", "restore", tmp_path / "saved.tar", "--data-dir", place)
    assert again.returncode == 1
    assert again.stderr.startswith("error: ")
    rebuilt = command("pipelines", "rebuild", "--json", "--data-dir", published)
    assert json.loads(rebuilt.stdout)["polls"][nights.ELECTION] > 0
    nowhere = command("pipelines", "backup", tmp_path / "no/such/place.tar", "--data-dir", published)
    assert nowhere.returncode == 1
    assert "no/such" in nowhere.stderr
    assert "Traceback" not in nowhere.stderr
