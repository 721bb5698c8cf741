"""`import` and `quarantine` as processes: what is taken in, what is refused, and that nothing is half done."""

import csv
import hashlib
import json
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from pipelines.ingest.quarantine import all_like
from tests.conftest import ROOT
from tests.pipelines.sources.pages import FULL, body, event, header, ordinary, poll_row, scenarios

ELECTION, TODAY = "knesset-26", "2026-07-20"
ROWS: tuple[tuple[Any, ...], ...] = (
    ("16 Jul", "2026-07-16", "North Polls", "Israel Hayom", FULL),
    ("16 Jul", "2026-07-16", "Hill Polls", "Maariv", ("41", "29", *FULL[2:])),
    ("15 Jul", "2026-07-15", "South Polls", "Channel 14", ("<b>45</b>", "25", "10", "10", "5", ("5", 2), "20")),
    ("14 Jul", "2026-07-14", "East Polls", "Channel 12", ("39", "31", *FULL[2:])),
    ("13 Jul", "2026-07-13", "West Polls", "i24 News", ("42", "28", *FULL[2:])),
    ("12 Jul", "2026-07-12", "North Polls", "Kan 11", ("38", "32", *FULL[2:])),
)
Import = Callable[..., dict[str, Any]]
TOMBSTONES = "SELECT poll FROM revisions WHERE body IS NULL"


def page(*rows: Sequence[Any], head: str | None = None, extra: str = "", revision: int = 7) -> bytes:
    content = body(ordinary(*(poll_row(*row[:5]) for row in rows), extra, head=head))
    return content.replace(b'"revid": 7', f'"revid": {revision}'.encode())


@pytest.fixture
def bring(data_dir: Path, command: Any, tmp_path: Path) -> Import:
    """Write bytes to a file, import it; gives the JSON document with `code` and `stderr` beside it."""

    def run(content: bytes, source: str = "wikipedia", name: str = "page.json", election: str = ELECTION) -> Any:
        (tmp_path / name).write_bytes(content)
        done = command(
            "pipelines", "import", tmp_path / name, "--source", source, "--election", election, "--json",
            "--data-dir", data_dir, "--today", TODAY,
        )  # fmt: skip
        assert done.stdout.count("\n") <= 1
        document = json.loads(done.stdout) if done.stdout else {}
        return {**document, "code": done.returncode, "stderr": done.stderr}

    return run


def counts(document: dict[str, Any]) -> tuple[int, ...]:
    return tuple(document[name] for name in ("accepted", "revised", "unchanged", "quarantined", "code"))


def ledger(data_dir: Path, query: str) -> list[Any]:
    with sqlite3.connect(data_dir / "processed" / "ledger.sqlite") as db:
        return db.execute(query).fetchall()


def files(data_dir: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted((data_dir / "raw").rglob("*")) if path.is_file()}


def test_a_page_comes_in_once_and_its_bytes_are_kept(bring: Import, data_dir: Path) -> None:
    content = page(*ROWS, extra=event("9 Jul", "2026-07-09", "A merger of two lists is announced"))
    document = bring(content)
    assert counts(document) == (6, 0, 0, 0, 0)
    assert document["events"] == 1
    assert set(document) - {"code", "stderr"} == {
        "accepted", "revised", "unchanged", "quarantined", "events", "reasons",
    }  # fmt: skip
    (body_file,) = (data_dir / "raw/snapshots/wikipedia").glob("*.body")
    facts = json.loads(body_file.with_suffix(".json").read_bytes())
    assert body_file.read_bytes() == content
    assert facts["sha256"] == hashlib.sha256(content).hexdigest()
    assert facts["revision"] == 7
    assert "CC BY-SA 4.0" in facts["licence"]
    before, rows = files(data_dir), ledger(data_dir, "SELECT * FROM revisions ORDER BY 1, 2, 3")
    assert counts(bring(content)) == (0, 0, 6, 0, 0)
    assert files(data_dir) == before
    assert ledger(data_dir, "SELECT * FROM revisions ORDER BY 1, 2, 3") == rows


