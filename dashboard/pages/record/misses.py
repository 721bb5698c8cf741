"""The known misses, and how a past campaign names its lists."""

from dash.development.base_component import Component

from dashboard.components import parts
from dashboard.components.names import bdi, coloured
from dashboard.i18n import Translator
from dashboard.reader import campaign_of
from dashboard.view import View
from pipelines.editions.schema import Miss, Record
from pipelines.editions.store import Edition


def listed(edition: Edition | None, name: str, t: Translator) -> Component:
    """A list as its own campaign names it."""
    found = next((item for item in edition.reference.lists if item.id == name), None) if edition else None
    return coloured(found, t.short(found)) if found else bdi(name)


def misses_table(view: View, record: Record, t: Translator) -> Component:
    head = [
        t("record.election"),
        t("table.list"),
        t("table.result"),
        t("record.median_95"),
        t("table.passes"),
        t("record.vote"),
    ]
    body = [_miss(view, miss, t) for miss in record.misses]
    return parts.section(
        t("record.misses"),
        parts.quiet(t("record.misses_note")),
        parts.framed(parts.table(head, body, t("record.misses"), "numeric"), "misses", t),
        name="misses",
    )


def _miss(view: View, miss: Miss, t: Translator) -> parts.Row:
    campaign = campaign_of(view.edition, miss.election)
    return [
        bdi(t.name(campaign.reference.election) if campaign else miss.election),
        listed(campaign, miss.list, t),
        t.number(miss.seats),
        f"{t.number(miss.median)} ({t.span(miss.q025, miss.q975)})",
        t.number(100 * miss.p_pass),
        t.percent(miss.share_pct, 2),
    ]
