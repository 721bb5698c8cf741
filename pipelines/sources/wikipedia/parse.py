"""An API answer → its page, sub-pages and tables → reported polls, events and results, every row accounted for."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from lxml import etree

from electoral.polls import PollKind, Unit
from pipelines.electorate.settings import SourceSettings
from pipelines.errors import PageRefused, one_line
from pipelines.sources.cells import BlankMeans, BlankRule, Sample, read_name, read_sample
from pipelines.sources.columns import Columns, Vocabulary, columns_of
from pipelines.sources.dates import Around, years_in
from pipelines.sources.guards import refuse_challenge, refuse_cut_page, refuse_emptied
from pipelines.sources.html import Grid, grid_of, parse_html, references_of, visible_text
from pipelines.sources.reading import Aside, Reading, RowRefused, Scope
from pipelines.sources.text import decode, spelling_key, tidy
from pipelines.sources.wikipedia.rows import PageReader, Row

SUBGROUP = r"\bvoters\b|\bstudents?\b|\bsoldiers?\b|\bby (community|sector|region)\b"
OF_COMMUNITY = r"[- ](?:sector|community|citizens|respondents|electorate)"
ORDINARY = r"seats?\b|\bpolls?\b|\bpolling\b"
BY_PARTY = (
    r"^(?:by )?(?:party|parties|lists?)$|^\d+(?:st|nd|rd|th) \w+$"  # headings that say no more than the page's title
)
_TITLE_YEARS = re.compile(r"\d{4}(?: ?[–-] ?\d{4})?\b", re.ASCII)
SUBPAGE = re.compile(r"^[\d–\- ]*(opinion polling|opinion polls|polling) for the .{4,60} election$", re.IGNORECASE)
# A table of seats prints whole numbers: more than this share of decimals and per cents is one of percentages.
MOST_DECIMALS = 0.25
WHOLE_PCT = 100
UNKNOWN_HEADING = "a table of polls under a heading nobody knows"


class Section(StrEnum):
    """What the headings over a table make of it."""

    ORDINARY = "ordinary"
    SCENARIO = "scenario"
    EXIT_POLL = "exit poll"
    PERCENTAGE = "percentage"
    SEATS = "seats"
    SUBGROUP = "part of the public"
    OTHER = "no seats asked"
    UNKNOWN = "headings nobody knows"


OTHER_UNIT = {
    Unit.SEATS: (Section.PERCENTAGE, r"percentages?\b|\bpopular vote\b|\bvote shares?\b"),
    Unit.SHARE: (Section.SEATS, r"\bseats?\b"),
}
HEADINGS = (
    (Section.OTHER, r"prime minister|other questions|approval|favou?rab|pollsters and publishers|graphical|guide"),
    (Section.SCENARIO, r"scenario|hypothetical|merger|alternative|what if"),
    (Section.EXIT_POLL, r"exit polls?\b"),
)


class Headings:
    """What headings say, by the words of a page: the first section that any heading over a table matches.

    Under headings that match none, nothing is read. `settings`: `tables` are words of the headings whose tables are
    read, in place of "polls" and "seats"; its options `communities` name parts of the public ("rural": rural voters,
    the rural community), each asked alone in tables of their own.
    """

    def __init__(self, unit: Unit = Unit.SEATS, settings: SourceSettings | None = None) -> None:
        words = settings.tables if settings else ()
        ordinary = (r"\b(?:" + "|".join(map(re.escape, words)) + ")" if words else ORDINARY) + "|" + BY_PARTY
        sections = ((Section.SUBGROUP, _subgroups(settings)), OTHER_UNIT[unit], *HEADINGS, (Section.ORDINARY, ordinary))
        self._patterns = tuple((section, re.compile(pattern, re.IGNORECASE)) for section, pattern in sections)

    def section_of(self, path: tuple[str, ...]) -> Section:
        """What a table under these headings holds; under headings nobody knows, nothing we read.

        >>> Headings().section_of(("Seat projections", "2026")), Headings().section_of(("Scenario polls", "A and B"))
        (<Section.ORDINARY: 'ordinary'>, <Section.SCENARIO: 'scenario'>)
        """
        for section, pattern in self._patterns:
            if any(pattern.search(part[:200]) for part in path):
                return section
        return Section.ORDINARY if any(map(years_in, path)) else Section.UNKNOWN

    def section_of_title(self, title: str) -> Section:
        """A table before any heading is what the page is about: polls, where the title says nothing else."""
        return next((section for section, pattern in self._patterns if pattern.search(title[:200])), Section.ORDINARY)


def _subgroups(settings: SourceSettings | None) -> str:
    """A heading about a part of the public; a name of several words is one wherever it stands."""
    names = (*option(settings, "communities"), "young")
    words = "|".join(re.escape(name) + (r"\S*" if " " not in name else "") for name in names)
    whole = "".join(rf"|\b{re.escape(name)}\b" for name in names if " " in name)
    return rf"{SUBGROUP}|^(?:{words})$|\b(?:{words}){OF_COMMUNITY}\b{whole}"


def option(settings: SourceSettings | None, name: str) -> tuple[str, ...]:
    """The words of an option of sources.toml, none where it is not given."""
    words = settings.options.get(name, ()) if settings else ()
    return (words,) if isinstance(words, str) else tuple(words)


@dataclass(frozen=True, slots=True)
class Page:
    """A polling page as the API gave it."""

    title: str
    revision: int | None
    text: str


@dataclass(frozen=True, slots=True)
class PlacedTable:
    """A polling table with the headings over it, outermost first, and the years they name."""

    number: int
    path: tuple[str, ...]
    section: Section
    years: tuple[int, ...]
    grid: Grid

    @property
    def place(self) -> str:
        return f"{' > '.join(one_line(part, 60) for part in self.path) or 'top'}, table {self.number}"


def read_page(body: bytes, content_type: str = "") -> Page:
    """The page inside an API answer, or a saved page; raises PageRefused when it is neither."""
    text = decode(body, content_type)
    if not text.lstrip().startswith(("{", "[")):
        refuse_cut_page(text)
        return Page(_html_title(text), None, text)
    answer = _json(text)
    if "error" in answer:
        raise PageRefused(f"the API refused the page: {one_line(answer['error'])}")
    parsed = answer.get("parse")
    content = parsed.get("text") if isinstance(parsed, dict) else None
    page_text = content.get("*") if isinstance(content, dict) else content
    if not isinstance(parsed, dict) or not isinstance(page_text, str):
        raise PageRefused("the answer holds no parse.text; ask for action=parse&prop=text")
    refuse_challenge(page_text)
    revision = parsed.get("revid")
    return Page(tidy(str(parsed.get("title", "")))[:300], revision if isinstance(revision, int) else None, page_text)


def _json(text: str) -> dict[str, Any]:
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise PageRefused(f"the answer is not whole JSON: {one_line(error)}; ask again") from error
    if not isinstance(answer, dict):
        raise PageRefused("the answer is no JSON object; ask for action=parse")
    return answer


def _html_title(text: str) -> str:
    match = re.search(r"<title>([^<]{1,300})</title>", text[:20_000], re.IGNORECASE)
    return tidy(match[1].removesuffix(" - Wikipedia")) if match else ""


def tables_of(page: Page, headings: Headings | None = None) -> tuple[PlacedTable, ...]:
    """Every wikitable of a page in order; raises PageRefused when it has none or loses depth."""
    headings = headings or Headings()
    root = parse_html(page.text)
    references = references_of(root)
    tables: list[PlacedTable] = []
    title_years = years_in(match[0]) if (match := _TITLE_YEARS.match(page.title)) else ()
    for path, table in _placed(root):
        named = [years for part in reversed(path) if (years := years_in(part))]
        years = named[0] if named else title_years
        section = headings.section_of(path) if path else headings.section_of_title(page.title)
        tables.append(PlacedTable(len(tables) + 1, path, section, years, grid_of(table, references)))
    if not tables:
        raise PageRefused(f"{page.title or 'the page'!r} has no polling table: a stub, a redirect or an emptied page")
    return tuple(tables)


def _placed(root: etree._Element) -> Iterator[tuple[tuple[str, ...], etree._Element]]:
    path: dict[int, str] = {}
    for element in root.iter("h1", "h2", "h3", "h4", "h5", "h6", "table"):
        if element.tag == "table":
            if "wikitable" in (element.get("class") or "").split() and not _inside_table(element):
                yield tuple(path[level] for level in sorted(path) if level > 1), element
        else:
            level = int(str(element.tag)[1])
            path = {outer: text for outer, text in path.items() if outer < level}
            path[level] = tidy(visible_text(element)).removesuffix("[edit]").strip()


def _inside_table(table: etree._Element) -> bool:
    return any("wikitable" in (outer.get("class") or "").split() for outer in table.iterancestors("table"))


def subpages_of(page: Page) -> tuple[str, ...]:
    """The titles of the polling pages this one sends its reader to, in order, itself not among them."""
    root = parse_html(page.text)
    election = re.search(r"(for the .{4,60} election)$", page.title, re.IGNORECASE)
    titles: dict[str, None] = {}
    for link in root.iter("a"):
        if not any("hatnote" in (outer.get("class") or "").split() for outer in link.iterancestors("div")):
            continue
        title = tidy(link.get("title") or "")[:300]
        same = election is None or title.lower().endswith(election[1].lower())
        if SUBPAGE.match(title) and same and title != page.title:
            titles[title] = None
    return tuple(titles)


KINDS = {
    Section.ORDINARY: PollKind.POLL,
    Section.SCENARIO: PollKind.SCENARIO,
    Section.EXIT_POLL: PollKind.EXIT_POLL,
}


@dataclass(frozen=True, slots=True)
class PollTable:
    """A table of polls: where it stands, what kind its polls are, and its columns."""

    placed: PlacedTable
    kind: PollKind
    columns: Columns


def parse(body: bytes, scope: Scope, *, content_type: str = "") -> Reading:
    """Everything a page says of one campaign, in its unit; raises PageRefused when the page is not to be trusted."""
    page = read_page(body, content_type)
    reader = PageReader(scope)
    rule = BlankRule(_blank_means(scope), scope.house_size)
    tables, asides = _poll_tables(tables_of(page, Headings(scope.unit, scope.settings)), scope)
    # Ordinary tables first: the scenario tables repeat their rows to compare with.
    for table in sorted(tables, key=lambda one: (one.placed.section is Section.SCENARIO, one.placed.number)):
        _read_table(table, rule, reader)
    for aside in asides:
        if aside.reason == UNKNOWN_HEADING:
            reader.warn(aside.place, f"{aside.rows} rows left aside: {aside.reason}")
    reader.asides += asides
    refuse_emptied(len(reader.polls) + len(reader.repeats), reader.rows, refused=reader.refused, asides=asides)
    return reader.reading()


def _blank_means(scope: Scope) -> BlankMeans:
    """What a blank cell says, by the option `blank_cell`; where it is not given, a full house tells."""
    means = option(scope.settings, "blank_cell")
    if means:
        return BlankMeans(means[0])
    return BlankMeans.NOT_ASKED_IF_WHOLE if scope.unit is Unit.SEATS else BlankMeans.NOT_ASKED


def _poll_tables(placed: tuple[PlacedTable, ...], scope: Scope) -> tuple[list[PollTable], list[Aside]]:
    """The tables of this campaign's polls in its unit, and why the others are none.

    A column that one table proves to be a total is one in every table of the page.
    """
    house_size = scope.house_size if scope.unit is Unit.SEATS else None
    words = Vocabulary(scope.list_keys, house_size, scope.unit)
    proven = (columns.totals for table in placed if (columns := _columns(table, words)))
    words = replace(words, total_keys=frozenset(spelling_key(label) for labels in proven for label in labels))
    tables: list[PollTable] = []
    asides: list[Aside] = []
    for table in placed:
        kind, columns = KINDS.get(table.section), _columns(table, words)
        reason = _why_no_polls(table, columns, scope)
        if kind is not None and columns is not None and not reason:
            tables.append(PollTable(table, kind, columns))
            continue
        if kind is None:
            is_unknown = table.section is Section.UNKNOWN and not reason and _has_known_lists(columns, words)
            reason = UNKNOWN_HEADING if is_unknown else f"under {table.section}"
        rows = len(table.grid.rows) - table.grid.header_rows
        asides.append(Aside(table.place, str(table.section), rows, reason))
    return tables, asides


def _columns(table: PlacedTable, words: Vocabulary) -> Columns | None:
    return columns_of(table.grid, words, needs_date=table.section is not Section.EXIT_POLL)


def _has_known_lists(columns: Columns | None, words: Vocabulary) -> bool:
    if columns is None:
        return False
    known_lists = sum(spelling_key(one.label) in words.list_keys for one in columns.lists)
    return known_lists * 2 > len(columns.lists)


def _why_no_polls(table: PlacedTable, columns: Columns | None, scope: Scope) -> str:
    """Why a table holds no polls in the campaign's unit, by its columns and numbers; nothing where it does."""
    if columns is None:
        return "it has no date column with three lists beside it"
    if columns.pollster is None and columns.publisher is None:
        return "it names neither a firm nor an outlet"
    numbers = decimals = full = 0
    for number in range(table.grid.header_rows, len(table.grid.rows)):
        cells = dict.fromkeys(cell for one in columns.lists if (cell := table.grid.at(number, one.column)))
        texts = [cell.text for cell in cells if cell.text[:1].isdigit()]
        numbers += len(texts)
        decimals += sum(("." in text or text.endswith("%")) and not text.endswith(".0") for text in texts)
        full += sum(int(text) for text in texts if text.isascii() and text.isdigit()) == scope.house_size
    if scope.unit is Unit.SEATS:
        return "its numbers are percentages" if decimals > MOST_DECIMALS * max(numbers, 1) else ""
    is_seats = full * 2 > len(table.grid.rows) - table.grid.header_rows and scope.house_size != WHOLE_PCT
    return "its numbers are seats" if is_seats and not decimals else ""


