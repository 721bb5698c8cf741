"""Ballot letters as files spell them: letters whose final form is the same letter."""

_FINALS = str.maketrans("ךםןףץ", "כמנפצ")


def fold_finals(letters: str) -> str:
    """Ballot letters without final forms: מרץ is מרצ; a list whose whole name is ן is not folded away by this alone.

    >>> fold_finals("מרץ")
    'מרצ'
    """
    return letters.translate(_FINALS)
