"""Editions: whole or not at all, never changed, the newest as-of current."""

import gzip
import hashlib
import io
import json
import os
import stat
import subprocess
import sys
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.editions import files as module
from pipelines.editions.files import packed
from pipelines.editions.records import Alerts, CampaignRun, Runs, SealedChain, Seals
from pipelines.editions.schema import FORMAT, Coalitions, Manifest
from pipelines.editions.store import SEATS_FILE, Edition, EditionStore, draws_table, to_json
from pipelines.errors import EditionDamaged, EditionNewer, EditionUnsound, NoEdition


def manifest(day: str, mark: str = "aaa") -> Manifest:
    return Manifest(
        election="e",
        as_of=date.fromisoformat(day),
        kind="hindcast",
        edition=f"{day}-{mark}",
        inputs={},
        code="c",
        libraries={},
        parameters={},
        files={},
    )


def test_the_newest_as_of_is_current_however_late_an_older_one_comes(tmp_path: Path) -> None:
    editions = EditionStore(tmp_path)
    assert editions.current() == {}
    for day in ("2019-09-10", "2019-09-12", "2019-09-11"):
        editions.publish(manifest(day), {"a.json": b"{}"})
    assert editions.current() == {"e": "2019-09-12-aaa"}
    assert [edition.id for edition in editions.all("e")] == ["2019-09-10-aaa", "2019-09-11-aaa", "2019-09-12-aaa"]
    assert editions.as_of("e", date(2019, 9, 11)).id == "2019-09-11-aaa"


def test_of_one_day_the_last_published_is_current(tmp_path: Path) -> None:
    editions = EditionStore(tmp_path)
    editions.publish(manifest("2019-09-10", "zzz"), {"a.json": b"{}"})
    editions.publish(manifest("2019-09-10", "aaa"), {"a.json": b"{}"})
    assert editions.current() == {"e": "2019-09-10-aaa"}
    assert editions.as_of("e", date(2019, 9, 10)).id == "2019-09-10-aaa"


def test_what_is_not_there_names_the_command(tmp_path: Path) -> None:
    editions = EditionStore(tmp_path)
    with pytest.raises(NoEdition, match="refresh --election e"):
        editions.open("e")
    with pytest.raises(NoEdition, match="--as-of 2019-09-10"):
        editions.as_of("e", date(2019, 9, 10))


@pytest.mark.parametrize("name", ["../e", "x/../../e", "..", "../e/2019-09-10-aaa"])
def test_an_edition_id_is_no_way_out_of_the_folder(tmp_path: Path, name: str) -> None:
    editions = EditionStore(tmp_path)
    editions.publish(manifest("2019-09-10"), {"a.json": b"{}"})
    with pytest.raises(NoEdition):
        editions.open("e", name)
    with pytest.raises(NoEdition):
        editions.open(name)


@pytest.mark.parametrize("failing_write", range(1, 6))
def test_a_write_that_fails_leaves_the_last_edition(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing_write: int
) -> None:
    editions = EditionStore(tmp_path)
    editions.publish(manifest("2019-09-10"), {"a.json": b"1", "b.json": b"2", SEATS_FILE: b"3"})
    pointer = tmp_path / "current" / "e"
    before = pointer.read_bytes()
    writes, write = 0, module.write_through

    def fail(path: Path, content: bytes) -> None:
        nonlocal writes
        writes += 1
        if writes == failing_write:
            raise OSError(28, "No space left on device", str(path))
        write(path, content)

    monkeypatch.setattr(module, "write_through", fail)
    with pytest.raises(OSError, match="No space left"):
        editions.publish(manifest("2019-09-11"), {"a.json": b"1", "b.json": b"2", SEATS_FILE: b"3"})
    assert pointer.read_bytes() == before
    assert editions.open("e").id == "2019-09-10-aaa"
    assert list(tmp_path.rglob(".*")) == []


