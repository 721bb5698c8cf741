"""What each column of a table or a desk's sheet is: read from its header and its numbers, never from where it stands.

A sheet's column goes by the template's name, or by what desks and pages call it in their languages; its header is
found among title rows. A column with a list's name is that list's, whatever else it may mean.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from electoral.polls import Status, Unit
from pipelines.errors import PageRefused, one_line
from pipelines.sources.cells import read_cell
from pipelines.sources.html import Cell, Grid
from pipelines.sources.reading import DISCLOSED, FIXED, RowRefused
from pipelines.sources.text import spelling_key, tidy

# Patterns over spelling keys: case, dashes, quotes and blanks around a stroke are folded already.
DATE = re.compile(
    r"(field ?work )?(dates?|period)(\(s\))?( of (poll|polling|fieldwork|publication))?|dates? conducted|polling dates?"
    r"|תאריך( הסקר| פרסום)?"
)
POLLSTER = re.compile(
    r"poll(ing|ster)?s?( ?(firm|source|company|organi[sz]ation|institute|agency|house))?s?"
    r"(/(publisher|client|commissioner|media|outlet|source)s?)?|firm|institute|מכון( הסקרים)?|עורך משאלים|סוקר"
)
PUBLISHER = re.compile(
    r"publishers?|published( by| in)?|media( outlet)?|clients?|commissioner|commissioned by|outlet|source|כלי תקשורת"
)
SAMPLE = re.compile(r"sample( ?size)?|n|respondents|size|מדגם|גודל( ה)?מדגם|משיבים|(מספר )?נשאלים")
# Columns that trail the lists: totals of blocs, leads, what is left over. Never a list.
GOVERNMENT = re.compile(r"gov(\.|t\.?|ernment)?( bloc| total| coalition)?|coalition|קואליציה")
# Names of rows that are no poll, in whatever words: results, and the seats a house has or had.
RESULT_NAME = re.compile(
    r"^results?\b|\bresults?$|\bresults? of\b|\b(election|final|official|actual) results?\b"
    r"|\b(legislative|general|last|previous|\d{4}) election\b|\b(outgoing|incumbent)\b|\bpre-?election\b(?! polls?)"
    r"|\bcurrent(ly)? (composition|seats|house|parliament)\b|\bseats (in|at|before|held|after|won)\b"
    r"|^(current|seats|mps)$|\b(at|before) dissolution\b|^תוצאות\b|\bהיוצאת$",
    re.IGNORECASE,
)
TOTAL = re.compile(
    r"opp(\.|osition)?( bloc| total)?|((left|right|cent(re|er)|arab|other)s?[- ]?(wing)?[- ])?bloc"
    r"|.+ blo(c|ck)|others?( parties| lists)?|(sub|grand )?total|sum|(sum|total) of .+|lead"
    r"|margin( of error)?|moe|error|undecided|dont know|no answer"
    r"|absent|majority|refs?\.?|references?|notes?|links?"
    r"|סהכ( מנדטים)?|סך הכל|סך הכול|אופוזיציה|גוש( .+)?|אחר(ים)?|הערות|קישור"
)
ROLES = (("date", DATE), ("publisher", PUBLISHER), ("sample", SAMPLE), ("total", TOTAL), ("total", GOVERNMENT))
# In how many rows a total must equal the sum of the same lists: fewer may be chance.
FEWEST_ROWS = 3
MOST_CANDIDATES = 8
MOST_PARTS = 26  # sets of lists are searched from both ends: 2 × 2^13 sums
Row = Mapping[int, float]
LONG = ("label", "value", "status", "seats", "pct")
IGNORED = ("poll", "source", "note", *DISCLOSED)
HEADER_WITHIN = 20
MOST_COLUMNS = 128
TEMPLATE = "start from `python -m pipelines template FILE`"
Rows = Sequence[Sequence[str]]
# What else a column may be called, as spelling keys with blanks for underscores.
SYNONYMS = {
    "fieldwork_start": "start|start date|fieldwork from|from|תחילת הסקר|תאריך התחלה|מתאריך",
    "fieldwork_end": "end|end date|fieldwork to|to|day|poll date|תאריך סיום|סיום הסקר|מועד הסקר|יום הסקר|עד תאריך",
    "published_date": "published|publication date|date published|date of publication|publication|תאריך פרסום|פרסום",
    "pollster": "polling firm|מכון הסקר|מכון סקרים|חברת סקרים|חברת הסקרים|עורך הסקר|הסוקר",
    "publisher": "מפרסם|ערוץ|פורסם ב|עבור|גוף מפרסם|גוף התקשורת",
    "sample_size": "sample|n|מספר משיבים|מספר המשיבים",
    "kind": "type|poll type|סוג|סוג הסקר",
    "link": "url|address|source url|קישור|כתובת",
    "note": "notes|comment|comments|remark|remarks|הערה|הערות",
    "source": "מקור",
    "poll": "poll id|id|מספר|מספר הסקר|מסד",
    "commissioner": "commissioned by|ordered by|who ordered|client|גוף מזמין|מזמין|מזמין הסקר|הזמין",
    "population": "population sampled|אוכלוסייה|האוכלוסייה|אוכלוסיית הסקר",
    "mode": "survey mode|mode of interview|שיטה|שיטת הסקר|אופן הסקר",
    "answered": "number answered|response|response rate|נענו|השיבו",
    "margin": "margin of error|טעות הדגימה|טעות דגימה",
    "label": "list|party|רשימה|מפלגה",
    "seats": "מנדטים",
}
_BY_KEY = {name.replace("_", " "): name for name in (*FIXED, *LONG, *IGNORED)}
# The words of polling pages, for what the table above does not name.
_PAGE_ROLES = {"date": "fieldwork_end", "pollster": "pollster", "publisher": "publisher", "sample": "sample_size"}


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What a campaign's columns may be called, what they print, and how many seats its house has.

    `list_keys`: the spelling keys of every name a list has; such a column is never a total. `total_keys`: those of
    columns that another table of the page proved to be totals.
    """

    list_keys: frozenset[str] = frozenset()
    house_size: int | None = None
    unit: Unit = Unit.SEATS
    total_keys: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ListColumn:
    """A list's column, under its deepest header that shows text."""

    column: int
    label: str
    header: Cell


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of one table by what they hold; `doubled` names a label that stands over two columns.

    `totals` and `notes` are columns nobody knows that are left aside: sums of lists, and words. `unknown` are the
    labels among `lists` that no list of the campaign has.
    """

    date: int | None
    pollster: int | None
    publisher: int | None
    sample: int | None
    lists: tuple[ListColumn, ...]
    government: int | None
    government_lists: tuple[str, ...]
    doubled: str | None
    totals: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def identity(self) -> tuple[int, ...]:
        """The columns that say which survey a row belongs to."""
        return tuple(column for column in (self.date, self.pollster, self.publisher) if column is not None)

    @property
    def remarks(self) -> Iterator[str]:
        """What a reader must know of the columns nobody knows."""
        for label in self.totals:
            yield f"the column {one_line(label, 40)!r} is a total of lists: it is not counted"
        for label in self.notes:
            yield f"the column {one_line(label, 40)!r} holds words, not seats: it is left aside"
        for label in self.unknown:
            yield f"the column {one_line(label, 40)!r} is no list of this campaign; it stays as printed"


def columns_of(grid: Grid, vocabulary: Vocabulary | None = None, *, needs_date: bool = True) -> Columns | None:
    """A table's columns, or nothing where it has fewer than three lists, or no date column though one is needed."""
    words = vocabulary or Vocabulary()
    roles: dict[str, int] = {}
    lists: list[ListColumn] = []
    government: tuple[int, Cell] | None = None
    for column in range(grid.width):
        header = grid.header(column) or _unnamed(grid, column)
        if header is None or (lists and lists[-1].header is header):
            continue
        key = spelling_key(header.text)
        role = role_of(key, words.list_keys)
        if role == "list":
            lists.append(ListColumn(column, label_of(header.text) or f"unnamed column {column + 1}", header))
        elif role == "total":
            if GOVERNMENT.fullmatch(key) and government is None:
                government = column, header
        else:
            roles.setdefault(role, column)
    if ("date" not in roles and needs_date) or len(lists) < 3:
        return None
    totals, notes, unknown = _nobody_knows(grid, lists, words)
    lists = [one for one in lists if one not in totals and one not in notes]
    return Columns(
        date=roles.get("date"),
        pollster=roles.get("pollster"),
        publisher=roles.get("publisher"),
        sample=roles.get("sample"),
        lists=tuple(lists),
        government=government[0] if government else None,
        government_lists=_same_bloc(grid, government, lists) if government else (),
        doubled=first_doubled(one.label for one in lists),
        totals=tuple(one.label for one in totals),
        notes=tuple(one.label for one in notes),
        unknown=tuple(one.label for one in unknown),
    )


