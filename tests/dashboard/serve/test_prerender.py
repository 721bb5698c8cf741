"""Pages made ahead are the pages that would be made now; they come and go with their editions."""

import gzip
import os
import re
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from datetime import date
from pathlib import Path
from typing import Any

import brotli
import pytest

from dashboard.pages import PAGES
from dashboard.reader import Reader
from dashboard.serve import prerender as prerendering
from dashboard.serve.app import create
from dashboard.serve.documents import Documents, Key
from dashboard.serve.prerender import KEPT, MADE, REFUSED, prerender
from dashboard.serve.prerendered import DOCUMENT, PAGE, RELEASES_KEPT, Prerendered
from tests.conftest import ROOT, Command
from tests.dashboard import editions

TODAY = date(2019, 9, 2)


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    processed = tmp_path_factory.mktemp("made") / "processed"
    editions.publish(processed)
    assert [became for _, became, _ in prerender(create, processed, lambda: TODAY, 1)] == [MADE]
    return processed


@pytest.fixture
def root(made_once: Path, tmp_path: Path) -> Path:
    """A folder of one test's own with an edition and its pages."""
    return Path(shutil.copytree(made_once, tmp_path / "processed"))


def test_every_page_is_made_in_both_languages_and_both_encodings(root: Path) -> None:
    answers = create(Reader(root), lambda: TODAY)[1]
    for path in PAGES:
        for lang in ("en", "he"):
            key = answers.documents.key(path, {"lang": lang})
            for kind, make in ((PAGE, answers.make_page), (DOCUMENT, answers.make_document)):
                stored = Prerendered(root).read(key, kind)
                assert stored is not None, (path, lang, kind)
                assert stored.raw == brotli.decompress(stored.brotli) == make(key).raw