def _read_table(table: PollTable, rule: BlankRule, reader: PageReader) -> None:
    grid, columns = table.placed.grid, table.columns
    for remark in columns.remarks:
        reader.warn(table.placed.place, remark)
    words = option(reader.scope.settings, "results")
    numbers = range(grid.header_rows, len(grid.rows))
    rows = [Row(grid, columns, number, rule, reader.scope.unit, words) for number in numbers]
    other_header: str | None = None
    for row, around in _with_around(rows, table, reader.scope):
        place = f"{table.placed.place}, row {row.number + 1}"
        other_header = other_header or row.other_header
        if row.is_blank:
            continue
        reader.rows += 1
        try:
            if columns.doubled:
                raise RowRefused("header", f"two columns are named {one_line(columns.doubled, 40)!r}; rename one")
            if other_header:
                reason = f"it stands under a second header with other lists ({one_line(other_header, 40)!r})"
                raise RowRefused("header", f"{reason}; part the table there")
            if row.is_event:
                reader.event(row, around, place)
            elif row.is_result:
                reader.result(row, around, place)
            else:
                _read_poll(row, table.kind, around, place, reader)
        except RowRefused as error:
            reader.refuse_row(row, error, place)


def _read_poll(row: Row, kind: PollKind, around: Around, place: str, reader: PageReader) -> None:
    days = row.days(around)
    pollster, publisher = read_name(row.text(row.columns.pollster)), read_name(row.text(row.columns.publisher))
    if row.columns.publisher is None and pollster:
        # Old pages have one column, "Smith/Maariv"; which of the two is the firm is for the aliases to say.
        first, _, second = pollster.partition("/")
        pollster, publisher = read_name(first), read_name(second)
    sample = Sample()
    try:
        sample = read_sample(row.text(row.columns.sample))
    except RowRefused as error:
        reader.warn(place, str(error))
    reader.read_poll(row, kind, days, pollster, publisher, sample, place)


def _with_around(rows: list[Row], table: PollTable, scope: Scope) -> Iterator[tuple[Row, Around]]:
    """Each row with what tells its day: the years of its banner or section, and the dated rows next to it."""
    alone = {row.number: _alone(row, table, scope) for row in rows}
    dated: dict[int, date] = {}
    for row in rows:
        try:
            dated[row.number] = row.days(alone[row.number]).end
        except RowRefused:
            continue
    for row in rows:
        above = max((number for number in dated if number < row.number), default=None)
        below = min((number for number in dated if number > row.number), default=None)
        before = None if above is None else dated[above]
        after = None if below is None else dated[below]
        yield row, replace(alone[row.number], before=before, after=after)


def _alone(row: Row, table: PollTable, scope: Scope) -> Around:
    """What tells a row's day without its neighbours."""
    placed = table.placed
    banner = max((number for number in placed.grid.banners if number < row.number), default=None)
    years = placed.years if banner is None else placed.grid.banners[banner]
    is_exit = placed.section is Section.EXIT_POLL and scope.vote_date is not None
    if is_exit and not years and scope.vote_date is not None:
        years = (scope.vote_date.year,)
    return Around(years, scope.first_day, scope.last_day, only=scope.vote_date if is_exit else None)
