"""The fold: every page changes what it says and nothing else; a later, poorer reading never replaces a better one."""

from dataclasses import replace

import pytest

from electoral.polls import Poll, ReportedValue, Status
from pipelines.ingest.fold import CampaignLedger, PageCounts
from tests.pipelines.ingest.ledgers import POLL, REFUSAL, empty_ledger, record


@pytest.fixture
def ledger() -> CampaignLedger:
    return empty_ledger()


def changed(counts: PageCounts) -> tuple[int, int, int, int, int]:
    return counts.accepted, counts.revised, counts.withdrawn, counts.unchanged, counts.newly_quarantined


def test_a_changed_poll_is_a_revision_and_the_old_one_is_kept(ledger: CampaignLedger) -> None:
    assert changed(record(ledger, [POLL])) == (1, 0, 0, 0, 0)
    assert changed(record(ledger, [POLL])) == (0, 0, 0, 1, 0)
    corrected = replace(POLL, sample_size=501)
    assert changed(record(ledger, [corrected])) == (0, 1, 0, 0, 0)
    assert ledger.polls() == {"one": corrected}
    assert [one.poll for one in ledger.revisions["one"]] == [POLL, corrected]


def test_a_poll_that_is_gone_leaves_a_tombstone_and_can_come_back(ledger: CampaignLedger) -> None:
    record(ledger, [POLL])
    assert changed(record(ledger, [])) == (0, 0, 1, 0, 0)
    assert changed(record(ledger, [])) == (0, 0, 0, 0, 0)
    assert ledger.polls() == {}
    assert record(ledger, [POLL]).revised == 1


def test_another_source_does_not_bury_a_poll(ledger: CampaignLedger) -> None:
    record(ledger, [POLL])
    assert record(ledger, [], source="other").withdrawn == 0


def test_a_refusal_is_new_once_and_closes_when_it_is_mended(ledger: CampaignLedger) -> None:
    assert record(ledger, [], [REFUSAL], moment="2019-09-01").newly_quarantined == 1
    assert record(ledger, [], [REFUSAL], moment="2019-09-02").newly_quarantined == 0
    (refused,) = ledger.refusals["archive", ""].values()
    assert (refused.row, refused.first_seen_utc) == (REFUSAL, "2019-09-01")
    record(ledger, [])
    assert ledger.refusals["archive", ""] == {}


WHOLE = replace(POLL, unknown=())
LIKUD, ZEHUT = WHOLE.values
OTHER_LIST = ReportedValue("yamina", "Yamina", Status.BELOW_THRESHOLD, None, "2.1")


@pytest.mark.parametrize(
    ("poorer", "adds_up"),
    [
        pytest.param(replace(WHOLE, values=(LIKUD,)), True, id="a cell"),
        pytest.param(replace(WHOLE, values=(ZEHUT,)), False, id="a column with seats"),
        pytest.param(POLL, True, id="the meaning of a column"),
        pytest.param(replace(WHOLE, pollster=None), True, id="the firm"),
        pytest.param(
            replace(WHOLE, values=(LIKUD, replace(ZEHUT, status=Status.NOT_ASKED, pct=None))), True, id="a number"
        ),
    ],
)
def test_a_reading_that_lost_something_is_kept_beside_the_one_that_had_it(
    ledger: CampaignLedger, poorer: Poll, adds_up: bool
) -> None:
    record(ledger, [WHOLE], source="page")
    for _ in range(2):
        assert changed(record(ledger, [poorer], source="page", adds_up=adds_up))[:3] == (0, 0, 0)
        assert ledger.polls() == {"one": WHOLE}
    assert ledger.readings["one", "page", True].poll == poorer
    record(ledger, [replace(WHOLE, values=(LIKUD, ZEHUT, OTHER_LIST))], source="page")
    assert ("one", "page", True) not in ledger.readings
    assert len(ledger.polls()["one"].values) == 3


def test_a_list_in_the_place_of_another_is_a_correction(ledger: CampaignLedger) -> None:
    record(ledger, [WHOLE], source="page")
    corrected = replace(WHOLE, values=(LIKUD, OTHER_LIST))
    assert record(ledger, [corrected], source="page").revised == 1
    assert ledger.polls() == {"one": corrected}


def test_a_page_read_again_has_its_polls_unchanged_and_what_it_had_of_others() -> None:
    first = PageCounts(1, 2, 4, 8, 16, 32, 64, 175, 128, 256, 512, {"odd": 512}, ("said",))
    again = first.read_again()
    assert again == PageCounts(0, 0, 0, 11, 0, 32, 64, 175, 128, 256, 512, {"odd": 512}, ("said",))
    assert again.accounted == first.accounted
    assert again.read_again() == again
