"""Snapshots: what came in is kept as it came, and what came in last speaks for its page."""

from dataclasses import replace
from pathlib import Path

from pipelines.editions.files import ASIDE
from pipelines.ingest import snapshots


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


def test_a5_what_came_in_last_speaks_whatever_the_clock_said_before(tmp_path: Path) -> None:
    bodies = [b"wrong", b"corrected", b"corrected again"]
    moments = [
        "2027-01-01T00:00:00.000000+00:00",
        "2026-09-13T00:00:00.000000+00:00",
        "2026-09-14T00:00:00.000000+00:00",
    ]
    stored = [snapshots.keep(tmp_path, facts_of(body, at), body) for body, at in zip(bodies, moments, strict=True)]
    assert [one.retrieved_utc for one in stored] == [f"2027-01-01T00:00:00.00000{at}+00:00" for at in range(3)]
    assert snapshots.stored(tmp_path) == stored
    speaking = snapshots.newest(snapshots.stored(tmp_path))["csv", "desk.csv"]
    assert snapshots.read(tmp_path, speaking) == b"corrected again"


def test_a5_moments_of_one_campaign_never_go_backwards_and_others_keep_theirs(tmp_path: Path) -> None:
    """Over every source of a campaign; a clock that goes on is never corrected."""
    now, later = "2026-09-13T00:00:00.000000+00:00", "2026-09-13T00:00:00.000001+00:00"
    for campaign, source in (("knesset-26", "wikipedia"), ("knesset-26", "csv"), ("knesset-2", "csv")):
        body = f"{campaign} {source}".encode()
        snapshots.keep(tmp_path, replace(facts_of(body, now), election=campaign, source=source), body)
    moments_of = {(one.election, one.source): one.retrieved_utc for one in snapshots.stored(tmp_path)}
    assert moments_of == {("knesset-26", "wikipedia"): now, ("knesset-26", "csv"): later, ("knesset-2", "csv"): now}
    on = facts_of(b"goes on", "2026-09-13T00:00:00.000002+00:00")
    assert snapshots.in_order(tmp_path, on) == on


def test_an_edition_is_made_from_what_speaks_for_each_page_of_polls_of_its_campaign(tmp_path: Path) -> None:
    at = "2026-09-13T00:00:00.000000+00:00"
    older, newer, other = (facts_of(body, at) for body in (b"older", b"newer", b"other"))
    other = replace(other, page="another.csv", source="wikipedia")
    of_others = [
        replace(other, election="knesset-25", page="older.csv"),
        replace(other, source="cec"),
    ]  # which has results, no polls
    kept = [
        snapshots.keep(tmp_path, one, body)
        for one, body in zip([older, newer, other, *of_others], (b"older", b"newer", *[b"other"] * 3), strict=True)
    ]
    expected = {f"snapshots/{one.source}/{one.name}.body": one.sha256 for one in kept[1:3]}
    assert snapshots.inputs(tmp_path, "knesset-26") == expected


def test_what_was_left_half_written_is_swept_from_every_source_and_nothing_else(tmp_path: Path) -> None:
    snapshots.sweep(tmp_path)
    at = "2026-09-13T00:00:00.000000+00:00"
    kept = [snapshots.keep(tmp_path, replace(facts_of(b"x", at), source=name), b"x") for name in ("csv", "wikipedia")]
    before = set(tmp_path.rglob("*"))
    for name in ("csv", "wikipedia"):
        (tmp_path / f"snapshots/{name}/{ASIDE}x.body").write_bytes(b"half")
    snapshots.sweep(tmp_path)
    assert set(tmp_path.rglob("*")) == before
    assert snapshots.stored(tmp_path) == kept
