"""Words as text, in one language: the last step, where the catalogue is asked."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from dashboard.blocks import (
    Anchor,
    Argument,
    Chance,
    Day,
    Heading,
    Inline,
    Join,
    Lines,
    Moment,
    Name,
    Note,
    Number,
    Paragraph,
    Quote,
    Source,
    Span,
    Strong,
    Words,
    Zone,
)
from dashboard.i18n import HIDDEN, Translator, clean


def say(argument: Argument, t: Translator) -> str:
    """What is said, as text of the translator's language; a name stands isolated from its surroundings."""
    match argument:
        case Words(key, arguments):
            values = {name: say(value, t) for name, value in arguments.items()}
            return t(key, _count(arguments.get("n")), **values) if t.has(key) else clean(key)
        case Name():
            return t.isolated(name_text(argument, t))
        case Number(value, digits, style):
            return {"plain": t.number, "signed": t.signed, "percent": t.percent}[style](value, digits)
        case Span(low, high, digits):
            return t.span(low, high, digits)
        case Chance(probability):
            return t.chance(probability)
        case Day():
            return _day(argument, t)
        case Moment():
            return _moment(argument, t)
        case Zone(name):
            return t.zone(name)
        case Join(items, separator):
            texts = [say(item, t) for item in items]
            return t.join(texts) if separator is None else separator.join(texts)
        case int():
            return t.number(argument)
        case str():
            return argument


def name_text(name: Name, t: Translator) -> str:
    """A name in the language asked for, else in the one that most read, else in any; without invisible characters."""
    return t.pick(name.texts, name.id)


def plain(argument: Argument, t: Translator) -> str:
    """The same without characters that only a page can use: for files, feeds and what is copied."""
    return HIDDEN.sub("", say(argument, t))


def letter(notes: Sequence[Note], t: Translator) -> str:
    """Paragraphs, headings and lines as a letter has them: a line a statement, a blank one before a heading."""
    return "\n".join(_lines(notes, t)) + "\n"


def _lines(notes: Sequence[Note], t: Translator) -> Iterator[str]:
    for note in notes:
        match note:
            case Heading(title):
                yield from ("", plain(title, t))
            case Paragraph(parts):
                yield "".join(_inline(part, t) for part in parts)
            case Lines(items):
                for item in items:
                    yield "- " + "\n  ".join("".join(_inline(part, t) for part in line) for line in item)
            case _:
                raise TypeError(f"{type(note).__name__} has no place in a letter")


def _inline(part: Inline, t: Translator) -> str:
    match part:
        case Anchor(label=label):
            return plain(label, t)
        case Strong(of):
            return plain(of, t)
        case Source(name) | Quote(text=name):
            return plain(name, t)
        case _:
            return plain(part, t)


def _day(day: Day, t: Translator) -> str:
    if day.style == "period":
        return t.days(day.start or day.day, day.day)
    return {"full": t.date, "short": t.day, "month": t.month_of}[day.style](day.day)


def _moment(moment_argument: Moment, t: Translator) -> str:
    if not moment_argument.utc:
        return ""
    moment = datetime.fromisoformat(moment_argument.utc).astimezone(ZoneInfo(moment_argument.zone))
    return t.hour(moment) if moment_argument.is_hour else t.moment(moment)


def _count(n: Argument | None) -> float | None:
    """The number that chooses among plural forms."""
    return n.value if isinstance(n, Number) else n if isinstance(n, int) else None
