"""What the columns of a desk's sheet are: its header found among title rows, and each column by its name.

A column goes by the template's name, or by what desks and pages call it in their languages. A column with a list's
name is that list's, whatever else it may mean.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.sources import columns
from pipelines.sources.errors import PageRefused
from pipelines.sources.text import one_line, spelling_key, tidy

FIXED = ("fieldwork_start", "fieldwork_end", "published_date", "pollster", "publisher", "sample_size", "kind", "link")
LONG = ("label", "value", "status", "seats", "pct")
IGNORED = ("poll", "source", "note")
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
    "publisher": "גוף מזמין|מזמין|מזמין הסקר|מפרסם|ערוץ|פורסם ב|עבור|גוף מפרסם|גוף התקשורת",
    "sample_size": "sample|n|מספר משיבים|מספר המשיבים",
    "kind": "type|poll type|סוג|סוג הסקר",
    "link": "url|address|source url|קישור|כתובת",
    "note": "notes|comment|comments|remark|remarks|הערה|הערות",
    "source": "מקור",
    "poll": "poll id|id|מספר|מספר הסקר|מסד",
    "label": "list|party|רשימה|מפלגה",
    "seats": "מנדטים",
}
_BY_KEY = {name.replace("_", " "): name for name in (*FIXED, *LONG, *IGNORED)}
_BY_KEY |= {spelling_key(key): name for name, keys in SYNONYMS.items() for key in keys.split("|")}
# The words of polling pages, for what the table above does not name.
_PAGE_ROLES = {"date": "fieldwork_end", "pollster": "pollster", "publisher": "publisher", "sample": "sample_size"}


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
        if "fieldwork_end" in names and {"pollster", "publisher"} & set(names):
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
    role = columns.role_of(plain, frozenset())
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
            shown = one_line(unknown[0], 40)
            raise PageRefused(f"unknown column {shown!r} in a long sheet (one row a poll and list); {TEMPLATE}")
    firm = next((cell for name, cell in zip(names, row, strict=False) if name == "pollster"), "")
    joins_names = "/" in firm and "publisher" not in names and spelling_key(firm) not in list_keys
    return Header(number, tuple(names), is_long, joins_names)


def _why_none(rows: Rows, list_keys: frozenset[str]) -> str:
    """Why a sheet has no header: it is another file, it lies on its side, or a column is missing."""
    shown = [row for row in rows if any(cell.strip() for cell in row)]
    if not shown:
        return f"the sheet is empty; {TEMPLATE}"
    firsts = {_name(row[0], list_keys) for row in rows[:MOST_COLUMNS] if row}
    if "fieldwork_end" in firsts and {"pollster", "publisher"} & firsts:
        return "the sheet lies on its side, a column a poll: transpose it (copy, paste special, transpose)"
    cells = {tidy(cell) for cell in shown[0]}
    if "כשרים" in cells:
        return "this is a result file of the elections committee: import it with --source cec"
    names = {name for row in rows[:HEADER_WITHIN] for cell in row if (name := _name(cell, list_keys))}
    missing = "fieldwork_end (the last day of fieldwork)" if "fieldwork_end" not in names else "pollster or publisher"
    first = one_line(", ".join(tidy(cell) for cell in shown[0] if cell.strip()), 60)
    return f"no header row names {missing}; the sheet begins {first!r}; {TEMPLATE}"
