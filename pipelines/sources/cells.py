"""The grammar of a printed cell, a table a unit; whatever is not in it is refused with its text."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from electoral.polls import Status, Unit
from pipelines.errors import one_line
from pipelines.sources.reading import ReportedCell, RowRefused
from pipelines.sources.text import tidy

LONGEST_CELL = 40
_PCT = r"\d(?:\.\d{1,4})?"
_SEATS = r"[1-9]\d{0,2}(?:\.0{1,4})?"  # spreadsheets and pandas write whole numbers with a point
_DASH = "[-–—−‒―‐‑]"


@dataclass(frozen=True, slots=True)
class Value:
    """What a cell says of a list: seats, a percentage (under the threshold with its operator), or nothing asked."""

    status: Status
    seats: float | None = None
    pct: str | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """One accepted way of printing a cell; `seats` and `pct` are the groups that hold them."""

    name: str
    pattern: re.Pattern[str]
    status: Status


def _form(name: str, pattern: str, status: Status) -> Form:
    return Form(name, re.compile(pattern, re.ASCII | re.IGNORECASE), status)


class BlankMeans(StrEnum):
    """What a blank cell says, by the rule of its page or source (`blank_means` in source.toml)."""

    REFUSED = "refused"
    NO_VALUE = "no_value"
    NOT_ASKED = "not_asked"
    BELOW_THRESHOLD = "below_threshold"
    NOT_ASKED_IF_WHOLE = "not_asked_if_whole"


@dataclass(frozen=True, slots=True)
class BlankRule:
    """The rule of a page, and the house that a row must fill where the rule asks for it."""

    means: BlankMeans = BlankMeans.REFUSED
    house_size: int | None = None

    def status(self, seats: float) -> Status | None:
        """What a blank says beside cells of so many seats; nothing where the row is to be refused."""
        if self.means is BlankMeans.NOT_ASKED_IF_WHOLE:
            return Status.NOT_ASKED if seats == self.house_size else None
        return {
            BlankMeans.NOT_ASKED: Status.NOT_ASKED,
            BlankMeans.BELOW_THRESHOLD: Status.BELOW_THRESHOLD,
        }.get(self.means)


# A footnote mark may follow any of them; brackets, stars and daggers say nothing of the number.
FORMS = (
    _form("seats: 24, 24.0", rf"(?P<seats>{_SEATS})", Status.SEATS),
    _form("seats with their share: 4 (3.5%)", rf"(?P<seats>[1-9]\d{{0,2}}) ?\((?P<pct>{_PCT}) ?%\)", Status.SEATS),
    _form("nothing won, no percentage given: 0", r"(?P<seats>0(?:\.0{1,4})?)", Status.BELOW_THRESHOLD),
    _form("under the threshold, in the seats it would give: (1)", r"\( ?\d(?:\.0{1,4})? ?\)", Status.BELOW_THRESHOLD),
    _form(
        "under the threshold: (2.1%), (<1%), 2.1%",
        rf"(?P<open>\( ?)?(?P<pct>[<>]? ?{_PCT}) ?%(?(open) ?\))",
        Status.BELOW_THRESHOLD,
    ),
    _form(
        "under the threshold, a range: (1.7–2.1%)",
        rf"\( ?(?P<pct>{_PCT} ?%? ?{_DASH} ?{_PCT}) ?% ?\)",
        Status.BELOW_THRESHOLD,
    ),
    _form("not asked or not given: –", _DASH, Status.NOT_ASKED),
    _form("not asked or not given: — N/a", rf"(?:{_DASH} ?)?n ?/ ?a", Status.NOT_ASKED),
)
_SHARE = r"\d{1,2}(?:[.,]\d{1,10})?|100(?:[.,]0{1,10})?"
_NOTHING_ASKED = tuple(form for form in FORMS if form.status is Status.NOT_ASKED)
# What a table of percentages prints; a comma may part the decimals.
SHARE_FORMS = (
    _form("the share of the vote: 23.5, 23.5%, 23,5, <1", rf"(?P<pct>[<>]? ?(?:{_SHARE})) ?%?", Status.SHARE),
    *_NOTHING_ASKED,
)
_NOTE_MARK = re.compile(r" ?(?:\[ ?[\w ]{1,8} ?\]|[*†‡]{1,3})$", re.ASCII)
WHY_BLANK = "the cell is blank; write – where the list was not asked"
_WHY = {"?": "the number is not known", "tba": "the number is still to come", "": WHY_BLANK}
_NO_FORM = {
    Unit.SEATS: "it is in no form we read; write seats as 24, a share under the threshold as (2.1%)",
    Unit.SHARE: "it is in no form we read; write a share of the vote as 23.5",
}


@lru_cache(maxsize=4_096)
def read_cell(printed: str, unit: Unit = Unit.SEATS) -> Value:
    """What one printed cell says in a table of seats or of shares; raises RowRefused for every other form.

    >>> read_cell("24[3]"), read_cell("(<1%)").pct
    (Value(status=<Status.SEATS: 'seats'>, seats=24.0, pct=None), '<1')
    >>> read_cell("18,81188", Unit.SHARE)
    Value(status=<Status.SHARE: 'share'>, seats=None, pct='18.81188')
    """
    if len(printed) > LONGEST_CELL:
        raise RowRefused("cell", f"{one_line(printed, 30)!r} is too long for a seat cell")
    # Folding would turn a raised "²" or a "½" into plain digits, and with them a footnote into a seat.
    if any(unicodedata.category(c) == "No" for c in printed):
        form_wanted = "seats, such as 24" if unit is Unit.SEATS else "per cent, such as 23.5"
        raise RowRefused("cell", f"{printed!r} is not a number of {form_wanted}")
    text = tidy(printed)
    for _ in range(3):
        text = _NOTE_MARK.sub("", text)
    for form in FORMS if unit is Unit.SEATS else SHARE_FORMS:
        if match := form.pattern.fullmatch(text):
            groups = match.groupdict()
            seats, pct = groups.get("seats"), groups.get("pct")
            return Value(form.status, float(seats) if seats else None, _plain(pct))
    why = _WHY.get(text.lower(), _NO_FORM[unit])
    raise RowRefused("cell", f"{one_line(printed, 30)!r}: {why}")


@lru_cache(maxsize=16_384)
def read_value(label: str, printed: str, unit: Unit = Unit.SEATS) -> ReportedCell:
    """What stands under a label; raises RowRefused naming it."""
    try:
        value = read_cell(printed, unit)
    except RowRefused as error:
        raise RowRefused(error.check, f"{one_line(label, 60)}: {error}") from error
    return ReportedCell(label, value.status, value.seats, value.pct)


def _plain(pct: str | None) -> str | None:
    """A percentage with its operator and nothing else: "< 1" is "<1", "1.7% – 2.1" is "1.7-2.1", "2,5" is "2.5"."""
    return re.sub(_DASH, "-", pct.replace(" ", "").replace("%", "").replace(",", ".")) if pct else None


# A point before three digits parts thousands as a comma does; before anything else only zeros may follow it.
_COUNT = re.compile(r"\d{1,6}(?:\.0{1,2})?|\d{1,3}(?P<mark>[, '’])\d{3}(?:(?P=mark)\d{3})?|\d{1,2}\.\d{3}", re.ASCII)
_BLANK = re.compile(rf"|{_DASH}|(?:{_DASH} ?)?n ?/ ?a|\?|tba", re.IGNORECASE)


_AT_LEAST = re.compile(r"(?:(?P<sign>[≥>])|n ?=)? ?(?P<count>[\d., '’]+?)(?P<more>\+)?", re.ASCII | re.IGNORECASE)


class Sample(NamedTuple):
    """How many were asked, and what was printed where they are at least so many: "≥3000"."""

    size: int | None = None
    printed: str | None = None


@lru_cache(maxsize=4_096)
def read_sample(printed: str) -> Sample:
    """How many were asked; a blank, a dash and "N/a" are not published. Raises RowRefused otherwise.

    >>> read_sample("1,552").size, read_sample("— N/a").size, read_sample("≥ 3000"), read_sample("n=500").printed
    (1552, None, Sample(size=3000, printed='≥3000'), None)
    """
    text = tidy(printed[: LONGEST_CELL + 1])
    for _ in range(3):
        text = _NOTE_MARK.sub("", text)
    if _BLANK.fullmatch(text):
        return Sample()
    match = _AT_LEAST.fullmatch(text) if len(text) <= LONGEST_CELL else None
    if not match or not _COUNT.fullmatch(match["count"]):
        raise RowRefused("cell", f"sample size {one_line(printed, 30)!r} is no whole number; write it as 500")
    count = int(re.sub(r"\.0{1,2}$|[^\d]", "", match["count"]))
    if not count:
        raise RowRefused(
            "cell", f"sample size {one_line(printed, 30)!r} is nobody; leave it blank where it is not published"
        )
    sign = match["sign"] or ("≥" if match["more"] else "")
    return Sample(count, f"{sign}{count}" if sign else None)


@lru_cache(maxsize=4_096)
def read_name(printed: str) -> str | None:
    """A firm's or outlet's name without its footnote marks; a blank or a dash is none."""
    text = tidy(printed)
    for _ in range(6):
        text = _NOTE_MARK.sub("", text)
    return None if _BLANK.fullmatch(text) else text
