"""The unit of publishing: a block's values, words, table and figure, before any language or rendering.

Everything here is frozen and language-free. Words are a key of the catalogue with typed arguments; `render.text.say`
turns them into text last, so that all languages carry the same numbers.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from dashboard.i18n import Translator

FigureDict = dict[str, Any]
Kind = Literal["headline", "chart", "table", "note"]
Unit = Literal["seats", "share", "pct", "count", "date", "text", "link", "number"]
CellType = Literal["int", "float", "str", "date"]
DOT = " · "  # between parts of one line


class Values(BaseModel):
    """A block's values, language-free, with units in the names: the schema that files and programs read.

    `kind` in a subclass is a literal that tells one block's values from another's.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


# Where a link leads


@dataclass(frozen=True, slots=True)
class Href:
    """A page of ours: another one (its state empty but for `state`), or this one with some of its state changed.

    Of another election, or of another edition, where it names one.
    """

    path: str | None = None
    state: Mapping[str, str] = field(default_factory=dict)
    election: str | None = None
    edition: str | None = None
    place: str = ""  # on that page


Address = Href | str


def href(page: str | None = None, /, **state: str) -> Href:
    """The address of a page with some state.

    >>> href("/coalitions", gov="alpha").state
    {'gov': 'alpha'}
    """
    return Href(page, state)


# Words: what is said, with arguments that know how they are written


@dataclass(frozen=True, slots=True)
class Name:
    """A name from data in every language it has; `colour` is the token of its swatch, where it has one."""

    id: str
    texts: Mapping[str, str]
    colour: str = ""


@dataclass(frozen=True, slots=True)
class Number:
    """A number at some decimals; a signed one carries its plus, a percentage its sign."""

    value: float
    digits: int = 0
    style: Literal["plain", "signed", "percent"] = "plain"


@dataclass(frozen=True, slots=True)
class Span:
    """From one number to another."""

    low: float
    high: float
    digits: int = 0


@dataclass(frozen=True, slots=True)
class Chance:
    """A probability (0–1), said as simulations out of a hundred."""

    probability: float


@dataclass(frozen=True, slots=True)
class Day:
    """A day: with its year, without, its month alone, or a fieldwork period ending on it."""

    day: date
    style: Literal["full", "short", "month", "period"] = "full"
    start: date | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment in UTC (ISO 8601), said on the clock of a zone; without its day where `is_hour`."""

    utc: str
    zone: str
    is_hour: bool = False


@dataclass(frozen=True, slots=True)
class Zone:
    """A time zone by its IANA name, said by the country that keeps it."""

    id: str


@dataclass(frozen=True, slots=True)
class Join:
    """Items in a row: with "and" before the last, or with a separator of our own."""

    items: tuple["Argument", ...]
    separator: str | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """An entry of the catalogue and its arguments."""

    key: str
    arguments: Mapping[str, "Argument"] = field(default_factory=dict)


Argument = Words | Name | Number | Span | Chance | Day | Moment | Zone | Join | str | int


def words(key: str, **arguments: Argument) -> Words:
    """An entry of the catalogue with its arguments by name.

    >>> words("count.polls", n=3).arguments["n"]
    3
    """
    return Words(key, arguments)


# Tables


@dataclass(frozen=True, slots=True)
class Interval:
    """An interval as one cell: one column in HTML, two in files (three with its middle)."""

    low: float | date
    high: float | date
    middle: float | None = None


@dataclass(frozen=True, slots=True)
class Missing:
    """No value, and why; never zero. `printed` is what stands in its place on the page."""

    reason: Literal["not_asked", "below_threshold", "not_published", "unknown", "too_few", "none", "no_seats"]
    printed: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """Who said so: a link where it is a web address."""

    name: Name


@dataclass(frozen=True, slots=True)
class Links:
    """Several sources in one cell."""

    items: tuple[Source, ...]


Cell = int | float | str | date | Number | Interval | Missing | Name | Words | Moment | Source | Links | Join | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its unit and type, how it is written, and where it stands.

    `under` names the column beneath whose value this one stands on a page (files have a column for each);
    `digits` and `is_signed` are of numbers; `sort` is the address that sorts by it, `is_sorted` "up" or "down".
    """

    id: str
    label: Words | Name
    unit: Unit = "text"
    type: CellType = "str"
    description: Words | None = None
    is_row_header: bool = False
    digits: int = 0
    is_signed: bool = False
    under: str | None = None
    sort: Href | None = None
    is_sorted: Literal["", "up", "down"] = ""
    is_upright: bool = False
    says: str = ""  # a key of the catalogue that the value is said with, as {n} or {date}
    is_hidden: bool = False  # stands in files only
    zero: str = ""  # what stands for a change of nought
    heading: tuple[Argument, ...] = ()  # smaller lines beneath the label, on a page


