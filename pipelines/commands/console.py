"""What every command shares: its options, its exit codes, and how it speaks."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipelines.log import printable

if TYPE_CHECKING:
    from rich.console import Console

DONE, FAILED, USAGE, DONE_WITH_REMARKS = 0, 1, 2, 3


@cache
def messages() -> "Console":
    """The terminal that messages go to, on stderr."""
    from rich.console import Console  # it takes a fortieth of a second to load, and only a terminal needs it

    return Console(stderr=True, highlight=False, emoji=False)


def _day(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no day; write YYYY-MM-DD") from None


DataDir = Annotated[
    Path, typer.Option("--data-dir", exists=True, file_okay=False, help="The folder with raw/ and processed/.")
]
Today = Annotated[date | None, typer.Option(parser=_day, metavar="DATE", help="Take this day for today.")]
AsOf = Annotated[date | None, typer.Option("--as-of", parser=_day, metavar="DATE", help="Know nothing later.")]
ElectionId = Annotated[str, typer.Option("--election", help="An election's id, as in elections.csv of its electorate.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
DATA = Path("data")


def say(line: str) -> None:
    """One message on stderr; what a source printed cannot move the cursor or start a line of its own."""
    if sys.stderr.isatty():  # a spinner may stand there
        messages().print(printable(line), markup=False, soft_wrap=True)
    else:
        sys.stderr.write(printable(line) + "\n")


@contextmanager
def spinner() -> Iterator[Callable[[str], None]]:
    """Shows the step that is being done, where a terminal watches."""
    if sys.stderr.isatty():
        with messages().status("starting") as status:
            yield status.update
    else:
        yield lambda _step: None


def print_json(document: Any) -> None:
    sys.stdout.write(json.dumps(document, ensure_ascii=False, default=str) + "\n")


def print_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Rows under their heads, each column as wide as what it holds."""
    lines = [[printable(cell) for cell in row] for row in (head, *rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        sys.stdout.write("  ".join(cells).rstrip() + "\n")
