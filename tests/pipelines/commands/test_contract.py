"""The command line of DESIGN.md §3, each command run as a process."""

import csv
import gzip
import io
import json
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from pipelines.commands.cli import app
from pipelines.editions.store import EditionStore, to_json

AS_OF = "2019-09-10"
SUMMARY = {"median", "mean", "q05", "q10", "q25", "q75", "q90", "q95"}


def test_projection_has_exactly_the_fields_of_the_contract(projection: dict[str, Any]) -> None:
    assert set(projection) == {
        "election", "election_date", "as_of", "edition", "kind", "days_to_election", "house_size", "majority",
        "threshold_pct", "draws", "seed", "fallback", "warnings", "polls", "lists", "blocs", "allocation", "result",
        "electorate", "unit", "majorities", "bridge",
    }  # fmt: skip
    assert set(projection["polls"]) == {"used", "latest_fieldwork_end", "pollsters", "families"}
    for row in projection["lists"]:
        assert set(row) == {
            "id", "name_en", "name_he", "bloc", "seats_now", "trend_seats", "trend_share_pct", "seats", "nowcast",
            "p_pass", "p_largest",
        }  # fmt: skip
        assert set(row["seats"]) == set(row["nowcast"]) == SUMMARY
    for row in projection["blocs"]:
        assert set(row) == {"id", "name_en", "name_he", "lists", "seats", "p_majority"}


def test_projection_says_what_it_is(projection: dict[str, Any]) -> None:
    facts = {name: projection[name] for name in ("election", "election_date", "as_of", "kind", "days_to_election")}
    assert facts == {
        "election": "knesset-22",
        "election_date": "2019-09-17",
        "as_of": AS_OF,
        "kind": "hindcast",
        "days_to_election": 7,
    }
    assert (projection["house_size"], projection["majority"], projection["threshold_pct"]) == (120, 61, 3.25)
    assert projection["polls"]["latest_fieldwork_end"] <= AS_OF


def test_the_numbers_agree_with_each_other(projection: dict[str, Any]) -> None:
    lists = {row["id"]: row for row in projection["lists"]}
    assert sum(projection["allocation"].values()) == 120
    assert set(projection["allocation"]) == set(lists)
    assert sum(row["p_largest"] for row in lists.values()) == pytest.approx(1)
    assert sum(row["trend_seats"] for row in lists.values()) == pytest.approx(120)
    for row in lists.values():
        assert row["seats"]["q05"] <= row["seats"]["q25"] <= row["seats"]["median"] <= row["seats"]["q95"]
    assert sum(projection["result"].values()) == 120


def test_the_bridge_leads_from_the_polls_to_what_is_printed(projection: dict[str, Any]) -> None:
    printed, lists, blocs = projection["allocation"], {}, {}
    for row in projection["bridge"]:
        numbers = {name: Decimal(str(row[name])) for name in row if name.endswith("_seats")}
        assert sum(numbers.values()) == 2 * numbers["printed_seats"], row
        (blocs if row["list"] is None else lists)[row["list"] or row["bloc"]] = numbers
    assert {name: row["printed_seats"] for name, row in lists.items()} == printed
    for bloc in projection["blocs"]:
        for name, seats in blocs[bloc["id"]].items():
            assert seats == sum(lists[member][name] for member in bloc["lists"]), (bloc["id"], name)


def test_yisrael_beiteinu_polled_at_nine_or_ten_against_five(projection: dict[str, Any]) -> None:
    """The fact this project started from; on 17 September 2019 it won 8."""
    row = next(row for row in projection["lists"] if row["id"] == "yisrael-beiteinu")
    assert round(row["trend_seats"]) in (9, 10)
    assert row["seats_now"] == 5
    assert projection["result"]["yisrael-beiteinu"] == 8
    assert row["seats"]["q05"] <= 8 <= row["seats"]["q95"]


def test_polls_are_those_known_on_the_day(refreshed: Path, command: Any) -> None:
    done = command(
        "pipelines", "polls", "--election", "knesset-22", "--as-of", AS_OF, "--json", "--data-dir", refreshed
    )
    document = json.loads(done.stdout)
    assert document["polls"], "no polls"
    assert all(poll["known_from"] <= AS_OF for poll in document["polls"])
    values = {value["list"]: value for value in document["polls"][-1]["values"]}
    assert values["yisrael-beiteinu"]["seats"] in (8, 9, 10)


