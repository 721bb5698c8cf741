"""The polls a reader asked for, and the file of the same rows."""

import copy
import csv
import io
from datetime import date, timedelta

from flask.testing import FlaskClient

from dashboard.blocks import Links, Missing, Source
from dashboard.i18n import Translator
from dashboard.names import text
from dashboard.pages import PAGES
from dashboard.pages.polls.numbers import PollFilter, files_table, filtered, printed, question
from dashboard.render.text import plain
from pipelines.editions.schema import Correction, PollRow, PollValue
from pipelines.editions.store import Edition
from tests.dashboard import editions
from tests.dashboard.conftest import block_of, view_of

OLD = editions.poll(date(2019, 8, 1), {"alpha": 49, "beta": 60, "gamma": 11})
NEW = editions.poll(date(2019, 8, 9), {"alpha": 50, "beta": 58, "gamma": 12}, "other")
IF = editions.poll(date(2019, 8, 5), {"alpha": 40, "delta": 80}, kind="scenario")
POLLS = [OLD, IF, NEW]


def polls_of(kind: str = "all", pollster: str = "all", sort: str = "date", up: bool = False) -> list[PollRow]:
    return filtered(POLLS, PollFilter(kind, pollster, sort, up))


def test_the_newest_comes_first_and_scenarios_stand_apart() -> None:
    assert polls_of() == [NEW, IF, OLD]
    assert polls_of(kind="poll") == [NEW, OLD]
    assert polls_of(kind="scenario") == [IF]
    assert polls_of(pollster="other") == [NEW]
    assert polls_of(up=True) == [OLD, IF, NEW]


def test_sorted_by_a_list_those_who_did_not_ask_come_last() -> None:
    assert polls_of(sort="beta") == [OLD, NEW, IF]
    assert polls_of(sort="beta", up=True) == [NEW, OLD, IF]
    assert polls_of(sort="n") == [NEW, IF, OLD]  # nobody published a size: the newest first


def test_only_lists_that_were_printed_have_a_column() -> None:
    assert printed([OLD], ["gamma", "alpha", "delta"]) == ["gamma", "alpha", "beta"]


def below(name: str, pct: str | None) -> PollValue:
    return PollValue(list=name, label=name, status="below_threshold", seats=None, pct=pct, share=None, derivation=None)


def test_a_file_keeps_what_is_missing_apart_from_nought() -> None:
    poll = OLD.model_copy(update={"values": [*OLD.values[:2], below("gamma", "2.9"), below("delta", "<1")]})
    table = files_table([poll, IF], ["alpha", "gamma", "delta"], editions.reference())
    names = [column.id for column in table.columns]
    first, second = (dict(zip(names, row, strict=True)) for row in table.rows)
    assert first["gamma"] == Missing("below_threshold", "(2.9%)")
    assert (first["alpha"], first["gamma_pct"], first["delta_pct"]) == (49, 2.9, "<1")
    assert (second["gamma"], second["gamma_pct"], second["sample_size"]) == (Missing("not_asked"), None, None)


def test_the_download_has_the_rows_of_the_page_and_hostile_names_are_harmless(client: FlaskClient) -> None:
    answer = client.get("/download/polls.csv?sort=alpha")
    assert answer.mimetype == "text/csv"
    assert 'filename="test-1-polls-2019-09-01-en.csv"' in answer.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [row["alpha"] for row in rows] == ["50", "49"]
    assert client.get("/download/polls.xlsx").data[:2] == b"PK"


def test_polls_of_an_outlet_a_list_and_a_period() -> None:
    aired = OLD.model_copy(update={"publisher": "channel"})
    polls = [aired, IF, NEW]
    assert filtered(polls, PollFilter("all", "all", "date", is_rising=False, outlet="channel")) == [aired]
    assert filtered(polls, PollFilter("all", "all", "date", is_rising=False, list="delta")) == [IF]
    assert filtered(polls, PollFilter("all", "all", "date", is_rising=False, since=date(2019, 8, 5))) == [NEW, IF]


def test_a_scenario_is_named_by_what_it_asked_that_the_poll_beside_it_did_not() -> None:
    beside = editions.poll(date(2019, 8, 5), {"alpha": 50, "beta": 60, "gamma": 10})
    assert question(IF, [beside, IF], ["alpha"]) == (["delta"], ["beta", "gamma"])
    assert question(IF, [OLD, IF], ["alpha", "beta"]) == (["delta"], [])  # no poll of the same days: those that stand


def disclosing(edition: Edition, **changes: object) -> Edition:
    """The same edition where the law asks for two items, with its first poll changed."""
    other = copy.copy(edition)
    reference, polls = edition.reference, edition.polls
    electorate = reference.electorate.model_copy(update={"disclosure": ("margin", "dates")})
    vars(other)["reference"] = reference.model_copy(update={"electorate": electorate})
    first = polls.polls[-1].model_copy(update=changes)
    vars(other)["polls"] = polls.model_copy(update={"polls": [*polls.polls[:-1], first]})
    return other


def test_what_was_disclosed_is_found_or_not_found_item_by_item_of_the_law(edition: Edition, en: Translator) -> None:
    changed = disclosing(edition, disclosed=["dates", "mode"], checked="corrected", urls=["https://example.org/poll"])
    table = block_of(view_of(changed, "/polls", show="disclosure"), "disclosure").table
    assert table is not None
    at = [column.id for column in table.columns]
    row = dict(zip(at, table.rows[0], strict=True))
    assert [plain(row[item], en) for item in ("margin", "dates")] == ["not found", "found"]
    assert "mode" not in at  # the law does not ask for it
    assert row["source"] == Links((Source(text("https://example.org/poll")),))
    assert plain(row["checked"], en) == "held to its publication, and corrected"
    assert not any(part.id == "show" for part in PAGES["/polls"].blocks(view_of(edition, "/polls")))


def test_an_address_of_one_poll_opens_the_page_of_the_table_that_has_it_and_marks_its_row(
    edition: Edition,
) -> None:
    many = [editions.poll(date(2019, 3, 1) + timedelta(at), {"alpha": 49, "beta": 71}) for at in range(100)]
    edition.polls = edition.polls.model_copy(update={"polls": many})
    for wanted in (many[0], many[50], many[99]):
        block = block_of(view_of(edition, "/polls", poll=wanted.poll, sort="alpha"), "polls")
        assert block.table.rows[block.table.asked_row][0] == wanted.poll
    assert block_of(view_of(edition, "/polls"), "polls").table.asked_row is None


def test_a_row_links_to_its_publication_and_says_what_was_corrected(edition: Edition, he: Translator) -> None:
    was = Correction(
        field="cell",
        label="alpha",
        before="49",
        after="50",
        corrected_date=date(2019, 9, 1),
        why="x",
        source="x",
        url=None,
    )
    changed = disclosing(edition, urls=["https://example.org/poll"], corrections=[was])
    block = block_of(view_of(changed, "/polls"), "polls")
    assert block.table is not None
    row = dict(zip([column.id for column in block.table.columns], block.table.rows[0], strict=True))
    assert plain(row["corrections"], he) == "תוקן: אלפא 49 ← 50"
    assert row["source"] == Links((Source(text("https://example.org/poll")),))


def test_the_headline_counts_what_is_shown(edition: Edition, en: Translator) -> None:
    one = disclosing(edition, kind="scenario")
    assert plain(PAGES["/polls"].headline(view_of(one, "/polls", kind="scenario")), en).startswith("The one scenario")
    assert plain(PAGES["/polls"].headline(view_of(one, "/polls", kind="all")), en).startswith("2 polls, scenario")
