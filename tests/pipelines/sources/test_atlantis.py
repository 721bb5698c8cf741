"""The worked example of docs/sources.md, as it is printed there."""

import csv
import io
import re
from datetime import date
from pathlib import Path

from electoral.polls import PollKind, Unit
from pipelines.electorate.settings import read_sources
from pipelines.sources.cells import read_value
from pipelines.sources.dates import Around, read_days
from pipelines.sources.guards import refuse_emptied
from pipelines.sources.reading import PageCollector, Reading, ReportedPoll, RowRefused, Scope, Source
from pipelines.sources.text import decode

DOC = (Path(__file__).parents[3] / "docs" / "sources.md").read_text("utf-8")
SCOPE = Scope("atlantis-1", "The Atlantean: all polls", date(2026, 1, 1), date(2026, 10, 4), unit=Unit.SHARE)
FILE = b"""day,firm,blue,red,other
2026-02-03,Deep Polls,40.5,39,20.5
2026-02-30,Deep Polls,40,40,20
2026-03-01,Deep Polls,forty,40,20
"""


def printed(language: str) -> str:
    """A block of the example, without the indentation of its list."""
    (block,) = re.findall(rf"\n   ```{language}\n(.*?)\n   ```", DOC, re.DOTALL)
    return "\n".join(line.removeprefix("   ") for line in block.split("\n"))


def test_the_module_reads_a_file_and_accounts_for_every_row() -> None:
    names = {
        each.__name__: each
        for each in (
            csv, io, PollKind, Unit, ReportedPoll, RowRefused, read_value, Around, read_days, decode, refuse_emptied,
            PageCollector, Reading, Scope, Source,
        )
    }  # fmt: skip
    exec(printed("python"), names)
    source = names["SOURCE"]
    assert isinstance(source, Source)
    reading = source.parse(FILE, SCOPE)
    assert (len(reading.polls), len(reading.refused), reading.rows) == (1, 2, 3)
    assert reading.accounted == reading.rows
    (poll,) = reading.polls
    assert (poll.id, poll.unit, [cell.pct for cell in poll.cells]) == (
        "2026-02-03-deep-polls", Unit.SHARE, ["40.5", "39", "20.5"],
    )  # fmt: skip


def test_its_table_is_one_of_sources_toml(tmp_path: Path) -> None:
    (tmp_path / "sources.toml").write_text(printed("toml"), "utf-8")
    assert read_sources(tmp_path)["atlantis"].attribution == "The Atlantean"
