"""Languages: their names for themselves and their locales; direction and plural rule are those of Unicode's CLDR.

A language that stands here and in the whole catalogue can be offered.
"""

from dataclasses import dataclass
from functools import cached_property

from babel import Locale


@dataclass(frozen=True)
class Language:
    """What is known of a language beside its words; `name` is what it calls itself."""

    name: str
    locale: str

    @cached_property
    def _cldr(self) -> Locale:
        return Locale.parse(self.locale)

    @property
    def is_rtl(self) -> bool:
        return self._cldr.text_direction == "rtl"

    def plural(self, n: int) -> str:
        """The plural category of a whole number.

        >>> [KNOWN["he"].plural(n) for n in (1, 2, 3)], [KNOWN["ru"].plural(n) for n in (1, 11, 21, 24)]
        (['one', 'two', 'other'], ['one', 'many', 'one', 'few'])
        >>> [KNOWN["ar"].plural(n) for n in (0, 1, 2, 3, 11, 100)]
        ['zero', 'one', 'two', 'few', 'many', 'other']
        """
        return str(self._cldr.plural_form(n))


KNOWN = {
    "en": Language("English", "en_GB"),
    "he": Language("עברית", "he_IL"),
    "ar": Language("العربية", "ar_IL"),
    "ru": Language("Русский", "ru_RU"),
}
OFFERED = ("en", "he")  # the first is the default
