"""Snapshots: what came in is kept as it came, and what came in last speaks for its page."""

from pathlib import Path

import pytest

from pipelines import snapshots


def facts_of(content: bytes, retrieved_utc: str) -> snapshots.Snapshot:
    return snapshots.Snapshot(
        election="knesset-26",
        source="csv",
        page="desk.csv",
        sha256=snapshots.digest(content),
        retrieved_utc=retrieved_utc,
        today="2026-09-13",
        url=None,
        file="desk.csv",
        content_type="",
        licence="",
        revision=None,
        rows=1,
    )


@pytest.mark.xfail(strict=True, reason="A5: bytes that were dated ahead win over every later correction")
def test_a5_what_came_in_last_speaks_whatever_the_clock_said_before(tmp_path: Path) -> None:
    ahead, corrected = facts_of(b"wrong", "2027-01-01T00:00:00.000000+00:00"), b"corrected"
    snapshots.keep(tmp_path, ahead, b"wrong")
    snapshots.keep(tmp_path, facts_of(corrected, "2026-09-13T00:00:00.000000+00:00"), corrected)
    speaking = snapshots.newest(snapshots.kept(tmp_path))["csv", "desk.csv"]
    assert speaking.sha256 == snapshots.digest(corrected)
