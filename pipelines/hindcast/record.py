"""One hindcast from end to end and its two files, generated and never typed.

`record.json` has the contract's table and everything the Record page draws; `record.md` (docs/) is words and tables,
among them every number of the model that is not learned (`CONSTANTS`), which a test holds to those of `MODULES`.
"""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from types import ModuleType
from typing import Any

from electoral import draws, shares
from pipelines import projection
from pipelines.editions.schema.polls import Goal, MergerEvidence, Record, RecordDay, SizeClass
from pipelines.electorate import Reference
from pipelines.errors import NothingKnown, UnknownElection
from pipelines.forecast import from_abroad, polling_error, pollsters
from pipelines.hindcast import evidence, models, run, scores
from pipelines.hindcast.evidence import FEWEST_ELECTIONS, pass_calibration, size_classes
from pipelines.hindcast.models import BASELINES, MODELS, OURS, ROLLING
from pipelines.hindcast.report import (
    Misses,
    by_election,
    by_threshold,
    calibration,
    contract,
    differences,
    goals,
    known_misses,
    mean_crps,
    rows,
)
from pipelines.hindcast.run import Scored
from pipelines.ingest.archive import open_reference
from pipelines.request import held_before
from pipelines.trend import attribution, lines, local_level, observations


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
    today = today or reference.of(electorate)[0].electorate.today()
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
        lessons = evidence.lessons(evidence.read_pairs(raw, reference, electorate), held)
        elsewhere = _elsewhere(raw, reference, electorate, progress)
        document = record(scored, days, misses, thresholds, lessons, elsewhere).model_dump(mode="json")
        out.mkdir(parents=True, exist_ok=True)
        (out / "record.json").write_text(json.dumps(document, indent=1, sort_keys=True) + "\n", "utf-8")
        (out / "record.md").write_text(page(scored, misses, thresholds, lessons, elsewhere), "utf-8")
    return contract(scored)


def _elsewhere(raw: Path, reference: Reference, electorate: str, progress: run.Progress) -> list[Scored]:
    """Our model on every election of other electorates that ships polls and a result: few judge little."""
    scored: list[Scored] = []
    for name in reference.electorates:
        elections = [past.id for past in run.read_past(raw, name)] if name != electorate else []
        if elections:
            scored += run.run(raw, name, elections, daily=False, progress=progress, models={ROLLING: MODELS[ROLLING]})[
                0
            ]
    return scored


def record(
    scored: Sequence[Scored],
    days: Sequence[RecordDay],
    misses: Misses,
    thresholds_pct: Mapping[str, float],
    lessons: Mapping[str, MergerEvidence],
    elsewhere: Sequence[Scored] = (),
) -> Record:
    """Everything the Record page draws, generated and never typed; `elsewhere` has our model on other electorates."""
    passing = pass_calibration(scored, ROLLING)
    return Record.model_validate(
        {
            **contract(scored),
            "goals": goals(scored),
            "differences": differences(scored),
            "by_threshold_pct": by_threshold(scored, thresholds_pct),
            "by_election": {name: by_election(scored, name) for name in (OURS, ROLLING, *BASELINES)},
            "calibration": {ROLLING: calibration(scored, ROLLING)},
            "mergers": lessons,
            "size_classes": dict(_by_size(scored, elsewhere)),
            "pass_calibration": {ROLLING: passing} if passing else {},
            "misses": misses.missed,
            "narrow": misses.narrow,
            "bloc_errors": misses.together,
            "daily": days,
        }
    )


POOLED = "pooled"  # all electorates with a result
MEASURES = ("crps", "mae_median", "bloc_abs_err", "brier_pass", "brier_majority")
OTHER_MEASURES = ("energy", "rmse_median", "bloc_crps", "log_loss_pass", "log_loss_majority")
VERDICTS = {True: "yes", False: "**no**", None: "too few elections"}
COVERS = ("cover50", "cover80", "cover95")
VARIANTS = (
    "Between ours and the baselines stand variants of it: its centre on the smoothed level in the place of the mean of"
    " each house's newest poll, and without the blocs' own error."
)


