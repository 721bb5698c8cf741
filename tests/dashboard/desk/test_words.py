"""What a desk is told in words: no more than the numbers say, and the same numbers in every language."""

import re
from datetime import date, datetime

import pytest

from dashboard.desk.words import remarks, sentences
from dashboard.i18n import languages
from pipelines.desk.check import Check, Lead, ListCheck, PollCheck, Remark
from pipelines.electorate import Campaign
from pipelines.electorate.folder import load
from tests.conftest import ROOT

DIGITS = re.compile(r"\d+")


@pytest.fixture(scope="module")
def campaign() -> Campaign:
    return load(ROOT / "data" / "raw", ["il"]).campaign("knesset-22")


def row(name: str, printed: float, previous: float, excess: float) -> ListCheck:
    return ListCheck(
        list=name, label=name, status="seats", printed=printed, printed_pct=None, expected=printed, low=0, high=120,
        is_within=True, lean_pct=None, previous=previous, change=printed - previous, usual_change=3, excess=excess,
    )  # fmt: skip


def poll(*rows: ListCheck, is_clear: bool = True, remarks: tuple[Remark, ...] = ()) -> PollCheck:
    lead = Lead(first=rows[0].list, second=rows[1].list, ahead=3, is_clear=is_clear)
    return PollCheck(
        poll="2019-09-10-midgam", kind="poll", unit="seats", pollster="midgam", publisher=None, is_known_firm=True,
        family=None, polls_of_firm=9, lean=None, fieldwork_start=None, fieldwork_end=date(2019, 9, 10),
        published_date=None, sample_size=510, total=120, whole=120, lists=rows, blocs={}, lead=lead,
        previous="2019-09-03-midgam", previous_end=date(2019, 9, 3), disclosed={}, remarks=remarks,
    )  # fmt: skip


def check(*polls: PollCheck, ban_end: datetime | None = None, remarks: tuple[Remark, ...] = ()) -> Check:
    return Check(
        election="knesset-22", as_of=date(2019, 9, 10), may_publish=ban_end is None, ban_end=ban_end, polls=polls,
        remarks=remarks, becomes=None,
    )  # fmt: skip


def line(result: Check, campaign: Campaign) -> dict[str, str]:
    return next(iter(sentences(result, campaign).values()))


LISTS = row("likud", 34, 30, 0.4), row("blue-and-white", 31, 32, 0)


def test_a_lead_is_said_where_it_is_one_and_a_move_where_it_is_beyond_noise(campaign: Campaign) -> None:
    assert line(check(poll(*LISTS)), campaign)["en"] == (
        "In the Midgam poll of 10 Sept 2019, Likud has 34 seats and leads Blue and White, which has 31 seats."
        " Since the firm's poll of 3 Sept 2019: Likud +4, more than two of its polls differ by when nothing moves."
    )


def test_what_looks_exchanged_bears_no_sentence(campaign: Campaign) -> None:
    swapped = Remark(code="swapped", list="likud", other="shas")
    assert (
        line(check(poll(*LISTS, remarks=(swapped,))), campaign)["en"] == "These numbers bear no sentence as they stand."
    )


def test_within_noise_nobody_leads_and_nothing_moved(campaign: Campaign) -> None:
    text = line(check(poll(*(one.model_copy(update={"excess": 0.0}) for one in LISTS), is_clear=False)), campaign)["en"]
    assert "leads" not in text
    assert "no further apart than the noise of one poll" in text
    assert text.endswith("no list moved by more than the noise of two polls.")


def test_every_language_has_the_same_numbers(campaign: Campaign) -> None:
    for result in (check(poll(*LISTS)), check(poll(*LISTS, is_clear=False)), check(poll(*LISTS), ban_end=BAN_END)):
        texts = line(result, campaign)
        assert texts.keys() == {"en", "he"}
        numbers = {
            code: sorted(re.findall(r"[+]?\d+", re.sub(r"\d+ (Sept|בספט׳|בספטמבר) 2019", "", text)))
            for code, text in texts.items()
        }
        assert len(set(map(tuple, numbers.values()))) == 1, texts


BAN_END = datetime(2019, 9, 17, 22)


def test_what_would_not_be_taken_bears_no_sentence_and_a_ban_is_said(campaign: Campaign) -> None:
    stopped = Remark(code="refused", is_stop=True, reason="sum 121, expected 120")
    assert (
        line(check(poll(*LISTS, remarks=(stopped,))), campaign)["en"] == "These numbers bear no sentence as they stand."
    )
    assert line(check(poll(*LISTS), ban_end=BAN_END), campaign)["en"].endswith(
        "Polls may not be published before 17 Sept 2019, 22:00."
    )


CODES = Remark.model_fields["code"].annotation.__args__


@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("code", CODES)
def test_every_remark_has_words(code: str, lang: str, campaign: Campaign) -> None:
    full = Remark(
        code=code, list="likud", other="shas", poll="2019-09-10-x", value=7, low=2, high=5, reason="sum 121"
    )  # fmt: skip
    (text,) = remarks(check(poll(*LISTS, remarks=(full,)), ban_end=BAN_END), campaign, lang)
    assert len(text) > 10
    assert not re.search(r"[{}]|check\.", text)
