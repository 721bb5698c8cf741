"""A refresh asks live sources: what changed comes in, what fails leaves the last good page, and all of it is said."""

import json
import socket
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Event, Lock

import pytest
from pytest_httpserver import HTTPServer

from pipelines.errors import PageRefused
from pipelines.http.client import Client, ClientSettings, Fetched
from pipelines.ingest import imports
from pipelines.ingest.archive import open_reference
from pipelines.ingest.imports import SourceOutcome, ask_all, questions, say_before
from pipelines.request import RefreshRequest
from tests.pipelines.http.servers import answer, client, loopback, serving
from tests.pipelines.sources.pages import FULL, body, ordinary, poll_row
from tests.pipelines.sources.test_dawum import MOMENT, survey
from tests.pipelines.sources.test_dawum import body as database
from tests.pipelines.sources.test_swedishpolls import HEAD, NOVUS

ELECTION, TODAY = "knesset-26", date(2026, 7, 20)
FIRMS = ("North Polls", "South Polls", "East Polls", "West Polls")


def page(likud: int = 40, revision: int = 7, days: tuple[int, ...] = (16, 15, 14, 13)) -> bytes:
    rows = [
        poll_row(f"{day} Jul", f"2026-07-{day}", firm, "Maariv", (str(likud), str(70 - likud), *FULL[2:]))
        for day, firm in zip(days, FIRMS, strict=True)
    ]
    return body(ordinary(*rows)).replace(b'"revid": 7', f'"revid": {revision}'.encode())


