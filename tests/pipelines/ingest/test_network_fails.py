"""A live campaign's night whose network fails, at each of its calls in turn: the night is whole, without the source."""

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from pipelines.editions.edition import check
from pipelines.editions.store import Edition, EditionStore
from pipelines.http.client import Client, ClientSettings
from pipelines.ingest import imports, snapshots
from pipelines.ingest.store import Ledger
from pipelines.nightly import night as conductor
from tests.conftest import keep_polls
from tests.pipelines import nights
from tests.pipelines.http.servers import loopback
from tests.pipelines.sources.pages import FULL, TITLE, body, ordinary, poll_row

pytestmark = pytest.mark.slow

ELECTION = "knesset-26"
YESTERDAY, TONIGHT = date(2026, 7, 20), date(2026, 7, 21)
OLDER = f"2025 opinion polling for the {TITLE.partition('for the ')[2]}"
HATNOTE = f'<div class="hatnote"><a title="{OLDER}" href="/wiki/x">{OLDER}</a></div>'
FIRMS = ("North Polls", "South Polls", "East Polls", "West Polls")
NUMBERS = ("trend.json.gz", "seats.parquet", "shares.parquet", "coalitions.json.gz", "reference.json.gz")


def newest(*days: int) -> bytes:
    """The page of the year, which sends its reader to the one of the year before."""
    rows = [
        poll_row(f"{day} Jul", f"2026-07-{day}", firm, "Maariv", (str(40 + day % 3), str(30 - day % 3), *FULL[2:]))
        for day, firm in zip(days, FIRMS, strict=False)
    ]
    return body(HATNOTE, ordinary(*rows))


def older() -> bytes:
    rows = [poll_row(f"{day} Dec", f"2025-12-{day}", "North Polls", "Maariv", FULL) for day in (28, 21)]
    return body(ordinary(*rows, year="2025"), title=OLDER)


