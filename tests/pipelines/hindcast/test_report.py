"""The tables: the contract's shape, means of means, and a page whose first paragraph owns up."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from pipelines.editions.schema import Record
from pipelines.hindcast import report
from pipelines.hindcast.models import BASELINES, MODELS, OURS
from pipelines.hindcast.page import page
from pipelines.hindcast.replay import HORIZONS
from pipelines.hindcast.run import Miss, Scored
from pipelines.hindcast.scores import Score
from pipelines.reference import load

ELECTIONS = ("knesset-17", "knesset-22")
THRESHOLDS = {"knesset-17": 2.0, "knesset-22": 3.25}


def scored(ours: float = 1.0) -> list[Scored]:
    """Every model at 2.0 but ours; the second election twice as hard; the Brier score of thresholds unknown in one."""
    rng = np.random.default_rng(0)
    found = []
    for number, election in enumerate(ELECTIONS, start=1):
        for horizon in HORIZONS:
            for model in MODELS:
                value = (ours if model == OURS else 2.0) * number
                brier = math.nan if number == 1 else 0.1
                pit = tuple(rng.random(10))
                found.append(
                    Scored(election, horizon, model, Score(value, value, value, value, value, brier, 0.02, pit, 10))
                )
    return found


def test_the_contract() -> None:
    document = report.contract(scored())
    json.dumps(document, allow_nan=False)
    assert document["elections"] == list(ELECTIONS)
    rows = document["rows"]
    assert isinstance(rows, list)
    assert len(rows) == len(MODELS) * len(HORIZONS)
    assert set(rows[0]) == {
        "model", "horizon", "crps", "mae_median", "bloc_abs_err", "cover50", "cover80", "cover95", "brier_pass",
        "brier_majority", "n",
    }  # fmt: skip
    first = next(row for row in rows if (row["model"], row["horizon"]) == (OURS, "30"))
    assert first["crps"] == 1.5
    assert first["brier_pass"] == 0.1, "an election without a contested threshold has no say"
    assert first["n"] == 20
    mean = document["mean"]
    assert isinstance(mean, dict)
    assert mean[OURS] == 1.5


def test_ours_at_half_of_a_baseline_is_fifty_per_cent_better_however_elections_are_drawn() -> None:
    rows = [row for row in report.differences(scored()) if row.measure == "crps"]
    assert [row.baseline for row in rows] == list(BASELINES)
    for row in rows:
        assert (row.relative, row.low, row.high) == pytest.approx((-0.5, -0.5, -0.5))


def test_thresholds_are_shown_apart() -> None:
    apart = report.by_threshold(scored(), THRESHOLDS)
    assert apart["2"][OURS] == 1.0
    assert apart["3.25"][OURS] == 2.0


def test_the_first_paragraph_says_what_was_not_reached() -> None:
    miss = Miss("knesset-22", "likud", 32, 20.0, 25.0, 30.0, 1.0, 25.1)
    good, bad = page(scored(), [miss], THRESHOLDS), page(scored(ours=3.0), [miss], THRESHOLDS)
    assert "CRPS against KOALA +50.0%" in bad.split("\n\n")[2].split("**Reached:**")[0]
    assert "CRPS against KOALA -50.0%" in good.split("**Reached:**")[1]
    assert "| knesset-22 | likud | 32 | 25 (20–30) | 100% | 25.10 % |" in good


def test_the_committed_record_is_of_every_election_that_has_a_result(root: Path) -> None:
    record = json.loads((root / "docs" / "record.json").read_text("utf-8"))
    results = (root / "data/raw/reference/results.csv").read_text("utf-8").splitlines()[1:]
    assert set(record["elections"]) == {line.split(",")[0] for line in results}
    assert set(record["mean"]) == set(MODELS)
    assert f"{record['mean'][OURS]:.3f}" in (root / "docs" / "record.md").read_text("utf-8")
    assert {day["election"] for day in record["daily"]} == set(record["elections"])


def test_an_edition_can_carry_the_committed_record_and_each_day_names_its_bloc(root: Path) -> None:
    record = Record.model_validate_json((root / "docs" / "record.json").read_bytes())
    campaigns = load(root / "data" / "raw").campaigns
    for day in record.daily:
        assert day.bloc == campaigns[day.election].blocs()[0].id, day.election
