"""A cell of a raw file that does not fit: file, row, column, value and remedy, in our own words."""

from pathlib import Path

import pytest

from pipelines.electorate.columns import (
    BanRow,
    CorrectionRow,
    LineageRow,
    OutgoingRow,
    PollValueRow,
    ResultRow,
    TurnoutRow,
)
from pipelines.errors import RawDataError
from pipelines.rows import Row, read_rows

DAY = "there is no such day or hour; write one that is in the calendar, as YYYY-MM-DD (and THH:MM)"
WEB = "https://example.org"
ADDRESS = "an address that begins with http:// or https:// and is plain ASCII"
BAD: tuple[tuple[type[Row], dict[str, str], str], ...] = (
    (PollValueRow, {"fieldwork_end": "2019-02-30"}, f"fieldwork_end is '2019-02-30'; {DAY}"),
    (PollValueRow, {"fieldwork_end": "0000-01-01"}, f"fieldwork_end is '0000-01-01'; {DAY}"),
    (PollValueRow, {"fieldwork_end": "30/02/2019"}, "fieldwork_end is '30/02/2019'; write a day as YYYY-MM-DD"),
    (PollValueRow, {"fieldwork_end": ""}, "fieldwork_end is ''; it must not be blank; fill it in"),
    (PollValueRow, {"kind": "guess"}, "kind is 'guess'; write 'poll', 'scenario' or 'exit_poll'"),
    (PollValueRow, {"seats": "nan"}, "seats is 'nan'; write seats as a number"),
    (PollValueRow, {"source": ""}, "source is ''; it must not be blank; fill it in"),
    (BanRow, {"start": "2019-09-14T25:00"}, f"start is '2019-09-14T25:00'; {DAY}"),
    (
        BanRow,
        {"start": "2019-09-19T00:00"},
        "the publication ban ends 2019-09-18 22:00:00, before it starts 2019-09-19 00:00:00; swap them",
    ),
    (
        PollValueRow,
        {"sample_size": "about 500"},
        "sample_size is 'about 500'; write a number of people, or at least so many as \"≥3000\"",
    ),
    (LineageRow, {"date": "2023-02-29"}, f"date is '2023-02-29'; {DAY}"),
    (OutgoingRow, {"from_date": "2023-13-01"}, f"from_date is '2023-13-01'; {DAY}"),
    (TurnoutRow, {"valid": ""}, "valid is ''; it must not be blank; fill it in"),
    (PollValueRow, {"url": "javascript:x"}, f"url is 'javascript:x'; write {ADDRESS}; join several by a blank"),
    (PollValueRow, {"url": f"{WEB} ftp://b"}, f"url is '{WEB} ftp://b'; write {ADDRESS}; join several by a blank"),
    (LineageRow, {"url": f"{WEB}/סקר"}, f"url is '{WEB}/סקר'; write {ADDRESS}"),
    (LineageRow, {"url": f"{WEB}/<b>"}, f"url is '{WEB}/<b>'; write {ADDRESS}"),
    (LineageRow, {"url": f"{WEB} {WEB}"}, f"url is '{WEB} {WEB}'; write {ADDRESS}"),
    (LineageRow, {"url": "//example.org"}, f"url is '//example.org'; write {ADDRESS}"),
    (CorrectionRow, {"field": "lists_close_date", "poll": ""}, "give the poll, or write field as file.column"),
    (CorrectionRow, {"field": "elections.note"}, "give the poll, or write field as file.column"),
    (CorrectionRow, {"applied": "maybe"}, "applied is 'maybe'; write 'yes' or 'no'"),
    (ResultRow, {"list": "Likud"}, "list is 'Likud'; write an id of lower-case letters, digits and hyphens"),
)
GOOD = {
    "election": "knesset-22", "poll": "p", "fieldwork_end": "2019-09-01", "kind": "poll", "label": "Likud",
    "status": "seats", "source": "a page", "start": "2019-09-14T00:00", "end": "2019-09-18T22:00",
    "election_date": "2019-09-17", "date": "2019-09-01", "basis": "polls", "list": "likud", "seats": "3",
    "correction": "c", "field": "kind", "when": "2026-11-29", "why": "main-table", "confidence": "high",
    "applied": "yes",
    "votes": "1", "valid": "1", "ballot_letters": "x", "ballot_name": "x",
}  # fmt: skip


@pytest.mark.parametrize(("model", "changed", "reason"), BAD)
def test_what_is_wrong_is_said_in_our_own_words(
    model: type[Row], changed: dict[str, str], reason: str, tmp_path: Path
) -> None:
    good = {name: GOOD.get(name, "") for name in model.model_fields}
    if model is LineageRow:
        good["kind"] = "form"
    path = tmp_path / "file.csv"
    path.write_text(f"{','.join(good)}\n{','.join(good.values())}\n{','.join((good | changed).values())}\n")
    with pytest.raises(RawDataError) as error:
        read_rows(path, model)
    assert str(error.value) == f"{path}: row 3: {reason}"


def test_a_column_is_there_once(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text(f"{','.join(LineageRow.model_fields)},kind\n")
    with pytest.raises(RawDataError) as error:
        read_rows(path, LineageRow)
    assert str(error.value) == f"{path}: row 1: column 'kind' is there twice; keep the one that counts"
