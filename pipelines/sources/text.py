"""Printed text made plain: one spelling of spaces, no invisible marks, one line in messages."""

import unicodedata

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


def one_line(text: object, longest: int = 120) -> str:
    """Text for a message or a log: control characters escaped, one line, cut at `longest`.

    >>> one_line("a\\r\\n\\x1b[31mb")
    'a\\\\r\\\\n\\\\x1b[31mb'
    """
    plain = str(text)
    cut = plain if len(plain) <= longest else plain[:longest] + "…"
    if cut.isprintable():
        return cut
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in cut)