SLOW_TO_LOAD = {
    "numpy",
    "pandas",
    "scipy",
    "statsmodels",
    "xlsxwriter",
    "pyarrow",
    "lxml",
    "requests",
    "multiprocessing",
    "rich.console",
}
# What a command of ours does without, by what would bring it; who needs it loads it where it is used.
DONE_WITHOUT = {
    "refresh": {
        "electoral.apportionment",
        "electoral.shares",
        "pipelines.editions.schema",
        "pipelines.ingest.fold",
        "pipelines.ingest.normalise",
        "pipelines.ingest.similarity",
        "pipelines.projection",
        "pipelines.vote.count",
    },
    "status": {
        "electoral.apportionment",
        "electoral.shares",
        "pipelines.editions.schema",
        "pipelines.editions.seal",
        "pipelines.http",
        "pipelines.ingest.imports",
        "pipelines.ingest.similarity",
        "pipelines.nightly.night",
        "pipelines.refresh",
    },
    "polls": {"pipelines.editions.schema.vote", "pipelines.ingest", "pipelines.nightly.status", "pipelines.sources"},
}
DONE_WITHOUT["projection"] = DONE_WITHOUT["polls"]


@pytest.mark.parametrize("name", ["polls", "projection"])
def test_a_document_is_printed_as_published_or_not_at_all(
    name: str, refreshed: Path, command: Any, tmp_path: Path
) -> None:
    shutil.copytree(refreshed, tmp_path, symlinks=True, dirs_exist_ok=True)
    arguments = ("pipelines", name, "--election", "knesset-22", "--as-of", AS_OF, "--json", "--data-dir", tmp_path)
    (edition,) = EditionStore(tmp_path / "processed").all("knesset-22")
    published = edition.document(f"{name}.json")
    assert published == to_json(getattr(edition, name))
    if name == "polls":
        assert command(*arguments).stdout.encode() == published + b"\n"
    (edition.folder / f"{name}.json.gz").write_bytes(gzip.compress(published.replace(b"likud", b"other")))
    done = command(*arguments)
    assert (done.returncode, done.stdout) == (1, "")
    assert f"{name}.json.gz: not the bytes that were published" in done.stderr


def test_polls_as_csv_is_one_row_per_poll_and_list(refreshed: Path, command: Any) -> None:
    done = command("pipelines", "polls", "--election", "knesset-22", "--as-of", AS_OF, "--csv", "--data-dir", refreshed)
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert len({(row["poll"], row["list"]) for row in rows}) == len(rows) > 500


def test_the_projection_as_csv_is_a_row_a_list_with_its_printed_seats(
    refreshed: Path, command: Any, projection: dict[str, Any]
) -> None:
    arguments = ("pipelines", "projection", "--election", "knesset-22", "--as-of", AS_OF, "--data-dir", refreshed)
    rows = list(csv.DictReader(io.StringIO(command(*arguments, "--csv").stdout)))
    assert {row["list"]: int(row["seats"]) for row in rows} == projection["allocation"]
    assert {f"draws_{name}" for name in SUMMARY} <= set(rows[0])
    assert command(*arguments, "--csv", "--json").returncode == 2


def test_every_command_takes_the_options_that_all_take() -> None:
    commands = dict(get_command(app).commands)  # type: ignore[attr-defined]
    groups = {name: commands[name].commands for name in ("campaign", "quarantine")}
    del commands["campaign"]
    commands |= {f"{name} {sub}": command for name, group in groups.items() for sub, command in group.items()}
    for name, command in commands.items():
        options = {option for parameter in command.params for option in parameter.opts}
        assert {"--data-dir", "--today"} <= options, name
        assert "--json" in options or name == "schedule", name


def test_refresh_prints_one_document_and_then_has_nothing_to_do(refreshed: Path, command: Any) -> None:
    done = command(
        "pipelines", "refresh", "--election", "knesset-22", "--as-of", AS_OF, "--json", "--data-dir", refreshed
    )
    assert done.returncode == 0
    (outcome,) = json.loads(done.stdout)["editions"]
    assert (outcome["status"], outcome["kind"], outcome["quarantined"]) == ("unchanged", "hindcast", 0)


