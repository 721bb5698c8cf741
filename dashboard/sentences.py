"""Sentences made from an edition's numbers, the same ones in every language."""

from collections.abc import Mapping, Sequence

from dashboard import readings
from dashboard.figures.trend_scale import TrendChoice, drawn_lines, last, values
from dashboard.i18n import Translator
from dashboard.i18n.bidi import clean
from dashboard.view import View, outlook
from pipelines.editions.schema import BlocProjection, ListProjection, Projection, Trend

IN_DOUBT = (0.03, 0.97)

# Warnings by their codes: said beneath the page, or already said by another notice.
ASIDES = ("publication-dates-unknown", "sample-sizes-assumed")
TOLD_WITHOUT_RESULT = ("polls-stop-short", "no-result-recorded")
TOLD_BY_NOWCAST = ("lists-not-closed",)


# What the page is about


def headline(view: View, t: Translator) -> str:
    """Who stands where, and how far the strongest bloc is from a majority."""
    projection = view.projection
    lead = _lead(view, t)
    bloc = strongest(projection)
    if bloc is None:
        return t("tonight.no_bloc", lead=lead)
    return t(
        "tonight.bloc",
        lead=lead,
        bloc=t.said(t.name(view.blocs.get(bloc.id, bloc))),
        median=t.number(bloc.seats.median),
        low=t.number(bloc.seats.q05),
        high=t.number(bloc.seats.q95),
        majority=projection.majority,
        chance=t.chance(bloc.p_majority),
    )


def _lead(view: View, t: Translator) -> str:
    """The list at the top and the next one, or those that are level."""
    order = sorted(view.projection.lists, key=lambda item: -outlook(item).median)
    when = t.date(view.projection.as_of)
    top = [item for item in order if outlook(item).median == outlook(order[0]).median]
    seats = t.number(outlook(order[0]).median)
    if len(top) > 1:
        return t("tonight.level", date=when, names=t.join([_name(view, item, t) for item in top]), n=seats)
    if len(order) == 1:
        return t("tonight.only", date=when, first=_name(view, order[0], t), first_seats=seats)
    return t(
        "tonight.lead",
        date=when,
        first=_name(view, order[0], t),
        first_seats=seats,
        second=_name(view, order[1], t),
        second_seats=t.number(outlook(order[1]).median),
    )


def _name(view: View, item: ListProjection, t: Translator) -> str:
    return t.said(t.short(view.lists[item.id]))


def strongest(projection: Projection) -> BlocProjection | None:
    """The bloc with the most seats; of equals the one named first."""
    return max(projection.blocs, key=lambda bloc: (bloc.seats.median, bloc.seats.mean), default=None)


# How fresh it is, and what kind of statement


def freshness(view: View, t: Translator) -> str:
    """How far the polls reach and on which day the edition stands."""
    polls = t("status.polls_to", date=t.date(view.projection.polls.latest_fieldwork_end))
    return f"{polls} · {t('status.as_of', date=t.date(view.projection.as_of))}"


def notices(view: View, t: Translator) -> list[tuple[str, str]]:
    """What a reader must know before the first number: (kind of notice, text)."""
    projection = view.projection
    said = [("kind", _kind(view, t))]
    if view.is_nowcast:
        said.append(("kind", t("status.nowcast", date=t.date(projection.as_of))))
    if view.is_frozen:
        said.append(("warning", t("status.frozen")))
    if view.is_last_good:
        said.append(("warning", t("status.last_good", date=t.date(projection.as_of))))
    if view.is_stale:
        age_days = (view.today - projection.as_of).days
        said.append(("warning", t("status.stale", date=t.date(projection.as_of), n=age_days)))
    fallback = [t.said(_list_or_text(view, item, t)) for item in projection.fallback]
    if fallback:
        said.append(("warning", t("status.fallback", names=t.join(fallback))))
    return said + _warnings(view, t)


def _list_or_text(view: View, item: str, t: Translator) -> str:
    return t.short(view.lists[item]) if item in view.lists else clean(item)


def _warnings(view: View, t: Translator) -> list[tuple[str, str]]:
    """What the edition warns of; a warning the catalogue does not know is shown as it is."""
    said = []
    for code in projection_warnings(view):
        key = f"warning.{code}"
        kind = "aside" if code in ASIDES else "warning"
        said.append((kind, t(key) if t.has(key) else t.said(clean(code))))
    return said


def projection_warnings(view: View) -> list[str]:
    """The warnings that the notice of the edition's kind has not said already."""
    told = [*(TOLD_WITHOUT_RESULT if view.lacks_result else ()), *(TOLD_BY_NOWCAST if view.is_nowcast else ())]
    return [code for code in view.projection.warnings if code not in told]


def _kind(view: View, t: Translator) -> str:
    projection = view.projection
    if projection.kind == "hindcast":
        return t("status.hindcast", date=t.date(projection.as_of))
    if view.lacks_result:
        return t(
            "status.stops",
            polls=t.date(projection.polls.latest_fieldwork_end),
            vote=t.date(projection.election_date),
        )
    if projection.kind == "final":
        return t("status.final", date=t.date(projection.as_of))
    return t("status.live", days=projection.days_to_election, date=t.date(projection.election_date))


def basis(view: View, t: Translator) -> str:
    """How many polls of how many firms the numbers rest on."""
    polls = view.projection.polls
    return f"{t('count.polls', n=polls.used)} · {t('count.pollsters', n=polls.pollsters)}"


def source_line(view: View, t: Translator) -> str:
    """What stands under a picture or a text that leaves the page."""
    election = t.said(t.name(view.edition.reference.election))
    said = t("take.source", site=t("site.name"), election=election, fresh=freshness(view, t), basis=basis(view, t))
    reading = readings.said(view, readings.chosen(view), t)
    return f"{said} · {reading}" if reading else said


# Charts in words


def seats_summary(view: View, items: Sequence[ListProjection], t: Translator) -> str:
    """The seats chart for those who do not see it."""
    said = []
    for item in items:
        seats = outlook(item)
        text = t(
            "seats.summary",
            name=_name(view, item, t),
            median=t.number(seats.median),
            span=t.span(seats.q05, seats.q95),
        )
        said.append(text)
    return "; ".join(said) + "."


def blocs_summary(view: View, t: Translator) -> str:
    """The bloc bars for those who do not see them."""
    majority = view.projection.majority
    return " ".join(
        f"{t.said(t.name(view.blocs.get(bloc.id, bloc)))} {t.number(bloc.seats.median)},"
        f" {t('blocs.reaches', majority=majority, chance=t.chance(bloc.p_majority))}."
        for bloc in view.projection.blocs
    )


def trend_summary(trend: Trend, names: Mapping[str, str], choice: TrendChoice, t: Translator) -> str:
    """The ends of the trend lines in words."""
    ends = []
    for item in drawn_lines(trend, choice):
        level = last(values(item, choice))
        if level is not None:
            value = t.number(level) if choice.unit == "seats" else t.percent(level)
            ends.append(t("trends.summary_item", name=t.said(names[item.id]), value=value))
    return t("trends.summary", date=t.date(trend.dates[-1]), names=t.join(ends))


def in_doubt(projection: Projection) -> list[ListProjection]:
    """Lists that pass the threshold in some simulations and miss it in others, the likeliest first."""
    low, high = IN_DOUBT
    found = [item for item in projection.lists if low <= item.p_pass <= high]
    return sorted(found, key=lambda item: -item.p_pass)
