"""Every word the dashboard says: languages, one file each beside this one, `<code>.toml`, and nothing else of them.

A file has the words, by sections, and names its locale; direction, script, plural rule, dates, digits, lists and the
language's name for itself are those of Unicode's CLDR for that locale (Babel). To add a language, add its file.
A `Translator` says words, numbers and dates in one; names are kept apart from text of the other direction.
"""

import datetime
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from babel import Locale
from babel.core import get_global
from babel.dates import format_interval, format_skeleton, format_time, get_timezone_location
from babel.lists import format_list
from babel.numbers import NumberPattern, format_decimal, parse_pattern

FOLDER = Path(__file__).parent
DEFAULT = "en"  # where nothing says in which language: of the keys every file has, and of a page about no electorate
LATIN = "Latn"
ANY_NUMBER = "other"  # the plural category that every language has

Text = str | Mapping[str, str]  # words, or their plural forms

MINUS, DASH = "\u2212", "\u2013"
OWN_DIGITS = "default"  # Babel's name for the digits that a locale writes with
SPACES = str.maketrans({"\u202f": "\u00a0", "\u2009": "\u00a0"})  # narrow ones that not every type has

FIRST_STRONG_ISOLATE, LEFT_TO_RIGHT_ISOLATE, POP_ISOLATE = "\u2068", "\u2066", "\u2069"
RIGHT_TO_LEFT_ISOLATE = "\u2067"
RIGHT_TO_LEFT_MARK = "\u200f"

# Directional controls and what else is invisible in a name: never carried from data to the page.
HIDDEN = re.compile("[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


@dataclass(frozen=True)
class Language:
    """One language: its code in addresses, its locale, and its words by their dotted keys.

    `spelling` are patterns and what stands in their place once slots are filled; `is_reviewed`: whether somebody whose
    language it is has read the words.
    """

    code: str
    locale: Locale
    texts: Mapping[str, Text]
    spelling: tuple[tuple[re.Pattern[str], str], ...] = ()
    is_reviewed: bool = False

    @property
    def name(self) -> str:
        """What it calls itself, as it stands in a menu.

        >>> [language.name for language in languages().values()]
        ['English', 'עברית', 'Svenska']
        """
        name = str(self.locale.languages[self.locale.language])
        return name[:1].upper() + name[1:]

    @property
    def is_rtl(self) -> bool:
        return self.locale.text_direction == "rtl"

    @property
    def script(self) -> str:
        """The script it is written in, by its ISO 15924 code."""
        likely = str(get_global("likely_subtags").get(self.locale.language, ""))
        return next((part for part in likely.split("_") if len(part) == len(LATIN)), LATIN)

    def spelt(self, text: str) -> str:
        """A text with its slots filled, as the language spells what meets there.

        >>> languages()["he"].spelt("ב־פחות מ־1")
        'בפחות מ־1'
        """
        for pattern, replacement in self.spelling:
            text = pattern.sub(replacement, text)
        return text

    def plural(self, n: float) -> str:
        """The plural category of a number.

        >>> [languages()["he"].plural(n) for n in (1, 2, 3)], [languages()["sv"].plural(n) for n in (1, 1.5)]
        (['one', 'two', 'other'], ['one', 'other'])
        """
        return str(self.locale.plural_form(Decimal(str(n)) if n % 1 else int(n)))


@cache
def languages() -> Mapping[str, Language]:
    """Every language there is a file of, by its code; the default stands first."""
    in_order = [read_language(path) for path in sorted(FOLDER.glob("*.toml"))]
    in_order.sort(key=lambda language: language.code != DEFAULT)
    return {language.code: language for language in in_order}


def read_language(path: Path) -> Language:
    """The language of a file; `locale` in it may name a territory, else the file's name is the locale."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    locale = Locale.parse(str(table.pop("locale", path.stem)))
    spelling = tuple((re.compile(pattern), replacement) for pattern, replacement in table.pop("spelling", {}).items())
    is_reviewed = bool(table.pop("reviewed", False))
    return Language(path.stem, locale, dict(_entries("", table)), spelling, is_reviewed)


def _entries(prefix: str, table: Mapping[str, Any]) -> Iterator[tuple[str, Text]]:
    for name, value in table.items():
        if isinstance(value, dict) and ANY_NUMBER not in value:
            yield from _entries(f"{prefix}{name}.", value)
        else:
            yield f"{prefix}{name}", value


def keys() -> frozenset[str]:
    """Every key of the words, the same in every language."""
    return frozenset(languages()[DEFAULT].texts)


def offered(wanted: Iterable[str]) -> tuple[str, ...]:
    """Of the languages wanted those there are words in, in their order; the default where there is none.

    >>> offered(["he", "tlh", "en"]), offered(["tlh"])
    (('he', 'en'), ('en',))
    """
    return tuple(dict.fromkeys(code for code in wanted if code in languages())) or (DEFAULT,)


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
        slots = {name: self.number(value) if isinstance(value, int) else value for name, value in values.items()}
        return self.language.spelt(text.format(**slots)) if slots else text

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
        return f"{LEFT_TO_RIGHT_ISOLATE}{text}{POP_ISOLATE}" if self.is_rtl else text

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
        return self.isolated(str(format_time(moment.time(), "short", locale=self.language.locale)).translate(SPACES))

    def zone(self, name: str) -> str:
        """A time zone by the country that keeps it: "Sweden Time".

        >>> translator("sv").zone("Europe/Stockholm")
        'Sverigetid'
        """
        return str(get_timezone_location(name, locale=self.language.locale))

    # Names

    def isolated(self, name: str) -> str:
        """A name as it stands inside a sentence."""
        return isolate(name, self.is_rtl)

    def pick(self, texts: Mapping[str, str], otherwise: str) -> str:
        """Of a text in several languages this one's, else that which most read, else any; nothing invisible in it."""
        candidates = (texts.get(self.lang), texts.get(DEFAULT), *texts.values())
        return clean(next((text for text in candidates if text), otherwise))

    def join(self, names: Sequence[str]) -> str:
        """Names in a row: "A, B and C"."""
        return self.language.spelt(str(format_list(list(names), locale=self.language.locale))) if names else ""


# Names and numbers inside text of the other direction


def clean(text: str) -> str:
    """A name from data without invisible and directional characters.

    >>> clean("Mid\u202egam")
    'Midgam'
    """
    return HIDDEN.sub("", text)


def is_right_to_left(text: str) -> bool:
    return any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in text)


def isolate(text: str, in_right_to_left: bool) -> str:
    """The text kept apart from its surroundings, where their directions could mix."""
    mixes = in_right_to_left or is_right_to_left(text)
    return f"{FIRST_STRONG_ISOLATE}{text}{POP_ISOLATE}" if mixes else text


def in_figure(text: str) -> str:
    """A label for a left-to-right drawing: a name that runs to the left keeps its closing mark on its left.

    >>> in_figure("Likud")
    'Likud'
    """
    return text + RIGHT_TO_LEFT_MARK if is_right_to_left(text) and not text[-1].isalnum() else text
