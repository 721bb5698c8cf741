"""The night as a whole: as-of, repeatability, and what a reader sees of a night that fails."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from electoral.errors import ElectoralError
from pipelines import refresh as refresh_module
from pipelines.editions.store import EditionStore
from pipelines.errors import EditionError, EditionRefused, NothingKnown, RawDataError
from pipelines.ingest.archive import accept, open_reference
from pipelines.refresh import run
from pipelines.request import RefreshRequest, RefreshResult
from pipelines.settings import Settings
from tests.conftest import IS_SOAK, keep_polls

AS_OF = date(2019, 9, 10)
JERUSALEM = ZoneInfo("Asia/Jerusalem")


def silent(_campaign: str, _step: str) -> None:
    """Progress that nobody watches."""


def order(data_dir: Path, as_of: date | None = AS_OF) -> RefreshRequest:
    return RefreshRequest(data_dir, date(2026, 11, 22), as_of, draws=2_000, seed=0)


def refresh(wanted: RefreshRequest, election: str = "knesset-22") -> RefreshResult:
    (outcome,) = run(election, wanted, silent)
    return outcome


After = Callable[[date], tuple[Path, str]]


@pytest.fixture(scope="module")
def refreshed_once(few_polls: Path, tmp_path_factory: pytest.TempPathFactory) -> After:
    """A day's refresh, made once."""

    @cache
    def refreshed(day: date) -> tuple[Path, str]:
        folder = tmp_path_factory.mktemp("refreshed") / "data"
        shutil.copytree(few_polls, folder / "raw")
        return folder, str(refresh(order(folder, day)).edition)

    return refreshed


@pytest.fixture
def after(refreshed_once: After, tmp_path: Path) -> After:
    """`after(day)`: a data folder of one test's own in which that day was refreshed, and the edition."""

    def copied(day: date) -> tuple[Path, str]:
        folder, edition = refreshed_once(day)
        return Path(shutil.copytree(folder, tmp_path / "data")), edition

    return copied


def numbers(data_dir: Path, edition: str | None, election: str = "knesset-22") -> dict[str, Any]:
    document: dict[str, Any] = (
        EditionStore(data_dir / "processed").open(election, edition).projection.model_dump(mode="json")
    )
    document.pop("edition")
    return document


def append(path: Path, *lines: str) -> None:
    path.write_text(path.read_text("utf-8") + "".join(f"{line}\n" for line in lines), "utf-8")


def rename(raw: Path, row: str, name: str) -> None:
    """Give what a row of names.csv names another name; the row is given as it begins."""
    path = raw / "electorates/il/names.csv"
    text = path.read_text("utf-8")
    assert f"\n{row}" in text
    path.write_text(text.replace(f"\n{row}", f"\n{','.join([*row.split(',')[:3], name])}"), "utf-8")


def test_what_is_dated_later_does_not_exist(after: After) -> None:
    """Polls asked or published after the as-of day, agreements and results, of any campaign, change no number."""
    data_dir, first = after(AS_OF)
    folder = data_dir / "processed" / "editions" / "knesset-22" / first
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    shutil.rmtree(data_dir / "processed")  # nothing of the first may answer for the second
    raw = data_dir / "raw"
    append(
        raw / "electorates/il/polls/knesset-22.csv",
        *(
            f"2019-09-11-late-test,,2019-09-11,,Midgam,Late Test,500,poll,{label},seats,{seats},,a test,,"
            for label, seats in (("Likud", 60), ("Blue & White", 40), ("Shas", 20))
        ),
    )
    append(
        raw / "electorates/il/polls/knesset-22.csv",
        *(
            f"2019-09-09-told-late,,2019-09-09,2019-09-11,Midgam,Late Test,500,poll,{label},seats,{seats},,a test,,"
            for label, seats in (("Likud", 50), ("Blue & White", 40), ("Shas", 30))
        ),
    )
    agreements = raw / "electorates/il/agreements.csv"
    append(agreements, "knesset-22,joint-list,otzma-yehudit,signed,2019-09-11,,israeli-press,,")
    rename(raw, "event,knesset-22-2019-09-13-last-polls,en,Last lawful day", "The last lawful day")
    results = (raw / "electorates/il/results.csv").read_text("utf-8")
    (raw / "electorates/il/results.csv").write_text(results.replace("1352449", "952449"), "utf-8")
    keep_polls(raw, "knesset-24", lambda poll: poll < "2020-06")
    again = refresh(order(data_dir))
    assert again.status == "published"
    assert again.edition == first, "not even its name"
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize(
    ("row", "name"),
    [
        ("list,blue-and-white,en,Blue and White", "White and Blue"),
        ("pollster,midgam,he,", "מדגם חדש "),
        ("event,knesset-22-2019-08-12-yamina,en,United Right renamed Yamina", "The United Right is Yamina now"),
        ("source,hamodia,en,Hamodia", "HaModia"),
        ("condition,likud-led-by-netanyahu,he,", "אם "),
        ("statement,knesset-22-2019-06-30-blue-and-white,en,We cannot", "We can not"),
    ],
)
def test_another_name_is_another_edition_that_says_it(row: str, name: str, after: After) -> None:
    data_dir, first = after(AS_OF)
    rename(data_dir / "raw", row, name)
    second = refresh(order(data_dir))
    assert second.edition != first
    edition = EditionStore(data_dir / "processed").open("knesset-22", second.edition)
    shown = edition.reference.model_dump_json() + edition.coalitions.model_dump_json()
    assert name.strip() in shown
    assert numbers(data_dir, second.edition)["allocation"] == numbers(data_dir, first)["allocation"]


