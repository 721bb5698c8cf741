"""F30: a ledger that was damaged is refused on opening and left as it is; a cut log loses nothing that raw has."""

import random
import shutil
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from pipelines.errors import LedgerDamaged
from pipelines.ingest.store import LEDGER, Ledger
from pipelines.nightly.night import finish
from pipelines.request import RefreshRequest
from tests.pipelines.ingest.ledgers import REFUSAL, empty_ledger, numbered, record

POLLS = numbered(300)
INDEX_LEAF = 10  # what the first byte of a page says whose rows stand in it, in a table without row numbers


def write(ledger: Ledger, count: int) -> None:
    fold = empty_ledger()
    record(fold, POLLS[:count], [REFUSAL])
    ledger.replace(fold, f"mark {count}")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with Ledger.open(tmp_path / "l") as ledger:
        write(ledger, 300)
    return tmp_path / "l"


def content(path: Path) -> object:
    with Ledger.open(path) as ledger:
        return ledger.polls("e"), ledger.readings("e"), ledger.refusals(), ledger.loads()


def assert_refused(path: Path, damaged: bytes) -> None:
    path.write_bytes(damaged)
    with pytest.raises(LedgerDamaged, match="made again from data/raw"), Ledger.open(path):
        pass
    assert path.read_bytes() == damaged, "nothing is written over a damaged ledger"


def test_rows_are_checked_once_a_run_and_where_nothing_was_due_as_it_ends(data_dir: Path) -> None:
    file, order = data_dir / "processed" / LEDGER, RefreshRequest(data_dir, date(2019, 9, 10), None, 500, 0)
    with Ledger.open(file) as ledger:
        write(ledger, 3)
    with closing(sqlite3.connect(file)) as db, db:
        db.execute("UPDATE revisions SET source = source || '.'")
    with Ledger.open(file, is_checked=True) as ledger:
        assert ledger.refusals("another") == []
    with pytest.raises(LedgerDamaged, match="a row of revisions"):
        finish(order, {"il": []}, [], "2019-09-10T00:00:00+00:00", 0, 0)


def test_a_page_of_zeros_is_refused(path: Path) -> None:
    whole = path.read_bytes()
    for number in range(1, len(whole) // 4096, 7):
        at = number * 4096
        assert_refused(path, whole[:at] + bytes(4096) + whole[at + 4096 :])


def test_a_page_that_lost_a_row_is_refused(path: Path) -> None:
    """Every row that is left is what was written: only SQLite's own check knows that one is missing."""
    whole, pages = path.read_bytes(), 0
    for at in range(4096, len(whole), 4096):
        rows = int.from_bytes(whole[at + 3 : at + 5], "big")
        if whole[at] == INDEX_LEAF and rows > 1:
            pages += 1
            assert_refused(path, whole[: at + 3] + (rows - 1).to_bytes(2, "big") + whole[at + 5 :])
    assert pages > 10


def test_a_file_that_is_cut_is_refused(path: Path) -> None:
    whole = path.read_bytes()
    for share in (0.1, 0.5, 0.9):
        assert_refused(path, whole[: int(len(whole) * share)])


def test_a_letter_changed_inside_a_poll_is_refused(path: Path) -> None:
    """SQLite's own check finds nothing wrong with such a file."""
    whole = path.read_bytes()
    at = whole.rindex(b'"seats":32.0')
    damaged = whole[: at + 9] + b"4" + whole[at + 10 :]
    path.write_bytes(damaged)
    with sqlite3.connect(path) as db:
        assert db.execute("PRAGMA quick_check").fetchone() == ("ok",)
    assert_refused(path, damaged)


def test_a_flipped_bit_is_refused_or_changes_nothing(path: Path) -> None:
    whole, before, rng = path.read_bytes(), content(path), random.Random(30)
    refused = 0
    for _ in range(150):
        at, bit = rng.randrange(len(whole)), 1 << rng.randrange(8)
        damaged = whole[:at] + bytes([whole[at] ^ bit]) + whole[at + 1 :]
        path.write_bytes(damaged)
        try:
            assert content(path) == before, f"bit {bit} of byte {at}"
        except LedgerDamaged:
            refused += 1
            assert path.read_bytes() == damaged
        path.with_name("l-wal").unlink(missing_ok=True)
        path.with_name("l-shm").unlink(missing_ok=True)
    assert refused > 100


def test_what_is_no_ledger_is_refused(tmp_path: Path) -> None:
    assert_refused(tmp_path / "l", b"not a database, but long enough to be looked at " * 30)


def test_a_cut_log_leaves_a_ledger_as_it_stood_and_the_next_load_brings_the_rest(tmp_path: Path) -> None:
    """A log is cut by a kill too, so that cannot be refused: what was lost from it is read again from raw."""
    live = tmp_path / "live"
    stood = []
    with Ledger.open(live) as ledger:
        for count in (100, 200, 300):
            write(ledger, count)
            stood.append(count)
        for name in ("live", "live-wal"):  # as a kill leaves them: the log not yet written back
            shutil.copy(tmp_path / name, tmp_path / name.replace("live", "killed"))
        clean = ledger.polls("e"), ledger.readings("e"), ledger.refusals(), ledger.loads()
    log, file = (tmp_path / "killed-wal").read_bytes(), (tmp_path / "killed").read_bytes()
    assert len(log) > 100_000
    rng, seen = random.Random(31), set()
    for cut in [0, *(rng.randrange(len(log)) for _ in range(40)), len(log)]:
        room = tmp_path / f"cut-{cut}"
        room.mkdir()
        (room / "l").write_bytes(file)
        (room / "l-wal").write_bytes(log[:cut])
        with Ledger.open(room / "l") as ledger:
            seen.add(len(ledger.polls("e")))
            write(ledger, 300)
            assert [poll for poll, _ in ledger.polls("e")] == [poll for poll, _ in clean[0]]
            assert ledger.refusals() == clean[2]
            assert ledger.loads() == clean[3]
    assert seen == {0, *stood}