def role_of(key: str, list_keys: frozenset[str]) -> str:
    """What a column is by the spelling key of its header: date, publisher, sample, total, pollster or list."""
    if key in list_keys:
        return "list"
    return next((role for role, pattern in (*ROLES, ("pollster", POLLSTER)) if pattern.fullmatch(key[:60])), "list")


def label_of(text: str) -> str:
    """A list's name with even spaces around a plus: "Bennett +Cohen" is broken over two lines in its header."""
    name = tidy(text)
    return " + ".join(part.strip() for part in name.split("+")) if " " in name else name


def first_doubled(labels: Iterable[str]) -> str | None:
    """The first label that stands twice in any spelling."""
    seen: set[str] = set()
    for label in labels:
        key = spelling_key(label)
        if key in seen:
            return label
        seen.add(key)
    return None


def _unnamed(grid: Grid, column: int) -> Cell | None:
    """The header of a column that shows no name but has cells: it is not shifted, only unnamed."""
    headings = grid.headings(column)
    has_text = any((cell := grid.at(row, column)) and cell.text for row in range(grid.header_rows, len(grid.rows)))
    return headings[-1] if headings and has_text and headings[-1].columns == 1 else None


Split = tuple[list[ListColumn], list[ListColumn], list[ListColumn]]


def _nobody_knows(grid: Grid, lists: list[ListColumn], words: Vocabulary) -> Split:
    """The columns that no list of the campaign has, parted into totals, notes and lists nobody knows."""
    strange = [
        one
        for one in lists
        if not one.header.text or (words.list_keys and spelling_key(one.label) not in words.list_keys)
    ]
    if not strange:
        return [], [], []
    notes = [one for one in strange if _holds_words(grid, one.column, words.unit)]
    candidates = [one for one in strange if one not in notes]
    parts = [one for one in lists if one not in notes]
    rows = [row for number in range(grid.header_rows, len(grid.rows)) if (row := _seats(grid, number, parts))]
    proven = total_columns(rows, [one.column for one in candidates], words.house_size)
    if words.unit is Unit.SHARE:
        proven = frozenset(one.column for one in candidates if are_wholes(_texts(grid, one.column)))
    totals = [one for one in candidates if one.column in proven or spelling_key(one.label) in words.total_keys]
    return totals, notes, [one for one in candidates if one not in totals]


