"""Electorates beside each other: each with its languages, clock, customs and record, none in another's words."""

import re
from datetime import date, datetime
from html import unescape
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient

from dashboard import sentences
from dashboard.blocks import Number, words
from dashboard.i18n import Translator, translator
from dashboard.pages import PAGES
from dashboard.pages.polls.numbers import files_table, printed_cell
from dashboard.pages.tonight.numbers import certain_changes, change, is_certain, latest
from dashboard.pages.what_if.controls import thresholds
from dashboard.reader import Clock, Reader, record_of
from dashboard.render.text import say
from dashboard.seats import value_of
from dashboard.serve import release, site
from dashboard.serve.app import create, create_app
from dashboard.settings import ELECTORATE
from pipelines.editions.schema import OthersLine, Record
from pipelines.editions.store import Edition, to_json
from tests.dashboard import editions, toy
from tests.dashboard.conftest import block_of, figure_of, view_of

pytestmark = pytest.mark.usefixtures("unpainted")
TODAY = date(2026, 9, 2)
OF_ANOTHER = re.compile(r"knesset|israel|jerusalem|hebrew|surplus|överskott|outgoing|friday|bader|כנסת", re.IGNORECASE)
FILE = re.compile(r'href="(/(?:api|table|download|feed)[^"]*)"')


def client_of(processed: Path) -> FlaskClient:
    return create_app(Reader(processed), lambda: TODAY).server.test_client()