@dataclass(frozen=True, slots=True)
class Table:
    """Columns and typed cells; `strong` are cells in bold, `classes` a row's marks for the style sheet.

    The `caption` is its block's heading, or else finding, where none is given. `row_links`: where each row leads; all
    of it is the target. `asked_row` is the one an address leads to, by `#asked`; `file_rows` stand in files only.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    caption: "Words | Join" = Words("")
    strong: frozenset[tuple[int, int]] = frozenset()
    row_classes: tuple[str, ...] = ()
    row_links: tuple[Address, ...] = ()
    asked_row: int | None = None
    file_rows: frozenset[int] = frozenset()
    is_open: bool = True  # stands on the page; else behind "the numbers as a table"
    is_foldable: bool = False  # behind it where a screen is narrow, as one beside a figure is
    classes: str = ""


# Smaller content around a table or figure


@dataclass(frozen=True, slots=True)
class Strong:
    """Words in bold."""

    of: Argument


@dataclass(frozen=True, slots=True)
class Anchor:
    """A link with its label; `is_file` where it is one to be saved, `aria` is its whole name where many read alike."""

    label: Argument
    address: Address
    is_file: bool = False
    aria: Argument | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """A statement, in quotation marks unless it is a paraphrase; in the `translated` languages the wording is ours."""

    text: Name
    is_paraphrase: bool
    marks: tuple[Words, ...] = ()
    translated: frozenset[str] = frozenset()


Inline = Argument | Strong | Anchor | Quote | Source
Line = tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; `style` is a mark for the style sheet."""

    parts: Line
    style: str = "quiet"
    id: str = ""


@dataclass(frozen=True, slots=True)
class Lines:
    """A list of lines, each of one or more parts that may stand beneath each other."""

    items: tuple[tuple[Line, ...], ...]
    style: str = "lines"
    is_ordered: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside a block."""

    text: Words


@dataclass(frozen=True, slots=True)
class Key:
    """The key of a figure: marks of the style sheet, each with what it means."""

    marks: tuple[tuple[str, Words], ...]


@dataclass(frozen=True, slots=True)
class Equations:
    """Equations, the same in every language."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Code:
    """Lines of a program, the same in every language."""

    text: str


@dataclass(frozen=True, slots=True)
class Disclosure:
    """What a press opens."""

    id: str
    summary: Words
    notes: tuple["Note", ...]


Note = Paragraph | Lines | Heading | Key | Equations | Code | Disclosure


# Controls: links and GET forms; no state anywhere but the address


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice of a control and where it leads; `detail` stands beside its label, `aria` is its whole name."""

    value: str
    label: Words | Name | Number | Join
    address: Address
    is_current: bool = False
    detail: tuple[Inline, ...] = ()
    aria: Words | None = None
    id: str = ""
    classes: str = ""


@dataclass(frozen=True, slots=True)
class Control:
    """A parameter and its choices.

    A `switch` and a `menu` have one choice at a time, `chips` any number; a `slider` steps through its choices and
    is a form where there is no script; `pages` are those of a long table; a `form` has a number to type for each;
    a `day` is a field for a day, its choices the first and the last there is. Chips that are `is_folded` stand behind
    their title until one is pressed.
    """

    id: str
    parameter: str
    title: Words | None
    choices: tuple[Choice, ...]
    style: Literal["switch", "menu", "chips", "slider", "pages", "form", "day"] = "switch"
    default: str = ""
    classes: str = ""
    is_folded: bool = False

    @property
    def current(self) -> str:
        return next((choice.value for choice in self.choices if choice.is_current), self.default)


# Blocks


@dataclass(frozen=True, slots=True)
class SourceRef:
    """A source of a block: its name, its address where it has one, its licence and how it is credited."""

    name: str
    url: str | None
    licence: str
    attribution: str


@dataclass(frozen=True, slots=True)
class InputRef:
    """A poll's revision, a result or a statement that a block rests on."""

    kind: Literal["poll", "result", "statement"]
    id: str
    revision: int = 1


@dataclass(frozen=True, eq=False)
class Block:
    """One publishable thing; `id` is a slug, unique on its page and never used again for something else.

    `lead` stands before the figure or table, `notes` after; `claims_sum` names columns whose cells add up to a total;
    `parameters` are those of its page that it depends on, and the only ones its own address carries.
    """

    id: str
    page: str
    kind: Kind
    finding: Words | Join | None
    values: Values
    edition: str
    as_of: date
    last_poll: date | None
    heading: Words | None = None
    table: Table | None = None
    figure: "Callable[[Any, Translator], FigureDict] | None" = None
    lead: tuple[Note, ...] = ()
    notes: tuple[Note, ...] = ()
    sources: tuple[SourceRef, ...] = ()
    inputs: frozenset[InputRef] = frozenset()
    claims_sum: tuple[tuple[str, float], ...] = ()
    parameters: tuple[str, ...] = ()
    embeddable: bool = True
    is_announced: bool = False
    classes: str = ""

    def drawn(self, t: "Translator") -> FigureDict | None:
        """Its figure in a language, numbers with the language's own marks; None where it has none."""
        if self.figure is None:
            return None
        figure = self.figure(self.values, t)
        return {**figure, "layout": {**figure["layout"], "separators": t.separators}}


Figure = Callable[[Any, "Translator"], FigureDict]
Part = Block | Control
Parts = tuple[Part | None, ...]


@dataclass(frozen=True)
class BlockType:
    """What holds of a block whatever its numbers: the type of its values, its kind, its heading's key, its figure.

    `parameters`, `classes`, `is_announced` and `embeddable` are the block's.
    """

    id: str
    values: type[Values]
    kind: Kind
    title: str = ""
    figure: Figure | None = None
    parameters: tuple[str, ...] = ()
    classes: str = ""
    is_announced: bool = False
    embeddable: bool = True
