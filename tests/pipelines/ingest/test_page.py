"""A page under our ids: how a column that nobody knows is quarantined, and what decides how bytes are read."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from electoral.polls import Fieldwork, Poll, ReportedValue, Status
from pipelines.ingest import page
from pipelines.ingest.page import MOST_NAMED, _unknown_column, code_hash
from pipelines.sources.reading import Refusal
from tests.pipelines.ingest.ledgers import POLL

CAMPAIGN = cast(Any, SimpleNamespace(election=SimpleNamespace(id="e")))
Cells = list[tuple[Poll, ReportedValue, str]]


def cells(*values: ReportedValue) -> Cells:
    """A poll a day, each with its own value and reason."""
    days = [Fieldwork(None, date(2019, 9, number)) for number in range(1, len(values) + 1)]
    polls = [replace(POLL, fieldwork=day) for day in days]
    return [(poll, value, f"of {poll.fieldwork.end}") for poll, value in zip(polls, values, strict=True)]


def value(seats: float | None = None, pct: str | None = None, status: Status = Status.SEATS) -> ReportedValue:
    return ReportedValue("unknown:New", "New", status, seats, pct)


def refused(label: str, printed: Cells) -> Refusal:
    return _unknown_column(label, printed, "wikipedia", CAMPAIGN)


@pytest.mark.parametrize(
    ("printed", "text"),
    [
        (value(10.0), "10"),
        (value(2.5), "2.5"),
        (value(0.0), "0"),
        (value(pct="2.10", status=Status.BELOW_THRESHOLD), "2.10"),
        (value(4.0, "3.4"), "3.4"),
        (value(status=Status.NOT_ASKED), "not_asked"),
    ],
)
def test_a_column_nobody_knows_is_one_entry_with_its_values_as_printed(printed: ReportedValue, text: str) -> None:
    assert refused("New List", cells(value(5.0), printed, value(7.0))) == Refusal(
        "e", "wikipedia", "column-new-list", "list-name",
        f"New List: 2019-09-01 5, 2019-09-02 {text}, 2019-09-03 7", "of 2019-09-03", "column New List",
    )  # fmt: skip


@pytest.mark.parametrize(("count", "rest"), [(MOST_NAMED, ""), (MOST_NAMED + 1, " and 1 more"), (11, " and 3 more")])
def test_of_many_values_the_first_are_shown_and_the_others_counted(count: int, rest: str) -> None:
    shown = ", ".join(f"2019-09-0{number} 5" for number in range(1, MOST_NAMED + 1))
    assert refused("New", cells(*[value(5.0)] * count)).text == f"New: {shown}{rest}"


def test_a_long_label_is_cut_in_the_id_and_the_text_but_not_where_it_is_ruled_by() -> None:
    label = "a" * 59 + " " + "b" * 700
    row = refused(label, cells(value(5.0)))
    assert row.poll == f"column-{'a' * 59}", "no dash where it was cut"
    assert len(refused(label.replace(" ", "c"), cells(value(5.0))).poll) == len("column-") + 60
    assert row.text == f"{label[:600]}…"
    assert row.place == f"column {label}"


@pytest.fixture
def hashed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], str]:
    """The hash of a folder of code and of a file beside it, as they are now."""
    (tmp_path / "code/inner").mkdir(parents=True)
    (tmp_path / "beside.py").write_text("")
    monkeypatch.setattr(page, "ROOT", tmp_path)
    return lambda: code_hash.__wrapped__("code", "beside.py")


@pytest.mark.parametrize(
    "name", ["code/a.py", "code/inner/b.py", "code/words.toml", "code/inner/words.toml", "beside.py"]
)
def test_every_source_file_and_table_of_words_decides_how_bytes_are_read(
    name: str, tmp_path: Path, hashed: Callable[[], str]
) -> None:
    hashes = [hashed()]
    for content in ("one", "other"):
        (tmp_path / name).write_text(content)
        hashes.append(hashed())
    assert len(set(hashes)) == 3


@pytest.mark.parametrize("name", ["code/a.pyc", "code/notes.md", "other.py"])
def test_no_other_file_does(name: str, tmp_path: Path, hashed: Callable[[], str]) -> None:
    before = hashed()
    (tmp_path / name).write_text("one")
    assert hashed() == before
