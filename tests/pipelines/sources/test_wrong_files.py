"""A file that is something else is named for what it is, with the way to bring it in."""

import gzip
import io
import json
import zipfile
from datetime import date

import pytest

from pipelines.errors import PageRefused
from pipelines.sources.cec import parse as read_count
from pipelines.sources.reading import Scope, source_of
from pipelines.sources.text import decode
from tests.pipelines.sources import pages
from tests.pipelines.sources.workbooks import workbook

SCOPE = Scope("knesset-99", "desk", date(2026, 1, 1), date(2026, 10, 26))
SHEET = "fieldwork_end,pollster,Likud\n2026-07-02,Kantar,24\n"
RESULTS = "שם ישוב,סמל ישוב,בזב,מצביעים,פסולים,כשרים,מחל,שס\nא,1,10,5,0,5,3,2\n"


def zipped(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return file.getvalue()


CONTAINERS = [
    (workbook([["x"]]), "this is a workbook: import it with --source xlsx"),
    (zipped("xl/workbook.bin"), r"binary workbook \(.xlsb\): save it as .xlsx"),
    (zipped("mimetype", "content.xml"), r"OpenDocument file \(.ods\): save it as .xlsx"),
    (zipped("word/document.xml"), "Word document"),
    (zipped("polls.csv"), r"archive \(.zip\): unpack it"),
    (b"PK\x03\x04 and no more", "damaged workbook or archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), r"old workbook \(.xls\).*save it as .xlsx"),
    (b"%PDF-1.7\n", "this is a PDF"),
    (gzip.compress(SHEET.encode(), mtime=0), "packed with gzip: unpack it first"),
    (b"\x89PNG\r\n\x1a\n", "this is a picture"),
    (b"\xff\xd8\xff\xe0", "this is a picture"),
    (b"", "the file is empty"),
    (b"\xef\xbb\xbf \r\n", "the file is empty"),
]


@pytest.mark.parametrize(("body", "reason"), CONTAINERS)
@pytest.mark.parametrize("source", ["csv", "wikipedia", "themadad"])
def test_what_holds_no_text_is_named(source: str, body: bytes, reason: str) -> None:
    with pytest.raises(PageRefused, match=reason):
        source_of(source).parse(body, SCOPE)


@pytest.mark.parametrize(("body", "reason"), CONTAINERS[1:])
def test_a_workbook_that_is_none_is_named(body: bytes, reason: str) -> None:
    with pytest.raises(PageRefused, match=reason):
        source_of("xlsx").parse(body, SCOPE)


def test_a_result_file_kept_as_a_workbook_is_to_be_saved_as_csv() -> None:
    with pytest.raises(PageRefused, match="this is a workbook: save its sheet as CSV"):
        read_count(workbook([["x"]]), "knesset-99")


@pytest.mark.parametrize(
    ("source", "text", "reason"),
    [
        ("csv", "<!DOCTYPE html><html><table><tr><td>x</td></tr></table></html>", "web page: import it with --source"),
        ("dawum", "<!DOCTYPE html><html><table></table></html>", "web page: import it with --source"),
        ("dawum", SHEET, "import it with --source csv"),
        ("csv", json.dumps({"parse": {"text": "x"}}), "--source wikipedia"),
        ("csv", '<?xml version="1.0"?><Workbook/>', "this is XML"),
        ("csv", RESULTS, "result file of the elections committee: import it with --source cec"),
        ("xlsx", SHEET, "imported with --source csv"),
        ("wikipedia", SHEET, "sheet, not a page: import it with --source csv"),
        ("themadad", SHEET, "sheet, not a page: import it with --source csv"),
        ("themadad", json.dumps({"parse": {"text": "x"}}), "--source wikipedia"),
        ("wikipedia", "<html><title>A page</title><p>no table</p></html>", "no polling table"),
    ],
)
def test_text_of_another_source_is_named(source: str, text: str, reason: str) -> None:
    with pytest.raises(PageRefused, match=reason):
        source_of(source).parse(text.encode(), SCOPE)


@pytest.mark.parametrize("body", [SHEET.encode(), pages.body(pages.ordinary(*pages.PLAIN)), b"<html></html>"])
def test_a_result_file_that_is_none_is_named(body: bytes) -> None:
    with pytest.raises(PageRefused, match=r"--source (csv|wikipedia)"):
        read_count(body, "knesset-99")


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1255"])
def test_a_sheet_is_read_in_every_charset_desks_use(charset: str) -> None:
    text = 'תאריך,מכון,הליכוד,"ש""ס"\r\n2026-07-02,מנחם לזר,24,9\r\n'
    assert decode(text.encode(charset)) == text
    (poll,) = source_of("csv").parse(text.encode(charset), SCOPE).polls
    assert (poll.pollster, [(cell.label, cell.seats) for cell in poll.cells]) == (
        "מנחם לזר", [("הליכוד", 24), ('ש"ס', 9)],
    )  # fmt: skip


def test_western_quotes_and_dashes_of_one_byte_are_read() -> None:
    assert decode("RZP–Zehut, Ra’am".encode("cp1252")) == "RZP–Zehut, Ra’am"
