"""Printed text made plain: one spelling of spaces, no invisible marks, one line in messages."""

import re
import unicodedata
from functools import lru_cache

LONGEST_NAME = 200
# Marks that change how a line reads but not what it says, and letters that show nothing at all.
INVISIBLE = frozenset("\u115f\u1160\u3164\uffa0\u180e\u2800")
# Scripts whose letters pass for one another; a name that mixes them is not the name it seems to be.
LOOKALIKE_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE")


def tidy(text: str) -> str:
    """Compatibility forms folded, invisible marks dropped, every run of blanks one space.

    >>> tidy(" 24\\u00a0\\u200f ")
    '24'
    """
    if text.isascii():
        return " ".join(text.split())
    folded = unicodedata.normalize("NFKC", text)
    return " ".join("".join(c for c in folded if not is_invisible(c)).split())


# Every mark that joins two names: the dashes of Unicode (category Pd, maqaf among them) and signs that look like one.
_EXTRA_DASHES = "\u2212\u02d7\u2043\u207b\u208b"
# Every mark that quotes, abbreviates or stands for a letter not spoken: quotes, apostrophes, geresh and gershayim.
_QUOTES = dict.fromkeys(
    map(
        ord,
        "\"'`\u00ab\u00b4\u00bb\u02b9\u02ba\u02bb\u02bc\u02bd\u02be\u02bf\u02ca\u02cb\u02ee\u05f3\u05f4\u1fbd\u1fbf\u2018\u2019\u201a"
        "\u201b\u201c\u201d\u201e\u201f\u2032\u2033\u2034\u2035\u2036\u2037\u2039\u203a\u2057\u275b\u275c\u275d\u275e\u301d\u301e\u301f",
    )
)
_AROUND_JOINTS = re.compile(r" *([-+/&]) *")


def spelling_key(name: str) -> str:
    """What a printed name is compared by: equal for every spelling of one name. Total and idempotent.

    Folded: compatibility forms and width, case, every kind of dash, blanks and line breaks (none around a dash, plus,
    stroke or ampersand), invisible marks. Quotes, apostrophes, geresh and gershayim are left out.

    >>> spelling_key("RZP -\\nZehut") == spelling_key("rzp\u2013zehut"), spelling_key("ש''ס") == spelling_key("ש״ס")
    (True, True)
    """
    return _short_key(name) if len(name) <= LONGEST_NAME else _key(name)


def _key(name: str) -> str:
    # Case folding and compatibility forms each undo a little of the other, so they alternate until nothing changes.
    while (folded := _fold(name)) != name:
        name = folded
    return folded


_short_key = lru_cache(maxsize=8_192)(_key)


def _fold(name: str) -> str:
    plain = unicodedata.normalize("NFKC", name.translate(_QUOTES)).casefold()
    shown = "".join("-" if is_dash(c) else c for c in plain.translate(_QUOTES) if not is_invisible(c))
    return re.sub("-{2,}", "-", _AROUND_JOINTS.sub(r"\1", " ".join(shown.split())))


def is_dash(character: str) -> bool:
    """Hyphen, non-breaking hyphen, figure, en and em dash, minus, maqaf and their kin."""
    return unicodedata.category(character) == "Pd" or character in _EXTRA_DASHES


_BROKEN_DASH = re.compile(r"(?<=\S) (?P<before>[^\w\s])(?=\S)|(?<=\S)(?P<after>[^\w\s]) (?=\S)")


def close_dashes(text: str) -> str:
    """A name broken over two lines at its dash is one name; a dash with blanks on both sides stays as printed.

    >>> close_dashes("Hadash \u2013Ta'al"), close_dashes("RZP- OY"), close_dashes("31 Dec \u2013 1 Jan")
    ("Hadash\u2013Ta'al", 'RZP-OY', '31 Dec \u2013 1 Jan')
    """
    if " " not in text:
        return text
    return _BROKEN_DASH.sub(lambda match: match[0].strip() if is_dash(match[0].strip()) else match[0], text)


def is_invisible(character: str) -> bool:
    """Bidi controls, zero-width marks and fillers: they take no space a reader can see."""
    return unicodedata.category(character) == "Cf" or character in INVISIBLE


def hidden_marks(text: str) -> tuple[str, ...]:
    """The invisible characters of a text by code point, for a flag beside the name.

    >>> hidden_marks("Laz\\u200bar")
    ('U+200B',)
    """
    return () if text.isascii() else tuple(dict.fromkeys(f"U+{ord(c):04X}" for c in text if is_invisible(c)))


def mixed_scripts(name: str) -> str | None:
    """The first word that mixes look-alike alphabets, or nothing.

    >>> mixed_scripts("L\\u0430zar")
    'Lаzar'
    """
    if name.isascii():
        return None
    for word in name.split():
        scripts = {script for c in word if c.isalpha() for script in LOOKALIKE_SCRIPTS if _in(script, c)}
        if len(scripts) > 1:
            return word
    return None


def _in(script: str, character: str) -> bool:
    return unicodedata.name(character, "").startswith(script)
