"""Editions, pointers and seals in a folder and in an S3 store: the same tests on both, the second on a real server."""

import errno
import json
import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Barrier, Event
from typing import Any

import pytest

from dashboard.reader import Reader
from pipelines.commands.maintenance import copy
from pipelines.editions import seal
from pipelines.editions.edition import MANIFEST_FILE, Edition
from pipelines.editions.objects import AWAY_SECONDS, FRESH_SECONDS, Bucket, Folder, Near, Objects, store_url
from pipelines.editions.records import Alerts, Delivery
from pipelines.editions.store import EditionStore, last_good
from pipelines.errors import EditionError, EditionUnsound, PipelineError
from pipelines.refresh import run
from pipelines.request import RefreshRequest
from pipelines.settings import Settings
from tests import servers
from tests.dashboard import editions as made
from tests.pipelines.editions.test_store import manifest

FILES = {"a.json": b"[1]", "z.parquet": b"x" * 3000}


@pytest.fixture(params=["folder", "s3"])
def objects(request: pytest.FixtureRequest, tmp_path: Path) -> Objects:
    """An empty store of either kind."""
    return Folder(tmp_path / "store") if request.param == "folder" else Bucket(request.getfixturevalue("new_bucket")())


def everything(objects: Objects) -> dict[str, bytes]:
    pairs = ((name, objects.get(name)) for name in objects.list(""))
    return {name: one.content for name, one in pairs if one}


def test_what_is_put_if_absent_is_never_written_over(objects: Objects) -> None:
    assert objects.put_if_absent("a/b", b"1")
    assert not objects.put_if_absent("a/b", b"2")
    stored = objects.get("a/b")
    assert stored
    assert (stored.content, objects.list("a"), objects.get("a/c")) == (b"1", ["a/b"], None)


def test_what_stands_there_already_is_left(objects: Objects, monkeypatch: pytest.MonkeyPatch) -> None:
    objects.replace("a", b"1")
    monkeypatch.setattr(type(objects), "compare_and_swap", lambda *_: pytest.fail("it is written again"))
    objects.replace("a", b"1")


def test_a_swap_is_refused_where_another_came_before(objects: Objects) -> None:
    assert objects.compare_and_swap("a", b"1", None)
    assert not objects.compare_and_swap("a", b"2", None)
    first = objects.get("a")
    assert first
    assert objects.compare_and_swap("a", b"2", first.tag)
    assert not objects.compare_and_swap("a", b"3", first.tag)
    assert not objects.compare_and_swap("never", b"3", first.tag)
    assert everything(objects) == {"a": b"2"}


def test_names_are_listed_below_a_prefix_and_no_further(objects: Objects) -> None:
    for name in ("a/b/c", "a/b/d", "a/bb/c", "ab/c"):
        objects.replace(name, name.encode())
    assert objects.list("a") == ["a/b/c", "a/b/d", "a/bb/c"]
    assert objects.list("a/b") == ["a/b/c", "a/b/d"]
    assert sorted(objects.folders("a")) == ["b", "bb"]
    objects.delete("a/b/c")
    objects.delete("a/b/c")
    assert objects.list("a/b") == ["a/b/d"]
    objects.rename("a/b/d", "a/d")
    assert objects.list("a/b") == []


def test_what_is_there_has_a_state_that_changes_when_it_is_replaced(objects: Objects) -> None:
    assert objects.state("current/") is None
    assert objects.state("current/e") is None
    objects.replace("current/e", b"1")
    before = objects.state("current/"), objects.state("current/e")
    assert before == (objects.state("current/"), objects.state("current/e"))
    objects.replace("current/e", b"2")
    after = objects.state("current/"), objects.state("current/e")
    assert [was != now for was, now in zip(before, after, strict=True)] == [True, True]


