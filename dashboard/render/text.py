"""Words as text, in one language: the last step, where the catalogue is asked."""

from datetime import datetime

from dashboard.blocks import Argument, Chance, Day, Join, Moment, Name, Number, Span, Words
from dashboard.i18n import Translator
from dashboard.i18n.bidi import HIDDEN, clean
from dashboard.moments import ZONE


def say(said: Argument, t: Translator) -> str:
    """What is said, as text of the translator's language; a name stands isolated from its surroundings."""
    match said:
        case Words(key, arguments):
            values = {name: value if isinstance(value, int) else say(value, t) for name, value in arguments.items()}
            return t(key, **values) if t.has(key) else clean(key)
        case Name():
            return t.said(name_text(said, t))
        case Number(value, digits, style):
            return {"plain": t.number, "signed": t.signed, "percent": t.percent}[style](value, digits)
        case Span(low, high, digits):
            return t.span(low, high, digits)
        case Chance(probability):
            return t.chance(probability)
        case Day():
            return _day(said, t)
        case Moment(utc, is_hour):
            return _moment(utc, is_hour, t)
        case Join(items, separator):
            texts = [say(item, t) for item in items]
            return t.join(texts) if separator is None else separator.join(texts)
        case int():
            return t.number(said)
        case str():
            return said


def name_text(name: Name, t: Translator) -> str:
    """A name in the language asked for, else in the first it has; without invisible characters."""
    return clean(name.texts.get(t.lang) or next((text for text in name.texts.values() if text), name.id))


def plain(said: Argument, t: Translator) -> str:
    """The same without characters that only a page can use: for files, feeds and what is copied."""
    return HIDDEN.sub("", say(said, t))


def _day(said: Day, t: Translator) -> str:
    if said.style == "period":
        return t.days(said.start or said.day, said.day)
    return {"full": t.date, "short": t.day, "month": t.month_of}[said.style](said.day)


def _moment(utc: str, is_hour: bool, t: Translator) -> str:
    if not utc:
        return ""
    moment = datetime.fromisoformat(utc).astimezone(ZONE)
    hour = t.said(f"{moment:%H:%M}")
    return hour if is_hour else t("date.moment", date=t.date(moment.date()), time=hour)