def _holds_words(grid: Grid, column: int, unit: Unit) -> bool:
    """Whether fewer than half of a column's cells are in a form that numbers of this unit are printed in."""
    texts = _texts(grid, column)
    return len(texts) >= 1 and sum(_is_value(text, unit) for text in texts) * 2 < len(texts)


def _texts(grid: Grid, column: int) -> list[str]:
    """What stands in a column's own cells under its header."""
    below = (grid.at(number, column) for number in range(grid.header_rows, len(grid.rows)))
    return [cell.text for cell in below if cell and cell.text and cell.columns == 1]


def are_wholes(texts: Sequence[str]) -> bool:
    """Whether every cell of a column is about 100 per cent, or 1: no list has that much, so it is the total.

    >>> are_wholes(["100", "99,9 %", "100.1"]), are_wholes(["1.0", "0.999"]), are_wholes(["100", "31"]), are_wholes([])
    (True, True, False, False)
    """
    numbers = [re.fullmatch(r"(\d{1,3}(?:[.,]\d{1,9})?) ?%?", text.strip(), re.ASCII) for text in texts]
    values = [float(match[1].replace(",", ".")) for match in numbers if match]
    return len(values) == len(texts) > 0 and any(
        all(abs(one / whole - 1) <= 0.02 for one in values) for whole in (1, 100)
    )


