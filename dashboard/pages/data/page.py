"""Data: where every number comes from, under which licence, and what this edition was made from."""

from collections import Counter
from datetime import date, datetime
from typing import Literal

from dashboard import compared, status
from dashboard.blocks import (
    Anchor,
    Block,
    BlockType,
    Cell,
    Code,
    Column,
    Line,
    Lines,
    Moment,
    Number,
    Parts,
    Source,
    Strong,
    Table,
    Values,
    Words,
    Zone,
    words,
)
from dashboard.names import entry, local, phrase, text, word
from dashboard.pages.shared import Blocks, quiet
from dashboard.reader import remaking_command, runs_of, sealed_of
from dashboard.view import Page, View
from pipelines.editions.records import Quarantine, SourceRun
from pipelines.editions.schema import Licence
from pipelines.errors import EditionError

NAME = "data"
ARCHIVE = "archive"  # a source that is no source: what ships
SHORT_HASH = 12
FILES = ("polls", "latest", "projection", "record")


class SourcesValues(Values):
    """Polls by source, with the newest fieldwork of each, and what the sources leave out."""

    kind: Literal["sources"] = "sources"
    polls: dict[str, int]
    newest: dict[str, date]
    without_sample_size: int
    without_published_date: int


class RunsValues(Values):
    """The last refresh: when it ended, and its sources."""

    kind: Literal["runs"] = "runs"
    finished_utc: str | None
    sources: tuple[str, ...]


class QuarantineValues(Values):
    """Rows refused, by check; None where no record of them can be read."""

    kind: Literal["quarantine"] = "quarantine"
    rows: int | None
    by_check: dict[str, int]


class RulingsValues(Values):
    """Odd rows that stand, by the reason they do, and how many polls were corrected."""

    kind: Literal["rulings"] = "rulings"
    by_ruling: dict[str, int]
    revised: int


class ProvenanceValues(Values):
    """What the edition was made from, and the command that makes it again."""

    kind: Literal["provenance"] = "provenance"
    code: str
    parameters: dict[str, int]
    libraries: dict[str, str]
    inputs: dict[str, str]
    command: str


class SealValues(Values):
    """The seal of the edition on show, null where it has none; its election's chain, null where that is broken."""

    kind: Literal["seal"] = "seal"
    number: int | None
    is_in_time: bool
    seals: int
    head: str | None
    published_number: int


class Plain(Values):
    """A text that rests on nothing of the edition."""

    kind: Literal["text"] = "text"
    name: str


BLOCKS = Blocks(
    NAME,
    BlockType("headline", Plain, "headline"),
    BlockType("runs", RunsValues, "table", "data.runs", classes="half"),
    BlockType("sources", SourcesValues, "table", "data.sources", classes="half"),
    BlockType("quarantine", QuarantineValues, "table", "data.quarantine", classes="half"),
    BlockType("refused", QuarantineValues, "table", classes="continued"),
    BlockType("rulings", RulingsValues, "table", "data.rulings", classes="half"),
    BlockType("licences", Plain, "note", "data.licences"),
    BlockType("files", Plain, "note", "data.files", embeddable=False),
    BlockType("provenance", ProvenanceValues, "table", "data.provenance", classes="prose"),
    BlockType("inputs", ProvenanceValues, "table", classes="prose continued"),
    BlockType("seal", SealValues, "note", "seal.title", classes="prose"),
)


def headline(_view: View) -> Words:
    return words("data.headline")


def blocks(view: View) -> Parts:
    lead = (quiet(words("data.lead")),)
    return (
        BLOCKS.make(view, "headline", Plain(name="headline"), finding=headline(view), lead=lead),
        _sources(view),
        _runs(view),
        *_quarantine(view),
        _rulings(view),
        _licences(view),
        _files(view),
        _seal(view),
        *_provenance(view),
    )


def _sources(view: View) -> Block:
    """How many of this campaign's polls came from where."""
    polls = view.edition.polls.polls
    counts = Counter(poll.source for poll in polls)
    newest = {poll.source: poll.fieldwork_end for poll in sorted(polls, key=lambda poll: poll.fieldwork_end)}
    unsized = sum(poll.sample_size is None for poll in polls)
    undated = sum(poll.published_date is None for poll in polls)
    columns = (
        Column("source", words("data.source"), "link", is_row_header=True),
        Column("polls", words("pollsters.polls"), "count", "int"),
        Column("newest_date", words("data.newest"), "date", "date"),
    )
    rows = tuple((Source(phrase(view, name)), count, newest[name]) for name, count in counts.most_common())
    facts = (
        ((words("data.without_n", n=Number(unsized), all=Number(len(polls))),),),
        ((words("data.without_date", n=Number(undated), all=Number(len(polls))),),),
    )
    return BLOCKS.make(
        view,
        "sources",
        SourcesValues(polls=dict(counts), newest=newest, without_sample_size=unsized, without_published_date=undated),
        finding=words("data.lead"),
        table=Table(columns, rows),
        notes=(Lines(facts),),
    )


