"""One row of a polling table: a poll, an event, a result or none of them; and what has been read of a page so far."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from electoral.polls import PollKind, Status, Unit
from pipelines.errors import one_line
from pipelines.sources.cells import WHY_BLANK, BlankMeans, BlankRule, Sample, read_value
from pipelines.sources.columns import RESULT_NAME, Columns, ListColumn
from pipelines.sources.dates import Around, Days, read_days
from pipelines.sources.html import Cell, Grid, prints_numbers
from pipelines.sources.reading import (
    PageCollector,
    ReportedCell,
    ReportedEvent,
    ReportedPoll,
    ReportedResult,
    RowRefused,
    Scope,
    name_warning,
    slug,
)
from pipelines.sources.text import spelling_key, tidy

# Prose over the lists that is no event.
RESULT_PROSE = re.compile(
    r"\b(election|final|official|actual) results?\b|legislative election\b|current (composition|seats)"
    r"|(last|previous) election|^results?$",
    re.IGNORECASE,
)
EXIT_POLL = re.compile(r" ?[(\[]?\bexit[ -]polls?\b[)\]]?", re.IGNORECASE)
_LEADING_DATE = re.compile(r"(\d{1,2} [a-z]{3,9}(?: \d{4})?) ?[:–-]", re.ASCII | re.IGNORECASE)
Survey = tuple[date, str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """A body row and the table it stands in; `results` are a page's own words for rows of seats held or won."""

    grid: Grid
    columns: Columns
    number: int
    rule: BlankRule
    unit: Unit = Unit.SEATS
    results: tuple[str, ...] = ()

    def at(self, column: int | None) -> Cell | None:
        return None if column is None else self.grid.at(self.number, column)

    def text(self, column: int | None) -> str:
        cell = self.at(column)
        return cell.text if cell else ""

    @property
    def own(self) -> tuple[Cell, ...]:
        """The cells that cover this row, each once."""
        return tuple(dict.fromkeys(cell for cell in self.grid.rows[self.number] if cell is not None))

    @property
    def printed(self) -> str:
        return one_line(" | ".join(cell.text for cell in self.own), 600)

    @property
    def is_blank(self) -> bool:
        """Nothing but blanks, a banner or header printed again, or names whose numbers are a row below."""
        if self.number in self.grid.banners:
            return True
        starting = [cell for cell in self.own if cell.row == self.number]
        if all(cell.rows > 1 for cell in starting) and not self._has_numbers(self.number):
            return True
        return not any(cell.text for cell in starting) or self._is_header

    @property
    def _is_header(self) -> bool:
        starting = [cell for cell in self.own if cell.row == self.number]
        return all(cell.is_header for cell in starting) and not prints_numbers(self.grid.rows[self.number])

    @property
    def other_header(self) -> str | None:
        """The first name of a header between the rows that is not the column's own: what follows is of other lists."""
        if not self._is_header or self.number in self.grid.banners:
            return None
        for one in self.columns.lists:
            cell = self.at(one.column)
            is_own = cell is None or not cell.text or cell.row != self.number or cell.columns > 1
            if not is_own and cell is not None and spelling_key(cell.text) != spelling_key(one.header.text):
                return cell.text
        return None

    @property
    def is_event(self) -> bool:
        """One stretch of prose over half of the lists or more."""
        prose = self.prose
        return prose is not None and not (RESULT_PROSE.search(prose.text[:200]) or self._names_result(prose.text))

    def _names_result(self, text: str) -> bool:
        plain = text[:200].casefold()
        return any(words.casefold() in plain for words in self.results)

    @property
    def prose(self) -> Cell | None:
        lists = {one.column for one in self.columns.lists}
        for cell in self.own:
            covered = sum(cell.column <= column < cell.column + cell.columns for column in lists)
            if covered >= 3 and covered * 2 >= len(lists) and len(cell.text) > 8:
                return cell
        return None

    @property
    def is_result(self) -> bool:
        identity = (tidy(self.text(column)) for column in self.columns.identity)
        return any(RESULT_NAME.search(text[:200]) or self._names_result(text) for text in identity) or (
            self.prose is not None and not self.is_event
        )

    @property
    def continues(self) -> bool:
        """Whether date, firm and publisher all reach in from the row above: the same survey's second row."""
        cells = [self.at(column) for column in self.columns.identity]
        reach_in = all(cell is not None and cell.row < self.number for cell in cells)
        return reach_in and self._has_numbers(self.number - 1)

    def _has_numbers(self, number: int) -> bool:
        return any(self.grid.at(number, one.column) is not None for one in self.columns.lists)

    @property
    def citations(self) -> tuple[str, ...]:
        lists = {one.column for one in self.columns.lists}
        cited = (address for cell in self.own if cell.column not in lists for address in cell.citations)
        return tuple(dict.fromkeys(cited))

    def days(self, around: Around) -> Days:
        """The row's fieldwork; raises RowRefused."""
        cell = self.at(self.columns.date)
        if self.columns.date is None and around.only is not None:
            return Days(None, around.only)
        if cell is None:
            raise RowRefused("dates", "the row has no date cell: it is cut")
        return read_days(cell.text, cell.sort, around)

    def event_day(self, around: Around) -> date:
        """The day of an event row, or the day its prose begins with; raises RowRefused."""
        cell, prose = self.at(self.columns.date), self.prose
        if cell is prose and prose is not None:
            leading = _LEADING_DATE.match(prose.text)
            try:
                return read_days(leading[1] if leading else "", prose.sort, around).end
            except RowRefused as error:
                raise RowRefused("dates", f"an event without a day: {error}") from error
        return self.days(around).end

    def values(self) -> tuple[ReportedCell, ...]:
        """What stands in each list's column; a cell over several lists once, under their joined names.

        Raises RowRefused naming the first column whose cell is in no accepted form.
        """
        covered: dict[Cell, list[ListColumn]] = {}
        for one in self.columns.lists:
            cell = self.at(one.column)
            if cell is None:
                raise RowRefused("columns", f"no cell under {one_line(one.label, 40)!r}: the row is cut")
            covered.setdefault(cell, []).append(one)
        self._refuse_leftovers()
        printed: list[ReportedCell] = []
        blanks: list[ListColumn] = []
        for cell, over in covered.items():
            if tidy(cell.text):
                printed += self._values_of(cell, over)
            else:
                blanks += over
        return (*printed, *self._blank_values(blanks, printed))

    def _blank_values(self, blanks: list[ListColumn], printed: list[ReportedCell]) -> list[ReportedCell]:
        """What blank cells say by the page's rule; raises RowRefused where it says nothing."""
        if not blanks or self.rule.means is BlankMeans.NO_VALUE:
            return []
        status = self.rule.status(sum(value.seats or 0 for value in printed))
        if status is None:
            raise RowRefused("cell", f"{one_line(blanks[0].label, 60)}: '': {WHY_BLANK}")
        return [ReportedCell(one.label, status, None, None) for one in blanks]

    def _values_of(self, cell: Cell, over: list[ListColumn]) -> list[ReportedCell]:
        label = "+".join(one.label for one in over)
        reached = {cell.column + step for step in range(cell.columns)}
        if len(over) > 1 and self._reaches_beyond(reached):
            raise RowRefused("columns", f"{cell.text!r} stands over {label} and a column that is no list")
        value = read_value(label, cell.text, self.unit)
        return [replace(value, label=one.label) for one in over] if value.status is Status.NOT_ASKED else [value]

    def _reaches_beyond(self, reached: set[int]) -> bool:
        columns = self.columns
        others = (*columns.identity, columns.sample, columns.government)
        return any(column in reached for column in others if column is not None)

    def _refuse_leftovers(self) -> None:
        """A cell past the last header is a shifted row, not a number of nobody's."""
        for cell in self.own:
            if cell.row == self.number and cell.text and not self.grid.headings(cell.column):
                raise RowRefused("columns", f"{one_line(cell.text, 30)!r} stands under no header: the row is shifted")

    def bloc_warning(self, values: tuple[ReportedCell, ...]) -> str | None:
        """F17: the page's own bloc total beside the sum of its lists; ours is the one used."""
        text = self.text(self.columns.government)
        ours, members = 0.0, set(self.columns.government_lists)
        if not members or self.unit is not Unit.SEATS or not re.fullmatch(r"\d{1,3}", text, re.ASCII):
            return None
        for value in values:
            parts = set(value.label.split("+"))
            if parts & members:
                ours += value.seats or 0
        return None if ours == int(text) else f"the page's bloc column says {text}, its lists add to {ours:g}"