def page(
    scored: Sequence[Scored],
    misses: Misses,
    thresholds_pct: Mapping[str, float],
    lessons: Mapping[str, MergerEvidence],
    elsewhere: Sequence[Scored] = (),
) -> str:
    """The whole page as Markdown."""
    judged_goals = goals(scored)
    parts = [
        "# Record: what the model would have said, against what happened",
        "Made by `make hindcast`; nothing on this page is typed.",
        _verdict(judged_goals, len({row.election for row in scored})),
        "## Goals",
        "Each with its 90 % interval over resampled elections; `hemicycle-rolling`, against baselines that learned from"
        " earlier elections only.",
        _goals(judged_goals),
        "## Mean over the four horizons (30, 14, 7 days and the eve)",
        "CRPS and errors in seats, lower is better. Ours learns nothing from these elections, so that"
        " `hemicycle-rolling` is `hemicycle`. A baseline that learns has a twin taught by earlier elections only, which"
        " a refresh of the day could have known, beside the one taught by every other election (leave-one-out).",
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
        "Ours ÷ theirs − 1, with the 90 % interval over resampled elections; rolling origin first.",
        _rows(DIFFERENCES, ((row,) for row in differences(scored))),
        "## Calibration",
        "The share of results that fell in each tenth of their distribution (0.10 each is perfect).",
        _calibration(scored),
        "### By the size of lists",
        "How often the 90 % interval held, by the median that was said; a 24th and a 12th of the house are the bounds,"
        f" and `{POOLED}` has the elections of every electorate that ships a result."
        " The band holds 90 % of what a calibrated model would show on as many elections, resampled, where a list that"
        f" is missed is missed at every horizon; no verdict under {FEWEST_ELECTIONS} elections.",
        _sizes(scored, elsewhere),
        "### The chance to pass",
        "logit P(passed) = intercept + slope · logit of what was said; slope 1 and intercept 0 are right. The"
        " recalibration is a slope with a prior N(1, 0.25), taught by earlier elections, and kept where it does not"
        " worsen the pooled log loss.",
        _pass_table(scored),
        _chance_bins(scored),
        "## Misses",
        "Results outside the central 95 % of the rolling projection on the eve, or on the wrong side of the threshold.",
        _rows(MISSES, ((miss,) for miss in misses.missed)),
        "### Near ones",
        "None of that, but votes outside the central 95 %, or a result within half a point of the threshold.",
        _rows(MISSES, ((miss,) for miss in misses.narrow)),
        "## Polls miss together",
        "The newest poll of each house in the last fortnight, and the seats the bloc in question won: where nearly all"
        " houses err to one side, no average of them can be right.",
        _rows(TOGETHER, ((error,) for error in misses.together)),
        "## What merged lists keep",
        "One survey of one firm, asked with lists apart and as one: what the merged list is printed with ÷ its parts"
        " together. A merger weighs one and is predicted by the others; errors in points of the vote. Where what is"
        " learned does not beat the sum of the parts (interval below nought), the sum stands, with the spread. It is"
        " what a poll would print, not how people vote.",
        _rows(MERGERS, lessons.items()),
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


GOALS = (
    ("measure", "{0.what}"),
    ("goal", "{0.asked}"),
    ("value", "{1}"),
    ("90 % interval", "{2} to {3}"),
    ("reached", "{4}"),
)


def _goals(judged_goals: Sequence[Goal]) -> str:
    return _rows(
        GOALS,
        (
            (goal, *(_value(goal, value) for value in (goal.value, goal.low, goal.high)), VERDICTS[goal.is_reached])
            for goal in judged_goals
        ),
    )


def _means(scored: Sequence[Scored], measures: Sequence[str]) -> str:
    models = sorted(dict.fromkeys(row.model for row in scored), key=lambda name: name != ROLLING)
    body = [[model, *(_cell(mean_crps(scored, model, name)) for name in measures)] for model in models]
    return _table(["model", *measures], body)


def _by_horizon(scored: Sequence[Scored]) -> str:
    names = ("model", "horizon", "crps", "mae_median", "bloc_abs_err", *COVERS, "brier_pass", "brier_majority", "n")
    body = [[_cell(getattr(row, name)) for name in names] for row in rows(scored)]
    return _table(list(names), body)


def _by_threshold(crps_by_threshold: Mapping[str, Mapping[str, float]]) -> str:
    models = list(next(iter(crps_by_threshold.values())))
    body = [[model, *(f"{crps[model]:.3f}" for crps in crps_by_threshold.values())] for model in models]
    return _table(["model", *(f"{pct} %" for pct in crps_by_threshold)], body)


DIFFERENCES = (
    ("model", "{0.model}"),
    ("measure", "{0.measure}"),
    ("baseline", "{0.baseline}"),
    ("difference", "{0.relative:+.1%}"),
    ("90 % interval", "{0.low:+.1%} to {0.high:+.1%}"),
)


def _calibration(scored: Sequence[Scored]) -> str:
    body = [[ROLLING, *(f"{share:.2f}" for share in calibration(scored, ROLLING))]]
    return _table(["model", *(f"{tenth}0–{tenth + 1}0 %" for tenth in range(10))], body)


SIZES = (
    ("model", "{0}"),
    ("seats", "{2}"),
    ("held", "{1.held:.0%}"),
    ("a calibrated model", "{1.band_low:.0%} to {1.band_high:.0%}"),
    ("inside", "{3}"),
    ("elections", "{1.elections}"),
    ("lists", "{1.lists}"),
    ("lists × horizons", "{1.cells}"),
)
PASSING = (
    ("model", "{0}"),
    ("slope", "{1.slope:.2f}"),
    ("90 %", "{1.slope_low:.2f} to {1.slope_high:.2f}"),
    ("intercept", "{1.intercept:+.2f}"),
    ("90 %", "{1.intercept_low:+.2f} to {1.intercept_high:+.2f}"),
    ("recalibrating slope", "{1.recalibrated_slope:.2f}"),
    ("log loss", "{1.log_loss:.4f}"),
    ("recalibrated", "{1.log_loss_recalibrated:.4f}"),
    ("kept", "{2}"),
)
BINS = (
    (f"said ({ROLLING})", "{0.low:.0%} to {0.high:.0%}"),
    ("mean", "{0.said:.0%}"),
    ("passed", "{0.passed:.0%}"),
    ("lists", "{0.lists}"),
    ("lists × horizons", "{0.cells}"),
)
MISSES = (
    ("election", "{0.election}"),
    ("list", "{0.list}"),
    ("won", "{0.seats}"),
    ("median (95 %)", "{0.median:g} ({0.q025:g}–{0.q975:g})"),
    ("chance to pass", "{0.p_pass:.0%}"),
    ("vote (95 %)", "{0.share_pct:.2f} % ({0.share_q025_pct:.1f}–{0.share_q975_pct:.1f})"),
)
TOGETHER = (
    ("election", "{0.election}"),
    ("bloc won", "{0.seats}"),
    ("houses", "{0.houses}"),
    ("they said", "{0.lowest:g}–{0.highest:g}"),
    ("too few", "{0.under}"),
    ("too many", "{0.over}"),
)
MERGERS = (
    ("campaigns", "{0}"),
    ("mergers", "{1.mergers}"),
    ("pairs", "{1.pairs}"),
    ("kept", "{1.kept:.0%}"),
    ("error, learned", "{1.learned_error_pct:.2f}"),
    ("error, sum", "{1.sum_error_pct:.2f}"),
    ("difference (90 %)", "{1.difference_pct:+.2f} ({1.low_pct:+.2f} to {1.high_pct:+.2f})"),
    ("used", "{1.default:.0%}"),
    ("spread", "{1.spread:.2f}"),
)


def _by_size(scored: Sequence[Scored], elsewhere: Sequence[Scored]) -> list[tuple[str, list[SizeClass]]]:
    """The classes of an electorate's own elections, and of all that ship a result, named by its own house."""
    house = max(row.score.house_size for row in scored)
    pools = {ROLLING: scored, POOLED: [*scored, *elsewhere] if elsewhere else []}
    return [(name, size_classes(pool, ROLLING, house)) for name, pool in pools.items() if pool]


def _sizes(scored: Sequence[Scored], elsewhere: Sequence[Scored]) -> str:
    sizes = ((name, row) for name, rows in _by_size(scored, elsewhere) for row in rows)
    return _rows(SIZES, ((name, row, _seat_range(row), VERDICTS[row.is_inside]) for name, row in sizes))


def _seat_range(row: SizeClass) -> str:
    return f"over {row.low_seats - 1}" if row.high_seats is None else f"{row.low_seats} to {row.high_seats}"


def _pass_table(scored: Sequence[Scored]) -> str:
    calibration = pass_calibration(scored, ROLLING)
    return _rows(
        PASSING, [(ROLLING, calibration, "yes" if calibration.is_recalibration_kept else "no")] if calibration else []
    )


def _chance_bins(scored: Sequence[Scored]) -> str:
    calibration = pass_calibration(scored, ROLLING)
    return _rows(BINS, ((row,) for row in (calibration.bins if calibration else ())))


def _constants() -> str:
    columns = (("constant", "{0.purpose}"), ("value", "{0.value}"), ("from", "{0.source}"))
    return _rows(columns, ((row,) for row in CONSTANTS))


def _cell(value: object) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "–"  # nothing to judge
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def _rows(columns: Sequence[tuple[str, str]], rows: Iterable[tuple[object, ...]]) -> str:
    """A table of columns, each its head and how a row's values are printed in it."""
    return _table([head for head, _ in columns], [[cell.format(*row) for _, cell in columns] for row in rows])


def _table(head: Sequence[str], body: Sequence[Sequence[str]]) -> str:
    lines_ = [head, ["---"] * len(head), *body]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines_)


