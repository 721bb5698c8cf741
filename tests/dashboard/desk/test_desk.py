"""The entry desk: who is believed, two pairs of eyes, and what is typed stands nowhere it should not."""

import logging
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from dashboard.desk.app import Desk, create_desk
from dashboard.desk.people import MOST_A_MINUTE, TOKEN_HOURS, Rate, SignOn, Tokens
from dashboard.reader import Reader
from dashboard.serve.app import create_app
from dashboard.serve.cache import ComputeBound
from pipelines.desk.drafts import Drafts
from pipelines.editions.store import EditionStore
from pipelines.errors import DraftRefused
from pipelines.refresh import run
from pipelines.request import RefreshRequest
from tests import servers
from tests.conftest import ROOT, link_il

TODAY, ELECTION, PROXY = date(2019, 9, 10), "knesset-22", "192.0.2.7"
HEADER = "X-Forwarded-User"
POLL = {
    "fieldwork_end": "2019-09-10",
    "pollster": "Midgam",
    "publisher": "Army Radio",
    "sample_size": "510",
    "margin": "4.4",
    "kind": "poll",
    **{f"list:{name}": seats for name, seats in {
        "likud": "32", "blue-and-white": "32", "joint-list": "11", "yamina": "9", "yisrael-beiteinu": "9",
        "shas": "7", "united-torah-judaism": "7", "labor-gesher": "6", "democratic-union": "7",
        "otzma-yehudit": "(2.9%)",
    }.items()},
}  # fmt: skip
AT = f"?election={ELECTION}&lang=en"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A desk behind a proxy, its trend worked out once."""
    data_dir = tmp_path_factory.mktemp("desk") / "data"
    link_il(ROOT, data_dir)
    return Desk(data_dir, SignOn(frozenset({PROXY}), HEADER), "il", today=TODAY, draws=200)


@pytest.fixture
def desk(shared: Desk) -> Iterator[Desk]:
    shared.rate, shared.sign_on = Rate(), SignOn(frozenset({PROXY}), HEADER)
    yield shared
    for folder in ("drafts", "raw/desk"):
        shutil.rmtree(shared.data_dir / folder, ignore_errors=True)


class Person:
    """Somebody at the desk, behind the newsroom's proxy."""

    def __init__(self, desk: Desk, name: str) -> None:
        self.name, self.desk = name, desk
        self.client: FlaskClient = create_desk(desk).test_client()
        self.way: dict[str, Any] = {"environ_base": {"REMOTE_ADDR": PROXY}, "headers": {HEADER: name}}

    def get(self, path: str) -> TestResponse:
        return self.client.get(path, **self.way)

    def post(self, path: str, **fields: str) -> TestResponse:
        """A form with the token of a page that this person opened."""
        token = re.search('name="token" value="([0-9a-f]+)"', self.get(f"/new{AT}").text)
        assert token
        return self.client.post(path + AT, data={"token": token[1], **fields}, **self.way)

    def keep(self, **fields: str) -> str:
        answer = self.post("/keep", **(fields or POLL))
        assert answer.status_code == 303
        return answer.headers["Location"].partition("?")[0]


def names_and_drafts(desk: Desk) -> str:
    return "".join(path.read_text("utf-8") for path in (desk.data_dir / "drafts").rglob("*.json"))


# Two pairs of eyes


def test_a_draft_of_one_approved_by_another_is_taken_by_the_next_refresh(desk: Desk) -> None:
    dana, noa = Person(desk, "dana"), Person(desk, "noa")
    answer = dana.post("/check", **POLL)
    assert answer.status_code == 200
    assert "Nothing to remark." in answer.text
    draft = dana.keep()
    shown = noa.get(draft + AT)
    assert "Entered by dana" in shown.text
    done = noa.post(f"{draft}/approve")
    assert done.status_code == 303
    assert "approved by noa" in noa.get(f"/{AT}").text
    assert "This poll is here already" in dana.post("/check", **POLL).text  # before any refresh
    request = RefreshRequest(desk.data_dir, TODAY, None, 200, 0)
    (result,) = run(ELECTION, request, lambda *_: None)
    polls = EditionStore(desk.data_dir / "processed").open(ELECTION, str(result.edition)).polls.polls
    mine = [poll for poll in polls if poll.publisher == "army-radio" and poll.fieldwork_end == TODAY]
    assert [(poll.pollster, poll.sample_size) for poll in mine] == [("midgam", 510)]
    (again,) = run(ELECTION, request, lambda *_: None)
    assert again.status == "unchanged"
    raw = [path for path in (desk.data_dir / "raw").rglob("*") if path.is_file() and "electorates" not in path.parts]
    assert raw
    assert not [path for path in raw if b"dana" in path.read_bytes() or b"noa" in path.read_bytes()]
    for folder in ("processed", "raw/snapshots"):
        shutil.rmtree(desk.data_dir / folder)


