"""Web addresses: what a query may say, checked against what is on offer, and the query of any state.

The whole state of a page is in its URL. A parameter is canonical: defaults are left out, members of a set
stand in the page's own order. A value that is not on offer is refused; a parameter nobody knows is ignored.

What the dashboard refuses:

DashboardError
├── UnknownAddress    a path, election, edition or value that is not on offer
│   └── BeforeFirst   a day before the first of which there is an edition
├── Busy              too much is being worked out at this moment
├── Gone              a document made by other code than this, or an edition that was removed
└── NothingPublished  no edition at all yet
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

LONGEST_VALUE = 600
FOLDER = "pages"  # where documents are kept, in an address and on disk
LEAVE, MOVE = "leave", "move"
CARRIED = (LEAVE, MOVE)  # what a reader changed of the numbers: links to other pages keep it
READING, ALL_POLLS = "reading", "all"  # which of an edition's readings of the polls, and the published one
BETWEEN = "."  # of two parts of one value
TYPED = re.compile(r"\d{1,3}(?:\.\d{1,2})?", re.ASCII)


class DashboardError(Exception):
    """Something the dashboard refuses to show."""


class UnknownAddress(DashboardError):
    """A path, election, edition or value that is not on offer."""


class BeforeFirst(UnknownAddress):
    """A day before the first of which there is an edition."""

    def __init__(self, first: date) -> None:
        super().__init__(f"the first day is {first}")
        self.first = first


class Busy(DashboardError):
    """Too much is being worked out at this moment."""


class Gone(DashboardError):
    """A document made by other code than this, or an edition that was removed: what was kept no more."""


class NothingPublished(DashboardError):
    """No edition was published yet."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few options; the first is the default. One of `lists` that is not on offer is dropped, not refused."""

    options: tuple[str, ...]
    of_lists: bool = False

    def read(self, raw: str) -> str:
        """The canonical value, empty for the default."""
        if raw not in self.options and not self.of_lists:
            raise UnknownAddress("no such option")
        return "" if raw == self.options[0] or raw not in self.options else raw

    def drops(self, raw: str) -> bool:
        """Whether something of a value is left out."""
        return bool(raw) and raw not in self.options


@dataclass(frozen=True, slots=True)
class Subset:
    """Some of the options, joined by commas; empty is the default. What is not on offer is dropped, and said to be."""

    options: tuple[str, ...]

    def read(self, raw: str) -> str:
        wanted = set(raw.split(","))
        return ",".join(option for option in self.options if option in wanted)

    def drops(self, raw: str) -> bool:
        """Whether something of a value is left out."""
        return bool(set(raw.split(",")) - {"", *self.options})


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

    def drops(self, _raw: str) -> bool:
        """Whether something of a value is left out: a number is taken or refused."""
        return False


Parameter = Choice | Subset | Typed
State = tuple[tuple[str, str], ...]


def read_state(arguments: Mapping[str, str], parameters: Mapping[str, Parameter]) -> State:
    """The canonical state in a query; raises UnknownAddress for a value that is not on offer, but for lists.

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


def read_moves(moves: str) -> dict[str, str]:
    """The bloc each list is moved to; raises UnknownAddress for a list that is moved twice.

    >>> read_moves("reef.left,dune.right")
    {'reef': 'left', 'dune': 'right'}
    """
    pairs = [(name, bloc) for name, _, bloc in (one.partition(BETWEEN) for one in moves.split(",") if one)]
    if len(dict(pairs)) < len(pairs):
        raise UnknownAddress("a list in two blocs")
    return dict(pairs)


def in_path(path: str, state: Mapping[str, str | None]) -> tuple[str, dict[str, str | None]]:
    """A page's address and the rest of its state: the parameter named as its page stands in the path.

    >>> in_path("/list", {"list": "reef", "lang": "en"})
    ('/list/reef', {'lang': 'en'})
    """
    rest = dict(state)
    value = rest.pop(path.removeprefix("/"), None)
    return (f"{path}/{value}" if value else path), rest


def out_of_path(path: str, arguments: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """The page of an address and what it says, with the parameter that stands in the path.

    >>> out_of_path("/list/reef", {"lang": "en"})
    ('/list', {'lang': 'en', 'list': 'reef'})
    """
    page, _, value = path.removeprefix("/").partition("/")
    return (f"/{page}", {**arguments, page: value}) if value else (path, dict(arguments))


def read_language(arguments: Mapping[str, str], offered: Sequence[str]) -> str:
    """The language asked for, of those on offer; the first is the default."""
    lang = arguments.get("lang") or offered[0]
    if lang not in offered:
        raise UnknownAddress("no such language")
    return lang


def query(pairs: Mapping[str, str | None]) -> str:
    """A query string of the pairs that say something.

    >>> query({"election": "diet-2", "edition": None, "gov": "alpha,beta"})
    '?election=diet-2&gov=alpha,beta'
    """
    filled = {name: value for name, value in pairs.items() if value}
    return f"?{urlencode(filled, safe=',')}" if filled else ""


@dataclass(frozen=True, slots=True)
class Key:
    """A canonical address: everything that decides what is on the page."""

    path: str
    election: str
    edition: str
    is_asked: bool
    lang: str
    state: State
    today: date
    release: str
    is_stale: bool = False
    is_told: bool = True
    day_asked: date | None = None
    has_dropped: bool = False

    @property
    def folder(self) -> str:
        """Where the documents of this release, edition and language lie."""
        return f"{FOLDER}/{self.release}/{self.election}/{self.edition}/{self.lang}"

    @property
    def name(self) -> str:
        """The page and its state, as the file is called.

        >>> Key("/trends", "k", "e", False, "en", (("unit", "share"),), date(2026, 10, 1), "r").name
        'trends~unit=share'
        """
        edition_pair = (("edition", self.edition),) if self.is_asked else ()
        suffix = query(dict((*edition_pair, *self.state))).replace("?", "~")
        return (self.path.removeprefix("/") or "index") + suffix
