"""What one ruling is about: the rows that are alike, and the one reading of a source that it names."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.errors import RulingRefused
from pipelines.ingest.quarantine import _reading, all_like
from pipelines.ingest.store import Ledger
from pipelines.sources.reading import Refusal
from tests.pipelines.ingest.ledgers import POLL, empty_ledger, record

FEW = Refusal("e", "page", "one", "under-threshold-seats", "text", "Balad has 1 seats", "table 1, row 5")
COLUMN = Refusal("e", "page", "column-new", "list-name", "text", "unknown list 'New' on 2019-09-01", "column New")


def keep(data_dir: Path, *rows: Refusal) -> None:
    """A ledger in which these rows are refused."""
    fold = empty_ledger()
    for source in {row.source for row in rows}:
        record(fold, [], [row for row in rows if row.source == source], source)
    with Ledger.open(data_dir / "processed/ledger.sqlite") as ledger:
        ledger.replace(fold, "mark")


def alike(data_dir: Path, row: Refusal) -> Sequence[str]:
    return [other.poll for other in all_like(data_dir, row.id)]


@pytest.mark.parametrize(
    ("row", "other", "are_alike"),
    [
        (FEW, {"place": "table 2, row 9"}, True),
        (FEW, {"text": "another"}, True),
        (FEW, {"reason": "Balad has 2 seats"}, False),
        (FEW, {"source": "another"}, False),
        (FEW, {"check": "vandalism"}, False),
        (COLUMN, {"reason": "unknown list 'New' on 2019-09-02"}, True),  # its own day
        (COLUMN, {"reason": "unknown list 'New' on "}, True),
        (COLUMN, {"reason": "unknown list 'New' on 12019-09-021"}, False),
        (COLUMN, {"place": "column Newer"}, False),
        (COLUMN, {"place": "table 1, row 5"}, False),
    ],
)
def test_rows_are_alike_that_are_refused_for_one_reason_in_one_source_and_column(
    row: Refusal, other: dict[str, str], are_alike: bool, tmp_path: Path
) -> None:
    """Whichever of them is named; a reason may say each row's own day."""
    second = replace(row, poll="two", **other)
    keep(tmp_path, row, second)
    for named in (row, second):
        assert alike(tmp_path, named) == (sorted([row.poll, "two"]) if are_alike else [named.poll])


@pytest.mark.parametrize("check", ["sum", "twin"])
def test_sums_and_twins_are_ruled_one_by_one(check: str, tmp_path: Path) -> None:
    row = replace(FEW, check=check)
    keep(tmp_path, row, replace(row, poll="two"))
    with pytest.raises(RulingRefused, match=rf"^e/page/one/{check}: the check '{check}' is ruled row by row"):
        all_like(tmp_path, row.id)


def test_what_is_not_quarantined_is_like_nothing(tmp_path: Path) -> None:
    keep(tmp_path, FEW)
    for name in ("e/page/two/sum", ""):
        with pytest.raises(RulingRefused, match=rf"^nothing quarantined is called '{name}'"):
            all_like(tmp_path, name)


def test_a_reading_is_named_by_its_source_and_what_it_is_called_there(tmp_path: Path) -> None:
    """What ships is called by its id alone; a page may print the same for another poll."""
    fold = empty_ledger()
    record(fold, [POLL, replace(POLL, id="gone")], source="page")
    record(fold, [POLL], source="page")
    record(fold, [POLL], source="archive")
    (tmp_path / "processed").mkdir()
    assert _reading(tmp_path, "e/page/one/twin") is None, "before the first refresh"
    with Ledger.open(tmp_path / "processed/ledger.sqlite") as ledger:
        ledger.replace(fold, "mark")
    assert _reading(tmp_path, "e/page/one/twin") == Refusal("e", "page", "one-page", "twin", "", "")
    assert _reading(tmp_path, "e/archive/one/twin") == Refusal("e", "archive", "one", "twin", "", "")
    for name in ("e/page/gone/twin", "e/other/one/twin", "other/page/one/twin", "e/page/one/sum", "page/one/twin"):
        assert _reading(tmp_path, name) is None
