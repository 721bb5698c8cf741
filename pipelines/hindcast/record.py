"""One hindcast from end to end and its two files, generated and never typed.

`record.json` has the contract's table and everything the Record page draws; `record.md` (docs/) is words and tables.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from pipelines.calibration import held_before
from pipelines.errors import NothingKnown, UnknownElection
from pipelines.hindcast import run
from pipelines.hindcast.constants import CONSTANTS
from pipelines.hindcast.misses import BlocError, Miss, Misses, known_misses
from pipelines.hindcast.models import BASELINES, OURS, ROLLING
from pipelines.hindcast.report import (
    Difference,
    Goal,
    by_election,
    by_threshold,
    calibration,
    contract,
    differences,
    goals,
    mean_crps,
    rows,
)
from pipelines.hindcast.run import Day, Scored
from pipelines.ingest.archive import open_reference


def replay_past(
    data_dir: Path,
    electorate: str,
    elections: Sequence[str],
    today: date | None,
    *,
    daily: bool,
    out: Path | None,
    progress: run.Progress,
) -> dict[str, Any]:
    """Score the wanted campaigns held before today, all without any; writes the record into the folder `out`."""
    raw = data_dir / "raw"
    reference = open_reference(raw)
    if electorate not in reference.electorates:
        known = ", ".join(reference.electorates)
        raise UnknownElection(f"unknown electorate {electorate!r}; known are {known}")
    today = today or reference.electorates[electorate].today()
    held = [campaign.election.id for campaign in held_before(reference, electorate, today)]
    if not held:
        raise NothingKnown(f"no election has a recorded result by {today}; choose a later --today")
    for name in elections:
        if reference.campaign(name).election.id not in held:
            raise UnknownElection(f"{name} has no recorded result by {today}; those that have: {', '.join(held)}")
    scored, days = run.run(raw, electorate, elections or held, daily=daily, progress=progress)
    if not scored:
        raise NothingKnown(f"no poll of {', '.join(elections or held)} was known at any horizon; nothing was scored")
    if out is not None:
        misses, thresholds = known_misses(raw, electorate), run.thresholds_pct(raw, electorate)
        document = record(scored, days, misses, thresholds)
        out.mkdir(parents=True, exist_ok=True)
        (out / "record.json").write_text(json.dumps(document, indent=1, sort_keys=True) + "\n", "utf-8")
        (out / "record.md").write_text(page(scored, misses, thresholds), "utf-8")
    return contract(scored)


def record(
    scored: Sequence[Scored], days: Sequence[Day], misses: Misses, thresholds_pct: Mapping[str, float]
) -> dict[str, object]:
    """One JSON document, generated and never typed."""
    return {
        **contract(scored),
        "goals": [asdict(goal) for goal in goals(scored)],
        "differences": [asdict(row) for row in differences(scored)],
        "by_threshold_pct": by_threshold(scored, thresholds_pct),
        "by_election": {name: by_election(scored, name) for name in (OURS, ROLLING, *BASELINES)},
        "calibration": {name: calibration(scored, name) for name in (OURS, ROLLING)},
        "misses": [asdict(miss) for miss in misses.missed],
        "narrow": [asdict(miss) for miss in misses.narrow],
        "bloc_errors": [asdict(error) for error in misses.together],
        "daily": [asdict(day) for day in days],
    }


MEASURES = ("crps", "mae_median", "bloc_abs_err", "brier_pass", "brier_majority")
OTHER_MEASURES = ("energy", "rmse_median", "bloc_crps", "log_loss_pass", "log_loss_majority")
COVERS = ("cover50", "cover80", "cover95")
VARIANTS = (
    "Between the two and the baselines stand variants of ours: the three readings of the centre one by one, of which"
    " ours is each house's newest poll (`centre-last-poll`), and their mean; without the bloc's own error; without each"
    " list's own miss; with the correlations that past elections teach for each pair of lists in the place of the"
    " bloc's error (`shrunk-covariance`); and with the unaligned lists counted into the bloc (`unaligned-in-bloc`),"
    " which shows what another bloc assignment changes."
)


def page(scored: Sequence[Scored], misses: Misses, thresholds_pct: Mapping[str, float]) -> str:
    """The whole page as Markdown."""
    judged_goals = goals(scored)
    parts = [
        "# Record: what the model would have said, against what happened",
        "Made by `make hindcast`; nothing on this page is typed.",
        _verdict(judged_goals, len({row.election for row in scored})),
        "## Goals",
        "Each with its 90 % interval over resampled elections; `hemicycle`, leave-one-out.",
        _goals(judged_goals),
        "## Mean over the four horizons (30, 14, 7 days and the eve)",
        "CRPS and errors in seats, lower is better. `hemicycle` is taught by every other election (leave-one-out),"
        " `hemicycle-rolling` by earlier ones only: that is what a refresh of the day could have known.",
        VARIANTS,
        _means(scored, MEASURES),
        "The other scores: energy score of the whole result, root mean square of the medians' errors, CRPS of the bloc"
        " in question, and log losses (no chance taken for surer than 1 in 1,000).",
        _means(scored, OTHER_MEASURES),
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
        _misses(misses.missed),
        "### Near ones",
        "None of that, but votes outside the central 95 %, or a result within half a point of the threshold.",
        _misses(misses.narrow),
        "## Polls miss together",
        "The newest poll of each house in the last fortnight, and the seats the bloc in question won: where nearly all"
        " houses err to one side, no average of them can be right.",
        _together(misses.together),
        "## Constants that are not learned in the loop",
        _constants(),
    ]
    return "\n\n".join(parts) + "\n"


def _verdict(judged_goals: Sequence[Goal], elections: int) -> str:
    """Where the model stands against its goals; a goal that is not reached is named first."""
    missed = [_goal_sentence(goal) for goal in judged_goals if not goal.is_reached]
    reached = [_goal_sentence(goal) for goal in judged_goals if goal.is_reached]
    first = f"**Not reached:** {'; '.join(missed)}. " if missed else "Every goal is reached. "
    named = f"**Reached:** {'; '.join(reached) or 'none'}."
    return f"{first}{named} {elections} elections separate little: see the intervals below."


def _goal_sentence(goal: Goal) -> str:
    return f"{goal.what} {_value(goal, goal.value)} (goal {goal.asked})"


def _value(goal: Goal, value: float) -> str:
    if not goal.is_share:
        return f"{value:.3f}"
    return f"{value:+.1%}" if goal.is_difference else f"{value:.1%}"


def _goals(judged_goals: Sequence[Goal]) -> str:
    body = [
        [
            goal.what,
            goal.asked,
            _value(goal, goal.value),
            f"{_value(goal, goal.low)} to {_value(goal, goal.high)}",
            "yes" if goal.is_reached else "**no**",
        ]
        for goal in judged_goals
    ]
    return _table(["measure", "goal", "value", "90 % interval", "reached"], body)


def _means(scored: Sequence[Scored], measures: Sequence[str]) -> str:
    models = list(dict.fromkeys(row.model for row in scored))
    body = [[model, *(f"{mean_crps(scored, model, name):.3f}" for name in measures)] for model in models]
    return _table(["model", *measures], body)


def _by_horizon(scored: Sequence[Scored]) -> str:
    names = ("model", "horizon", "crps", "mae_median", "bloc_abs_err", *COVERS, "brier_pass", "brier_majority", "n")
    body = [[_cell(getattr(row, name)) for name in names] for row in rows(scored)]
    return _table(list(names), body)


def _by_threshold(crps_by_threshold: Mapping[str, Mapping[str, float]]) -> str:
    models = list(next(iter(crps_by_threshold.values())))
    body = [[model, *(f"{crps[model]:.3f}" for crps in crps_by_threshold.values())] for model in models]
    return _table(["model", *(f"{pct} %" for pct in crps_by_threshold)], body)


def _differences(differences: Sequence[Difference]) -> str:
    body = [
        [row.measure, row.baseline, f"{row.relative:+.1%}", f"{row.low:+.1%} to {row.high:+.1%}"] for row in differences
    ]
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
            f"{miss.share_pct:.2f} % ({miss.share_q025_pct:.1f}–{miss.share_q975_pct:.1f})",
        ]
        for miss in misses
    ]
    return _table(["election", "list", "won", "median (95 %)", "chance to pass", "vote (95 %)"], body)


def _together(bloc_errors: Sequence[BlocError]) -> str:
    body = [
        [
            row.election,
            str(row.seats),
            str(row.houses),
            f"{row.lowest:g}–{row.highest:g}",
            str(row.under),
            str(row.over),
        ]
        for row in bloc_errors
    ]
    return _table(["election", "bloc won", "houses", "they said", "too few", "too many"], body)


def _constants() -> str:
    return _table(["constant", "value", "from"], [[row.what, row.value, row.source] for row in CONSTANTS])


def _cell(value: object) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def _table(head: Sequence[str], body: Sequence[Sequence[str]]) -> str:
    lines_ = [head, ["---"] * len(head), *body]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines_)
