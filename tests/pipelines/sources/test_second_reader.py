"""Our reading beside an independent one, cell by cell: at least 99.5 % alike, every difference listed."""

import re
from collections import defaultdict
from datetime import date

import pytest

from electoral.polls import Status
from pipelines.sources.reading import Reading, ReportedCell, ReportedPoll, Scope, source_of
from pipelines.sources.text import spelling_key
from pipelines.sources.themadad import names
from tests.pipelines.sources.pages import SETTINGS
from tests.pipelines.sources.real import real_page
from tests.pipelines.sources.second_reader import PAGES, golden, read, text_of

LEAST_ALIKE = 0.995
CAMPAIGNS = {
    "wiki-2026": ("knesset-26", date(2022, 11, 2), date(2026, 10, 27)),
    "themadad": ("knesset-26", date(2022, 11, 2), date(2026, 10, 27)),
    "wiki-w15": ("knesset-20", date(2013, 1, 23), date(2015, 3, 17)),
    "wiki-w19b": ("knesset-22", date(2019, 5, 26), date(2019, 9, 17)),
    "wiki-w21": ("knesset-24", date(2020, 3, 3), date(2021, 3, 23)),
}
# Ordinary polls and exit polls of the pages that hold a few rows of each.
COUNTS = {
    "wiki-w15": {"poll": 7, "exit_poll": 3},
    "wiki-w19b": {"poll": 6, "exit_poll": 3},
    "wiki-w21": {"poll": 11, "exit_poll": 3},
}
DAY, FIRM, PUBLISHER = "day", "firm", "publisher"
Row = dict[str, str]


def ours(page: str) -> Reading:
    election, first, last = CAMPAIGNS[page]
    scope = Scope(election, page, first, last, last, house_size=120, settings=SETTINGS)
    source = "themadad" if page == "themadad" else "wikipedia"
    return source_of(source).parse(real_page(PAGES[page]).read_bytes(), scope)


def theirs(page: str) -> dict[str, Row]:
    """The committed cells by the place of their row; the all-polls table's words in the labels of the archive."""
    rows: dict[str, Row] = defaultdict(dict)
    words = names() if page == "themadad" else None
    for place, day, firm, publisher, label, cell in golden(page):
        row = rows[place]
        firm_name = words.pollsters.get(spelling_key(firm), firm) if words else firm
        publisher_name = words.publishers.get(spelling_key(publisher), publisher) if words else publisher
        row |= {DAY: day, FIRM: spelling_key(firm_name), PUBLISHER: spelling_key(publisher_name)}
        column = words.columns.get(spelling_key(label), {"label": label}) if words else {"label": label}
        row[spelling_key(column["label"])] = plain(cell)
    return rows


def plain(cell: str) -> str:
    """A printed cell in the words of the comparison: seats, a share under the threshold, or nothing."""
    bare = "".join(cell.split())
    if re.fullmatch(r"\d+\(.*%\)", bare):
        return bare
    bare = bare.strip("()").replace("–", "-")
    return "" if bare in ("-", "—", "−", "—N/a", "N/a") else bare


def printed(cell: ReportedCell) -> str:
    if cell.status is Status.NOT_ASKED:
        return ""
    if cell.status is Status.SEATS:
        return f"{cell.seats:g}" + (f"({cell.pct}%)" if cell.pct else "")
    return f"{cell.pct}%" if cell.pct else "0"


def row_of(poll: ReportedPoll) -> Row:
    cells = {spelling_key(cell.label.replace("RZP+Otzma (one cell)", "RZP")): printed(cell) for cell in poll.cells}
    firm, publisher = spelling_key(poll.pollster or ""), spelling_key(poll.publisher or "")
    return {DAY: str(poll.fieldwork_end), FIRM: firm, PUBLISHER: publisher, **cells}


def place_of(text: str) -> str:
    """ "…, table 3, row 47" is 3/47; a saved table is the first of its page."""
    table, row = re.search(r"(?:table (\d+), )?row (\d+)\)?$", text).groups()  # type: ignore[union-attr]
    return f"{table or 1}/{row}"


@pytest.mark.parametrize("page", PAGES)
def test_cells_equal_an_independent_reading(page: str, capsys: pytest.CaptureFixture[str]) -> None:
    reading, second = ours(page), theirs(page)
    mine = {place_of(reading.places[poll.id]): row_of(poll) for poll in reading.polls}
    refused = {place_of(row.place): row.reason for row in reading.refused}
    repeated = {place_of(one.place) for one in reading.repeats}
    both = mine.keys() & second.keys()
    apart = [
        f"{place} {second[place][DAY]} {second[place][FIRM]} {name}: {mine[place].get(name, '')!r}, there {cell!r}"
        for place in sorted(both)
        for name, cell in second[place].items()
        if mine[place].get(name, "") != cell
    ]
    compared = sum(len(second[place]) for place in both)
    with capsys.disabled():
        print(
            f"\n{page}: {compared} cells of {len(both)} rows compared, {len(apart)} apart; {len(refused)} rows refused"
        )
        print("".join(f"  {line}\n" for line in apart), end="")
    assert compared > 50
    assert len(apart) <= (1 - LEAST_ALIKE) * compared
    assert second.keys() - mine.keys() - refused.keys() - repeated == set(), "rows that only the second reading has"
    assert mine.keys() - second.keys() == set(), "rows that only ours has"


@pytest.mark.parametrize(("page", "counts"), COUNTS.items())
def test_the_few_rows_of_old_pages_are_all_read(page: str, counts: dict[str, int]) -> None:
    kinds = [str(poll.kind) for poll in ours(page).polls]
    assert {kind: kinds.count(kind) for kind in counts} == counts
    assert ours(page).refused == ()


@pytest.mark.parametrize("page", PAGES)
def test_the_committed_cells_are_what_the_second_reader_reads(page: str) -> None:
    assert list(read(text_of(real_page(PAGES[page])))) == golden(page)
