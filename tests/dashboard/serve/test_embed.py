"""Blocks in frames: live or frozen, in every language and theme, with a notice where a poll of theirs was corrected."""

import gzip
import json
import re
import shutil
from datetime import date
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from dashboard.blocks import Block
from dashboard.i18n import Translator, translator
from dashboard.pages import PAGES
from dashboard.reader import Clock, Reader
from dashboard.serve import frozen
from dashboard.serve.documents import Documents
from dashboard.serve.embed import store
from dashboard.serve.shell import ASSETS
from pipelines.editions.schema import Correction
from pipelines.editions.store import EditionStore
from tests.dashboard import editions
from tests.dashboard.conftest import TODAY, Client

SEATS = "/embed/tonight/seats"
OLD, NEW = "2019-08-25-00000000", "2019-09-01-00000000"
MOST_BYTES = 60_000
CORRECTION = Correction(
    field="value",
    label="alpha",
    before="49",
    after="48",
    corrected_date=date(2019, 8, 28),
    why="misread",
    source="x",
    url=None,
)


def text_of(client: FlaskClient, address: str, **parameters: str) -> str:
    answer = client.get(address, query_string=parameters)
    assert answer.status_code == 200, answer.text
    return re.sub("[\u2066-\u2069\u200e\u200f]", "", answer.text)


def corrected(folder: Path) -> Path:
    """Two editions of a campaign; in the second the poll of 20 August has 48 seats where it had 49."""
    editions.publish(folder, as_of=date(2019, 8, 25))
    editions.publish(folder)
    _correct(folder, NEW)
    return folder


def _correct(folder: Path, name: str) -> None:
    store = EditionStore(folder)
    edition = store.open("test-1", name)
    first, *others = edition.polls.polls
    values = [value.model_copy(update={"seats": 48}) if value.list == "alpha" else value for value in first.values]
    row = first.model_copy(update={"values": values, "revision": 2, "corrections": [CORRECTION]})
    polls = edition.polls.model_copy(update={"polls": [row, *others]})
    files = {path.name.removesuffix(".gz"): gzip.decompress(path.read_bytes()) for path in edition.folder.glob("*.gz")}
    files |= {path.name: path.read_bytes() for path in edition.folder.glob("*.parquet")}
    store.publish(edition.manifest, {**files, "polls.json": polls.model_dump_json().encode()})


@pytest.mark.parametrize("lang", ["en", "he"])
@pytest.mark.parametrize("theme", ["auto", "light", "dark"])
def test_a_block_is_whole_without_a_script(client: FlaskClient, lang: str, theme: str) -> None:
    shown = text_of(client, SEATS, lang=lang, theme=theme)
    assert f'<html lang="{lang}" dir="{translator(lang).direction}" data-embed="{theme}">' in shown
    assert "<svg" in shown
    assert "<table" in shown
    assert ("prefers-color-scheme" in shown) == (theme == "auto")
    assert "_dash" not in shown
    assert shown.count("<script") == 1


def test_every_block_that_may_is_small_and_says_whose_it_is(client: FlaskClient, documents: Documents) -> None:
    style = len(gzip.compress((ASSETS / "hemicycle.css").read_bytes()))
    for path in PAGES:
        for block in documents.blocks(documents.key(path, {})):
            if not isinstance(block, Block):
                continue
            address = f"/embed/{block.page}/{block.id}"
            if not block.embeddable:
                assert client.get(address).status_code == 404
                continue
            shown = text_of(client, address)
            assert len(gzip.compress(shown.encode())) + style < MOST_BYTES
            assert "Hemicycle · " in shown
            assert "The press – quoted" in shown
            assert f"edition={NEW}" not in shown.partition('class="footer"')[0], "a live frame leads to what is newest"


def test_the_script_is_small() -> None:
    assert len((ASSETS / "embed.js").read_bytes()) <= 1024