MODULES = (
    shares, draws, observations, local_level, lines, projection, attribution, polling_error,
    from_abroad, pollsters, models, scores, evidence,
)  # fmt: skip

PROTOTYPE = "the prototype on ten elections"
PRODUCT = "product: what a reader is shown"
ARITHMETIC = "arithmetic: it moves no figure"
READING = "how the reading is defined"


@dataclass(frozen=True, slots=True)
class Constant:
    """What a constant is for, its names in one module, and where its value comes from."""

    purpose: str
    module: ModuleType
    names: tuple[str, ...]
    source: str

    @property
    def value(self) -> str:
        """As it stands in the code."""
        return ", ".join(_value_text(getattr(self.module, name)) for name in self.names)


def _value_text(value: object) -> str:
    if isinstance(value, local_level.Parameters):
        return _value_text((value.sigma, value.tau, value.kappa))
    if isinstance(value, Mapping):
        value = value.values()
    if isinstance(value, Iterable) and not isinstance(value, str):
        return " ".join(_value_text(part) for part in value)
    return f"{float(value):g}" if isinstance(value, int | float | Fraction) else str(value)


CONSTANTS = (
    Constant("where under a bound an unprinted share lies", shares, ("BELOW_BOUND_FACTOR",),
             "1.8 % under a threshold of 3.25 %, the prototype"),
    Constant("what printed percentages may add up to", shares, ("MOST_PRINTED_PER_MILLE",), ARITHMETIC),
    Constant("slack of a sum of shares; draws worked on at a time", draws, ("SUM_SLACK", "CHUNK"), ARITHMETIC),
    Constant("least share on z", observations, ("FLOOR_SHARE",), "half of the last digit that polls print"),
    Constant("variance at a merger, at a split", observations, ("MERGE_VARIANCE", "SPLIT_VARIANCE"), PROTOTYPE),
    Constant("first polls that give a split its ratio", observations, ("FIRST_POLLS",),
             "one poll alone is rounded to seats"),
    Constant("prior means of log σ, τ and κ, and their spread", local_level, ("PRIOR_MEAN", "PRIOR_SD"), PROTOTYPE),
    Constant("bounds of the three logs", local_level, ("BOUNDS",), "the prototype; no campaign reaches them"),
    Constant("σ, τ, κ where a fit fails", local_level, ("FALLBACK",), PROTOTYPE),
    Constant("polls under which nothing is fitted", local_level, ("FEWEST_POLLS_TO_FIT",), PROTOTYPE),
    Constant("the level before any poll: mean, variance", local_level, ("INITIAL_MEAN", "INITIAL_VARIANCE"),
             "wider than any list"),
    Constant("firms with a lean of their own; past that the smallest share one", local_level, ("MOST_HOUSES",),
             "memory grows with its square"),
    Constant("least share in a rounding variance", local_level, ("LEAST_SHARE",), ARITHMETIC),
    Constant("LOWESS window in days, and its fewest polls", observations,
             ("LOWESS_WINDOW_DAYS", "FEWEST_POLLS_FOR_LOWESS"), READING),
    Constant("days of the recent mean, the fortnight's mean, a house's newest poll", observations,
             ("RECENT_DAYS", "FALLBACK_DAYS", "HOUSE_DAYS"), READING),
    Constant("fewest polls for a level; variance added under that", lines,
             ("FEWEST_POLLS_FOR_LEVEL", "FEW_POLLS_VARIANCE"), PROTOTYPE),
    Constant("silence that breaks a line, days; a thin stretch: polls, days; half of a 90 % interval", lines,
             ("GAP_DAYS", "THIN_POLLS", "THIN_DAYS", "Z90"), PRODUCT),
    Constant("days without a poll that end a candidacy while lists are open", projection, ("FRESH_DAYS",), PRODUCT),
    Constant("why a line moved: polls named one by one; least seats", attribution,
             ("MOST_POLLS_NAMED", "LEAST_SEATS"), PRODUCT),
    Constant("seats of a line: draws, as a power of two, their seed, days worked on at once, the tail beyond its band",
             lines, ("LOG2_DRAWS", "SEED", "DAYS_AT_ONCE", "TAIL"), ARITHMETIC),
    Constant("least share of lists that no longer stand", lines, ("LEAST_GONE_SHARE",), ARITHMETIC),
    Constant("days ahead at which the error is told", polling_error, ("HORIZON_DAYS",), "the hindcast's horizons"),
    Constant("the polling error's scale on the day and its growth a day (z), its power of size", from_abroad,
             ("START_SCALE", "DAILY_SCALE", "SIZE_POWER"), "11 Nordic elections, which do not ship; nothing here"),
    Constant("degrees of freedom", polling_error, ("DEGREES_OF_FREEDOM",), "the same elections: 10, 8 to 13"),
    Constant("steady lists' factor", polling_error, ("STEADY_FACTOR",),
             "the prototype; checked here by leave-one-out"),
    Constant("the reference: prior scale of its error (z), its weight in lists, largest miss that teaches",
             polling_error, ("LEARNED_PRIOR_SCALE", "LEARNED_PRIOR_WEIGHT", "LARGEST_MISS"), PROTOTYPE),
    Constant("the reference: size at which f(p) is 1, its power, where it stops", polling_error,
             ("UNIT_SHARE", "LEARNED_SIZE_POWER", "LEAST_SHARE"), PROTOTYPE),
    Constant("what is kept of a bloc's error", polling_error, ("BLOC_SHRINK",),
             "the prototype; the row `without-bloc-error` shows what it does"),
    Constant("a pollster apart: its polls, their days, its gap in seats, times the typical gap", pollsters,
             ("FEWEST_RECENT_POLLS", "RECENT_DAYS", "FEWEST_SEATS", "FROM_THE_REST"), PRODUCT),
    Constant("a firm's record: final days; fewest polls for a spread", pollsters,
             ("FINAL_DAYS", "FEWEST_POLLS_FOR_SPREAD"), PRODUCT),
    Constant("a firm's next poll: draws and their seed", pollsters, ("PRINT_DRAWS", "PRINT_SEED"), ARITHMETIC),
    Constant("draws of a hindcast", models, ("DRAWS",), "specification; an edition has 100,000"),
    Constant("baselines: width of the fixed normal; KOALA's days and correlation", models,
             ("FIXED_SD_SHARE", "KOALA_DAYS", "KOALA_CORRELATION"), "specification, fixed before any fitting"),
    Constant("calibration: interval; bounds of size as parts of the house; fewest elections for a verdict; bins",
             evidence, ("SAID", "SIZE_BOUNDS", "FEWEST_ELECTIONS", "CHANCE_BINS"), "specification"),
    Constant("calibration: the recalibrating slope's prior spread", evidence, ("SLOPE_SD",), "specification"),
    Constant("calibration: samples of elections, their seed; Newton's steps, the longest, its ridge", evidence,
             ("SAMPLES", "SEED", "STEPS", "LONGEST_STEP", "RIDGE"), ARITHMETIC),
    Constant("mergers: fewest that teach", evidence, ("FEWEST_MERGERS",), "with one left out two are left"),
    Constant("mergers: samples and their seed", evidence, ("MERGER_SAMPLES", "MERGER_SEED"), ARITHMETIC),
    Constant("sealed record: days of the mean; the hour at which a line is in force", scores,
             ("MEAN_DAYS", "CLOSE"), "specification; 30, 14, 7 and 1 are the horizons"),
    Constant("scores: what is contested; seed of the randomised transform; least chance of a log loss", scores,
             ("CONTESTED_SHARE", "RANDOMISED_SEED", "LEAST_CHANCE"), "specification; any seed; reading"),
)  # fmt: skip
