"""Alerts go to the operator's channels: once, in their language, never in quiet hours, and no address is anywhere."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from pytest_httpserver import HTTPServer

from pipelines import log
from pipelines.editions.records import Alert, Alerts
from pipelines.editions.store import EditionStore
from pipelines.errors import RulesRefused
from pipelines.nightly.outbox import TRIES, AlertText, Channel, ChannelRow, channels, deliver
from pipelines.settings import Settings
from tests.servers import free_port

NOW = datetime(2019, 9, 10, 3, tzinfo=UTC)
SECRET = "pass-of-the-desk"


def alert(subject: str = "delta", rule: str = "threshold") -> Alert:
    return Alert(
        key=f"{rule}/e/{subject}/2019-09-10",
        rule=rule,
        kind="list-passes",
        election="e",
        edition="2019-09-10-b",
        date=date(2019, 9, 10),
        subject=subject,
        level_pct=50,
        direction="down",
        before=0.6,
        after=0.4,
    )


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "processed").mkdir()
    EditionStore(tmp_path / "processed").keep("il", Alerts(alerts=[alert("delta"), alert("alpha", "lead")]))
    return tmp_path


class Inbox:
    """A mail server's handler that keeps what it is sent."""

    def __init__(self) -> None:
        self.letters: list[str] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802, ARG002  its caller's names
        self.letters.append(envelope.content.decode())
        return "250 taken"


@pytest.fixture
def mail() -> Iterator[tuple[Inbox, str]]:
    inbox = Inbox()
    port = free_port()
    server = Controller(inbox, hostname="127.0.0.1", port=port)
    server.start()
    yield inbox, f"mailto://127.0.0.1:{port}?smtp=127.0.0.1&from=tracker@example.org&to=desk@example.org&mode=insecure"
    server.stop()


def tell(alert: Alert, language: str) -> AlertText:
    return AlertText(f"Hemicycle ({language})", f"{alert.subject} in doubt")


def channel(address: str, **row: Any) -> Channel:
    return Channel("desk", ChannelRow(language="en", **row), address)


def sender(taken: list[tuple[str, str]], answers: list[Any]) -> Any:
    """Keeps what it is sent; takes it, refuses it or breaks as `answers` say, the last one for ever."""

    def send(_: str, title: str, text: str) -> bool:
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, Exception):
            raise answer
        if answer:
            taken.append((title, text))
        return bool(answer)

    return send


def test_a_letter_reaches_a_real_mail_server_once(data: Path, mail: tuple[Inbox, str]) -> None:
    inbox, address = mail
    to = [channel(address, rules=("threshold",))]
    (done,) = deliver(data, ["il"], to, tell, NOW)
    assert (done.error, done.tries, done.channel) == (None, 1, "desk")
    (letter,) = inbox.letters
    assert "Subject: Hemicycle (en)" in letter
    assert "delta in doubt" in letter
    assert deliver(data, ["il"], to, tell, NOW) == []
    assert len(inbox.letters) == 1


