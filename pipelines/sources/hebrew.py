"""Hebrew as files spell it: one kind of gershayim, and letters whose final form is the same letter."""

from pipelines.sources.text import tidy

_QUOTES = str.maketrans({'"': "״", "“": "״", "”": "״", "„": "״", "'": "׳", "’": "׳", "‘": "׳", "`": "׳"})
_FINALS = str.maketrans("ךםןףץ", "כמנפצ")


def one_spelling(text: str) -> str:
    """A Hebrew name with one spelling of its quotes: three encodings of ש״ס are one list.

    >>> one_spelling("ש''ס") == one_spelling('ש"ס') == one_spelling("\\u200fש״ס")
    True
    """
    return tidy(text).translate(_QUOTES).replace("׳׳", "״")


def fold_finals(letters: str) -> str:
    """Ballot letters without final forms: מרץ is מרצ; a list whose whole name is ן is not folded away by this alone.

    >>> fold_finals("מרץ")
    'מרצ'
    """
    return letters.translate(_FINALS)