@pytest.mark.parametrize("name", ["dana", "Dana", "DANA"])
def test_nobody_approves_a_draft_of_their_own(desk: Desk, name: str) -> None:
    draft = Person(desk, "dana").keep()
    again = Person(desk, name)
    assert "Another person has to approve" in again.get(draft + AT).text
    assert again.post(f"{draft}/approve").status_code == 403
    assert not (desk.data_dir / "raw" / "desk").exists()


def test_one_person_may_where_the_setting_says_so(desk: Desk) -> None:
    desk.sign_on = SignOn(frozenset({PROXY}), HEADER, is_alone=True)
    dana = Person(desk, "dana")
    assert dana.post(f"{dana.keep()}/approve").status_code == 303
    assert len(list((desk.data_dir / "raw" / "desk").rglob("*.csv"))) == 1


def test_what_no_import_takes_is_not_approved(desk: Desk) -> None:
    draft = Person(desk, "dana").keep(**{**POLL, "list:likud": "33"})
    assert Person(desk, "noa").post(f"{draft}/approve").status_code == 409
    assert not (desk.data_dir / "raw" / "desk").exists()


def test_a_draft_is_approved_once_and_a_withdrawn_one_never(desk: Desk) -> None:
    dana, noa = Person(desk, "dana"), Person(desk, "noa")
    first, second = dana.keep(), dana.keep(**{**POLL, "publisher": "Walla"})
    assert noa.post(f"{second}/withdraw").status_code == 303
    assert [noa.post(f"{draft}/approve").status_code for draft in (first, first, second)] == [303, 409, 409]
    assert noa.get(f"/draft/{'0' * 32}{AT}").status_code == 409
    assert noa.get(f"/draft/..%2Fapprovals{AT}").status_code in (404, 409)


def test_names_are_forgotten_after_twelve_months(tmp_path: Path) -> None:
    day = datetime(2026, 1, 1, tzinfo=UTC)
    now = [day]
    drafts = Drafts(tmp_path, lambda: now[0])
    approved, waits = drafts.add("e-1", "a", "dana"), drafts.add("e-1", "b", "dana")
    drafts.approve(approved.id, "noa")
    now[0] = day + timedelta(days=364)
    drafts.sweep()
    assert (len(drafts.approvals()), drafts.all()) == (1, [waits])
    now[0] = day + timedelta(days=366)
    assert drafts.approvals() == []
    drafts.sweep()
    texts = [path.read_text("utf-8") for path in (tmp_path / "drafts").rglob("*") if path.is_file()]
    assert texts == ["[]"]
    assert (tmp_path / "drafts" / "polls").stat().st_mode & 0o077 == 0
    with pytest.raises(DraftRefused):
        drafts.get(waits.id)


# Who is believed


def test_nobody_without_a_name_sees_or_does_anything(desk: Desk) -> None:
    client = create_desk(desk).test_client()
    rules = [rule for rule in client.application.url_map.iter_rules() if rule.endpoint not in ("asset", "health")]
    assert len(rules) > 5
    for rule in rules:
        path = rule.rule.replace("<draft_id>", "0" * 32)
        for method in rule.methods - {"OPTIONS", "HEAD"}:
            answer = client.open(path, method=method, environ_base={"REMOTE_ADDR": PROXY}, data={})
            assert (rule.rule, answer.status_code) == (rule.rule, 403)


def test_a_name_in_a_header_counts_from_the_proxy_alone(desk: Desk) -> None:
    client = create_desk(desk).test_client()

    def status(peer: str, name: str, header: str = HEADER) -> int:
        return client.get(f"/{AT}", environ_base={"REMOTE_ADDR": peer}, headers={header: name}).status_code

    assert status(PROXY, "dana") == 200
    for peer in ("192.0.2.8", "127.0.0.1", "", "::1"):
        assert status(peer, "dana") == 403, peer
    for name in ("", "dana,noa", "dana, noa", "<b>", "a" * 65, "-"):
        assert status(PROXY, name) == 403, name
    assert status(PROXY, "dana", "X-Remote-User") == 403


