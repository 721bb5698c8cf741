"""A final count becomes the recorded result by a person's act: refused in one line before it is one, correctable."""

from datetime import date
from pathlib import Path

import pytest

from pipelines.commands import vote as commands
from pipelines.electorate import Campaign
from pipelines.electorate.folder import load
from pipelines.errors import ImportRefused
from pipelines.vote.campaign import check
from pipelines.vote.count import import_count
from pipelines.vote.result import accept, audit, withdraw
from tests.pipelines.vote.test_count import HEAD, TODAY, count_file

ELECTION = "knesset-26"


def campaign(data_dir: Path) -> Campaign:
    return load(data_dir / "raw").campaign(ELECTION)


def bring(data_dir: Path, folder: Path, likud: int, together: int, shas: int, *, final: bool = True) -> None:
    valid = likud + together + shas
    box = f"1,עיר,101,9000,{valid + 3},3,{valid},{likud},{together},{shas}"
    path = count_file(folder, box, head=HEAD, name=f"{likud}.csv")
    import_count(data_dir, path, ELECTION, TODAY, valid if final else None)


def test_an_accepted_count_is_the_result_of_every_later_reading(data_dir: Path, tmp_path: Path) -> None:
    bring(data_dir, tmp_path, 7000, 5000, 1900)
    act = accept(data_dir, campaign(data_dir), "The committee published it in Reshumot", by="Dana")
    read_again = campaign(data_dir)
    assert act.seats == {row.list: row.seats for row in read_again.results} == {"likud": 61, "together": 43, "shas": 16}
    assert read_again.turnout
    assert (read_again.turnout.valid, read_again.turnout.invalid, read_again.turnout.voted) == (13_900, 3, 13_903)
    assert {row.ballot_name for row in read_again.results} >= {"הליכוד"}
    assert "electorates/il" not in {path.as_posix() for path in (data_dir / "raw/desk").iterdir()}
    (line,) = audit(data_dir / "raw", ELECTION)
    assert (line.act, line.by, line.why, line.valid_votes) == (
        "accepted", "Dana", "The committee published it in Reshumot", "13900",
    )  # fmt: skip


def test_the_house_it_makes_is_the_one_that_goes_in_the_campaign_that_was_opened_before(
    data_dir: Path, tmp_path: Path
) -> None:
    """knesset-27 ships opened, without a house: the count of a desk is its house from the acceptance on."""
    after = {"likud": 61, "together": 43, "shas": 16}
    bring(data_dir, tmp_path, 7000, 5000, 1900)
    assert load(data_dir / "raw").campaign("knesset-27").outgoing_seats(TODAY) == {}
    accept(data_dir, campaign(data_dir), "published")
    assert load(data_dir / "raw").campaign("knesset-27").outgoing_seats(TODAY) == after
    assert not any(fact.startswith(("results.csv", "outgoing.csv")) for fact in check(data_dir, "knesset-27"))


def test_a_result_is_corrected_by_withdrawing_it_and_accepting_another(data_dir: Path, tmp_path: Path) -> None:
    bring(data_dir, tmp_path, 7000, 5000, 1900)
    accept(data_dir, campaign(data_dir), "published")
    withdraw(data_dir, campaign(data_dir), "recounted in two boxes")
    assert (campaign(data_dir).results, campaign(data_dir).turnout) == ((), None)
    bring(data_dir, tmp_path, 7001, 4999, 1900)
    accept(data_dir, campaign(data_dir), "published again")
    assert {row.list: row.votes for row in campaign(data_dir).results}["likud"] == 7001
    assert [row.act for row in audit(data_dir / "raw", ELECTION)] == ["accepted", "withdrawn", "accepted"]
    with pytest.raises(ImportRefused, match="no result was accepted here"):
        withdraw(data_dir, load(data_dir / "raw").campaign("knesset-25"), "a mistake")


def test_what_is_no_final_count_is_refused_and_changes_nothing(data_dir: Path, tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="no count of knesset-26 is here"):
        accept(data_dir, campaign(data_dir), "why")
    bring(data_dir, tmp_path, 7000, 5000, 1900, final=False)
    for official, words in ((None, "nobody can tell from a file"), (14_000, "a count in progress is no result")):
        with pytest.raises(ImportRefused, match=words):
            accept(data_dir, campaign(data_dir), "why", official_valid=official)
    with pytest.raises(ImportRefused, match="--why is blank"):
        accept(data_dir, campaign(data_dir), " ", official_valid=13_900)
    assert not (data_dir / "raw/desk").exists()


def test_two_people_have_to_say_the_same_of_the_same_count(data_dir: Path, tmp_path: Path) -> None:
    bring(data_dir, tmp_path, 7000, 5000, 1900)
    with pytest.raises(ImportRefused, match="say with --by who you are"):
        accept(data_dir, campaign(data_dir), "published", needs_two=True)
    for again in range(2):
        act = accept(data_dir, campaign(data_dir), "published", by="Dana", needs_two=True)
        assert (act.act, campaign(data_dir).results) == ("proposed", ()), f"the same person, time {again}"
    assert accept(data_dir, campaign(data_dir), "read it too", by="Noa", needs_two=True).act == "accepted"
    assert campaign(data_dir).results


def test_a_tie_waits_for_the_lot(data_dir: Path, tmp_path: Path) -> None:
    bring(data_dir, tmp_path, 1000, 1000, 87)
    with pytest.raises(ImportRefused, match="a lot decides between likud and together"):
        accept(data_dir, campaign(data_dir), "published")
    with pytest.raises(ImportRefused, match="--lot shas: no seat"):
        accept(data_dir, campaign(data_dir), "published", lots=["shas"])
    assert accept(data_dir, campaign(data_dir), "drawn on 3 Nov", lots=["together"]).seats["together"] == 58


def test_what_ships_goes_before_what_a_desk_recorded(data_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ImportRefused, match="no count of knesset-25"):
        accept(data_dir, load(data_dir / "raw").campaign("knesset-25"), "why")
    commands.result("knesset-25", data_dir=data_dir, today=date(2026, 11, 1))
    assert "likud: 1,115,336 votes, 32 seats" in capsys.readouterr().err