def test_a_webhook_gets_one_digest(data: Path, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/hook", method="POST").respond_with_data("taken")
    done = deliver(data, ["il"], [channel(f"json://{httpserver.host}:{httpserver.port}/hook", digest=True)], tell, NOW)
    assert [each.error for each in done] == [None, None]
    ((request, _),) = httpserver.log
    message = json.loads(request.get_data(as_text=True))["message"]
    assert message.splitlines() == ["delta in doubt", "alpha in doubt"]


def test_a_channel_that_fails_is_tried_again_and_fails_nobody(data: Path, caplog: pytest.LogCaptureFixture) -> None:
    taken: list[tuple[str, str]] = []
    broken = Channel("broken", ChannelRow(language="en"), f"slack://{SECRET}")
    to = [broken, channel("json://x", rules=("lead",))]

    def send(address: str, title: str, text: str) -> bool:
        if SECRET in address:
            raise ConnectionError(address)
        taken.append((title, text))
        return True

    with log.recorded(data / "processed"):
        done = deliver(data, ["il"], to, tell, NOW, send, pause_seconds=0)
    assert [(each.channel, each.tries, each.error is None) for each in done] == [
        ("broken", TRIES, False), ("broken", TRIES, False), ("desk", 1, True)
    ]  # fmt: skip
    assert taken == [("Hemicycle (en)", "alpha in doubt")]
    again = deliver(data, ["il"], to, tell, NOW, sender(taken, [False, True]), pause_seconds=0)
    assert [(each.tries, each.error) for each in again] == [(2, None), (1, None)], "what failed is sent the next night"
    texts = [path.read_text("utf-8") for path in (data / "processed").rglob("*.*")]
    assert all(SECRET not in text for text in [*texts, caplog.text, repr(to)]), "no address is kept, logged or shown"


@pytest.mark.parametrize(("hour", "is_quiet"), [(19, False), (20, True), (3, True), (4, False)])
def test_quiet_hours_are_of_the_channels_own_clock(data: Path, hour: int, is_quiet: bool) -> None:
    taken: list[tuple[str, str]] = []
    to = [channel("json://x", quiet="23:00-07:00", zone="Asia/Jerusalem")]
    deliver(data, ["il"], to, tell, NOW.replace(hour=hour), sender(taken, [True]))
    assert (taken == []) == is_quiet
    if is_quiet:
        deliver(data, ["il"], to, tell, NOW.replace(hour=4), sender(taken, [True]))
        assert len(taken) == 2, "they wait, and are not lost"


def test_a_ban_holds_back_and_noise_is_left_out(data: Path) -> None:
    taken: list[tuple[str, str]] = []

    def in_a_ban(_: Alert, __: str) -> AlertText:
        return AlertText("", "")

    def noise(_: Alert, __: str) -> AlertText:
        return AlertText("x", "", is_noise=True)

    assert deliver(data, ["il"], [channel("json://x")], in_a_ban, NOW, sender(taken, [True])) == []
    done = deliver(data, ["il"], [channel("json://x", rules=("lead",))], noise, NOW, sender(taken, [True]))
    assert [(each.tries, each.error) for each in done] == [(0, None)]
    deliver(data, ["il"], [channel("json://x")], tell, NOW, sender(taken, [True]))
    assert taken == [("Hemicycle (en)", "delta in doubt")], "after the ban, and never what was noise"


def test_what_is_old_is_no_news(data: Path) -> None:
    assert deliver(data, ["il"], [channel("json://x")], tell, NOW.replace(day=14), sender([], [True])) == []


def test_channels_are_named_in_the_file_and_addressed_in_the_environment(tmp_path: Path) -> None:
    assert channels(tmp_path, {}) == []
    path = tmp_path / "alerts.toml"
    path.write_text('[channel.desk]\nlanguage = "he"\nquiet = "22:30-07:00"\n', "utf-8")
    assert SECRET not in repr(Settings.read({"HEMICYCLE_CHANNEL_DESK": SECRET}))
    (channel,) = channels(tmp_path, Settings.read({"HEMICYCLE_CHANNEL_DESK": f"slack://{SECRET}"}).channels)
    assert (channel.row.language, channel.address) == ("he", f"slack://{SECRET}")
    with pytest.raises(RulesRefused, match=r"channel\.desk has no address; set HEMICYCLE_CHANNEL_DESK"):
        channels(tmp_path, {})
    path.write_text('[channel.desk]\nlanguage = "he"\nquiet = "25:00-07:00"\n', "utf-8")
    with pytest.raises(RulesRefused, match=r"channel\.desk\.quiet"):
        channels(tmp_path, {"desk": "x"})


def test_an_address_of_no_kind_is_said_without_it(data: Path) -> None:
    done = deliver(data, ["il"], [channel(f"nonsense-{SECRET}", rules=("lead",))], tell, NOW)
    assert [each.tries for each in done] == [1]
    assert "no kind that apprise knows" in (done[0].error or "")
    assert SECRET not in (done[0].error or "")
