"""`docs/record.md`: the hindcast in words and tables, generated from its scores, never typed."""

from collections.abc import Mapping, Sequence

from pipelines.forecast import polling_error, share_draws
from pipelines.hindcast.models import BASELINES, OURS, ROLLING
from pipelines.hindcast.report import Difference, by_threshold, calibration, differences, mean_crps, rows
from pipelines.hindcast.run import Miss, Scored
from pipelines.trend import cuts, lines, local_level, observations

MEASURES = ("crps", "mae_median", "bloc_abs_err", "brier_pass", "brier_majority")


def page(scored: Sequence[Scored], misses: Sequence[Miss], thresholds_pct: Mapping[str, float]) -> str:
    """The whole page as Markdown."""
    parts = [
        "# Record: what the model would have said, against what happened",
        "Made by `make hindcast`; nothing on this page is typed.",
        _verdict(scored),
        "## Mean over the four horizons (30, 14, 7 days and the eve)",
        "CRPS and errors in seats, lower is better. `hemicycle` is taught by every other election (leave-one-out),"
        " `hemicycle-rolling` by earlier ones only: that is what a refresh of the day could have known.",
        _means(scored),
        "## By horizon",
        _by_horizon(scored),
        "## By threshold in force",
        "Mean CRPS; elections under a lower threshold are another contest.",
        _by_threshold(by_threshold(scored, thresholds_pct)),
        "## Against each baseline",
        "Ours ÷ theirs − 1, with the 90 % interval over resampled elections.",
        _differences(differences(scored)),
        "## Calibration",
        "The share of results that fell in each tenth of their distribution (0.10 each is perfect).",
        _calibration(scored),
        "## Misses",
        "Results outside the central 95 % of the rolling projection on the eve, or on the wrong side of the threshold.",
        _misses(misses),
        "## Constants that are not learned in the loop",
        _constants(),
    ]
    return "\n\n".join(parts) + "\n"


def _verdict(scored: Sequence[Scored]) -> str:
    """Where the model stands against its goals; a goal that is not reached is named first."""
    found = {(row.measure, row.baseline): row.relative for row in differences(scored)}
    best = min(BASELINES, key=lambda name: mean_crps(scored, name))
    eve = [row for row in rows(scored) if row.model == OURS]
    brier = mean_crps(scored, OURS, "brier_majority")
    covered = [sum(getattr(row, name) * row.n for row in eve) / sum(row.n for row in eve) for name in COVERS]
    goals = {
        f"mean CRPS {mean_crps(scored, OURS):.3f}, no worse than any baseline's (the best, {best}:"
        f" {mean_crps(scored, best):.3f})": mean_crps(scored, OURS) <= mean_crps(scored, best),
        f"CRPS against KOALA {found['crps', 'koala']:+.1%} (goal −5 %)": found["crps", "koala"] <= -0.05,
        f"CRPS against the level alone {found['crps', 'level-only']:+.1%} (goal −10 %)": (
            found["crps", "level-only"] <= -0.10
        ),
        f"bloc error against the week's mean {found['bloc_abs_err', 'mean-7']:+.1%} (goal −12 %)": (
            found["bloc_abs_err", "mean-7"] <= -0.12
        ),
        f"Brier score of a bloc majority {brier:.3f} (goal .050)": brier <= 0.05,
        "coverage of 50/80/95 % intervals "
        + "/".join(f"{value:.0%}" for value in covered)
        + " (goals 45–60, 75–87, 92–98)": all(
            low <= value <= high for value, (low, high) in zip(covered, COVER_GOALS, strict=True)
        ),
    }
    missed = [text for text, reached in goals.items() if not reached]
    reached = [text for text, done in goals.items() if done]
    said = f"**Not reached:** {'; '.join(missed)}. " if missed else "Every goal is reached. "
    return said + f"**Reached:** {'; '.join(reached)}. Eight elections separate little: see the intervals below."


COVERS = ("cover50", "cover80", "cover95")
COVER_GOALS = ((0.45, 0.60), (0.75, 0.87), (0.92, 0.98))


