"""What the server answers, and what it refuses."""

import csv
import io
import json
import re
from datetime import date, datetime
from pathlib import Path

import brotli
import pytest
from flask.testing import FlaskClient

from dashboard.reader import Reader
from dashboard.render.svg import SIZES
from dashboard.serve.app import create_app
from dashboard.serve.documents import Documents
from pipelines.editions.store import Edition
from tests.dashboard import editions
from tests.dashboard.conftest import Client

PAGES = ["/", "/trends", "/coalitions", "/threshold", "/what-if", "/pollsters", "/polls", "/record", "/method", "/data"]
WITH_CHARTS = ["/", "/trends", "/coalitions", "/threshold", "/what-if", "/pollsters"]
POISON = '"><img src=x onerror=alert(1)><script>alert(1)</script>'


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(("lang", "direction"), [("en", "ltr"), ("he", "rtl")])
def test_language_direction_and_title_are_in_the_page(
    client: FlaskClient, path: str, lang: str, direction: str
) -> None:
    page = client.get(f"{path}?lang={lang}").get_data(as_text=True)
    assert f'<html lang="{lang}" dir="{direction}">' in page
    title = re.search("<title>(.*)</title>", page)
    assert title is not None
    assert ("Test election" if lang == "en" else "בחירות לבדיקה") in title[1]


def test_every_page_has_a_title_of_its_own(client: FlaskClient) -> None:
    titles = {re.search("<title>(.*)</title>", client.get(path).get_data(as_text=True))[1] for path in PAGES}
    assert len(titles) == len(PAGES)


