"""`python -m electoral`, run in a child: what it prints, and one clear line for what it refuses."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.forked import run_module

ROOT = Path(__file__).parents[2]
VOTES = "list,votes\na,416000\nb,338000\nc,246000\nd,12\n,1000\n"


def run(*arguments: str | Path | float) -> subprocess.CompletedProcess[str]:
    return run_module("electoral", [str(one) for one in arguments], ROOT)


@pytest.fixture
def votes(tmp_path: Path) -> Path:
    path = tmp_path / "votes.csv"
    path.write_text(VOTES, encoding="utf-8")
    return path


@pytest.fixture
def agreements(tmp_path: Path) -> Path:
    path = tmp_path / "agreements.csv"
    path.write_text("list_a,list_b\na,c\nb,d\n", encoding="utf-8")
    return path


def test_allocate_json_is_the_contract(votes: Path, agreements: Path) -> None:
    done = run("allocate", "--votes", votes, "--agreements", agreements, "--seats", 10, "--threshold", "3.25", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    document = json.loads(done.stdout)
    assert list(document) == ["seats", "qualifying", "quota", "agreements", "ties", "steps"]
    assert document["seats"] == {"a": 5, "b": 3, "c": 2, "d": 0}
    assert document["qualifying"] == ["a", "b", "c"]
    assert document["quota"] == 100_000
    assert document["agreements"] == [{"lists": ["a", "c"], "valid": True}, {"lists": ["b", "d"], "valid": False}]
    assert document["ties"] == []
    assert sum(step["seats"] for step in document["steps"] if not step["stage"].startswith("pair_")) == 10


def test_allocate_in_words(votes: Path, agreements: Path) -> None:
    done = run(
        "allocate", "--votes", votes, "--agreements", agreements, "--seats", 10, "--threshold", 3.25, "--explain",
        "--data-dir", "elsewhere", "--today", "2019-09-10", "--formula", "dhondt",
    )  # fmt: skip
    assert done.returncode == 0
    assert "1001012 valid votes; the threshold is 32533 of them." in done.stdout
    assert "a with c: 662000 ÷ 7 = 94571.43, the largest average; they then hold 7." in done.stdout


def test_a_tie_is_an_answer(tmp_path: Path) -> None:
    path = tmp_path / "votes.csv"
    path.write_text("list,votes\na,50\nb,50\n", encoding="utf-8")
    done = run("allocate", "--votes", path, "--seats", 3, "--threshold", 0, "--json")
    assert done.returncode == 0
    document = json.loads(done.stdout)
    assert document["seats"] == {"a": 1, "b": 1}
    assert document["ties"] == [{"lists": ["a", "b"], "seats": 1}]


def test_hebrew_names_and_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "votes.csv"
    path.write_text("votes,list\r\n60,הליכוד\r\n\r\n40,העבודה\r\n", encoding="utf-8-sig")
    done = run("allocate", "--votes", path, "--seats", 5, "--threshold", 3.25, "--json")
    assert json.loads(done.stdout)["seats"] == {"הליכוד": 3, "העבודה": 2}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("list,votes\na,12.5\n", "row 2: votes '12.5' of 'a'; give a whole number"),
        ("list,votes\na,-3\n", "row 2: votes '-3'"),
        ("list,votes\na,\n", "row 2: votes ''"),
        ("list,votes\na,١٢\n", "row 2: votes '١٢'"),
        ("list,votes\na,1_000\n", "row 2: votes '1_000'"),
        ('list,votes\na,"1,000"\n', "row 2: votes '1,000'"),
        ("list,votes\na,10\nb,5\na,7\n", "row 4: list 'a' twice"),
        ("list,votes\na,10\n,5\n,7\n", "row 4: list '' twice"),
        ("list,seats\na,10\n", "row 1: columns 'list,seats'; give list,votes"),
        ("list,votes,note\na,10,x\n", "row 1: columns 'list,votes,note'"),
        ("list,votes\na,10,x\n", "row 2: 3 cells"),
        ("list,votes\n", "no rows"),
        ("list,votes\n,5\n", "no named list"),
        ("", "row 1: columns ''"),
        ("list,votes\na,1\n,1000000\n", "no list qualifies"),
        ('list,votes\na,"10\n', "save it as UTF-8 CSV"),
    ],
)
def test_a_bad_votes_file_is_one_line(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "votes.csv"
    path.write_text(text, encoding="utf-8")
    done = run("allocate", "--votes", path, "--seats", 120, "--threshold", "3.25", "--json")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1
    assert str(path) in done.stderr
    assert says in done.stderr


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("list_a,list_b\na,x\n", "row 2: no list 'x' among the votes"),
        ("list_a,list_b\na,b\nc,a\n", "row 3: 'a' already signed in row 2"),
        ("list_a,list_b\na,a\n", "row 2: 'a' with itself"),
        ("list_a\na\n", "row 1: columns 'list_a'"),
    ],
)
def test_a_bad_agreements_file_is_one_line(votes: Path, tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "agreements.csv"
    path.write_text(text, encoding="utf-8")
    done = run("allocate", "--votes", votes, "--agreements", path, "--seats", 120, "--threshold", "3.25")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert f"{path}, {says}" in done.stderr


@pytest.mark.parametrize(
    ("seats", "threshold", "says"),
    [
        ("0", "3.25", "house_size 0"),
        ("2147483648", "3.25", "--seats 2147483648: a house of at most 10,000"),
        ("120", "101", "--threshold '101': give per cent from 0 to 100"),
        ("120", "-1", "--threshold '-1': give per cent"),
        ("120", "3/2", "--threshold '3/2': give per cent"),
    ],
)
def test_a_rule_that_cannot_be(votes: Path, seats: str, threshold: str, says: str) -> None:
    done = run("allocate", "--votes", votes, "--seats", seats, f"--threshold={threshold}")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert says in done.stderr


@pytest.mark.parametrize(
    ("threshold", "exempt", "qualifying"),
    [("quota", [], ["a"]), ("1/4", [], ["a", "b"]), ("quota", ["c"], ["a", "c"])],
)
def test_thresholds_and_exemptions(tmp_path: Path, threshold: str, exempt: list[str], qualifying: list[str]) -> None:
    path = tmp_path / "votes.csv"
    path.write_text("list,votes\na,60\nb,32\nc,8\n", encoding="utf-8")
    options = [option for name in exempt for option in ("--exempt", name)]
    done = run("allocate", "--votes", path, "--seats", 3, "--threshold", threshold, *options, "--json")
    assert json.loads(done.stdout)["qualifying"] == qualifying
    done = run("allocate", "--votes", path, "--seats", 3, "--threshold", threshold, "--exempt", "x")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert f"--exempt x: no such list in {path}" in done.stderr


def test_largest_remainders_as_a_document(tmp_path: Path) -> None:
    path = tmp_path / "votes.csv"
    path.write_text("list,votes\na,60\nb,28\nc,12\n", encoding="utf-8")
    document = json.loads(
        run("allocate", "--votes", path, "--seats", 3, "--threshold", 0, "--formula", "hare", "--json").stdout
    )
    assert document["seats"] == {"a": 2, "b": 1, "c": 0}
    assert document["quota"] == pytest.approx(100 / 3)
    assert [step["stage"] for step in document["steps"]] == ["quota", "remainder", "remainder"]


@pytest.mark.parametrize("command", ["allocate", "next-seat"])
@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a,700\nb,500\nc,190\nall of them,1390\n", "1390 of 'all of them' is the sum of the other rows"),
        ("a,700\nb,500\n,190\nx,1390\n", "1390 of 'x' is the sum of the other rows"),
        ("a,700\nb,500\nc,190\n,1390\n", "1390 of 'the row without a list' is the sum"),
        ("a,700\nTOTAL,701\n", "'TOTAL' is a total, not a list"),
        ("a,700\nValid votes:,701\n", "'Valid votes:' is a total"),
        ('a,700\n"סה""כ",701\n', "is a total, not a list"),
        ("a,700\nסה״כ,701\n", "is a total, not a list"),
        ("a,700\nסך הכול,701\n", "is a total, not a list"),
        ("a,700\n(all valid votes),701\n", "is a total, not a list"),
        ("a,700\nInsgesamt,701\n", "is a total, not a list"),
        ("a,700\nSumma,701\n", "is a total, not a list"),
        ("a,700\nTotaal,701\n", "is a total, not a list"),
    ],
)
def test_a_row_that_is_a_total_is_refused_and_not_dropped(tmp_path: Path, command: str, text: str, says: str) -> None:
    path = tmp_path / "votes.csv"
    path.write_text(f"list,votes\n{text}", encoding="utf-8")
    done = run(command, "--votes", path, "--seats", 120, "--threshold", "3.25")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert str(path) in done.stderr
    assert says in done.stderr
    assert "leave the row out" in done.stderr


def test_a_list_as_large_as_one_other_is_no_total(tmp_path: Path) -> None:
    path = tmp_path / "votes.csv"
    path.write_text("list,votes\na,50\nb,50\nTotal Renewal,0\n", encoding="utf-8")
    assert run("allocate", "--votes", path, "--seats", 4, "--threshold", 0).returncode == 0


def test_next_seat_as_a_document(votes: Path, agreements: Path) -> None:
    arguments = ("next-seat", "--votes", votes, "--agreements", agreements, "--seats", 10, "--threshold", "3.25")
    done = run(*arguments, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    document = json.loads(done.stdout)
    assert list(document) == ["seats", "ties", "last", "next", "lists", "agreements"]
    average = pytest.approx(662_000 / 7)
    assert document["last"] == {
        "lists": ["a"],
        "unit": ["a", "c"],
        "votes": 662_000,
        "divisor": 7,
        "average": average,
    }
    assert document["next"]["lists"] == ["b"]
    gain = document["lists"]["b"]["gain"]
    assert gain == {
        "votes": 40_286,
        "lot_votes": None,
        "seats_after": 4,
        "changes": {"a": -1},
        "transfer": {"other": "a", "votes": 25_637, "lot_votes": None},
    }
    assert document["lists"]["d"]["threshold_votes"] < 0
    assert document["agreements"] == [
        {"lists": ["a", "c"], "valid": True, "changes": {"a": 1, "b": -1}},
        {"lists": ["b", "d"], "valid": False, "changes": {}},
    ]


def test_next_seat_in_words(votes: Path, agreements: Path) -> None:
    done = run("next-seat", "--votes", votes, "--agreements", agreements, "--seats", 10, "--threshold", "3.25")
    last, following, _, b, *_, paired, void = done.stdout.splitlines()
    assert (
        last == "The last seat is a's, of the pair a with c: 662000 ÷ 7 = 94571.43, the smallest average with a seat."
    )
    assert following == "Next in line is b: 338000 ÷ 4 = 84500, the largest average without one."
    assert b == (
        "b (3 seats): one more, from a, with 40286 votes more or 25637 of a's; "
        "one fewer, to c, with 89751 votes less (89750: by lot) or 65273 gone to c."
    )
    assert paired == "The agreement of a with c moves seats: a +1, b -1."
    assert void == "The agreement of b with d is void."


def test_next_seat_of_a_house_where_a_lot_decides(tmp_path: Path) -> None:
    path = tmp_path / "votes.csv"
    path.write_text("list,votes\na,50\nb,50\n", encoding="utf-8")
    tied, a, _ = run("next-seat", "--votes", path, "--seats", 3, "--threshold", 0).stdout.splitlines()
    assert tied == "1 seat is tied between a and b at 25 votes: only a lot can say, and nobody's count has it."
    assert (
        a == "a (1 seat): one more with 1 vote more (now by lot); one fewer, to b, with 34 votes less or 26 gone to b."
    )


def test_a_file_that_is_not_there_or_not_text(tmp_path: Path) -> None:
    done = run("allocate", "--votes", tmp_path / "none.csv", "--seats", 120, "--threshold", 3.25)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "No such file" in done.stderr
    (tmp_path / "votes.csv").write_bytes(b"list,votes\n\xff\xfe,3\n")
    done = run("allocate", "--votes", tmp_path / "votes.csv", "--seats", 120, "--threshold", 3.25)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert run("allocate", "--votes", tmp_path, "--seats", 120, "--threshold", 3.25).returncode == 1


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["allocate"],
        ["allocate", "--votes", "x", "--seats", "many", "--threshold", "3"],
        ["allocate", "--votes", "x", "--seats", "3", "--threshold", "3,25"],
        ["allocate", "--votes", "x", "--seats", "3", "--threshold", "3", "--formula", "stv"],
        ["allocate", "--votes", "x", "--seats", "3", "--threshold", "3", "--unknown"],
        ["allocate", "--vote", "x", "--seats", "3", "--threshold", "3"],
        ["allocate", "--votes", "x", "--seats", "3", "--threshold", "3", "--today", "tomorrow"],
        ["recount"],
    ],
)
def test_wrong_usage_is_two(arguments: list[str]) -> None:
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (2, "")


@pytest.mark.parametrize(
    "arguments", [["--help"], ["allocate", "--help"], ["next-seat", "--help"], ["coalitions", "--help"]]
)
def test_help(arguments: list[str]) -> None:
    done = run(*arguments)
    assert (done.returncode, done.stderr) == (0, "")
    assert "usage: python -m electoral" in done.stdout


def test_coalitions(tmp_path: Path) -> None:
    path = tmp_path / "seats.csv"
    path.write_text("list,seats\na,50\nb,40\nc,30\nd,0\n", encoding="utf-8")
    done = run("coalitions", "--seats", path, "--majority", 61, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    document = json.loads(done.stdout)
    assert document["minimal_winning"] == [
        {"lists": ["b", "c"], "seats": 70},
        {"lists": ["a", "c"], "seats": 80},
        {"lists": ["a", "b"], "seats": 90},
    ]
    assert document["minimal_blocking"] == document["minimal_winning"]
    assert document["power"]["banzhaf"] == pytest.approx({"a": 1 / 3, "b": 1 / 3, "c": 1 / 3, "d": 0})
    assert "3 minimal winning sets at 61 of 120" in run("coalitions", "--seats", path, "--majority", 61).stdout


def test_coalitions_of_votes_are_those_of_the_seats_they_give(votes: Path, agreements: Path, tmp_path: Path) -> None:
    options = ["--votes", votes, "--agreements", agreements, "--seats", 10, "--threshold", 3.25]
    seats = json.loads(run("allocate", *options, "--json").stdout)["seats"]
    path = tmp_path / "seats.csv"
    path.write_text("list,seats\n" + "".join(f"{name},{won}\n" for name, won in seats.items() if won), "utf-8")
    done = run("coalitions", *options, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == run("coalitions", "--seats", path, "--majority", 6, "--json").stdout


def test_coalitions_of_a_tied_seat_are_refused_and_half_a_command_is_wrong_usage(tmp_path: Path, votes: Path) -> None:
    tied = tmp_path / "tied.csv"
    tied.write_text("list,votes\na,50\nb,50\n", encoding="utf-8")
    done = run("coalitions", "--votes", tied, "--seats", 3, "--threshold", 3.25)
    assert (done.returncode, done.stdout) == (1, "")
    assert "a, b are tied for 1 more" in done.stderr
    for half in (
        ["--seats", 120],
        ["--seats", "seats.csv", "--threshold", 3.25],
        ["--votes", votes, "--seats", 10],
        ["--votes", votes, "--seats", "seats.csv"],
    ):
        assert run("coalitions", *half).returncode == 2


def test_a_house_of_forty_lists_says_how_many_sets_there_are(tmp_path: Path) -> None:
    path = tmp_path / "seats.csv"
    path.write_text("list,seats\n" + "".join(f"l{at},3\n" for at in range(40)), encoding="utf-8")
    done = run("coalitions", "--seats", path, "--majority", 61)
    lines = done.stdout.splitlines()
    assert (done.returncode, done.stderr) == (0, "")
    assert lines[:2] == ["131282408400 minimal winning sets at 61 of 120", "of these the 10000 with the fewest lists:"]
    document = json.loads(run("coalitions", "--seats", path, "--majority", 61, "--json").stdout)
    assert document["counts"] == {"minimal_winning": 131_282_408_400, "minimal_blocking": 137_846_528_820}
    assert document["power"]["shapley_shubik"]["l0"] == pytest.approx(1 / 40)


def printing_to(descriptor: int, votes: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "electoral", "allocate", "--votes", str(votes), "--seats", "10",
         "--threshold", "3.25"],
        cwd=ROOT, stdout=descriptor, stderr=subprocess.PIPE, encoding="utf-8", check=False,
    )  # fmt: skip


def test_a_reader_that_went_away_is_no_failure(votes: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = printing_to(writer, votes)
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no such device here")
def test_a_full_disk_is_one_line_and_a_failure(votes: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = printing_to(full.fileno(), votes)
    assert (done.returncode, done.stderr) == (1, "standard output: No space left on device\n")


@pytest.mark.parametrize("majority", ["60", "121", "-5"])
def test_a_majority_that_is_none(tmp_path: Path, majority: str) -> None:
    path = tmp_path / "seats.csv"
    path.write_text("list,seats\na,70\nb,50\n", encoding="utf-8")
    done = run("coalitions", "--seats", path, f"--majority={majority}")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert f"--majority {majority}" in done.stderr


def test_only_numpy_is_imported() -> None:
    code = (
        "import sys, electoral.__main__, electoral.scenarios, electoral.coalition_odds; "
        "print(sorted({m.split('.')[0] for m in sys.modules} & "
        "{'pandas', 'scipy', 'requests', 'statsmodels', 'typer', 'dash', 'pipelines', 'dashboard'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.strip() == "[]"