def test_f1_a_sum_of_140_is_refused_alone_until_it_is_ruled(bring: Import, data_dir: Path, command: Any) -> None:
    odd = ("16 Jul", "2026-07-16", "North Polls", "Israel Hayom", ("60", *FULL[1:]))
    document = bring(page(odd, *ROWS[1:]))
    assert counts(document) == (5, 0, 0, 1, 3)
    assert document["reasons"] == {"sum 140, expected 120": 1}
    listed = command("pipelines", "quarantine", "--json", "--data-dir", data_dir)
    (row,) = json.loads(listed.stdout)
    assert {"id", "source", "place", "text", "reason"} <= set(row)
    assert row["place"].endswith("table 1, row 5")
    done = command(
        "pipelines", "quarantine", "accept", row["id"], "--as", "as-printed", "--why", "seen in print, so",
        "--data-dir", data_dir,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(command("pipelines", "quarantine", "--json", "--data-dir", data_dir).stdout) == []
    assert ledger(data_dir, f"SELECT count(*) FROM revisions WHERE poll = '{row['poll']}'") == [(1,)]
    with (data_dir / "raw/desk/rulings.csv").open(encoding="utf-8", newline="") as file:
        (last,) = csv.DictReader(file)
    shipped = Path("raw/electorates/il/rulings.csv")
    assert (data_dir / shipped).read_bytes() == (ROOT / "data" / shipped).read_bytes(), "what ships stays as it ships"
    assert (last["poll"], last["printed"], last["why"]) == (row["poll"], "140", "seen in print, so")
    again = bring(
        page(("16 Jul", "2026-07-16", "North Polls", "Israel Hayom", ("59", *FULL[1:])), *ROWS[1:], revision=8)
    )
    assert again["reasons"] == {"sum 139, expected 120": 1}, "a ruling is about the sum it was made for"


def test_f1_a_known_poll_that_no_longer_adds_up_keeps_its_last_good_numbers(bring: Import, data_dir: Path) -> None:
    bring(page(*ROWS))
    odd = ("16 Jul", "2026-07-16", "North Polls", "Israel Hayom", ("60", *FULL[1:]))
    assert counts(bring(page(odd, *ROWS[1:], revision=8))) == (0, 0, 5, 1, 3)
    assert ledger(
        data_dir, "SELECT max(revision) FROM revisions WHERE poll = '2026-07-16-north-polls-israel-hayom'"
    ) == [(1,)]


def test_f2_two_headers_that_changed_places_refuse_the_page(bring: Import, data_dir: Path) -> None:
    bring(page(*ROWS))
    before = files(data_dir)
    lists = ("Together", "Likud", "Shas", "UTJ", "Ra'am", "Hadash–Ta'al", "Balad", "Dems")
    document = bring(page(*ROWS, head=header(lists), revision=8))
    assert document["code"] == 1
    assert "changed places" in document["stderr"]
    assert files(data_dir) == before


def rule(command: Any, data_dir: Path, *arguments: str) -> Any:
    return command("pipelines", "quarantine", "accept", *arguments, "--data-dir", data_dir)


def quarantine(command: Any, data_dir: Path) -> list[dict[str, str]]:
    listed: list[dict[str, str]] = json.loads(
        command("pipelines", "quarantine", "--json", "--data-dir", data_dir).stdout
    )
    return listed


NEWEST = "SELECT body FROM revisions WHERE poll = '2026-07-16-north-polls-israel-hayom' ORDER BY revision DESC"


def test_f3_a_column_nobody_knows_is_quarantined_and_its_polls_keep_it_as_printed(
    bring: Import, data_dir: Path, command: Any
) -> None:
    lists = ("Likud", "Together", "Shass", "UTJ", "Ra'am", "Hadash–Ta'al", "Balad", "Dems")
    document = bring(page(*ROWS, head=header(lists)))
    assert counts(document) == (6, 0, 0, 1, 3)
    assert "'Shass' is a list nobody knows; its numbers are kept as printed and count as others" in document["stderr"]
    (row,) = quarantine(command, data_dir)
    assert "nearest known name is 'Shas'" in row["reason"]
    assert "2026-07-16 10" in row["text"]
    poll = json.loads(ledger(data_dir, NEWEST)[0][0])
    assert "shas" not in {value["list"] for value in poll["values"]}
    assert [(value["label"], value["seats"]) for value in poll["unknown"]] == [("Shass", 10)]
    assert rule(command, data_dir, row["id"], "--as", "list:shas", "--why", "a misspelling").returncode == 0
    assert quarantine(command, data_dir) == []
    poll = json.loads(ledger(data_dir, NEWEST)[0][0])
    assert (poll["unknown"], "shas" in {value["list"] for value in poll["values"]}) == ([], True)


def test_more_than_a_tenth_of_the_house_in_unknown_columns_waits_for_a_ruling(
    bring: Import, data_dir: Path, command: Any
) -> None:
    lists = ("Likud", "Together", "Shas", "UTJ", "Ra'am", "Hadash–Ta'al", "Balad", "Democratts")
    assert counts(bring(page(*ROWS, head=header(lists)))) == (0, 0, 0, 7, 3)
    rows = {row["poll"]: row for row in quarantine(command, data_dir)}
    odd = rows["2026-07-16-north-polls-israel-hayom"]["reason"]
    assert odd == "20 of 120 seats stand in columns nobody knows ('Democratts' 20); rule whose they are"
    column = rows["column-democratts"]["id"]
    assert rule(command, data_dir, column, "--as", "list:democrats", "--why", "a misspelling").returncode == 0
    assert quarantine(command, data_dir) == []
    assert len(ledger(data_dir, "SELECT poll FROM revisions WHERE source = 'wikipedia'")) == 6


def test_a_ruling_is_read_into_every_sheet_and_a_desks_poll_is_whole_or_not_at_all(
    bring: Import, data_dir: Path, command: Any
) -> None:
    head = "fieldwork_end,pollster,publisher,Likud,Together,Shas,UTJ,Yashar,Democratts\n"
    for name, row in (
        ("north.csv", "2026-07-16,North Polls,Kan 11,50,30,10,10,15,5\n"),
        ("hill.csv", "2026-07-17,Hill Polls,Maariv,51,29,10,10,15,5\n"),
    ):
        assert counts(bring((head + row).encode(), "csv", name)) == (0, 0, 0, 2, 3)
    waiting = quarantine(command, data_dir)
    columns = [row for row in waiting if row["check"] == "list-name"]
    assert len({row["id"] for row in columns}) == 1
    whole = next(row["id"] for row in waiting if row["check"] == "unknown-columns")
    assert len(all_like(data_dir, whole)) == 2, "of two days, each named in its row's reason"
    ruled = rule(command, data_dir, columns[0]["id"], "--as", "list:democrats", "--why", "a misspelling")
    assert ruled.returncode == 0, ruled.stderr
    assert quarantine(command, data_dir) == []
    bodies = ledger(data_dir, "SELECT body FROM revisions WHERE source = 'csv'")
    assert [body.count('"democrats"') for (body,) in bodies] == [1, 1]


def test_many_alike_are_ruled_at_once_but_never_sums(bring: Import, data_dir: Path, command: Any) -> None:
    low = ("42", "30", "10", "10", "5", "5", "1", "17")  # one seat for Balad, and nobody ruled on it
    few = [(*row[:4], low) for row in ROWS[:2]]
    odd = ("12 Jul", "2026-07-12", "North Polls", "Kan 11", ("60", *FULL[1:]))
    assert counts(bring(page(*few, odd, *ROWS[2:5])))[3] == 3
    rows = quarantine(command, data_dir)
    alike = [row for row in rows if row["check"] == "under-threshold-seats"]
    (total,) = (row for row in rows if row["check"] == "sum")
    why = ("--as", "as-printed", "--why", "seen in print")
    listed = rule(command, data_dir, "--all-like", alike[0]["id"], *why)
    assert listed.returncode == 1
    assert listed.stdout.count("\n") == 2
    assert "2 rows of wikipedia" in listed.stderr
    assert "--yes" in listed.stderr
    assert len(quarantine(command, data_dir)) == 3, "nothing is ruled without --yes"
    ruled = rule(command, data_dir, "--all-like", alike[0]["id"], *why, "--yes", "--json")
    assert (ruled.returncode, json.loads(ruled.stdout)["still_refused"]) == (0, 0)
    assert [row["check"] for row in quarantine(command, data_dir)] == ["sum"]
    refused = rule(command, data_dir, "--all-like", total["id"], *why, "--yes")
    assert refused.returncode == 1
    assert "row by row" in refused.stderr
    assert rule(command, data_dir, total["id"], "--all-like", total["id"], *why).returncode == 2


def test_f11_one_survey_from_two_sources_is_one_poll(bring: Import, data_dir: Path) -> None:
    bring(page(*ROWS))
    head = "fieldwork_end,pollster,publisher,Likud,Together,Shas,UTJ,Ra'am,Hadash–Ta'al,Balad,Dems\n"
    same = "2026-07-17,North Polls,Israel Hayom,40,30,10,10,5,5,(2.1%),20\n"
    other_numbers = "2026-07-16,North Polls,Israel Hayom,38,32,10,10,5,5,(2.1%),20\n"
    other_client = "2026-07-16,North Polls,Kan 11,40,30,10,10,5,5,(2.1%),20\n"
    document = bring((head + same + other_numbers + other_client).encode(), "csv", "desk.csv")
    assert counts(document) == (2, 0, 1, 0, 0)
    (body_,) = ledger(
        data_dir,
        "SELECT body FROM revisions WHERE poll = '2026-07-16-north-polls-israel-hayom' ORDER BY revision DESC LIMIT 1",
    )
    source = json.loads(body_[0])["source"]
    assert "Wikipedia" in source
    assert "desk" in source
    twin = bring(
        page(*ROWS, ("16 Jul", "2026-07-16", "North Polls", "Israel Hayom", ("30", "40", *FULL[2:])), revision=8)
    )
    assert counts(twin) == (1, 0, 6, 0, 0)


def test_f11_a_row_printed_twice_is_one_poll(bring: Import) -> None:
    assert counts(bring(page(ROWS[0], *ROWS)))[:2] == (6, 0)
    head = "fieldwork_end,pollster,publisher,Likud,Together,Dems\n"
    row = "2026-07-01,Smith,Globes,50,50,20\n"
    assert counts(bring((head + row + row).encode(), "csv", "twice.csv"))[:2] == (1, 0)


def test_a_sheets_row_whose_day_is_mistyped_takes_no_poll_away(bring: Import, data_dir: Path) -> None:
    head = "fieldwork_end,pollster,publisher,Likud,Together,Dems\n"
    right, other = "2026-07-01,Smith,Globes,50,50,20\n", "2026-07-02,Jones,Maariv,48,52,20\n"
    assert counts(bring((head + right + other).encode(), "csv", "desk.csv"))[:2] == (2, 0)
    mistyped = right.replace("2026-07-01", "2026-07-91")
    assert counts(bring((head + mistyped + other).encode(), "csv", "desk.csv"))[3] == 1
    assert ledger(data_dir, TOMBSTONES) == []
    assert counts(bring((head + other).encode(), "csv", "desk.csv"))[3] == 0
    assert len(ledger(data_dir, TOMBSTONES)) == 1


def test_f12_a_poll_edited_upstream_is_a_revision(bring: Import, data_dir: Path) -> None:
    bring(page(*ROWS))
    edited = ("14 Jul", "2026-07-14", "East Polls", "Channel 12", ("37", "33", *FULL[2:]))
    assert counts(bring(page(*ROWS[:3], edited, *ROWS[4:], revision=8))) == (0, 1, 5, 0, 0)
    bodies = ledger(
        data_dir, "SELECT body FROM revisions WHERE poll = '2026-07-14-east-polls-channel-12' ORDER BY revision"
    )
    seats = [{value["list"]: value["seats"] for value in json.loads(text)["values"]}["likud"] for (text,) in bodies]
    assert seats == [39, 37]
    older = bring(page(*ROWS, revision=6), name="older.json")
    assert counts(older) == (0, 0, 6, 0, 0), "an older revision changes nothing"


def test_f13_a_poll_that_vanishes_leaves_a_tombstone_and_many_refuse_the_page(bring: Import, data_dir: Path) -> None:
    bring(page(*ROWS))
    fewer = page(*ROWS[1:3], revision=8)
    refused = bring(fewer)
    assert refused["code"] == 1
    assert "vanished at once" in refused["stderr"] or "emptied" in refused["stderr"]
    assert counts(bring(page(*ROWS[1:3], revision=6))) == (0, 0, 2, 0, 0), "an older revision takes nothing away"
    assert counts(bring(page(*ROWS[1:], revision=9))) == (0, 0, 5, 0, 0)
    gone = "SELECT body FROM revisions WHERE poll = '2026-07-16-north-polls-israel-hayom' ORDER BY revision DESC"
    assert ledger(data_dir, gone)[0] == (None,)


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"<html><body>no table</body></html>", body(ordinary()), b'{"error": {"code": "missingtitle"}}'],
)
def test_f15_f20_a_page_that_is_none_changes_nothing(content: bytes, bring: Import, data_dir: Path) -> None:
    bring(page(*ROWS))
    before, rows = files(data_dir), ledger(data_dir, "SELECT * FROM revisions")
    document = bring(content)
    assert document["code"] == 1
    assert document["stderr"].count("\n") == 1
    assert files(data_dir) == before
    assert ledger(data_dir, "SELECT * FROM revisions") == rows