# The last refresh


def _runs(view: View) -> Block:
    """How each source answered last; what is not known is not made up."""
    title = words("data.runs")
    runs = runs_of(view.edition)
    if runs is None:
        none = RunsValues(finished_utc=None, sources=())
        notes = (quiet(words("data.runs_none")),)
        return BLOCKS.make(view, "runs", none, heading=title, notes=notes)
    zone = view.electorate.zone
    mine = [run for run in runs.sources if run.election == view.edition.election]
    finished = words("data.finished", when=Moment(runs.finished_utc, zone), zone=Zone(zone))
    return BLOCKS.make(
        view,
        "runs",
        RunsValues(finished_utc=runs.finished_utc, sources=tuple(run.source for run in mine)),
        heading=title,
        said=finished,
        table=_runs_table(view, mine, runs.finished_utc, zone, title) if mine else None,
        notes=() if mine else (quiet(words("data.runs_offline")),),
    )


def _runs_table(view: View, mine: list[SourceRun], finished_utc: str, zone: str, title: Words) -> Table:
    columns = (
        Column("source", words("data.source"), is_row_header=True),
        Column("success", words("data.success"), "date"),
        Column("age_hours", words("data.age"), "number", "float", digits=1),
        Column("change", words("data.change"), "date"),
        Column("failure", words("data.failure"), "date"),
        Column("error", words("data.failure"), under="failure"),
    )
    return Table(columns, tuple(_run(view, run, finished_utc, zone) for run in mine), title)


def _run(view: View, run: SourceRun, finished_utc: str, zone: str) -> tuple[Cell, ...]:
    """One source; its age is that at the end of the last refresh."""
    age = run.age_hours(datetime.fromisoformat(finished_utc))
    return (
        words("data.archive") if run.source == ARCHIVE else phrase(view, run.source),
        _moment(run.last_success_utc, zone),
        words("pollsters.none") if age is None else age,
        _moment(run.last_change_utc, zone),
        _moment(run.last_error_utc, zone),
        (run.last_error or None) if run.last_error_utc else None,
    )


def _moment(utc: str | None, zone: str) -> Cell:
    return Moment(utc, zone) if utc else words("pollsters.none")


# Rows refused, and odd rows that stand


def _quarantine(view: View) -> tuple[Block, ...]:
    """How many rows were refused, by which check, and which."""
    title = words("data.quarantine")
    quarantine = _refused(view)
    if quarantine is None:
        return (_no_quarantine(view, None, words("data.quarantine_unknown")),)
    mine = quarantine.campaign(view.edition.election)
    if not mine.count:
        return (_no_quarantine(view, 0, words("data.quarantine_none")),)
    checks = (
        Column("check", words("data.check"), is_row_header=True),
        Column("rows", words("data.rows"), "count", "int"),
    )
    refused = (
        Column("poll", words("pollsters.polls"), is_row_header=True),
        Column("source", words("data.source")),
        Column("printed", words("data.printed")),
        Column("reason", words("data.reason")),
    )
    values = QuarantineValues(rows=mine.count, by_check=dict(mine.by_check))
    note = words("data.quarantine_count", n=mine.count, when=Moment(quarantine.checked_utc, view.electorate.zone))
    counts = BLOCKS.make(
        view,
        "quarantine",
        values,
        heading=title,
        said=note,
        table=Table(checks, tuple((text(check), count) for check, count in mine.by_check.items()), title),
    )
    rows = tuple((text(row.poll), text(row.source), text(row.text), text(row.reason)) for row in mine.rows)
    listed = BLOCKS.make(
        view,
        "refused",
        values,
        finding=words("data.refused"),
        table=Table(refused, rows, words("data.refused"), is_open=False),
    )
    return counts, listed


def _no_quarantine(view: View, rows: int | None, note: Words) -> Block:
    values = QuarantineValues(rows=rows, by_check={})
    return BLOCKS.make(view, "quarantine", values, notes=(quiet(note),))


def _refused(view: View) -> Quarantine | None:
    """What is in quarantine; None where no record of it can be read."""
    try:
        return compared.store_of(view.edition).record(Quarantine, view.edition.reference.electorate.id)
    except EditionError:
        return None


