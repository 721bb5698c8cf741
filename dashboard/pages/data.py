"""Data: where every number comes from, under which licence, and what this edition was made from."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from dash import html
from dash.development.base_component import Component

from dashboard import compared, moments
from dashboard.address import Parameter
from dashboard.components import parts
from dashboard.components.attributes import data
from dashboard.components.names import bdi, source
from dashboard.i18n import Translator
from dashboard.reader import runs_of
from dashboard.view import View
from pipelines.editions.errors import EditionError
from pipelines.editions.records import Quarantine, SourceRun
from pipelines.editions.store import Edition

PATH, NAME = "/data", "data"
LICENCES = ("wikipedia", "press", "themadad", "committee", "editors")
SHORT_HASH = 12
FILES = ("polls", "latest", "projection", "record")


def parameters(_edition: Edition) -> dict[str, Parameter]:
    return {}


def headline(_view: View, t: Translator) -> str:
    return t("data.headline")


def layout(view: View, t: Translator) -> list[Component]:
    return [
        html.H1(headline(view, t), className="headline"),
        parts.quiet(t("data.lead")),
        html.Div([_sources(view, t), _runs(view, t)], className="desk"),
        html.Div([_quarantine(view, t), _rulings(view, t)], className="desk"),
        _licences(t),
        _files(view, t),
        _provenance(view, t),
    ]


def _sources(view: View, t: Translator) -> Component:
    """How many of this campaign's polls came from where."""
    polls = view.edition.polls.polls
    counts = Counter(poll.source for poll in polls)
    newest = {poll.source: poll.fieldwork_end for poll in sorted(polls, key=lambda poll: poll.fieldwork_end)}
    body = [[source(name), t.number(count), t.date(newest[name])] for name, count in counts.most_common()]
    title = t("data.sources")
    table = parts.table([t("data.source"), t("pollsters.polls"), t("data.newest")], body, title)
    undated = sum(poll.published_date is None for poll in polls)
    facts = [
        t("data.without_n", n=t.number(sum(poll.sample_size is None for poll in polls)), all=t.number(len(polls))),
        t("data.without_date", n=t.number(undated), all=t.number(len(polls))),
    ]
    return parts.section(
        title,
        parts.framed(table, "sources", t),
        html.Ul([html.Li(fact) for fact in facts], className="lines"),
        name="sources",
    )


def _runs(view: View, t: Translator) -> Component:
    """How each source answered last; what is not known is not made up."""
    title = t("data.runs")
    runs = runs_of(view.edition)
    if runs is None:
        return parts.section(title, parts.quiet(t("data.runs_none")), name="runs")
    mine = [run for run in runs.sources if run.election == view.edition.election]
    said = [parts.quiet(t("data.finished", when=moments.said(runs.finished_utc, t)))]
    if mine:
        head = [t("data.source"), t("data.success"), t("data.age"), t("data.change"), t("data.failure")]
        table = parts.table(head, [_run(run, runs.finished_utc, t) for run in mine], title)
        said.append(parts.framed(table, "runs", t))
    else:
        said.append(parts.quiet(t("data.runs_offline")))
    return parts.section(title, *said, name="runs")


def _run(run: SourceRun, finished_utc: str, t: Translator) -> Sequence[Component | str]:
    """One source; its age is that at the end of the last refresh."""
    none = t("pollsters.none")
    age = run.age_hours(datetime.fromisoformat(finished_utc))
    return [
        bdi(run.source),
        moments.said(run.last_success_utc, t) or none,
        none if age is None else t.number(age, 1),
        moments.said(run.last_change_utc, t) or none,
        html.Span([moments.said(run.last_error_utc, t), " ", bdi(run.last_error or "")])
        if run.last_error_utc
        else none,
    ]


