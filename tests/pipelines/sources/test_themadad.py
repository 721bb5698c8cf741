"""The saved all-polls table: dated columns, blanks that are no zeros, Hebrew names in three spellings."""

from datetime import date

import pytest

from electoral.polls import PollKind, Status
from pipelines.errors import PageRefused
from pipelines.sources.reading import Reading, Scope
from pipelines.sources.themadad import parse
from tests.pipelines.sources.real import real_page

SCOPE = Scope("knesset-26", "themadad.com all-polls table", date(2022, 11, 2), date(2026, 10, 26))
HEAD = ("מספר<br/>הסקר", "תאריך", "משיבים", "כלי<br/>תקשורת", "עורך<br/>משאלים", "הליכוד", 'ש"ס', "הציונות הדתית",
        "עוצמה יהודית", "כחול לבן", "\u200fרשימה ערבית מאוחדת")  # fmt: skip


def saved(*rows: tuple[str, ...], head: tuple[str, ...] = HEAD) -> bytes:
    top = "".join(
        f'<th align="center" bgcolor="#1A476F" onclick="sortTable(1)"><span>{name}</span></th>' for name in head
    )
    cells = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    page = f'<table border="1" class="list" id="myTable"><tr>{top}</tr>{cells}</table>'
    return f"<!DOCTYPE html><html><head><script>x</script></head><body>{page}</body></html>".encode()


def read(*rows: tuple[str, ...]) -> Reading:
    reading = parse(saved(*rows), SCOPE)
    assert reading.accounted == reading.rows
    return reading


EARLY = ("1", "2022-12-23", "500", "מעריב", "מנחם לזר", "35", "9", "12", "", "10", "")
LATE = ("543", "2026-03-26", "503", "חדשות 12", "מנו גבע", "27", "9", "0", "9", "0", "11")


def test_rows_become_polls_under_the_archives_labels() -> None:
    early, late = read(EARLY, LATE).polls
    assert early.id == "2022-12-23-lazar-maariv"
    assert {cell.label: cell.seats for cell in early.cells} == {
        "Likud": 35, "Shas": 9, "RZP+Otzma (one cell)": 12, "Blue & White / National Unity": 10,
    }  # fmt: skip
    assert late.id == "2026-03-26-midgam-mano-geva-hahadashot-12"
    assert late.sample_size == 503
    assert {cell.label: cell.status for cell in late.cells}["RZP"] is Status.BELOW_THRESHOLD
    assert "Joint List (all Arab lists)" in {cell.label for cell in late.cells}


def test_two_rows_of_a_day_and_outlet_are_a_poll_and_its_scenario() -> None:
    other = (*LATE[:5], "26", *LATE[6:])
    assert [poll.kind for poll in read(LATE, other).polls] == [PollKind.POLL, PollKind.SCENARIO]


def test_a_new_column_keeps_its_name_and_is_said() -> None:
    reading = parse(saved((*LATE, "4"), head=(*HEAD, "רשימה חדשה")), SCOPE)
    assert reading.polls[0].cells[-1].label == "רשימה חדשה"
    assert "is new" in reading.warnings[0]


def test_a_bad_row_is_refused_alone() -> None:
    reading = read(EARLY, ("2", "2026-13-40", *LATE[2:]), (*LATE[:5], "٢٤", *LATE[6:]), ("4", "2027-01-01", *LATE[2:]))
    assert [refusal.check for refusal in reading.refused] == ["dates", "cell", "dates"]
    assert len(reading.polls) == 1


@pytest.mark.parametrize(
    "other",
    [b"<html>Just a moment... cf-challenge</html>", b"<html><body><table id=myTable></table></body></html>", b"",
     saved(EARLY)[:-20], saved(EARLY, head=("a", "b", "c", "d", "e", *HEAD[5:]))],
)  # fmt: skip
def test_another_page_is_refused(other: bytes) -> None:
    with pytest.raises(PageRefused):
        parse(other, SCOPE)


def test_the_real_table_is_read_whole() -> None:
    reading = parse(real_page("themadad_allpolls_26.html").read_bytes(), SCOPE)
    assert (reading.rows, len(reading.polls), len(reading.refused), reading.warnings) == (507, 507, 0, ())
    assert sum(poll.kind is PollKind.SCENARIO for poll in reading.polls) == 10