@pytest.mark.parametrize("name", ["refresh", "polls", "projection", "status"])
def test_f26_a_night_with_nothing_to_do_loads_no_library_that_takes_time(
    name: str, refreshed: Path, root: Path
) -> None:
    """Nor does any command that only reads."""
    of_one = () if name == "status" else ("--election", "knesset-22", "--as-of", AS_OF)
    arguments = [name, *of_one, *(["--offline"] if name == "refresh" else []), "--data-dir", str(refreshed)]
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "pipelines", *arguments],
        cwd=root, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert name != "refresh" or "0 published, 1 unchanged" in done.stderr
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if line.startswith("import time:")}
    assert "pipelines.editions.store" in loaded
    assert not loaded & (SLOW_TO_LOAD | DONE_WITHOUT[name])


def test_a_command_seldom_looks_for_cycles_in_what_it_loads_and_not_as_it_ends(root: Path) -> None:
    code = """
import atexit, gc, runpy, sys
sys.argv[1:] = ["--help"]
atexit.register(lambda: sys.stderr.write(f"{gc.get_threshold()[0]} {gc.get_count()[0]} {gc.get_freeze_count()}"))
runpy.run_module("pipelines", run_name="__main__")
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    threshold, young, frozen = map(int, done.stderr.split())
    assert threshold >= 200_000, "a document of polls is so many objects"
    assert frozen > 10_000 > young


def test_a_vote_that_is_over_loads_none_either(root: Path) -> None:
    """Every night after a vote keeps its record, though nothing of it is new."""
    code = "import sys, pipelines.nightly.night, pipelines.vote.count; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert not set(done.stdout.split()) & SLOW_TO_LOAD


def test_status_knows_every_campaign(refreshed: Path, command: Any) -> None:
    done = command("pipelines", "status", "--json", "--data-dir", refreshed, "--today", "2026-11-22")
    document = json.loads(done.stdout)
    editions = {row["election"]: row for row in document["editions"]}
    assert editions["knesset-22"]["as_of"] == AS_OF
    assert editions["knesset-26"]["edition"] is None
    assert document["quarantine"] == []
    assert [election for election, row in editions.items() if row["is_live"]] == ["knesset-27"]


def test_no_edition_names_the_command_to_run(refreshed: Path, command: Any) -> None:
    done = command(
        "pipelines", "projection", "--election", "knesset-22", "--as-of", "2019-08-20", "--data-dir", refreshed
    )
    assert done.returncode == 1
    assert "refresh --election knesset-22 --as-of 2019-08-20" in done.stderr


@pytest.mark.parametrize("name", ["refresh", "polls", "projection"])
def test_an_unknown_election_lists_the_known_ones(name: str, refreshed: Path, command: Any) -> None:
    done = command("pipelines", name, "--election", "knesset-99", "--data-dir", refreshed)
    assert done.returncode == 1
    assert done.stderr.strip().count("\n") <= 1
    assert all(f"knesset-{number}" in done.stderr for number in (17, 19, 20, 21, 22, 23, 24, 25, 26))
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["refresh"], 2),
        (["refresh", "--election", "knesset-22", "--as-of", "2019-02-30"], 2),
        (["refresh", "--election", "all", "--as-of", "2019-09-10"], 2),
        (["refresh", "--election", "knesset-22", "--as-of", "2020-01-01"], 1),
        (["refresh", "--election", "knesset-22", "--as-of", "2018-01-01"], 1),
        (["refresh", "--election", "knesset-22", "--as-of", "2019-08-01", "--today", "2019-07-31"], 1),
        (["refresh", "--election", "all-live", "--offline", "--today", "2026-11-22"], 0),
        (["--help"], 0),
    ],
)
def test_exit_codes(arguments: list[str], code: int, refreshed: Path, command: Any) -> None:
    folder = [] if arguments == ["--help"] else ["--data-dir", str(refreshed)]
    done = command("pipelines", *arguments, *folder)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
