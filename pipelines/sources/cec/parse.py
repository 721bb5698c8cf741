"""A result file (per box or per locality) → the votes of each ballot's letters, and how far the count had come."""

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from pipelines.reported import Refusal
from pipelines.sources.decode import decode
from pipelines.sources.errors import PageRefused
from pipelines.sources.hebrew import fold_finals, one_spelling
from pipelines.sources.text import one_line, tidy

LOCALITY, CODE, ELIGIBLE, VOTED, INVALID, VALID = "שם ישוב", "סמל ישוב", "בזב", "מצביעים", "פסולים", "כשרים"
BOX = ("מספר קלפי", "קלפי")
OTHER = ("סמל ועדה", "ברזל", "ריכוז", "שופט", "שם ועדה", "כתובת")
META = frozenset({LOCALITY, CODE, ELIGIBLE, VOTED, INVALID, VALID, *BOX, *OTHER})
COUNTS = (ELIGIBLE, VOTED, INVALID, VALID)
ENVELOPES = "מעטפות"
ENVELOPE_CODES = frozenset({"0", "9999", "99999"})
_LETTERS = re.compile(r"[א-ת]{1,4}")
_WHOLE = re.compile(r"\d{1,9}", re.ASCII)
MOST_ROWS = 50_000


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


def parse(body: bytes, election: str, *, source: str = "cec", official_valid: int | None = None) -> Count:
    """The whole file added up; raises PageRefused when a column or the sheet is not one of the committee's.

    The count is final when the outside envelopes, which are counted last, are in it, no row was refused, and the
    valid votes are not below the official total where that is known; otherwise it is interim, and `why` says so.
    """
    header, rows = _sheet(decode(body))
    letters = _letters(header)
    totals = dict.fromkeys((*COUNTS, *letters), 0)
    refused: list[Refusal] = []
    warnings: list[str] = []
    envelopes = False
    for number, row in rows:
        numbers = _numbers(row, (*COUNTS, *letters))
        why = numbers if isinstance(numbers, str) else _does_not_add(numbers, letters)
        if why or isinstance(numbers, str):
            text = one_line(" | ".join(row.values()), 300)
            refused.append(Refusal(election, source, f"row-{number}", "count", text, f"{why} (row {number})"))
            continue
        if numbers[VALID] + numbers[INVALID] != numbers[VOTED]:
            warnings.append(f"row {number}: {numbers[VOTED]} voted, {numbers[VALID]} + {numbers[INVALID]} were counted")
        envelopes = envelopes or _is_envelopes(row)
        for name, value in numbers.items():
            totals[name] += value
    if not totals[VALID]:
        raise PageRefused("the file holds no valid vote")
    stage, why_stage = _stage(envelopes, len(refused), totals[VALID], official_valid)
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
        rows=len(rows),
        refused=tuple(refused),
        warnings=tuple(warnings),
    )


def _sheet(text: str) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
    """The header and the rows under it; a trailing comma's empty column is dropped from both."""
    try:
        lines = list(csv.reader(io.StringIO(text.replace("\x0b", " "), newline="")))
    except csv.Error as error:
        raise PageRefused(f"the file is no CSV: {error}") from error
    if not lines or len(lines) > MOST_ROWS:
        raise PageRefused(f"a result file has a header and at most {MOST_ROWS:,} rows; this one has {len(lines):,}")
    header = [tidy(cell) for cell in lines[0]]
    while header and not header[-1]:
        header.pop()
    if not {VALID, CODE} <= set(header):
        raise PageRefused(f"no column {VALID} or {CODE}: not a result file of the committee")
    rows: list[tuple[int, dict[str, str]]] = []
    for number, line in enumerate(lines[1:], start=2):
        cells = [tidy(cell) for cell in line]
        if not any(cells):
            continue
        if len(cells) < len(header) or any(cells[len(header) :]):
            raise PageRefused(f"row {number} has {len(cells)} cells under {len(header)} columns: the file is cut")
        rows.append((number, dict(zip(header, cells, strict=False))))
    return header, rows


def _letters(header: list[str]) -> list[str]:
    """The columns that are ballots; anything else unknown is refused, so that no code is counted as a list."""
    found = [name for name in header if name not in META]
    for name in found:
        if not _LETTERS.fullmatch(name):
            raise PageRefused(f"the column {one_line(name, 40)!r} is neither known nor ballot letters")
    if len(set(header)) != len(header):
        raise PageRefused("two columns of the file have one name")
    if len(found) < 2:
        raise PageRefused("the file has no ballot letters")
    return found


def _numbers(row: dict[str, str], names: Iterable[str]) -> dict[str, int] | str:
    """The whole numbers of a row, or why they are none; an electorate may be blank, as for envelopes."""
    found: dict[str, int] = {}
    for name in names:
        text = row.get(name, "")
        if not text and name == ELIGIBLE:
            text = "0"
        if name in row and not _WHOLE.fullmatch(text):
            return f"{name} is {one_line(text, 20)!r}, not a whole number"
        found[name] = int(text or "0")
    return found


def _does_not_add(numbers: Mapping[str, int], letters: list[str]) -> str | None:
    total = sum(numbers[name] for name in letters)
    return None if total == numbers[VALID] else f"the ballots add to {total}, {VALID} is {numbers[VALID]}"


def _is_envelopes(row: Mapping[str, str]) -> bool:
    code = row.get(CODE, "").lstrip("0") or "0"
    return ENVELOPES in row.get(LOCALITY, "") or code in ENVELOPE_CODES


def _stage(envelopes: bool, refused: int, valid: int, official: int | None) -> tuple[Stage, str]:
    if refused:
        return Stage.INTERIM, f"{refused} rows were refused"
    if not envelopes:
        return Stage.INTERIM, "the outside envelopes, counted last, are not in it"
    if official is not None and valid != official:
        return Stage.INTERIM, f"{valid:,} valid votes, the official total is {official:,}"
    return Stage.FINAL, "the outside envelopes are in it" + (", and the official total is met" if official else "")


def by_list(votes: Mapping[str, int], known: Mapping[str, str]) -> tuple[dict[str, int], tuple[str, ...]]:
    """Votes per list id, and the letters nobody knows, from `known`: ballot letters → list.

    Letters are taken as printed first: ן and נ may be two lists. Only letters without a list of their own are
    then compared without final forms (מרץ is מרצ), and never when two lists would fit.
    """
    exact = {one_spelling(letters): name for letters, name in known.items()}
    folded: dict[str, list[str]] = {}
    for letters in exact:
        folded.setdefault(fold_finals(letters), []).append(letters)
    found: dict[str, int] = {}
    unknown: list[str] = []
    for printed, count in votes.items():
        letters = one_spelling(printed)
        others = [other for other in folded.get(fold_finals(letters), []) if other not in votes]
        if letters not in exact and len(letters) > 1 and len(others) == 1:
            letters = others[0]
        if letters in exact:
            found[exact[letters]] = found.get(exact[letters], 0) + count
        else:
            unknown.append(printed)
    return found, tuple(unknown)
