"""The polls a reader asked for, and the file of the same rows."""

import csv
import io
from datetime import date

from flask.testing import FlaskClient

from dashboard.blocks import Missing
from dashboard.pages.polls.numbers import Asked, chosen, files_table, printed
from pipelines.editions.schema import PollRow, PollValue
from tests.dashboard import editions

OLD = editions.poll(date(2019, 8, 1), {"alpha": 49, "beta": 60, "gamma": 11})
NEW = editions.poll(date(2019, 8, 9), {"alpha": 50, "beta": 58, "gamma": 12}, "other")
IF = editions.poll(date(2019, 8, 5), {"alpha": 40, "delta": 80}, kind="scenario")
POLLS = [OLD, IF, NEW]


def asked(kind: str = "all", pollster: str = "all", sort: str = "date", up: bool = False) -> list[PollRow]:
    return chosen(POLLS, Asked(kind, pollster, sort, up))


def test_the_newest_comes_first_and_scenarios_stand_apart() -> None:
    assert asked() == [NEW, IF, OLD]
    assert asked(kind="poll") == [NEW, OLD]
    assert asked(kind="scenario") == [IF]
    assert asked(pollster="other") == [NEW]
    assert asked(up=True) == [OLD, IF, NEW]


def test_sorted_by_a_list_those_who_did_not_ask_come_last() -> None:
    assert asked(sort="beta") == [OLD, NEW, IF]
    assert asked(sort="beta", up=True) == [NEW, OLD, IF]
    assert asked(sort="n") == [NEW, IF, OLD]  # nobody published a size: the newest first


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
    assert 'filename="test-1-polls-2019-09-01.csv"' in answer.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [row["alpha"] for row in rows] == ["50", "49"]
    assert client.get("/download/polls.xlsx").data[:2] == b"PK"
