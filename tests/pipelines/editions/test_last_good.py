"""Where the disk has spoilt something the last good edition is served, the fault is said, and a refresh mends it."""

from datetime import date
from pathlib import Path

import pytest

from pipelines.editions.records import Alerts, Runs
from pipelines.editions.schema import Kind, Manifest
from pipelines.editions.store import Edition, EditionStore, last_good
from pipelines.errors import EditionDamaged, NoEdition

DAYS = ("2019-09-09", "2019-09-10", "2019-09-11")


def manifest(day: str, election: str = "e", kind: Kind = "hindcast") -> Manifest:
    return Manifest(
        election=election,
        as_of=date.fromisoformat(day),
        kind=kind,
        edition=f"{day}-aaa",
        inputs={},
        code="c",
        libraries={},
        parameters={},
        files={},
    )


@pytest.fixture
def store(tmp_path: Path) -> EditionStore:
    """Three days of one campaign and one of another."""
    store = EditionStore(tmp_path)
    for day in DAYS:
        store.publish(manifest(day), {"a.json": b"{}"})
    store.publish(manifest("2019-09-10", "other"), {"a.json": b"{}"})
    return store


def spoil(edition: Edition, name: str = "a.json.gz") -> None:
    (edition.folder / name).write_bytes(b"?")


def test_where_all_is_well_the_current_one_is_served(store: EditionStore) -> None:
    served = last_good(store, "e")
    assert (served.edition.id, served.fault) == ("2019-09-11-aaa", None)


@pytest.mark.parametrize("name", ["a.json.gz", "manifest.json"])
def test_a_damaged_current_edition_gives_way_to_the_one_before(store: EditionStore, name: str) -> None:
    spoil(store.open("e"), name)
    served = last_good(store, "e")
    assert served.edition.id == "2019-09-10-aaa"
    assert name in str(served.fault)
    assert last_good(store, "other").fault is None


def test_a_current_edition_that_is_gone_is_a_fault_too(store: EditionStore) -> None:
    folder = store.open("e").folder
    folder.rename(folder.with_name(".elsewhere"))
    served = last_good(store, "e")
    assert served.edition.id == "2019-09-10-aaa"
    assert "2019-09-11-aaa: missing" in str(served.fault)


def test_where_nothing_is_sound_the_first_fault_is_said(store: EditionStore) -> None:
    for edition in store.all("e"):
        spoil(edition)
    with pytest.raises(EditionDamaged, match="2019-09-11-aaa"):
        last_good(store, "e")
    with pytest.raises(NoEdition):
        last_good(store, "nobody")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b'{"edition": 3, "published": []}',
        b'{"edition": "../../raw", "published": []}',
        b'{"edition": "2019-09-10-aaa\\n", "published": []}',
        b"\xff\xfe",
        None,
    ],
)
def test_a2_a_damaged_or_missing_pointer_is_read_from_the_editions(store: EditionStore, content: bytes | None) -> None:
    was, pointer = store.current(), store.objects.root / "current" / "e"
    pointer.unlink() if content is None else pointer.write_bytes(content)
    assert store.current() == was
    assert list(store.pointer_faults()) == ["e"]
    served = last_good(store, "e")
    assert served.edition.id == "2019-09-11-aaa"
    assert str(pointer) in str(served.fault)
    assert last_good(store, "other").fault is None


def test_the_next_refresh_mends_what_lies_beside_and_keeps_the_damaged_file(store: EditionStore) -> None:
    was = store.current()
    (store.objects.root / "current" / "e").write_bytes(b"{")
    store.keep("il", Alerts(alerts=[]))
    store.objects.replace("runs/il.json", b"no record")
    faults = store.mend(["il"])
    assert "current/e" in faults[0]
    assert faults[1].endswith("runs/il.json: not what was written; the next refresh of il mends it")
    assert store.current() == was
    assert store.record(Runs, "il") is None
    assert store.record(Alerts, "il") == Alerts(alerts=[])
    assert (store.objects.root / "runs/il.damaged").read_bytes() == b"no record"
    assert (store.objects.root / "current" / "e.damaged").read_bytes() == b"{"
    assert store.mend() == []


@pytest.mark.parametrize("lost", ["current/e", "current"])
def test_a2_missing_pointers_are_written_again_by_the_next_refresh_and_said(store: EditionStore, lost: str) -> None:
    was = store.current()
    (store.objects.root / lost).rename(store.objects.root / ".elsewhere")
    faults = store.mend()
    assert "current/e: missing" in faults[0]
    assert store.pointer_faults() == {}
    assert store.current() == was
    assert store.mend() == []


def test_an_earlier_edition_to_compare_with_is_a_sound_one(store: EditionStore) -> None:
    spoil(store.open("e", "2019-09-10-aaa"))
    before = store.before(store.open("e"))
    assert before is not None
    assert before.id == "2019-09-09-aaa"


def test_a_damaged_current_edition_is_outranked_by_any(store: EditionStore) -> None:
    spoil(store.open("e"), "manifest.json")
    store.make_current("e", "2019-09-10-aaa")
    assert store.current()["e"] == "2019-09-10-aaa"


def test_the_final_edition_stays_current_whatever_is_replayed_or_was_live_on_the_day(tmp_path: Path) -> None:
    store = EditionStore(tmp_path)
    store.publish(manifest("2019-09-17", kind="live"), {"a.json": b"{}"})
    store.publish(manifest("2019-09-16", kind="final"), {"a.json": b"{}"})
    assert store.current() == {"e": "2019-09-16-aaa"}
    store.publish(manifest("2019-09-15"), {"a.json": b"{}"})
    assert store.current() == {"e": "2019-09-16-aaa"}
    (store.objects.root / "current" / "e").unlink()
    assert store.current() == {"e": "2019-09-16-aaa"}
