"""The ledger made again from raw: the same bytes each time, and those of the ledger that grew by imports."""

from datetime import date
from pathlib import Path

import pytest

from pipelines.errors import LedgerDamaged
from pipelines.ingest.fold import PageCounts
from pipelines.ingest.imports import import_file
from pipelines.ingest.quarantine import accept, quarantined
from pipelines.ingest.run import rebuild
from pipelines.ingest.store import Ledger
from tests.conftest import keep_polls
from tests.pipelines.ingest.test_imports import ELECTION, ROWS, page
from tests.pipelines.sources.pages import FULL

TODAY = date(2026, 7, 20)
SHEET = (
    b"fieldwork_end,pollster,publisher,Likud,Together,Shas,UTJ,Ra'am,Hadash\xe2\x80\x93Ta'al,Balad,Dems\n"
    b"2026-07-16,North Polls,Israel Hayom,40,30,10,10,5,5,(2.1%),20\n"
    b"2026-07-10,Desk Polls,Kan 11,41,29,10,10,5,5,(2.1%),20\n"
)


@pytest.fixture
def desk(data_dir: Path) -> Path:
    """A data folder with two short archives only."""
    for path in (data_dir / "raw/electorates/il/polls").glob("*.csv"):
        keep_polls(data_dir / "raw", path.stem, lambda poll: poll >= "2026-07" or poll.startswith("2019-09-1"))
    return data_dir


def bring(data_dir: Path, name: str, content: bytes, source: str) -> PageCounts:
    path = data_dir.parent / name
    path.write_bytes(content)
    return import_file(data_dir, path, source, ELECTION, TODAY)


def grow(data_dir: Path) -> None:
    """A page, a sheet, a correction, a poll that is gone, a row refused, and a poll that comes back."""
    odd = ("11 Jul", "2026-07-11", "Hill Polls", "Maariv", ("60", *FULL[1:]))
    edited = ("14 Jul", "2026-07-14", "East Polls", "Channel 12", ("37", "33", *FULL[2:]))
    assert bring(data_dir, "page.json", page(*ROWS, odd), "wikipedia").quarantined == 1
    assert bring(data_dir, "desk.csv", SHEET, "csv").unchanged == 1
    assert bring(data_dir, "page.json", page(*ROWS[:3], edited, *ROWS[4:], odd, revision=8), "wikipedia").revised == 1
    assert bring(data_dir, "page.json", page(*ROWS[:3], edited, *ROWS[5:], odd, revision=9), "wikipedia").withdrawn == 1
    assert bring(data_dir, "page.json", page(*ROWS[:3], edited, *ROWS[4:], odd, revision=10), "wikipedia").revised == 1


def rebuilt(data_dir: Path) -> bytes:
    rebuild(data_dir)
    return (data_dir / "processed/ledger.sqlite").read_bytes()


def in_order(data_dir: Path) -> bytes:
    """The bytes of the ledger that is there, once its pages are in order."""
    target = data_dir / "in-order"
    target.unlink(missing_ok=True)
    with Ledger.open(data_dir / "processed/ledger.sqlite") as ledger:
        ledger.write_to(target)
    return target.read_bytes()


def take_all(data_dir: Path) -> None:
    """What a refresh of every campaign reads, before a rebuild reads it too."""
    from pipelines.ingest.archive import open_reference
    from pipelines.ingest.run import ingest

    raw = data_dir / "raw"
    reference = open_reference(raw)
    with Ledger.open(data_dir / "processed/ledger.sqlite") as ledger:
        for campaign in reference.campaigns.values():
            ingest(data_dir, ledger, campaign)


def test_rebuilding_gives_the_bytes_of_the_ledger_that_grew(desk: Path) -> None:
    grow(desk)
    take_all(desk)
    grown = in_order(desk)
    first = rebuilt(desk)
    assert first == grown
    assert rebuilt(desk) == first


def test_a_ruling_made_on_the_way_is_rebuilt_too(desk: Path) -> None:
    odd = ("11 Jul", "2026-07-11", "Hill Polls", "Maariv", ("60", *FULL[1:]))
    bring(desk, "page.json", page(*ROWS, odd), "wikipedia")
    (refused,) = quarantined(desk)
    assert accept(desk, refused.id, "as-printed", "seen in print, so") == 0
    bring(desk, "desk.csv", SHEET, "csv")
    take_all(desk)
    grown = in_order(desk)
    assert rebuilt(desk) == grown
    assert in_order(desk) == grown, "a copy of a copy is the same"


@pytest.mark.parametrize("damage", ["zeros", "a letter", "cut", "none"])
def test_f30_rebuild_restores_a_damaged_ledger_and_keeps_it_aside(damage: str, desk: Path) -> None:
    grow(desk)
    take_all(desk)
    good, path = rebuilt(desk), desk / "processed/ledger.sqlite"
    at = good.rindex(b'"seats":33.0')
    content = {
        "zeros": good[:8192] + bytes(4096) + good[12288:],
        "a letter": good[: at + 9] + b"9" + good[at + 10 :],
        "cut": good[: len(good) // 2],
        "none": b"",
    }[damage]
    path.write_bytes(content)
    if content:
        with pytest.raises(LedgerDamaged), Ledger.open(path):
            pass
        assert path.read_bytes() == content
    _, aside = rebuild(desk)
    assert aside is not None
    assert aside.read_bytes() == content
    assert path.read_bytes() == good