def test_an_edition_that_was_written_but_not_made_current_can_still_be(tmp_path: Path) -> None:
    editions = EditionStore(tmp_path)
    editions.publish(manifest("2019-09-10"), {"a.json": b"{}"})
    editions.write(manifest("2019-09-11"), {"a.json": b"{}"})
    assert editions.open("e").id == "2019-09-10-aaa"
    editions.make_current("e", "2019-09-11-aaa")
    assert editions.open("e").id == "2019-09-11-aaa"


def test_the_manifest_holds_the_hash_of_every_file(tmp_path: Path) -> None:
    edition = EditionStore(tmp_path).publish(manifest("2019-09-10"), {"a.json": b"{}", "b.parquet": b"1"})
    contents = {name: (edition.folder / name).read_bytes() for name in ("a.json.gz", "b.parquet")}
    assert edition.manifest.files == {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    assert edition.damage() is None


def test_documents_are_kept_compressed_and_the_same_content_gives_the_same_bytes(tmp_path: Path) -> None:
    editions = EditionStore(tmp_path)
    first = editions.publish(manifest("2019-09-10"), {"a.json": b"[1]"})
    second = editions.publish(manifest("2019-09-11"), {"a.json": b"[1]"})
    content = (first.folder / "a.json.gz").read_bytes()
    assert first.document("a.json") == gzip.decompress(content) == b"[1]"
    assert (second.folder / "a.json.gz").read_bytes() == content
    assert content[4:8] == bytes(4), "no time of day"


def test_a_changed_or_missing_file_is_damage(tmp_path: Path) -> None:
    edition = EditionStore(tmp_path).publish(manifest("2019-09-10"), {"a.json": b"[1]", "b.parquet": b"1"})
    (edition.folder / "b.parquet").write_bytes(b"2")
    assert "b.parquet: not the bytes" in str(edition.damage())
    (edition.folder / "a.json.gz").unlink()
    assert "a.json.gz: missing" in str(edition.damage())


def test_what_fails_its_check_does_not_appear(tmp_path: Path) -> None:
    editions = EditionStore(tmp_path)

    def refuse(edition: Edition) -> None:
        assert edition.manifest.edition == edition.id == "2019-09-10-aaa"
        raise EditionUnsound("no")

    with pytest.raises(EditionUnsound):
        editions.write(manifest("2019-09-10"), {"a.json": b"[1]"}, refuse)
    assert editions.all("e") == []
    assert list((tmp_path / "editions" / "e").iterdir()) == []


def test_the_oldest_editions_go_first_and_the_current_one_stays(tmp_path: Path) -> None:
    editions = EditionStore(tmp_path)
    for day in range(1, 6):
        editions.publish(manifest(f"2019-09-0{day}"), {"a.json": b"[1]"})
    assert editions.keep_only("e", 2) == ["2019-09-01-aaa", "2019-09-02-aaa", "2019-09-03-aaa"]
    assert [edition.id for edition in editions.all("e")] == ["2019-09-04-aaa", "2019-09-05-aaa"]
    assert editions.keep_only("e", 9) == []


def test_leftovers_of_a_run_that_was_cut_off_are_swept_and_nothing_else(tmp_path: Path) -> None:
    editions = EditionStore(tmp_path)
    editions.publish(manifest("2019-09-10"), {"a.json": b"[1]"})
    (tmp_path / "editions/e/.hemicycle-x/e/2019-09-11-aaa").mkdir(parents=True)
    (tmp_path / ".hemicycle-y").write_bytes(b"{")
    (tmp_path / ".hidden").write_bytes(b"not ours")
    before = editions.current()
    editions.sweep()
    assert sorted(path.name for path in tmp_path.iterdir()) == [".hidden", "current", "editions"]
    assert [path.name for path in (tmp_path / "editions/e").iterdir()] == ["2019-09-10-aaa"]
    assert editions.current() == before


def test_a_damaged_file_says_which_and_what_to_do(tmp_path: Path) -> None:
    edition = EditionStore(tmp_path).publish(manifest("2019-09-10"), {"trend.json": b"{"})
    with pytest.raises(EditionDamaged, match=r"trend\.json.*refresh"):
        _ = edition.trend
    with pytest.raises(EditionDamaged, match=r"polls\.json\.gz: missing"):
        _ = edition.polls


@pytest.mark.parametrize("name", ["coalitions.json.gz", SEATS_FILE])
def test_a_document_that_is_not_the_published_one_is_noticed_when_it_is_read(tmp_path: Path, name: str) -> None:
    """Also where it still reads back: other bytes than those of the manifest are nobody's edition."""
    draws = draws_table(("a", "b"), np.array([[61], [59]], dtype=np.uint8))
    value = Coalitions(majority=61, combinations=[], statements=[])
    files = {"coalitions.json": to_json(value), SEATS_FILE: draws}
    edition = EditionStore(tmp_path).publish(manifest("2019-09-10"), files)
    other = draws_table(("a", "b"), np.array([[60], [60]], dtype=np.uint8))
    spoilt = other if name == SEATS_FILE else packed(to_json(value.model_copy(update={"majority": 60})))
    (edition.folder / name).write_bytes(spoilt)
    with pytest.raises(EditionDamaged, match=f"{name}: not the bytes that were published"):
        _ = edition.seat_draws if name == SEATS_FILE else edition.coalitions


def written(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink)
    return sink.getvalue()


@pytest.mark.parametrize(
    "draws",
    [b"no table at all", b"PAR1" + bytes(4) + b"PAR1", written(pa.table({}))],
    ids=["text", "a footer of nothing", "no list"],
)
def test_a3_draws_that_are_no_table_of_lists_are_damage_in_one_line(tmp_path: Path, draws: bytes) -> None:
    """Also where the manifest vouches for them, as in a backup of one's own making."""
    edition = EditionStore(tmp_path).publish(manifest("2019-09-10"), {SEATS_FILE: draws})
    with pytest.raises(EditionDamaged, match=rf"{SEATS_FILE}: .*refresh") as refused:
        _ = edition.seat_draws
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("old", "new"), [('"hindcast"', '"live"'), ('"c"', '"d"'), ("2019-09-10-aaa", "2019-09-11-aaa")]
)
def test_a_manifest_that_was_changed_is_noticed(tmp_path: Path, old: str, new: str) -> None:
    edition = EditionStore(tmp_path).publish(manifest("2019-09-10"), {"a.json": b"[1]"})
    path = edition.folder / "manifest.json"
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(EditionDamaged, match="not the manifest that was published"):
        _ = Edition(edition.objects, edition.name).manifest
    assert "not the manifest" in str(Edition(edition.objects, edition.name).damage())


