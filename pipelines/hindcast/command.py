"""One hindcast from end to end: rounds, tables, and the two files of the record."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipelines.errors import UnknownElection
from pipelines.hindcast import report, run
from pipelines.hindcast.page import page
from pipelines.intake import open_reference


def replay_past(
    data_dir: Path, elections: Sequence[str], *, daily: bool, out: Path | None, progress: run.Progress
) -> dict[str, Any]:
    """Score the wanted past campaigns (all without any); writes `record.json` and `record.md` into `out`."""
    raw = data_dir / "raw"
    reference = open_reference(raw)
    for name in elections:
        if not reference.campaign(name).results:
            raise UnknownElection(f"{name} has no recorded result to score against; choose one that has")
    scored, days = run.run(raw, elections, daily=daily, progress=progress)
    if out is not None:
        misses, thresholds = run.known_misses(raw), run.thresholds_pct(raw)
        record = report.record(scored, days, misses, thresholds)
        out.mkdir(parents=True, exist_ok=True)
        (out / "record.json").write_text(json.dumps(record, indent=1, sort_keys=True) + "\n", "utf-8")
        (out / "record.md").write_text(page(scored, misses, thresholds), "utf-8")
    return report.contract(scored)
