"""What a reader of the page would see in a table cell: no styles, no footnote marks, no sort keys."""

import re

from lxml import etree

from pipelines.sources.text import close_dashes, tidy

LONGEST_TEXT = 2_000
UNSEEN_TAGS = frozenset({"style", "script", "noscript", "template", "link", "meta", "head", "title"})
UNSEEN_CLASSES = frozenset({"sortkey", "noprint", "mw-editsection", "mw-ref", "reference"})
BLOCKS = frozenset({"div", "p", "li", "ul", "ol", "br", "tr", "td", "th", "table", "center", "hr", "dd", "dt", "dl"})
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.ASCII | re.IGNORECASE)
# A raised mark with nothing but a bracket, a letter or a sign is a footnote; a raised number may be a power.
_NOTE = re.compile(r"\s*(\[[^\]]{0,12}\]|[a-z]|[*†‡§]{1,3})\s*", re.ASCII | re.IGNORECASE)


def visible_text(element: etree._Element) -> str:
    """A cell's visible text on one line; text past a length no cell needs is cut and ends in "…".

    Letters and marks stay as printed: a raised "²" must not become a 2 before the grammar has seen it.
    """
    text = element.text or ""
    if len(element):
        pieces: list[str] = []
        _gather(element, pieces)
        text = "".join(pieces)
    if len(text) > LONGEST_TEXT:
        return " ".join(text[:LONGEST_TEXT].split()) + "…"
    line = close_dashes(" ".join(text.split()))
    return line if line.isascii() or tidy(line) else ""


def _gather(element: etree._Element, pieces: list[str]) -> None:
    """Text in reading order; recursion is safe because the parser refuses pages deeper than it keeps."""
    if element.text:
        pieces.append(element.text)
    for child in element:
        tag = child.tag
        if not _unseen(child):
            block = tag in BLOCKS
            if block:
                pieces.append(" ")
            raised = tag == "sup" and not _is_note(child)
            if raised:
                pieces.append("^")
            if tag != "sup" or raised:
                _gather(child, pieces)
            if block:
                pieces.append(" ")
        if child.tail:
            pieces.append(child.tail)


def _unseen(element: etree._Element) -> bool:
    if element.tag in UNSEEN_TAGS or element.get("hidden") is not None:
        return True
    classes = element.get("class")
    if classes and not UNSEEN_CLASSES.isdisjoint(classes.split()):
        return True
    style = element.get("style")
    return bool(style and _HIDDEN_STYLE.search(style[:400]))


def _is_note(element: etree._Element) -> bool:
    return _NOTE.fullmatch("".join(element.itertext())[:40]) is not None