class PageReader(PageCollector):
    """Collects one page of polling tables."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope)
        self._own: dict[Survey, list[ReportedPoll]] = {}

    def warn(self, place: str, warning: str) -> None:
        self.warnings.append(f"{place}: {warning}")

    def read_poll(
        self,
        row: Row,
        kind: PollKind,
        days: Days,
        pollster: str | None,
        publisher: str | None,
        sample: Sample,
        place: str,
    ) -> None:
        """Take a poll row in, or refuse it; a row that repeats its survey only adds its citations."""
        kind = self._kind(row, kind, days.end)
        if kind is PollKind.EXIT_POLL:
            pollster, publisher = _without_exit_poll(pollster), _without_exit_poll(publisher)
        survey = (days.end, spelling_key(pollster or ""), spelling_key(publisher or ""))
        self.refuse_nameless(pollster, publisher)
        try:
            cells = row.values()
        except RowRefused as error:
            self.refuse(self.ids.next(days.end, pollster, publisher, kind), error, row.printed, place)
            return
        if all(cell.status is Status.NOT_ASKED for cell in cells):
            raise RowRefused("empty", "no list has a number or a percentage")
        is_share = any(cell.pct for cell in cells) and not any(cell.seats for cell in cells)
        if is_share and self.scope.unit is Unit.SEATS:
            raise RowRefused("unit", "the row has percentages and no seats; polls of this election are read in seats")
        if again := self._repeated(survey, kind, cells):
            self.repeat(again, place, row.printed, row.citations)
            return
        poll = ReportedPoll(
            id=self.ids.next(days.end, pollster, publisher, kind),
            election=self.scope.election,
            kind=kind,
            pollster=pollster,
            publisher=publisher,
            fieldwork_start=days.start,
            fieldwork_end=days.end,
            published_date=None,
            sample_size=sample.size,
            sample_size_printed=sample.printed,
            cells=cells,
            source=self.scope.source,
            unit=self.scope.unit,
        )
        self._own.setdefault(survey, []).append(poll)
        self.poll(poll, place, row.citations)
        self._flag(row, cells, place)
        if days.remark:
            self.warn(place, days.remark)

    def _kind(self, row: Row, kind: PollKind, end: date) -> PollKind:
        """An exit poll by its label or its day, a scenario by standing under its survey's own row."""
        names = " ".join(row.text(column) for column in row.columns.identity).lower()
        if EXIT_POLL.search(names) or end == self.scope.vote_date:
            return PollKind.EXIT_POLL
        return PollKind.SCENARIO if kind is PollKind.POLL and row.continues else kind

    def _repeated(self, survey: Survey, kind: PollKind, cells: tuple[ReportedCell, ...]) -> str | None:
        """The poll that already says this: cell for cell, or for a scenario row the same numbers under any names."""
        numbers = _numbers(cells)
        for other in self._own.get(survey, []):
            is_same = other.kind is kind and set(other.cells) == set(cells)
            if is_same or (kind is PollKind.SCENARIO and _numbers(other.cells) == numbers):
                return other.id
        return None

    def event(self, row: Row, around: Around, place: str) -> None:
        prose = row.prose
        if prose is None:
            raise RowRefused("columns", "an event without words")
        day = row.event_day(around)
        text = one_line(tidy(prose.text), 1_000)
        self.events.append(ReportedEvent(self.scope.election, day, text, prose.citations, self.scope.source))
        self.places[f"event {day} {len(self.events)}"] = place

    def result(self, row: Row, around: Around, place: str) -> None:
        """Keep a result row as printed; cells in no accepted form are left out and said so."""
        try:
            day: date | None = row.days(around).end
        except RowRefused:
            day = None
        try:
            cells = row.values()
        except RowRefused as error:
            cells = ()
            self.warn(place, f"a result row kept without its numbers: {error}")
        self.results.append(ReportedResult(self.scope.election, row.printed, day, cells, self.scope.source))

    def refuse_row(self, row: Row, error: RowRefused, place: str) -> None:
        names = [row.text(column) for column in row.columns.identity]
        base = "-".join(slug(name) for name in names if name)[:80].strip("-") or "row"
        self.refuse(self.ids.next_named(f"refused-{base}"), error, row.printed, place)

    def _flag(self, row: Row, cells: tuple[ReportedCell, ...], place: str) -> None:
        if bloc := row.bloc_warning(cells):
            self.warn(place, bloc)
        for column in (row.columns.pollster, row.columns.publisher):
            if flag := name_warning(row.text(column)):
                self.warn(place, flag)


def _without_exit_poll(name: str | None) -> str | None:
    """A firm or outlet without the words that only say what kind of poll it is: "Channel 1 exit poll"."""
    return (EXIT_POLL.sub("", name).strip(" ,;:–-") or None) if name else None


def _numbers(cells: Iterable[ReportedCell]) -> tuple[object, ...]:
    """The seats printed in a row, or the shares of one that prints no seats."""
    return tuple(sorted(cell.seats for cell in cells if cell.seats)) or tuple(sorted(cell.pct or "" for cell in cells))