def test_what_was_made_ahead_is_what_is_sent_and_is_not_made_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    client = create(Reader(root), lambda: TODAY)[0].server.test_client()
    monkeypatch.setattr(Documents, "_make", lambda *_: pytest.fail("made per request"))
    for path in PAGES:
        assert client.get(path, headers={"Accept-Encoding": "gzip, br"}).content_encoding == "br"
    at = address_of(root)
    answer = client.get(f"{at}/trends~unit=share.json", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert b'"template"' in gzip.decompress(answer.data)


def test_a_document_made_by_other_code_is_gone_and_the_page_loads_again(root: Path) -> None:
    client = create(Reader(root), lambda: TODAY)[0].server.test_client()
    at = address_of(root).replace(address_of(root).split("/")[2], "0" * 12)
    answer = client.get(f"{at}/trends.json")
    assert answer.status_code == 410
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("name", ["nowhere.json", "trends~unit=votes.json", "trends~.html", "index~edition=none.json"])
def test_a_document_that_is_not_on_offer_is_not_found(root: Path, name: str) -> None:
    client = create(Reader(root), lambda: TODAY)[0].server.test_client()
    assert client.get(f"{address_of(root)}/{name}").status_code == 404


def test_a_reader_stays_with_their_edition_when_another_is_published(processed: Path) -> None:
    client = create(Reader(processed), lambda: TODAY)[0].server.test_client()
    before = client.get("/view/").get_json()["pages"]
    editions.publish(processed, as_of=date(2019, 9, 2))
    assert client.get("/view/").get_json()["pages"]["edition"] != before["edition"]
    later = client.get(before["at"] + "trends.json")
    assert later.get_json()["pages"]["edition"] == before["edition"]
    assert "max-age=0" in later.headers["Cache-Control"]


def test_what_an_earlier_address_holds_does_not_change(root: Path) -> None:
    client = create(Reader(root), lambda: TODAY)[0].server.test_client()
    at = address_of(root)
    before = client.get(f"{at}/trends.json")
    editions.publish(root, as_of=date(2019, 9, 2))
    later = client.get(f"{at}/trends.json")
    assert later.data == before.data
    assert "immutable" in later.headers["Cache-Control"]


def test_a_second_time_nothing_is_made_and_another_day_is_another_release(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert prerendering._make_ahead(create, root, TODAY, "test-1", is_newest=True)[1] == KEPT
    monkeypatch.setattr(Documents, "ahead", only_the_first)
    assert prerendering._make_ahead(create, root, date(2019, 9, 3), "test-1", is_newest=True)[1] == MADE


def test_pages_go_with_their_edition_and_with_age(one_page: Path) -> None:
    for day in range(3, 3 + RELEASES_KEPT):
        make_one_page(one_page, date(2019, 9, day))
    ahead = Prerendered(one_page)
    assert len(ahead.tidy()) == 1
    assert len([path for path in ahead.folder.iterdir() if path.is_dir()]) == RELEASES_KEPT
    shutil.rmtree(next((one_page / "editions" / "test-1").iterdir()))
    assert len(ahead.tidy()) == RELEASES_KEPT


def address_of(processed: Path) -> str:
    return "/" + create(Reader(processed), lambda: TODAY)[1].documents.key("/", {}).folder


DAMAGES = {
    "one of the two emptied": ("*.br", lambda _content: b""),
    "the other emptied": ("*.gz", lambda _content: b""),
    "cut": ("*.*", lambda content: content[:500]),
    "one bit flipped": ("*.*", lambda content: content[:-9] + bytes([content[-9] ^ 1]) + content[-8:]),
    "another page's": ("*.*", lambda content: content + b"more"),
}
UNPACK = {"br": brotli.decompress, "gzip": gzip.decompress, "": bytes}


def spoil(processed: Path, damage: str) -> list[Path]:
    pattern, change = DAMAGES[damage]
    spoilt = list((processed / "pages").glob(f"*/*/*/*/{pattern}"))
    for path in spoilt:
        path.write_bytes(change(path.read_bytes()))
    return spoilt


def make_one_page(processed: Path, today: date) -> None:
    """One page and its document made ahead, as `prerender` does it."""
    answers = create(Reader(processed), lambda: today)[1]
    key = answers.documents.key("/", {})
    contents = [(f"{key.name}.{PAGE}", answers.make_page(key)), (f"{key.name}.{DOCUMENT}", answers.make_document(key))]
    Prerendered(processed).write(key, [(key.lang, name, payload) for name, payload in contents])


def only_the_first(_documents: Documents, first: Key, _presses: prerendering.Presses) -> list[Key]:
    """In the place of every page of an edition."""
    return [first]


@pytest.fixture(scope="module")
def one_page_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    processed = tmp_path_factory.mktemp("one-page") / "processed"
    editions.publish(processed)
    make_one_page(processed, TODAY)
    return processed


@pytest.fixture
def one_page(one_page_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of one test's own where one page was made, and none but this is made again."""
    monkeypatch.setattr(Documents, "ahead", only_the_first)
    return Path(shutil.copytree(one_page_once, tmp_path / "processed"))


@pytest.mark.parametrize("encoding", ["br", "gzip", "identity"])
@pytest.mark.parametrize("damage", DAMAGES)
def test_a11_what_was_made_ahead_and_was_damaged_is_not_sent(one_page: Path, damage: str, encoding: str) -> None:
    sound = create(Reader(one_page), lambda: TODAY)[0].server.test_client()
    paths = "/", f"{address_of(one_page)}/index.json"
    before = [sound.get(path, headers={"Accept-Encoding": "identity"}).data for path in paths]
    assert spoil(one_page, damage)
    client = create(Reader(one_page), lambda: TODAY)[0].server.test_client()
    for path, whole in zip(paths, before, strict=True):
        answer = client.get(path, headers={"Accept-Encoding": encoding})
        assert answer.status_code == 200
        assert UNPACK[answer.content_encoding or ""](answer.data) == whole


@pytest.mark.parametrize("content", [None, b"", b"[]", b'{"en/index.html": 3}', b"{}"])
def test_a11_pages_without_their_hashes_are_as_good_as_none(one_page: Path, content: bytes | None) -> None:
    path = next((one_page / "pages").glob("*/*/*/hashes.json"))
    path.unlink() if content is None else path.write_bytes(content)
    client = create(Reader(one_page), lambda: TODAY)[0].server.test_client()
    assert client.get("/").status_code == 200
    key = create(Reader(one_page), lambda: TODAY)[1].documents.key("/", {})
    assert Prerendered(one_page).read(key, PAGE) is None


@pytest.mark.parametrize("damage", DAMAGES)
def test_a11_the_next_time_what_was_damaged_is_made_again(one_page: Path, damage: str) -> None:
    key = create(Reader(one_page), lambda: TODAY)[1].documents.key("/", {})
    assert Prerendered(one_page).has(key)
    spoil(one_page, damage)
    assert not Prerendered(one_page).has(key)
    assert prerendering._make_ahead(create, one_page, TODAY, "test-1", is_newest=False)[1] == MADE
    assert Prerendered(one_page).has(key)
    assert Prerendered(one_page).read(key, PAGE) is not None


def test_a8_an_edition_that_went_while_its_pages_were_made_is_refused_in_words(processed: Path) -> None:
    def create_and_lose(*arguments: Any) -> Any:
        answers = create(*arguments)
        shutil.rmtree(processed / "editions/test-1/2019-09-01-00000000")
        return answers

    assert prerendering._make_ahead(create_and_lose, processed, TODAY, "test-1", is_newest=True)[:2] == (
        "test-1",
        REFUSED,
    )


class InOneProcess(Executor):
    """Works in the command's own process, and not in one that has to load everything first."""

    def __init__(self, *_: object) -> None:
        """As the executor whose place it takes."""

    def submit(self, work: Callable[..., Any], /, *arguments: Any, **_: Any) -> "Future[Any]":
        future: Future[Any] = Future()
        future.set_result(work(*arguments))
        return future


@pytest.fixture
def in_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prerendering, "ProcessPoolExecutor", InOneProcess)


@pytest.mark.usefixtures("in_one_process")
def test_a8_a_campaign_that_is_lost_leaves_the_others_pages(
    processed: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Documents, "ahead", only_the_first)
    lost = editions.publish(processed, "lost-1", election_date=date(2019, 9, 30))
    (lost.folder / "projection.json.gz").write_bytes(b"?")
    (lost.folder.parent / "another").mkdir()
    answer = command("dashboard", "prerender", "--data-dir", processed.parent, "--today", "2019-09-02", "--jobs", "1")
    assert answer.returncode == 1
    assert "test-1: made" in answer.stderr
    assert "lost-1: refused" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a4_the_child_of_a_prerender_that_was_killed_ends_with_it_and_it_can_be_run_again(
    processed: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = ("prerender", "--data-dir", str(processed.parent), "--today", "2019-09-02", "--jobs", "1")
    parent = subprocess.Popen(
        [sys.executable, "-m", "dashboard", *arguments], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    begun = processed / "pages"
    wait_until(lambda: list(begun.glob("*/test-1/.hemicycle-*")) != [], "pages are being made")
    children = [int(child) for child in Path(f"/proc/{parent.pid}/task/{parent.pid}/children").read_text().split()]
    parent.kill()
    parent.wait()
    wait_until(lambda: not any(is_alive(child) for child in children), "its children have ended")
    monkeypatch.setattr(Documents, "ahead", only_the_first)
    monkeypatch.setattr(prerendering, "ProcessPoolExecutor", InOneProcess)
    again = command("dashboard", *arguments)
    assert again.returncode == 0, again.stderr
    assert "test-1: made" in again.stderr
    assert not list(begun.rglob(".hemicycle-*"))


def wait_until(is_so: Callable[[], bool], label: str, seconds: float = 60) -> None:
    ends = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < ends, f"not after {seconds} s: {label}"
        time.sleep(0.01)


def is_alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_b1_pages_made_ahead_under_a_strict_umask_may_be_read_by_the_web_server(
    processed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Documents, "ahead", only_the_first)
    umask = os.umask(0o077)
    try:
        prerendering._make_ahead(create, processed, TODAY, "test-1", is_newest=False)
    finally:
        os.umask(umask)
    pages = [processed / "pages", *(processed / "pages").rglob("*")]
    assert {path.stat().st_mode & 0o777 for path in pages} == {0o755, 0o644}


def test_a3_a_lock_of_the_pages_that_is_a_link_empties_nothing(processed: Path) -> None:
    (processed / "pages").mkdir()
    (processed / "raw.csv").write_text("a row\n")
    (processed / "pages/.lock").symlink_to("../raw.csv")
    with pytest.raises(OSError, match="a link"), Prerendered(processed).alone():
        pass
    assert (processed / "raw.csv").read_text() == "a row\n"


@pytest.mark.usefixtures("in_one_process")
@pytest.mark.parametrize(("kilobytes", "folder"), [(1, "frozen"), (8, "pages")])
def test_f29_a_full_disk_names_the_page_that_was_not_written_and_leaves_none(
    processed: Path, made_once: Path, command: Command, monkeypatch: pytest.MonkeyPatch, kilobytes: int, folder: str
) -> None:
    """What is kept of the blocks comes first, and is there already where a page is to be the first that fails."""
    if folder == "pages":
        shutil.copytree(made_once / "frozen", processed / "frozen")
    make_ahead = prerendering._make_ahead

    def with_little_room(*arguments: Any) -> prerendering.Said:
        """In the command's own process."""
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (kilobytes * 1024, hard))
        try:
            return make_ahead(*arguments)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    monkeypatch.setattr(prerendering, "_make_ahead", with_little_room)
    done = command("dashboard", "prerender", "--data-dir", processed.parent, "--today", "2019-09-02", "--jobs", "1")
    assert done.returncode == 1
    place = f"{re.escape(str(processed))}/{folder}/"
    assert re.search(rf"test-1: refused \(.*File too large: '{place}", done.stderr), done.stderr
    written = [path for path in (processed / folder).rglob("*") if path.is_file()]
    assert [path for path in written if path.name != ".lock"] == []