def test_an_edition_is_published_replaced_and_taken_away_as_a_whole(objects: Objects) -> None:
    store = EditionStore(objects)
    assert (store.current(), store.pointer_faults()) == ({}, {})
    for day in ("2019-09-10", "2019-09-12", "2019-09-11"):
        store.publish(manifest(day), FILES)
    assert store.current() == {"e": "2019-09-12-aaa"}
    assert [edition.id[:10] for edition in store.all("e")] == ["2019-09-10", "2019-09-11", "2019-09-12"]
    assert store.as_of("e", date(2019, 9, 11)).document("a.json") == b"[1]"
    objects.replace("editions/e/2019-09-12-aaa/z.parquet", b"damaged")
    assert last_good(store, "e").edition.id == "2019-09-11-aaa"
    store.publish(manifest("2019-09-12"), FILES)
    assert last_good(store, "e").fault is None
    assert store.keep_only("e", 1) == ["2019-09-10-aaa", "2019-09-11-aaa"]
    assert {name.split("/")[2] for name in objects.list("editions")} == {"2019-09-12-aaa"}


def test_what_fails_its_check_is_never_seen(objects: Objects) -> None:
    def refuse(edition: Edition) -> None:
        assert edition.document("a.json") == b"[1]"
        raise EditionUnsound("no")

    with pytest.raises(EditionUnsound):
        EditionStore(objects).write(manifest("2019-09-10"), FILES, refuse)
    assert objects.list("") == []


@pytest.mark.parametrize("lost", ["current/e", "current/other"])
def test_a_lost_pointer_is_read_from_the_editions_and_mended(objects: Objects, lost: str) -> None:
    store = EditionStore(objects)
    store.publish(manifest("2019-09-10"), FILES)
    store.publish(manifest("2019-09-10").model_copy(update={"election": "other"}), FILES)
    was = store.current()
    objects.delete(lost)
    assert store.current() == was
    assert len(store.mend()) == 1
    assert (store.mend(), store.current()) == ([], was)


class Killed(BaseException):
    """Nothing that the code could catch, as a kill."""


