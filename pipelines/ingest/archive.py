"""What ships, normalised and checked, and the corrections register, applied to it and to every page that says it again.

What ships is checked against the register, loud where it differs: both are ours. A page is not: where it still prints
the old value it means the new one, and where it prints a third it has changed and is a revision like any other.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from electoral.polls import Fieldwork, Poll, PollKind, ReportedValue, Status
from pipelines.electorate import Campaign, Reference
from pipelines.electorate.columns import CorrectionRow
from pipelines.electorate.folder import electorates_of, load
from pipelines.errors import RawDataError
from pipelines.sources.archive import check_archive, parse
from pipelines.sources.reading import Refusal, ReportedCell, ReportedPoll, poll_sources

if TYPE_CHECKING:  # a night whose ledger is up to date opens the reference, and normalises nothing
    from pipelines.ingest.normalise import NameIndex

NOT_ASKED, UNDER_THRESHOLD = "-", "0"

# How the text of a field of a poll is read; a blank is not known.
READERS: dict[str, Callable[[str], Any]] = {
    "published_date": date.fromisoformat,
    "fieldwork_start": date.fromisoformat,
    "fieldwork_end": date.fromisoformat,
    "sample_size": int,
    "pollster": str,
    "publisher": str,
    "kind": PollKind,
}
NEVER_BLANK = ("fieldwork_end", "kind")
ARCHIVE = "archive"


def apply(polls: Sequence[ReportedPoll], rows: Iterable[CorrectionRow]) -> list[ReportedPoll]:
    """The polls of one campaign as corrected, in their order; readings that are kept but unused change nothing.

    A row speaks of the poll as the rows before it left it; a poll that is not among them is left out, as in a folder
    that keeps only some of what ships (a test holds the shipped register to the archive). Raises RawDataError naming
    the row and the remedy where a poll does not print what the row says it printed before.
    """
    corrected = {poll.id: poll for poll in polls}
    for row in rows:
        if row.applied == "no" or row.poll not in corrected:
            continue
        if row.field == "merged_into":
            _merge(corrected, row)
        else:
            corrected[row.poll] = _change(corrected[row.poll], row)
    return list(corrected.values())


def amend(poll: Poll, names: "NameIndex", source: str) -> Poll:
    """A page's reading of a poll of the ledger with each value that was corrected in it, where it still has the old.

    Blanks are not filled: what ships does that beside any page.
    """
    return _amended(poll, names.campaign.corrections_of(poll.id), names, source)


def uncorrected(poll: Poll, names: "NameIndex", source: str) -> Poll:
    """A poll of the ledger as it was printed before its corrections: so a page may still have it."""
    rows = [
        row.model_copy(update={"before": row.after, "after": row.before})
        for row in reversed(names.campaign.corrections_of(poll.id))
    ]
    return _amended(poll, rows, names, source)


def _amended(poll: Poll, rows: Iterable[CorrectionRow], names: "NameIndex", source: str) -> Poll:
    for row in rows:
        if row.before is None or row.after is None:
            continue
        if row.field == "cell":
            poll = _amend_value(poll, row, names, source)
        elif row.field == "label":
            poll = _amend_list(poll, row, names, source)
        elif row.field in READERS:
            poll = _amend_fact(poll, row, names)
    return poll


def _amend_list(poll: Poll, row: CorrectionRow, names: "NameIndex", source: str) -> Poll:
    old, new = (names.list_of(str(label), source, poll.fieldwork.end) for label in (row.before, row.after))
    if new in {value.list for value in poll.values}:
        return poll
    values = (replace(value, list=new) if value.list == old else value for value in poll.values)
    return replace(poll, values=tuple(values))


def _amend_value(poll: Poll, row: CorrectionRow, names: "NameIndex", source: str) -> Poll:
    own = names.list_of(str(row.label), source, poll.fieldwork.end)
    new = _read_cell(row, str(row.label))

    def amended(value: ReportedValue) -> ReportedValue:
        cell = ReportedCell(value.label, value.status, value.seats, value.pct)
        if new is None or value.list != own or printed(cell) != row.before:
            return value
        return replace(value, status=new.status, seats=new.seats, pct=new.pct)

    return replace(poll, values=tuple(amended(value) for value in poll.values))


def _amend_fact(poll: Poll, row: CorrectionRow, names: "NameIndex") -> Poll:
    before, after = (_fact(row.field, str(text), poll, names) for text in (row.before, row.after))
    match row.field:
        case "fieldwork_start" if poll.fieldwork.start == before:
            return replace(poll, fieldwork=Fieldwork(after, poll.fieldwork.end))
        case "fieldwork_end" if poll.fieldwork.end == before:
            start = poll.fieldwork.start
            return replace(poll, fieldwork=Fieldwork(start if start and start <= after else None, after))
        case "kind" if poll.kind == before:
            is_ordinary = (before, after) == (PollKind.SCENARIO, PollKind.POLL)
            values = (value for value in poll.values if not is_ordinary or value.status is not Status.NOT_ASKED)
            return replace(poll, kind=after, values=tuple(values))
        case "published_date" | "sample_size" | "pollster" | "publisher" if getattr(poll, row.field) == before:
            changes: dict[str, Any] = {row.field: after}
            return replace(poll, **changes)
    return poll


def _fact(field: str, text: str, poll: Poll, names: "NameIndex") -> Any:
    """A text of the register as a poll of the ledger holds it."""
    if field == "pollster":
        return names.firm(text, poll.fieldwork.end, poll.publisher) or text
    return names.publisher(text) or text if field == "publisher" else READERS[field](text)


def printed(cell: ReportedCell | None) -> str:
    """A cell as the register writes it; blank where the poll has no such cell.

    >>> printed(ReportedCell("Shas", Status.SEATS, 8.0, None))
    '8'
    >>> printed(ReportedCell("Noam", Status.BELOW_THRESHOLD, None, "<1")), printed(None)
    ('(<1)', '')
    """
    if cell is None:
        return ""
    if cell.status is Status.SEATS:
        return f"{cell.seats:g}"
    if cell.status is Status.NOT_ASKED:
        return NOT_ASKED
    return UNDER_THRESHOLD if cell.pct is None else f"({cell.pct})"


def _change(poll: ReportedPoll, row: CorrectionRow) -> ReportedPoll:
    if row.field in READERS:
        return _with_field(poll, row)
    if row.field == "cell":
        return _with_cell(poll, row)
    if row.field == "label":
        return _with_label(poll, row)
    if row.field == "added":  # the poll stands in the archive already: the row says since when
        return poll
    raise _refusal(row, f"field is {row.field!r}, which is not of a poll; write applied as 'no'")


def _with_field(poll: ReportedPoll, row: CorrectionRow) -> ReportedPoll:
    current = getattr(poll, row.field)
    _check_before(row, "" if current is None else str(current))
    if row.after is None and row.field in NEVER_BLANK:
        raise _refusal(row, f"after is blank; a poll has a {row.field}: fill it in")
    try:
        changes: dict[str, Any] = {row.field: None if row.after is None else READERS[row.field](row.after)}
    except ValueError as error:
        raise _refusal(row, f"after is {row.after!r}, which is no {row.field}; docs/electorates.md says how") from error
    changed = replace(poll, **changes)
    return _without_dashes(changed) if (poll.kind, changed.kind) == (PollKind.SCENARIO, PollKind.POLL) else changed


def _without_dashes(poll: ReportedPoll) -> ReportedPoll:
    """A scenario that became a poll, without its dashes: they are columns of the other questions in its table."""
    return replace(poll, cells=tuple(cell for cell in poll.cells if cell.status is not Status.NOT_ASKED))


def _with_label(poll: ReportedPoll, row: CorrectionRow) -> ReportedPoll:
    """A column under the name of the list that stood that day."""
    old = _cell(poll, row.label)
    _check_before(row, old.label if old else "")
    if row.after is None or _cell(poll, row.after):
        raise _refusal(row, f"after is {row.after!r}, which names no column, or another; write what it stands for")
    return _with(poll, row.label, replace(old, label=row.after) if old else None)


def _with_cell(poll: ReportedPoll, row: CorrectionRow) -> ReportedPoll:
    _check_before(row, printed(_cell(poll, row.label)))
    if row.label is None:
        raise _refusal(row, "label is blank; name the column")
    return _with(poll, row.label, _read_cell(row, row.label))


def _with(poll: ReportedPoll, label: str | None, new: ReportedCell | None) -> ReportedPoll:
    """A poll with one cell in place of that of a label: at the end where it had none, left out where it is None."""
    cells = [new if cell.label == label else cell for cell in poll.cells]
    if _cell(poll, label) is None:
        cells.append(new)
    return replace(poll, cells=tuple(cell for cell in cells if cell is not None))


def _cell(poll: ReportedPoll, label: str | None) -> ReportedCell | None:
    return next((cell for cell in poll.cells if cell.label == label), None)


def _read_cell(row: CorrectionRow, label: str) -> ReportedCell | None:
    """The cell that `after` writes, in the form of `printed`."""
    text = row.after
    if text is None:
        return None
    if text == NOT_ASKED:
        return ReportedCell(label, Status.NOT_ASKED, None, None)
    if text == UNDER_THRESHOLD:
        return ReportedCell(label, Status.BELOW_THRESHOLD, 0.0, None)
    if text.startswith("(") and text.endswith(")"):
        return ReportedCell(label, Status.BELOW_THRESHOLD, None, text[1:-1])
    try:
        return ReportedCell(label, Status.SEATS, float(text), None)
    except ValueError as error:
        raise _refusal(row, f"after is {text!r}, which is no cell; write 8, (2.8), 0 or -") from error


def _merge(corrected: dict[str, ReportedPoll], row: CorrectionRow) -> None:
    """One survey that stood twice: the other poll stays, with both citations."""
    poll, other = corrected[str(row.poll)], corrected.get(row.after or "")
    if other is None or other is poll:
        raise _refusal(row, f"after is {row.after!r}, which is no other poll; write the id of the one that stays")
    sources = "; ".join(dict.fromkeys((other.source, poll.source)))
    corrected[other.id] = replace(other, source=sources, urls=tuple(dict.fromkeys((*other.urls, *poll.urls))))
    del corrected[poll.id]


def _check_before(row: CorrectionRow, current: str) -> None:
    if current != (row.before or ""):
        printed_now, printed_before = current or "blank", row.before or "blank"
        raise _refusal(row, f"{row.field} is {printed_now!r}, not {printed_before!r}; mend before, or drop the row")


def _refusal(row: CorrectionRow, reason: str) -> RawDataError:
    place = f"corrections.csv: {row.correction}" + (f" ({row.label})" if row.label else "")
    return RawDataError(f"{place}: {row.poll}: {reason}")


def open_reference(raw: Path, election: str = "all") -> Reference:
    """The electorate of an election, or every one, once no archive file of it names an election it does not know.

    Raises RawDataError.
    """
    reference = load(raw, electorates_of(raw, election))
    check_archive(raw, {name: campaign.electorate.id for name, campaign in reference.campaigns.items()})
    return reference


def family_of(citation: str) -> str:
    """The source that a row of the archive was compiled from, by the citation it begins with.

    >>> family_of("Wikipedia: Opinion polling for the 2026 …"), family_of("press report")
    ('wikipedia', 'archive')
    """
    return next((source for source in poll_sources() if citation.lower().startswith(source)), ARCHIVE)


def shipped_polls(raw: Path, names: "NameIndex") -> tuple[tuple[Poll, ...], list[Refusal]]:
    """The polls that ship for a campaign, corrected, normalised and checked, and the rows that were refused.

    A column nobody knows refuses its poll: what ships is ours, and an alias is a line away.
    """
    from pipelines.ingest.checks import check
    from pipelines.ingest.normalise import normalise

    polls: list[Poll] = []
    refused: list[Refusal] = []
    for reported in apply(parse(raw, names.campaign.election.id), names.campaign.corrections):
        outcome = normalise(reported, ARCHIVE, names)
        if isinstance(outcome, Refusal):
            refused.append(outcome)
        elif outcome.unknown_reasons:
            reason = "; ".join(outcome.unknown_reasons.values())
            refused.append(Refusal(reported.election, ARCHIVE, reported.id, "list-name", reported.id, reason))
        else:
            polls.append(outcome.poll)
    checked = check(polls, ARCHIVE, names.campaign)
    return tuple(_merged(checked.polls, names.campaign)), [*refused, *checked.refused]


def accept(raw: Path, campaign: Campaign) -> tuple[tuple[Poll, ...], list[Refusal]]:
    """The polls that ship for a campaign and the rows refused, for those who need no ledger."""
    from pipelines.ingest.normalise import NameIndex

    return shipped_polls(raw, NameIndex.of(campaign))


def _merged(polls: Iterable[Poll], campaign: Campaign) -> Iterator[Poll]:
    """One poll where a ruling says that two rows are one survey: the first, with both citations."""
    same = {row.poll: row.printed for row in campaign.rulings.values() if (row.check, row.ruling) == ("twin", "same")}
    rows = list(polls)
    sources = {poll.id: poll.source for poll in rows}
    for poll in rows:
        if poll.id in same:
            continue
        cited = [poll.source, *(sources[twin] for twin, first in same.items() if first == poll.id and twin in sources)]
        yield replace(poll, source="; ".join(dict.fromkeys(cited)))