def _is_value(text: str, unit: Unit) -> bool:
    try:
        read_cell(text, unit)
    except RowRefused:
        return False
    return True


def _seats(grid: Grid, number: int, lists: list[ListColumn]) -> dict[int, float] | None:
    """A row's seats by column, nothing where a cell cannot be read; a joint number counts in its first column."""
    seats: dict[int, float] = {}
    seen: set[Cell] = set()
    for one in lists:
        cell = grid.at(number, one.column)
        if cell is None:
            return None
        try:
            value = read_cell(cell.text) if cell.text and cell not in seen else None
        except RowRefused:
            return None
        seats[one.column] = value.seats or 0.0 if value and value.status is Status.SEATS else 0.0
        seen.add(cell)
    return seats


def _same_bloc(grid: Grid, government: tuple[int, Cell], lists: list[ListColumn]) -> tuple[str, ...]:
    """The lists a bloc column sums: those under its own banner, else those in its colour."""
    column, header = government
    banner = grid.headings(column)[0]
    if banner is not header and banner.columns > 1:
        return tuple(one.label for one in lists if grid.headings(one.column)[0] is banner)
    if header.shade is None:
        return ()
    return tuple(one.label for one in lists if one.header.shade == header.shade)


def total_columns(rows: Sequence[Row], candidates: Sequence[int], house_size: int | None) -> frozenset[int]:
    """The candidate columns that are totals of the others.

    Parameters
    ----------
    rows : seats by column, every row with the same columns.
    candidates : columns that no list is known by; the last ones are looked at where they are many.
    house_size : seats of the house; without it nothing can be told.

    A set of columns are totals where at least three rows fill the house without them, more than with any smaller set
    set aside, and each of them equals the sum of the other columns, or of one same set of them, in at least three of
    those rows.
    """
    if house_size is None or len(rows) < FEWEST_ROWS:
        return frozenset()
    looked_at = tuple(candidates)[-MOST_CANDIDATES:]
    most = _full_rows(rows, frozenset(), house_size)
    totals: frozenset[int] = frozenset()
    for size in range(1, len(looked_at) + 1):
        for aside in map(frozenset, combinations(looked_at, size)):
            full = _full_rows(rows, aside, house_size)
            if len(full) > len(most) and _are_sums(full, aside):
                most, totals = full, aside
    return totals


def _full_rows(rows: Sequence[Row], aside: frozenset[int], house_size: int) -> list[Row]:
    return [row for row in rows if sum(seats for column, seats in row.items() if column not in aside) == house_size]


def _are_sums(rows: Sequence[Row], aside: frozenset[int]) -> bool:
    parts = [column for column in rows[0] if column not in aside and any(row[column] for row in rows)]
    return all(_is_sum_of_all(rows, column, parts) or _is_sum_of_some(rows, column, parts) for column in aside)


def _is_sum_of_all(rows: Sequence[Row], column: int, parts: Sequence[int]) -> bool:
    return sum(row[column] == sum(row[part] for part in parts) for row in rows) >= FEWEST_ROWS


def _is_sum_of_some(rows: Sequence[Row], column: int, parts: Sequence[int]) -> bool:
    """Whether one same set of columns adds to this one in three rows; neighbouring rows are tried together."""
    if len(parts) > MOST_PARTS:
        return False
    half = len(parts) // 2
    for at in range(0, len(rows) - FEWEST_ROWS + 1):
        three = rows[at : at + FEWEST_ROWS]
        first, second = _sums(three, parts[:half]), _sums(three, parts[half:])
        wanted = tuple(row[column] for row in three)
        if any(tuple(want - have for want, have in zip(wanted, sums, strict=True)) in second for sums in first):
            return True
        if at >= MOST_CANDIDATES:
            break
    return False


def _sums(rows: Sequence[Row], parts: Sequence[int]) -> set[tuple[float, ...]]:
    """What every set of these columns adds to, row by row."""
    sums: set[tuple[float, ...]] = {(0.0,) * len(rows)}
    for part in parts:
        seats = tuple(row[part] for row in rows)
        sums |= {tuple(have + added for have, added in zip(one, seats, strict=True)) for one in sums}
    return sums


