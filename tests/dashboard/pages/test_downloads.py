"""Files of an edition: its own numbers, ids instead of names, and blank where nothing is known."""

import csv
import io

import pytest
from flask.testing import FlaskClient

from dashboard.pages import downloads
from dashboard.view import View


def rows_of(client: FlaskClient, name: str) -> list[dict[str, str]]:
    answer = client.get(f"/download/{name}.csv?election=test-1")
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))


def test_the_projection_is_the_editions_own(client: FlaskClient, view: View) -> None:
    rows = {row["list"]: row for row in rows_of(client, "projection")}
    for item in view.projection.lists:
        assert int(rows[item.id]["seats"]) == view.projection.allocation[item.id]
        assert float(rows[item.id]["seats_q05"]) == item.seats.q05
        assert float(rows[item.id]["p_pass"]) == pytest.approx(item.p_pass, abs=5e-5)
    assert rows["gamma"]["seats_now"] == ""
    assert {row["result"] for row in rows.values()} == {""}


def test_the_latest_polls_come_with_the_previous_ones(client: FlaskClient) -> None:
    rows = rows_of(client, "latest")
    assert [row["fieldwork_end"] for row in rows] == ["2019-08-30", "2019-08-20"]
    assert rows[0]["alpha"] == "50"
    assert "delta" not in rows[0]  # no poll here printed it


def test_a_campaign_without_a_record_has_an_empty_table(client: FlaskClient, view: View) -> None:
    assert rows_of(client, "record") == []
    assert [column.id for column in downloads.record(view).columns] == [
        "as_of",
        "list",
        "q05",
        "q95",
        "p_pass",
        "result",
    ]
