"""A result file beside what is recorded: a part is not the whole, and another election is not this one."""

import csv
import json
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from electoral.apparentement import allocate
from electoral.rules import ElectoralRules, Formula
from pipelines.commands import vote as commands
from pipelines.editions.schema.vote import Vote
from pipelines.editions.store import EditionStore
from pipelines.electorate.folder import load
from pipelines.errors import ImportRefused, NothingKnown
from pipelines.vote.count import import_count
from pipelines.vote.exit_polls import has_any

TODAY = date(2026, 10, 28)
KNESSET = ElectoralRules(120, Fraction(13, 400), Formula.DHONDT)
HEAD = "סמל ועדה,שם ישוב,סמל ישוב,בזב,מצביעים,פסולים,כשרים,מחל,רק,שס"
PLACES = ("1,עיר,101,1000,600,10,590,300,200,90", "1,כפר,102,1000,810,10,800,400,300,100")
ENVELOPES = "99,מעטפות חיצוניות,9999,0,20,0,20,10,5,5"
VALID = 590 + 800 + 20


def count_file(folder: Path, *rows: str, head: str = HEAD, name: str = "count.csv") -> Path:
    path = folder / name
    path.write_text("\n".join([head, *rows]) + "\n", "utf-8-sig")
    return path


@pytest.fixture
def night(tmp_path: Path) -> Path:
    """A file of an election night of which nothing is recorded, with the first envelopes in it."""
    return count_file(tmp_path, *PLACES, ENVELOPES)


