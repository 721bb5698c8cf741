"""Alerts: each rule raises what it says, once, and never over a number that did not move."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from pipelines.editions.records import Alert, BlocMovement, Changes, ListMovement, SourceRun
from pipelines.editions.store import EditionStore
from pipelines.errors import RulesRefused
from pipelines.nightly.alerts import MOST_KEPT, Scene, dry_run, load_rules, of_refresh, raised, recorded, tell
from pipelines.nightly.night import finish
from pipelines.refresh import run
from pipelines.request import RefreshRequest, RefreshResult

DAY = date(2019, 9, 10)
NOW = datetime(2019, 9, 10, 3, tzinfo=UTC)


def rules(tmp_path: Path, *lines: str) -> Any:
    (tmp_path / "alerts.toml").write_text("\n".join(["[alert.one]", *lines]), "utf-8")
    return load_rules(tmp_path)


def movements(
    bloc: tuple[float, float] = (0.4, 0.6), passes: tuple[float | None, float | None] = (0.6, 0.4)
) -> Changes:
    return Changes(
        election="e",
        from_edition="2019-09-09-a",
        to_edition="2019-09-10-b",
        from_as_of=date(2019, 9, 9),
        to_as_of=DAY,
        basis="election-day",
        is_comparable=True,
        is_method_changed=False,
        leader_before="alpha",
        leader_after="beta",
        polls=[],
        lists=[
            ListMovement(
                id="delta",
                trend_seats_before=4,
                trend_seats_after=3,
                seats_before=4,
                seats_after=0,
                p_pass_before=passes[0],
                p_pass_after=passes[1],
            )
        ],
        blocs=[
            BlocMovement(
                id="north", seats_before=60, seats_after=61, p_majority_before=bloc[0], p_majority_after=bloc[1]
            )
        ],
        crossings=[],
    )


def scene(**changes: Any) -> Scene:
    base = Scene("e", "2019-09-10-b", DAY, NOW, movements(), (), quarantined=0, newly_quarantined=0)
    return replace(base, **changes)


def answered(hour: int, day: int = 9) -> tuple[SourceRun, ...]:
    last = datetime(2019, 9, day, hour, tzinfo=UTC).isoformat()
    return tuple(
        SourceRun(source="archive", election=election, last_success_utc=last, last_change_utc=None, last_error_utc=None,
                  last_error=None)
        for election in ("e", "another")
    )  # fmt: skip


RAISED = [
    (['when = "bloc-chance"', "level_pct = 50"], {}, [("north", "up", 0.4, 0.6)]),
    (['when = "bloc-chance"', "level_pct = 50", 'bloc = "north"', 'direction = "up"'], {}, [("north", "up", 0.4, 0.6)]),
    (['when = "bloc-chance"', "level_pct = 50", 'direction = "down"'], {}, []),
    (['when = "bloc-chance"', "level_pct = 50", 'bloc = "south"'], {}, []),
    (['when = "bloc-chance"', "level_pct = 70"], {}, []),
    (['when = "bloc-chance"', "level_pct = 50"], {"changes": movements((0.6, 0.5))}, []),
    (['when = "bloc-chance"', "level_pct = 50"], {"changes": None}, []),
    (['when = "list-passes"', "below_pct = 50"], {}, [("delta", "down", 0.6, 0.4)]),
    (['when = "list-passes"', "below_pct = 50"], {"changes": movements(passes=(0.4, 0.6))}, []),
    (['when = "list-passes"', "below_pct = 50"], {"changes": movements(passes=(None, 0.4))}, []),
    (['when = "list-passes"', "below_pct = 50", 'list = "alpha"'], {}, []),
    (['when = "lead-changes"'], {}, [("beta", None, None, None)]),
    (['when = "lead-changes"'], {"changes": movements().model_copy(update={"leader_after": "alpha"})}, []),
    (['when = "lead-changes"'], {"changes": movements().model_copy(update={"leader_after": None})}, []),
    (['when = "source-stale"', "hours = 24"], {"sources": answered(2)}, [("archive", None, None, 25.0)]),
    (['when = "source-stale"', "hours = 24"], {"sources": answered(4)}, []),
    (['when = "quarantine-grows"'], {"quarantined": 5, "newly_quarantined": 2}, [("e", None, 3, 5)]),
    (['when = "quarantine-grows"'], {"quarantined": 5}, []),
]


@pytest.mark.parametrize(("lines", "changes", "expected"), RAISED)
def test_a_rule_raises_what_it_says_and_nothing_else(
    tmp_path: Path, lines: list[str], changes: dict[str, Any], expected: list[Any]
) -> None:
    alerts = raised(rules(tmp_path, *lines), scene(**changes))
    assert [(alert.subject, alert.direction, alert.before, alert.after) for alert in alerts] == expected


def test_an_event_is_told_once_however_often_the_night_runs(tmp_path: Path) -> None:
    one = rules(tmp_path, 'when = "bloc-chance"', "level_pct = 50")
    store = EditionStore(tmp_path)
    assert len(tell(store, "il", raised(one, scene()))) == 1
    assert tell(store, "il", raised(one, scene())) == []
    assert tell(store, "il", raised(one, scene(edition="2019-09-10-c"))) == [], "another edition of the same night"
    assert len(tell(store, "il", raised(one, scene(day=date(2019, 9, 11))))) == 1
    assert len(tell(store, "il", raised(one, scene(changes=movements((0.6, 0.4)))))) == 1, (
        "the way back is another event"
    )
    assert len(recorded(store, "il").alerts) == 3


def test_a_silent_source_is_told_once_until_it_answers_again(tmp_path: Path) -> None:
    stale = rules(tmp_path, 'when = "source-stale"', "hours = 24")
    store = EditionStore(tmp_path)
    assert len(tell(store, "il", raised(stale, scene(sources=answered(2))))) == 1
    assert tell(store, "il", raised(stale, scene(sources=answered(2), day=date(2019, 9, 11)))) == []
    later = scene(sources=answered(3, day=10), now_utc=datetime(2019, 9, 12, tzinfo=UTC))
    assert len(tell(store, "il", raised(stale, later))) == 1


def test_the_file_does_not_grow_for_ever(tmp_path: Path) -> None:
    one = rules(tmp_path, 'when = "lead-changes"')
    store = EditionStore(tmp_path)
    (alert,) = raised(one, scene())
    many = [alert.model_copy(update={"key": f"one/e/{number}"}) for number in range(MOST_KEPT + 20)]
    tell(store, "il", many)
    stored = recorded(store, "il").alerts
    assert len(stored) == MOST_KEPT
    assert stored[-1].key == f"one/e/{MOST_KEPT + 19}"


BAD = {
    "no TOML": ("[alert", "alerts.toml"),
    "an unknown rule": ('[alert.x]\nwhen = "rain"', "alert.x"),
    "a level past the end": ('[alert.x]\nwhen = "bloc-chance"\nlevel_pct = 150', "level_pct"),
    "a word too many": ('[alert.x]\nwhen = "lead-changes"\nmail = "desk"', "mail"),
    "nothing to compare with": ('[alert.x]\nwhen = "list-passes"', "below_pct"),
}


@pytest.mark.parametrize("case", BAD)
def test_rules_that_make_no_sense_are_refused_by_name(tmp_path: Path, case: str) -> None:
    text, reason = BAD[case]
    (tmp_path / "alerts.toml").write_text(text)
    with pytest.raises(RulesRefused, match=reason):
        load_rules(tmp_path)


def test_the_rules_that_ship_are_rules_and_none_is_needed(root: Path, tmp_path: Path) -> None:
    assert set(load_rules(root / "data")) == {"majority", "near-certain", "threshold", "lead", "silence", "quarantine"}
    assert load_rules(tmp_path) == {}


@pytest.fixture(scope="module")
def two_nights(root: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, RefreshRequest, RefreshResult]:
    """Two nights of a live campaign."""
    folder = tmp_path_factory.mktemp("nights")
    (folder / "raw").symlink_to(root / "data" / "raw")
    for day in (date(2019, 9, 1), DAY):
        order = RefreshRequest(folder, day, None, 500, 0)
        (outcome,) = run("knesset-22", order, lambda _campaign, _step: None)
    return folder, order, outcome


def level_between(folder: Path) -> str:
    """A rule that the two nights satisfy: some list's chance to pass fell."""
    store = EditionStore(folder / "processed")
    changes = store.changes("knesset-22", store.current()["knesset-22"])
    assert changes is not None
    bloc = max(changes.blocs, key=lambda row: abs(row.p_majority_after - row.p_majority_before))
    level = round(50 * (bloc.p_majority_before + bloc.p_majority_after))
    return f'[alert.moved]\nwhen = "bloc-chance"\nbloc = "{bloc.id}"\nlevel_pct = {min(max(level, 1), 99)}\n'


