"""Where a cell's numbers come from: its own outside links, and those its footnotes point to."""

import re

from lxml import etree

LONGEST_ADDRESS = 2_000
# What a browser drops before it reads a scheme: "java\\tscript:" is a script.
_DROPPED = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202e]")


def safe_address(href: str | None) -> str | None:
    """An http(s) address, or nothing: scripts, data and relative addresses are no citation.

    >>> safe_address("JaVa\\tScript:alert(1)"), safe_address("//cdn.example/x")
    (None, 'https://cdn.example/x')
    """
    if not href or len(href) > LONGEST_ADDRESS:
        return None
    plain = _DROPPED.sub("", href)
    if plain.startswith("//"):
        plain = "https:" + plain
    scheme, separator, rest = plain.partition("://")
    if not separator or scheme.lower() not in ("http", "https") or not rest or rest[0] in "/?#":
        return None
    return None if any(c in plain for c in "\"'<>\\`") else scheme.lower() + "://" + rest


def references_of(root: etree._Element) -> dict[str, tuple[str, ...]]:
    """Footnote id → the outside addresses in it, in order."""
    notes: dict[str, tuple[str, ...]] = {}
    for note in root.iter("li"):
        name = note.get("id")
        if name and name.startswith("cite_note"):
            notes[name] = _outside(note)
    return notes


def citations_of(element: etree._Element, references: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The outside addresses a cell cites, its own and its footnotes', each once."""
    if not len(element):
        return ()
    addresses: dict[str, None] = {}
    for link in element.iter("a"):
        href = link.get("href") or ""
        if href.startswith("#"):
            addresses.update(dict.fromkeys(references.get(href[1:], ())))
        elif address := safe_address(href):
            addresses[address] = None
    return tuple(addresses)


def _outside(note: etree._Element) -> tuple[str, ...]:
    addresses = (safe_address(link.get("href")) for link in note.iter("a"))
    return tuple(dict.fromkeys(address for address in addresses if address))
