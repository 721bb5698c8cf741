"""Spoilt pages through the whole import command: it ends as it must, and nothing wrong is let in."""

import contextlib
import io
import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import typer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.commands import cli
from pipelines.ingest import imports
from pipelines.ingest.fold import PageCounts
from pipelines.ingest.store import Ledger
from tests.conftest import keep_polls
from tests.pipelines.ingest.test_imports import ELECTION, ROWS, TODAY
from tests.pipelines.sources.pages import FULL, LISTS, TITLE, event, header, ordinary, poll_row, scenarios
from tests.pipelines.sources.pages import page as whole_page

EXAMPLES = int(os.environ.get("HEMICYCLE_MUTATIONS", "120"))  # `make soak` runs more
COMMAND = typer.main.get_command(cli.app)
HOUSE = 120
CELLS = (
    "60",
    "0",
    "61",
    "121",
    "-5",
    "(2.1%)",
    "(<1%)",
    "–",
    "— N/a",
    "?",
    "TBA",
    "٢٤",
    "2,4",
    "²",
    "24[3]",
    "24.5",
    "",
)
NAMES = (
    "poop",
    "Smith",
    "North Polls",
    "L\u0430zar",
    "Laz\u200bar",
    "<script>alert(1)</script>",
    "",
    "Maariv",
    "x" * 500,
)
DAYS = (
    ("16 Jul", "2026-07-16"),
    ("30 Feb", "2026-02-30"),
    ("1 Aug", "2027-08-01"),
    ("31 Dec – 1 Jan", "2026-01-01"),
    ("soon", ""),
)
TOKENS = (
    "<td", "</td>", "<tr>", "</tr>", "<th", "colspan=2", "rowspan=9", "24", "60", "–", "%", "2026", "Jul", "<table>",
    "</table>", "TBA", "\u202e", "٢", '"', ">", "<", "Likud", "0", "99999999",
)  # fmt: skip
CLEAN = [(*row[:4], list(row[4])) for row in ROWS] + [
    (f"{day} Jul", f"2026-07-{day:02}", "East Polls", "Channel 12", ["38", "32", *FULL[2:]]) for day in range(2, 9)
]


@dataclass
class Draft:
    """A page to spoil: its rows, its header, its revision, and what is cut into its text at the end."""

    rows: list[Any] = field(default_factory=lambda: [[*row[:4], list(row[4])] for row in CLEAN])
    lists: list[str] = field(default_factory=lambda: list(LISTS))
    revision: int = 8
    cuts: list[tuple[float, int, str]] = field(default_factory=list)

    def row(self, at: int) -> list[Any]:
        return self.rows[at % len(self.rows)] if self.rows else ["", "", "", "", []]

    def bytes(self) -> bytes:
        lines = [poll_row(*row) for row in self.rows]
        lines.insert(2, event("9 Jul", "2026-07-09", "Two lists say that they will run as one"))
        what_if = scenarios(poll_row("16 Jul", "2026-07-16", "North Polls", "Kan 11", ("28", "42", *FULL[2:])))
        text = whole_page(ordinary(*lines, head=header(self.lists)), what_if)
        for place, length, put in self.cuts:
            at = int(place * len(text))
            text = text[:at] + put + text[at + length :]
        return json.dumps({"parse": {"title": TITLE, "revid": self.revision, "text": text}}).encode()


Mutation = Callable[[Draft], None]
number = st.integers(0, 40)


def cell(at: int, column: int, text: str) -> Mutation:
    def mutate(draft: Draft) -> None:
        if cells := draft.row(at)[4]:
            cells[column % len(cells)] = text

    return mutate


def name(at: int, column: int, text: str) -> Mutation:
    return lambda draft: draft.row(at).__setitem__(2 + column % 2, text)


def day(at: int, shown: tuple[str, str]) -> Mutation:
    return lambda draft: draft.row(at).__setitem__(slice(0, 2), shown)


def drop(at: int, count: int) -> Mutation:
    return lambda draft: draft.rows.__delitem__(slice(at % (len(draft.rows) or 1), at % (len(draft.rows) or 1) + count))


def double(at: int, seats: int) -> Mutation:
    """A row once more, as it is or with seats moved from one list to another."""

    def mutate(draft: Draft) -> None:
        row = [*draft.row(at)[:4], list(draft.row(at)[4])]
        if seats and len(row[4]) > 1 and all(str(text).isdigit() for text in row[4][:2]):
            row[4][:2] = [str(int(row[4][0]) - seats), str(int(row[4][1]) + seats)]
        draft.rows.append(row)

    return mutate


def swap(one: int, other: int) -> Mutation:
    def mutate(draft: Draft) -> None:
        lists, left, right = draft.lists, one % len(draft.lists), other % len(draft.lists)
        lists[left], lists[right] = lists[right], lists[left]

    return mutate