OF = {"il": {"knesset-22"}}


def test_a_night_tells_its_alerts_and_a_dry_run_tells_nothing(
    two_nights: tuple[Path, RefreshRequest, RefreshResult],
) -> None:
    folder, order, outcome = two_nights
    (folder / "alerts.toml").write_text(level_between(folder) + '[alert.rows]\nwhen = "quarantine-grows"\n')
    store = EditionStore(folder / "processed")
    rows = replace(outcome, newly_quarantined=1, quarantined=1)
    expected: list[Alert] = [alert for alert, is_new in dry_run(order) if is_new]
    assert of_refresh(order, "il", [outcome]) == expected != []
    assert of_refresh(order, "il", [replace(outcome, kind="final"), replace(outcome, status="frozen")]) == [], (
        "within the ban and from the vote on nothing is told"
    )
    assert recorded(store, "il").alerts == []
    alerts, remark = finish(order, OF, [rows], "2019-09-10T00:00:00+00:00", 3, 0)
    assert remark is None
    assert [alert.rule for alert in alerts] == [*(alert.rule for alert in expected), "rows"]
    assert recorded(store, "il").alerts == alerts
    assert all(not is_new for _, is_new in dry_run(order))
    assert finish(order, OF, [outcome], "2019-09-10T00:00:00+00:00", 0, 0) == ([], None)


