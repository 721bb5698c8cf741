"""How far what was said held: by tenths of a distribution, by the size of lists, and of chances to pass."""

from dashboard.blocks import Block, BlockType, Column, Interval, Join, Missing, Number, Parts, Span, Table, Words, words
from dashboard.pages.record import numbers
from dashboard.pages.record.figure import calibration_figure, chances_figure
from dashboard.pages.record.numbers import ROLLING
from dashboard.pages.shared import Blocks, quiet
from dashboard.view import View
from pipelines.editions.schema import PassCalibration, Record, SizeClass

POOLS = (ROLLING, "pooled")  # the electorate's own elections, and those of all


BLOCKS = Blocks(
    "record",
    BlockType(
        "calibration", numbers.CalibrationValues, "chart", "record.calibration", calibration_figure, classes="half"
    ),
    BlockType("sizes", numbers.SizesValues, "table", "record.sizes"),
    BlockType("chances", numbers.ChancesValues, "chart", "record.chances", chances_figure, classes="half"),
)


def blocks(view: View, record: Record) -> Parts:
    """The blocks that a record has the numbers for."""
    return _tenths(view, record), _sizes(view, record), _chances(view, record)


def _tenths(view: View, record: Record) -> Block | None:
    shares = record.calibration.get(ROLLING)
    if not shares:
        return None
    tenths = len(shares)
    columns = (
        Column("part_pct", words("record.tenth"), "pct", "int", is_row_header=True),
        Column("results_of_100", words("record.held"), "count", "float"),
    )
    rows = tuple(
        (Interval(100 * at_ // tenths, 100 * (at_ + 1) // tenths), 100 * share) for at_, share in enumerate(shares)
    )
    summary = words("record.calibration_summary", outer=Number(100 * (shares[0] + shares[-1])))
    return BLOCKS.make(
        view,
        "calibration",
        numbers.CalibrationValues(shares=tuple(shares)),
        finding=summary,
        table=Table(columns, rows, is_open=False),
        notes=(quiet(summary, " ", words("record.calibration_note")),),
    )


def _sizes(view: View, record: Record) -> Block | None:
    """How often 90 % intervals held, size by size, beside what a calibrated model would show."""
    classes = [(model, row) for model in POOLS for row in record.size_classes.get(model, ())]
    if not classes:
        return None
    columns = (
        Column("model", words("record.model"), is_row_header=True),
        Column("size", words("record.size")),
        Column("held_of_100", words("record.held"), "count", "float"),
        Column("calibrated_of_100", words("record.calibrated"), "count", "float"),
        Column("is_inside", words("table.inside")),
        Column("elections", words("record.elections"), "count", "int"),
        Column("lists", words("record.lists_judged"), "count", "int"),
        Column("cells", words("record.cells"), "count", "int"),
    )
    rows = tuple(
        (
            words(f"record.model_{model}"),
            _size(row),
            100 * row.held,
            Interval(100 * row.band_low, 100 * row.band_high),
            Missing("too_few") if row.is_inside is None else words("table.yes" if row.is_inside else "table.no"),
            row.elections,
            row.lists,
            row.cells,
        )
        for model, row in classes
    )
    summary = Join(
        tuple(
            words(
                "record.size_item",
                size=_size(row),
                held=Number(100 * row.held),
                band=Span(100 * row.band_low, 100 * row.band_high),
            )
            for model, row in classes
            if model == classes[0][0]
        ),
        " ",
    )
    judged = max(row.elections for _, row in classes)
    notes = [quiet(words("record.sizes_note"))]
    if any(row.is_inside is None for _, row in classes):
        notes.append(quiet(words("record.sizes_few", n=judged)))
    values = numbers.SizesValues(
        by_model={name: record.size_classes[name] for name in POOLS if name in record.size_classes}
    )
    table = Table(columns, rows, classes="numeric")
    return BLOCKS.make(view, "sizes", values, said=summary, table=table, notes=tuple(notes))


def _size(row: SizeClass) -> Words:
    if row.high_seats is None:
        return words("record.size_over", n=row.low_seats - 1)
    return words("record.size_span", span=Span(row.low_seats, row.high_seats))


def _chances(view: View, record: Record) -> Block | None:
    """Chances to pass against what passed: slope and intercept in words, the bins as a picture and a table."""
    calibration = record.pass_calibration.get(ROLLING)
    if calibration is None:
        return None
    columns = (
        Column("said_pct", words("record.said_pct"), "pct", "int", is_row_header=True),
        Column("said_of_100", words("record.said_mean"), "count", "float"),
        Column("passed_of_100", words("record.passed"), "count", "float"),
        Column("lists", words("record.lists_judged"), "count", "int"),
        Column("cells", words("record.cells"), "count", "int"),
    )
    rows = tuple(
        (Interval(round(100 * row.low), round(100 * row.high)), 100 * row.said, 100 * row.passed, row.lists, row.cells)
        for row in calibration.bins
    )
    summary = _fit(calibration)
    return BLOCKS.make(
        view,
        "chances",
        numbers.ChancesValues(calibration=calibration),
        finding=summary,
        table=Table(columns, rows, is_open=False),
        notes=(quiet(summary, " ", _recalibration(calibration)), quiet(words("record.chances_note"))),
    )


def _fit(fit: PassCalibration) -> Words:
    return words(
        "record.chances_summary",
        n=fit.elections,
        slope=Number(fit.slope, 2),
        slopes=Span(fit.slope_low, fit.slope_high, 2),
        intercept=Number(fit.intercept, 2),
        intercepts=Span(fit.intercept_low, fit.intercept_high, 2),
    )


def _recalibration(fit: PassCalibration) -> Words:
    return words(
        "record.recalibration_kept" if fit.is_recalibration_kept else "record.recalibration_left",
        slope=Number(fit.recalibrated_slope, 2),
        before=Number(fit.log_loss, 3),
        after=Number(fit.log_loss_recalibrated, 3),
    )