def test_the_poll_that_was_later_counts_from_its_own_day_on(after: After) -> None:
    data_dir, first = after(AS_OF)
    early = numbers(data_dir, first)
    late = numbers(data_dir, refresh(order(data_dir, date(2019, 9, 13))).edition)
    assert late["polls"]["used"] > early["polls"]["used"]
    assert late["lists"] != early["lists"]


def test_the_same_raw_code_and_seed_give_the_same_bytes(data_dir: Path, tmp_path: Path) -> None:
    second = tmp_path / "again"
    (second / "processed").mkdir(parents=True)
    (second / "raw").symlink_to(data_dir / "raw")
    outcomes = [refresh(order(folder)) for folder in (data_dir, second)]
    assert outcomes[0].edition is not None
    assert outcomes[0].edition == outcomes[1].edition
    folders = [folder / "processed/editions/knesset-22" / outcomes[0].edition for folder in (data_dir, second)]
    names = sorted(path.name for path in folders[0].iterdir())
    assert names == sorted(path.name for path in folders[1].iterdir())
    for name in names:
        assert (folders[0] / name).read_bytes() == (folders[1] / name).read_bytes(), name


def test_another_seed_is_another_edition(after: After) -> None:
    data_dir, first = after(AS_OF)
    assert refresh(replace(order(data_dir), seed=1)).edition != first


def test_what_was_asked_for_last_is_what_every_reader_of_its_day_gets(after: After) -> None:
    data_dir, first = after(AS_OF)
    store = EditionStore(data_dir / "processed")
    refresh(replace(order(data_dir), seed=1))
    again = refresh(order(data_dir))
    assert (again.status, again.edition) == ("unchanged", first)
    assert store.as_of("knesset-22", AS_OF).id == first
    assert store.current() == {"knesset-22": first}


def test_an_edition_that_fails_its_check_leaves_the_last_one_in_place(
    after: After, monkeypatch: pytest.MonkeyPatch
) -> None:
    data_dir, good = after(date(2019, 9, 9))

    def short(*args: Any) -> Any:
        draws = real(*args)
        seats = draws.seats.copy()
        seats[0, 7] -= 1
        return replace(draws, seats=seats)

    from pipelines import projection as module

    real = module.seat_draws
    monkeypatch.setattr(module, "seat_draws", short)
    with pytest.raises(EditionRefused, match="120 seats"):
        refresh(order(data_dir))
    store = EditionStore(data_dir / "processed")
    assert store.current() == {"knesset-22": good}
    assert [edition.id for edition in store.all("knesset-22")] == [good]