def test_a_name_given_at_the_start_counts_on_this_machine_alone(desk: Desk) -> None:
    desk.sign_on = SignOn(local="dana")
    client = create_desk(desk).test_client()

    def status(peer: str, host: str, **headers: str) -> int:
        return client.get(
            f"/{AT}", environ_base={"REMOTE_ADDR": peer}, base_url=f"http://{host}", headers=headers
        ).status_code

    assert [status("127.0.0.1", host) for host in ("localhost:8051", "127.0.0.1:8051", "[::1]:8051")] == [200] * 3
    assert status("192.0.2.8", "localhost") == 403
    for host in ("desk.example.org", "evil.example:8051", "localhost.evil.example", "127.0.0.1.evil.example"):
        assert status("127.0.0.1", host) == 403, host
    answer = client.get(f"/{AT}", environ_base={"REMOTE_ADDR": "127.0.0.1"}, headers={HEADER: "noa"})
    assert "dana" in answer.text
    assert "noa" not in answer.text


def test_a_form_of_another_host_person_or_day_is_refused(desk: Desk) -> None:
    hour = [1_000_000.0]
    desk.tokens = Tokens(lambda: hour[0])
    dana = Person(desk, "dana")
    token = desk.tokens.make("dana")
    wrong = {"": {}, "none": {"token": ""}, "noa's": {"token": desk.tokens.make("noa")}, "odd": {"token": "\u05d0"}}
    for name, fields in wrong.items():
        assert dana.client.post(f"/keep{AT}", data={**POLL, **fields}, **dana.way).status_code == 403, name
    for site in ("cross-site", "same-site", "none"):
        headers = {HEADER: "dana", "Sec-Fetch-Site": site}
        answer = dana.client.post(
            f"/keep{AT}", data={**POLL, "token": token}, headers=headers, environ_base={"REMOTE_ADDR": PROXY}
        )
        assert answer.status_code == 403, site
    hour[0] += (TOKEN_HOURS + 1) * 3600
    assert dana.client.post(f"/keep{AT}", data={**POLL, "token": token}, **dana.way).status_code == 403
    many = dana.client.post(f"/keep{AT}", data={**POLL, "token": token}, content_type="multipart/form-data", **dana.way)
    assert many.status_code == 415
    assert not (desk.data_dir / "drafts").exists()
    hour[0] -= 3600
    assert dana.client.post(f"/keep{AT}", data={**POLL, "token": token}, **dana.way).status_code == 303


def test_one_person_cannot_keep_the_desk_busy(desk: Desk) -> None:
    dana, noa = Person(desk, "dana"), Person(desk, "noa")
    codes = [
        dana.client.post(f"/keep{AT}", data={"token": desk.tokens.make("dana"), **POLL}, **dana.way).status_code
        for _ in range(MOST_A_MINUTE + 1)
    ]
    assert codes == [303] * MOST_A_MINUTE + [429]
    assert noa.post("/keep", **POLL).status_code == 303
    desk.bound = ComputeBound(1, 0.01)
    with desk.bound.place():
        pass
    clock = [0.0]
    rate = Rate(2, lambda: clock[0])
    assert [rate.allows("a"), rate.allows("a"), rate.allows("a")] == [True, True, False]
    clock[0] = 61.0
    assert rate.allows("a")


def test_a_body_or_an_address_that_is_too_long_is_refused(desk: Desk) -> None:
    dana = Person(desk, "dana")
    assert dana.get(f"/?x={'a' * 400}").status_code == 414
    assert dana.post("/check", text="a" * 70_000).status_code == 413


# What is typed


WORD = "Zerubavel-7341"


