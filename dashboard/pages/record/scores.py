"""Over all past elections: ours against simpler methods, where results fell, and by how much we differ."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashboard import ids
from dashboard.components import parts
from dashboard.figures.base import words
from dashboard.figures.record import calibration_figure, differences_figure
from dashboard.i18n import Translator
from dashboard.record import ROLLING, TAUGHT_BY_ALL, mean, models
from pipelines.editions.schema import Record

IN_SEATS = ("crps", "mae_median", "bloc_abs_err")
MEASURES = (*IN_SEATS, "brier_pass", "brier_majority")
COVERAGES = ("cover50", "cover80", "cover95")


def scores_table(record: Record, t: Translator) -> Component:
    """The table: ours and the baselines, the best of each measure in bold."""
    scored = models(record)
    best = {name: min(_known(record, scored, name), default=None) for name in MEASURES}
    head = [
        t("record.model"),
        *(t(f"record.measure_{name}") for name in MEASURES),
        *(t(f"record.measure_{name}") for name in COVERAGES),
    ]
    body: list[parts.Row] = []
    for model in scored:
        cells: list[Component | str] = []
        for measure in MEASURES:
            value = mean(record, model, measure)
            text = _said(value, 2 if measure in IN_SEATS else 3, t)
            cells.append(html.B(text) if value is not None and value == best[measure] else text)
        for measure in COVERAGES:
            share = mean(record, model, measure)
            cells.append(_said(None if share is None else 100 * share, 0, t))
        name = t(f"record.model_{model}")
        body.append([html.B(name) if model in (ROLLING, TAUGHT_BY_ALL) else name, *cells])
    return parts.section(
        t("record.scores"),
        parts.quiet(t("record.scores_note", n=len(record.elections))),
        parts.framed(parts.table(head, body, t("record.scores"), "numeric"), "scores", t),
        name="scores",
    )


def _known(record: Record, scored: Sequence[str], measure: str) -> list[float]:
    """A measure of every model that has one."""
    return [value for model in scored if (value := mean(record, model, measure)) is not None]


def _said(value: float | None, digits: int, t: Translator) -> str:
    return "–" if value is None else t.number(value, digits)


def calibration(record: Record, t: Translator) -> Component | None:
    shares = record.calibration.get(ROLLING)
    if not shares:
        return None
    tenths = len(shares)
    body = [
        [t.span(100 * at // tenths, 100 * (at + 1) // tenths), t.number(100 * share)] for at, share in enumerate(shares)
    ]
    title = t("record.calibration")
    table = parts.table([t("record.tenth"), t("record.held")], body, title)
    outer = t.number(100 * (shares[0] + shares[-1]))
    summary = t("record.calibration_summary", outer=outer)
    return parts.section(
        title,
        parts.chart(ids.CALIBRATION_CHART, calibration_figure(shares, t), summary, table, t),
        parts.quiet(summary, " ", t("record.calibration_note")),
        name="calibration",
    )


def differences(record: Record, t: Translator) -> Component | None:
    known = set(models(record))
    found = [row for row in record.differences if row.measure == "crps" and row.baseline in known]
    if not found:
        return None
    names = [t(f"record.model_{row.baseline}") for row in found]
    title = t("record.differences")
    body = [
        [name, t.signed(100 * row.relative, 1), t.span(100 * row.low, 100 * row.high, 1)]
        for name, row in zip(names, found, strict=True)
    ]
    table = parts.table([t("record.model"), t("record.percent"), t("record.resampled")], body, title)
    summary = " ".join(
        t("record.difference_item", name=name, percent=t.signed(100 * row.relative, 1))
        for name, row in zip(names, found, strict=True)
    )
    return parts.section(
        title,
        parts.chart(
            ids.DIFFERENCES_CHART, differences_figure(found, [words(name, t) for name in names]), summary, table, t
        ),
        parts.quiet(t("record.differences_note", n=len(record.elections))),
        name="differences",
    )