@pytest.mark.parametrize(("fault", "reason"), [(np.nan, "NaN"), (-0.25, "-0.25"), (1.5, "add up to")])
def test_f37_a_sampler_gone_wrong_publishes_nothing(
    after: After, monkeypatch: pytest.MonkeyPatch, fault: float, reason: str
) -> None:
    data_dir, good = after(date(2019, 9, 9))

    def wrong(*args: Any, **named: Any) -> Any:
        draws = real(*args, **named)
        shares = draws.shares.copy()
        shares[0, 7] = fault
        object.__setattr__(draws, "shares", shares)  # past the check that every share draw goes through
        return draws

    from pipelines import projection as module

    real = module.draw
    monkeypatch.setattr(module, "draw", wrong)
    with pytest.raises(ElectoralError, match=reason):
        refresh(order(data_dir))
    assert EditionStore(data_dir / "processed").current() == {"knesset-22": good}


@pytest.mark.parametrize(
    ("file", "spoil", "reason"),
    [
        ("projection.json", lambda text: text.replace(b'"p_pass":1.0', b'"p_pass":0.5', 1), "not those of its draws"),
        ("projection.json", lambda text: text.replace(b'"house_size":120', b'"house_size":121'), "120, not 121 seats"),
        ("reference.json", lambda text: text.replace(b'"lists":[{', b'"lists":[{', 1)[:-9], "reference.json"),
        ("seats.parquet", lambda _table: b"PAR1", "seats.parquet"),
    ],
)
def test_f37_an_edition_checks_itself_before_it_appears(
    after: After, monkeypatch: pytest.MonkeyPatch, file: str, spoil: Any, reason: str
) -> None:
    """Spoilt after everything that was worked out had been looked at: nobody ever sees it, under any name."""
    data_dir, good = after(date(2019, 9, 9))
    real = refresh_module.build_edition

    def spoilt(*arguments: Any) -> dict[str, bytes]:
        files = real(*arguments)
        changed = spoil(files[file])
        assert changed != files[file]
        return {**files, file: changed}

    monkeypatch.setattr(refresh_module, "build_edition", spoilt)
    with pytest.raises(EditionError, match=reason):
        refresh(order(data_dir))
    store = EditionStore(data_dir / "processed")
    assert store.current() == {"knesset-22": good}
    assert [path.name for path in (store.objects.root / "editions" / "knesset-22").iterdir()] == [good]


@pytest.mark.parametrize("damage", ["a byte", "a file", "the manifest"])
def test_a_damaged_edition_is_made_again_the_same(after: After, damage: str) -> None:
    data_dir, first = after(AS_OF)
    folder = EditionStore(data_dir / "processed").open("knesset-22", first).folder
    sound = {path.name: path.read_bytes() for path in folder.iterdir()}
    if damage == "a byte":
        (folder / "trend.json.gz").write_bytes(sound["trend.json.gz"][:-1])
    elif damage == "a file":
        (folder / "seats.parquet").unlink()
    else:
        (folder / "manifest.json").write_text("{}")
    again = refresh(order(data_dir))
    assert (again.status, again.edition) == ("published", first)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == sound
    assert refresh(order(data_dir)).status == "unchanged"


def test_before_the_lists_close_there_is_only_a_nowcast(data_dir: Path) -> None:
    document = numbers(data_dir, refresh(order(data_dir, date(2019, 7, 10))).edition)
    assert "lists-not-closed" in document["warnings"]
    assert all(row["seats"] is None and row["nowcast"] for row in document["lists"])
    names = {row["id"] for row in document["lists"]}
    assert {"labor", "meretz"} <= names, "lists that merged later still stood"
    assert not names & {"labor-gesher", "democratic-union", "yamina"}


def test_a_live_campaign_is_refreshed_as_of_today_and_knows_no_result(data_dir: Path) -> None:
    live = RefreshRequest(data_dir, date(2019, 9, 12), None, draws=2_000, seed=0)
    outcome = refresh(live, "all-live")
    assert (outcome.election, outcome.kind, outcome.as_of) == ("knesset-22", "live", date(2019, 9, 12))
    assert numbers(data_dir, outcome.edition)["result"] is None


def test_yesterdays_damaged_edition_does_not_stop_tonights(data_dir: Path) -> None:
    """Nor the final edition of a campaign whose last live one is damaged."""
    store = EditionStore(data_dir / "processed")
    for day in (9, 10):
        refresh(RefreshRequest(data_dir, date(2019, 9, day), None, 200, 0))
    for edition in store.all("knesset-22"):
        (edition.folder / "manifest.json").write_text("{")
    tonight = refresh(RefreshRequest(data_dir, date(2019, 9, 11), None, 200, 0))
    assert (tonight.status, store.current()["knesset-22"]) == ("published", tonight.edition)
    (store.open("knesset-22").folder / "manifest.json").write_text("{")
    final = refresh(RefreshRequest(data_dir, date(2019, 9, 18), None, 200, 0), "all-live")
    assert (final.kind, store.current()["knesset-22"]) == ("final", final.edition)


