"""What one ruling is about: the rows that are alike, and the one reading of a source that it names."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from pipelines.electorate.columns import AliasRow, ListRow, NameRow, RulingRow
from pipelines.errors import RulingRefused
from pipelines.ingest.quarantine import _append, _reading, _rows, all_like
from pipelines.ingest.store import Ledger
from pipelines.rows import Row, read_rows
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


CAMPAIGN = cast(
    Any,
    SimpleNamespace(
        lists={"likud": None, "shas": None},
        aliases=[SimpleNamespace(alias="Dated")],
        names=SimpleNamespace(languages=("he", "en")),
    ),
)
ALIAS = {"election": "e", "source": None, "alias": "New", "from_date": None, "to_date": None, "note": "why"}


def ruled(refused: Refusal, ruling: str, data_dir: Path) -> list[tuple[str, Row]]:
    return _rows(refused, ruling, "why", CAMPAIGN, data_dir)


def test_a_column_is_a_list_by_an_alias_of_every_source_and_day(tmp_path: Path) -> None:
    assert ruled(COLUMN, "list:likud", tmp_path) == [
        ("aliases.csv", AliasRow.model_validate(ALIAS | {"list": "likud"}))
    ]


def test_a_new_list_has_the_column_s_label_in_every_language_and_no_colour_of_its_own(tmp_path: Path) -> None:
    of_list = {
        "election": "e", "list": "fresh", "kind": "campaign", "members": "fresh", "colour_light": "#83827E",
        "colour_dark": "#83827E", "ballot_letters": None, "attributes": "", "source": "why",
    }  # fmt: skip
    names = [
        {"kind": "list", "id": "e/fresh", "language": language, "name": "New", "short": None}
        for language in ("he", "en")
    ]
    assert ruled(COLUMN, "list:new:fresh", tmp_path) == [
        ("lists.csv", ListRow.model_validate(of_list)),
        *(("names.csv", NameRow.model_validate(name)) for name in names),
        ("aliases.csv", AliasRow.model_validate(ALIAS | {"list": "fresh"})),
    ]


@pytest.mark.parametrize(
    ("reason", "check", "printed"),
    [
        ("sum 140, expected 120", "sum", "140"),
        ("sum 97.6 per cent, expected 98 to 102", "sum", "sum 97.6 per cent, expected 98 to 102"),
        ("Balad has 1 seats", "under-threshold-seats", "Balad has 1 seats"),
        ("one list has most of the house", "vandalism", "one list has most of the house"),
    ],
)
def test_what_stands_as_printed_is_the_sum_or_else_the_reason(
    reason: str, check: str, printed: str, tmp_path: Path
) -> None:
    row = {"election": "e", "poll": "one", "check": check, "printed": printed, "ruling": "as-printed", "why": "why"}
    refused = replace(FEW, check=check, reason=reason)
    assert ruled(refused, "as-printed", tmp_path) == [("rulings.csv", RulingRow.model_validate(row))]


@pytest.fixture
def known(tmp_path: Path) -> Path:
    """A data folder whose ledger knows the polls one and two."""
    fold = empty_ledger()
    record(fold, [POLL, replace(POLL, id="two")])
    (tmp_path / "processed").mkdir()
    with Ledger.open(tmp_path / "processed/ledger.sqlite") as ledger:
        ledger.replace(fold, "mark")
    return tmp_path


@pytest.mark.parametrize(
    ("check", "ruling", "word"),
    [("sum", "same", "same"), ("twin", "same", "same"), ("twin", "different", "distinct")],
)
def test_two_polls_are_ruled_one_or_two_whatever_was_refused(check: str, ruling: str, word: str, known: Path) -> None:
    row = {"election": "e", "poll": "one", "check": "twin", "printed": "two", "ruling": word, "why": "why"}
    assert ruled(replace(FEW, check=check), f"{ruling}:two", known) == [("rulings.csv", RulingRow.model_validate(row))]


@pytest.mark.parametrize(
    ("refused", "ruling", "words"),
    [
        (COLUMN, "list:new:likud", r"'likud' is a list of e already; give --as list:likud"),
        (COLUMN, "list:new:Not An Id", "the ruling does not fit its file"),
        (COLUMN, "list:nobody", r"'nobody' is no list of e; lists.csv has likud, shas"),
        (replace(COLUMN, place="column Dated"), "list:likud", "'Dated' has a meaning on other days already"),
        (FEW, "same:nobody", "'nobody' is no other poll of e"),
        (FEW, "same:one", "'one' is no other poll of e"),
        (FEW, "different:two", "'different:two' does not fit the check .*; give same:<poll> or as-printed"),
        (FEW, "list:new:fresh", "does not fit the check 'under-threshold-seats'; give same:<poll> or as-printed"),
        (FEW, "list:likud", "does not fit the check 'under-threshold-seats'; give same:<poll> or as-printed"),
        (COLUMN, "same:two", r"does not fit the check 'list-name'; give list:<list> or list:new:<id>"),
        (COLUMN, "as-printed", r"does not fit the check 'list-name'; give list:<list> or list:new:<id>"),
        (replace(FEW, check="twin"), "as-printed", r"check 'twin'; give same:<poll> or different:<poll>"),
        (replace(FEW, check="dates"), "as-printed", r"check 'dates'; give same:<poll>"),
    ],
)
def test_a_ruling_that_does_not_fit_says_what_would(refused: Refusal, ruling: str, words: str, known: Path) -> None:
    with pytest.raises(RulingRefused, match=f"{words}") as caught:
        ruled(refused, ruling, known)
    assert str(caught.value).endswith("as-printed") is ("as-printed" in words)


def alias(label: str, target: str = "likud") -> AliasRow:
    return AliasRow.model_validate(ALIAS | {"alias": label, "list": target})


def test_a_ruling_is_one_more_row_of_its_file_which_it_begins_where_there_is_none(tmp_path: Path) -> None:
    path = tmp_path / "desk/aliases.csv"
    for label in ("New", 'New, "so called"'):
        _append(path, alias(label))
    assert path.read_text("utf-8") == (
        'election,source,alias,list,from_date,to_date,note\ne,,New,likud,,,why\ne,,"New, ""so called""",likud,,,why\n'
    )


def test_it_keeps_to_the_columns_that_the_file_has_and_begins_a_line(tmp_path: Path) -> None:
    path = tmp_path / "aliases.csv"
    before = "\ufeffnote,to_date,from_date,list,alias,source,election\nold,,,shas,Old,,e"
    path.write_text(before, "utf-8")
    _append(path, alias("New"))
    assert path.read_text("utf-8") == f"{before}\nwhy,,,likud,New,,e\n"


def test_several_items_of_a_cell_are_written_with_semicolons(tmp_path: Path) -> None:
    row = ListRow.model_validate({
        "election": "e", "list": "fresh", "kind": "campaign", "members": "a;b", "colour_light": "#83827E",
        "colour_dark": "#83827E", "ballot_letters": None, "attributes": "", "source": "why",
    })  # fmt: skip
    _append(tmp_path / "lists.csv", row)
    (written,) = read_rows(tmp_path / "lists.csv", ListRow)
    assert written == row
    assert ",a;b," in (tmp_path / "lists.csv").read_text("utf-8")
