"""A result file (per box or per locality) → the votes of each ballot's letters, and how far the count had come."""

import csv
import io
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pipelines.errors import PageRefused, one_line
from pipelines.sources.reading import Refusal
from pipelines.sources.text import decode, refuse_container, refuse_markup, spelling_key, tidy

LOCALITY, CODE, ELIGIBLE, VOTED, INVALID, VALID = "שם ישוב", "סמל ישוב", "בזב", "מצביעים", "פסולים", "כשרים"
BOX = ("מספר קלפי", "קלפי")
OTHER = ("סמל ועדה", "ברזל", "ריכוז", "שופט", "שם ועדה", "כתובת")
META = frozenset({LOCALITY, CODE, ELIGIBLE, VOTED, INVALID, VALID, *BOX, *OTHER})
COUNTS = (ELIGIBLE, VOTED, INVALID, VALID)
ENVELOPES = "מעטפות"
ENVELOPE_CODES = frozenset({"0", "9999", "99999"})
TOTAL = re.compile(r"(סהכ|סך הכל|סך הכול|(grand )?total)\b")
FEWEST_PARTS = 2  # of a total: one row that equals one other is a place listed twice, or chance
FEWEST_ROWS = 3  # in which a column has to be what a row's ballots are too many by, or which are too many to be refused
_LETTERS = re.compile(r"[א-ת]{1,4}")
# Three digits after a point are thousands, as after a comma; in anything else only zeros follow it.
_WHOLE = re.compile(r"\d{1,9}(?:\.0{1,2})?|\d{1,3}(?:(?P<mark>[,.' ’])\d{3})(?:(?P=mark)\d{3})?", re.ASCII)
MOST_ROWS = 50_000
HEADER_WITHIN = 10
SEPARATORS = ",;\t"
_META_BY_KEY = {spelling_key(name): name for name in META} | {"שם יישוב": LOCALITY, "סמל יישוב": CODE}


class Stage(StrEnum):
    """A count in progress never overwrites a result."""

    INTERIM = "interim"
    FINAL = "final"


@dataclass(frozen=True, slots=True)
class Count:
    """A result file added up. `votes` is by ballot letters as printed; `unit` is what a row was: box or locality."""

    election: str
    source: str
    unit: str
    stage: Stage
    why: str
    votes: dict[str, int]
    eligible: int
    voted: int
    invalid: int
    valid: int
    rows: int
    refused: tuple[Refusal, ...]
    warnings: tuple[str, ...]


Row = tuple[int, dict[str, str]]


@dataclass(frozen=True, slots=True)
class _Box:
    """A row that is counted: its number in the file, what it printed and its numbers."""

    row: int
    cells: dict[str, str]
    numbers: dict[str, int]

    @property
    def place(self) -> tuple[str, ...]:
        """Which ballot box or locality it is of."""
        box = next((self.cells[name] for name in BOX if name in self.cells), "")
        if _is_envelopes(self.cells):
            return ENVELOPES, spelling_key(box)  # they have had several names and codes
        return tuple(map(spelling_key, (self.cells.get(CODE, "").lstrip("0"), self.cells.get(LOCALITY, ""), box)))


