"""S4, A6: a workbook is read by its own index, within bounds, and a damaged one is a line."""

import io
import struct
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.errors import PageRefused, SourceError
from pipelines.sources import workbook as container
from pipelines.sources.reading import Reading, Scope
from pipelines.sources.workbook import parse, template
from tests.pipelines.sources.workbooks import NS, with_parts, workbook, write

SCOPE = Scope("knesset-99", "desk", date(2026, 1, 1), date(2026, 10, 26))
HEAD = ("fieldwork_end", "pollster", "Likud", "Yashar")
NEW = (HEAD, ("2026-10-08", "Firm X", 21, 22), ("2026-10-07", "Firm Y", 20, 23))
OLD = (HEAD, ("2026-09-08", "Firm X", 30, 13))
Bend = Callable[[xlsxwriter.Workbook], object]


def read(body: bytes) -> Reading:
    reading = parse(body, SCOPE)
    assert reading.accounted == reading.rows
    return reading


def seats(reading: Reading) -> list[float | None]:
    return [cell.seats for cell in reading.polls[0].cells]


# --- the tab that is read


def turned(body: bytes) -> bytes:
    """The tabs in the other order, their parts named as before."""
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        book = archive.read("xl/workbook.xml").decode()
    start, end = book.index("<sheets>") + len("<sheets>"), book.index("</sheets>")
    first, second = book[start:end].replace("/><", "/>\n<").split("\n")
    return with_parts(body, {"book": book[:start] + second + first + book[end:]})


def test_a_tab_without_polls_is_refused_naming_it_and_those_left_aside() -> None:
    body = workbook([["Polls of our channel"]], bend=lambda book: write(book, "new", NEW))
    with pytest.raises(PageRefused, match=r"no header row names .*; the tab 'polls' is read; left aside: 'new'$"):
        read(body)


def test_tabs_stand_in_the_order_of_the_workbook_not_of_its_parts() -> None:
    body = workbook(OLD, bend=lambda book: write(book, "new", NEW))
    assert seats(read(body)) == [30, 13]
    reading = read(turned(body))
    assert seats(reading) == [21, 22]
    assert reading.warnings == ("the tab 'new' is read; left aside: 'polls'",)


def test_a_relation_may_name_any_part() -> None:
    body = workbook(NEW)
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        sheet, relations = archive.read("xl/worksheets/sheet1.xml"), archive.read("xl/_rels/workbook.xml.rels").decode()
        types = archive.read("[Content_Types].xml").decode()
    moved = {
        "xl/worksheets/data.xml": sheet,
        "relations": relations.replace("worksheets/sheet1.xml", "/xl/worksheets/data.xml"),
        "[Content_Types].xml": types.replace("sheet1.xml", "data.xml"),
    }
    assert seats(read(with_parts(body, moved, drop=["xl/worksheets/sheet1.xml"]))) == [21, 22]


def hide_first(book: xlsxwriter.Workbook) -> None:
    write(book, "new", NEW).activate()
    book.worksheets()[0].hide()


def very_hide_first(book: xlsxwriter.Workbook) -> None:
    write(book, "new", NEW).activate()
    book.worksheets()[0].very_hidden()


def chart_first(book: xlsxwriter.Workbook) -> None:
    book.add_chartsheet("a chart").set_chart(book.add_chart({"type": "line"}))


@pytest.mark.parametrize("bend", [hide_first, very_hide_first])
def test_hidden_tabs_are_left_aside_and_said(bend: Bend) -> None:
    reading = read(workbook(OLD, bend=bend))
    assert seats(reading) == [21, 22]
    assert reading.warnings == ("the tab 'new' is read; left aside: 'polls' (hidden)",)


def test_hidden_rows_and_columns_are_left_aside_and_said() -> None:
    def bend(book: xlsxwriter.Workbook) -> None:
        sheet = book.worksheets()[0]
        sheet.set_row(1, None, None, {"hidden": True})
        sheet.set_column("C:C", None, None, {"hidden": True})

    reading = read(workbook(NEW, bend=bend))
    assert [(poll.pollster, [cell.label for cell in poll.cells]) for poll in reading.polls] == [("Firm Y", ["Yashar"])]
    assert reading.warnings == ("hidden rows are left aside: 2", "hidden columns are left aside: C")


