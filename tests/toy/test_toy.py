"""An electorate by files alone, from its folder to every page, file and feed; and the others, which do not notice."""

import json
import re
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from dashboard.pages import PAGES
from dashboard.reader import Reader
from dashboard.render import card
from dashboard.serve.app import create_app
from pipelines.editions.records import Runs
from pipelines.editions.store import EditionStore
from pipelines.electorate.folder import load
from tests.conftest import ROOT
from tests.toy import folder

# Words of one electorate, of its law and of its customs, in the languages that pages have.
OF_ANOTHER = re.compile(
    r"knesset|israel|jerusalem|hebrew|surplus|bader|friday|överskott|fredag|כנסת|עודפים",
    re.IGNORECASE,
)
ADDRESS = re.compile(r'(?:href|src)="(/[^"#]*)"')
DESCRIPTION = "/api/openapi.json"  # of what any electorate may answer
DRAWS = "400"


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory, command: Any) -> Path:
    """The toy alone in a folder, refreshed for both of its elections."""
    data = tmp_path_factory.mktemp("toy") / "data"
    (data / "raw" / "electorates").mkdir(parents=True)
    (data / "processed").mkdir()
    folder.write(data / "raw")
    done = command(
        "pipelines", "refresh", "--election", "all", "--offline", "--draws", DRAWS, "--today", folder.TODAY,
        "--data-dir", data,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return data


@pytest.fixture(scope="module")
def client(data_dir: Path) -> FlaskClient:
    return create_app(Reader(data_dir / "processed"), lambda: folder.TODAY).server.test_client()


@pytest.fixture(scope="module")
def projection(data_dir: Path, command: Any) -> dict[str, Any]:
    done = command(
        "pipelines", "projection", "--election", folder.LIVE, "--json", "--today", folder.TODAY, "--data-dir", data_dir
    )
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def test_the_projection_is_by_its_own_law_and_names(projection: dict[str, Any]) -> None:
    assert (projection["electorate"], projection["unit"]) == (folder.ELECTORATE, "share")
    assert projection["house_size"] == folder.SEATS == sum(projection["allocation"].values())
    assert projection["threshold_pct"] == pytest.approx(100 / folder.SEATS)
    assert projection["blocs"] == []
    assert [row["id"] for row in projection["majorities"]] == list(folder.COALITIONS)
    alpha = next(row for row in projection["lists"] if row["id"] == "alpha")
    assert (alpha["name_el"], alpha["name_en"]) == ("Άλφα", "Alpha")


def test_polls_are_kept_as_printed_and_what_nobody_counts_is_not_counted(data_dir: Path) -> None:
    edition = EditionStore(data_dir / "processed").as_of(folder.LIVE, folder.TODAY)
    polls = edition.polls.polls
    assert {poll.unit for poll in polls} == {"share"}
    assert {poll.sample_size_printed for poll in polls} == {"≥900", None}
    assert {poll.fieldwork_guessed for poll in polls} == {True, False}
    printed = {value.label: value for value in polls[0].values}
    assert printed["Don't know"].pct == "11"
    assert printed["Don't know"].share is None, "who named no list is in no sum"
    assert len(str(printed["Alpha"].pct).partition(".")[2]) > 3
    assert edition.trend.others is not None
    assert edition.trend.others.share[-1] == pytest.approx(0.04, abs=0.01)


def test_a_replay_of_a_day_before_the_vote_does_not_know_the_house_that_grew(data_dir: Path) -> None:
    before = load(data_dir / "raw").campaign(folder.PAST)
    assert before.known_on(folder.VOTES[folder.PAST]).election.rules.house_size == 99
    assert before.rules_known(folder.TODAY).house_size == folder.SEATS
    edition = EditionStore(data_dir / "processed").as_of(folder.PAST, before.eve)
    assert edition.projection.house_size == 99


def addresses(client: FlaskClient, path: str, lang: str) -> Iterator[str]:
    answer = client.get(f"{path}?election={folder.LIVE}&lang={lang}")
    assert answer.status_code == 200, path
    yield from (address.replace("&amp;", "&") for address in ADDRESS.findall(answer.get_data(as_text=True)))


@pytest.mark.parametrize("lang", ["en", "sv"])
def test_every_page_export_and_feed_answers_in_its_own_words(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    """A picture by the words that are painted."""
    monkeypatch.setattr(card, "png", lambda drawn, *_: drawn.encode())
    seen: set[str] = set()
    for path in PAGES:
        page = client.get(f"{path}?election={folder.LIVE}&lang={lang}")
        assert page.status_code == 200, path
        text = re.sub(r"<(script|style).*?</\1>", "", page.get_data(as_text=True), flags=re.DOTALL)
        match = OF_ANOTHER.search(text)
        assert match is None, f"{path} says {match and text[max(0, match.start() - 60) : match.end() + 20]!r}"
        seen |= set(addresses(client, path, lang))
    files = sorted(one for one in seen if one.startswith(("/api/", "/table", "/download", "/feed")))
    assert len(files) > 20
    for address in files:
        answer = client.get(address)
        assert answer.status_code == 200, address
        path = address.partition("?")[0]
        if path != DESCRIPTION and path.endswith((".csv", ".json", ".svg", ".png", ".atom")):
            match = OF_ANOTHER.search(answer.get_data(as_text=True))
            assert match is None, f"{address} says {match and match.group()}"


def test_a_language_without_a_catalogue_is_not_offered_and_its_names_are_kept(client: FlaskClient) -> None:
    page = client.get(f"/?election={folder.LIVE}&lang=el")
    assert page.status_code in (200, 302, 404)
    text = client.get(f"/?election={folder.LIVE}").get_data(as_text=True)
    assert 'lang="en"' in text, "the first language that has a catalogue"


def test_status_says_nothing_of_another(data_dir: Path, command: Any) -> None:
    done = command("pipelines", "status", "--json", "--today", folder.TODAY, "--data-dir", data_dir)
    assert done.returncode == 0, done.stderr
    assert OF_ANOTHER.search(done.stdout) is None


# Held apart

ELECTION, DAY, LATER = "knesset-22", "2019-09-10", date(2026, 11, 22)
FINISHED_UTC = "2026-11-22T03:30:00+00:00"


def files_of(data: Path) -> dict[str, bytes]:
    place = data / "processed" / "editions" / ELECTION
    return {str(path.relative_to(place)): path.read_bytes() for path in sorted(place.rglob("*")) if path.is_file()}


RELEASE = re.compile(rb"/pages/[0-9a-f]{12}/")  # names the moment of the run, too


def pages_of(data: Path) -> dict[str, bytes]:
    reader = create_app(Reader(data / "processed"), lambda: LATER).server.test_client()
    return {
        f"{path} {lang}": RELEASE.sub(b"/pages/-/", reader.get(f"{path}?election={ELECTION}&lang={lang}").get_data())
        for path in PAGES
        for lang in ("he", "en")
    }


def test_an_electorates_editions_and_pages_have_the_same_bytes_with_and_without_any_other(
    tmp_path: Path, command: Any
) -> None:
    """The toy has a firm, a list and a source of the same ids as the other's, and a past to learn from."""
    pairs = []
    for others in (False, True):
        data = tmp_path / str(others) / "data"
        (data / "processed").mkdir(parents=True)
        shutil.copytree(ROOT / "data/raw/electorates/il", data / "raw/electorates/il")
        if others:
            for other in ("se", "nl", "de"):
                shutil.copytree(ROOT / "data/raw/electorates" / other, data / "raw/electorates" / other)
            clash(folder.write(data / "raw"))
        done = command(
            "pipelines", "refresh", "--election", ELECTION, "--as-of", DAY, "--offline", "--draws", DRAWS,
            "--today", LATER, "--data-dir", data,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        finish_at(FINISHED_UTC, EditionStore(data / "processed"))
        pairs.append((files_of(data), pages_of(data)))
    (files, pages), (files_beside, pages_beside) = pairs
    assert files
    assert files_beside == files
    apart = {page: first_difference(pages[page], other) for page, other in pages_beside.items() if pages[page] != other}
    assert apart == {}


def finish_at(moment_utc: str, store: EditionStore) -> None:
    """Let the last refresh have ended then: /data shows it to the minute."""
    runs = store.record(Runs, "il")
    assert runs is not None
    store.keep("il", runs.model_copy(update={"finished_utc": moment_utc}))


def first_difference(one: bytes, other: bytes) -> str:
    """What stands around the first byte that two pages differ in."""
    at = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return f"{one[max(0, at - 60) : at + 40]!r} beside {other[max(0, at - 60) : at + 40]!r}"


def clash(toy: Path) -> None:
    """A firm, an outlet's alias and lists of the toy called as the other electorate calls its own."""
    for path in toy.rglob("*.csv"):
        text = path.read_text("utf-8")
        path.write_text(re.sub(r"\bdeep\b", "kantar", re.sub(r"\balpha\b", "likud", text)), "utf-8")