def parse(
    body: bytes,
    election: str,
    *,
    source: str = "cec",
    official_valid: int | None = None,
    ballot: Collection[str] = (),
) -> Count:
    """The whole file added up; raises PageRefused when a column or the sheet is not one of the committee's.

    Nobody can tell from a file alone that it is the last: a count is final only when its valid votes are the official
    total (recorded or given) and no row was refused; otherwise it is interim, and `why` says so. Totals, rows and
    columns, are not parts and a box listed twice is one: all are said and counted once. Letters on the `ballot` are no
    total.
    """
    refuse_container(body, workbook="this is a workbook: save its sheet as CSV and import that with --source cec")
    refused: list[Refusal] = []
    warnings: list[str] = []
    header, rows = _sheet(decode(body), warnings)
    letters = _letters(header, warnings)
    letters = _without_total_columns(letters, rows, ballot, warnings)

    def refuse(number: int, text: str, why: str) -> None:
        refused.append(Refusal(election, source, f"row-{number}", "count", text, why, f"row {number}"))

    boxes: list[_Box] = []
    for number, cells in rows:
        numbers = _numbers(cells, (*COUNTS, *letters))
        is_total = _is_called_total(cells)
        if isinstance(numbers, str):
            if is_total:
                warnings.append(f"row {number} is a total and is not counted")
            else:
                refuse(number, _text(cells), numbers)
        elif not is_total and (why := _does_not_add(numbers, letters)):
            refuse(number, _text(cells), why)
        else:
            boxes.append(_Box(number, cells, numbers))
    if len(refused) >= FEWEST_ROWS and len(refused) * 2 >= len(rows):
        raise PageRefused(
            f"{len(refused)} of {len(rows)} rows cannot be counted: {refused[0].reason} ({refused[0].place})"
        )
    boxes = _without_totals(boxes, letters, warnings)
    for number, text, why in _without_place(boxes):
        refuse(number, text, why)
    counted, conflicts = _once([one for one in boxes if one.cells.get(CODE) or _is_envelopes(one.cells)], warnings)
    for number, text, why in conflicts:
        refuse(number, text, why)
    warnings += [
        f"row {one.row}: {one.numbers[VOTED]} voted, {one.numbers[VALID]} + {one.numbers[INVALID]} were counted"
        for one in counted
        if one.numbers[VALID] + one.numbers[INVALID] != one.numbers[VOTED]
    ]
    totals = {name: sum(one.numbers[name] for one in counted) for name in (*COUNTS, *letters)}
    if not totals[VALID]:
        raise PageRefused(
            f"the file holds no valid vote{f': {refused[0].reason} ({refused[0].place})' if refused else ''}"
        )
    has_envelopes = any(_is_envelopes(one.cells) for one in counted)
    stage, why_stage = _stage(has_envelopes, len(refused), totals[VALID], official_valid)
    return Count(
        election=election,
        source=source,
        unit="box" if any(name in header for name in BOX) else "locality",
        stage=stage,
        why=why_stage,
        votes={name: totals[name] for name in letters},
        eligible=totals[ELIGIBLE],
        voted=totals[VOTED],
        invalid=totals[INVALID],
        valid=totals[VALID],
        rows=len(counted),
        refused=tuple(refused),
        warnings=tuple(warnings),
    )


def _text(cells: Mapping[str, str]) -> str:
    return one_line(" | ".join(cells.values()), 300)


def _without_totals(boxes: list[_Box], letters: list[str], warnings: list[str]) -> list[_Box]:
    """The rows that are no totals: not called so, and not the sum of all the others."""
    named = [one for one in boxes if _is_called_total(one.cells)]
    parts = [one for one in boxes if one not in named]
    has_place = {one.row: bool(one.cells.get(CODE)) or _is_envelopes(one.cells) for one in parts}
    columns = (VALID, *letters)
    # A row without a place is the sum of those that have one; one with a code is with them in what is twice as much.
    placed, unplaced = ([one for one in parts if has_place[one.row] is is_placed] for is_placed in (True, False))
    by_sum = _equal_to(placed, unplaced, columns) or _equal_to(parts, parts, columns, times=2)[:1]
    parts = [one for one in parts if one not in by_sum]
    valid = sum(one.numbers[VALID] for one in parts)
    for one in (*named, *by_sum):
        apart = (
            "" if one.numbers[VALID] == valid else f"; it says {one.numbers[VALID]:,} valid votes, the rows {valid:,}"
        )
        warnings.append(f"row {one.row} is a total and is not counted{apart}")
    return parts


def _equal_to(boxes: list[_Box], candidates: list[_Box], columns: Sequence[str], times: int = 1) -> list[_Box]:
    """The candidates that are in every column, so many times, what the boxes add to."""
    sums = {name: sum(one.numbers[name] for one in boxes) for name in columns}
    if sum(one.numbers[VALID] > 0 for one in boxes) - (times - 1) < FEWEST_PARTS:
        return []
    return [
        one
        for one in candidates
        if one.numbers[VALID] and all(one.numbers[name] * times == sums[name] for name in columns)
    ]


def _is_called_total(cells: Mapping[str, str]) -> bool:
    return any(TOTAL.match(spelling_key(cells.get(name, ""))) for name in (LOCALITY, CODE, *BOX, *OTHER))


def _without_place(boxes: list[_Box]) -> Iterator[tuple[int, str, str]]:
    """Rows without a code that are no envelopes: a blank is no code."""
    for one in boxes:
        if not one.cells.get(CODE) and not _is_envelopes(one.cells):
            yield one.row, _text(one.cells), f"{CODE} is blank and the row is no total of the others; give its code"


