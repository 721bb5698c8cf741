"""How the firms' polls did in past elections, and how close this campaign's polls sit to each other."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashboard import pollsters as firms
from dashboard.components import parts
from dashboard.components.names import bdi
from dashboard.i18n import Translator
from dashboard.view import View
from pipelines.editions.schema import Firm, PollSpread


def records_table(view: View, found: Sequence[Firm], t: Translator) -> Component:
    """A row a firm: this campaign's polls, and how its polls did in past final months."""
    head = [
        t("pollsters.firm"),
        t("pollsters.polls"),
        t("pollsters.newest"),
        t("pollsters.elections"),
        t("pollsters.error"),
        t("pollsters.skill"),
    ]
    order = sorted(found, key=lambda firm: (-firm.polls, firm.pollster))
    body: list[parts.Row] = []
    for firm in order:
        error, skill = firms.mean_error(firm.record), firms.mean_skill(firm.record)
        body.append(
            [
                bdi(firms.short_name(view, firm.pollster, t)),
                t.number(firm.polls),
                t.date(firm.latest_fieldwork_end),
                t.number(len(firm.record)),
                t("pollsters.none") if error is None else t.percent(error, 2),
                t("pollsters.none") if skill is None else t.number(skill, 2),
            ]
        )
    return parts.section(
        t("pollsters.records"),
        parts.framed(parts.table(head, body, t("pollsters.records"), "numeric"), "records", t),
        parts.quiet(t("pollsters.records_note")),
        _elections(view, order, t),
        name="records",
    )


def _elections(view: View, found: Sequence[Firm], t: Translator) -> Component:
    """The same election by election."""
    named = {election.id: election for election in view.elections}
    head = [
        t("pollsters.firm"),
        t("record.election"),
        t("pollsters.polls"),
        t("pollsters.error"),
        t("pollsters.last_error"),
        t("pollsters.field_error"),
        t("pollsters.skill"),
    ]
    body = [
        [
            bdi(firms.name_of(view, firm.pollster, t)),
            bdi(t.name(named[past.election]) if past.election in named else past.election),
            t.number(past.polls),
            t.percent(past.month_error_pct, 2),
            t.percent(past.last_error_pct, 2),
            t.percent(past.field_error_pct, 2),
            t.number(past.skill, 2),
        ]
        for firm in found
        for past in firm.record
    ]
    table = parts.table(head, body, t("pollsters.by_election"), "numeric")
    summary = html.Summary(t("pollsters.by_election"))
    return html.Details([summary, parts.framed(table, "elections", t)], className="numbers")


def spread_said(spread: PollSpread, t: Translator) -> Component:
    said = t(
        "pollsters.spread_said",
        polls=t.number(spread.polls),
        days=t.number(spread.days),
        ratio=t.number(spread.ratio, 2),
    )
    return parts.section(t("pollsters.spread"), html.P(said), parts.quiet(t("pollsters.spread_note")), name="spread")
