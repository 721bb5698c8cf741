"""Names and numbers inside text of the other direction."""

import re
import unicodedata

FIRST_STRONG_ISOLATE, LEFT_TO_RIGHT_ISOLATE, POP_ISOLATE = "\u2068", "\u2066", "\u2069"
RIGHT_TO_LEFT_ISOLATE = "\u2067"
RIGHT_TO_LEFT_MARK = "\u200f"

# Directional controls and what else is invisible in a name: never carried from data to the page.
HIDDEN = re.compile("[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


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
