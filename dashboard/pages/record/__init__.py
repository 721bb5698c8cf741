"""Record: what the model would have said of past elections, day by day and in one table, against what happened."""

from dash import html
from dash.development.base_component import Component

from dashboard.address import Choice, Parameter
from dashboard.components import parts
from dashboard.i18n import Translator
from dashboard.pages.record.misses import misses_table
from dashboard.pages.record.replay import replay
from dashboard.pages.record.scores import calibration, differences, scores_table
from dashboard.reader import record_of
from dashboard.record import LAST_DAY, ROLLING, days_of, score
from dashboard.view import View
from pipelines.editions.store import Edition

PATH, NAME = "/record", "record"


def parameters(edition: Edition) -> dict[str, Parameter]:
    """The day looked at, where this campaign can be followed; the last one first."""
    days = days_of(record_of(edition), edition.election)
    return {"day": Choice(tuple(day.as_of.isoformat() for day in reversed(days)))} if days else {}


def headline(view: View, t: Translator) -> str:
    record = record_of(view.edition)
    last = score(record, ROLLING, LAST_DAY) if record else None
    if record is None or last is None or last.cover80 is None:
        return t("record.headline_none")
    return t("record.headline", n=len(record.elections), held=t.number(100 * last.cover80))


def layout(view: View, t: Translator) -> list[Component]:
    record = record_of(view.edition)
    heading = html.H1(headline(view, t), id="headline", className="headline")
    if record is None:
        return [heading, parts.quiet(t("record.missing"))]
    return [
        heading,
        parts.quiet(t("record.lead")),
        replay(view, record, t),
        scores_table(record, t),
        html.Div([calibration(record, t), differences(record, t)], className="desk"),
        misses_table(view, record, t),
    ]
