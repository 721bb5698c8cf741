"""A campaign on several pages: what moves between them is neither doubled nor buried, and no call may fail badly."""

import itertools
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from pipelines.ingest import snapshots
from pipelines.ingest.run import rebuild
from pipelines.ingest.store import Ledger
from tests.pipelines.ingest.test_fetching import ELECTION, ask, served  # noqa: F401
from tests.pipelines.nights import Calls
from tests.pipelines.sources.pages import FULL, TITLE, body, ordinary, poll_row

OLDER = f"2025 opinion polling for the {TITLE.partition('for the ')[2]}"
HATNOTE = f'<div class="hatnote"><a title="{OLDER}" href="/wiki/x">{OLDER}</a></div>'
DAYS = tuple(f"{day:02}" for day in range(4, 16))


def page(title: str, revision: int, days: tuple[str, ...], likud: int = 40) -> bytes:
    """Polls of one firm, one a day; a page of an ordinary year names the page of the year before."""
    rows = (
        poll_row(f"{int(day)} Jul", f"2026-07-{day}", "North Polls", "Maariv", (str(likud), str(70 - likud), *FULL[2:]))
        for day in days
    )
    content = body(HATNOTE if title == TITLE else "", ordinary(*rows), title=title)
    return content.replace(b'"revid": 7', f'"revid": {revision}'.encode())


def serve(server: HTTPServer, main: bytes, older: bytes) -> None:
    server.clear()
    pages = {TITLE: main, OLDER: older}

    def answer(request: Request) -> Response:
        return Response(pages[request.args["page"]], mimetype="application/json")

    server.expect_request("/api").respond_with_handler(answer)


@pytest.fixture(autouse=True)
def _steady_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages come in a second apart, whichever run brings them."""
    moments = (datetime(2026, 7, 20, 2, tzinfo=UTC) + timedelta(seconds=number) for number in itertools.count())
    monkeypatch.setattr(snapshots, "now_utc", lambda: next(moments).isoformat(timespec="microseconds"))


def state(data_dir: Path) -> Any:
    """All that the ledger holds, but for the times at which pages came."""
    with Ledger.open(data_dir / "processed/ledger.sqlite") as ledger:
        words = [(one.poll, one.source, one.page, one.is_open, one.citations) for one in ledger.readings(ELECTION)]
        return ledger.polls(ELECTION), sorted(words, key=repr), ledger.refusals()


def of_source(data_dir: Path) -> dict[str, str]:
    """Open polls of the source, and their page."""
    with Ledger.open(data_dir / "processed/ledger.sqlite") as ledger:
        return {one.poll.id: one.page for one in ledger.readings(ELECTION) if one.source == "wikipedia" and one.is_open}


@pytest.mark.parametrize("count", [1, 3, 8])
def test_polls_that_move_between_pages_are_neither_doubled_nor_buried(
    count: int,
    served: HTTPServer,  # noqa: F811
    data_dir: Path,
) -> None:
    old, new, moving = DAYS[:2], DAYS[2 + count :], DAYS[2 : 2 + count]
    serve(served, page(TITLE, 7, (*moving, *new)), page(OLDER, 3, old))
    assert "12 new polls" in ask(data_dir).words
    before = of_source(data_dir)
    steps = [((8, new), (4, (*old, *moving))), ((9, (*moving, *new)), (5, old)), ((10, new), (6, (*old, *moving)))]
    for (main, new_rows), (older, old_rows) in steps:
        serve(served, page(TITLE, main, new_rows), page(OLDER, older, old_rows))
        answer = ask(data_dir)
        assert answer.error is None
        assert "0 new polls, 0 corrected, 0 withdrawn" in answer.words
        assert of_source(data_dir).keys() == before.keys()
        assert sum(name == OLDER for name in of_source(data_dir).values()) == len(old_rows)
    with Ledger.open(data_dir / "processed/ledger.sqlite") as ledger:
        revisions = {poll.id: revision for poll, revision in ledger.polls(ELECTION)}
    assert {revisions[name] for name in before} == {1}, "no tombstone on the way"
    grown = state(data_dir)
    rebuild(data_dir)
    assert state(data_dir) == grown


def test_polls_that_leave_every_page_are_gone(served: HTTPServer, data_dir: Path) -> None:  # noqa: F811
    serve(served, page(TITLE, 7, DAYS[2:]), page(OLDER, 3, DAYS[:2]))
    ask(data_dir)
    serve(served, page(TITLE, 8, DAYS[3:]), page(OLDER, 4, DAYS[:2]))
    assert "1 withdrawn" in ask(data_dir).words
    serve(served, page(TITLE, 9, DAYS[9:]), page(OLDER, 4, DAYS[:2]))
    assert "6 of 9 polls vanished at once" in (answer := ask(data_dir)).words or "emptied" in answer.words


def test_each_network_call_fails_once_in_turn_and_the_rerun_equals_a_clean_run(
    served: HTTPServer,  # noqa: F811
    data_dir: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pages = [
        (page(TITLE, 7, DAYS[2:]), page(OLDER, 3, DAYS[:2])),
        (page(TITLE, 8, DAYS[3:], likud=41), page(OLDER, 4, DAYS[:3])),
    ]
    calls = Calls()
    calls.install(monkeypatch)
    for night in pages:
        serve(served, *night)
        before, stored = saved(data_dir), files(data_dir)
        calls.act_at(0)
        assert ask(data_dir).error is None
        clean, total = state(data_dir), calls.count
        after = saved(data_dir), files(data_dir)
        assert total >= 8, "each page: a name, a connection, a request, an answer"
        failed = 0
        for number in range(1, total + 1):
            bring_back(data_dir, before, stored)
            stood = state(data_dir)
            calls.act_at(number)
            answer = ask(data_dir)
            if answer.error is None:  # what failed came after all that was needed
                assert state(data_dir) == clean, number
                continue
            failed += 1
            assert "its last good page stands" in answer.words
            assert "\n" not in answer.words
            assert files(data_dir) == stored, "half a campaign is no campaign"
            assert state(data_dir) == stood or not before, number
            calls.act_at(0)
            assert ask(data_dir).error is None
            assert state(data_dir) == clean, number
        assert failed >= 8
        bring_back(data_dir, *after)


def saved(data_dir: Path) -> bytes:
    path = data_dir / "processed/ledger.sqlite"
    return path.read_bytes() if path.exists() else b""


def files(data_dir: Path) -> dict[Path, bytes]:
    folder = data_dir / "raw/snapshots"
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def bring_back(data_dir: Path, ledger: bytes, stored: dict[Path, bytes]) -> None:
    """The data folder as it was."""
    path = data_dir / "processed/ledger.sqlite"
    path.write_bytes(ledger) if ledger else path.unlink(missing_ok=True)
    for extra in files(data_dir).keys() - stored.keys():
        extra.unlink()
    for name, content in stored.items():
        if not name.exists():
            name.write_bytes(content)
