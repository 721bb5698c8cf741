"""Languages: one file each beside this one, `<code>.toml`, and nothing else.

A file has the words, by sections, and names its locale; direction, script, plural rule, dates, digits, lists and the
language's name for itself are those of Unicode's CLDR for that locale (Babel). To add a language, add its file.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.core import get_global

FOLDER = Path(__file__).parent
DEFAULT = "en"  # where nothing says in which language: of the keys every file has, and of a page about no electorate
LATIN = "Latn"
ANY_NUMBER = "other"  # the plural category that every language has

Text = str | Mapping[str, str]  # words, or their plural forms


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
        for pattern, said in self.spelling:
            text = pattern.sub(said, text)
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
    found = [read_language(path) for path in sorted(FOLDER.glob("*.toml"))]
    found.sort(key=lambda language: language.code != DEFAULT)
    return {language.code: language for language in found}


def read_language(path: Path) -> Language:
    """The language of a file; `locale` in it may name a territory, else the file's name is the locale."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    locale = Locale.parse(str(table.pop("locale", path.stem)))
    spelling = tuple((re.compile(pattern), said) for pattern, said in table.pop("spelling", {}).items())
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
