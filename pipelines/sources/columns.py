"""What each column of a polling table is: read from its header, never from where it stands."""

import re
from dataclasses import dataclass

from pipelines.sources.tables import Cell, Grid
from pipelines.sources.text import tidy

DATE = re.compile(r"(field ?work )?(dates?|period)( of (poll|fieldwork|publication))?|dates? conducted|תאריך", re.I)
POLLSTER = re.compile(
    r"poll(ing|ster)?( ?(firm|source|company|organi[sz]ation|institute))?s?( ?/ ?publisher)?|firm|institute", re.I
)
PUBLISHER = re.compile(r"publisher|published by|media|client|commissioner|outlet", re.I)
SAMPLE = re.compile(r"sample( ?size)?|n|respondents|size", re.I)
# Columns that trail the lists: totals of blocs, leads, what is left over. Never a list.
TOTAL = re.compile(
    r"gov(\.|t\.?|ernment)?( bloc| total)?|opp(\.|osition)?( bloc| total)?|others?|total|lead|margin ?of ?error"
    r"|error|undecided|don[’']?t know|no ?answer|absent|coalition|majority|refs?\.?|notes?",
    re.I,
)
GOVERNMENT = re.compile(r"gov(\.|t\.?|ernment)?( bloc| total)?|coalition", re.I)


@dataclass(frozen=True, slots=True)
class ListColumn:
    """A list's column, under its deepest header that shows text."""

    column: int
    label: str
    header: Cell


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of one table by what they hold; `doubled` names a label that stands over two columns."""

    date: int
    pollster: int | None
    publisher: int | None
    sample: int | None
    lists: tuple[ListColumn, ...]
    government: int | None
    government_lists: tuple[str, ...]
    doubled: str | None

    @property
    def identity(self) -> tuple[int, ...]:
        """The columns that say which survey a row belongs to."""
        return tuple(column for column in (self.date, self.pollster, self.publisher) if column is not None)


def columns_of(grid: Grid) -> Columns | None:
    """A table's columns, or nothing where it has no date column or fewer than three lists."""
    roles: dict[str, int] = {}
    lists: list[ListColumn] = []
    government: tuple[int, Cell] | None = None
    for column in range(grid.width):
        header = grid.header(column)
        if header is None or (lists and lists[-1].header is header):
            continue
        role = _role(tidy(header.text))
        if role == "list":
            lists.append(ListColumn(column, _label(tidy(header.text)), header))
        elif role == "total":
            if GOVERNMENT.fullmatch(tidy(header.text)) and government is None:
                government = column, header
        else:
            roles.setdefault(role, column)
    if "date" not in roles or len(lists) < 3:
        return None
    labels = [one.label for one in lists]
    return Columns(
        date=roles["date"],
        pollster=roles.get("pollster"),
        publisher=roles.get("publisher"),
        sample=roles.get("sample"),
        lists=tuple(lists),
        government=government[0] if government else None,
        government_lists=_same_bloc(grid, government, lists) if government else (),
        doubled=next((label for label in labels if labels.count(label) > 1), None),
    )


def _label(text: str) -> str:
    """A list's name with even spaces around a plus: "Bennett +Cohen" is broken over two lines in its header."""
    return " + ".join(part.strip() for part in text.split("+")) if " " in text else text


def _role(text: str) -> str:
    for role, pattern in (
        ("date", DATE),
        ("publisher", PUBLISHER),
        ("sample", SAMPLE),
        ("total", TOTAL),
        ("pollster", POLLSTER),
    ):
        if pattern.fullmatch(text[:60]):
            return role
    return "list"


def _same_bloc(grid: Grid, government: tuple[int, Cell], lists: list[ListColumn]) -> tuple[str, ...]:
    """The lists a bloc column sums: those under its own banner, else those in its colour."""
    column, header = government
    banner = grid.headings(column)[0]
    if banner is not header and banner.columns > 1:
        return tuple(one.label for one in lists if grid.headings(one.column)[0] is banner)
    if header.shade is None:
        return ()
    return tuple(one.label for one in lists if one.header.shade == header.shade)