def _means(scored: Sequence[Scored]) -> str:
    models = list(dict.fromkeys(row.model for row in scored))
    body = [[model, *(f"{mean_crps(scored, model, name):.3f}" for name in MEASURES)] for model in models]
    return _table(["model", *MEASURES], body)


def _by_horizon(scored: Sequence[Scored]) -> str:
    names = ("model", "horizon", "crps", "mae_median", "bloc_abs_err", *COVERS, "brier_pass", "brier_majority", "n")
    body = [[_cell(getattr(row, name)) for name in names] for row in rows(scored)]
    return _table(list(names), body)


def _by_threshold(found: Mapping[str, Mapping[str, float]]) -> str:
    models = list(next(iter(found.values())))
    body = [[model, *(f"{crps[model]:.3f}" for crps in found.values())] for model in models]
    return _table(["model", *(f"{pct} %" for pct in found)], body)


def _differences(found: Sequence[Difference]) -> str:
    body = [[row.measure, row.baseline, f"{row.relative:+.1%}", f"{row.low:+.1%} to {row.high:+.1%}"] for row in found]
    return _table(["measure", "baseline", "difference", "90 % interval"], body)


def _calibration(scored: Sequence[Scored]) -> str:
    body = [[name, *(f"{share:.2f}" for share in calibration(scored, name))] for name in (OURS, ROLLING)]
    return _table(["model", *(f"{tenth}0–{tenth + 1}0 %" for tenth in range(10))], body)


def _misses(misses: Sequence[Miss]) -> str:
    body = [
        [
            miss.election,
            miss.list,
            str(miss.seats),
            f"{miss.median:g} ({miss.q025:g}–{miss.q975:g})",
            f"{miss.p_pass:.0%}",
            f"{miss.share_pct:.2f} %",
        ]
        for miss in misses
    ]
    return _table(["election", "list", "won", "median (95 %)", "chance to pass", "vote"], body)


def _constants() -> str:
    """What was set by hand, and where from."""
    listed = {
        "house-effect, level and noise priors (means of logs)": (
            ", ".join(f"{value:g}" for value in local_level.PRIOR_MEAN), "the prototype on ten elections"
        ),
        "constants where a fit fails (σ, τ, κ)": (
            f"{local_level.FALLBACK.sigma:g}, {local_level.FALLBACK.tau:g}, {local_level.FALLBACK.kappa:g}",
            "the prototype",
        ),
        "variance at a merger, at a split": (f"{cuts.MERGE_VARIANCE:g}, {cuts.SPLIT_VARIANCE:g}", "the prototype"),
        "sample size where none is printed": (str(observations.ASSUMED_SAMPLE_SIZE), "usual for published polls"),
        "silence that breaks a line, days": (str(lines.GAP_DAYS), "product"),
        "prior scale of the polling error (z)": (f"{polling_error.PRIOR_SCALE:g}", "the prototype's elections"),
        "weight of that prior, lists": (str(polling_error.PRIOR_WEIGHT), "less than one election"),
        "degrees of freedom": (str(polling_error.DEGREES_OF_FREEDOM), "the prototype"),
        "power of size": ("-0.2", "the prototype"),
        "steady lists' factor": (f"{polling_error.STEADY_FACTOR:g}", "the prototype; checked here by leave-one-out"),
        "weight against a list's own miss": (
            str(polling_error.OWN_MISS_WEIGHT), "leave-one-out here: 3, 4 and 6 differ by .003 in CRPS"
        ),
        "what is kept of a bloc's error": (
            f"{share_draws.BLOC_SHRINK:g}", "the prototype; the row `without-bloc-error` shows what it does"
        ),
    }  # fmt: skip
    return _table(["constant", "value", "from"], [[name, *value] for name, value in listed.items()])


def _cell(value: object) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def _table(head: Sequence[str], body: Sequence[Sequence[str]]) -> str:
    lines_ = [head, ["---"] * len(head), *body]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines_)