def test_rules_that_cannot_be_read_are_a_remark_and_do_not_stop_the_night(
    two_nights: tuple[Path, RefreshRequest, RefreshResult], command: Any
) -> None:
    folder, *_ = two_nights
    (folder / "alerts.toml").write_text("[alert.x]\n")
    done = command(
        "pipelines",
        "refresh",
        "--offline",
        "--election",
        "knesset-22",
        "--today",
        str(DAY),
        "--draws",
        "500",
        "--data-dir",
        folder,
    )
    assert done.returncode == 3, done.stderr
    assert "warning: " in done.stderr
    assert "alerts.toml: alert.x" in done.stderr
    assert "1 unchanged" in done.stderr or "1 published" in done.stderr


def test_a_dry_run_by_command(two_nights: tuple[Path, RefreshRequest, RefreshResult], command: Any) -> None:
    folder, *_ = two_nights
    (folder / "alerts.toml").write_text('[alert.lead]\nwhen = "lead-changes"\n')
    done = command("pipelines", "alerts", "--json", "--today", str(DAY), "--data-dir", folder)
    assert done.returncode == 0, done.stderr
    frozen = command("pipelines", "alerts", "--json", "--today", "2019-09-15", "--data-dir", folder)
    assert frozen.stdout == "[]\n"
    store = EditionStore(folder / "processed")
    gone = store.open("knesset-22").manifest.model_copy(update={"election": "knesset-gone", "kind": "final"})
    store.publish(gone, {})
    past = command("pipelines", "alerts", "--json", "--today", str(DAY), "--data-dir", folder)
    assert past.returncode == 0, past.stderr
    for edition in EditionStore(folder / "processed").all("knesset-22"):
        (edition.folder / "manifest.json").write_bytes(b"{")
    damaged = command("pipelines", "alerts", "--json", "--today", str(DAY), "--data-dir", folder)
    assert (damaged.returncode, damaged.stdout) == (0, "[]\n")