def _once(boxes: list[_Box], warnings: list[str]) -> tuple[list[_Box], list[tuple[int, str, str]]]:
    """Each ballot box or locality once; one listed twice with other numbers is refused, naming both rows."""
    by_place: dict[tuple[str, ...], list[_Box]] = {}
    for one in boxes:
        by_place.setdefault(one.place, []).append(one)
    counted: list[_Box] = []
    conflicts: list[tuple[int, str, str]] = []
    for same in by_place.values():
        first, last = same[0], same[-1]
        lines = ", ".join(str(one.row) for one in same)
        if all(one.numbers == first.numbers for one in same):
            counted.append(first)
            if len(same) > 1:
                warnings.append(f"rows {lines} are one {first.cells.get(LOCALITY, '')} listed twice: counted once")
            continue
        apart = f"{first.numbers[VALID]:,} and {last.numbers[VALID]:,} valid votes"
        conflicts.append((last.row, _text(last.cells), f"rows {lines} are one place with {apart}; keep the right one"))
    return counted, conflicts


def _sheet(text: str, warnings: list[str]) -> tuple[list[str], list[Row]]:
    """The header and the rows under it; a trailing comma's empty column is dropped from both, notes are said."""
    refuse_markup(text)
    plain = text.replace("\x0b", " ")
    separator = max(SEPARATORS, key=plain.partition("\n")[0].count)
    try:
        lines = list(csv.reader(io.StringIO(plain, newline=""), delimiter=separator))
    except csv.Error as error:
        raise PageRefused(f"the file is no CSV: {error}") from error
    if len(lines) > MOST_ROWS:
        raise PageRefused(f"a result file has a header and at most {MOST_ROWS:,} rows; this one has {len(lines):,}")
    at, header = _header(lines)
    rows: list[Row] = []
    for number, line in enumerate(lines[at + 1 :], start=at + 2):
        cells = [tidy(cell) for cell in line]
        if sum(map(bool, cells)) == 1 and not any(cell[-1:].isdigit() for cell in cells):
            warnings.append(f"row {number} is a note and is not counted: {one_line(''.join(cells), 60)}")
            continue
        if not any(cells):
            continue
        if len(cells) < len(header) or any(cells[len(header) :]):
            remedy = "the file is cut" if len(cells) < len(header) else "name every column, or drop what has no name"
            raise PageRefused(f"row {number} has {len(cells)} cells under {len(header)} columns: {remedy}")
        rows.append((number, dict(zip(header, cells, strict=False))))
    return header, rows


def _header(lines: list[list[str]]) -> tuple[int, list[str]]:
    """The row that names the committee's columns, in one spelling."""
    for number, line in enumerate(lines[:HEADER_WITHIN]):
        header = [_META_BY_KEY.get(spelling_key(cell), tidy(cell)) for cell in line]
        while header and not header[-1]:
            header.pop()
        if {VALID, CODE} <= set(header):
            return number, header
    raise PageRefused(
        f"no column {VALID} or {CODE}: not a result file of the committee (a sheet of polls is imported with"
        " --source csv or xlsx)"
    )


def _letters(header: list[str], warnings: list[str]) -> list[str]:
    """The columns that are ballots; a total by name is left aside and said, anything else unknown is refused, so that
    no code is counted as a list."""
    totals = [name for name in header if name not in META and TOTAL.match(spelling_key(name))]
    warnings += [f"the column {one_line(name, 40)!r} is a total and is not counted" for name in totals]
    letters = [name for name in header if name not in META and name not in totals]
    for name in letters:
        if not _LETTERS.fullmatch(name):
            raise PageRefused(f"the column {one_line(name, 40)!r} is neither known nor ballot letters; drop it")
    if doubled := next((name for at, name in enumerate(header) if name in header[:at]), None):
        raise PageRefused(f"two columns of the file are called {one_line(doubled, 40)!r}; drop one")
    if len(letters) < 2:
        raise PageRefused("the file has no ballot letters")
    return letters


