"""Simulated campaigns whose truth is known: bands hold what they say and leans are found."""

import numpy as np
import pandas as pd

from pipelines.trend.local_level import fit, smooth

CAMPAIGNS, LISTS, POLLS, HOUSES, DAYS = 6, 8, 60, 6, 90
SIGMA, TAU, KAPPA = 0.008, 0.03, 0.6
Z80 = 1.2816


def campaign(rng: np.random.Generator) -> tuple[dict[str, pd.DataFrame], dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Polls of every list, and the true level per day and lean per house they came from."""
    day = np.sort(rng.integers(0, DAYS, POLLS))
    house = rng.integers(HOUSES, size=POLLS)
    size = rng.integers(400, 800, size=POLLS)
    polls, levels, leans = {}, {}, {}
    for number in range(LISTS):
        level = rng.uniform(0.4, 1.1) + np.cumsum(SIGMA * rng.standard_normal(DAYS))
        lean = TAU * rng.standard_normal(HOUSES)
        lean -= lean.mean()
        z = level[day] + lean[house] + KAPPA / np.sqrt(size) * rng.standard_normal(POLLS)
        name = f"list-{number}"
        levels[name], leans[name] = level, lean
        polls[name] = pd.DataFrame({
            "poll": [f"poll-{index}" for index in range(POLLS)], "day": day.astype(float), "z": z,
            "share": np.sin(z / 2) ** 2, "house": [f"house-{index}" for index in house], "sample_size": size,
        })  # fmt: skip
    return polls, levels, leans


def test_eighty_per_cent_bands_hold_about_eighty_per_cent_and_leans_are_found() -> None:
    rng = np.random.default_rng(11)
    inside, found_leans, true_leans = [], [], []
    for _ in range(CAMPAIGNS):
        polls, levels, leans = campaign(rng)
        params = fit(polls, 10_000, {})
        assert params.converged
        for name, rows in polls.items():
            level = smooth(rows, np.arange(float(DAYS)), params, 10_000)
            first = int(rows["day"].iloc[0])
            inside.append((np.abs(level.mean - levels[name]) <= Z80 * np.sqrt(level.variance))[first:].mean())
            order = [int(house.removeprefix("house-")) for house in level.house_effects.houses]
            found_leans.append(level.house_effects.mean)
            true_leans.append(leans[name][order])
    assert 0.75 <= float(np.mean(inside)) <= 0.85
    correlation = np.corrcoef(np.concatenate(found_leans), np.concatenate(true_leans))[0, 1]
    assert correlation > 0.9
