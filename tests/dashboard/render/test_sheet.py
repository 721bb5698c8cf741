"""Files: numbers stay numbers, an interval is two columns, no text is a formula, the same cells in both formats."""

import csv
import io
import zipfile
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.blocks import Column, Interval, Missing, Name, Table, words
from dashboard.i18n import translator
from dashboard.names import text
from dashboard.render import sheet
from dashboard.render.sheet import About, harmless, lines

NS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
EN, HE = translator("en"), translator("he")
LIKUD = Name("likud", {"en": "Likud", "he": "הליכוד"})
TABLE = Table(
    (
        Column("list", words("table.list"), is_row_header=True),
        Column("seats", words("table.seats"), "seats", "float"),
        Column("ninety", words("table.ninety"), "seats", "float"),
        Column("day", words("record.day"), "date", "date"),
        Column("note", text("=head")),
    ),
    (
        (LIKUD, 22.0, Interval(18.0, 27.0), date(2026, 10, 8), "=1+1"),
        (text("other"), Missing("below_threshold", "(2.9%)"), None, None, 'say "x", y'),
        (text("third"), Missing("not_asked"), Interval(1.5, 2.25), None, None),
    ),
    words("tonight.seats"),
)
ABOUT = About((("Source", "=cmd"),))


def rows_of(raw: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


def test_csv_keeps_numbers_days_and_ends_of_intervals_in_columns_of_their_own() -> None:
    rows = rows_of(sheet.as_csv(lines(TABLE, HE, with_labels=True), "x", ABOUT, HE))
    assert rows[0][:3] == ["רשימה", "רשימה, מזהה", "מנדטים"]
    assert rows[1] == ["הליכוד", "likud", "22", "18", "27", "2026-10-08", "'=1+1"]
    assert rows[2] == ["other", "other", "<", "", "", "", 'say "x", y']
    assert rows[3][2:5] == ["", "1.5", "2.25"]


def test_columns_are_called_by_ids_for_programs() -> None:
    assert lines(TABLE, HE, with_labels=False).head == (
        "list", "list_id", "seats", "ninety_low", "ninety_high", "day", "note",
    )  # fmt: skip


def test_a_spreadsheet_reads_the_same_cells_typed(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(sheet.as_xlsx(lines(TABLE, EN, with_labels=False), "seats", ABOUT, EN))
    frame = pd.read_excel(path, engine="calamine")
    assert frame["seats"].tolist()[:2] == [22, "<"]
    assert (frame["ninety_low"][0], frame["ninety_high"][2]) == (18, 2.25)
    assert frame["day"][0] == pd.Timestamp(2026, 10, 8)
    assert frame["note"][0] == "'=1+1"
    about = pd.read_excel(path, sheet_name="About", engine="calamine", header=None)
    assert about.to_numpy().tolist() == [["Source", "=cmd"]]


@pytest.mark.parametrize(("t", "is_rtl"), [(EN, False), (HE, True)])
def test_a_hebrew_sheet_runs_from_right_to_left_and_has_no_formula(t, is_rtl: bool) -> None:
    raw = sheet.as_xlsx(lines(TABLE, t, with_labels=True), "seats", ABOUT, t)
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        for name in ("xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"):
            root = ElementTree.fromstring(archive.read(name))
            assert not list(root.iter(f"{NS}f"))
            assert [view.get("rightToLeft") == "1" for view in root.iter(f"{NS}sheetView")] == [is_rtl]


@settings(deadline=None)
@given(st.text(max_size=40), st.text(max_size=40))
def test_no_text_is_a_formula_or_breaks_a_file(name: str, cell: str) -> None:
    table = Table(
        (Column("a", text(name or "x")), Column("b", text("b"))), ((text(cell or "y"), cell),), words("nav.data")
    )
    content = lines(table, EN, with_labels=True)
    assert not [one for row in (content.head, *content.rows) for one in row if one and str(one)[0] in "=+-@\t\r"]
    for kind in sheet.TYPES.values():
        raw = kind.write(content, name, ABOUT, EN)
        assert raw == kind.write(content, name, ABOUT, EN), "the same table gives the same bytes"
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        for part in archive.namelist():
            ElementTree.fromstring(archive.read(part))


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@x", "\t=1", "\r1", "|x", " =1", "\u00a0=1", "＝1", "－1"])
def test_what_begins_a_formula_begins_with_an_apostrophe(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"