def test_changes_that_do_not_read_back_are_worked_out_again(data_dir: Path) -> None:
    store = EditionStore(data_dir / "processed")
    for day in (9, 10):
        tonight = refresh(RefreshRequest(data_dir, date(2019, 9, day), None, 200, 0))
    (path,) = (data_dir / "processed/changes/knesset-22").iterdir()
    was = path.read_bytes()
    path.write_bytes(b"{")
    refresh(RefreshRequest(data_dir, date(2019, 9, 10), None, 200, 0))
    assert path.read_bytes() == was
    assert store.changes("knesset-22", str(tonight.edition)) is not None


def test_the_day_of_the_vote_replayed_does_not_displace_the_final_edition(data_dir: Path) -> None:
    final = refresh(order(data_dir, None))
    replayed = refresh(order(data_dir, date(2019, 9, 17)))
    assert (final.kind, replayed.kind, replayed.status) == ("final", "hindcast", "published")
    assert EditionStore(data_dir / "processed").current() == {"knesset-22": final.edition}


def test_an_edition_of_election_night_gives_way_to_the_final_one_once(data_dir: Path) -> None:
    """Refreshed at 22:00 of the day of the vote, when the ban has ended: the next night it is over."""
    ended = datetime(2019, 9, 17, 22, tzinfo=JERUSALEM)
    late = refresh(RefreshRequest(data_dir, None, None, 200, 0, now=lambda: ended))
    assert (late.kind, late.status) == ("live", "published")
    final = refresh(RefreshRequest(data_dir, date(2019, 9, 18), None, 200, 0), "all-live")
    assert (final.kind, final.as_of) == ("final", date(2019, 9, 16))
    assert EditionStore(data_dir / "processed").current() == {"knesset-22": final.edition}
    assert list(run("all-live", RefreshRequest(data_dir, date(2019, 9, 19), None, 200, 0), silent)) == []


@pytest.mark.slow
def test_every_shipped_campaign_gets_an_edition_and_quarantines_nothing(whole_data_dir: Path) -> None:
    """The first and the last of each electorate, all of them in the soak; of the others every poll is accepted.

    The longest one with its newest polls: with all of them it has a test of its own (`test_full_size.py`).
    """
    raw, built = whole_data_dir / "raw", {}
    campaigns = [one for one in open_reference(raw).campaigns.values() if one.ships_polls]
    assert {one.election.id for one in campaigns} == {path.stem for path in raw.rglob("polls/*.csv")}
    for campaign in campaigns:
        beside = [one.election.vote_date for one in campaigns if one.electorate.id == campaign.electorate.id]
        if IS_SOAK or campaign.election.vote_date in (min(beside), max(beside)):
            built[campaign.election.id] = refresh(replace(order(whole_data_dir, None), draws=200), campaign.election.id)
        else:
            assert accept(raw, campaign)[1] == []
    waits = refresh(order(whole_data_dir, None), "knesset-27")
    assert (waits.status, waits.kind) == ("published", "waiting")
    assert len(built) >= 4
    assert all(outcome.quarantined == 0 and outcome.kind == "final" for outcome in built.values())
    assert set(EditionStore(whole_data_dir / "processed").current()) == {waits.election, *built}
    newest = numbers(whole_data_dir, built["knesset-26"].edition, "knesset-26")
    assert newest["result"] is None
    assert {"polls-stop-short", "no-result-recorded"} <= set(newest["warnings"])
    for election, outcome in built.items():
        document = numbers(whole_data_dir, outcome.edition, election)
        assert (document["result"] is None) == (election in ("knesset-26", "se-2026"))
        assert set(document["result"] or ()) - {"others"} <= {row["id"] for row in document["lists"]}, election