def test_an_edition_of_a_newer_program_is_refused_in_words(tmp_path: Path) -> None:
    edition = EditionStore(tmp_path).publish(manifest("2019-09-10"), {"a.json": b"[1]"})
    path = edition.folder / "manifest.json"
    written = json.loads(path.read_text()) | {"format": FORMAT + 1, "a_field_of_tomorrow": 1}
    path.write_text(json.dumps(written))
    with pytest.raises(EditionNewer, match=f"format {FORMAT + 1}, this program reads up to {FORMAT}; update it"):
        _ = Edition(edition.objects, edition.name).manifest


def test_draws_come_back_as_they_were_stored(tmp_path: Path) -> None:
    seats = np.array([[61, 0, 59], [59, 120, 61]], dtype=np.uint8)
    edition = EditionStore(tmp_path).publish(manifest("2019-09-10"), {SEATS_FILE: draws_table(("a", "b"), seats)})
    draws = edition.seat_draws
    assert draws.lists == ("a", "b")
    assert (draws.seats == seats).all()
    assert draws.passes.tolist() == [[True, False, True], [True, True, True]]


def test_current_is_json_a_person_can_read(tmp_path: Path) -> None:
    editions = EditionStore(tmp_path)
    editions.publish(manifest("2019-09-10"), {"a.json": b"{}"})
    assert json.loads((tmp_path / "current/e").read_text()) == {
        "edition": "2019-09-10-aaa",
        "published": ["2019-09-10-aaa"],
    }