def test_only_a_frame_may_be_framed(client: FlaskClient) -> None:
    for address in ("/", "/api/v1/test-1/tonight/seats.json", "/embed/x", "/embed", "/assets/embed.js", "/feed.atom"):
        with client.get(address) as answer:
            assert answer.headers["X-Frame-Options"] == "DENY"
            assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    headers = client.get(SEATS).headers
    assert "X-Frame-Options" not in headers
    assert "frame-ancestors *" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"].split("style-src")[0]


def test_a_frozen_frame_keeps_its_numbers_and_the_newest_is_live(processed: Path, client_of: Client) -> None:
    editions.publish(processed, as_of=date(2019, 8, 25), allocation={"alpha": 57, "beta": 53, "gamma": 10, "delta": 0})
    client = client_of(processed)
    assert ">57<" in text_of(client, SEATS, election="test-1", edition=OLD)
    assert ">57<" in text_of(client, SEATS, election="test-1", as_of="2019-08-27")
    live = text_of(client, SEATS, election="test-1")
    assert ">57<" not in live
    assert "The newest numbers, as of 1 Sept 2019" in live


def test_a_correction_is_told_where_a_block_rests_on_it_and_nowhere_else(tmp_path: Path, client_of: Client) -> None:
    client = client_of(corrected(tmp_path))
    sentence = "Corrected since: Firm (20 Aug): Alpha 49 → 48 (28 Aug 2019)."
    frame = text_of(client, SEATS, election="test-1", edition=OLD)
    assert sentence in frame
    assert "תוקן מאז" in text_of(client, SEATS, election="test-1", edition=OLD, lang="he")
    assert "Corrected" not in text_of(client, SEATS, election="test-1")
    assert "Corrected" not in text_of(client, SEATS, election="test-1", edition=NEW)
    positions = {"election": "test-1", "edition": OLD, "gov": "alpha"}
    assert "Corrected" not in text_of(client, "/embed/coalitions/conflicts", **positions)
    assert "Corrected" in text_of(client, "/embed/coalitions/meter", **positions)