def _without_total_columns(
    letters: list[str], rows: Sequence[Row], ballot: Collection[str], warnings: list[str]
) -> list[str]:
    """The letters without one or two columns nobody knows that are exactly what the rows' ballots are too many by."""
    all_numbers = [_numbers(cells, (VALID, *letters)) for _, cells in rows]
    numbers = [one for one in all_numbers if not isinstance(one, str)]
    excess = [sum(one[name] for name in letters) - one[VALID] for one in numbers]
    apart = [at for at, votes in enumerate(excess) if votes]
    if len(apart) < FEWEST_ROWS or len(apart) * 2 < len(numbers):
        return letters
    columns = {tuple(numbers[at][name] for at in apart): name for name in letters if name not in ballot}
    wanted = tuple(excess[at] for at in apart)
    totals = {columns[wanted]} if wanted in columns else set()
    for values, name in columns.items() if not totals else ():
        other = columns.get(tuple(votes - value for votes, value in zip(wanted, values, strict=True)))
        if other is not None and other != name:
            totals = {name, other}
    warnings += [f"the column {name!r} is a total and is not counted" for name in sorted(totals)]
    return [name for name in letters if name not in totals]


def _numbers(row: dict[str, str], names: Iterable[str]) -> dict[str, int] | str:
    """The whole numbers of a row, or why they are none; an electorate may be blank, as for envelopes."""
    numbers: dict[str, int] = {}
    for name in names:
        text = row.get(name, "")
        if not text and name == ELIGIBLE:
            text = "0"
        if name in row and not _WHOLE.fullmatch(text):
            return f"{name} is {one_line(text, 20)!r}, not a whole number; write it as 1234"
        numbers[name] = int(re.sub(r"\.0{1,2}$|\D", "", text) or "0")
    return numbers


def _does_not_add(numbers: Mapping[str, int], letters: list[str]) -> str | None:
    total = sum(numbers[name] for name in letters)
    return None if total == numbers[VALID] else f"the ballots add to {total}, {VALID} is {numbers[VALID]}"


def _is_envelopes(row: Mapping[str, str]) -> bool:
    code = row.get(CODE, "")
    return ENVELOPES in row.get(LOCALITY, "") or (bool(code) and (code.lstrip("0") or "0") in ENVELOPE_CODES)


def _stage(has_envelopes: bool, refused: int, valid: int, official: int | None) -> tuple[Stage, str]:
    """Final only by an official total; what is known of the outside envelopes, counted last, is said."""
    envelopes = (
        "outside envelopes have begun to come in"
        if has_envelopes
        else "the outside envelopes, counted last, are not in it"
    )
    if refused:
        return Stage.INTERIM, f"{refused} rows were refused"
    if official is None:
        return Stage.INTERIM, f"no official total is recorded or given; {envelopes}"
    if valid == official:
        return Stage.FINAL, f"the official total of {official:,} valid votes is met"
    return Stage.INTERIM, f"{valid:,} valid votes, the official total is {official:,}; {envelopes}"


def by_list(votes: Mapping[str, int], list_by_letters: Mapping[str, str]) -> tuple[dict[str, int], tuple[str, ...]]:
    """Votes per list id, and the letters nobody knows, from `list_by_letters`: ballot letters → list.

    Letters are taken as printed first: ן and נ may be two lists. Only letters without a list of their own are
    then compared without final forms (מרץ is מרצ), and never when two lists would fit.
    """
    exact = {spelling_key(letters): name for letters, name in list_by_letters.items()}
    folded: dict[str, list[str]] = {}
    for letters in exact:
        folded.setdefault(fold_finals(letters), []).append(letters)
    votes_by_list: dict[str, int] = {}
    unknown: list[str] = []
    for printed, count in votes.items():
        letters = spelling_key(printed)
        others = [other for other in folded.get(fold_finals(letters), []) if other not in votes]
        if letters not in exact and len(letters) > 1 and len(others) == 1:
            letters = others[0]
        if letters in exact:
            votes_by_list[exact[letters]] = votes_by_list.get(exact[letters], 0) + count
        else:
            unknown.append(printed)
    return votes_by_list, tuple(unknown)


_FINALS = str.maketrans("ךםןףץ", "כמנפצ")


def fold_finals(letters: str) -> str:
    """Ballot letters without final forms: מרץ is מרצ; a list whose whole name is ן is not folded away by this alone.

    >>> fold_finals("מרץ")
    'מרצ'
    """
    return letters.translate(_FINALS)
