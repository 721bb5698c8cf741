"""A result file beside what is recorded: a part is not the whole, and another election is not this one."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipelines.errors import ImportRefused
from pipelines.ingest.imports import bring_count

TODAY = date(2026, 10, 28)
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
    found = json.loads(done.stdout)
    assert (found["stage"], found["valid_votes"], found["accepted"], found["unchanged"]) == ("interim", VALID, 0, 0)
    assert found["seats"] == {"likud": 61, "together": 43, "shas": 16}
    assert found["unknown_letters"] == {}
    assert "outside envelopes have begun to come in" in done.stderr


def test_a_total_that_is_given_makes_it_final_and_records_nothing(data_dir: Path, night: Path, command: Any) -> None:
    before = {path: path.read_bytes() for path in (data_dir / "raw").rglob("*.csv")}

    def brought(*more: str) -> Any:
        return command(
            "pipelines", "import", night, "--source", "cec", "--election", "knesset-26", "--data-dir", data_dir,
            "--today", str(TODAY), *more,
        )  # fmt: skip

    done = brought("--valid-votes", str(VALID), "--json")
    assert json.loads(done.stdout)["stage"] == "final"
    assert "this import records none" in done.stderr
    assert "0 accepted, 0 revised, 0 unchanged" in done.stderr
    assert before == {path: path.read_bytes() for path in (data_dir / "raw").rglob("*.csv")}
    assert json.loads(brought("--valid-votes", str(VALID + 1), "--json").stdout)["stage"] == "interim"
    assert len(list((data_dir / "raw/snapshots/cec").glob("*.body"))) == 1, "the same bytes are kept once"


def test_the_option_belongs_to_result_files(data_dir: Path, night: Path, command: Any) -> None:
    done = command(
        "pipelines", "import", night, "--source", "csv", "--election", "knesset-26", "--data-dir", data_dir,
        "--valid-votes", "5",
    )  # fmt: skip
    assert done.returncode == 2
    assert "--valid-votes goes with --source cec" in done.stderr


def test_another_total_than_the_recorded_one_is_refused(data_dir: Path, night: Path) -> None:
    with pytest.raises(ImportRefused, match="--valid-votes is 5, recorded are 4,210,884"):
        bring_count(data_dir, night, "knesset-20", TODAY, 5)


@pytest.mark.parametrize(("votes", "is_refused"), [(45, False), (48, True), (900, True)])
def test_letters_nobody_knows_over_the_threshold_are_of_another_election(
    votes: int, is_refused: bool, data_dir: Path, tmp_path: Path
) -> None:
    """The threshold is 3.25 %: 45 of 1,435 votes are under it, 48 of 1,438 over."""
    rows = [f"{row},0" for row in PLACES] + [f"1,קיבוץ,103,1000,{votes},0,{votes},0,0,0,{votes}"]
    path = count_file(tmp_path, *rows, head=f"{HEAD},ףףף")
    if is_refused:
        with pytest.raises(ImportRefused, match=r"letters that no list of knesset-26 has \(ףףף\).*Nothing was changed"):
            bring_count(data_dir, path, "knesset-26", TODAY)
        assert not (data_dir / "raw/snapshots").exists()
        return
    done, counted = bring_count(data_dir, path, "knesset-26", TODAY)
    assert counted.unknown_letters == {"ףףף": votes}
    assert done.reasons == {"no list is known by the letters ףףף": 1}


def test_a_total_row_is_not_counted(data_dir: Path, tmp_path: Path) -> None:
    total = ',סה"כ,,2000,1410,20,1390,700,500,190'.replace('"', '""').replace("סה", '"סה').replace("כ,", 'כ",', 1)
    done, counted = bring_count(data_dir, count_file(tmp_path, *PLACES, total), "knesset-26", TODAY)
    assert counted.votes == {"likud": 700, "together": 500, "shas": 190}
    assert done.warnings == ("row 4 is a total and is not counted",)
    assert counted.stage == "interim"


def test_an_earlier_file_of_the_night_says_so(data_dir: Path, tmp_path: Path, night: Path) -> None:
    early = count_file(tmp_path, PLACES[0], name="early.csv")
    assert bring_count(data_dir, early, "knesset-26", TODAY)[0].warnings == ()
    assert bring_count(data_dir, night, "knesset-26", TODAY)[0].warnings == ()
    done, _ = bring_count(data_dir, early, "knesset-26", TODAY)
    assert done.warnings == ("a count of 3 rows is here already, this one has 1",)
