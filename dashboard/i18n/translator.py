"""A language's words, numbers and dates: the words from its file, all else from CLDR."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property

from babel.dates import format_interval, format_skeleton, format_time, get_timezone_location
from babel.lists import format_list
from babel.numbers import NumberPattern, format_decimal, parse_pattern

from dashboard.i18n import bidi
from dashboard.i18n.languages import Language, languages

MINUS, DASH = "\u2212", "\u2013"
OWN_DIGITS = "default"  # Babel's name for the digits that a locale writes with
SPACES = str.maketrans({"\u202f": "\u00a0", "\u2009": "\u00a0"})  # narrow ones that not every type has


@cache
def translator(lang: str) -> "Translator":
    return Translator(lang)


@dataclass(frozen=True)
class Translator:
    """Says things in one language: `t("nav.tonight")`, `t("polls.count", n=3)` for plural forms.

    Of the forms of an entry the one for exactly that count is taken, else the one of its plural category.
    """

    lang: str

    @property
    def language(self) -> Language:
        return languages()[self.lang]

    @property
    def is_rtl(self) -> bool:
        return self.language.is_rtl

    @property
    def direction(self) -> str:
        return "rtl" if self.is_rtl else "ltr"

    def __call__(self, key: str, count: float | None = None, /, **values: object) -> str:
        """An entry with its slots filled, whole numbers said; `count` chooses the form where it is not `n` itself."""
        text = self.language.texts[key]
        if not isinstance(text, str):
            n = values.get("n") if count is None else count
            text = self._form(text, n)
        said = {name: self.number(value) if isinstance(value, int) else value for name, value in values.items()}
        return self.language.spelt(text.format(**said)) if said else text

    def _form(self, forms: "dict[str, str] | object", n: object) -> str:
        assert isinstance(forms, dict)
        assert isinstance(n, int | float)
        exact = forms.get(f"{n:g}")
        return str(exact if exact is not None else forms.get(self.language.plural(n), forms["other"]))

    def has(self, key: str) -> bool:
        return key in self.language.texts

    # Numbers

    def number(self, value: float, digits: int = 0) -> str:
        """A number with a true minus and the language's own marks, kept left to right where words run to the left.

        >>> translator("en").number(-0.04, 1), translator("en").number(1234)
        ('0.0', '1,234')
        >>> translator("sv").number(1234.5, 1)
        '1\\xa0234,5'
        """
        rounded = round(value, digits) + 0.0
        text = self._written(abs(rounded), digits)
        return self._ltr(f"{MINUS}{text}") if rounded < 0 else text

    def signed(self, value: float, digits: int = 0) -> str:
        """A change: "+2", "−1", "0".

        >>> translator("en").signed(2), translator("en").signed(0)
        ('+2', '0')
        """
        rounded = round(value, digits) + 0.0
        return self._ltr(f"+{self._written(rounded, digits)}") if rounded > 0 else self.number(rounded, digits)

    def span(self, low: float, high: float, digits: int = 0) -> str:
        """An interval, its low end on the left: "27–37"; with a sign in it, "−1.2 … 0.3"."""
        between = DASH if round(low, digits) >= 0 else " … "
        return self._ltr(f"{self.number(low, digits)}{between}{self.number(high, digits)}")

    def percent(self, value: float, digits: int = 1) -> str:
        """A percentage (0–100) with its sign as the language writes it.

        >>> translator("en").percent(1.5), translator("sv").percent(1.5)
        ('1.5%', '1,5\\xa0%')
        """
        before, after = self.percent_signs
        rounded = round(value, digits) + 0.0
        minus = MINUS if rounded < 0 else ""
        return self._ltr(f"{minus}{before}{self._written(abs(rounded), digits)}{after}")

    @cached_property
    def percent_signs(self) -> tuple[str, str]:
        """What stands before and after a percentage."""
        pattern: NumberPattern = parse_pattern(self.language.locale.percent_formats[None].pattern)
        before, after = pattern.prefix[0], pattern.suffix[0]
        return before.translate(SPACES), after.translate(SPACES)

    def _written(self, rounded: float, digits: int) -> str:
        """A rounded number that is not negative; rounded once, so that all languages have the same digits."""
        pattern = "#,##0" + ("." + "0" * digits if digits else "")
        exact = Decimal(f"{rounded:.{digits}f}")
        text = format_decimal(exact, pattern, self.language.locale, numbering_system=OWN_DIGITS)
        return text.translate(SPACES)

    @cached_property
    def separators(self) -> str:
        """The decimal mark and what stands between thousands, as Plotly takes them."""
        return self._written(1234.5, 1).translate({ord(digit): None for digit in "12345"})[::-1]

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
        """A month's short name, on its own."""
        return str(self.language.locale.months["stand-alone"]["abbreviated"][day.month])

    def date(self, day: datetime.date) -> str:
        """A day with its year: "13 Sept 2019"; how long is the language's choice."""
        return self._dated(day, self("date.full"))

    def month_of(self, day: datetime.date) -> str:
        """A month with its year: "Sept 2019"."""
        return self._dated(day, self("date.month"))

    def day(self, day: datetime.date) -> str:
        """A day without its year: "13 Sept"."""
        return self._dated(day, "MMMd")

    def days(self, start: datetime.date, end: datetime.date) -> str:
        """From one day to another, as short as it can be said.

        >>> translator("sv").days(datetime.date(2019, 9, 9), datetime.date(2019, 9, 13))
        '9–13 sep. 2019'
        """
        if start == end:
            return self._dated(end, "yMMMd")
        return str(format_interval(start, end, "yMMMd", locale=self.language.locale)).translate(SPACES)

    def _dated(self, day: datetime.date, skeleton: str) -> str:
        return str(format_skeleton(skeleton, day, locale=self.language.locale)).translate(SPACES)

    def moment(self, moment: datetime.datetime) -> str:
        """A day and an hour on the clock of the moment's own zone: "13 Sept 2019, 09:05"."""
        pattern = str(self.language.locale.datetime_formats["medium"])
        return pattern.replace("{1}", self.date(moment.date())).replace("{0}", self.hour(moment))

    def hour(self, moment: datetime.datetime) -> str:
        """The hour on the clock of the moment's own zone."""
        return self.said(str(format_time(moment.time(), "short", locale=self.language.locale)).translate(SPACES))

    def zone(self, name: str) -> str:
        """A time zone by the country that keeps it: "Sweden Time".

        >>> translator("sv").zone("Europe/Stockholm")
        'Sverigetid'
        """
        return str(get_timezone_location(name, locale=self.language.locale))

    # Names

    def said(self, name: str) -> str:
        """A name as it stands inside a sentence."""
        return bidi.isolate(name, self.is_rtl)

    def join(self, names: Sequence[str]) -> str:
        """Names in a row: "A, B and C"."""
        return self.language.spelt(str(format_list(list(names), locale=self.language.locale))) if names else ""