def test_a_campaign_nobody_has_polled_yet_holds_up_no_other(whole_data_dir: Path) -> None:
    for path in (whole_data_dir / "raw").rglob("polls/*.csv"):
        if path.stem != "knesset-22":
            path.unlink()
    outcomes = list(run("all", order(whole_data_dir, None), silent))
    assert [(outcome.election, outcome.kind) for outcome in outcomes] == [
        ("knesset-27", "waiting"),
        ("knesset-22", "final"),
    ]
    with pytest.raises(NothingKnown, match="no source has brought one"):
        next(run("nl-2030", order(whole_data_dir, None), silent))


def test_an_edition_of_one_poll_long_ago_does_not_stop_the_next(data_dir: Path) -> None:
    for day in (date(2019, 5, 27), date(2019, 6, 15)):
        outcome = refresh(order(data_dir, day))
        assert EditionStore(data_dir / "processed").current() == {"knesset-22": outcome.edition}


def test_a_campaign_of_which_no_poll_is_known_holds_up_no_other(whole_data_dir: Path) -> None:
    """Two months on nobody has polled one of two live campaigns; asked for alone it says so and refuses."""
    for path in (whole_data_dir / "raw/electorates/se/polls").glob("*.csv"):
        if path.stem != "se-2022":
            path.unlink()
    today = date(2022, 8, 20)
    keep_polls(whole_data_dir / "raw", "knesset-25", lambda poll: poll < "2022-05")
    rows = {one.election: one for one in run("all-live", RefreshRequest(whole_data_dir, today, None, 200, 0), silent)}
    assert (rows["knesset-25"].status, rows["knesset-25"].edition) == ("waiting", None)
    assert "no poll of knesset-25" in str(rows["knesset-25"].why)
    assert rows["se-2022"].status == "published"
    with pytest.raises(NothingKnown, match="no poll of knesset-25"):
        list(run("knesset-25", RefreshRequest(whole_data_dir, today, None, 200, 0), silent))


def test_an_exit_poll_that_may_not_be_told_is_in_no_edition_and_then_in_the_next(data_dir: Path) -> None:
    """They alone are banned until ten in the evening, Jerusalem time, and counsel's setting opens none earlier."""
    il = data_dir / "raw/electorates/il"
    bans = il / "ban.csv"
    bans.write_text(bans.read_text("utf-8").replace("knesset-22,all,", "knesset-22,exit_poll,"), "utf-8")
    closing = datetime(2019, 9, 17, 22, tzinfo=ZoneInfo("Asia/Jerusalem"))
    kinds = []
    for moment in (closing - timedelta(seconds=1), closing):
        wanted = replace(
            RefreshRequest(data_dir, None, None, 200, 0, settings=Settings(is_ban_relaxed=True)),
            now=lambda moment=moment: moment,  # type: ignore[misc]
        )
        edition = EditionStore(data_dir / "processed").open("knesset-22", str(refresh(wanted).edition))
        kinds.append({poll.kind for poll in edition.polls.polls})
    assert [("exit_poll" in each) for each in kinds] == [False, True]


def test_what_is_wrong_in_another_electorates_folder_keeps_nobody_from_this_one(whole_data_dir: Path) -> None:
    (whole_data_dir / "raw/electorates/se/rules.toml").write_text("[[rules]]\n", "utf-8")
    assert refresh(order(whole_data_dir)).status == "published"
    with pytest.raises(RawDataError, match=r"se/rules\.toml: rules 1: in_force is missing"):
        list(run("se-2022", order(whole_data_dir), silent))


def test_a_fresh_install_makes_the_days_before_and_says_what_moved_from_each_to_the_next(data_dir: Path) -> None:
    wanted = replace(order(data_dir, None), days=3)
    outcomes = list(run("knesset-22", wanted, silent))
    assert [(done.as_of.isoformat(), done.kind) for done in outcomes] == [
        ("2019-09-14", "hindcast"), ("2019-09-15", "hindcast"), ("2019-09-16", "final")
    ]  # fmt: skip
    store = EditionStore(data_dir / "processed")
    assert store.current()["knesset-22"] == outcomes[-1].edition
    for before, after in pairwise(outcomes):
        moves = store.changes("knesset-22", str(after.edition))
        assert moves is not None
        assert moves.from_edition == before.edition
        assert any(row.parts for row in moves.lists)
    assert [done.as_of.isoformat() for done in run("knesset-22", wanted, silent)] == ["2019-09-16"]
