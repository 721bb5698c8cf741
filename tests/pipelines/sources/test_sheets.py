"""The desk's own sheet, long or wide, as CSV or workbook; S4: no entity, bomb or link in a workbook does anything."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from electoral.polls import PollKind, Status, Unit
from pipelines.errors import PageRefused, SourceError
from pipelines.sources import sheet as as_csv
from pipelines.sources import workbook as as_xlsx
from pipelines.sources.reading import ReportedPoll, Scope
from pipelines.sources.sheet import FIXED
from tests.pipelines.sources.workbooks import NS, with_parts, workbook

SCOPE = Scope("knesset-99", "desk", date(2026, 1, 1), date(2026, 10, 26))
WIDE = [
    [*FIXED, "Likud", "ש״ס", "Balad"],
    ["2026-07-01", "2026-07-02", "2026-07-03", "Kantar", "Kan 11", "1,552", "", "https://x.example/1", "24", "9", "(2%)"],  # noqa: E501
    ["", "2026-07-03", "", "Lazar", "Maariv", "", "scenario", "javascript:1", "25", "", "–"],
]  # fmt: skip
LONG = [
    ["fieldwork_end", "pollster", "publisher", "label", "value"],
    ["2026-07-02", "Kantar", "Kan 11", "Likud", "24"],
    ["2026-07-02", "Kantar", "Kan 11", "Balad", "(2.1%)"],
    ["2026-07-03", "Lazar", "Maariv", "Likud", "25"],
]
ARCHIVE = [
    ["poll", "fieldwork_end", "pollster", "publisher", "label", "status", "seats", "pct"],
    ["a", "2026-07-02", "Kantar", "Kan 11", "Likud", "seats", "24", ""],
    ["a", "2026-07-02", "Kantar", "Kan 11", "Balad", "below_threshold", "", "2.1"],
    ["a", "2026-07-02", "Kantar", "Kan 11", "Meretz", "not_asked", "", ""],
]


def csv_bytes(rows: list[list[str]], separator: str = ",") -> bytes:
    def quoted(cell: str) -> str:
        return f'"{cell}"' if separator in cell else cell

    return "\r\n".join(separator.join(map(quoted, row)) for row in rows).encode("utf-8-sig")


Read = Callable[[list[list[str]]], tuple[ReportedPoll, ...]]


@pytest.fixture(params=["csv", "xlsx", "semicolons", "windows-1255"])
def read(request: pytest.FixtureRequest) -> Read:
    ways: dict[str, Read] = {
        "csv": lambda rows: as_csv.parse(csv_bytes(rows), SCOPE).polls,
        "xlsx": lambda rows: as_xlsx.parse(workbook(rows), SCOPE).polls,
        "semicolons": lambda rows: as_csv.parse(csv_bytes(rows, ";"), SCOPE).polls,
        "windows-1255": lambda rows: (
            as_csv.parse(
                csv_bytes(rows).decode("utf-8-sig").replace("״", '""').replace("–", "-").encode("cp1255"), SCOPE
            ).polls
        ),
    }
    return ways[request.param]


def test_a_wide_sheet_is_read(read: Read) -> None:
    first, second = read(WIDE)
    assert first.id == "2026-07-02-kantar-kan-11"
    assert (first.fieldwork_start, first.published_date, first.sample_size) == (
        date(2026, 7, 1),
        date(2026, 7, 3),
        1552,
    )
    assert [(cell.label[:3], cell.status, cell.seats, cell.pct) for cell in first.cells][::2] == [
        ("Lik", Status.SEATS, 24, None), ("Bal", Status.BELOW_THRESHOLD, None, "2"),
    ]  # fmt: skip
    assert (second.kind, second.fieldwork_start) == (PollKind.SCENARIO, None)
    assert [cell.label for cell in second.cells] == ["Likud", "Balad"]


@pytest.mark.parametrize("rows", [LONG, ARCHIVE])
def test_a_long_sheet_is_read(read: Read, rows: list[list[str]]) -> None:
    first = read(rows)[0]
    assert [(cell.label, cell.seats, cell.pct) for cell in first.cells][:2] == [
        ("Likud", 24, None),
        ("Balad", None, "2.1"),
    ]


def test_links_are_citations_only_to_the_web() -> None:
    reading = as_csv.parse(csv_bytes(WIDE), SCOPE)
    assert reading.citations == {"2026-07-02-kantar-kan-11": ("https://x.example/1",)}


@pytest.mark.parametrize(
    ("column", "text", "check"),
    [(1, "30 Feb 2026", "dates"), (1, "2027-01-01", "dates"), (1, "2026-06-30", "dates"), (3, "L\u0430zar", "name"),
     (6, "guess", "name"), (8, "٢٤", "cell"), (8, "=1+1", "cell"), (5, "many", "cell")],
)  # fmt: skip
def test_a_bad_row_is_refused_alone(column: int, text: str, check: str) -> None:
    bad = [*WIDE[1][:column], text, *WIDE[1][column + 1 :]]
    reading = as_csv.parse(csv_bytes([*WIDE, bad]), SCOPE)
    assert [refusal.check for refusal in reading.refused] == [check]
    assert reading.accounted == reading.rows == 3


@pytest.mark.parametrize(
    "rows",
    [[], [["a", "b"]], [WIDE[0]], [[*WIDE[0], "Likud"], *WIDE[1:]], [[*LONG[0], "what"], *LONG[1:]],
     [["fieldwork_end", "label"], ["2026-07-02", "x"]],
     [[*WIDE[0][:5], "", *WIDE[0][6:]], *WIDE[1:]]],
)  # fmt: skip
def test_another_sheet_is_refused(rows: list[list[str]]) -> None:
    for parse in (lambda: as_csv.parse(csv_bytes(rows), SCOPE), lambda: as_xlsx.parse(workbook(rows), SCOPE)):
        with pytest.raises(PageRefused):
            parse()


def test_the_template_is_a_sheet_to_fill_in() -> None:
    labels = ("Likud", "ש״ס")
    for template, header in (
        (as_csv.template(labels), as_csv.template(labels).decode("utf-8-sig").strip().split(",")),
        (as_xlsx.template(labels), first_row(as_xlsx.template(labels))),
    ):
        assert header[-2:] == ["Likud", "ש״ס"]
        assert "fieldwork_end" in header
        assert template
    assert as_xlsx.template(labels) == as_xlsx.template(labels)
    filled = [first_row(as_xlsx.template(labels)), ["", "2026-07-02", "", "A", "B", "", "", "", "24", "9"]]
    assert len(as_xlsx.parse(workbook(filled), SCOPE).polls) == 1


def first_row(body: bytes) -> list[str]:
    return pd.read_excel(io.BytesIO(body), header=None, dtype=object, engine="calamine").iloc[0].tolist()


def bent(**parts: bytes | str) -> bytes:
    """A workbook with some of its parts replaced."""
    return with_parts(workbook(LONG), dict(parts))


DAYS = f"""<worksheet {NS}><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c>
<c r="D1" t="s"><v>2</v></c><c r="C1" t="s"><v>3</v></c></row>
<row r="3"><c r="A3"><v>46205</v></c>
<c r="B3" t="str"><f>A1</f><v>Kantar</v></c>
<c r="D3"><v>24.0</v></c><c r="C3"><v>500</v></c></row></sheetData></worksheet>"""
STRINGS = f"""<sst {NS}><si><t>fieldwork_end</t></si><si><t>pollster</t></si><si><r><t>Lik</t></r><r><t>ud</t></r></si>
<si><t>sample_size</t><rPh><t>x</t></rPh></si></sst>"""


def test_a_workbook_saved_by_excel_is_read() -> None:
    (poll,) = as_xlsx.parse(bent(sheet=DAYS, strings=STRINGS), SCOPE).polls
    assert (poll.fieldwork_end, poll.pollster, poll.sample_size, poll.cells[0].seats) == (
        date(2026, 7, 2),
        "Kantar",
        500,
        24,
    )


ENTITIES = "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
LAUGHS = f'<!DOCTYPE x [<!ENTITY a "ha">{ENTITIES}]>'


@pytest.mark.parametrize("part", ["sheet", "strings", "book"])
@pytest.mark.parametrize(
    "evil",
    [
        f"{LAUGHS}<worksheet {NS}>&i;</worksheet>",
        f'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><worksheet {NS}>&e;</worksheet>',
        f'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><worksheet {NS}/>',
        f'<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x">%p;]><worksheet {NS}/>',
        ('<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x [<!ENTITY e "x">]><x>&e;</x>').encode("utf-16"),
        "<not closed",
        "",
    ],
)
def test_entities_and_document_types_are_refused(part: str, evil: str | bytes) -> None:
    """S4."""
    with pytest.raises(PageRefused):
        as_xlsx.parse(bent(**{"sheet": DAYS, "strings": STRINGS, part: evil}), SCOPE)


@pytest.mark.parametrize("part", ["sheet", "strings"])
@pytest.mark.parametrize("declared", ["<!DOCTYPE worksheet>", '<!DOCTYPE x [<!ENTITY e "x">]>'])
def test_s4_a_document_type_is_refused_where_all_else_is_right(part: str, declared: str) -> None:
    whole = {"sheet": DAYS, "strings": STRINGS}
    with pytest.raises(PageRefused, match="declares a document type"):
        as_xlsx.parse(bent(**{**whole, part: declared + whole[part]}), SCOPE)


def test_bombs_are_refused() -> None:
    with pytest.raises(PageRefused, match="unpacks to more"):
        as_xlsx.parse(bent(sheet=f"<worksheet {NS}>" + " " * 60_000_000), SCOPE)
    many = io.BytesIO()
    with zipfile.ZipFile(many, "w") as archive:
        for name in ("xl/workbook.xml", *map(str, range(400))):
            archive.writestr(name, b"")
    with pytest.raises(PageRefused, match="parts"):
        as_xlsx.parse(many.getvalue(), SCOPE)
    for wide in ('<row r="1"><c r="ZZZ1"/></row>', '<row r="9999999"><c r="A1"/></row>'):
        with pytest.raises(PageRefused, match="more than"):
            as_xlsx.parse(bent(sheet=f"<worksheet {NS}><sheetData>{wide}</sheetData></worksheet>"), SCOPE)


@given(st.binary(max_size=200), st.integers(0, 2_000), st.integers(0, 40))
def test_a_broken_workbook_is_refused_in_one_line(noise: bytes, at: int, length: int) -> None:
    good = workbook(LONG)
    for body in (noise, good[:at] + noise[:length] + good[at + length :], good[:at]):
        try:
            as_xlsx.parse(body, SCOPE)
        except SourceError as error:
            assert "\n" not in str(error)  # noqa: PT017


PCT_SCOPE = replace(
    SCOPE, unit=Unit.SHARE, house_size=349, list_keys=frozenset(("moderates", "greens", "left", "others"))
)
PCT_HEAD = ["fieldwork_end", "pollster", "Moderates", "Greens", "Left", "Others"]


def shares(*numbers: object, scope: Scope = PCT_SCOPE) -> ReportedPoll:
    """One row of a sheet where polls print shares, the same from CSV and from a workbook."""
    rows = [PCT_HEAD, ["2026-07-02", "Novus", *numbers]]
    as_text = [[str(cell) for cell in row] for row in rows]
    (one,), (other,) = as_csv.parse(csv_bytes(as_text, ";"), scope).polls, as_xlsx.parse(workbook(rows), scope).polls
    assert one == other
    return one


@pytest.mark.parametrize(
    "numbers",
    [("40.5", "30", "25", "4.5"), ("40.5%", "30%", "25%", "4.5%"), ("40,5", "30", "25", "4,5"),
     (0.405, 0.3, 0.25, 0.045), ("(40.5%)", "30", "25", "(4.5%)")],
)  # fmt: skip
def test_where_polls_print_shares_a_row_is_one_of_percentages(numbers: tuple[object, ...]) -> None:
    poll = shares(*numbers)
    assert (poll.unit, {cell.status for cell in poll.cells}) == (Unit.SHARE, {Status.SHARE})
    assert [cell.pct for cell in poll.cells] == ["40.5", "30", "25", "4.5"]


def test_a_small_share_among_percentages_is_no_fraction_of_one() -> None:
    assert [cell.pct for cell in shares("49.5", "30", "20", "0.5").cells] == ["49.5", "30", "20", "0.5"]


def test_whole_numbers_that_fill_the_house_are_seats_there_too() -> None:
    poll = shares("150", "100", "90", "9")
    assert (poll.unit, [cell.seats for cell in poll.cells]) == (Unit.SEATS, [150, 100, 90, 9])


def test_a_row_of_percentages_is_refused_where_polls_print_seats() -> None:
    with pytest.raises(PageRefused, match="write seats"):
        shares("40.5", "30", "25", "4.5", scope=replace(PCT_SCOPE, unit=Unit.SEATS))