def test_f14_a_defaced_row_is_refused_and_shown_as_text(bring: Import, data_dir: Path, command: Any) -> None:
    rude = ("16 Jul", "2026-07-16", "poop", "Israel Hayom", FULL)
    document = bring(page(rude, *ROWS[1:]))
    assert (document["accepted"], document["quarantined"], document["code"]) == (5, 1, 3)
    assert "poop" in command("pipelines", "quarantine", "--data-dir", data_dir).stdout


def test_f18_firm_and_outlet_the_other_way_round(bring: Import, data_dir: Path) -> None:
    bring(page(("16 Jul", "2026-07-16", "Maariv", "Lazar", FULL), *ROWS[2:]))
    (row,) = ledger(data_dir, "SELECT body FROM revisions WHERE poll = '2026-07-16-maariv-lazar'")
    assert (json.loads(row[0])["pollster"], json.loads(row[0])["publisher"]) == ("lazar", "maariv")


def test_a_file_that_is_not_there_and_a_source_that_nobody_knows(bring: Import, data_dir: Path, command: Any) -> None:
    done = command(
        "pipelines", "import", "no.json", "--source", "wikipedia", "--election", ELECTION, "--data-dir", data_dir
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "no such file" in done.stderr
    nobody = bring(page(*ROWS), source="nobody")
    assert nobody["code"] == 2
    assert all(name in nobody["stderr"] for name in ("wikipedia", "themadad", "csv", "xlsx", "cec"))
    assert bring(page(*ROWS), election="knesset-99")["code"] == 1


@pytest.mark.parametrize(
    ("name", "ruling", "why", "reason"),
    [("nobody", "as-printed", "x", "nothing quarantined"), (None, "list:likud", "x", "does not fit"),
     (None, "as-printed", " ", "blank"), (None, "same:nobody", "x", "no other poll")],
)  # fmt: skip
def test_a_ruling_that_does_not_fit_changes_nothing(
    name: str | None, ruling: str, why: str, reason: str, bring: Import, data_dir: Path, command: Any
) -> None:
    bring(page(("16 Jul", "2026-07-16", "North Polls", "Israel Hayom", ("60", *FULL[1:])), *ROWS[1:]))
    before = files(data_dir)
    target = name or "knesset-26/wikipedia/2026-07-16-north-polls-israel-hayom/sum"
    done = command("pipelines", "quarantine", "accept", target, "--as", ruling, "--why", why, "--data-dir", data_dir)
    assert done.returncode == 1
    assert reason in done.stderr
    assert files(data_dir) == before


def test_scenarios_stay_scenarios(bring: Import, data_dir: Path) -> None:
    table = ordinary(*(poll_row(*row[:5]) for row in ROWS))
    other = scenarios(poll_row("16 Jul", "2026-07-16", "North Polls", "Israel Hayom", ("28", "42", *FULL[2:])))
    assert counts(bring(body(table, other)))[0] == 7
    kinds = ledger(
        data_dir, "SELECT body FROM revisions WHERE poll LIKE '2026-07-16-north-polls-israel-hayom-scenario%'"
    )
    assert json.loads(kinds[0][0])["kind"] == "scenario"


def test_an_edition_is_named_by_the_pages_it_came_from(bring: Import, data_dir: Path, command: Any) -> None:
    def refreshed() -> Any:
        done = command(
            "pipelines", "refresh", "--election", ELECTION, "--as-of", "2026-07-19", "--draws", "500", "--offline",
            "--json", "--data-dir", data_dir, "--today", TODAY,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)["editions"][0]

    before = refreshed()
    bring(page(*ROWS))
    after = refreshed()
    assert after["edition"] != before["edition"]
    assert after["polls"] == before["polls"] + 6
    manifest = data_dir / "processed/editions" / ELECTION / after["edition"] / "manifest.json"
    inputs = json.loads(manifest.read_bytes())["inputs"]
    assert hashlib.sha256(page(*ROWS)).hexdigest() in [inputs[name] for name in inputs if "snapshots/" in name]


def test_template_makes_a_sheet_that_comes_back(data_dir: Path, command: Any, tmp_path: Path) -> None:
    for name in ("desk.csv", "desk.xlsx"):
        done = command("pipelines", "template", tmp_path / name, "--election", ELECTION, "--data-dir", data_dir)
        assert done.returncode == 0, done.stderr
        assert (tmp_path / name).stat().st_size > 100
    assert command("pipelines", "template", tmp_path / "desk.csv", "--data-dir", data_dir).returncode == 1
    newest = command("pipelines", "template", tmp_path / "newest.csv", "--data-dir", data_dir, "--today", TODAY)
    assert newest.returncode == 0, newest.stderr
    assert "lists of knesset-26; fill it" in newest.stderr
    assert "Likud" in (tmp_path / "newest.csv").read_text("utf-8-sig")
