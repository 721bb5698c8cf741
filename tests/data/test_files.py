"""Every file: its columns, its text, and the page that describes it."""

import re

import pytest
from pydantic import BaseModel

from pipelines.electorate.columns import FILES, PollValueRow
from pipelines.electorate.settings import ElectorateSettings, RulesTable, SourceSettings
from tests.data.reference import RAW, ROOT, files, rows

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
TAG = re.compile(r"<\s*[a-zA-Z/!]|&[a-z]+;|&#\d+;|\[\s*\w+\s*\]")


def documented() -> dict[str, list[str]]:
    """File → columns or keys, as docs/electorates.md has them."""
    columns_by_file: dict[str, list[str]] = {}
    columns: list[str] = []
    for line in (ROOT / "docs" / "electorates.md").read_text(encoding="utf-8").splitlines():
        if heading := re.match(r"## `(.+)\.(?:csv|toml)`", line):
            columns = columns_by_file.setdefault(heading[1], [])
        elif column := re.match(r"\| `(\w+)` \| \S", line):
            columns.append(column[1])
    return columns_by_file


def heading(name: str) -> str:
    """What the data page calls a file: its path in the electorate's folder."""
    inner = name.split("/", 2)[2]
    return "polls/<election>" if inner.startswith("polls/") else inner


def models() -> dict[str, type[BaseModel]]:
    """What each file of a folder is read by."""
    settings = {"electorate": ElectorateSettings, "rules": RulesTable, "sources": SourceSettings}
    return {**FILES, **settings, "polls/<election>": PollValueRow}


def test_the_page_describes_every_column_and_key_of_every_file_and_no_other():
    columns_of = {name: sorted(model.model_fields) for name, model in models().items()}
    columns_of |= {heading(name): sorted(rows(name)[0]) for name in files() if "/to_check/" in name}  # read by nothing
    assert {name: sorted(columns) for name, columns in documented().items()} == columns_of


@pytest.mark.parametrize("name", files())
def test_every_file_that_ships_is_one_of_them(name):
    assert heading(name) in models() or "/to_check/" in name


def test_the_readme_of_an_electorate_says_where_every_file_comes_from():
    for name in files():
        page = (RAW / "/".join(name.split("/")[:2]) / "README.md").read_text(encoding="utf-8")
        assert f"{name.split('/')[-1]}.csv" in page or "/polls/" in name, name


def test_every_electorate_is_named_with_its_readme_where_people_look_for_sources():
    page = (RAW / "SOURCES.md").read_text(encoding="utf-8")
    for folder in (RAW / "electorates").iterdir():
        assert f"electorates/{folder.name}/README.md" in page


@pytest.mark.parametrize("name", files())
def test_files_are_plain_text(name):
    data = (RAW / f"{name}.csv").read_bytes()
    assert not data.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in data
    assert data.endswith(b"\n")
    data.decode("utf-8")


@pytest.mark.parametrize("name", files())
def test_cells_hold_no_markup_no_control_characters_and_no_stray_spaces(name):
    for row in rows(name):
        assert None not in row, row
        for column, cell in row.items():
            assert cell is not None, (column, row)
            assert not CONTROL.search(cell), (column, row)
            assert not TAG.search(cell), (column, row)
            assert cell == cell.strip(), (column, row)


@pytest.mark.parametrize("name", files())
def test_nothing_names_a_machine(name):
    text = (RAW / f"{name}.csv").read_text(encoding="utf-8")
    assert not re.search(r"/work/|/home/|/tmp/|localhost|127\.0\.0\.1", text)


def test_no_row_stands_twice():
    for name in files():
        cells = [tuple(row.values()) for row in rows(name)]
        assert len(cells) == len(set(cells)), name
