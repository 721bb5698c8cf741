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
    return report.contract(scored)