class Mortal(Bucket):
    """Ends before its n-th write; one that is counted is not done."""

    left = 10**6

    def _met(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise Killed

    def put_if_absent(self, name: str, content: bytes) -> bool:
        self._met()
        return super().put_if_absent(name, content)

    def compare_and_swap(self, name: str, content: bytes, tag: str | None) -> bool:
        self._met() if tag is not None else None
        return super().compare_and_swap(name, content, tag)

    def delete(self, name: str) -> None:
        self._met()
        super().delete(name)


@pytest.mark.parametrize("is_damaged", [False, True])
def test_f28_a_kill_between_any_two_puts_leaves_a_whole_edition_and_the_next_run_ends_it(
    new_bucket: Callable[[], str], is_damaged: bool
) -> None:
    """In a folder an edition has one rename; there nights are killed for real (test_cut_off.py)."""
    url, clean = new_bucket(), EditionStore(Bucket(new_bucket()))
    store = EditionStore(Bucket(url))
    for each in (store, clean):
        each.publish(manifest("2019-09-10"), FILES)
    clean.publish(manifest("2019-09-11"), FILES)
    wanted = everything(clean.objects)
    for writes in range(100):
        for name in store.objects.list(""):
            if "2019-09-11" in name or name.startswith("current"):
                store.objects.delete(name)
        store.make_current("e", "2019-09-10-aaa")
        if is_damaged:  # what a disk has spoilt is made again in its place
            store.objects.replace("editions/e/2019-09-11-aaa/z.parquet", b"spoilt")
            store.objects.replace(f"editions/e/2019-09-11-aaa/{MANIFEST_FILE}", b"{}")
        mortal = Mortal(url)
        mortal.left = writes
        try:
            EditionStore(mortal).publish(manifest("2019-09-11"), FILES)
        except Killed:
            served = last_good(store, "e").edition
            assert served.damage() is None
            assert is_damaged or not store.has("e", "2019-09-11-aaa") or store.is_sound("e", "2019-09-11-aaa")
            EditionStore(Bucket(url)).publish(manifest("2019-09-11"), FILES)
        else:
            break
        assert everything(store.objects) == wanted
    assert writes >= (6 if is_damaged else 4)
    assert everything(store.objects) == wanted


def test_an_edition_without_its_manifest_is_none(new_bucket: Callable[[], str]) -> None:
    store = EditionStore(Bucket(new_bucket()))
    store.publish(manifest("2019-09-10"), FILES)
    store.objects.delete(f"editions/e/2019-09-10-aaa/{MANIFEST_FILE}")
    assert not store.has("e", "2019-09-10-aaa")
    assert store.all("e") == []


def test_two_publishers_of_one_campaign_lose_nothing(objects: Objects) -> None:
    """Each with a different edition, at the same time; and both with the same one."""
    marks, start = [f"m{at}" for at in range(4)], Barrier(5)

    def publish(mark: str) -> None:
        store = EditionStore(Bucket(objects.url) if isinstance(objects, Bucket) else objects)
        start.wait()
        store.publish(manifest("2019-09-10", mark), FILES)

    with ThreadPoolExecutor(5) as pool:
        for done in [pool.submit(publish, mark) for mark in (*marks, "m0")]:
            done.result()
    store = EditionStore(objects)
    pointer = store.pointers.read("e")
    assert pointer
    assert sorted(pointer.published) == [f"2019-09-10-{mark}" for mark in marks]
    assert pointer.edition == pointer.published[-1]
    assert all(edition.damage() is None for edition in store.all("e"))


def test_two_writers_of_one_record_lose_no_line(objects: Objects) -> None:
    """Two conductors on two machines, which no lock of a folder keeps apart: one writes while the other works out."""
    store, calls = EditionStore(objects), []

    def add(who: str, before: Alerts | None) -> Alerts:
        sent = Delivery(key=f"rule/e/{who}", channel="desk", moment_utc="2026-11-30T00:00:00+00:00", tries=1)
        return Alerts(alerts=[], deliveries=(*(before.deliveries if before else ()), sent))

    def slow(before: Alerts | None) -> Alerts:
        if not calls:
            store.change(Alerts, "il", lambda record: add("quick", record))
        calls.append(before)
        return add("slow", before)

    store.change(Alerts, "il", slow)
    recorded = store.record(Alerts, "il")
    assert recorded
    assert [row.key for row in recorded.deliveries] == ["rule/e/quick", "rule/e/slow"]
    assert len(calls) == 2, "it was worked out again"


def test_the_sealed_record_is_the_same_chain_in_either(objects: Objects) -> None:
    odds = {"draws": 1, "lists": [], "p_majority": {}}
    for number in (1, 2):
        after, previous = seal.following(objects, "diet-1")
        assert after == number
        sealed = seal.Seal.model_validate(
            {
                "election": "diet-1", "number": number, "previous": previous, "moment_utc": "2019-09-10T03:00:00+00:00",
                "when": "in_time", "as_of": "2019-09-10", "edition": f"e{number}", "code": "c", "scoring_rule": 1,
                "odds": {"ours": odds, "reference": odds},
            }
        )  # fmt: skip
        seal.seal(objects, sealed)
        with pytest.raises(seal.SealBroken, match="never written over"):
            seal.seal(objects, sealed)
    assert seal.elections(objects) == ["diet-1"]
    assert [each.edition for each in seal.seals_of(objects, "diet-1")] == ["e1", "e2"]
    head = seal.verify(objects, "diet-1").head
    line = f"election,head,date,where\ndiet-1,{head},2019-09-11,Gazette\n"
    objects.replace(f"{seal.FOLDER}/{seal.PUBLISHED_FILE}", line.encode())
    assert seal.verify(objects, "diet-1").published_number == 2


def test_a_store_that_cannot_be_reached_is_waited_for_and_then_an_error_that_names_the_object(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in {"ENDPOINT_URL": "http://127.0.0.1:9", "ACCESS_KEY_ID": "a", "SECRET_ACCESS_KEY": "b"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    began = time.monotonic()
    with pytest.raises(OSError, match="error") as refused:
        Bucket("s3://nowhere/x", patience_seconds=3).list("current")
    assert time.monotonic() - began > 2, "ten tries are over in a second or two"
    assert refused.value.filename == "s3://nowhere/x/current"


@pytest.mark.parametrize("url", ["s3:/x", "https://x/y", "s3://", "s3://x/../y?z", "/data"])
def test_an_address_that_is_none_is_refused_in_words(url: str) -> None:
    with pytest.raises(EditionError, match="write it as s3://bucket/prefix"):
        store_url({"HEMICYCLE_STORE": url})


class Counted(Folder):
    """Counts what is asked of it."""

    gets = 0

    def get(self, name: str) -> Any:
        Counted.gets += 1
        return super().get(name)


def test_what_is_kept_near_is_bounded_in_bytes_and_believed_by_its_hash_alone(tmp_path: Path) -> None:
    far, cache = Counted(tmp_path / "far"), tmp_path / "cache"
    store = EditionStore(far)
    for day in range(10, 20):
        store.publish(manifest(f"2019-09-{day}"), {"b.parquet": str(day).encode() * 500})
    near = EditionStore(Near(far, cache, 3_000))
    for edition in near.all("e"):
        assert edition.damage() is None
    assert 0 < sum(path.stat().st_size for path in cache.iterdir()) <= 3_000
    newest, before = near.open("e", "2019-09-19-aaa"), Counted.gets
    assert newest.damage() is None
    assert Counted.gets == before, "read far away once"
    cached = max(cache.iterdir(), key=lambda path: path.stat().st_mtime_ns)
    cached.write_bytes(b"x" * 1000)
    assert near.open("e", "2019-09-19-aaa").damage() is None
    with pytest.raises(OSError, match="reading only"):
        near.objects.replace("current/e", b"")


def test_what_is_near_is_seen_again_after_two_seconds(tmp_path: Path) -> None:
    far, now = Folder(tmp_path / "far"), [0.0]
    near = Near(far, tmp_path / "cache", 10, lambda: now[0])
    far.replace("current/e", b"1")
    states = [near.state("current/")]
    far.replace("current/e", b"2")
    states.append(near.state("current/"))
    now[0] = FRESH_SECONDS
    states.append(near.state("current/"))
    assert [state == states[0] for state in states] == [True, True, False]


def test_a_folder_is_copied_into_a_store_and_back_and_two_records_are_not_joined(
    data_dir: Path, new_bucket: Callable[[], str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url, back = new_bucket(), tmp_path / "back"
    edition = made.publish(data_dir / "processed")
    Folder(data_dir / "processed").replace("alerts/il.json", b"{}")  # what was told is not told again
    sealed = Folder(data_dir / "raw")
    sealed.put_if_absent("sealed/test-1/1.json", b"{}")

    def copied(source: object, target: object) -> int:
        copy(str(source), str(target), True, data_dir)
        return int(json.loads(capsys.readouterr().out)["copied"])

    local = everything(Folder(data_dir / "processed")) | {"sealed/test-1/1.json": b"{}"}
    assert copied(data_dir, url) == copied(url, back) == len(local)
    assert everything(Bucket(url)) == local
    assert EditionStore(back / "processed").open("test-1", edition.id).damage() is None
    assert copied(url, data_dir) == 0
    sealed.replace("sealed/test-1/1.json", b"[]")
    with pytest.raises(EditionError, match="two records are not one"):
        copied(url, data_dir)
    with pytest.raises(PipelineError, match="exchange FROM and TO"):
        copied(tmp_path / "none", url)


class Away(Folder):
    """A store that does not answer for a while, and counts who asks it."""

    is_away, asked = False, 0

    def answers(self, name: str) -> None:
        self.asked += 1
        if self.is_away:
            raise OSError(errno.EIO, "no answer", name)

    def get(self, name: str) -> Any:
        self.answers(name)
        return super().get(name)

    def list(self, prefix: str) -> Any:
        self.answers(prefix)
        return super().list(prefix)

    def state(self, name: str) -> Any:
        self.answers(name)
        return super().state(name)


def test_a_store_that_is_away_does_not_make_an_edition_unsound(tmp_path: Path) -> None:
    """It would be worked out and written again."""
    far = Away(tmp_path)
    EditionStore(far).publish(manifest("2019-09-10"), {"b.parquet": b"10"})
    edition = EditionStore(far).current_id("e")[0]
    assert edition
    assert EditionStore(far).is_sound("e", edition)
    far.is_away = True
    with pytest.raises(OSError, match="no answer"):
        EditionStore(far).is_sound("e", edition)


def asked_apart(near: Near) -> None:
    """Wait for the thread that asks a store again."""
    assert near._away.asking
    near._away.asking.join()


def test_a_store_that_is_away_leaves_what_was_seen_and_one_asks_it_every_five_seconds(tmp_path: Path) -> None:
    far, now = Away(tmp_path / "far"), [0.0]
    near = Near(far, tmp_path / "cache", 10, lambda: now[0])
    far.replace("current/e", b"1")

    def seen() -> tuple[Any, ...]:
        return near.state("current/"), near.get("current/e"), near.list("current")

    before, far.asked, far.is_away, now[0] = seen(), 0, True, FRESH_SECONDS
    assert seen() == before
    assert near.fault == "current/: no answer"
    with pytest.raises(OSError, match="no answer"):
        near.get("current/other")
    assert far.asked == 1
    now[0] += AWAY_SECONDS
    assert seen() == before
    asked_apart(near)
    assert far.asked == 2
    with pytest.raises(OSError, match="no answer"):
        near.anew().get("current/e")
    assert far.asked == 2
    far.is_away = False
    far.replace("current/e", b"2")
    now[0] += AWAY_SECONDS
    assert near.get("current/e") == before[1]
    asked_apart(near)
    assert near.fault is None
    assert near.get("current/e") == before[1]
    now[0] += FRESH_SECONDS
    assert near.get("current/e") != before[1]


def test_a_fault_met_by_one_look_is_known_to_all_and_a_look_that_was_cut_off_stays_so(tmp_path: Path) -> None:
    far, now = Away(tmp_path / "far"), [0.0]
    near = Near(far, tmp_path / "cache", 10, lambda: now[0])
    far.replace("current/e", b"1")
    look, far.is_away, far.asked = near.anew(), True, 0
    for store in (lambda: look, lambda: near, near.anew):
        with pytest.raises(OSError, match="no answer"):
            store().get("current/e")
    assert far.asked == 1
    far.is_away, now[0] = False, AWAY_SECONDS
    with pytest.raises(OSError, match="no answer"):
        near.get("current/e")
    asked_apart(near)
    assert near.get("current/e") == near.anew().get("current/e")
    with pytest.raises(OSError, match="no answer"):
        look.get("current/e")


def test_nobody_waits_for_a_store_that_is_known_to_be_away(tmp_path: Path) -> None:
    far, now, answers = Away(tmp_path / "far"), [0.0], Event()
    near = Near(far, tmp_path / "cache", 10, lambda: now[0])
    far.replace("current/e", b"1")
    far.is_away = True
    with pytest.raises(OSError, match="no answer"):
        near.get("current/e")
    far.is_away, far.answers, now[0] = False, lambda _name: answers.wait(5), AWAY_SECONDS  # type: ignore[method-assign]
    with pytest.raises(OSError, match="no answer"):
        near.get("current/e")
    assert near._away.asking
    assert near._away.asking.is_alive()
    answers.set()
    asked_apart(near)
    assert near.get("current/e")


def test_while_one_asks_a_store_again_the_others_go_on_with_what_was_there(tmp_path: Path) -> None:
    far, now = Away(tmp_path / "far"), [0.0]
    near = Near(far, tmp_path / "cache", 10, lambda: now[0])
    far.replace("current/e", b"1")
    first, now[0], others = near.get("current/e"), FRESH_SECONDS, []
    far.replace("current/e", b"2")
    far.answers = lambda _name: others.append(near.get("current/e"))  # type: ignore[method-assign]
    assert near.get("current/e") != first
    assert others == [first]


def test_a_look_that_the_store_cuts_off_is_done_again_and_meanwhile_pages_stand(tmp_path: Path) -> None:
    far, now = Away(tmp_path / "processed"), [0.0]
    made.publish(far.root, "test-1")
    reader = Reader(far.root)
    reader._store = EditionStore(Near(far, tmp_path / "cache", 10**7, lambda: now[0]))
    old = reader.edition("test-1")
    assert old.projection.election == "test-1"
    new = made.publish(far.root, "test-1", as_of=date(2019, 9, 2))
    now[0] += FRESH_SECONDS
    reader._store.objects.state("current/")  # what changed is known; what it changed to is read when the store is away
    far.is_away = True
    assert reader.shelf().editions["test-1"] == old.id
    now[0] += FRESH_SECONDS
    assert reader.edition("test-1").id == old.id
    assert reader.edition("test-1").projection.election == "test-1"
    assert reader.fault
    far.is_away = False
    now[0] += AWAY_SECONDS
    reader.shelf()
    asked_apart(reader._store.objects)
    now[0] += FRESH_SECONDS
    assert reader.edition("test-1").id == new.id
    assert reader.fault is None


def test_a_reader_does_not_wait_for_a_store_that_takes_requests_and_gives_no_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        names = {"ENDPOINT_URL": f"http://127.0.0.1:{port}", "ACCESS_KEY_ID": "a", "SECRET_ACCESS_KEY": "b"}
        for name, value in {**names, "REGION": "us-east-1"}.items():
            monkeypatch.setenv(f"AWS_{name}", value)
        began = time.monotonic()
        with pytest.raises(OSError, match="error"):
            Bucket("s3://nowhere/x", patience_seconds=0.2).get("current/e")
        assert time.monotonic() - began < 10, "a night waits for 30 s"


def test_a_night_puts_the_same_bytes_into_either(data_dir: Path, new_bucket: Callable[[], str]) -> None:
    url, night = new_bucket(), datetime(2019, 9, 10, 3, tzinfo=UTC)
    for settings in (Settings(), Settings(store=url)):
        request = RefreshRequest(data_dir, None, None, 200, 0, now=lambda: night, settings=settings)
        (result,) = run("knesset-22", request, lambda _election, _step: None)
        assert result.status == "published"
    local = everything(Folder(data_dir / "processed")) | everything(Folder(data_dir / "raw"))
    remote = everything(Bucket(url))
    assert {name.split("/")[0] for name in remote} == {"current", "editions", "sealed"}
    assert {name: local[name] for name in remote} == remote


def test_pages_are_read_from_an_object_store_by_real_processes(
    new_bucket: Callable[[], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Processes that are forked: a client that was begun before them would be no use in them."""
    url = new_bucket()
    processed = tmp_path / "data" / "processed"
    first = made.publish(processed)
    for name in Folder(processed).list(""):
        Bucket(url).put_if_absent(name, (processed / name).read_bytes())
    expected = Reader(processed).edition().projection
    monkeypatch.setenv("HEMICYCLE_STORE", url)
    monkeypatch.setenv("HEMICYCLE_CACHE", str(tmp_path / "cache"))
    assert Reader(tmp_path).edition().projection == expected
    (tmp_path / "elsewhere" / "processed").mkdir(parents=True)
    with servers.dashboard(tmp_path / "elsewhere", "--today", "2019-09-02") as site:
        assert first.id in site.get("/polls").text
        assert site.get("/readyz").status == 200
