"""The primary measure of docs/protocol.md: by hand, paired, an electorate one voice; and how many runs there were."""

import csv
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bench.trials import log_ratio
from pipelines.hindcast.run import Scored
from pipelines.hindcast.scores import Score


def scored(model: str, crps_by_election: dict[str, float]) -> list[Scored]:
    nothing: dict[str, Any] = {**dict.fromkeys(Score.__dataclass_fields__, 0.0), "per_list": (), "lists": 1}
    return [
        Scored(election, "7", model, Score(**{**nothing, "crps": crps})) for election, crps in crps_by_election.items()
    ]


def test_it_is_the_mean_over_electorates_of_the_log_of_the_ratio_of_means() -> None:
    ratio = log_ratio(
        {
            "large": scored("ours", {"a": 1.0, "b": 3.0}) + scored("theirs", {"a": 2.0, "b": 2.0}),
            "small": scored("ours", {"c": 2.0}) + scored("theirs", {"c": 1.0}),
        },
        "ours",
        "theirs",
    )
    assert ratio.value == pytest.approx((np.log(1.0) + np.log(2.0)) / 2)
    # Of two elections three samples: a a, a b and b b; the electorate of one has always itself.
    assert ratio.low == pytest.approx((np.log(0.5) + np.log(2.0)) / 2)
    assert ratio.high == pytest.approx((np.log(1.5) + np.log(2.0)) / 2)


def test_it_is_paired_so_that_a_ratio_that_never_changes_has_no_interval() -> None:
    theirs = {name: float(number) for number, name in enumerate("abcdef", start=1)}
    ours = {name: 0.9 * value for name, value in theirs.items()}
    ratio = log_ratio({"e": scored("ours", ours) + scored("theirs", theirs)}, "ours", "theirs")
    assert (ratio.low, ratio.value, ratio.high) == pytest.approx((np.log(0.9),) * 3)


def test_the_method_page_says_how_many_runs_there_were(root: Path) -> None:
    with (root / "docs" / "trials.csv").open(encoding="utf-8", newline="") as file:
        runs = [row["run"] for row in csv.DictReader(file)]
    assert runs == [str(number) for number in range(1, len(runs) + 1)]
    page = (root / "docs" / "method.md").read_text("utf-8")
    (count,) = re.findall(r"\[trials\.csv\]\(trials\.csv\) has every run, (\d+) so far", page)
    assert int(count) == len(runs)
