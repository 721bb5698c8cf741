"""Files: numbers stay numbers, no text is a formula, the same cells in both formats."""

import csv
import io
import zipfile
from xml.etree import ElementTree

import pytest

from dashboard.exports import FORMATS, Sheet
from dashboard.exports.cells import harmless, read_number

NS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
SHEET = Sheet("polls", ["name", "=head", "n"], [["הליכוד", "=1+1", -2], ['say "x", y', None, 3.5]])


def rows_of(raw: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1", "|cmd", "\u00a0@x"]
)
def test_a_text_that_could_be_a_formula_is_only_text(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("cell", [-2, -0.5, 0, None, "", "Likud", "27–37", "(2.9%)", "<1", "a=b"])
def test_numbers_and_plain_words_are_left_alone(cell: object) -> None:
    assert harmless(cell) == cell


def test_what_a_page_shows_comes_back_as_a_number_without_its_marks() -> None:
    assert read_number("\u2066−0.4\u2069") == -0.4
    assert read_number("2,175") == 2175
    assert read_number("٢٤") == "٢٤"
    assert read_number("nan") == "nan"


def test_comma_separated_keeps_every_cell() -> None:
    assert rows_of(FORMATS["csv"].write(SHEET)) == [
        ["name", "'=head", "n"],
        ["הליכוד", "'=1+1", "-2"],
        ['say "x", y', "", "3.5"],
    ]


def test_a_spreadsheet_has_texts_as_texts_and_numbers_as_numbers() -> None:
    with zipfile.ZipFile(io.BytesIO(FORMATS["xlsx"].write(SHEET))) as archive:
        assert archive.testzip() is None
        for part in archive.namelist():
            ElementTree.fromstring(archive.read(part))
        root = ElementTree.fromstring(archive.read("xl/worksheets/sheet1.xml"))
    cells = {cell.get("r"): cell for cell in root.iter(f"{NS}c")}
    assert not list(root.iter(f"{NS}f"))
    assert (cells["A2"].get("t"), cells["A2"].findtext(f"{NS}is/{NS}t")) == ("inlineStr", "הליכוד")
    assert cells["B2"].findtext(f"{NS}is/{NS}t") == "'=1+1"
    assert (cells["C2"].get("t"), cells["C2"].findtext(f"{NS}v")) == (None, "-2")
    assert "B3" not in cells


def test_the_same_sheet_gives_the_same_bytes_and_odd_characters_no_broken_file() -> None:
    odd = Sheet("a/b:c[" + "x" * 40, ["<&>"], [["\x00\x08]]>\ufffe"]])
    for kind in FORMATS.values():
        assert kind.write(odd) == kind.write(odd)
    with zipfile.ZipFile(io.BytesIO(FORMATS["xlsx"].write(odd))) as archive:
        ElementTree.fromstring(archive.read("xl/worksheets/sheet1.xml"))
        ElementTree.fromstring(archive.read("xl/workbook.xml"))
