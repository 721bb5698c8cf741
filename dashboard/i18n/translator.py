"""A language's words, numbers and dates."""

import datetime
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from dashboard.i18n import bidi
from dashboard.i18n.languages import KNOWN

CATALOGUE = Path(__file__).with_name("catalogue.toml")
MINUS, DASH = "\u2212", "\u2013"

Entry = Mapping[str, str | Mapping[str, str]]


@cache
def catalogue() -> Mapping[str, Entry]:
    """Every entry by its dotted key: a text, or plural forms, per language."""
    return dict(_entries("", tomllib.loads(CATALOGUE.read_text(encoding="utf-8"))))


def _entries(prefix: str, table: Mapping[str, object]) -> list[tuple[str, Entry]]:
    found: list[tuple[str, Entry]] = []
    for name, value in table.items():
        assert isinstance(value, dict), f"{prefix}{name}: a catalogue entry is a table of languages"
        if "en" in value:
            found.append((f"{prefix}{name}", value))
        else:
            found.extend(_entries(f"{prefix}{name}.", value))
    return found


@cache
def translator(lang: str) -> "Translator":
    return Translator(lang)


@dataclass(frozen=True)
class Translator:
    """Says things in one language: `t("nav.tonight")`, `t("polls.count", n=3)` for plural forms.

    Of the forms of an entry the one for exactly that count is taken, else the one of its plural category, else "other".
    """

    lang: str

    @property
    def is_rtl(self) -> bool:
        return KNOWN[self.lang].is_rtl

    @property
    def direction(self) -> str:
        return "rtl" if self.is_rtl else "ltr"

    def __call__(self, key: str, **values: object) -> str:
        text = catalogue()[key][self.lang]
        if not isinstance(text, str):
            text = text.get(str(values["n"])) or text.get(self._plural(values["n"])) or text["other"]
        return text.format(**values) if values else text

    def _plural(self, count: object) -> str:
        return KNOWN[self.lang].plural(count) if isinstance(count, int) else "other"

    def has(self, key: str) -> bool:
        return key in catalogue()

    # Numbers

    def number(self, value: float, digits: int = 0) -> str:
        """A number with a true minus, kept left to right inside Hebrew.

        >>> translator("en").number(-0.04, 1), translator("en").number(1234)
        ('0.0', '1,234')
        """
        rounded = round(value, digits) + 0.0
        text = f"{abs(rounded):,.{digits}f}"
        return self._ltr(f"{MINUS}{text}") if rounded < 0 else text

    def signed(self, value: float, digits: int = 0) -> str:
        """A change: "+2", "−1", "0".

        >>> translator("en").signed(2), translator("en").signed(0)
        ('+2', '0')
        """
        rounded = round(value, digits) + 0.0
        return self._ltr(f"+{rounded:.{digits}f}") if rounded > 0 else self.number(rounded, digits)

    def span(self, low: float, high: float, digits: int = 0) -> str:
        """An interval, its low end on the left: "27–37"; with a sign in it, "−1.2 … 0.3"."""
        between = DASH if round(low, digits) >= 0 else " … "
        return self._ltr(f"{self.number(low, digits)}{between}{self.number(high, digits)}")

    def percent(self, value: float, digits: int = 1) -> str:
        return self._ltr(f"{value:.{digits}f}%")

    def chance(self, probability: float) -> str:
        """A probability as simulations out of a hundred, never as certainty."""
        n = round(probability * 100)
        if n < 1:
            return self("chance.few")
        return self("chance.most") if n > 99 else self("chance.of", n=n)

    def _ltr(self, text: str) -> str:
        return f"{bidi.LEFT_TO_RIGHT_ISOLATE}{text}{bidi.POP_ISOLATE}" if self.is_rtl else text

    # Dates

    def month(self, day: datetime.date) -> str:
        return self(f"month.short.m{day.month:02}")

    def date(self, day: datetime.date) -> str:
        """A day with its year: "13 Sep 2019"."""
        return self("date.full", day=day.day, month=self(f"month.long.m{day.month:02}"), year=day.year)

    def month_of(self, day: datetime.date) -> str:
        """A month with its year: "June 2019"."""
        return self("date.month", month=self(f"month.long.m{day.month:02}"), year=day.year)

    def day(self, day: datetime.date) -> str:
        """A day without its year: "13 Sep"."""
        return self("date.day", day=day.day, month=self.month(day))

    def days(self, start: datetime.date, end: datetime.date) -> str:
        """From one day to another, as short as it can be said.

        >>> translator("en").days(datetime.date(2019, 9, 9), datetime.date(2019, 9, 13))
        '9–13 Sep 2019'
        """
        last = self("date.short", day=end.day, month=self.month(end), year=end.year)
        if start == end:
            return last
        if (start.year, start.month) == (end.year, end.month):
            both = self._ltr(f"{start.day}{DASH}{end.day}")
            return self("date.short", day=both, month=self.month(end), year=end.year)
        return self("date.from_to", start=self.day(start), end=last)

    # Names

    def said(self, name: str) -> str:
        """A name as it stands inside a sentence."""
        return bidi.isolate(name, self.is_rtl)

    def join(self, names: Sequence[str]) -> str:
        """Names in a row: "A, B and C"."""
        if len(names) < 2:
            return "".join(names)
        return self("join.last", first=self("join.comma").join(names[:-1]), last=names[-1])
