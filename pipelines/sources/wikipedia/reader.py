"""What has been read of a page so far: polls by survey, their ids and citations, and the rows that are no poll."""

from collections.abc import Iterable
from datetime import date

from electoral.polls import PollKind, Status, Unit
from pipelines.reported import Refusal, ReportedCell, ReportedPoll
from pipelines.sources.dates import Around, Days
from pipelines.sources.reading import (
    Aside,
    Ids,
    Reading,
    Repeat,
    ReportedEvent,
    ReportedResult,
    Scope,
    name_refusal,
    name_warning,
    slug,
)
from pipelines.sources.text import one_line, spelling_key, tidy
from pipelines.sources.wikipedia.rows import EXIT_POLL, Row, RowRefused

Survey = tuple[date, str, str]


class PageReader:
    """Collects one page; each of its rows ends as a poll, a repeat, an event, a result or a refusal."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self._own: dict[Survey, list[ReportedPoll]] = {}
        self._ids = Ids()
        self._polls: list[ReportedPoll] = []
        self._citations: dict[str, tuple[str, ...]] = {}
        self._places: dict[str, str] = {}
        self._events: list[ReportedEvent] = []
        self._results: list[ReportedResult] = []
        self._refused: list[Refusal] = []
        self._repeats: list[Repeat] = []
        self._warnings: list[str] = []
        self._rows = 0

    def count(self) -> None:
        self._rows += 1

    def warn(self, place: str, what: str) -> None:
        self._warnings.append(f"{place}: {what}")

    def poll(
        self,
        row: Row,
        kind: PollKind,
        days: Days,
        pollster: str | None,
        publisher: str | None,
        sample: int | None,
        place: str,
    ) -> None:
        """Take a poll row in, or raise RowRefused; a row that repeats its survey only adds its citations."""
        kind = self._kind(row, kind, days.end)
        if kind is PollKind.EXIT_POLL:
            pollster, publisher = _without_exit_poll(pollster), _without_exit_poll(publisher)
        if why := name_refusal((pollster, publisher)):
            raise RowRefused("name", why)
        if pollster is None and publisher is None:
            raise RowRefused("name", "neither a firm nor an outlet is named")
        try:
            cells = row.values()
        except RowRefused as error:
            # A refused row keeps its id, so that letting it in later renames nobody.
            error.poll = self._ids.next(days.end, pollster, publisher, kind)
            raise
        if all(cell.status is Status.NOT_ASKED for cell in cells):
            raise RowRefused("empty", "no list has a number or a percentage")
        is_share = any(cell.pct for cell in cells) and not any(cell.seats for cell in cells)
        if is_share and self.scope.unit is Unit.SEATS:
            raise RowRefused("unit", "the row has percentages and no seats; polls of this election are read in seats")
        survey = (days.end, spelling_key(pollster or ""), spelling_key(publisher or ""))
        if again := self._repeated(survey, kind, cells):
            self._repeats.append(Repeat(again, place, row.printed))
            self._cite(again, row)
            return
        poll = ReportedPoll(
            id=self._ids.next(days.end, pollster, publisher, kind),
            election=self.scope.election,
            kind=kind,
            pollster=pollster,
            publisher=publisher,
            fieldwork_start=days.start,
            fieldwork_end=days.end,
            published_date=None,
            sample_size=sample,
            cells=cells,
            source=self.scope.source,
            unit=self.scope.unit,
        )
        self._polls.append(poll)
        self._own.setdefault(survey, []).append(poll)
        self._places[poll.id] = place
        self._cite(poll.id, row)
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
        self._events.append(ReportedEvent(self.scope.election, day, text, prose.citations, self.scope.source))
        self._places[f"event {day} {len(self._events)}"] = place

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
        self._results.append(ReportedResult(self.scope.election, row.printed, day, cells, self.scope.source))

    def refuse(self, row: Row, error: RowRefused, place: str) -> None:
        names = [row.text(column) for column in row.columns.identity]
        base = "-".join(slug(name) for name in names if name)[:80].strip("-") or "row"
        name = error.poll or self._ids.next_named(f"refused-{base}")
        reason = one_line(f"{error} ({place})", 400)
        self._refused.append(Refusal(self.scope.election, self.scope.source, name, error.check, row.printed, reason))

    def _cite(self, poll: str, row: Row) -> None:
        before = self._citations.get(poll, ())
        self._citations[poll] = tuple(dict.fromkeys((*before, *row.citations)))

    def _flag(self, row: Row, cells: tuple[ReportedCell, ...], place: str) -> None:
        if bloc := row.bloc_warning(cells):
            self.warn(place, bloc)
        for column in (row.columns.pollster, row.columns.publisher):
            if flag := name_warning(row.text(column)):
                self.warn(place, flag)

    def reading(self, asides: tuple[Aside, ...]) -> Reading:
        return Reading(
            polls=tuple(self._polls),
            citations=self._citations,
            places=self._places,
            events=tuple(self._events),
            results=tuple(self._results),
            refused=tuple(self._refused),
            repeats=tuple(self._repeats),
            asides=asides,
            warnings=tuple(self._warnings),
            rows=self._rows,
        )


def _without_exit_poll(name: str | None) -> str | None:
    """A firm or outlet without the words that only say what kind of poll it is: "Channel 1 exit poll"."""
    return (EXIT_POLL.sub("", name).strip(" ,;:–-") or None) if name else None


def _numbers(cells: Iterable[ReportedCell]) -> tuple[object, ...]:
    """The seats printed in a row, or the shares of one that prints no seats."""
    return tuple(sorted(cell.seats for cell in cells if cell.seats)) or tuple(sorted(cell.pct or "" for cell in cells))