def _rulings(view: View) -> Block:
    """Odd rows that stand as printed, by the reason they do."""
    counts = Counter(poll.ruling for poll in view.edition.polls.polls if poll.ruling)
    revised = sum(poll.revision > 1 for poll in view.edition.polls.polls)
    columns = (
        Column("ruling", words("data.ruling"), is_row_header=True),
        Column("polls", words("pollsters.polls"), "count", "int"),
    )
    rows = tuple((phrase(view, ruling), count) for ruling, count in counts.most_common())
    note = words("data.rulings_note", n=Number(revised))
    return BLOCKS.make(
        view,
        "rulings",
        RulingsValues(by_ruling=dict(counts), revised=revised),
        said=note,
        table=Table(columns, rows) if rows else None,
        notes=() if rows else (quiet(words("data.rulings_none")),),
    )


# Licences, files, provenance


def _licences(view: View) -> Block:
    items = tuple(((Strong(local(licence, "attributions")),), _terms(licence)) for licence in view.electorate.licences)
    return BLOCKS.make(
        view,
        "licences",
        Plain(name="licences"),
        notes=(*([Lines(items, "lines stacked")] if items else []), quiet(words("data.licences_note"))),
    )


def _terms(licence: Licence) -> Line:
    """A licence by its name, and where it can be read."""
    name = local(licence, "licences")
    return (Anchor(name, licence.licence_url),) if licence.licence_url else (name,)


def _files(view: View) -> Block:
    """The polls and this edition's values, to take away."""
    items = tuple(
        (
            (
                words(f"data.file_{name}", projection=word(view, "projection")),
                " ",
                _file(view, name, "csv"),
                " ",
                _file(view, name, "xlsx"),
            ),
        )
        for name in FILES
    )
    return BLOCKS.make(view, "files", Plain(name="files"), notes=(Lines(items),))


def _file(view: View, name: str, ending: str) -> Anchor:
    parameters = f"election={view.edition.election}&edition={view.edition.id}"
    parameters += f"&kind={_every(view)}" if name == "polls" else ""
    return Anchor(ending.upper(), f"/download/{name}.{ending}?{parameters}", is_file=True)


def _every(view: View) -> str:
    """All kinds of polls, where there is more than one."""
    kinds = {poll.kind for poll in view.edition.polls.polls}
    return "all" if len(kinds) > 1 else next(iter(kinds), "all")


def _seal(view: View) -> Block:
    """Whether this edition was sealed in time, and what the chain it stands in proves."""
    edition, chain = view.edition, sealed_of(view.edition)
    sentence = status.sealed_as(chain, edition)
    number = chain.seals.get(edition.id) if chain else None
    values = SealValues(
        number=number,
        is_in_time=chain is not None and number is not None and edition.id not in chain.made_after_close,
        seals=chain.count if chain else 0,
        head=chain.head if chain else None,
        published_number=chain.published_number if chain else 0,
    )
    notes = (quiet(status.sealed_head(chain)),) if chain else ()
    parts = {"heading": words("seal.title"), "finding": sentence, "lead": (quiet(sentence),), "notes": notes}
    return BLOCKS.make(view, "seal", values, **parts)


def _provenance(view: View) -> tuple[Block, ...]:
    """What the edition was made from: equal inputs, code and libraries give the same bytes."""
    basis, command = view.edition.manifest, remaking_command(view.edition)
    values = ProvenanceValues(
        code=basis.code, parameters=basis.parameters, libraries=basis.libraries, inputs=basis.inputs, command=command
    )
    facts: list[tuple[Cell, ...]] = [
        (words("data.edition"), basis.edition),
        (words("data.code"), basis.code[:SHORT_HASH]),
        *((entry(f"data.parameter_{name}", name), str(value)) for name, value in basis.parameters.items()),
        *((text(name), version) for name, version in basis.libraries.items()),
    ]
    columns = (
        Column("what", words("data.what"), is_row_header=True),
        Column("value", words("method.value")),
    )
    made_from = BLOCKS.make(
        view,
        "provenance",
        values,
        said=words("data.provenance_note"),
        table=Table(columns, tuple(facts)),
        notes=(Code(command),),
    )
    inputs = tuple((text(name), digest[:SHORT_HASH]) for name, digest in basis.inputs.items())
    heads = (
        Column("file", words("data.file"), is_row_header=True),
        Column("digest", words("data.digest")),
    )
    count = words("data.inputs", n=len(inputs))
    listed = BLOCKS.make(view, "inputs", values, finding=count, table=Table(heads, inputs, count, is_open=False))
    return made_from, listed


PAGE = Page("/data", NAME, headline, blocks, BLOCKS.types)