def test_a2_a_publication_over_a_missing_pointer_keeps_the_other_campaigns(tmp_path: Path) -> None:
    editions = EditionStore(tmp_path)
    editions.publish(manifest("2019-09-10"), {"a.json": b"{}"})
    editions.publish(manifest("2019-09-10").model_copy(update={"election": "other"}), {"a.json": b"{}"})
    for lost in ("e", "other"):
        (tmp_path / "current" / lost).unlink()
    editions.publish(manifest("2019-09-11"), {"a.json": b"{}"})
    assert editions.current() == {"e": "2019-09-11-aaa", "other": "2019-09-10-aaa"}


def test_the_order_of_publication_is_recorded_and_no_files_time(tmp_path: Path) -> None:
    """As after a copy that kept no times: the one published last speaks for its day."""
    editions = EditionStore(tmp_path)
    for mark in ("bbb", "ccc", "aaa", "bbb"):
        editions.publish(manifest("2019-09-10", mark), {"a.json": b"{}"})
    for at, edition in enumerate(editions.all("e")):
        os.utime(edition.folder / "manifest.json", (-at, -at))
    assert [edition.id[-3:] for edition in editions.all("e")] == ["ccc", "aaa", "bbb"]
    assert editions.as_of("e", date(2019, 9, 10)).id == "2019-09-10-bbb"


def test_an_edition_that_is_published_again_changes_nothing_where_it_spoke_last(tmp_path: Path) -> None:
    editions = EditionStore(tmp_path)
    for day in ("2019-09-10", "2019-09-11"):
        editions.publish(manifest(day), {"a.json": b"{}"})
    before = (tmp_path / "current/e").stat().st_ino
    editions.make_current("e", "2019-09-10-aaa")
    editions.make_current("e", "2019-09-11-aaa")
    assert (tmp_path / "current/e").stat().st_ino == before


@pytest.mark.parametrize("kind", ["live", "final"])
def test_a5_an_edition_that_a_clock_ahead_has_left_is_of_no_rank_once_it_is_right(tmp_path: Path, kind: str) -> None:
    """Else every later night would be published and none of them shown."""
    editions = EditionStore(tmp_path)
    ahead = editions.publish(manifest("2019-09-16").model_copy(update={"kind": kind}), {})
    tonight = editions.write(manifest("2019-09-10"), {})
    editions.make_current("e", tonight.id)
    assert editions.current() == {"e": ahead.id}, "of a replayed day nothing is said of the clock"
    editions.make_current("e", tonight.id, date(2019, 9, 16))
    assert editions.current() == {"e": ahead.id}
    editions.make_current("e", tonight.id, date(2019, 9, 10))
    assert editions.current() == {"e": tonight.id}


@pytest.fixture
def first_format(tmp_path: Path) -> EditionStore:
    """As the first edition left it: `current.json` for all campaigns, and the order of a day in its files' times."""
    editions = EditionStore(tmp_path)
    for election, mark in (("e", "aaa"), ("e", "bbb"), ("e", "ccc"), ("other", "aaa")):
        edition = editions.write(manifest("2019-09-10", mark).model_copy(update={"election": election}), {})
        os.utime(edition.folder / "manifest.json", (1, {"aaa": 3, "bbb": 1, "ccc": 2}[mark]))
    current = {"e": "2019-09-10-aaa", "other": "2019-09-10-aaa"}
    (tmp_path / "current.json").write_text(json.dumps(current))
    return editions


def test_the_old_pointer_is_read_once_and_left(first_format: EditionStore) -> None:
    editions, old = first_format, first_format.objects.root / "current.json"
    was = old.read_bytes()
    assert (editions.pointer_faults(), editions.mend()) == ({}, [])
    assert editions.current() == {"e": "2019-09-10-aaa", "other": "2019-09-10-aaa"}
    assert [edition.id[-3:] for edition in editions.all("e")] == ["bbb", "ccc", "aaa"]
    assert old.read_bytes() == was
    old.write_text('{"e": "2019-09-10-ccc"}')
    editions.publish(manifest("2019-09-10", "bbb"), {})
    assert editions.current() == {"e": "2019-09-10-bbb", "other": "2019-09-10-aaa"}
    (editions.objects.root / "current" / "other").unlink()
    assert editions.current()["other"] == "2019-09-10-aaa", "read from the editions"