def test_what_is_typed_stands_in_no_address_and_no_log(
    desk: Desk, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    dana = Person(desk, "dana")
    for path in ("/check", "/keep"):
        answer = dana.post(path, **{**POLL, "publisher": WORD})
        assert WORD not in answer.headers.get("Location", "")
        assert not re.search(rf'(?:href|action)="[^"]*{WORD}', answer.text)

    def breaks(*_: object) -> None:
        raise RuntimeError(WORD)

    monkeypatch.setattr(Desk, "check", breaks)
    broken = dana.post("/check", **{**POLL, "publisher": WORD})
    assert broken.status_code == 500
    assert WORD not in broken.text
    assert "RuntimeError" in caplog.text
    assert WORD not in caplog.text


POISON = '"><img src=x onerror=alert(1)><script>alert(2)</script>'


def test_markup_that_is_typed_is_text(desk: Desk) -> None:
    dana = Person(desk, "dana")
    typed = {**POLL, "publisher": POISON, "link": "javascript:alert(1)", "list:likud": "32"}
    pages = [
        dana.post("/check", **typed),
        dana.post("/check", text=f"fieldwork_end: 2019-09-10\n{POISON}: 4\npollster: x"),
    ]
    pages.append(dana.get(dana.keep(**typed) + AT))
    for page in pages:
        assert "<img" not in page.text
        assert "<script" not in page.text
        assert 'href="javascript' not in page.text
        assert page.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src")
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["X-Frame-Options"] == "DENY"


class Labels(HTMLParser):
    """The ids of fields and what labels are for, the languages of elements."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.fields: list[str] = []
        self.labelled: set[str] = set()
        self.tags: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.tags.append(tag)
        if tag in ("input", "select", "textarea") and attributes.get("type") != "hidden":
            self.fields.append(str(attributes.get("id")))
        if tag == "label":
            self.labelled.add(str(attributes.get("for")))


@pytest.mark.parametrize(("lang", "direction"), [("en", "ltr"), ("he", "rtl")])
def test_a_page_is_whole_without_a_script_in_each_language(desk: Desk, lang: str, direction: str) -> None:
    dana = Person(desk, "dana")
    page = dana.post("/check", **POLL).text if lang == "en" else dana.get(f"/new?election={ELECTION}&lang={lang}").text
    labels = Labels(page)
    assert page.startswith(f'<!DOCTYPE html>\n<html lang="{lang}" dir="{direction}">')
    assert set(labels.fields) == labels.labelled
    assert len(labels.fields) > 20
    assert labels.tags.count("h1") == labels.tags.count("main") == 1
    assert "script" not in labels.tags
    assert not re.search(r"desk\.[a-z_]+<", page)


def test_what_was_entered_is_still_in_the_form(desk: Desk) -> None:
    page = Person(desk, "dana").post("/check", **{**POLL, "list:likud": "33"})
    assert re.search('name="list:likud"[^>]*value="33"', page.text)
    assert "sum 121, expected 120" in page.text
    assert "What the projection would become" not in page.text


def test_within_a_ban_the_desk_says_so_and_works_out_no_projection(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "today", date(2019, 9, 14))
    page = Person(desk, "dana").post("/check", **{**POLL, "fieldwork_end": "2019-09-14"}).text
    assert "Polls may not be published now." in page
    assert "What the projection would become" not in page
    assert "Polls may not be published before 17 Sept 2019, 22:00." in page


def test_a_campaign_that_is_not_live_is_not_entered_for(desk: Desk) -> None:
    dana = Person(desk, "dana")
    assert dana.get("/new?election=knesset-21&lang=en").status_code == 404
    assert dana.get("/new?election=knesset-22&lang=tlh").status_code == 404


# A process of its own


def test_the_readers_process_has_no_way_to_the_desk(tmp_path: Path) -> None:
    rules = {str(rule) for rule in create_app(Reader(tmp_path)).server.url_map.iter_rules()}
    own = {str(rule) for rule in create_desk(Desk(tmp_path, SignOn(), "il")).url_map.iter_rules()}
    assert own & rules == {"/", "/healthz"}


@pytest.mark.parametrize(
    ("arguments", "proxies", "why"),
    [
        ([], "", "nobody can sign in"),
        (["--user", "dana", "--host", "0.0.0.0"], "", "loopback"),
        (["--user", "dana"], "127.0.0.1", "take one of them"),
        ([], "*", "name addresses"),
        (["--user", "<b>"], "", "plain name"),
    ],
)
def test_it_does_not_open_where_nobody_could_be_believed(
    command: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, arguments: list[str], proxies: str, why: str
) -> None:
    monkeypatch.setenv("HEMICYCLE_TRUSTED_PROXIES", proxies)
    done = command("dashboard", "desk", *arguments)
    assert done.returncode == 1
    assert why in done.stderr


def test_it_answers_over_a_real_connection_and_logs_nothing_typed(desk: Desk) -> None:
    form = {"Content_Type": "application/x-www-form-urlencoded", HEADER.replace("-", "_"): "dana"}
    believed = {"HEMICYCLE_TRUSTED_PROXIES": "127.0.0.1"}
    with servers.dashboard(desk.data_dir, "--today", str(TODAY), part=("desk",), **believed) as site:
        page = site.get(f"/new{AT}", **{HEADER.replace("-", "_"): "dana"})
        token = re.search('name="token" value="([0-9a-f]+)"', page.text)
        assert token
        body = f"token={token[1]}&text=a+letter+{WORD}".encode()
        answer = site.get(f"/check{AT}", "POST", body, **form)
        assert answer.status == 200
        assert "It cannot be read as a poll" in answer.text
        assert site.get(f"/{AT}").status == 403
        for names in (
            b"X_Forwarded_User: dana",
            b"X-Forwarded-User: dana\r\nX-Forwarded-User: noa",
            b"X-Forwarded-User : dana",
        ):
            head = b"GET / HTTP/1.1\r\nHost: x\r\n" + names + b"\r\nConnection: close\r\n\r\n"
            assert b" 200 " not in site.send(head)[:20], names
        site.process.terminate()
        out, err = site.process.communicate(timeout=30)
        assert WORD not in out + err