def test_a_workbook_of_one_tab_says_nothing() -> None:
    assert read(workbook(NEW)).warnings == ()


# --- bounds


def strings(*texts: str) -> str:
    return f"<sst {NS}>{''.join(f'<si><t>{text}</t></si>' for text in texts)}</sst>"


def sheet(cells: str) -> str:
    return f"<worksheet {NS}><sheetData>{cells}</sheetData></worksheet>"


def bent(cells: str, *texts: str) -> bytes:
    return with_parts(workbook(NEW), {"sheet": sheet(cells), "strings": strings(*texts)})


def shared(rows: int, columns: int) -> str:
    line = '<c t="s"><v>0</v></c>' * columns
    return f"<row>{line}</row>" * rows


PREFIXED = ("<x:row/>" + "<x:c/>" * 150) * 2_000
EVIL = {
    "a text longer than a cell": (bent(shared(2, 100), "x" * 4_900_000), "letters; a cell holds at most 32,767"),
    "a longest text in many cells": (bent(shared(1_000, 100), "x" * 32_767), "20,000,000 letters"),
    "an inline text longer than a cell": (
        bent(f'<row><c t="inlineStr"><is><t>{"x" * 40_000}</t></is></c></row>'), "at most 32,767"),
    "a text of a formula": (bent(f'<row><c t="str"><f>A2</f><v>{"x" * 40_000}</v></c></row>'), "at most 32,767"),
    "a number of 5,000 digits": (bent(f"<row><c><v>{'9' * 5_000}</v></c></row>"), "a number of 5,000 digits"),
    "a text that is not there": (bent('<row><c t="s"><v>7</v></c></row>', "x"), "which is not there"),
    "a cell far to the right": (bent('<row r="1"><c r="XFD1"><v>1</v></c></row>'), "more than 200 columns"),
    "a cell far below": (bent('<row r="1"><c r="A1048576"><v>1</v></c></row>'), "more than 20,001 rows"),
    "a row far below": (bent('<row r="1048576"><c><v>1</v></c></row>'), "more than 20,001 rows"),
    "a column in small letters": (bent('<row r="1"><c r="zzz1"><v>1</v></c></row>'), "'zzz1' is none of a sheet"),
    "a row of no number": (bent('<row r="0"><c><v>1</v></c></row>'), "'0' is none of a sheet"),
    "rows numbered alike": (bent('<row r="1"><c r="A1"><v>1</v></c></row>' * 30_000), "more than 20,001 rows"),
    "too many cells": (bent(f"<row>{'<c><v>1</v></c>' * 199}</row>" * 2_100), "more than 250,000 cells"),
    "too many cells, with a prefix": (
        with_parts(workbook(NEW), {"sheet": f'<x:worksheet xmlns:x="{NS[7:-1]}">{PREFIXED}</x:worksheet>'}),
        "more than 250,000 cells"),
    "a bomb in a part only the library reads": (
        with_parts(workbook(NEW), {"xl/styles.xml": f"<styleSheet {NS}>{' ' * 60_000_000}</styleSheet>"}),
        "unpacks to more than"),
    "a formula nobody worked out": (bent('<row><c r="A1"><f>1+1</f></c></row>'), "A1 has a formula without its value"),
    "a bomb": (bent(" " * 60_000_000), "unpacks to more than"),
}  # fmt: skip


@pytest.mark.parametrize("name", EVIL)
def test_what_no_sheet_holds_is_refused_at_once(name: str) -> None:
    body, reason = EVIL[name]
    started = time.process_time()
    with pytest.raises(PageRefused, match=reason):
        parse(body, SCOPE)
    assert time.process_time() - started < 2
    assert len(body) < 300_000


