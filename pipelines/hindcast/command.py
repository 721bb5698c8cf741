"""One hindcast from end to end: rounds, tables, and the two files of the record."""

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from pipelines.errors import NothingKnown, UnknownElection
from pipelines.hindcast import report, run
from pipelines.hindcast.misses import known_misses
from pipelines.hindcast.page import page
from pipelines.hindcast.record import record
from pipelines.ingest.archive import open_reference
from pipelines.past_elections import held_before


def replay_past(
    data_dir: Path, elections: Sequence[str], today: date, *, daily: bool, out: Path | None, progress: run.Progress
) -> dict[str, Any]:
    """Score the wanted campaigns held before today, all without any; writes the record into the folder `out`."""
    raw = data_dir / "raw"
    reference = open_reference(raw)
    held = [campaign.election.id for campaign in held_before(reference, today)]
    if not held:
        raise NothingKnown(f"no election has a recorded result by {today}; choose a later --today")
    for name in elections:
        if reference.campaign(name).election.id not in held:
            raise UnknownElection(f"{name} has no recorded result by {today}; those that have: {', '.join(held)}")
    scored, days = run.run(raw, elections or held, daily=daily, progress=progress)
    if not scored:
        raise NothingKnown(f"no poll of {', '.join(elections or held)} was known at any horizon; nothing was scored")
    if out is not None:
        misses, thresholds = known_misses(raw), run.thresholds_pct(raw)
        document = record(scored, days, misses, thresholds)
        out.mkdir(parents=True, exist_ok=True)
        (out / "record.json").write_text(json.dumps(document, indent=1, sort_keys=True) + "\n", "utf-8")
        (out / "record.md").write_text(page(scored, misses, thresholds), "utf-8")
    return report.contract(scored)