_BY_KEY |= {spelling_key(key): name for name, keys in SYNONYMS.items() for key in keys.split("|")}


@dataclass(frozen=True, slots=True)
class Header:
    """A sheet's header: its row (from 0) and, by column, a fixed name, a list's name, or nothing."""

    row: int
    names: tuple[str, ...]
    is_long: bool
    joins_names: bool

    @property
    def lists(self) -> tuple[int, ...]:
        """The columns of a wide sheet that are not fixed ones."""
        return tuple(at for at, name in enumerate(self.names) if name not in (*FIXED, *IGNORED))


def find_header(rows: Rows, list_keys: frozenset[str]) -> Header:
    """The first row that names a day and a firm or outlet; raises PageRefused naming what is missing or doubled."""
    for number, row in enumerate(rows[:HEADER_WITHIN]):
        names = [_name(cell, list_keys) for cell in row]
        if "fieldwork_end" in names and {"pollster", "publisher", "commissioner"} & set(names):
            # A column without a name counts where something stands under it.
            width = max((at + 1 for below in rows[number:] for at, cell in enumerate(below) if cell.strip()), default=0)
            return _checked(number, names[:width], row, list_keys)
    raise PageRefused(_why_none(rows, list_keys))


def _name(cell: str, list_keys: frozenset[str]) -> str:
    """A column's fixed name, or its label as printed."""
    label = tidy(cell)
    key = spelling_key(label)
    if key in list_keys:
        return label
    plain = re.sub("[_-]", " ", key)
    role = role_of(plain, frozenset())
    return _BY_KEY.get(plain) or _PAGE_ROLES.get(role, label)


def _checked(number: int, names: list[str], row: Sequence[str], list_keys: frozenset[str]) -> Header:
    """A header in which no name stands twice."""
    if len(names) > MOST_COLUMNS:
        raise PageRefused(f"at most {MOST_COLUMNS} columns are read; this sheet has {len(names)}")
    seen: dict[str, str] = {}
    for name, cell in zip(names, row, strict=False):
        key = spelling_key(name)
        if name and key in seen:
            raise PageRefused(
                f"two columns say the same: {one_line(seen[key], 40)!r} and {one_line(cell, 40)!r}; drop one"
            )
        seen[key] = tidy(cell)
    is_long = "label" in names and bool(set(LONG[1:]) & set(names))
    if is_long:
        unknown = [name for name in names if name not in (*FIXED, *IGNORED, *LONG)]
        if unknown:
            label = one_line(unknown[0], 40)
            raise PageRefused(f"unknown column {label!r} in a long sheet (one row a poll and list); {TEMPLATE}")
    firm = next((cell for name, cell in zip(names, row, strict=False) if name == "pollster"), "")
    joins_names = "/" in firm and "publisher" not in names and spelling_key(firm) not in list_keys
    return Header(number, tuple(names), is_long, joins_names)


def _why_none(rows: Rows, list_keys: frozenset[str]) -> str:
    """Why a sheet has no header: it is another file, it lies on its side, or a column is missing."""
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    if not filled:
        return f"the sheet is empty; {TEMPLATE}"
    firsts = {_name(row[0], list_keys) for row in rows[:MOST_COLUMNS] if row}
    if "fieldwork_end" in firsts and {"pollster", "publisher", "commissioner"} & firsts:
        return "the sheet lies on its side, a column a poll: transpose it (copy, paste special, transpose)"
    cells = {tidy(cell) for cell in filled[0]}
    if "כשרים" in cells:
        return "this is a result file of the elections committee: import it with --source cec"
    names = {name for row in rows[:HEADER_WITHIN] for cell in row if (name := _name(cell, list_keys))}
    missing = "fieldwork_end (the last day of fieldwork)" if "fieldwork_end" not in names else "pollster or publisher"
    first = one_line(", ".join(tidy(cell) for cell in filled[0] if cell.strip()), 60)
    return f"no header row names {missing}; the sheet begins {first!r}; {TEMPLATE}"