def test_a_notice_is_not_kept_longer_than_a_minute(tmp_path: Path, client_of: Client) -> None:
    editions.publish(tmp_path, as_of=date(2019, 8, 25))
    editions.publish(tmp_path)
    client = client_of(tmp_path)
    parameters = {"election": "test-1", "edition": OLD}
    before = client.get(SEATS, query_string=parameters)
    age = re.findall(r"max-age=(\d+)", before.headers["Cache-Control"])
    assert all(int(seconds) <= 60 for seconds in age)
    assert "Corrected" not in before.text
    _correct(tmp_path, editions.publish(tmp_path, as_of=date(2019, 9, 2)).id)
    after = client.get(SEATS, query_string=parameters, headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200


# When retention has removed the edition


@pytest.fixture
def removed(tmp_path: Path) -> Path:
    """The older of two editions was made ahead and is removed; a poll of it was corrected since."""
    corrected(tmp_path)
    documents = Documents(Reader(tmp_path), Clock(lambda: TODAY), PAGES)
    store(tmp_path, documents, documents.key("/", {"election": "test-1", "edition": OLD}))
    EditionStore(tmp_path).keep_only("test-1", 1)
    return tmp_path


def test_a_removed_edition_is_shown_as_it_was_kept(tmp_path: Path, client_of: Client) -> None:
    before = corrected(tmp_path / "before")
    documents = Documents(Reader(before), Clock(lambda: TODAY), PAGES)
    store(before, documents, documents.key("/", {"election": "test-1", "edition": OLD}))
    shown = {name: text_of(client_of(before), name, election="test-1", edition=OLD) for name in FRAMES}
    EditionStore(before).keep_only("test-1", 1)
    assert not EditionStore(before).has("test-1", OLD)
    client = client_of(before)
    for name, was in shown.items():
        now = text_of(client, name, election="test-1", edition=OLD)
        assert _words(now) == _words(was), name
        assert ("(20 Aug): alpha 49 → 48 (28 Aug 2019)" in now) == ("Corrected since" in was)
    he = text_of(client, SEATS, election="test-1", edition=OLD, lang="he")
    assert 'dir="rtl"' in he


FRAMES = (SEATS, "/embed/tonight/blocs", "/embed/trends/trend", "/embed/coalitions/hemicycle", "/embed/threshold/odds",
          "/embed/pollsters/list-gaps", "/embed/tonight/latest")  # fmt: skip


def _words(shown: str) -> str:
    """What a frame shows but for addresses and the notice, which names lists as they were printed."""
    return re.sub(r'data-hash="\w+"|href="[^"]*"|<p class="notice.*?</p>', "", shown)


def test_what_was_not_kept_is_gone_in_words(removed: Path, client_of: Client) -> None:
    client = client_of(removed)
    gone = {"election": "test-1", "edition": OLD}
    answer = client.get("/embed/trends/trend", query_string={**gone, "of": "blocs"})
    assert (answer.status_code, answer.mimetype) == (410, "text/html")
    assert "This edition was removed" in answer.text
    assert "frame-ancestors *" in answer.headers["Content-Security-Policy"]
    shutil.rmtree(removed / frozen.FOLDER)
    assert client_of(removed).get("/embed/trends/trend", query_string=gone).status_code == 410
    answer = client.get("/api/v1/test-1/tonight/seats.json", query_string=gone)
    assert (answer.status_code, answer.json["status"]) == (410, 410)
    assert client.get(SEATS, query_string={**gone, "edition": "2019-08-25-99999999"}).status_code == 404


def test_what_is_kept_is_small_and_the_longest_gives_way(processed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    documents = Documents(Reader(processed), Clock(lambda: TODAY), PAGES)
    key = documents.key("/", {})
    assert 0 < store(processed, documents, key) <= frozen.MOST_BYTES
    assert store(processed, documents, key) == 0, "once an edition"
    shutil.rmtree(processed / frozen.FOLDER)
    monkeypatch.setattr(frozen, "MOST_BYTES", 8_000)
    assert store(processed, documents, key) <= 8_000
    stored = frozen.read(processed, "test-1", NEW, PAGES.values())
    assert stored is not None
    assert 0 < len(stored.blocks) < sum(len(page.values) for page in PAGES.values()) - 20


def test_what_was_kept_before_a_block_grew_and_its_figure_moved_stands_and_one_that_is_broken_hides_no_other(
    processed: Path, en: Translator
) -> None:
    """`kept.json` is of 30 Nov 2026: seats without `passing_seats`, figures named by modules that are no more."""
    content = json.loads(Path(__file__).with_name("kept.json").read_bytes())
    documents = Documents(Reader(processed), Clock(lambda: TODAY), PAGES)
    key = documents.key("/", {})
    path = processed / frozen.FOLDER / key.election / f"{key.edition}.json.gz"
    path.parent.mkdir(parents=True)
    path.write_bytes(gzip.compress(json.dumps(content).encode()))
    stored = frozen.read(processed, key.election, key.edition, PAGES.values())
    assert stored is not None
    assert [one.id for one in stored.blocks if one.drawn(en)] == ["distribution", "seats"]
    assert store(processed, documents, key) == 0
    del content["blocks"][1]["values"]["of"]["lists"]
    path.write_bytes(gzip.compress(json.dumps(content).encode()))
    stored = frozen.read(processed, key.election, key.edition, PAGES.values())
    assert stored is not None
    assert [one.id for one in stored.blocks] == ["distribution"]
    assert store(processed, documents, key) > 0, "what does not read back is kept anew while the edition stands"


@pytest.mark.parametrize(
    "content", [b"?", b"[]", b'{"$":"function","of":"os:system"}', b'{"$":"Secret"}', b'{"$":"Frozen"}']
)
def test_what_was_tampered_with_is_gone_and_calls_nothing(processed: Path, content: bytes) -> None:
    path = processed / frozen.FOLDER / "test-1" / "x.json.gz"
    path.parent.mkdir(parents=True)
    path.write_bytes(gzip.compress(content))
    assert frozen.read(processed, "test-1", "x", PAGES.values()) is None
    assert frozen.read(processed, "../test-1", "x", PAGES.values()) is None