@pytest.fixture
def served(httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> HTTPServer:
    """Every source is asked at a server of the test's own, over a client that may go to the loopback."""
    settings = ClientSettings(
        "wikipedia", url=httpserver.url_for("/api"), kind="json",
        hosts=(f"{httpserver.host}:{httpserver.port}",), schemes=("http",), pause_seconds=0.0, deadline_seconds=5.0,
        tries=1,
    )  # fmt: skip
    monkeypatch.setattr(imports, "make_client", lambda *_: Client(settings, address=loopback, sleep=lambda _: None))
    return httpserver


def order(data_dir: Path, today: date = TODAY) -> RefreshRequest:
    return RefreshRequest(data_dir, today, None, draws=500, seed=0)


def answers(data_dir: Path, today: date, election: str = "all") -> list[SourceOutcome]:
    """What came of asking every source, as each answered."""
    wanted = order(data_dir, today)
    open_questions = questions(election, wanted, open_reference(wanted.raw, election))
    take = ask_all(open_questions, wanted)
    return [answer for _ in open_questions if (answer := take(60))]


def ask(data_dir: Path, today: date = TODAY) -> SourceOutcome:
    (answer,) = answers(data_dir, today, ELECTION)
    return answer


def snapshots(data_dir: Path) -> list[str]:
    return sorted(path.name for path in (data_dir / "raw/snapshots").rglob("*.body"))


def test_a_live_page_comes_in_and_the_same_revision_adds_nothing(served: HTTPServer, data_dir: Path) -> None:
    """F26."""
    served.expect_ordered_request("/api").respond_with_data(page(), headers={"ETag": '"7"'})
    served.expect_ordered_request("/api", headers={"If-None-Match": '"7"'}).respond_with_data(status=304)
    served.expect_ordered_request("/api").respond_with_data(page() + b"\n")
    served.expect_ordered_request("/api").respond_with_data(page(likud=41, revision=8))
    answer = ask(data_dir)
    assert (answer.error, answer.has_news) == (None, True)
    assert "4 new polls" in answer.words
    before = snapshots(data_dir)
    for _ in range(2):
        assert ask(data_dir).words == "wikipedia: nothing new"
        assert snapshots(data_dir) == before
    assert "4 corrected" in ask(data_dir).words
    assert len(snapshots(data_dir)) == 2


def test_f19_a_source_that_asks_to_wait_is_left_alone_by_later_runs_too(served: HTTPServer, data_dir: Path) -> None:
    served.expect_ordered_request("/api").respond_with_data("", status=429, headers={"Retry-After": "3600"})
    first, second = ask(data_dir), ask(data_dir)
    assert first.error is not None
    assert "ask again from" in first.words
    assert "asked not to be asked before" in second.words
    assert len(served.log) == 1
    until = datetime.fromisoformat(json.loads((data_dir / "processed/ask-again.json").read_text())["en.wikipedia.org"])
    assert timedelta(minutes=50) < until - datetime.now(UTC) < timedelta(minutes=61)


def test_a5_a_wait_that_a_clock_ahead_has_left_is_none(served: HTTPServer, data_dir: Path) -> None:
    served.expect_request("/api").respond_with_data(page(), headers={"ETag": '"7"'})
    until = datetime.now(UTC) + timedelta(days=8)
    (data_dir / "processed/ask-again.json").write_text(json.dumps({"en.wikipedia.org": until.isoformat()}))
    assert ask(data_dir).error is None


@pytest.mark.parametrize(
    ("status", "answer", "reason"),
    [(403, b"Forbidden", "403"), (200, b"<html>captcha</html>", ""), (200, page(days=(16, 15, 14, 13))[:-40], ""),
     (200, body(ordinary(), "").replace(b'"revid": 7', b'"revid": 8'), ""), (503, b"", "503")],
)  # fmt: skip
def test_f20_what_is_no_page_leaves_the_last_good_one(
    status: int, answer: bytes, reason: str, served: HTTPServer, data_dir: Path
) -> None:
    served.expect_ordered_request("/api").respond_with_data(page())
    served.expect_ordered_request("/api").respond_with_data(answer, status=status)
    ask(data_dir)
    before = snapshots(data_dir)
    outcome = ask(data_dir)
    assert outcome.error is not None
    assert reason in outcome.words
    assert "its last good page stands" in outcome.words
    assert "\n" not in outcome.words
    assert snapshots(data_dir) == before


@pytest.mark.parametrize("broken", ["imports.make_client", "imports.describe", "snapshots.keep"])
def test_an_error_nobody_foresaw_is_the_answer_of_its_source_alone(
    broken: str, served: HTTPServer, data_dir: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """In the thread of its host, and where its pages are taken in; the log has the place."""

    def fail(*_: object, **__: object) -> None:
        raise KeyError("query")

    served.expect_request("/api").respond_with_data(page())
    monkeypatch.setattr(f"pipelines.ingest.{broken}", fail)
    answer = ask(data_dir)
    assert answer.error == "KeyError: 'query'"
    (record,) = [one for one in caplog.records if one.getMessage() == "source failed"]
    assert "in fail" in record.facts["traceback"]  # type: ignore[attr-defined]


def test_nothing_is_asked_for_campaigns_that_are_over(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: pytest.fail("a name was looked up"))
    finished = order(data_dir, date(2026, 11, 22))
    reference = open_reference(finished.raw, ELECTION)
    assert questions(ELECTION, finished, reference) == []
    (line,) = say_before([], reference, ELECTION, finished, offline=False)
    assert line.startswith("no campaign is live on 2026-11-22")


def test_f27_a_source_that_is_down_is_told_recorded_and_costs_exit_3(
    served: HTTPServer, data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from pipelines.nightly.night import night

    served.expect_ordered_request("/api").respond_with_data("", status=503)
    outcomes, code = night(ELECTION, order(data_dir), offline=False, keep_editions=0)
    assert (code, outcomes[0].status) == (3, "published")
    assert "it answered 503" in capsys.readouterr().err
    runs = json.loads((data_dir / "processed/runs/il.json").read_bytes())
    answers = {row["source"]: row for row in runs["sources"]}
    assert "503" in answers["wikipedia"]["last_error"]
    assert answers["archive"]["last_error"] is None


def test_each_live_campaign_is_asked_for_at_the_sources_its_electorate_names(
    httpserver: HTTPServer, whole_data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def local(settings: ClientSettings, _: str) -> Client:
        own = replace(
            settings, url=httpserver.url_for(f"/{settings.id}/"), hosts=(f"{httpserver.host}:{httpserver.port}",),
            schemes=("http",), pause_seconds=0.0, tries=1,
        )  # fmt: skip
        return Client(own, address=loopback, sleep=lambda _: None)

    monkeypatch.setattr(imports, "make_client", local)
    later = f"{NOVUS.replace('2026-08', '2026-07')}\n{NOVUS}\n"
    httpserver.expect_request("/swedishpolls/").respond_with_data(f"{HEAD}\n{later}", headers={"ETag": '"1"'})
    httpserver.expect_request("/dawum/last_update.txt").respond_with_data(MOMENT)
    results = {"7": 27, "1": 25.5, "0": 47.5}
    period = {"Date_Start": "2026-08-01", "Date_End": "2026-08-04"}
    page = database(s1=survey(Date="2026-08-05", Survey_Period=period, Results=results))
    httpserver.expect_request("/dawum/").respond_with_data(page)
    httpserver.expect_request("/wikipedia/").respond_with_data("", status=503)
    by_place = {one.source + " " + one.election: one for one in answers(whole_data_dir, date(2026, 8, 20))}
    assert set(by_place) == {
        "swedishpolls se-2026", "dawum de-2029", "wikipedia nl-2030", "wikipedia knesset-26",
    }  # fmt: skip
    assert "1 new polls" in by_place["swedishpolls se-2026"].words, "of the two one ships"
    assert "1 new polls" in by_place["dawum de-2029"].words
    assert "503" in str(by_place["wikipedia nl-2030"].error)
    assert answers(whole_data_dir, date(2026, 8, 20), "de-2029")[0].words == "dawum: nothing new"


def test_a_host_that_hangs_delays_no_other(whole_data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It answers once another was asked, which comes while it hangs."""
    another, came = Event(), list[bool]()

    def hang(connection: socket.socket, _: bytes) -> None:
        came.append(another.wait(5))
        connection.sendall(answer(MOMENT.encode()))

    def serve(connection: socket.socket, _: bytes) -> None:
        another.set()
        connection.sendall(answer(f"{HEAD}\n{NOVUS}\n".encode()))

    with serving(hang) as first, serving(serve) as second:
        places = {"dawum": first.place, "swedishpolls": second.place}

        def local(settings: ClientSettings, _: str) -> Client:
            place = places.get(settings.id, "127.0.0.1:9")
            return client(place, kind=settings.kind, url=f"http://{place}/", tries=1)

        monkeypatch.setattr(imports, "make_client", local)
        by_place = answers(whole_data_dir, date(2026, 8, 20))
    assert sorted(one.source for one in by_place) == ["dawum", "swedishpolls", "wikipedia", "wikipedia"]
    assert came == [True, True], "its moment was read, and its page asked"
    assert [one.error for one in by_place if one.source == "swedishpolls"] == [None]


@pytest.mark.parametrize(
    ("status", "headers"), [(429, {"Retry-After": "3600"}), (429, {}), (503, {"Retry-After": "3600"})]
)
def test_f19_a_host_that_asks_to_wait_is_left_alone_for_the_rest_of_the_night_and_others_are_asked(
    status: int, headers: dict[str, str], httpserver: HTTPServer, whole_data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two electorates' pages lie at one host: the second is not asked for, and says until when."""
    place = f"{httpserver.host}:{httpserver.port}"
    monkeypatch.setattr(
        imports,
        "make_client",
        lambda settings, _: client(place, kind=settings.kind, url=httpserver.url_for(settings.id)),
    )
    httpserver.expect_request("/wikipedia").respond_with_data("", status=status, headers=headers)
    httpserver.expect_request("/swedishpolls").respond_with_data(f"{HEAD}\n{NOVUS}\n")
    by_place = {one.election: one for one in answers(whole_data_dir, date(2026, 8, 20))}
    assert f"it answered {status}; ask again from" in by_place["knesset-26"].words
    assert "en.wikipedia.org asked not to be asked before" in str(by_place["nl-2030"].error)
    assert by_place["se-2026"].error is None
    assert [request.path for request, _ in httpserver.log].count("/wikipedia") == 1


def test_one_host_is_asked_one_thing_at_a_time(whole_data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two electorates' pages of one wiki: one client asks for both, which keeps its distance, one after the other."""
    busy, clients = Lock(), []

    class Slow(Client):
        def get(self, *_: object) -> Fetched:
            if self.settings.id == "wikipedia":
                clients.append(id(self))
                assert busy.acquire(blocking=False), "two at once"
                Event().wait(0.05)
                busy.release()
            raise PageRefused("no page")

    monkeypatch.setattr(imports, "make_client", lambda settings, _: Slow(settings))
    by_place = sorted(one.election for one in answers(whole_data_dir, date(2026, 8, 20)) if one.error == "no page")
    assert by_place == ["de-2029", "knesset-26", "nl-2030", "se-2026"]
    assert len(clients) == 2
    assert len(set(clients)) == 1
