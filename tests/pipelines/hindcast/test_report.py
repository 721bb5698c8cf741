"""The tables: the contract's shape, means of means, and a page whose first paragraph owns up."""

import json
import math
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from pipelines.editions.schema import Record, RecordDay
from pipelines.editions.schema.polls import BlocError, Miss
from pipelines.electorate.folder import load
from pipelines.hindcast import report
from pipelines.hindcast.models import BASELINES, MODELS, OURS, ROLLING
from pipelines.hindcast.record import page, record
from pipelines.hindcast.report import Misses, goals
from pipelines.hindcast.run import HORIZONS, Scored
from pipelines.hindcast.scores import ListScore, Score

ELECTIONS = ("knesset-17", "knesset-22")
THRESHOLDS = {"knesset-17": 2.0, "knesset-22": 3.25}


def scored(ours: float = 1.0) -> list[Scored]:
    """Every model at 2.0 but ours; the second election twice as hard; the Brier score of thresholds unknown in one."""
    rng = np.random.default_rng(0)
    rows = []
    for number, election in enumerate(ELECTIONS, start=1):
        for horizon in HORIZONS:
            for model in MODELS:
                value = (ours if model in (OURS, ROLLING) else 2.0) * number
                brier = math.nan if number == 1 else 0.1
                judged = Score(
                    crps=value, mae_median=value, rmse_median=value, energy=value, bloc_abs_err=value, bloc_crps=value,
                    brier_pass=brier, brier_majority=0.02, log_loss_pass=brier, log_loss_majority=0.1,
                    per_list=tuple(ListScore(f"list-{at}", 3 * at, at / 9, at > 2, rng.random()) for at in range(10)),
                    lists=10, house_size=120,
                )  # fmt: skip
                rows.append(Scored(election, horizon, model, judged))
    return rows


def test_the_contract() -> None:
    document = report.contract(scored())
    json.dumps(document, allow_nan=False)
    assert list(document) == ["elections", "rows", "mean"]
    assert document["elections"] == list(ELECTIONS)
    rows = document["rows"]
    assert isinstance(rows, list)
    keys = [(row["model"], row["horizon"]) for row in rows]
    assert keys == [(model, horizon) for model in MODELS for horizon in HORIZONS], "one row per model and horizon"
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
    learned = [name for name in BASELINES if not name.endswith("-rolling")]
    assert [(row.model, row.baseline) for row in rows] == [
        *((ROLLING, report.rolling_twin(scored(), name)) for name in learned), *((OURS, name) for name in learned)
    ]  # fmt: skip
    for row in rows:
        assert (row.relative, row.low, row.high) == pytest.approx((-0.5, -0.5, -0.5))


def test_thresholds_are_shown_apart() -> None:
    apart = report.by_threshold(scored(), THRESHOLDS)
    assert apart["2"][OURS] == 1.0
    assert apart["3.25"][OURS] == 2.0


MISS = Miss(
    election="knesset-22", list="likud", seats=32, q025=20, median=25, q975=30, p_pass=1,
    share_pct=25.1, share_q025_pct=18, share_q975_pct=24,
)  # fmt: skip
NEAR = Miss(
    election="knesset-17", list="near", seats=0, q025=0, median=0, q975=4, p_pass=0.2,
    share_pct=1.9, share_q025_pct=0.5, share_q975_pct=2.5,
)  # fmt: skip
BELOW = BlocError(election="knesset-22", seats=55, houses=6, lowest=51, highest=54, under=6, over=0)
MISSES = Misses((MISS,), (NEAR,), (BELOW,))


def test_the_first_paragraph_says_what_was_not_reached() -> None:
    good, bad = page(scored(), MISSES, THRESHOLDS, {}), page(scored(ours=3.0), MISSES, THRESHOLDS, {})
    assert "CRPS against koala +50.0%" in bad.split("\n\n")[2].split("**Reached:**")[0]
    assert "CRPS against koala -50.0%" in good.split("**Reached:**")[1]


