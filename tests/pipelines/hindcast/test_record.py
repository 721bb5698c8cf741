"""`hindcast` as a process: the contract's JSON on stdout, and what it refuses."""

import json
from pathlib import Path
from typing import Any

import pytest

from pipelines.hindcast import run
from tests.conftest import IS_SOAK, keep_polls

TAUGHT = ("knesset-20", "knesset-21", "knesset-22")
FOLDER = ("--data-dir", "data")


@pytest.fixture
def horizons(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """One horizon and three elections; in `make soak` all of both, each of which costs as much as the other."""
    if not IS_SOAK:
        load_past = run.load_past
        monkeypatch.setattr(run, "HORIZONS", {"final": run.HORIZONS["final"]})
        monkeypatch.setattr(run, "load_past", lambda *args: [past for past in load_past(*args) if past.id in TAUGHT])
    return run.HORIZONS


def test_one_election_scored_as_json(command: Any, tmp_path: Path, horizons: dict[str, int]) -> None:
    done = command("pipelines", "hindcast", "--election", "knesset-22", "--json", "--out", tmp_path, *FOLDER)
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["elections"] == ["knesset-22"]
    assert {row["horizon"] for row in document["rows"]} == set(horizons)
    assert {"hemicycle", "hemicycle-rolling", "koala", "level-only"} <= set(document["mean"])
    for row in document["rows"]:
        assert 0 <= row["cover50"] <= row["cover80"] <= row["cover95"] <= 1
    assert document["mean"]["hemicycle"] < document["mean"]["mean-7"], (
        "a point forecast cannot score like a distribution"
    )
    record = json.loads((tmp_path / "record.json").read_text("utf-8"))
    assert record["rows"] == document["rows"]
    assert (tmp_path / "record.md").read_text("utf-8").startswith("# Record")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--election", "knesset-26"], "knesset-26 has no recorded result"),
        (["--election", "knesset-22", "--today", "2019-09-01"], "knesset-22 has no recorded result by 2019-09-01"),
        (["--election", "knesset-99"], "unknown election 'knesset-99'"),
        (["--today", "2003-01-28"], "no election has a recorded result by 2003-01-28"),
    ],
)
def test_what_cannot_be_scored_is_refused(arguments: list[str], reason: str, command: Any) -> None:
    done = command("pipelines", "hindcast", *arguments, *FOLDER)
    assert done.returncode == 1
    assert reason in done.stderr
    assert "Traceback" not in done.stderr


def test_polls_that_all_came_too_late_leave_nothing_to_score(command: Any, data_dir: Path) -> None:
    keep_polls(data_dir / "raw", "knesset-17", lambda _: False)
    done = command("pipelines", "hindcast", "--election", "knesset-17", "--data-dir", data_dir)
    assert (done.returncode, done.stdout) == (1, "")
    assert "no poll of knesset-17 was known at any horizon" in done.stderr
