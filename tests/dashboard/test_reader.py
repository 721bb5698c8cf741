"""The reader opens what was published and nothing else."""

import gc
import threading
import weakref
from datetime import date
from pathlib import Path

import pytest

from dashboard.address import NothingPublished, UnknownAddress
from dashboard.pages import PAGES
from dashboard.reader import AGAIN_SECONDS, SMALLEST_BYTES, OpenEditions, Reader, Shelf
from dashboard.serve.app import create_app
from pipelines.editions.objects import Folder
from pipelines.editions.schema import Reference
from pipelines.editions.store import Edition
from pipelines.errors import EditionDamaged
from tests.dashboard import editions
from tests.dashboard.conftest import Client, view_of


def test_the_newest_vote_comes_first_whatever_was_published_last(tmp_path: Path) -> None:
    editions.publish(tmp_path, "test-2", election_date=date(2026, 10, 27))
    editions.publish(tmp_path, "test-1", election_date=date(2019, 9, 17))
    assert [election.id for election in Reader(tmp_path).elections()] == ["test-2", "test-1"]
    assert Reader(tmp_path).edition().election == "test-2"


def test_nothing_published_is_a_state_of_its_own(tmp_path: Path) -> None:
    assert not Reader(tmp_path).is_ready()
    with pytest.raises(NothingPublished):
        Reader(tmp_path).edition()


@pytest.mark.parametrize(
    ("election", "edition"),
    [
        ("test-9", None),
        ("../test-1", None),
        ("", None),
        ("test-1", "2019-09-01-ffffffff"),
        ("test-1", "../../current"),
        ("test-1", "."),
        ("test-1", "2019-09-01-00000000/../x"),
        ("test-1", "../test-1/2019-09-01-00000000"),
        ("test-1", "2019-09-01-00000000/"),
        ("test-1", "\x00"),
    ],
)
def test_only_what_exists_is_opened(processed: Path, election: str, edition: str | None) -> None:
    with pytest.raises(UnknownAddress):
        Reader(processed).edition(election, edition)


def test_a_damaged_edition_leaves_the_menu_and_not_the_others(processed: Path) -> None:
    broken = editions.publish(processed, "test-2", election_date=date(2020, 1, 1))
    (broken.folder / "reference.json.gz").write_bytes(b"{")
    assert [election.id for election in Reader(processed).elections()] == ["test-1"]


def test_where_the_newest_edition_is_damaged_the_last_good_one_is_served(processed: Path) -> None:
    newest = editions.publish(processed, as_of=date(2019, 9, 2))
    (newest.folder / "seats.parquet").write_bytes(b"?")
    reader = Reader(processed)
    assert reader.edition("test-1").id == "2019-09-01-00000000"
    assert reader.shelf().passed_over == ("test-1",)
    assert Reader(editions.publish(processed, as_of=date(2019, 9, 3)).folder.parents[2]).shelf().passed_over == ()


def test_a_reader_that_is_running_meets_the_mended_edition(processed: Path) -> None:
    newest = editions.publish(processed, as_of=date(2019, 9, 2))
    sound = (newest.folder / "seats.parquet").read_bytes()
    (newest.folder / "seats.parquet").write_bytes(b"?")
    reader = Reader(processed)
    assert reader.edition("test-1").id == "2019-09-01-00000000"
    (newest.folder / "seats.parquet").write_bytes(sound)
    Folder(processed).replace("runs/il.json", b"{}")  # as every refresh leaves it
    assert reader.edition("test-1").id == newest.id
    assert reader.edition("test-1").seat_draws.draws > 0


@pytest.mark.parametrize("content", [b"", b"[]", b'{"edition": 1, "published": []}'])
def test_a_damaged_pointer_is_read_from_the_editions(processed: Path, content: bytes) -> None:
    (processed / "current/test-1").write_bytes(content)
    reader = Reader(processed)
    assert reader.is_ready()
    assert reader.edition().election == "test-1"


def test_an_older_edition_opens_by_its_id(processed: Path) -> None:
    editions.publish(processed, as_of=date(2019, 9, 2))
    assert Reader(processed).edition("test-1").id == "2019-09-02-00000000"
    assert Reader(processed).edition("test-1", "2019-09-01-00000000").projection.as_of == date(2019, 9, 1)


def test_an_edition_is_found_by_its_day(processed: Path, client_of: Client) -> None:
    editions.publish(processed, as_of=date(2019, 8, 25))
    client = client_of(processed)
    page = client.get("/view/?election=test-1&as_of=2019-08-25").get_data(as_text=True)
    assert "As of 25 Aug 2019" in page
    assert "edition=2019-08-25-00000000" in page  # every link from there stays with it