@pytest.fixture(scope="module")
def raw(few_polls: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What ships, with only the newest polls of the campaign: the nights are many and the polls need not be."""
    folder = tmp_path_factory.mktemp("raw") / "raw"
    shutil.copytree(few_polls, folder)
    keep_polls(folder, ELECTION, lambda poll: "2026-07" <= poll[:10] <= "2026-07-12")
    return folder


@pytest.fixture
def served(httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> HTTPServer:
    """The source is asked at a server of the test's own, once, over a client that may go to the loopback."""
    settings = ClientSettings(
        "wikipedia", url=httpserver.url_for("/api"), kind="json",
        hosts=(f"{httpserver.host}:{httpserver.port}",), schemes=("http",), pause_seconds=0.0, deadline_seconds=5.0,
        tries=1,
    )  # fmt: skip
    monkeypatch.setattr(imports, "make_client", lambda *_: Client(settings, address=loopback, sleep=lambda _: None))
    pages = {TITLE: newest(13, 14, 15, 16), OLDER: older()}
    httpserver.expect_request("/api").respond_with_handler(lambda request: _answer(request, pages))
    return httpserver


def _answer(request: Request, pages: dict[str, bytes]) -> Response:
    return Response(pages[request.args["page"]], mimetype="application/json")


def night(data_dir: Path, today: date, sabotage: Callable[[], None] | None = None, output: Path | None = None) -> int:
    child = nights.spawn(data_dir, today, sabotage, output, election=ELECTION, offline=False)
    return nights.ended(child)


@pytest.fixture(scope="module", autouse=True)
def remembered() -> Iterator[None]:
    """The numbers of a night are worked out once, with the source and without it: what is tested is what comes in."""
    with pytest.MonkeyPatch.context() as patch:
        nights.remember_work(patch)
        patch.setattr(snapshots, "now_utc", lambda: "2026-07-21T02:00:00.000000+00:00")  # it is in an edition's name
        yield


@pytest.fixture(scope="module")
def base(raw: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Yesterday's edition, made without the source; a folder of its own, since fetched bytes go beside raw."""
    data_dir = tmp_path_factory.mktemp("base") / "data"
    (data_dir / "processed").mkdir(parents=True)
    shutil.copytree(raw, data_dir / "raw")
    assert nights.night_here(data_dir, YESTERDAY, ELECTION) == 0
    return data_dir


@pytest.fixture
def fresh(base: Path, tmp_path: Path, served: HTTPServer) -> Callable[[], Path]:
    """The evening before, each time anew in one place; both of its nights were worked out before, in copies."""

    def place() -> Path:
        assert served.is_running()
        return nights.copy(base, tmp_path / "night")

    for offline in (True, False):
        assert nights.night_here(place(), TONIGHT, ELECTION, offline=offline) == 0
        shutil.rmtree(tmp_path / "night")
    return place


def tonight(data_dir: Path) -> Edition:
    """The edition that is served, which is whole, tonight's, and beside a ledger that opens."""
    store = EditionStore(data_dir / "processed")
    stored = store.open(ELECTION)
    assert stored.projection.as_of == TONIGHT
    for edition in store.all(ELECTION):
        check(edition)
    return stored


def ledger_polls(data_dir: Path) -> set[str]:
    with Ledger.open(data_dir / "processed" / "ledger.sqlite") as ledger:
        return {poll.id for poll, _ in ledger.polls(ELECTION)}


def test_a_network_that_fails_each_call_in_turn(base: Path, tmp_path: Path, fresh: Callable[[], Path]) -> None:
    """Exit 3 and one line that names the source; all of its pages or none of them; the rerun as if nothing had been."""
    clean, calls = nights.copy(base, tmp_path / "clean"), nights.Calls()
    assert night(clean, TONIGHT, calls.install) == 0
    whole = {name: (tonight(clean).folder / name).read_bytes() for name in NUMBERS}
    came_in = ledger_polls(clean) - ledger_polls(base)
    assert len(came_in) == 6, "four polls of this year's page, two of last year's"
    assert calls.count >= 8, "two pages: looked up, connected, asked, answered"
    for at in calls.points():
        data_dir, output = fresh(), tmp_path / "said"
        code = night(data_dir, TONIGHT, nights.Calls(at).install, output)
        text = output.read_text()
        assert "Traceback" not in text
        tonight(data_dir)
        if code == 3:
            assert [line for line in text.splitlines() if line.startswith(f"{ELECTION}: wikipedia: ")], text
            assert "its last good page stands" in text
            assert ledger_polls(data_dir) == ledger_polls(base), f"call {at}: half a campaign came in"
        else:
            assert (code, ledger_polls(data_dir)) == (0, ledger_polls(clean)), f"call {at}: {text}"
        if at % 3 == 0:
            assert night(data_dir, TONIGHT) == 0
            assert ledger_polls(data_dir) == ledger_polls(clean)
            assert {name: (tonight(data_dir).folder / name).read_bytes() for name in NUMBERS} == whole
        shutil.rmtree(data_dir)


def only_ask(writes: nights.Writes) -> None:
    """Sabotage that ends a night once its sources have been asked."""
    real = conductor.ask_all

    def ask(*arguments: Any) -> Any:
        assert real(*arguments)(60)
        os._exit(0)

    conductor.ask_all = ask  # type: ignore[assignment]
    writes.install()


def test_a_disk_that_fails_while_a_page_comes_in(base: Path, tmp_path: Path, fresh: Callable[[], Path]) -> None:
    """Killed at each write or told that the disk is full: the rerun asks again and knows the same polls."""
    clean, writes = nights.copy(base, tmp_path / "clean"), nights.Writes(0, nights.die)
    assert night(fresh(), TONIGHT, partial(only_ask, writes)) == 0
    shutil.rmtree(tmp_path / "night")
    assert night(clean, TONIGHT) == 0
    assert writes.count > 20
    for number, at in enumerate(writes.points(4)):
        data_dir, act = fresh(), (nights.die, nights.fill_disk)[number % 2]
        code = night(data_dir, TONIGHT, nights.Writes(at, act).install)
        assert code == -9 if act is nights.die else code in (0, 1, 3)
        store = EditionStore(data_dir / "processed")
        assert [edition.damage() for edition in store.all(ELECTION)] == [None] * len(store.all(ELECTION))
        assert ledger_polls(base) <= ledger_polls(data_dir) <= ledger_polls(clean)
        if number % 5 == 0 or at == writes.count:
            assert night(data_dir, TONIGHT) == 0
            assert ledger_polls(data_dir) == ledger_polls(clean)
            assert not list(data_dir.rglob(".hemicycle-*"))
        shutil.rmtree(data_dir)
