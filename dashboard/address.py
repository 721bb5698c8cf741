"""Web addresses: what a query may say, checked against what is on offer, and the query of any state.

The whole state of a page is in its URL. A parameter is canonical: defaults are left out, members of a set
stand in the page's own order. A value that is not on offer is refused; a parameter nobody knows is ignored.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from dashboard.errors import UnknownAddress

LONGEST_VALUE = 600
TYPED = re.compile(r"\d{1,3}(?:\.\d{1,2})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few options; the first is the default."""

    options: tuple[str, ...]

    def read(self, raw: str) -> str:
        """The canonical value, empty for the default."""
        if raw not in self.options:
            raise UnknownAddress("no such option")
        return "" if raw == self.options[0] else raw


@dataclass(frozen=True, slots=True)
class Subset:
    """Some of the options, joined by commas; empty is the default."""

    options: tuple[str, ...]

    def read(self, raw: str) -> str:
        wanted = set(raw.split(",")) - {""}
        if wanted - set(self.options):
            raise UnknownAddress("no such option")
        return ",".join(option for option in self.options if option in wanted)


@dataclass(frozen=True, slots=True)
class Typed:
    """A number somebody typed, from 0 to `most`, with at most two decimals; none is the default.

    >>> Typed(100).read("12.50")
    '12.5'
    """

    most: float

    def read(self, raw: str) -> str:
        if not TYPED.fullmatch(raw) or float(raw) > self.most:
            raise UnknownAddress("no such number")
        return f"{float(raw):g}"


Parameter = Choice | Subset | Typed
State = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Href:
    """A page of ours: another one (its state empty but for `state`), or this one with some of its state changed."""

    path: str | None = None
    state: Mapping[str, str] = field(default_factory=dict)
    election: str | None = None


Address = Href | str


def href(page: str | None = None, /, **state: str) -> Href:
    """The address of a page with some state.

    >>> href("/coalitions", gov="alpha").state
    {'gov': 'alpha'}
    """
    return Href(page, state)


def read_state(arguments: Mapping[str, str], parameters: Mapping[str, Parameter]) -> State:
    """The canonical state in a query; raises UnknownAddress for a value that is not on offer.

    >>> read_state({"unit": "share", "utm": "x"}, {"unit": Choice(("seats", "share"))})
    (('unit', 'share'),)
    """
    state = []
    for name, parameter in parameters.items():
        raw = arguments.get(name, "")
        if len(raw) > LONGEST_VALUE:
            raise UnknownAddress("no such option")
        value = parameter.read(raw) if raw else ""
        if value:
            state.append((name, value))
    return tuple(state)


def read_language(arguments: Mapping[str, str], offered: Sequence[str]) -> str:
    """The language asked for, of those on offer; the first is the default."""
    lang = arguments.get("lang", offered[0])
    if lang not in offered:
        raise UnknownAddress("no such language")
    return lang


def query(pairs: Mapping[str, str | None]) -> str:
    """A query string of the pairs that say something.

    >>> query({"election": "diet-2", "edition": None, "gov": "alpha,beta"})
    '?election=diet-2&gov=alpha,beta'
    """
    said = {name: value for name, value in pairs.items() if value}
    return f"?{urlencode(said, safe=',')}" if said else ""
