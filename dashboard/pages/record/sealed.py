"""What was sealed before past votes and scored since: a line a horizon, in the sealed record's own numbers."""

from statistics import fmean
from typing import Literal

from dashboard.blocks import Block, BlockType, Cell, Column, Missing, Moment, Table, Values, words
from dashboard.names import named
from dashboard.pages.shared import Blocks, quiet
from dashboard.reader import campaign_of, sealed_of
from dashboard.view import View
from pipelines.editions.records import SealedLine, SealedScores


class SealedValues(Values):
    """The scored lines of every sealed election of this electorate."""

    kind: Literal["sealed"] = "sealed"
    lines: dict[str, tuple[SealedLine, ...]]


BLOCKS = Blocks("record", BlockType("sealed", SealedValues, "table", "seal.scores"))


def block(view: View) -> Block | None:
    """Elections that were sealed and have a result, the newest first; nothing where there is none."""
    editions = {one.id: campaign_of(view.edition, one.id) for one in view.elections}
    chains = {name: sealed_of(edition) for name, edition in editions.items() if edition}
    lines = {name: chain.lines for name, chain in chains.items() if chain and chain.lines}
    if not lines:
        return None
    names = {one.id: named(one) for one in view.elections}
    columns = (
        Column("election", words("record.election"), is_row_header=True),
        Column("before", words("seal.before")),
        Column("seal", words("seal.number"), "count", "int"),
        Column("moment_utc", words("seal.moment"), "date"),
        Column("crps_seats", words("seal.crps"), "seats", "float", digits=2),
        Column("reference_crps_seats", words("seal.crps_reference"), "seats", "float", digits=2),
        Column("skill_pct", words("seal.skill"), "pct", "float", digits=1, is_signed=True),
        *_pair("log_loss_pass", "seal.log_loss"),
        *_pair("brier_majority", "seal.brier"),
        Column("rules", words("seal.rule")),
    )
    rows = tuple((names[name], *_row(view, line)) for name, seals in lines.items() for line in seals)
    table = Table(columns, rows, classes="numeric")
    notes = (quiet(words("seal.scores_note")),)
    summary = words("seal.scores_summary", n=len(lines))
    return BLOCKS.make(view, "sealed", SealedValues(lines=lines), said=summary, table=table, notes=notes)


def _pair(name: str, key: str) -> tuple[Column, Column]:
    """Ours, and the reference's beneath it."""
    ours = Column(name, words(key), "number", "float", digits=3)
    return ours, Column(f"reference_{name}", words("seal.crps_reference"), "number", "float", digits=3, under=name)


def _row(view: View, line: SealedLine) -> tuple[Cell, ...]:
    is_mean = line.before == "mean"
    before = words("seal.mean", n=line.days) if is_mean else words("seal.days_before", n=int(line.before))
    return (
        before,
        Missing("none") if line.seal is None else line.seal,
        Moment(line.moment_utc, view.electorate.zone) if line.moment_utc else Missing("none"),
        line.ours.crps_seats,
        line.reference.crps_seats,
        Missing("none") if line.skill is None else 100 * line.skill,
        line.ours.log_loss_pass,
        line.reference.log_loss_pass,
        _brier(line.ours),
        _brier(line.reference),
        ", ".join(map(str, line.rules)),
    )


def _brier(scores: SealedScores) -> Cell:
    return fmean(scores.brier_majority.values()) if scores.brier_majority else Missing("none")