def test_the_first_envelopes_make_no_count_final(data_dir: Path, night: Path, command: Any) -> None:
    done = command(
        "pipelines", "import", night, "--source", "cec", "--election", "knesset-26", "--json", "--data-dir", data_dir,
        "--today", str(TODAY),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    count = json.loads(done.stdout)
    assert (count["stage"], count["valid_votes"], count["accepted"], count["unchanged"]) == ("interim", VALID, 0, 0)
    assert count["seats"] == {"likud": 61, "together": 43, "shas": 16}
    assert count["unknown_letters"] == {}
    assert "outside envelopes have begun to come in" in done.stderr


def test_a_total_that_is_given_makes_it_final_and_records_nothing(data_dir: Path, night: Path, command: Any) -> None:
    before = {path: path.read_bytes() for path in (data_dir / "raw").rglob("*.csv")}

    def brought(*options: str) -> Any:
        return command(
            "pipelines", "import", night, "--source", "cec", "--election", "knesset-26", "--data-dir", data_dir,
            "--today", str(TODAY), *options,
        )  # fmt: skip

    done = brought("--valid-votes", str(VALID), "--json")
    assert json.loads(done.stdout)["stage"] == "final"
    assert "this import records none" in done.stderr
    assert "0 accepted, 0 revised, 0 unchanged" in done.stderr
    assert before == {path: path.read_bytes() for path in (data_dir / "raw").rglob("*.csv")}
    assert json.loads(brought("--valid-votes", str(VALID + 1), "--json").stdout)["stage"] == "interim"
    assert len(list((data_dir / "raw/snapshots/cec").glob("*.body"))) == 1, "the same bytes are kept once"
    assert has_any(data_dir, load(data_dir / "raw").campaign("knesset-26")), "so that every night records it"


def test_the_option_belongs_to_result_files(data_dir: Path, night: Path, command: Any) -> None:
    done = command(
        "pipelines", "import", night, "--source", "csv", "--election", "knesset-26", "--data-dir", data_dir,
        "--valid-votes", "5",
    )  # fmt: skip
    assert done.returncode == 2
    assert "--valid-votes goes with --source cec" in done.stderr


def test_another_total_than_the_recorded_one_is_refused(data_dir: Path, night: Path) -> None:
    with pytest.raises(ImportRefused, match="--valid-votes is 5, recorded are 4,210,884"):
        import_count(data_dir, night, "knesset-20", TODAY, 5)


@pytest.mark.parametrize(("votes", "is_refused"), [(45, False), (48, True), (900, True)])
def test_letters_nobody_knows_over_the_threshold_are_of_another_election(
    votes: int, is_refused: bool, data_dir: Path, tmp_path: Path
) -> None:
    """The threshold is 3.25 %: 45 of 1,435 votes are under it, 48 of 1,438 over."""
    rows = [f"{row},0" for row in PLACES] + [f"1,קיבוץ,103,1000,{votes},0,{votes},0,0,0,{votes}"]
    path = count_file(tmp_path, *rows, head=f"{HEAD},ףףף")
    if is_refused:
        with pytest.raises(ImportRefused, match=r"letters that no list of knesset-26 has \(ףףף\).*Nothing was changed"):
            import_count(data_dir, path, "knesset-26", TODAY)
        assert not (data_dir / "raw/snapshots").exists()
        return
    done, counted = import_count(data_dir, path, "knesset-26", TODAY)
    assert counted.unknown_letters == {"ףףף": votes}
    assert done.reasons == {"no list is known by the letters ףףף": 1}


def test_a_total_row_is_not_counted(data_dir: Path, tmp_path: Path) -> None:
    total = ',סה"כ,,2000,1410,20,1390,700,500,190'.replace('"', '""').replace("סה", '"סה').replace("כ,", 'כ",', 1)
    done, counted = import_count(data_dir, count_file(tmp_path, *PLACES, total), "knesset-26", TODAY)
    assert counted.votes == {"likud": 700, "together": 500, "shas": 190}
    assert done.warnings == ("row 4 is a total and is not counted",)
    assert counted.stage == "interim"


def test_an_earlier_file_of_the_night_says_so(data_dir: Path, tmp_path: Path, night: Path) -> None:
    early = count_file(tmp_path, PLACES[0], name="early.csv")
    assert import_count(data_dir, early, "knesset-26", TODAY)[0].warnings == ()
    assert import_count(data_dir, night, "knesset-26", TODAY)[0].warnings == ()
    done, _ = import_count(data_dir, early, "knesset-26", TODAY)
    assert done.warnings == ("this file was imported before; count.csv stays on show",)


def brought(data_dir: Path, folder: Path, name: str, likud: int, together: int, shas: int) -> tuple[str, ...]:
    """Import a file of one box; what was warned of."""
    valid = likud + together + shas
    box = f"1,עיר,101,9000,{valid},0,{valid},{likud},{together},{shas}"
    done, _ = import_count(data_dir, count_file(folder, box, name=name), "knesset-26", TODAY)
    return done.warnings


def vote_in(data_dir: Path) -> Vote:
    vote = EditionStore(data_dir / "processed").vote("knesset-26")
    assert vote is not None
    return vote


def test_every_file_is_kept_and_one_that_goes_backwards_is_not_on_show(data_dir: Path, tmp_path: Path) -> None:
    assert brought(data_dir, tmp_path, "first.csv", 700, 500, 190) == ()
    assert brought(data_dir, tmp_path, "second.csv", 1400, 900, 400) == ()
    assert "goes backwards: 1,100 valid votes in 1 rows" in brought(data_dir, tmp_path, "cut.csv", 600, 400, 100)[0]
    assert brought(data_dir, tmp_path, "corrected.csv", 1399, 895, 400) == (), (
        "a correction of a few votes is no way back"
    )
    vote = vote_in(data_dir)
    assert [(point.file, point.is_behind) for point in vote.counts] == [
        ("first.csv", False), ("second.csv", False), ("cut.csv", True), ("corrected.csv", False),
    ]  # fmt: skip
    assert vote.count
    assert vote.count.file == "corrected.csv"
    assert len(list((data_dir / "raw/snapshots/cec").glob("*.body"))) == 4


def test_letters_that_are_gone_are_said(data_dir: Path, tmp_path: Path) -> None:
    brought(data_dir, tmp_path, "first.csv", 700, 500, 190)
    path = count_file(tmp_path, "1,עיר,101,9000,1800,190,1610,900,710", head=HEAD.removesuffix(",שס"), name="later.csv")
    done, _ = import_count(data_dir, path, "knesset-26", TODAY)
    assert "lists are no longer in it: shas with 190 votes in first.csv" in done.warnings[0]


@pytest.mark.parametrize("day", [date(2026, 10, 26), date(2026, 10, 27)])
def test_nothing_is_counted_while_the_vote_goes_on(day: date, data_dir: Path, night: Path) -> None:
    with pytest.raises(ImportRefused, match=r"knesset-26: the vote goes on until 2026-10-27.*import it then"):
        import_count(data_dir, night, "knesset-26", day)
    assert not (data_dir / "raw/snapshots").exists()


def test_the_result_of_another_election_is_refused_by_its_name(data_dir: Path, tmp_path: Path) -> None:
    with (data_dir / "raw/electorates/il/results.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["election"] == "knesset-25"]
    valid = sum(int(row["votes"]) for row in rows)
    head = HEAD.removesuffix(",מחל,רק,שס") + "".join(f",{row['ballot_letters']}" for row in rows)
    box = f"1,עיר,101,{valid},{valid},0,{valid}" + "".join(f",{row['votes']}" for row in rows)
    with pytest.raises(ImportRefused, match="these are the votes of knesset-25, to the last one"):
        import_count(data_dir, count_file(tmp_path, box, head=head), "knesset-26", TODAY)


def test_a_list_exactly_on_the_threshold_is_in_and_one_vote_less_is_out(data_dir: Path, tmp_path: Path) -> None:
    brought(data_dir, tmp_path, "on.csv", 6000, 3675, 325)
    vote = vote_in(data_dir)
    assert vote.standing
    assert (vote.standing.seats["shas"], vote.standing.lists["shas"].threshold_votes) == (3, 0)
    assert "shas" in vote.within_reach()
    brought(data_dir, tmp_path, "under.csv", 6001, 3675, 324)
    standing = vote_in(data_dir).standing
    assert standing
    assert (standing.seats["shas"], standing.lists["shas"].threshold_votes) == (0, -2), (
        "its own votes lift the threshold"
    )


def test_a_tie_for_the_last_seat_is_said_and_given_to_nobody(data_dir: Path, tmp_path: Path) -> None:
    brought(data_dir, tmp_path, "tie.csv", 1000, 1000, 87)
    standing = vote_in(data_dir).standing
    assert standing
    assert [(set(tie.lists), tie.seats) for tie in standing.ties] == [({"likud", "together"}, 1)]
    assert sum(standing.seats.values()) == 119
    assert standing.next is None


def test_an_agreement_with_a_partner_under_the_threshold_is_void(data_dir: Path, tmp_path: Path) -> None:
    """Together and Yisrael Beiteinu signed; so few votes of the second leave it out."""
    path = count_file(tmp_path, "1,עיר,101,9000,1010,0,1010,500,400,100,10", head=f"{HEAD},ל")
    import_count(data_dir, path, "knesset-26", TODAY)
    standing = vote_in(data_dir).standing
    assert standing
    assert [(set(one.lists), one.valid, one.changes) for one in standing.agreements] == [
        ({"together", "yisrael-beiteinu"}, False, {})
    ]


def test_envelopes_twice_are_counted_once_and_with_two_counts_refused(data_dir: Path, tmp_path: Path) -> None:
    again = ENVELOPES.replace("מעטפות חיצוניות,9999", "מעטפות כפולות,99999")
    done, counted = import_count(data_dir, count_file(tmp_path, *PLACES, ENVELOPES, again), "knesset-26", TODAY)
    assert (counted.valid_votes, done.quarantined) == (VALID, 0)
    assert "listed twice: counted once" in done.warnings[0]
    other = again.replace("20,0,20,10,5,5", "21,0,21,11,5,5")
    done, counted = import_count(
        data_dir, count_file(tmp_path, *PLACES, ENVELOPES, other, name="two.csv"), "knesset-26", TODAY
    )
    assert (counted.valid_votes, done.quarantined) == (VALID - 20, 1)


def test_the_command_says_interim_whose_number_is_whose_and_what_the_next_seat_takes(
    data_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(NothingKnown, match="no count of knesset-26 is here"):
        commands.count("knesset-26", data_dir=data_dir)
    path = count_file(tmp_path, *PLACES)
    import_count(data_dir, path, "knesset-26", TODAY, counted_pct=31.4)
    commands.count("knesset-26", as_json=True, data_dir=data_dir)
    output = capsys.readouterr()
    document = json.loads(output.out)
    assert (document["stage"], document["counted_pct"], document["valid_votes"]) == ("interim", 31.4, 1390)
    assert document["counted_estimate"] == pytest.approx(1390 / 4_764_742)
    lines = output.err.splitlines()
    assert "in progress, interim" in lines[0]
    assert lines[1] == "counted, as the committee says: 31.4%"
    assert lines[2].startswith("our estimate: 0%")
    assert "nothing is projected" in lines[3]
    gain = document["standing"]["lists"]["shas"]["gain"]["votes"]
    options = allocate({"likud": 700, "together": 500, "shas": 190 + gain}, KNESSET)
    fewer = allocate({"likud": 700, "together": 500, "shas": 190 + gain - 1}, KNESSET)
    assert (options.seats["shas"], fewer.seats["shas"]) == (document["seats"]["shas"] + 1, document["seats"]["shas"])
