"""Exit polls lie in drafts until the ballots close, whatever anybody asks; what past nights teach is held out."""

import csv
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from pipelines import request
from pipelines.editions.schema.vote import ExitPoll
from pipelines.electorate import Campaign, Reference
from pipelines.electorate.folder import load
from pipelines.errors import ImportRefused, PageRefused, RawDataError
from pipelines.ingest.imports import import_file
from pipelines.nightly.backup import backup
from pipelines.vote import exit_polls
from pipelines.vote.count import keep_record
from pipelines.vote.exit_polls import (
    NINETY,
    Night,
    add,
    estimate,
    has_any,
    hold,
    last_versions,
    mean_of,
    open_drafts,
    polls_of,
)

ELECTION, VOTE, AFTER = "knesset-26", date(2026, 10, 27), date(2026, 10, 28)
SEATS = {"likud": 32, "yashar": 25, "together": 23, "shas": 20, "democrats": 20}


def sheet(folder: Path, *versions: tuple[str, str, dict[str, int]], name: str = "exit.csv") -> Path:
    path = folder / name
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(exit_polls.ExitPollRow.model_fields)
        for channel, version, seats in versions:
            rows.writerows([ELECTION, channel, "", version, f"2026-10-27T{version}", *pair] for pair in seats.items())
    return path


def campaign(data_dir: Path) -> Campaign:
    return load(data_dir / "raw").campaign(ELECTION)


def held_in(data_dir: Path) -> set[str]:
    """Every file with anything of the draft in it, by its folder."""
    files = [path for path in data_dir.rglob("*") if path.is_file() and b"Channel 99" in path.read_bytes()]
    return {path.relative_to(data_dir).parts[0] for path in files}


@pytest.fixture
def drafted(data_dir: Path, tmp_path: Path) -> Path:
    assert add(data_dir, sheet(tmp_path, ("Channel 99", "22:00", SEATS)), campaign(data_dir)) == 1
    return data_dir


def test_before_the_ballots_close_only_the_drafts_have_it(drafted: Path, tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match=r"the ballots close 2026-10-27 22:00; nobody opens an exit poll before"):
        open_drafts(drafted, campaign(drafted), VOTE, is_asked=True)
    assert open_drafts(drafted, campaign(drafted), VOTE) == 0
    keep_record(drafted, load(drafted / "raw"), campaign(drafted), today=VOTE)
    assert held_in(drafted) == {"drafts"}
    backup(drafted, tmp_path / "saved.tar")
    assert b"Channel 99" not in (tmp_path / "saved.tar").read_bytes()


