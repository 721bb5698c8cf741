"""`record.json`: the contract's table and everything the Record page draws."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from pipelines.hindcast.goals import goals
from pipelines.hindcast.misses import Misses
from pipelines.hindcast.models import BASELINES, OURS, ROLLING
from pipelines.hindcast.report import by_election, by_threshold, calibration, contract, differences
from pipelines.hindcast.run import Day, Scored


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
        "bloc_errors": [asdict(found) for found in misses.together],
        "daily": [asdict(day) for day in days],
    }
