"""The corrections register: what a row changes, and what it refuses."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from electoral.polls import Fieldwork, Poll, PollKind, ReportedValue, Status
from pipelines.electorate.columns import CorrectionRow
from pipelines.electorate.folder import load
from pipelines.errors import RawDataError
from pipelines.ingest.archive import amend, apply, printed, uncorrected
from pipelines.ingest.normalise import NameIndex
from pipelines.sources.reading import ReportedCell, ReportedPoll

SHAS = ReportedCell("Shas", Status.SEATS, 8.0, None)
NOAM = ReportedCell("Noam", Status.BELOW_THRESHOLD, None, "1.7-2.1")
GANTZ = ReportedCell("National Unity+New Hope", Status.SEATS, 36.0, None)
COHEN = ReportedCell("Cohen", Status.NOT_ASKED, None, None)
POLL = ReportedPoll(
    id="2026-10-01-midgam-channel-12",
    election="knesset-26",
    kind=PollKind.POLL,
    pollster="Midgam",
    publisher="Channel 12",
    fieldwork_start=None,
    fieldwork_end=date(2026, 10, 1),
    published_date=date(2026, 10, 1),
    sample_size=503,
    cells=(SHAS, NOAM, GANTZ, COHEN),
    source="Wikipedia",
    urls=("https://example.org/a",),
)


def row(field: str, before: str | None, after: str | None, **changed: Any) -> CorrectionRow:
    cells = {
        "correction": "one",
        "election": POLL.election,
        "poll": POLL.id,
        "field": field,
        "label": None,
        "before": before,
        "after": after,
        "when": "2026-11-29",
        "why": "publication-differs",
        "source": "Channel 12",
        "url": None,
        "confidence": "high",
        "applied": "yes",
        "note": None,
    }
    return CorrectionRow.model_validate(cells | changed)


def only(*rows: CorrectionRow, poll: ReportedPoll = POLL) -> ReportedPoll:
    (corrected,) = apply([poll], rows)
    return corrected


@pytest.mark.parametrize(
    ("field", "before", "after", "changed"),
    [
        ("published_date", "2026-10-01", "2026-10-02", {"published_date": date(2026, 10, 2)}),
        ("published_date", "2026-10-01", None, {"published_date": None}),
        ("fieldwork_start", None, "2026-09-30", {"fieldwork_start": date(2026, 9, 30)}),
        ("fieldwork_end", "2026-10-01", "2026-09-30", {"fieldwork_end": date(2026, 9, 30)}),
        ("sample_size", "503", "504", {"sample_size": 504}),
        ("sample_size", "503", None, {"sample_size": None}),
        ("pollster", "Midgam", "Kantar", {"pollster": "Kantar"}),
        ("publisher", "Channel 12", "Kan 11", {"publisher": "Kan 11"}),
        ("kind", "poll", "scenario", {"kind": PollKind.SCENARIO}),
        ("added", None, "poll", {}),
    ],
)
def test_a_field_is_replaced_and_nothing_else(field, before, after, changed):
    assert only(row(field, before, after)) == replace(POLL, **changed)


@pytest.mark.parametrize(
    ("label", "before", "after", "cell"),
    [
        ("Shas", "8", "7", ReportedCell("Shas", Status.SEATS, 7.0, None)),
        ("Shas", "8", "(3.1)", ReportedCell("Shas", Status.BELOW_THRESHOLD, None, "3.1")),
        ("Noam", "(1.7-2.1)", "0", ReportedCell("Noam", Status.BELOW_THRESHOLD, 0.0, None)),
        ("Noam", "(1.7-2.1)", "-", ReportedCell("Noam", Status.NOT_ASKED, None, None)),
        ("Cohen", "-", "4", ReportedCell("Cohen", Status.SEATS, 4.0, None)),
    ],
)
def test_a_cell_is_replaced_in_its_place(label, before, after, cell):
    corrected = only(row("cell", before, after, label=label))
    assert [each.label for each in corrected.cells] == [each.label for each in POLL.cells]
    assert [each for each in corrected.cells if each not in POLL.cells] == [cell]
    assert printed(cell) == after


def test_a_cell_that_was_missing_is_added_and_one_that_was_not_printed_goes():
    added = only(row("cell", None, "(1.1)", label="Haredi Public"))
    assert added.cells == (*POLL.cells, ReportedCell("Haredi Public", Status.BELOW_THRESHOLD, None, "1.1"))
    assert only(row("cell", "8", None, label="Shas")).cells == (NOAM, GANTZ, COHEN)


def test_a_scenario_becomes_a_poll_without_the_columns_of_other_questions():
    scenario = replace(POLL, kind=PollKind.SCENARIO)
    ruled = row("label", GANTZ.label, "National Unity", label=GANTZ.label)
    corrected = only(row("kind", "scenario", "poll"), ruled, poll=scenario)
    assert corrected == replace(POLL, cells=(SHAS, NOAM, replace(GANTZ, label="National Unity")))


def test_a_later_row_speaks_of_what_the_earlier_left():
    assert only(row("sample_size", "503", "504"), row("sample_size", "504", "505")).sample_size == 505


def test_one_survey_that_stood_twice_is_one_with_both_citations():
    twin = replace(POLL, id="2026-10-02-midgam-mako", source="themadad.com", urls=("https://example.org/b",))
    merged = apply([POLL, twin], [row("merged_into", None, POLL.id, poll=twin.id)])
    assert merged == [replace(POLL, source="Wikipedia; themadad.com", urls=(*POLL.urls, *twin.urls))]


@pytest.mark.parametrize(
    ("poll", "field"), [("nobody", "sample_size"), (POLL.id, "sum"), (POLL.id, "sample_size"), (None, "lineage.date")]
)
def test_a_reading_that_is_kept_but_unused_changes_nothing(poll, field):
    unused = row(field, "1", "2", poll=poll, applied="no")
    assert apply([POLL], [unused]) == [POLL]


def test_a_column_that_is_not_there_gets_no_other_name():
    assert only(row("label", None, "National Unity", label="Gil")) == POLL


def test_a_correction_of_the_hand_kept_files_is_not_of_a_poll():
    assert apply([POLL], [row("lineage.date", "2026-09-02", "2026-09-01", poll=None)]) == [POLL]


@pytest.mark.parametrize(
    ("changed", "remedy"),
    [
        ({"field": "sample_size", "before": "500", "after": "504"}, "sample_size is '503', not '500'"),
        ({"field": "fieldwork_start", "before": "2026-09-30"}, "fieldwork_start is 'blank', not '2026-09-30'"),
        ({"field": "cell", "before": "9", "after": "7", "label": "Shas"}, "cell is '8', not '9'"),
        ({"field": "cell", "before": "9", "after": "7", "label": "Gil"}, "cell is 'blank', not '9'"),
        ({"field": "cell", "before": "8", "after": "eight", "label": "Shas"}, "after is 'eight'"),
        ({"field": "label", "before": "Gil", "after": "Shas", "label": "Gil"}, "label is 'blank', not 'Gil'"),
        (
            {"field": "label", "before": "Noam", "after": "Shas", "label": "Noam"},
            "after is 'Shas', which names no column, or another",
        ),
        ({"field": "published_date", "before": "2026-10-01", "after": "2026-13-01"}, "after is '2026-13-01'"),
        ({"field": "sample_size", "before": "503", "after": "many"}, "after is 'many'"),
        ({"field": "kind", "before": "poll", "after": "poll of polls"}, "after is 'poll of polls'"),
        ({"field": "kind", "before": "poll", "after": None}, "after is blank"),
        ({"field": "fieldwork_end", "before": "2026-10-01", "after": None}, "after is blank"),
        ({"field": "sum", "before": "119", "after": "120"}, "field is 'sum', which is not of a poll"),
        ({"field": "merged_into", "after": "2026-10-01-nobody"}, "after is '2026-10-01-nobody'"),
        ({"field": "merged_into", "after": POLL.id}, "which is no other poll"),
    ],
)
def test_a_row_that_does_not_fit_ends_the_load_with_its_place_and_the_remedy(changed, remedy):
    with pytest.raises(RawDataError) as caught:
        apply([POLL], [row(**{"field": "added", "before": None, "after": None} | changed)])
    column = f" ({changed['label']})" if "label" in changed else ""
    assert str(caught.value).startswith(f"corrections.csv: one{column}: {POLL.id}: ")
    assert remedy in str(caught.value)


@pytest.fixture(scope="module")
def names(root: Path) -> NameIndex:
    reference = load(root / "data" / "raw")
    return NameIndex.of(reference.campaign("knesset-26"))


VALUES = (("shas", "Shas", 8.0), ("united-torah-judaism", "UTJ", 7.0))
READ = Poll(
    id="2026-10-01-x",
    election="knesset-26",
    kind=PollKind.POLL,
    pollster="midgam",
    publisher="channel-12",
    fieldwork=Fieldwork(date(2026, 9, 30), date(2026, 10, 1)),
    published_date=date(2026, 10, 1),
    sample_size=503,
    values=tuple(ReportedValue(name, label, Status.SEATS, seats, None) for name, label, seats in VALUES),
    source="a page",
)


def amended(names: NameIndex, *rows: CorrectionRow) -> Poll:
    campaign = replace(names.campaign, corrections=rows)
    return amend(READ, replace(names, campaign=campaign), "wikipedia")


@pytest.mark.parametrize(
    ("field", "before", "after", "changed"),
    [
        ("sample_size", "503", "504", {"sample_size": 504}),
        ("sample_size", "500", "504", {}),
        ("published_date", "2026-10-01", "2026-10-02", {"published_date": date(2026, 10, 2)}),
        ("fieldwork_start", "2026-09-30", "2026-09-29", {"fieldwork": Fieldwork(date(2026, 9, 29), date(2026, 10, 1))}),
        ("fieldwork_end", "2026-10-01", "2026-09-30", {"fieldwork": Fieldwork(date(2026, 9, 30), date(2026, 9, 30))}),
        ("fieldwork_end", "2026-10-01", "2026-09-29", {"fieldwork": Fieldwork(None, date(2026, 9, 29))}),
        ("pollster", "Midgam R&C", "MP+TM+SN+A", {"pollster": "mp-tm-sn-a"}),
        ("publisher", "HaHadashot 12", "Channel 13", {"publisher": "channel-13"}),
        ("publisher", "Kan 11", "Channel 13", {}),
        ("kind", "poll", "scenario", {"kind": PollKind.SCENARIO}),
        ("kind", "scenario", "poll", {}),
        ("pollster", None, "Kantar", {}),
    ],
)
def test_a_page_that_still_prints_the_old_value_means_the_new_one(names, field, before, after, changed):
    assert amended(names, row(field, before, after, poll=READ.id)) == replace(READ, **changed)


def test_a_cell_is_amended_under_whatever_name_the_page_has_for_its_list(names):
    swapped = amended(
        names,
        row("cell", "8", "7", label="Shas", poll=READ.id),
        row("cell", "7", "(2.9)", label="United Torah Judaism", poll=READ.id),
    )
    assert [(value.list, value.label, value.status, value.seats, value.pct) for value in swapped.values] == [
        ("shas", "Shas", Status.SEATS, 7.0, None),
        ("united-torah-judaism", "UTJ", Status.BELOW_THRESHOLD, None, "2.9"),
    ]


def test_a_scenario_of_a_page_becomes_the_poll_that_it_was_corrected_to(names):
    values = (
        ReportedValue("national-unity-new-hope", "National Unity+New Hope", Status.SEATS, 36.0, None),
        ReportedValue("cohen", "Cohen", Status.NOT_ASKED, None, None),
    )
    rows = (
        row("kind", "scenario", "poll", poll=READ.id),
        row("label", "National Unity+New Hope", "National Unity", label="National Unity+New Hope", poll=READ.id),
    )
    index = replace(names, campaign=replace(names.campaign, corrections=rows))
    scenario = replace(READ, kind=PollKind.SCENARIO, values=values)
    poll = amend(scenario, index, "wikipedia")
    assert (poll.kind, [(value.list, value.seats) for value in poll.values]) == (
        PollKind.POLL,
        [("national-unity", 36.0)],
    )
    assert uncorrected(poll, index, "wikipedia") == replace(scenario, values=values[:1])


@pytest.mark.parametrize(
    "other",
    [
        row("cell", "9", "7", label="Shas", poll=READ.id),
        row("cell", "8", "7", label="Shas", poll="2026-10-01-y"),
        row("cell", "8", "7", label="Shas", poll=READ.id, applied="no"),
        row("cell", None, "(1.1)", label="Haredi Public", poll=READ.id),
    ],
)
def test_a_third_value_another_poll_and_an_unused_reading_change_nothing(names, other):
    assert amended(names, other) == READ


def test_a_row_of_a_poll_that_is_not_there_changes_nothing() -> None:
    assert apply([], [row("sample_size", "503", "504", poll="2026-10-01-nobody")]) == []