@pytest.mark.parametrize(("minute", "opens"), [("19:59:59", 0), ("20:00:00", 1)])
def test_they_open_at_the_second_the_ballots_close(
    minute: str, opens: int, drafted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten in the evening by the clock of the electorate, two hours before that of UTC on the day."""
    moment = datetime.fromisoformat(f"2026-10-27T{minute}+00:00").astimezone(UTC)
    monkeypatch.setattr(request, "clock_now", lambda: moment)
    monkeypatch.setattr(type(campaign(drafted).electorate), "today", lambda _electorate: VOTE)
    assert open_drafts(drafted, campaign(drafted), None) == opens


def test_a_person_may_hold_them_back_longer(drafted: Path) -> None:
    hold(drafted, campaign(drafted))
    assert open_drafts(drafted, campaign(drafted), AFTER) == 0
    assert held_in(drafted) == {"drafts"}
    assert open_drafts(drafted, campaign(drafted), AFTER, is_asked=True) == 1
    assert held_in(drafted) == {"raw"}


def test_versions_of_a_channel_follow_each_other_and_the_last_one_counts(drafted: Path, tmp_path: Path) -> None:
    later = SEATS | {"likud": 31, "shas": 21}
    add(drafted, sheet(tmp_path, ("Channel 99", "00:30", later)), campaign(drafted))
    add(drafted, sheet(tmp_path, ("Channel 98", "22:00", SEATS | {"likud": 33})), campaign(drafted))
    open_drafts(drafted, campaign(drafted), AFTER)
    polls = polls_of(drafted, campaign(drafted))
    assert [(poll.channel, poll.version, poll.is_in_doubt) for poll in polls] == [
        ("Channel 99", "22:00", False), ("Channel 99", "00:30", False), ("Channel 98", "22:00", True),
    ]  # fmt: skip
    assert polls[0].moment_utc == "2026-10-27T22:00:00+02:00"
    assert mean_of(last_versions(polls)) == later, "what does not fill the house is in no mean"
    vote = keep_record(drafted, load(drafted / "raw"), campaign(drafted), today=AFTER)
    assert vote.exit_estimate
    assert vote.exit_estimate.nights == 7
    assert {row.list: row.mean for row in vote.exit_estimate.lists} == later


def test_a_draft_and_what_was_opened_are_something_that_came_in(data_dir: Path, tmp_path: Path) -> None:
    assert not has_any(data_dir, campaign(data_dir)), "most nights after a vote have nothing to record"
    add(data_dir, sheet(tmp_path, ("Channel 99", "22:00", SEATS)), campaign(data_dir))
    assert has_any(data_dir, campaign(data_dir))
    open_drafts(data_dir, campaign(data_dir), AFTER)
    assert held_in(data_dir) == {"raw"}
    assert has_any(data_dir, campaign(data_dir))


def test_a_sheet_that_does_not_fit_is_refused_and_kept_nowhere(data_dir: Path, tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="list 'nobody' is none of knesset-26"):
        add(data_dir, sheet(tmp_path, ("Channel 99", "22:00", {"nobody": 4})), campaign(data_dir))
    (tmp_path / "half.csv").write_text("election,channel\nknesset-26", "utf-8")
    with pytest.raises(RawDataError):
        add(data_dir, tmp_path / "half.csv", campaign(data_dir))
    assert not (data_dir / "drafts").exists()


def test_a_sheet_of_polls_with_an_exit_poll_is_not_taken_in_before(data_dir: Path, tmp_path: Path) -> None:
    path = tmp_path / "polls.csv"
    row = "2026-10-27,Midgam,Channel 99,exit_poll,32,25,23,20,20"
    path.write_text(f"fieldwork_end,pollster,publisher,kind,Likud,Yashar,Together,Shas,Democrats\n{row}\n", "utf-8")
    with pytest.raises(PageRefused, match="the ballots have not closed"):
        import_file(data_dir, path, "csv", ELECTION, VOTE)
    assert held_in(data_dir) == set()
    assert not has_any(data_dir, campaign(data_dir))
    assert import_file(data_dir, path, "csv", ELECTION, AFTER).accepted + 1 >= 1
    assert has_any(data_dir, campaign(data_dir)), "the ledger has it"


class _Made:
    """A night with given errors; one list a size."""

    def __init__(self, small: float, large: float, bloc: float) -> None:
        self.mean = {"small": 4.0, "large": 30.0}
        self.errors = {"small": small, "large": large}
        self.bloc_error = bloc


def test_a_spread_is_of_its_size_class_and_its_coverage_is_held_out(data_dir: Path) -> None:
    nights: list[Night] = [_Made(1, 3, 2), _Made(-1, 3, 2), _Made(1, -3, -20)]  # type: ignore[list-item]
    poll = ExitPoll(channel="a", names={}, seats={"likud": 30, "shas": 5}, is_in_doubt=False)
    spread = estimate(campaign(data_dir), [poll], nights)
    assert spread
    by_list = {row.list: row for row in spread.lists}
    assert by_list["likud"].high == pytest.approx(30 + NINETY * 3)
    assert by_list["shas"].high == pytest.approx(5 + NINETY * 1)
    assert (spread.lists_inside, spread.lists_judged) == (6, 6)
    assert spread.blocs_inside == 2, "the night that was far off is not inside what the others teach"


def test_every_past_night_teaches_once_and_never_of_itself(data_dir: Path) -> None:
    reference: Reference = load(data_dir / "raw")
    nights = exit_polls.past_nights(data_dir, reference, reference.campaign("knesset-24"))
    assert sorted(night.election for night in nights) == [f"knesset-{n}" for n in (19, 20, 21, 22, 23, 25)]
    likud = next(night for night in nights if night.election == "knesset-20").errors["likud"]
    assert likud == pytest.approx(27.5 - 30), "of the two channels whose seats fill the house"