def test_misses_near_ones_and_what_all_houses_missed_are_shown() -> None:
    text = page(scored(), MISSES, THRESHOLDS, {})
    assert "| knesset-22 | likud | 32 | 25 (20–30) | 100% | 25.10 % (18.0–24.0) |" in text
    assert "| knesset-17 | near | 0 | 0 (0–4) | 20% | 1.90 % (0.5–2.5) |" in text.split("### Near ones")[1]
    assert "| knesset-22 | 55 | 6 | 51–54 | 6 | 0 |" in text


def test_sizes_and_chances_to_pass_are_shown_with_how_little_they_rest_on() -> None:
    text = page(scored(), MISSES, THRESHOLDS, {})
    sizes = text.split("### By the size of lists")[1].split("###")[0]
    assert "| hemicycle-rolling | 0 to 5 |" in sizes
    assert "| pooled |" not in sizes
    both = page(scored(), MISSES, THRESHOLDS, {}, scored())
    assert "| pooled | 0 to 5 |" in both, "beside the elections of all other electorates"
    assert sizes.count("| too few elections | 2 |") == 3
    chances = text.split("### The chance to pass")[1].split("## Misses")[0]
    assert "| hemicycle-rolling |" in chances
    assert "| 98% to 100% | 100% | 100% | 2 | 8 |" in chances


def test_every_goal_has_its_interval_and_a_goal_missed_is_no() -> None:
    by_name = {goal.what: goal for goal in goals(scored())}
    koala = by_name["CRPS against koala"]
    assert (koala.value, koala.low, koala.high) == pytest.approx((-0.5, -0.5, -0.5))
    assert koala.is_reached
    brier = by_name["Brier score of a bloc majority"]
    assert (brier.value, brier.is_reached) == (pytest.approx(0.02), True)
    assert not any(goal.is_reached for goal in goals(scored(ours=3.0)) if goal.is_difference)
    assert {"held by 50% intervals", "held by 80% intervals", "held by 95% intervals"} < set(by_name)
    assert all(goal.low <= goal.value <= goal.high for goal in by_name.values())


def test_the_record_is_what_an_edition_can_carry() -> None:
    day = RecordDay(
        election="knesset-22",
        as_of=date(2019, 9, 10),
        seats={},
        p_pass={},
        bloc="b",
        bloc_seats=(1, 2, 3),
        p_majority=0.5,
    )
    document = record(scored(), [day], MISSES, THRESHOLDS, {}).model_dump_json()
    carried = Record.model_validate_json(document, strict=True)
    assert [goal.is_reached for goal in carried.goals] == [goal.is_reached for goal in goals(scored())]
    assert [miss.list for miss in carried.narrow] == ["near"]


def test_the_committed_record_is_of_every_election_that_has_a_result(root: Path) -> None:
    committed = json.loads((root / "data/raw/electorates/il/record.json").read_text("utf-8"))
    results = (root / "data/raw/electorates/il/results.csv").read_text("utf-8").splitlines()[1:]
    assert set(committed["elections"]) == {line.split(",")[0] for line in results}
    assert set(committed["mean"]) == set(MODELS)
    assert f"{committed['mean'][OURS]:.3f}" in (root / "docs" / "record.md").read_text("utf-8")
    assert {day["election"] for day in committed["daily"]} == set(committed["elections"])


KNOWN_MISSES = {
    ("knesset-21", "new-right"), ("knesset-21", "zehut"), ("knesset-25", "meretz"), ("knesset-25", "balad"),
    ("knesset-20", "likud"), ("knesset-19", "yesh-atid"),
}  # fmt: skip


def test_the_committed_record_names_the_known_misses_and_that_houses_err_together(root: Path) -> None:
    committed = Record.model_validate_json((root / "data/raw/electorates/il/record.json").read_bytes())
    assert {(miss.election, miss.list) for miss in (*committed.misses, *committed.narrow)} >= KNOWN_MISSES
    last = next(row for row in committed.bloc_errors if row.election == "knesset-25")
    assert (last.under, last.over) == (last.houses, 0)


def test_an_edition_can_carry_the_committed_record_and_each_day_names_its_bloc(root: Path) -> None:
    record = Record.model_validate_json((root / "data/raw/electorates/il/record.json").read_bytes())
    campaigns = load(root / "data" / "raw").campaigns
    for day in record.daily:
        assert day.bloc == campaigns[day.election].blocs()[0].id, day.election