def test_a_publication_brings_every_campaign_of_the_old_pointer_along(first_format: EditionStore) -> None:
    first_format.publish(manifest("2019-09-11"), {})
    assert first_format.pointer_faults() == {}
    assert first_format.current() == {"e": "2019-09-11-aaa", "other": "2019-09-10-aaa"}


@pytest.mark.parametrize("content", [b"", b"[]", b'{"e": 3}', b'{"e": "../../raw"}'])
def test_a_damaged_old_pointer_is_said_and_read_from_the_editions(first_format: EditionStore, content: bytes) -> None:
    (first_format.objects.root / "current.json").write_bytes(content)
    assert set(first_format.current()) == {"e", "other"}
    faults = first_format.mend()
    assert len(faults) == 1
    assert "current.json" in faults[0]
    assert first_format.pointer_faults() == {}


def test_what_was_recorded_of_all_electorates_together_is_read_until_each_has_its_own(tmp_path: Path) -> None:
    """Whoever comes first takes its own rows; the rest waits for the others, and then nothing of it is left."""
    store, at = EditionStore(tmp_path), "2026-11-30T00:00:00+00:00"
    chains = [SealedChain(election=name, count=1, head=None) for name in ("a-1", "b-1", "a-2")]
    runs = [
        CampaignRun(election=name, edition=None, status="waiting", checked_utc=at, published_utc=None)
        for name in ("a-1", "b-1")
    ]
    whole = Runs(started_utc=at, finished_utc=at, exit_code=0, error=None, sources=[], campaigns=tuple(runs))
    for name, record in (("seals", Seals(chains=chains)), ("runs", whole)):
        store.objects.replace(f"{name}.json", to_json(record))
    assert store.record(Runs, "a") == whole, "a page is asked for before the next night"
    store.divide({"a": {"a-1", "a-2"}})
    own, others = store.record(Seals, "a"), store.record(Seals, "b")
    assert own
    assert others
    assert [chain.election for chain in own.chains] == ["a-1", "a-2"]
    assert [chain.election for chain in others.chains] == ["b-1"]
    store.keep("b", Seals(chains=[]))
    store.divide({"b": {"b-1"}})
    assert store.record(Seals, "b") == Seals(chains=[]), "a later record stands"
    (left,) = (row.campaigns for row in [store.record(Runs, "b")] if row)
    assert [row.election for row in left] == ["b-1"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["runs", "seals"]


def test_b1_a_strict_umask_leaves_what_is_published_readable_to_the_web_server(tmp_path: Path) -> None:
    processed = tmp_path / "data/processed"
    umask = os.umask(0o077)
    try:
        editions = EditionStore(processed)
        edition = editions.publish(manifest("2019-09-10"), {"a.json": b"{}"})
        editions.keep("il", Alerts(alerts=[]))
    finally:
        os.umask(umask)
    assert edition.damage() is None
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "data").rglob("*")}
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o755}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o644}


HELD = """
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pipelines.editions.edition import draws_table, load_libraries

def held() -> int:
    return int(open("/proc/self/statm").read().split()[1]) * 4096

load_libraries()
names, rows = tuple("abcdefghijklmno"), np.random.default_rng(0).integers(0, 65535, (15, 100_000)).astype(np.uint16)
draws_table(names, rows[:, :1_000])
before = held()
content = draws_table(names, rows)
print(held() - before - len(content))
"""


def test_a_table_of_draws_leaves_nothing_held_once_it_is_written(root: Path) -> None:
    """Arrow keeps what it worked in for a next table: 17 MB, where a night holds most."""
    done = subprocess.run([sys.executable, "-c", HELD], cwd=root, capture_output=True, text=True, check=True)
    assert int(done.stdout) < 8_000_000