def rename(at: int, text: str) -> Mutation:
    return lambda draft: draft.lists.__setitem__(at % len(draft.lists), text)


def older() -> Mutation:
    return lambda draft: setattr(draft, "revision", 6)


def cut(place: float, length: int, put: str) -> Mutation:
    return lambda draft: draft.cuts.append((place, length, put))


MUTATIONS = st.one_of(
    st.builds(cell, number, number, st.sampled_from(CELLS)),
    st.builds(name, number, number, st.sampled_from(NAMES)),
    st.builds(day, number, st.sampled_from(DAYS)),
    st.builds(drop, number, st.integers(1, 9)),
    st.builds(double, number, st.integers(0, 9)),
    st.builds(swap, number, number),
    st.builds(rename, number, st.sampled_from(("Likude", "Gov.", "Lead", "New Party", "Shas", ""))),
    st.builds(older),
    st.builds(cut, st.floats(0, 1), st.integers(0, 60), st.sampled_from((*TOKENS, *[""] * 8))),
)


class Desk:
    """A data folder that every example finds as the clean page left it."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.ledger = data_dir / "processed/ledger.sqlite"
        self.snapshots = data_dir / "raw/snapshots/wikipedia"
        self.last: PageCounts | None = None
        assert self.bring(Draft(revision=7).bytes())[0] == 0
        self._clean, self._kept = self.ledger.read_bytes(), set(self.snapshots.iterdir())
        self.clean_rows = self.rows()

    def as_it_was(self) -> None:
        self.ledger.write_bytes(self._clean)
        for path in set(self.snapshots.iterdir()) - self._kept:
            path.unlink()

    def bring(self, content: bytes) -> tuple[int, str, str]:
        """Run the command in this process; its exit code, stdout and stderr."""
        path = self.data_dir / "page.json"
        path.write_bytes(content)
        arguments = ["import", path, "--source", "wikipedia", "--election", ELECTION, "--json"]
        arguments += ["--data-dir", self.data_dir, "--today", TODAY]
        out, err, self.last = io.StringIO(), io.StringIO(), None
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                cli.main(lambda: COMMAND([str(argument) for argument in arguments]))
            except SystemExit as end:
                return int(end.code or 0), out.getvalue(), err.getvalue()
        return 0, out.getvalue(), err.getvalue()

    def rows(self) -> Any:
        with Ledger.open(self.ledger) as ledger:
            return ledger.polls(ELECTION), ledger.refusals(), ledger.readings(ELECTION)


@pytest.fixture(scope="module")
def desk(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Nothing ships but the reference, which is read once; what an import counted is kept beside its output."""
    data_dir = tmp_path_factory.mktemp("mutations")
    shutil.copytree(root / "data/raw/electorates/il", data_dir / "raw/electorates/il")
    (data_dir / "processed").mkdir()
    for path in (data_dir / "raw/electorates/il/polls").glob("*.csv"):
        keep_polls(data_dir / "raw", path.stem, lambda _: False)
    reference = imports.open_reference(data_dir / "raw")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(imports, "open_reference", lambda *_: reference)
        real = imports.import_file

        def import_file(*arguments: Any) -> PageCounts:
            own.last = real(*arguments)
            return own.last

        own = Desk.__new__(Desk)
        patch.setattr(imports, "import_file", import_file)
        own.__init__(data_dir)  # type: ignore[misc]
        yield own


@given(st.lists(MUTATIONS, min_size=1, max_size=4))
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_spoilt_page_crashes_doubles_loses_or_lets_a_wrong_sum_in(desk: Desk, mutations: list[Mutation]) -> None:
    desk.as_it_was()
    draft = Draft()
    for mutate in mutations:
        mutate(draft)
    code, out, err = desk.bring(draft.bytes())
    assert code in (0, 1, 3), err
    assert "Traceback" not in err
    polls, refusals, _ = after = desk.rows()
    if code == 1:
        assert (out, after) == ("", desk.clean_rows)
        assert err.startswith("error: ")
        return
    document, last = json.loads(out), desk.last
    assert last is not None
    assert last.accounted == last.rows, last
    assert (document["quarantined"] > 0) == bool(refusals)
    assert (code == 3) == (last.newly_quarantined > 0)
    assert sum(document["reasons"].values()) == document["quarantined"]
    surveys = []
    for poll, _ in polls:
        assert sum(value.seats or 0 for value in (*poll.values, *poll.unknown)) == HOUSE, poll
        assert sum(value.seats or 0 for value in poll.unknown) <= HOUSE / 10, poll
        assert poll.fieldwork.end <= date.fromisoformat(TODAY)
        numbers = frozenset((value.list, value.seats) for value in poll.values if value.seats)
        surveys.append((poll.kind, poll.pollster, poll.publisher, poll.fieldwork.end, numbers))
    assert len(set(surveys)) == len(surveys), "a poll was doubled"
