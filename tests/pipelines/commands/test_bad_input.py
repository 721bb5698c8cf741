"""What bad input gets: exit 1, one line that says file, row, value and remedy, and nothing written."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ARCHIVE = Path("raw/electorates/il/polls/knesset-22.csv")
LIVE = ("pipelines", "refresh", "--election", "knesset-22", "--today", "2019-09-13", "--offline")

Damage = Callable[[list[str]], list[str]]


def cell(row: int, column: int, value: str) -> Damage:
    """Put a value into one cell; rows count as an editor shows them, the header being row 1."""

    def damage(lines: list[str]) -> list[str]:
        cells = lines[row - 1].split(",")
        cells[column] = value
        return [*lines[: row - 1], ",".join(cells), *lines[row:]]

    return damage


def without_column(name: str) -> Damage:
    def damage(lines: list[str]) -> list[str]:
        at = lines[0].split(",").index(name)
        return [",".join(part for index, part in enumerate(line.split(",")) if index != at) for line in lines]

    return damage


DAMAGES = {
    "a missing column": (without_column("seats"), ("row 1", "'seats'", "the columns are")),
    "a number in words": (cell(2, 10, "many"), ("row 2", "'many'", "a number")),
    "digits of another script": (cell(2, 10, "٢٤"), ("row 2", "٢٤", "a number")),
    "a date that is none": (cell(3, 2, "2019-02-30"), ("row 3", "2019-02-30", "there is no such day", "YYYY-MM-DD")),
    "a date in another form": (cell(3, 2, "26/05/2019"), ("row 3", "26/05/2019", "YYYY-MM-DD")),
    "a list twice": (lambda lines: [*lines[:2], lines[1], *lines[2:]], ("row 3", "Likud", "drop one")),
    "a row that is cut": (lambda lines: [*lines[:4], lines[4][:30], *lines[5:]], ("row 5", "commas")),
    "one poll with two dates": (cell(3, 2, "2019-05-27"), ("row 3", "2019-05-27", "2019-05-26")),
}


@pytest.mark.parametrize("case", DAMAGES)
def test_a_bad_polls_file_is_refused_whole(case: str, data_dir: Path, command: Any) -> None:
    damage, parts = DAMAGES[case]
    path = data_dir / ARCHIVE
    path.write_text("\n".join(damage(path.read_text("utf-8").splitlines())) + "\n", "utf-8")
    done = command("pipelines", "refresh", "--election", "knesset-22", "--offline", "--data-dir", data_dir)
    assert done.returncode == 1, done.stderr
    error = done.stderr.splitlines()[-1]
    assert error.startswith("error: ")
    assert str(path) in error
    assert all(part in error for part in parts), error
    assert "Traceback" not in done.stderr
    assert not (data_dir / "processed" / "current").exists()
    assert not (data_dir / "processed" / "editions").exists()


def test_polls_of_an_unknown_election_are_refused(data_dir: Path, command: Any) -> None:
    path = data_dir / ARCHIVE
    path.rename(path.with_name("knesset-99.csv"))
    done = command("pipelines", "refresh", "--election", "knesset-24", "--offline", "--data-dir", data_dir)
    assert done.returncode == 1
    assert "unknown election 'knesset-99'" in done.stderr
    assert "knesset-17" in done.stderr


def test_an_unknown_list_in_the_reference_names_its_row(data_dir: Path, command: Any) -> None:
    path = data_dir / "raw" / "electorates/il" / "agreements.csv"
    path.write_text(path.read_text("utf-8") + "knesset-22,likud,nobody,signed,,,a-test,,\n", "utf-8")
    rows = len(path.read_text("utf-8").splitlines())
    done = command("pipelines", "refresh", "--election", "knesset-22", "--offline", "--data-dir", data_dir)
    assert done.returncode == 1
    assert f"agreements.csv: row {rows}: list 'nobody'" in done.stderr


def test_a_row_that_fails_a_check_is_quarantined_once_and_the_rest_goes_on(data_dir: Path, command: Any) -> None:
    path = data_dir / ARCHIVE
    lines = path.read_text("utf-8").splitlines()
    path.write_text("\n".join(cell(2, 10, "55")(lines)) + "\n", "utf-8")
    refresh = (*LIVE, "--draws", "1000", "--data-dir", data_dir)
    first, second = command(*refresh), command(*refresh)
    assert (first.returncode, second.returncode) == (3, 0)
    assert "66 polls, 1 quarantined" in first.stderr
    done = command("pipelines", "status", "--json", "--data-dir", data_dir)
    assert "sum 140, expected 120" in done.stdout


IMPOSSIBLE = {
    "a list with two results": ("results", "knesset-22,likud,מחל,הליכוד,1,99,a test,", "stands already in row"),
    "an election twice": ("elections", None, "stands already in row"),
    "a bloc nobody names": ("bloc_members", "knesset-22,opp,blue-and-white,,a-test,", "bloc is 'opp'"),
}


@pytest.mark.parametrize("case", IMPOSSIBLE)
def test_an_impossible_reference_is_refused_in_one_line(case: str, data_dir: Path, command: Any) -> None:
    name, row, reason = IMPOSSIBLE[case]
    path = data_dir / "raw" / "electorates/il" / f"{name}.csv"
    lines = path.read_text("utf-8").splitlines()
    path.write_text("\n".join([*lines, row or lines[-1]]) + "\n", "utf-8")
    done = command("pipelines", "refresh", "--election", "knesset-22", "--offline", "--data-dir", data_dir)
    assert done.returncode == 1
    error = done.stderr.splitlines()[-1]
    assert error.startswith(f"error: {path}: row {len(lines) + 1}")
    assert reason in error


def test_seats_that_do_not_fill_the_house_are_no_result(data_dir: Path, command: Any) -> None:
    path = data_dir / "raw" / "electorates/il" / "results.csv"
    path.write_text(path.read_text("utf-8").replace("1113617,32", "1113617,42"), "utf-8")
    done = command("pipelines", "refresh", "--election", "knesset-22", "--offline", "--data-dir", data_dir)
    assert done.returncode == 1
    assert "knesset-22: its seats add up to 130, not 120" in done.stderr


def test_a_ban_that_ends_before_it_starts_is_refused(data_dir: Path, command: Any) -> None:
    path = data_dir / "raw" / "electorates/il" / "ban.csv"
    path.write_text(path.read_text("utf-8").replace("2019-09-14T00:00", "2019-09-18T00:00"), "utf-8")
    done = command("pipelines", "refresh", "--election", "knesset-22", "--offline", "--data-dir", data_dir)
    assert done.returncode == 1
    assert "ban.csv: row 7: the publication ban ends" in done.stderr


def test_f13_f15_what_ships_may_lose_a_poll_but_not_many_at_once(data_dir: Path, command: Any) -> None:
    refresh = (*LIVE, "--draws", "500", "--data-dir", data_dir)
    path = data_dir / ARCHIVE
    head, *rows = path.read_text("utf-8").splitlines(keepends=True)
    assert command(*refresh).returncode == 0
    served = (data_dir / "processed/current/knesset-22").read_bytes()
    for left in ([], rows[: len(rows) // 2], [row for row in rows if not row.startswith("2019-09-1")]):
        path.write_text(head + "".join(left), "utf-8")
        done = command(*refresh)
        assert done.returncode == 1
        error = done.stderr.splitlines()[-1]
        assert error.startswith(f"error: {path}: ")
        assert "vanished at once" in error
        assert "restore the file" in error
        assert (data_dir / "processed/current/knesset-22").read_bytes() == served
    gone = rows[0].partition(",")[0]
    path.write_text(head + "".join(row for row in rows if not row.startswith(f"{gone},")), "utf-8")
    assert command(*refresh).returncode == 0
    polls = command("pipelines", "polls", "--election", "knesset-22", *LIVE[4:6], "--data-dir", data_dir, "--csv")
    assert polls.stdout.count("\n") > 100
    assert gone not in polls.stdout


def test_f15_what_ships_empty_blames_the_file(data_dir: Path, command: Any) -> None:
    path = data_dir / ARCHIVE
    path.write_text(path.read_text("utf-8").partition("\n")[0] + "\n", "utf-8")
    done = command("pipelines", "refresh", "--election", "knesset-22", "--offline", "--data-dir", data_dir)
    assert done.returncode == 1
    assert f"{path} holds no poll and no source has brought one; restore it" in done.stderr
