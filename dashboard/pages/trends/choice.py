"""What a reader can ask the trend chart for, and what the address asks."""

from dataclasses import replace
from datetime import date, timedelta
from typing import cast

from dashboard.address import Choice, Parameter, Subset
from dashboard.pages.trends.bloc_lines import bloc_trend
from dashboard.pages.trends.lines import Smoother, Subject, TrendChoice, Unit, until
from dashboard.seats import in_doubt
from dashboard.view import View
from pipelines.editions.schema import ListReference, OthersLine, Trend, TrendLine
from pipelines.editions.store import Edition

RANGES = {"all": None, "1y": 365, "6m": 182, "3m": 91, "1m": 30}
LONG_CAMPAIGN = 400  # days from which a year is shown first, and the sliders move by weeks
SHORTEST = timedelta(days=14)  # that is drawn
EVERY, AUTO = "all", "auto"
LARGEST, DOUBTFUL = 3, 4  # lists in colour at first
OTHERS = "all-others"  # the line of what polls print as others


def parameters(edition: Edition) -> dict[str, Parameter]:
    dates = edition.trend.dates
    length = (dates[-1] - dates[0]).days if dates else 0
    offered = [name for name, days in RANGES.items() if days is None or days < length]
    if length > LONG_CAMPAIGN:
        offered.sort(key=lambda name: name != "1y")
    days = tuple(day.isoformat() for day in steps(edition))
    firms = sorted({poll.pollster for poll in edition.polls.polls if poll.pollster and poll.kind == "poll"})
    return {
        "of": Choice(("lists", "blocs") if edition.projection.blocs else ("lists",)),
        "unit": Choice(("share", "seats") if edition.reference.electorate.unit == "share" else ("seats", "share")),
        "line": Choice(smoothers(edition)),
        "range": Choice(tuple(offered)),
        "from": Choice((AUTO, *days)),
        "to": Choice((AUTO, *days)),
        "panels": Choice(("one", "each")),
        "firm": Choice((EVERY, *firms)),
        "lists": Subset(tuple(item.id for item in standing(edition))),
    }


def steps(edition: Edition) -> list[date]:
    """The days the sliders offer: each day of a short campaign, each week of a long one, and both ends."""
    dates = edition.trend.dates
    step = 7 if len(dates) > LONG_CAMPAIGN else 1
    return dates[::-step][::-1] if not dates or (len(dates) - 1) % step == 0 else [dates[0], *dates[::-step][::-1]]


def smoothers(edition: Edition) -> tuple[str, ...]:
    """The lines an edition has; those of the first days have no mean."""
    has_mean = any(item.mean_14_share for item in edition.trend.lines)
    return ("model", "lowess", "mean") if has_mean else ("model", "lowess")


def standing(edition: Edition) -> list[ListReference]:
    """The lists that stand and have a line, in the order of the seats chart."""
    lined = {item.id for item in edition.trend.lines}
    level = {item.id: item.trend_share_pct for item in edition.projection.lists}
    lists = [item for item in edition.reference.lists if item.stands and item.id in lined]
    return sorted(lists, key=lambda item: (-level.get(item.id, 0.0), item.id))


def last_day(view: View) -> date:
    """The day the drawing ends on, never sooner after the first day than what is drawn at least."""
    dates, to_day = view.edition.trend.dates, view.choice("to") if "to" in view.parameters else AUTO
    return dates[-1] if to_day == AUTO else min(dates[-1], max(date.fromisoformat(to_day), dates[0] + SHORTEST))


def start_of(view: View) -> date:
    """The day the drawing begins on: the one asked for, else the first of the period that the sliders offer."""
    dates, since, end = view.edition.trend.dates, view.choice("from"), last_day(view)
    days = RANGES[view.choice("range")]
    wanted = (
        date.fromisoformat(since) if since != AUTO else dates[0] if days is None else dates[-1] - timedelta(days=days)
    )
    start = max(dates[0], min(wanted, end - SHORTEST))
    return start if since != AUTO else next((day for day in steps(view.edition) if day >= start), start)


def trend_choice(view: View) -> TrendChoice:
    """What the address asks for: the lists named in colour, or those a first look is about; all others grey."""
    subject = cast(Subject, view.choice("of"))
    ids = view.subset("lists")
    choice = choice_of(view, subject, cast(Unit, view.choice("unit")), ids or _first_look(view))
    return replace(choice, chosen=choice.shown) if view.choice("panels") == "each" and not ids else choice


def choice_of(view: View, subject: Subject, unit: Unit, ids: tuple[str, ...]) -> TrendChoice:
    """The lines of lists or blocs in a unit; a list under the threshold has no seats, and no line in seats unasked."""
    in_house = set(view.order.ids) - {item.id for item in view.order.below} if unit == "seats" else None
    lists = tuple(item.id for item in standing(view.edition) if in_house is None or item.id in {*in_house, *ids})
    blocs = tuple(bloc.id for bloc in view.projection.blocs)
    firm = view.choice("firm") if "firm" in view.parameters else EVERY
    polls = frozenset(poll.poll for poll in view.edition.polls.polls if poll.pollster == firm)
    return TrendChoice(
        unit=unit,
        smoother=cast(Smoother, view.choice("line")) if "line" in view.parameters else "model",
        shown=(*lists, *_others(view)) if subject == "lists" else blocs,
        start=start_of(view) if "range" in view.parameters else None,
        subject=subject,
        polls=None if firm == EVERY else polls,
        chosen=ids if subject == "lists" else blocs,
    )


def _first_look(view: View) -> tuple[str, ...]:
    """The largest lists, and those in doubt at the threshold."""
    doubtful = [item.id for item in in_doubt(view.projection)][:DOUBTFUL]
    return (*view.order.ids[:LARGEST], *(name for name in doubtful if name not in view.order.ids[:LARGEST]))


def _others(view: View) -> tuple[str, ...]:
    """The others have a line beside all lists: in shares, of the model."""
    is_drawn = "unit" in view.parameters and (view.choice("unit"), view.choice("line")) == ("share", "model")
    return (OTHERS,) if is_drawn and view.edition.trend.others is not None else ()


def trend_of(view: View, choice: TrendChoice) -> Trend:
    """The lines drawn, up to the last day asked for."""
    whole = bloc_trend(view.edition) if choice.subject == "blocs" else view.edition.trend
    if OTHERS in choice.shown and whole.others is not None:
        whole = whole.model_copy(update={"lines": [*whole.lines, others_line(whole.others)]})
    return until(whole, last_day(view))


def others_line(others: OthersLine) -> TrendLine:
    """All other lists together as a line of its own: a share, never a seat, and no dots."""
    none: list[float | None] = [None] * len(others.share)
    return TrendLine(
        id=OTHERS,
        share=others.share,
        share_low=others.share_low,
        share_high=others.share_high,
        seats=none,
        seats_low=none,
        seats_high=none,
        lowess_share=none,
        lowess_seats=none,
        mean_14_share=none,
        mean_14_seats=none,
        thin=[False] * len(none),
        fallback=None,
        dots=[],
    )