def page(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.get_data(as_text=True)


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("alone")
    toy.publish(folder)
    return folder


@pytest.fixture(scope="module")
def toys(alone: Path) -> FlaskClient:
    """The application over the toy alone: what one test asked for is there for the next."""
    return client_of(alone)


@pytest.fixture(scope="module")
def beside(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The toy beside the electorate of all other tests."""
    folder = tmp_path_factory.mktemp("beside")
    toy.publish(folder)
    editions.publish(folder)
    return folder


@pytest.fixture
def diet(alone: Path) -> Edition:
    return Reader(alone).edition(toy.ELECTION)


@pytest.fixture
def sv() -> Translator:
    return translator("sv")


@pytest.mark.parametrize("lang", ["sv", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_every_page_and_file_is_there_and_speaks_of_nobody_else(toys: FlaskClient, path: str, lang: str) -> None:
    shown = page(toys, f"{path}?election={toy.ELECTION}&lang={lang}")
    assert OF_ANOTHER.search(shown) is None
    files = {unescape(address_found) for address_found in FILE.findall(shown)}
    assert files
    for address in files:
        content = toys.get(address)
        assert content.status_code == 200, address
        text = content.get_data().decode("utf-8", "replace")
        if address == "/api/openapi.json":  # one for all electorates, in the words of the field
            text = re.sub("outgoing|surplus", "", text, flags=re.IGNORECASE)
        assert OF_ANOTHER.search(text) is None, address


def test_the_language_is_the_first_of_the_electorates_that_there_are_words_in(toys: FlaskClient) -> None:
    assert '<html lang="sv"' in page(toys, "/")
    for lang in ("el", "he"):
        assert toys.get(f"/?lang={lang}").status_code == 404


def test_a_page_offers_the_other_electorates_only_where_there_are_any(toys: FlaskClient, beside: Path) -> None:
    assert 'id="electorates"' not in page(toys, "/")
    shown = page(client_of(beside), f"/?election={toy.ELECTION}&lang=en")
    menu = shown.split('id="electorates"')[1].split("</details>")[0]
    assert "Testland" in menu
    assert 'href="/?election=test-1&amp;lang=en"' in menu
    elections = shown.split('id="elections"')[1].split("</details>")[0]
    assert "Diet 7" in elections
    assert "Test election" not in elections


def test_a_language_the_other_electorate_lacks_is_left_to_it(beside: Path) -> None:
    shown = page(client_of(beside), f"/?election={toy.ELECTION}&lang=sv")
    assert 'href="/?election=test-1"' in shown


@pytest.mark.parametrize(
    ("setting", "opened"),
    [("", "Test election"), ("il", "Test election"), (toy.ELECTORATE.id, "Diet 7"), ("none", "Diet 7")],
)
def test_the_root_opens_the_installations_own_electorate(
    beside: Path, monkeypatch: pytest.MonkeyPatch, setting: str, opened: str
) -> None:
    monkeypatch.setenv(ELECTORATE, setting)
    title = page(client_of(beside), "/?lang=en").split("<title>")[1].split("</title>")[0]
    assert opened in title


def test_each_electorate_lives_by_its_own_clock() -> None:
    def noon() -> datetime:
        return datetime(2026, 9, 1, 12, tzinfo=ZoneInfo("UTC"))

    assert Clock(moment=noon).today("Asia/Jerusalem") == date(2026, 9, 1)
    assert Clock(moment=noon).today("Pacific/Chatham") == date(2026, 9, 2)
    fixed = Clock(lambda: date(2026, 9, 5), noon).now("Pacific/Chatham")
    assert (fixed.date(), fixed.hour) == (date(2026, 9, 5), 12)


def test_what_one_electorate_publishes_leaves_the_pages_of_another(tmp_path: Path) -> None:
    toy.publish(tmp_path)
    editions.publish(tmp_path)
    reader, clock = Reader(tmp_path), Clock(lambda: TODAY)
    before = {electorate.id: release.name(reader, clock, electorate) for electorate, _ in reader.electorates()}
    editions.publish(tmp_path, as_of=date(2019, 9, 2))
    after = {electorate.id: release.name(reader, clock, electorate) for electorate, _ in reader.electorates()}
    assert before["chatham"] == after["chatham"]
    assert before["il"] != after["il"]


def test_a_record_is_never_that_of_another_electorate(tmp_path: Path) -> None:
    record = Record(
        elections=[], rows=[], mean={}, differences=[], by_threshold_pct={}, by_election={}, calibration={}, misses=[],
        daily=[],
    )  # fmt: skip
    editions.publish(tmp_path, "test-0", record=to_json(record))
    editions.publish(tmp_path)
    toy.publish(tmp_path)
    reader = Reader(tmp_path)
    assert record_of(reader.edition("test-1")) == record
    assert record_of(reader.edition(toy.ELECTION)) is None


def test_a_copy_holds_every_electorate(beside: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each page as it opens; what a reader may choose on it is for `test_site.py`."""
    monkeypatch.setattr(site, "COPIED", dict.fromkeys(site.COPIED, ()))
    app, answers = create(Reader(beside), lambda: TODAY)
    site.write_site(app, answers.documents, tmp_path / "copy")
    assert (tmp_path / "copy" / toy.ELECTION / "sv" / "index.html").is_file()
    assert (tmp_path / "copy" / "test-1" / "he" / "index.html").is_file()
    assert not (tmp_path / "copy" / "test-1" / "sv").exists()


# Customs


def test_the_interval_stands_first_and_a_hair_makes_no_leader(diet: Edition, sv: Translator, en: Translator) -> None:
    view = view_of(diet, today=TODAY)
    first = view.order.passing[0]
    assert first.seats is not None
    spread, seats = (first.seats.q05, first.seats.q95), view.projection.allocation[first.id]
    assert f"{en.percent(first.trend_share_pct, 1)}, {en.span(*spread)} ({seats})" in say(sentences.standing(view), en)
    label = f"<b>{sv.percent(first.trend_share_pct, 1)}</b>  {sv.span(*spread)}  {seats}"
    assert figure_of(view, "seats", sv)["layout"]["annotations"][0]["text"] == label
    columns = [column.id for column in block_of(view, "seats").table.columns]  # type: ignore[union-attr]
    assert columns[1:5] == ["trend_pct", "ninety_seats", "half_seats", "seats"]


def test_per_cent_stand_first_where_polls_speak_of_shares(diet: Edition, sv: Translator, en: Translator) -> None:
    plain = diet.reference.electorate.model_copy(update={"intervals_first": False, "lead_seats": 0})
    diet.reference = diet.reference.model_copy(update={"electorate": plain})
    view = view_of(diet, today=TODAY)
    first = max(view.projection.lists, key=lambda item: item.trend_share_pct)
    seats = view.projection.allocation[first.id]
    assert f"{en.percent(first.trend_share_pct, 1)} ({seats} seats)" in say(sentences.standing(view), en)
    assert f"{sv.percent(first.trend_share_pct, 1)} ({seats} mandat)" in say(sentences.standing(view), sv)
    annotation = figure_of(view, "seats", sv)["layout"]["annotations"][0]["text"]
    assert annotation.startswith(f"<b>{sv.percent(view.order.all[0].trend_share_pct, 1)}</b>  ")


def test_lists_are_level_where_their_per_cent_read_the_same(diet: Edition, en: Translator) -> None:
    plain = diet.reference.electorate.model_copy(update={"intervals_first": False, "lead_seats": 0})
    diet.reference = diet.reference.model_copy(update={"electorate": plain})
    lists = [
        item.model_copy(update={"trend_share_pct": share})
        for item, share in zip(diet.projection.lists[:3], (20.04, 19.96, 19.9), strict=True)
    ]
    diet.projection = diet.projection.model_copy(update={"lists": lists})
    sentence = say(sentences.standing(view_of(diet, today=TODAY)), en)
    assert re.fullmatch(r"Level: List-01 \(20\.0% .*\) and List-02 \(20\.0% .*\)\.", sentence)


# Changes that are statistically certain


@pytest.mark.parametrize(
    ("after_pct", "size", "expected"),
    [(32.87, 2000, False), (32.88, 2000, True), (30.0, 2000, False), (27.2, 2000, True), (32.9, 1000, False)],
)
def test_a_change_is_certain_beyond_1_96_standard_errors(after_pct: float, size: int, expected: bool) -> None:
    """Two-sided, 5 %: from 30 % with 2,000 asked both times the bound lies between 2.87 and 2.88 points."""
    assert is_certain((after_pct, 30.0), (size, 2000)) is expected


def test_certain_changes_are_marked_where_the_unit_is_a_share(diet: Edition, edition: Edition, sv: Translator) -> None:
    newest, previous = latest(diet.polls.polls)[0]
    assert previous is not None
    values = [value.model_copy(update={"pct": "9.5"}) if value.list == "list-01" else value for value in newest.values]
    moved = newest.model_copy(update={"values": values})
    diet.polls = diet.polls.model_copy(update={"polls": [*diet.polls.polls[:-1], moved]})
    block = block_of(view_of(diet, today=TODAY), "latest")
    certain = block.values.certain  # type: ignore[attr-defined]
    assert certain["p2"]["list-01"]
    assert not certain["p2"]["list-02"]
    assert "list-25" not in certain["p2"], "one of the two polls has no share for it"
    assert certain["p1"] == certain["p0"] == {}
    assert block.table is not None
    marks = [say(cell, sv) for row in block.table.rows for cell in row if cell == words("tonight.polls_certain")]
    assert marks == ["säkerställd"] * sum(certain["p2"].values())
    assert "statistiskt säkerställd" in " ".join(say(part, sv) for part in block.notes[0].parts)  # type: ignore[union-attr,arg-type]
    assert not any(block_of(view_of(edition), "latest").values.certain.values())  # type: ignore[attr-defined]


def test_an_assumed_size_stands_in_for_one_that_is_not_printed(diet: Edition) -> None:
    polls = [poll.model_copy(update={"sample_size": None}) for poll in diet.polls.polls]
    diet.polls = diet.polls.model_copy(update={"polls": polls})
    pair = latest(polls)[0]
    assert certain_changes(view_of(diet, today=TODAY), pair) == {}
    assumed = diet.reference.electorate.model_copy(update={"assumed_sample_size": 1500})
    diet.reference = diet.reference.model_copy(update={"electorate": assumed})
    assert certain_changes(view_of(diet, today=TODAY), pair)


# What the electorate calls things


def test_the_projection_is_called_as_the_electorate_calls_it(toys: FlaskClient) -> None:
    """Named "Outlook" it is called so wherever a page names it, and by no other word."""
    for path in PAGES:
        shown = re.sub(r"<[^>]*>", " ", page(toys, f"{path}?lang=en").split("<main")[1].split("</main>")[0])
        named = re.findall(r"\w*projection\b", shown, re.IGNORECASE)
        assert not named, (path, named)
    assert "Outlook" in page(toys, "/?lang=en")


def test_lists_within_so_many_seats_are_not_told_apart(edition: Edition, en: Translator) -> None:
    close = edition.reference.electorate.model_copy(update={"lead_seats": 20})
    edition.reference = edition.reference.model_copy(update={"electorate": close})
    sentence = say(sentences.standing(view_of(edition)), en)
    assert "Beta and Alpha lie within" in sentence
    assert "nobody leads" in sentence


def test_coalitions_of_interest_stand_where_there_are_no_blocs(diet: Edition, en: Translator) -> None:
    view = view_of(diet, today=TODAY)
    assert [row.name.id for row in block_of(view, "majorities").values.blocs] == ["uneven", "even"]  # type: ignore[attr-defined]
    assert "Uneven at 3" in say(sentences.headline(view), en)
    lists_only = diet.reference.electorate.model_copy(update={"headline": "lists"})
    diet.reference = diet.reference.model_copy(update={"electorate": lists_only})
    assert "Uneven" not in say(sentences.headline(view_of(diet, today=TODAY)), en)


def test_a_government_is_accepted_by_the_houses_own_vote(toys: FlaskClient) -> None:
    shown = page(toys, "/coalitions?gov=list-01,list-02&lang=en")
    assert "It stands unless a majority of the house votes no" in shown


def test_a_ban_on_exit_polls_freezes_no_projection(diet: Edition) -> None:
    assert diet.reference.bans
    assert not view_of(diet, today=TODAY).is_frozen


# Polls in per cent


def test_a_percentage_has_the_decimals_it_was_printed_with(diet: Edition, sv: Translator) -> None:
    newest = diet.polls.polls[-1]
    cell = printed_cell(value_of(newest, "list-01"))
    assert cell == Number(4.5, 1)
    assert say(cell, sv) == "4,5"
    assert say(printed_cell(value_of(newest, "list-01"), has_sign=True), sv) == "4,5\u00a0%"


def test_a_change_is_said_in_one_unit_only(diet: Edition) -> None:
    pairs = latest(diet.polls.polls)
    previous = {poll.poll: before.poll if before else None for poll, before in pairs}
    assert previous == {"p2": "p0", "p1": None, "p0": None}
    assert change(pairs[0], "list-02") == pytest.approx(0.3)
    assert change(pairs[0], "list-25") is None


def test_a_file_has_a_column_for_each_unit_that_was_printed(diet: Edition) -> None:
    table = files_table(diet.polls.polls, ["list-01"], diet.reference)
    at = {column.id: place for place, column in enumerate(table.columns)}
    rows = {row[0]: (row[at["list-01"]], row[at["list-01_pct"]]) for row in table.rows}
    assert rows["p1"] == (25, None)
    assert rows["p2"][1] == 4.5
    only = files_table([poll for poll in diet.polls.polls if poll.unit == "share"], ["list-01"], diet.reference)
    assert "list-01" not in {column.id for column in only.columns}


def test_lines_are_in_the_electorates_unit_first(diet: Edition, edition: Edition) -> None:
    assert view_of(diet, "/trends", today=TODAY).choice("unit") == "share"
    assert view_of(edition, "/trends").choice("unit") == "seats"


def test_the_thresholds_to_choose_from_begin_with_the_rules_own(diet: Edition, edition: Edition) -> None:
    assert thresholds(diet)[0] == "0.75"
    assert "3.25" not in thresholds(diet)
    assert thresholds(edition)[0] == "3.25"
    assert {"0", "1", "1.5", "2", "2.5", "3", "3.5", "4", "5"} <= set(thresholds(edition))
    assert view_of(diet, "/what-if", today=TODAY, threshold="3.25").choice("threshold") == "3.25"


def test_others_are_drawn_like_a_list_in_shares_only(diet: Edition, sv: Translator) -> None:
    share: list[float | None] = [0.01] * toy.DAYS
    others = OthersLine(share=share, share_low=share, share_high=share)
    diet.trend = diet.trend.model_copy(update={"others": others})
    drawn = block_of(view_of(diet, "/trends", today=TODAY), "trend")
    line = next(item for item in drawn.values.lines if item.name.id == "trends.others")  # type: ignore[attr-defined]
    assert (line.name.texts["sv"], line.end, line.dots) == ("Övriga", 1.0, ())
    assert drawn.drawn(sv) is not None
    for state in ({"unit": "seats"}, {"line": "mean"}):
        values = block_of(view_of(diet, "/trends", today=TODAY, **state), "trend").values
        assert "trends.others" not in {item.name.id for item in values.lines}  # type: ignore[attr-defined]
