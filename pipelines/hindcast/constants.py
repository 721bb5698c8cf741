"""Every number of the model that is not learned from polls or past elections, and where it comes from.

A test holds this list to the constants of `MODULES`, so that none is set in silence.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from types import ModuleType

from electoral import shares
from pipelines import contenders
from pipelines.forecast import outliers, polling_error, pollster_record, share_draws
from pipelines.hindcast import models, scores
from pipelines.trend import attribution, cuts, lines, local_level, observations, readings

MODULES = (
    shares, observations, cuts, local_level, readings, lines, contenders, attribution, polling_error, share_draws,
    outliers, pollster_record, models, scores,
)  # fmt: skip

PROTOTYPE = "the prototype on ten elections"
PRODUCT = "product: what a reader is shown"
ARITHMETIC = "arithmetic: it moves no figure"
READING = "how the reading is defined"


@dataclass(frozen=True, slots=True)
class Constant:
    """What a constant is for, its names in one module, and where its value comes from."""

    what: str
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
    if isinstance(value, Iterable):
        return " ".join(_value_text(part) for part in value)
    return f"{float(value):g}" if isinstance(value, int | float | Fraction) else str(value)


CONSTANTS = (
    Constant("where under a bound an unprinted share lies", shares, ("BELOW_BOUND_FACTOR",),
             "1.8 % under a threshold of 3.25 %, the prototype"),
    Constant("what printed percentages may add up to; slack of a sum", shares, ("MOST_PRINTED_PER_MILLE", "SUM_SLACK"),
             ARITHMETIC),
    Constant("least share on z", observations, ("FLOOR_SHARE",), "half of the last digit that polls print"),
    Constant("variance at a merger, at a split", cuts, ("MERGE_VARIANCE", "SPLIT_VARIANCE"), PROTOTYPE),
    Constant("first polls that give a split its ratio", cuts, ("FIRST_POLLS",), "one poll alone is rounded to seats"),
    Constant("prior means of log σ, τ and κ, and their spread", local_level, ("PRIOR_MEAN", "PRIOR_SD"), PROTOTYPE),
    Constant("bounds of the three logs", local_level, ("BOUNDS",), "the prototype; no campaign reaches them"),
    Constant("σ, τ, κ where a fit fails", local_level, ("FALLBACK",), PROTOTYPE),
    Constant("polls under which nothing is fitted", local_level, ("FEWEST_POLLS_TO_FIT",), PROTOTYPE),
    Constant("the level before any poll: mean, variance", local_level, ("INITIAL_MEAN", "INITIAL_VARIANCE"),
             "wider than any list"),
    Constant("firms with a lean of their own; past that the smallest share one", local_level, ("MOST_HOUSES",),
             "memory grows with its square"),
    Constant("least share in a rounding variance", local_level, ("LEAST_SHARE",), ARITHMETIC),
    Constant("LOWESS window in days, and its fewest polls", readings,
             ("LOWESS_WINDOW_DAYS", "FEWEST_POLLS_FOR_LOWESS"), READING),
    Constant("days of the recent mean, the fortnight's mean, a house's newest poll", readings,
             ("RECENT_DAYS", "FALLBACK_DAYS", "HOUSE_DAYS"), READING),
    Constant("fewest polls for a level; variance added under that", lines,
             ("FEWEST_POLLS_FOR_LEVEL", "FEW_POLLS_VARIANCE"), PROTOTYPE),
    Constant("silence that breaks a line, days; a thin stretch: polls, days; half of a 90 % interval", lines,
             ("GAP_DAYS", "THIN_POLLS", "THIN_DAYS", "Z90"), PRODUCT),
    Constant("days without a poll that end a candidacy while lists are open", contenders, ("FRESH_DAYS",), PRODUCT),
    Constant("why a line moved: polls named one by one; least seats; τ without leans", attribution,
             ("MOST_POLLS_NAMED", "LEAST_SEATS", "NO_LEAN"), PRODUCT),
    Constant("days ahead at which the error is learned", polling_error, ("HORIZON_DAYS",), "the hindcast's horizons"),
    Constant("degrees of freedom", polling_error, ("DEGREES_OF_FREEDOM",),
             "the prototype; 4 and 30 score .001 and .002 worse in CRPS here"),
    Constant("prior scale of the polling error (z)", polling_error, ("PRIOR_SCALE",), PROTOTYPE),
    Constant("weight of that prior, lists", polling_error, ("PRIOR_WEIGHT",), "less than one election"),
    Constant("size at which f(p) is 1, its power, where it stops", polling_error,
             ("UNIT_SHARE", "SIZE_POWER", "LEAST_SHARE"), PROTOTYPE),
    Constant("largest miss that teaches the scale, and a list's own", polling_error,
             ("LARGEST_MISS", "LARGEST_OWN_MISS"), "one list out of nowhere does not set it for all"),
    Constant("steady lists' factor", polling_error, ("STEADY_FACTOR",),
             "the prototype; checked here by leave-one-out"),
    Constant("weight against a list's own miss", polling_error, ("OWN_MISS_WEIGHT",),
             "leave-one-out here: 3, 4 and 6 differ by .003 in CRPS"),
    Constant("what is kept of a bloc's error", share_draws, ("BLOC_SHRINK",),
             "the prototype; the row `without-bloc-error` shows what it does"),
    Constant("a pollster apart: its polls, their days, its gap in seats, times the typical gap", outliers,
             ("FEWEST_RECENT_POLLS", "RECENT_DAYS", "FEWEST_SEATS", "FROM_THE_REST"), PRODUCT),
    Constant("a firm's record: final days; fewest polls for a spread", pollster_record,
             ("FINAL_DAYS", "FEWEST_POLLS_FOR_SPREAD"), PRODUCT),
    Constant("draws of a hindcast", models, ("DRAWS",), "specification; an edition has 100,000"),
    Constant("baselines: width of the fixed normal; KOALA's days and correlation", models,
             ("FIXED_SD_SHARE", "KOALA_DAYS", "KOALA_CORRELATION"), "specification, fixed before any fitting"),
    Constant("`shrunk-covariance`: weight against a pair, least eigenvalue", models,
             ("PAIR_WEIGHT", "LEAST_EIGENVALUE"), "chosen before it was scored; 2 scores .002 worse"),
    Constant("scores: what is contested; seed of the randomised transform; least chance of a log loss", scores,
             ("CONTESTED_SHARE", "RANDOMISED_SEED", "LEAST_CHANCE"), "specification; any seed; reading"),
)  # fmt: skip
