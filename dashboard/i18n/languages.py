"""Languages: direction, locale and plural rule. One that stands here and in the whole catalogue can be offered.

See: Unicode CLDR, language plural rules for cardinal numbers (whole ones: nothing here counts halves).
"""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Language:
    """What is known of a language beside its words; `name` is what it calls itself."""

    name: str
    locale: str
    is_rtl: bool
    plural: Callable[[int], str]


def one_other(n: int) -> str:
    """English: 1, and all else.

    >>> [one_other(n) for n in (0, 1, 2)]
    ['other', 'one', 'other']
    """
    return "one" if n == 1 else "other"


def hebrew(n: int) -> str:
    """1, 2, and all else.

    >>> [hebrew(n) for n in (1, 2, 3, 20)]
    ['one', 'two', 'other', 'other']
    """
    return {1: "one", 2: "two"}.get(n, "other")


def russian(n: int) -> str:
    """By the last digits: 1 and 21, but not 11; 2 to 4 and 22, but not 12; the rest is many.

    >>> [russian(n) for n in (1, 21, 2, 24, 5, 11, 12, 100)]
    ['one', 'one', 'few', 'few', 'many', 'many', 'many', 'many']
    """
    if n % 10 == 1 and n % 100 != 11:
        return "one"
    return "few" if n % 10 in (2, 3, 4) and n % 100 not in (12, 13, 14) else "many"


def arabic(n: int) -> str:
    """0, 1, 2, then by the last two digits: 3 to 10 few, 11 to 99 many.

    >>> [arabic(n) for n in (0, 1, 2, 3, 110, 11, 99, 100, 102)]
    ['zero', 'one', 'two', 'few', 'few', 'many', 'many', 'other', 'other']
    """
    if n in (0, 1, 2):
        return ("zero", "one", "two")[n]
    return "few" if 3 <= n % 100 <= 10 else "many" if n % 100 >= 11 else "other"


KNOWN = {
    "en": Language("English", "en_GB", is_rtl=False, plural=one_other),
    "he": Language("עברית", "he_IL", is_rtl=True, plural=hebrew),
    "ar": Language("العربية", "ar_IL", is_rtl=True, plural=arabic),
    "ru": Language("Русский", "ru_IL", is_rtl=False, plural=russian),
}
OFFERED = ("en", "he")  # the first is the default