@pytest.mark.parametrize("day", ["2019-08-26", "2019-13-01", "yesterday", "../../x", "２０１９-08-25"])
def test_a_day_without_an_edition_is_not_found(processed: Path, client_of: Client, day: str) -> None:
    assert client_of(processed).get(f"/view/?as_of={day}").status_code == 404


@pytest.mark.parametrize("lost", ["current/test-1", "current"])
def test_a2_a_missing_pointer_is_read_from_the_editions(processed: Path, lost: str) -> None:
    (processed / lost).rename(processed / ".elsewhere")
    reader = Reader(processed)
    assert reader.is_ready()
    assert reader.edition().id == "2019-09-01-00000000"


def test_a7_editions_held_open_are_bounded_in_bytes(processed: Path) -> None:
    """Not in number: one with its draws read takes a thousand times what one does whose name alone was read."""
    published = [editions.publish(processed, as_of=date(2019, 9, day)) for day in range(2, 12)]
    first = Edition(published[0].objects, published[0].name)
    _ = first.share_draws, first.seat_draws, first.polls, first.trend
    assert first.held_bytes > 2000 * 4 * 10, "draws, and documents on top"
    held = OpenEditions(3 * first.held_bytes)
    for one in published:
        edition = held.open(one.objects, one.name)
        _ = edition.share_draws, edition.seat_draws, edition.polls, edition.trend
    assert held.held_bytes() <= 4 * (first.held_bytes + SMALLEST_BYTES), "the newest grows after it was let in"
    assert held.open(published[-1].objects, published[-1].name) is edition
    assert held.open(published[0].objects, published[0].name) is not first
    many = OpenEditions(3 * first.held_bytes)
    opened = [[many.open(one.objects, one.name) for one in published] for _ in range(2)]
    assert opened[0] == opened[1]


def test_a7_no_page_keeps_an_edition_that_is_held_open_no_longer(processed: Path) -> None:
    place = Folder(processed), "editions/test-1/2019-09-01-00000000"
    edition: Edition | None = Edition(*place)
    seen = weakref.ref(edition)
    for path, page in PAGES.items():
        assert edition is not None
        assert page.blocks(view_of(edition, path)) is not None
    edition = None
    gc.collect()
    assert seen() is None


def test_a7_one_edition_larger_than_the_bound_is_still_held(processed: Path) -> None:
    held = OpenEditions(1)
    place = Folder(processed), "editions/test-1/2019-09-01-00000000"
    assert held.open(*place).polls is held.open(*place).polls


def test_what_could_not_be_listed_takes_no_page_down_and_is_listed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk or a store that fails once, while an electorate's only campaign is looked up."""
    editions.publish(tmp_path, "test-1")
    day = date(2019, 9, 2)
    client = create_app(Reader(tmp_path), lambda: day).server.test_client()
    seconds, read = [0.0], Edition.reference.func  # type: ignore[attr-defined]
    monkeypatch.setattr("dashboard.reader.time.monotonic", lambda: seconds[0])
    fails = [True]

    def reference(edition: Edition) -> Reference:
        if fails[0]:
            raise EditionDamaged("the store did not answer")
        return read(edition)  # type: ignore[no-any-return]

    monkeypatch.setattr(Edition, "reference", property(reference))
    client.get("/?election=test-1")
    fails[0] = False
    assert client.get("/trends?election=test-1").status_code == 200
    assert client.get("/?election=test-1").status_code == 200
    assert client.get("/").status_code != 200
    seconds[0] += AGAIN_SECONDS + 1
    assert client.get("/").status_code == 200


def test_while_one_looks_at_what_was_published_the_others_read_on(
    processed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = Reader(processed)
    before = reader.shelf()
    fresh = editions.publish(processed, as_of=date(2019, 9, 2))
    begun, over, look, seen = threading.Event(), threading.Event(), reader._look, []

    def slowly() -> Shelf:
        begun.set()
        over.wait(20)
        return look()

    monkeypatch.setattr(reader, "_look", slowly)
    first = threading.Thread(target=lambda: seen.append(reader.shelf()))
    first.start()
    assert begun.wait(20)
    monkeypatch.setattr(reader, "_look", lambda: pytest.fail("two looked"))
    assert reader.shelf() == before
    over.set()
    first.join()
    assert dict(seen[0].current)["test-1"] == fresh.id