@pytest.mark.parametrize(
    "path",
    [
        "/nowhere",
        "/trends/",
        "/%3Cscript%3E",
        "/%2e%2e/etc/passwd",
        "/?election=knesset-99",
        "/?election=../x",
        "/?edition=none",
        "/?lang=xx",
        "/trends?unit=votes",
        "/coalitions?gov=alpha&support=alpha",
        "/threshold?bloc=west",
        "/polls?pollster=nobody",
        "/polls?page=99",
        "/pollsters?firm=nobody",
        "/what-if?threshold=99",
        "/polls?sort=__class__",
        "/download/polls.exe",
        "/download/nothing.csv",
        "/download/polls.csv?election=../x",
        "/view/nowhere",
        "/view/?election=x",
        "/assets/../app.py",
    ],
)
def test_what_is_not_on_offer_is_not_found_and_not_repeated(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    text = answer.get_data(as_text=True)
    assert "script>alert" not in text
    assert "evil" not in text
    assert "knesset-99" not in text
    assert "Traceback" not in text


@pytest.mark.parametrize("path", ["/trends?lists=zeta,alpha", "/what-if?out=zeta", "/list/zeta"])
def test_an_unknown_list_in_a_link_is_dropped_and_said_to_be(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert "names a list that this election does not have" in answer.get_data(as_text=True)
    assert "zeta" not in answer.get_data(as_text=True)


def test_any_day_answers_with_its_edition_or_the_nearest_before_it(client: FlaskClient) -> None:
    assert client.get("/?as_of=2019-09-01").status_code == 200
    later = client.get("/?as_of=2019-09-09")
    assert later.status_code == 200
    assert "No edition of 9 Sept 2019 is kept. This is the nearest one before it, of 1 Sept 2019." in later.text
    before = client.get("/?as_of=2019-08-31")
    assert before.status_code == 404
    assert "The first edition of this campaign here is of 1 Sept 2019." in before.text
    assert "as_of=2019-09-01" in before.text
    assert client.get("/?as_of=2019-02-30").status_code == 404


def test_a_path_that_looks_like_a_host_is_no_redirect(client: FlaskClient) -> None:
    answer = client.get("/", environ_overrides={"PATH_INFO": "//evil.example/x"})
    assert answer.status_code == 404
    assert "evil" not in answer.get_data(as_text=True)


def test_no_answer_leads_to_the_host_that_a_request_names(client: FlaskClient) -> None:
    """A request for `http://host` without a path has an empty one, which is redirected to that host by default."""
    answer = client.get("/", environ_overrides={"PATH_INFO": ""}, headers={"Host": "evil.example"})
    assert answer.status_code == 404
    assert "evil" not in answer.text + str(answer.headers)


@pytest.mark.parametrize(
    ("path", "name"),
    [("/trends", "lang"), ("/api/v1/test-1/tonight/seats.json", "lang"), ("/embed/tonight/seats", "theme"),
     ("/card/test-1/tonight.png", "shape"), ("/trends", "unit"), ("/trends", "as_of"), ("/trends", "election")],
)  # fmt: skip
def test_a_parameter_that_says_nothing_is_as_one_that_is_not_there(client: FlaskClient, path: str, name: str) -> None:
    assert client.get(f"{path}?{name}=").data == client.get(path).data


def test_campaign_parameters_of_others_do_no_harm(client: FlaskClient) -> None:
    assert client.get("/?utm_source=%3Cscript%3E&fbclid=1").status_code == 200


@pytest.mark.parametrize(
    "path", [*PAGES, "/nowhere", "/healthz", "/assets/hemicycle.css", "/_dash-layout", "/view/trends"]
)
def test_every_route_carries_its_headers(client: FlaskClient, path: str) -> None:
    with client.get(path) as answer:
        headers = answer.headers
    policy = headers["Content-Security-Policy"]
    scripts = next(rule for rule in policy.split("; ") if rule.startswith("script-src"))
    assert "unsafe" not in scripts
    assert "http" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize(
    "body",
    [
        b"null",
        b"[]",
        b"{}",
        b"",
        b"1",
        b'"x"',
        b"{",
        b"\xff",
        b"[" * 60_000,
        b'{"output":"nobody.children","inputs":[]}',
        b'{"output":["page.children"],"inputs":{}}',
        b'{"output":{},"inputs":[]}',
    ],
)
def test_a_malformed_callback_is_refused(client: FlaskClient, body: bytes) -> None:
    answer = client.post("/_dash-update-component", data=body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.get_data(as_text=True) == "refused\n"


def test_a_large_body_is_refused(client: FlaskClient) -> None:
    assert client.post("/_dash-update-component", data=b"x" * 70_000).status_code == 413


def test_a_long_query_is_refused(client: FlaskClient) -> None:
    assert client.get("/?" + "a=1&" * 2000).status_code == 414


def test_ready_only_once_there_is_an_edition(client_of: Client, tmp_path: Path) -> None:
    client = client_of(tmp_path)
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 503
    page = client.get("/")
    assert page.status_code == 200
    assert "No data yet" in page.get_data(as_text=True)
    assert "אין עדיין נתונים" in client.get("/?lang=he").get_data(as_text=True)
    for path in ("/feed.atom", "/view/", "/card/test-1/tonight.png", "/download/polls.csv", "/embed/tonight/seats"):
        assert client.get(path).status_code == 503, path
    assert client.get("/api/v1/electorates").json == {"electorates": []}
    assert client.get("/api/v1/elections").json == {"elections": []}
    editions.publish(tmp_path)
    assert client.get("/readyz").status_code == 200
    assert "Tonight" in client.get("/").get_data(as_text=True)


def test_a_damaged_edition_is_said_and_not_shown(client_of: Client, processed: Path) -> None:
    (next((processed / "editions" / "test-1").iterdir()) / "trend.json.gz").write_bytes(b"{")
    answer = client_of(processed).get("/trends")
    assert answer.status_code == 503
    assert "Traceback" not in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("lang", "notice"), [("en", "A newer edition cannot be read."), ("he", "מהדורה חדשה יותר אינה ניתנת לקריאה.")]
)
def test_where_a_newer_edition_is_damaged_the_last_good_one_says_so(
    lang: str, notice: str, client_of: Client, processed: Path
) -> None:
    def shown(**parameters: str) -> str:
        return client_of(processed).get("/", query_string={"lang": lang, **parameters}).get_data(as_text=True)

    assert notice not in shown()
    newest = editions.publish(processed, as_of=date(2019, 9, 2))
    (newest.folder / "polls.json.gz").write_bytes(b"?")
    assert notice in shown()
    assert notice not in shown(edition="2019-09-01-00000000"), "an older edition that was asked for is what it is"


def test_a_page_is_asked_for_again_by_its_tag(client: FlaskClient) -> None:
    first = client.get("/", headers={"Accept-Encoding": "gzip"})
    assert first.content_encoding == "gzip"
    again = client.get("/", headers={"Accept-Encoding": "gzip", "If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_poisoned_names_stay_text(client_of: Client, tmp_path: Path) -> None:
    editions.publish(tmp_path, names={"alpha": POISON, "pollster": POISON})
    client = client_of(tmp_path)
    for path in PAGES:
        page = client.get(path).get_data(as_text=True)
        assert "<img src=x" not in page
        assert "<script>alert" not in page
        document = json.loads(client.get(f"/view{path}").data)
        assert "<img" not in json.dumps(document["figures"])
        assert "<img src=x" not in document["sheet"]


@pytest.mark.parametrize("path", WITH_CHARTS)
def test_every_chart_has_a_picture_a_table_and_a_summary(client: FlaskClient, path: str) -> None:
    """Without a script too: they stand in the page itself."""
    text = client.get(path).get_data(as_text=True)
    slots = set(re.findall('data-slot="([^"]*)"', text))
    assert slots
    assert slots == set(json.loads(client.get(f"/view{path}").data)["figures"])
    for block in slots:
        section = text[text.index(f'id="block-{block}"') :]
        assert '<svg class="desk"' in section
        assert f'id="{block}-table"' in section
        assert re.search(f'<p class="unseen" id="{block}-summary">[^<]', section)


def test_a_table_of_a_page_comes_as_a_file_from_the_same_cells(client: FlaskClient) -> None:
    answer = client.get("/table/threshold/votes-chart-table.csv?lang=he")
    assert answer.mimetype == "text/csv"
    assert 'filename="test-1-votes-2019-09-01-he.csv"' in answer.headers["Content-Disposition"]
    head, row = csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline=""))
    assert head[0] == "רשימה"
    assert row[0] == "דלתא"
    assert row[1] == "delta"
    assert 40 < float(row[2]) < 60
    assert client.get("/table/seats-chart-table.xlsx").data[:2] == b"PK"


@pytest.mark.parametrize("path", ["/table/threshold/main.csv", "/table/nowhere/x.csv", "/table/polls-table.exe"])
def test_what_is_no_table_is_not_found(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_names_in_a_file_are_no_formulas(client_of: Client, tmp_path: Path) -> None:
    editions.publish(tmp_path, names={"alpha": "=HYPERLINK(1)", "pollster": "@cmd"})
    client = client_of(tmp_path)
    for path in ("/table/seats-chart-table.csv", "/download/polls.csv"):
        for row in csv.reader(io.StringIO(client.get(path).data.decode("utf-8-sig"), newline="")):
            assert not [cell for cell in row if cell[:1] in ("=", "+", "@", "\t") or cell[:2] in ("-=", "-@")]


def test_every_table_and_every_picture_can_be_taken_away(client: FlaskClient) -> None:
    for path in PAGES:
        page = client.get(path).get_data(as_text=True)
        links = {link.replace("&amp;", "&") for link in re.findall('href="([^"]*)" download', page)}
        for ending in (".csv", ".xlsx", ".svg"):
            for link in (one for one in links if ending in one):
                assert client.get(link).status_code == 200, link
        pictures = [link for link in links if ".png" in link]
        assert page.count("data-copy") == page.count("data-slot") == sum("&size=" not in link for link in pictures)
        assert len(pictures) == (1 + len(SIZES)) * page.count("data-slot")


@pytest.mark.parametrize("ending", ["json", "csv", "xlsx", "svg", "png"])
def test_a_block_has_an_address_for_each_of_its_renderings(client: FlaskClient, ending: str) -> None:
    answer = client.get(f"/api/v1/test-1/tonight/seats.{ending}?lang=he")
    assert answer.status_code == 200
    assert f"test-1-seats-2019-09-01-he.{ending}" in answer.headers["Content-Disposition"]
    assert client.get(f"/api/v1/test-1/tonight/nothing.{ending}").status_code == 404


def test_addresses_of_before_lead_where_they_led(client: FlaskClient) -> None:
    for address in (
        "/view",
        "/view/", "/view/trends?unit=share", "/table/seats-chart-table.csv", "/table/blocs-chart-table.xlsx",
        "/table/trends/trend-chart-table.csv", "/table/coalitions/decides-table.csv?gov=alpha",
        "/table/coalitions/meter-chart-table.csv?gov=alpha", "/table/coalitions/hemicycle-chart-table.csv",
        "/table/threshold/odds-chart-table.csv", "/table/threshold/agreements-table.csv",
        "/table/what-if/blocs-table.csv", "/table/what-if/change-chart-table.csv",
        "/table/pollsters/list-gaps-chart-table.csv", "/table/pollsters/records-table.csv",
        "/table/pollsters/elections-table.csv", "/table/pollsters/apart-table.csv", "/table/method/power-table.csv",
        "/table/data/sources-table.csv", "/table/data/provenance-table.csv", "/download/polls.csv",
        "/download/latest.xlsx", "/download/projection.csv", "/download/record.csv", "/feed.atom", "/healthz",
        "/readyz",
    ):  # fmt: skip
        assert client.get(address).status_code == 200, address


@pytest.mark.parametrize("path", PAGES)
def test_a_preview_has_its_title_and_description(client: FlaskClient, path: str) -> None:
    page = client.get(f"{path}?lang=he").get_data(as_text=True)
    for name in ("og:title", "og:description", "og:site_name"):
        assert re.search(f'<meta property="{name}" content="[^"]+">', page)
    assert '<meta property="og:locale" content="he_IL">' in page


def test_while_a_ban_binds_the_edition_is_frozen_and_nothing_new_is_worked_out(tmp_path: Path) -> None:
    editions.publish(tmp_path, ban=(datetime(2019, 9, 14), datetime(2019, 9, 17, 22)))
    before = create_app(Reader(tmp_path), lambda: date(2019, 9, 13)).server.test_client()
    during = create_app(Reader(tmp_path), lambda: date(2019, 9, 15)).server.test_client()
    assert "this edition is frozen" not in before.get("/view/").get_data(as_text=True)
    assert "this edition is frozen" in during.get("/view/").get_data(as_text=True)
    assert "data-slot" in before.get("/view/what-if?out=gamma&to=nobody").get_data(as_text=True)
    assert "data-slot" not in during.get("/view/what-if?out=gamma&to=nobody").get_data(as_text=True)
    assert "chip-gamma" in before.get("/view/coalitions?gov=gamma").get_data(as_text=True)
    assert "chip-gamma" not in during.get("/view/coalitions?gov=gamma").get_data(as_text=True)


def test_the_plain_mean_is_a_line_of_its_own(client: FlaskClient) -> None:
    page = client.get("/view/trends?line=mean").get_data(as_text=True)
    assert "the plain mean of the last 14 days" in page
    assert "band:" not in page


def test_the_drawing_library_is_packed_ahead_and_is_itself(client: FlaskClient) -> None:
    page = client.get("/trends").get_data(as_text=True)
    address = re.search('data-plotly="([^"]*)"', page)
    assert address is not None
    packed = client.get(address[1], headers={"Accept-Encoding": "br"})
    assert packed.content_encoding == "br"
    assert brotli.decompress(packed.data) == client.get(address[1]).data
    assert len(packed.data) < 330_000


def test_whoever_watches_costs_no_page(processed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    client = create_app(Reader(processed), lambda: date(2019, 9, 2)).server.test_client()
    assert client.get("/healthz").text == "ok\n"
    monkeypatch.setattr(Documents, "view", lambda *_given: pytest.fail("a page was looked at"))
    monkeypatch.setattr(Edition, "projection", property(lambda _edition: pytest.fail("an edition was read")))
    assert client.get("/healthz").text == "ok\n"