def test_a_long_text_takes_little_memory(tmp_path: Path) -> None:
    """Each in a process of its own, so that its most memory is its own; the libraries alone take some 120 MB."""
    body, _ = EVIL["a longest text in many cells"]
    (tmp_path / "long.xlsx").write_bytes(body)
    code = (
        "import resource, sys; from datetime import date; from pathlib import Path\n"
        "from pipelines.sources.reading import Scope; from pipelines.sources.workbook import parse\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "try: parse(Path(sys.argv[1]).read_bytes(), Scope('k', 'desk', date(2026, 1, 1), date(2026, 2, 1)))\n"
        "except Exception as error: pass\n"
        "print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)"
    )
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "long.xlsx")], cwd=root, capture_output=True, text=True, check=True
    )
    assert int(done.stdout) < 60, done.stdout


def test_the_largest_sheet_of_a_desk_is_read_in_good_time() -> None:
    rows: list[Sequence[object]] = [HEAD, *(("2026-10-08", f"Firm {at}", 21, 22) for at in range(5_000))]
    started = time.process_time()
    assert len(read(workbook(rows)).polls) == 5_000
    assert time.process_time() - started < 5


# --- damage


def with_offset(body: bytes, by: int) -> bytes:
    """The directory's place in the archive moved, so that parts begin before the file does."""
    at = body.rindex(b"PK\x05\x06") + 16
    (place,) = struct.unpack("<I", body[at : at + 4])
    return body[:at] + struct.pack("<I", (place + by) % 2**32) + body[at + 4 :]


@pytest.mark.parametrize("by", [1, 1_000, 2_000_000_000, -200])
def test_a_damaged_directory_is_a_line(by: int) -> None:
    with pytest.raises(SourceError):
        parse(with_offset(workbook(NEW), by), SCOPE)


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/worksheets/sheet1.xml"])
@pytest.mark.parametrize("damage", ["gone", "cut", "emptied"])
def test_a_part_gone_cut_or_emptied_is_a_line(part: str, damage: str) -> None:
    body = workbook(NEW)
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        whole = archive.read(part)
    spoilt = {
        "gone": lambda: with_parts(body, drop=[part]),
        "cut": lambda: with_parts(body, {part: whole[: len(whole) // 2]}),
        "emptied": lambda: with_parts(body, {part: b""}),
    }[damage]()
    with pytest.raises(SourceError) as refused:
        parse(spoilt, SCOPE)
    assert "\n" not in str(refused.value)


@given(st.binary(min_size=1, max_size=60), st.floats(0, 1), st.integers(0, 60))
@settings(max_examples=300, deadline=None)
def test_no_damage_is_more_than_a_line(noise: bytes, place: float, length: int) -> None:
    body = workbook(NEW)
    at = int(place * len(body))
    try:
        parse(body[:at] + noise + body[at + length :], SCOPE)
    except SourceError as error:
        assert "\n" not in str(error)  # noqa: PT017


XML = '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1"><v>46303.979</v></c></row>'


@given(st.lists(st.tuples(st.floats(0, 1), st.sampled_from(("9", "-", "<", ">", '"', "t", "e", "b", "s", " ", "A", "&"))), min_size=1, max_size=6))  # fmt: skip  # noqa: E501
@settings(max_examples=400, deadline=None)
def test_no_mutation_of_cells_is_more_than_a_line(changes: list[tuple[float, str]]) -> None:
    text = XML
    for place, put in changes:
        at = int(place * (len(text) - 1))
        text = text[:at] + put + text[at + 1 :]
    with pytest.raises(SourceError) as refused:
        parse(bent(text, "x"), SCOPE)
    assert "\n" not in str(refused.value)


def test_an_error_of_the_library_is_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise IndexError("a\nb")

    monkeypatch.setattr("pandas.read_excel", fail)
    with pytest.raises(PageRefused, match=r"cannot be read: a\\nb; save it as .xlsx again"):
        parse(workbook(NEW), SCOPE)


def test_the_template_is_the_same_bytes_for_the_same_lists() -> None:
    first = template(["Likud", "=1+1", "https://x.example"])
    time.sleep(1.1)  # a workbook's own clock counts seconds
    assert template(["Likud", "=1+1", "https://x.example"]) == first
    assert container.look_through(first).tab == "polls"