def _quarantine(view: View, t: Translator) -> Component:
    """How many rows were refused, by which check, and which."""
    title = t("data.quarantine")
    found = _refused(view)
    if found is None:
        return parts.section(title, parts.quiet(t("data.quarantine_unknown")), name="quarantine")
    mine = found.campaign(view.edition.election)
    if not mine.count:
        return parts.section(title, parts.quiet(t("data.quarantine_none")), name="quarantine")
    counts = [[bdi(check), t.number(count)] for check, count in mine.by_check.items()]
    rows = [[bdi(row.poll), bdi(row.source), bdi(row.text), bdi(row.reason)] for row in mine.rows]
    head = [t("pollsters.polls"), t("data.source"), t("data.printed"), t("data.reason")]
    return parts.section(
        title,
        parts.quiet(t("data.quarantine_count", n=mine.count, when=moments.said(found.checked_utc, t))),
        parts.framed(parts.table([t("data.check"), t("data.rows")], counts, title), "quarantine", t),
        html.Details(
            [
                html.Summary(t("data.refused")),
                parts.framed(parts.table(head, rows, t("data.refused")), "refused", t),
            ],
            className="numbers",
        ),
        name="quarantine",
    )


def _refused(view: View) -> Quarantine | None:
    """What is in quarantine; None where no record of it can be read."""
    try:
        return compared.store_of(view.edition).quarantine()
    except EditionError:
        return None


def _rulings(view: View, t: Translator) -> Component:
    """Odd rows that stand as printed, by the reason they do."""
    counts = Counter(poll.ruling for poll in view.edition.polls.polls if poll.ruling)
    revised = sum(poll.revision > 1 for poll in view.edition.polls.polls)
    title = t("data.rulings")
    said: list[Component] = [parts.quiet(t("data.rulings_note", n=t.number(revised)))]
    if counts:
        body = [[bdi(ruling), t.number(count)] for ruling, count in counts.most_common()]
        table = parts.table([t("data.ruling"), t("pollsters.polls")], body, title)
        said.append(parts.framed(table, "rulings", t))
    else:
        said.append(parts.quiet(t("data.rulings_none")))
    return parts.section(title, *said, name="rulings")


def _licences(t: Translator) -> Component:
    items = [
        html.Li([html.B(t(f"data.licence_{name}_who")), html.Br(), t(f"data.licence_{name}")]) for name in LICENCES
    ]
    return parts.section(
        t("data.licences"), html.Ul(items, className="lines"), parts.quiet(t("data.licences_note")), name="licences"
    )


def _files(view: View, t: Translator) -> Component:
    """The polls and this edition's values, to take away."""
    lines = [_file(view, name, t) for name in FILES]
    return parts.section(t("data.files"), html.Ul(lines, className="lines"), name="files")


def _file(view: View, name: str, t: Translator) -> Component:
    asked = f"election={view.edition.election}&edition={view.edition.id}"
    asked += f"&kind={_every(view)}" if name == "polls" else ""
    links = [
        html.A(kind.upper(), href=f"/download/{name}.{kind}?{asked}", download="", **data(reload="true"))
        for kind in ("csv", "xlsx")
    ]
    return html.Li(html.Span([html.Span(t(f"data.file_{name}"), className="label"), *links], className="files"))


def _every(view: View) -> str:
    """All kinds of polls, where there is more than one."""
    kinds = {poll.kind for poll in view.edition.polls.polls}
    return "all" if len(kinds) > 1 else next(iter(kinds), "all")


def _provenance(view: View, t: Translator) -> Component:
    """What the edition was made from: equal inputs, code and libraries give the same bytes."""
    made = view.edition.manifest
    facts = [
        [t("data.edition"), made.edition],
        [t("data.code"), made.code[:SHORT_HASH]],
        *([_parameter(name, t), str(value)] for name, value in made.parameters.items()),
        *([name, version] for name, version in made.libraries.items()),
    ]
    shown = [[bdi(name), bdi(value)] for name, value in facts]
    inputs = [[bdi(name), html.Bdi(digest[:SHORT_HASH], dir="ltr")] for name, digest in made.inputs.items()]
    title = t("data.provenance")
    return parts.section(
        title,
        parts.quiet(t("data.provenance_note")),
        parts.framed(
            parts.table([t("data.what"), t("method.value")], shown, title),
            "provenance",
            t,
        ),
        html.Details(
            [
                html.Summary(t("data.inputs", n=len(inputs))),
                parts.framed(parts.table([t("data.file"), t("data.digest")], inputs, t("data.file")), "inputs", t),
            ],
            className="numbers",
        ),
        name="provenance",
        classes="prose",
    )


def _parameter(name: str, t: Translator) -> str:
    key = f"data.parameter_{name}"
    return t(key) if t.has(key) else name
