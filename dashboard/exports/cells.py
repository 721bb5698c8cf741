"""What stands in a cell of a file: a number stays a number, a text can never be taken for a formula."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.i18n import bidi
from dashboard.i18n.translator import MINUS

Cell = str | int | float | None

STARTS_A_FORMULA = tuple("=+-@\t\r\n|")
NUMBER = re.compile(r"[-+]?\d{1,3}(?:,\d{3})+(?:\.\d+)?|[-+]?\d+(?:\.\d+)?", re.ASCII)
LONGEST = 32_000  # characters a spreadsheet takes in one cell


@dataclass(frozen=True)
class Sheet:
    """A named table: its head, and its rows."""

    name: str
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]

    @property
    def lines(self) -> list[list[Cell]]:
        """Head and rows, every text harmless."""
        return [[harmless(cell) for cell in line] for line in (self.head, *self.rows)]


def harmless(cell: Cell) -> Cell:
    """A cell that no spreadsheet takes for a formula; numbers are left alone.

    >>> harmless("=1+1"), harmless("-2"), harmless(-2), harmless("Likud")
    ("'=1+1", "'-2", -2, 'Likud')
    """
    if not isinstance(cell, str):
        return cell
    first = unicodedata.normalize("NFKC", cell.lstrip(" \u00a0")[:1])
    text = f"'{cell}" if first.startswith(STARTS_A_FORMULA) or cell.startswith(STARTS_A_FORMULA) else cell
    return text[:LONGEST]


def read_number(text: str) -> Cell:
    """What a page shows, as a file keeps it: a number as a number, every other text without its marks.

    >>> read_number("1,234"), read_number("−0.4"), read_number("27–37"), read_number("+2")
    (1234, -0.4, '27–37', 2)
    """
    plain = bidi.HIDDEN.sub("", text).strip()
    number = plain.replace(MINUS, "-")
    if not NUMBER.fullmatch(number):
        return plain
    value = float(number.replace(",", ""))
    return int(value) if value.is_integer() and "." not in number else value
