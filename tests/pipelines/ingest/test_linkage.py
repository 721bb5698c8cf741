"""F11: one survey from two sources is one poll with two citations; what only looks like it stays apart."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from electoral.polls import Fieldwork, PollKind
from pipelines.errors import PageRefused, RulingRefused
from pipelines.ingest.archive import open_reference
from pipelines.ingest.fold import PageCounts, fold, take_page
from pipelines.ingest.imports import describe, import_file
from pipelines.ingest.linkage import _is_repeat
from pipelines.ingest.page import ParsedPages
from pipelines.ingest.quarantine import accept
from pipelines.ingest.run import rebuild
from pipelines.ingest.store import Ledger
from pipelines.nightly.status import status
from tests.conftest import keep_polls
from tests.pipelines.ingest import ledgers
from tests.pipelines.sources.pages import FULL, body, ordinary, poll_row, scenarios

ELECTION, TODAY = "knesset-26", date(2026, 7, 20)
POLL = "2026-07-16-north-polls-israel-hayom"
HEAD = "fieldwork_end,pollster,publisher,kind,Likud,Together,Shas,UTJ,Ra'am,Hadash–Ta'al,Balad,Dems\n"
SAME = (40, 30, 10, 10, 5, 5, "(2.1%)", 20)


def row(seats: tuple[object, ...] = SAME, day: str = "2026-07-16", outlet: str = "Israel Hayom", kind: str = "") -> str:
    return ",".join(map(str, (day, "North Polls", outlet, kind, *seats))) + "\n"


@pytest.fixture
def desk(data_dir: Path) -> Path:
    """A ledger with one ordinary poll of a page, and a scenario of it; nothing ships."""
    keep_polls(data_dir / "raw", ELECTION, lambda _: False)
    one = ordinary(poll_row("16 Jul", "2026-07-16", "North Polls", "Israel Hayom", FULL))
    what_if = scenarios(
        poll_row("16 Jul", "2026-07-16", "North Polls", "Israel Hayom", ("28", "42", *FULL[2:])), name="A new list"
    )
    bring(data_dir, body(one, what_if), "wikipedia", "page.json")
    return data_dir


def bring(data_dir: Path, content: bytes | str, source: str = "csv", name: str = "desk.csv") -> PageCounts:
    path = data_dir.parent / name
    path.write_bytes(content if isinstance(content, bytes) else (HEAD + content).encode())
    return import_file(data_dir, path, source, ELECTION, TODAY)


def kinds(data_dir: Path) -> dict[str, PollKind]:
    with Ledger.open(data_dir / "processed/ledger.sqlite") as ledger:
        return {poll.id: poll.kind for poll, _ in ledger.polls(ELECTION)}


def words(data_dir: Path, poll: str) -> dict[str, float | None]:
    with Ledger.open(data_dir / "processed/ledger.sqlite") as ledger:
        readings = [one for one in ledger.readings(ELECTION) if one.poll.id == poll and one.is_open]
    return {one.source: one.poll.values[0].seats for one in readings}


def listed(data_dir: Path) -> list[str]:
    assert status(data_dir, TODAY, with_disagreements=False).disagreements == []
    return [one.apart for one in status(data_dir, TODAY).disagreements]


@pytest.mark.parametrize("day", ["2026-07-14", "2026-07-15", "2026-07-16", "2026-07-17", "2026-07-18"])
def test_every_number_the_same_within_two_days_is_one_survey(day: str, desk: Path) -> None:
    before = kinds(desk)
    assert (bring(desk, row(day=day)).accepted, kinds(desk)) == (0, before)
    assert words(desk, POLL) == {"wikipedia": 40, "csv": 40}


def test_three_days_apart_it_is_another_survey(desk: Path) -> None:
    assert bring(desk, row(day="2026-07-19")).accepted == 1


def test_a_source_may_call_ordinary_what_the_other_calls_a_scenario(desk: Path) -> None:
    before = kinds(desk)
    assert (bring(desk, row((28, 42, *SAME[2:]))).accepted, kinds(desk)) == (0, before)
    assert words(desk, f"{POLL}-scenario") == {"wikipedia": 28, "csv": 28}


@pytest.mark.parametrize(("likud", "together"), [(41, 29), (42, 28), (38, 32)])
def test_a_few_seats_apart_is_one_poll_with_two_words_that_are_listed(likud: int, together: int, desk: Path) -> None:
    done = bring(desk, row((likud, together, *SAME[2:])))
    assert (done.accepted, done.revised, done.unchanged) == (0, 0, 1)
    assert words(desk, POLL) == {"wikipedia": 40, "csv": likud}
    assert listed(desk) == [f"likud 40 / {likud}, together 30 / {together}"]
    with Ledger.open(desk / "processed/ledger.sqlite") as ledger:
        used = next(poll for poll, _ in ledger.polls(ELECTION) if poll.id == POLL)
    assert used.values[0].seats == 40, "the first source's word is used"
    assert "csv" in used.source.lower() or "sheet" in used.source.lower()


def test_other_numbers_that_do_not_add_up_are_refused_and_change_nothing(desk: Path) -> None:
    done = bring(desk, row((41, 30, *SAME[2:])) + row(outlet="Maariv"))
    assert (done.accepted, done.quarantined) == (1, 1)
    assert words(desk, POLL) == {"wikipedia": 40}


@pytest.mark.parametrize("seats", [(37, 33), (43, 27)])
def test_further_apart_it_is_another_question_of_the_survey_and_is_said(seats: tuple[int, int], desk: Path) -> None:
    done = bring(desk, row((*seats, *SAME[2:])))
    assert done.accepted == 1
    assert any(f"another question of the survey {POLL}" in warning for warning in done.warnings)
    assert [kind for name, kind in kinds(desk).items() if name != POLL] == [PollKind.SCENARIO] * 2
    assert bring(desk, row((*seats, *SAME[2:])) + row(outlet="Maariv")).accepted == 1
    assert sorted(kinds(desk).values()) == [PollKind.POLL] * 2 + [PollKind.SCENARIO] * 2


def test_for_another_client_it_is_another_poll(desk: Path) -> None:
    assert bring(desk, row((41, 29, *SAME[2:]), outlet="Kan 11")).accepted == 1
    assert list(kinds(desk).values()).count(PollKind.POLL) == 2


def test_two_rows_of_one_source_stay_two(desk: Path) -> None:
    """The sheet itself tells two polls of that day apart: one is ours, the other is nobody's."""
    assert bring(desk, row() + row((41, 29, *SAME[2:]))).accepted == 1
    assert list(kinds(desk).values()).count(PollKind.POLL) == 2


def test_the_order_of_rows_does_not_matter(desk: Path) -> None:
    assert bring(desk, row((41, 29, *SAME[2:])) + row()).accepted == 1
    assert words(desk, POLL) == {"wikipedia": 40, "csv": 40}


def test_what_came_once_comes_again_to_the_same_place(desk: Path) -> None:
    rows = row((41, 29, *SAME[2:])) + row((30, 40, *SAME[2:]), day="2026-07-10")
    assert bring(desk, rows).accepted == 1
    before = kinds(desk)
    done = bring(desk, rows + row(outlet="Maariv"))
    assert (done.accepted, done.unchanged, done.withdrawn) == (1, 2, 0)
    assert kinds(desk).items() > before.items()


def rule(data_dir: Path, printed: str, ruling: str) -> None:
    assert accept(data_dir, f"{ELECTION}/csv/{printed}/twin", ruling, "seen in print") == 0


def test_a_person_rules_that_two_are_two_and_that_holds(desk: Path) -> None:
    rows = row((41, 29, *SAME[2:]))
    bring(desk, rows)
    rule(desk, POLL, f"different:{POLL}")
    assert list(kinds(desk).values()).count(PollKind.POLL) == 2
    assert words(desk, POLL) == {"wikipedia": 40}
    assert words(desk, f"{POLL}-csv") == {"csv": 41}
    assert (bring(desk, rows).accepted, bring(desk, rows + row(outlet="Maariv")).accepted) == (0, 1)
    before = kinds(desk)
    rebuild(desk)
    assert kinds(desk) == before


def test_a_person_rules_that_two_are_one(desk: Path) -> None:
    bring(desk, row((44, 26, *SAME[2:]), outlet="Kan 11"))
    other = "2026-07-16-north-polls-kan-11"
    rule(desk, other, f"same:{POLL}")
    assert words(desk, POLL) == {"wikipedia": 40, "csv": 44}
    assert other not in kinds(desk)
    assert listed(desk) == ["likud 40 / 44, together 30 / 26"]
    before = kinds(desk)
    rebuild(desk)
    assert kinds(desk) == before


@pytest.mark.parametrize("name", ["knesset-26/csv/nobody/twin", "knesset-26/twin", f"knesset-26/xlsx/{POLL}/twin"])
def test_a_word_that_nobody_said_cannot_be_ruled(name: str, desk: Path) -> None:
    bring(desk, row())
    with pytest.raises(RulingRefused, match="nothing quarantined"):
        accept(desk, name, f"same:{POLL}", "x")
    assert not (desk / "raw/desk").exists()


def test_f13_a_sheet_may_lose_a_row_but_not_many_at_once(desk: Path) -> None:
    rows = [row(outlet=f"Paper {number}") for number in range(12)]
    assert bring(desk, "".join(rows)).accepted == 12
    before = kinds(desk)
    for left in (rows[:5], rows[:7]):
        with pytest.raises(PageRefused, match=r"emptied or cut|5 of 12 polls vanished at once"):
            bring(desk, "".join(left))
        assert kinds(desk) == before
    assert bring(desk, "".join(rows[1:])).withdrawn == 1


def test_f18_a_firm_nobody_knew_is_taken_in_and_said_once(desk: Path) -> None:
    new = [row(outlet=f"Paper {number}").replace("North Polls", "Norfh Polls") for number in range(3)]
    familiar = row(outlet="Maariv").replace("North Polls", "Lazar")
    done = bring(desk, "".join([*new, familiar]))
    assert done.accepted == 4
    (warning_text,) = [warning for warning in done.warnings if "nobody knew" in warning]
    assert warning_text.startswith("'Norfh Polls' is a firm nobody knew: it has no history")
    with Ledger.open(desk / "processed/ledger.sqlite") as ledger:
        houses = {poll.pollster for poll, _ in ledger.polls(ELECTION)}
    assert houses == {"north-polls", "norfh-polls", "lazar"}


SAMPLED = HEAD.replace("kind,", "kind,sample_size,")


def sampled(seats: tuple[object, ...], day: str, sample: object, outlet: str = "Channel 14") -> str:
    return ",".join(map(str, (day, "North Polls", outlet, "", sample, *seats))) + "\n"


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_two_surveys_with_samples_of_their_own_stay_two_whoever_brings_them(order: tuple[int, int], desk: Path) -> None:
    """As on 28 September and 1 October 2026: 573 and 2,175 asked, one seat apart; also from two sources."""
    rows = [sampled(SAME, "2026-07-10", 573), sampled((41, 29, *SAME[2:]), "2026-07-13", 2175)]
    one, other = (rows[at] for at in order)
    assert bring(desk, (SAMPLED + one).encode(), name="first.csv").accepted == 1
    assert bring(desk, (SAMPLED + other).encode(), name="second.csv").accepted == 1


@pytest.mark.parametrize(
    ("sample", "is_one"), [(500, True), (504, True), (480, True), ("", True), (2175, False), (600, False)]
)
def test_the_same_numbers_a_day_apart_are_one_survey_unless_the_samples_differ(
    sample: object, is_one: bool, desk: Path
) -> None:
    """The page's poll has asked 500."""
    row_a_day_later = sampled(SAME, "2026-07-17", sample, outlet="Israel Hayom")
    assert bring(desk, (SAMPLED + row_a_day_later).encode()).accepted == (0 if is_one else 1)


@pytest.mark.parametrize(
    ("firm", "outlet", "is_one"),
    [
        ("", "Israel Hayom", True),  # the firm is blank
        ("North Polls", "", True),  # the outlet is
        ("North Polls", "Yisrael Hayom", True),  # the outlet is spelt otherwise
        ("North Polls Ltd", "Israel Hayom", True),
        ("Nnorth Polls News", "Israel Hayom", True),  # a letter doubled and a word more
        ("north‑polls", "ISRAEL HAYOM", True),
        ("North Polls", "Kan 11", False),  # another client
        ("Midgam", "Israel Hayom", False),  # another firm
    ],
)
def test_a_name_that_is_blank_or_spelt_otherwise_makes_no_second_survey(
    firm: str, outlet: str, is_one: bool, desk: Path
) -> None:
    line = ",".join(map(str, ("2026-07-16", firm, outlet, "", *SAME))) + "\n"
    done = bring(desk, line)
    assert done.accepted == (0 if is_one else 1)


@pytest.mark.parametrize(("address", "is_one"), [("https://b.example/poll", False), ("https://a.example/poll", True)])
def test_one_firms_same_numbers_for_an_outlet_nobody_knows_are_another_survey_where_they_have_an_address_of_their_own(
    address: str, is_one: bool, desk: Path
) -> None:
    head = HEAD.replace("kind,", "kind,url,")
    first, second = (
        ",".join(map(str, ("2026-07-10", "North Polls", outlet, "", url, *SAME))) + "\n"
        for outlet, url in (("Maariv", "https://a.example/poll"), ("Qqq", address))
    )
    assert bring(desk, (head + first).encode()).accepted == 1
    assert bring(desk, (head + second).encode()).accepted == (0 if is_one else 1)


SHARES = "fieldwork_start,fieldwork_end,pollster,sample_size,M,L,C,KD,S,V,MP,SD\n"
NOVUS = "17.3,1.8,6.6,6.1,31.8,7.8,7.2,20.4"  # the poll that ships for 19 July 2026, without those who named no list


@pytest.mark.parametrize(
    ("row_of_shares", "is_one"),
    [
        (f"2026-07-06,2026-07-19,Novus,{{n}},{NOVUS}", True),
        ("2026-07-06,2026-07-19,Novus,{n},17.30000,1.8,6.60,6.1,31.8,7.8,7.2,20.40", True),
        (f",{{published}},Novus,{{n}},{NOVUS}", True),  # its day of publication in place of its last day
        ("2026-07-06,2026-07-19,Novus,{n},17,2,7,6,32,8,7,20", True),  # rounded
        (f"2026-07-06,2026-07-19,Novuss,{{n}},{NOVUS}", True),
        ("2026-07-06,2026-07-19,Novuss,{n},17.8,1.8,6.6,6.1,31.3,7.8,7.2,20.4", True),  # misspelt, and a cell corrected
        ("2026-07-06,2026-07-19,Novuss,800,17.8,1.8,6.6,6.1,31.3,7.8,7.2,20.4", False),  # with a sample of its own
        ("2026-07-06,2026-07-19,Novus,{n},14.3,1.8,6.6,6.1,34.8,7.8,7.2,20.4", False),  # three points moved
    ],
)
def test_polls_of_per_cents_are_told_by_what_they_print(row_of_shares: str, is_one: bool, root: Path) -> None:
    campaign = open_reference(root / "data/raw").campaign("se-2026")
    ledger = fold(root / "data/raw", campaign, ParsedPages(None))
    novus = ledger.polls()["2026-07-19-novus"]
    text = row_of_shares.format(n=novus.sample_size, published=novus.published_date)
    content = f"{SHARES}{text.replace('2026-07-06', str(novus.fieldwork.start))}\n".encode()
    snapshot = describe(content, "csv", campaign, date(2026, 9, 1), file="shares.csv")
    done = take_page(ledger, snapshot, content, ParsedPages(None))
    assert (done.accepted, done.quarantined) == (0 if is_one else 1, 0)


ONE = replace(ledgers.POLL, unknown=())
A_DAY_LATER = replace(ONE, fieldwork=Fieldwork(None, ONE.fieldwork.end + timedelta(days=1)))
OTHER_NUMBERS = (replace(ONE.values[0], seats=33.0), *ONE.values[1:])


@pytest.mark.parametrize(
    ("changed", "is_repeat"),
    [
        ({}, True),
        ({"values": OTHER_NUMBERS}, True),
        ({"sample_size": None}, True),
        ({"sample_size": 510}, True),  # the sample of the other, rounded
        ({"sample_size": 600}, False),
        ({"urls": ("https://example.org/another",)}, False),
    ],
)
def test_of_one_day_two_rows_of_a_page_are_one_survey_but_where_they_are_told_apart(
    changed: dict[str, Any], is_repeat: bool
) -> None:
    other = replace(ONE, **changed)
    assert _is_repeat(ONE, other) is _is_repeat(other, ONE) is is_repeat


@pytest.mark.parametrize(
    ("changed", "is_repeat"),
    [
        ({}, True),
        ({"values": OTHER_NUMBERS}, False),
        ({"sample_size": None}, False),
        ({"sample_size": 510}, False),
        ({"urls": ("https://example.org/another",)}, False),
    ],
)
def test_of_two_days_they_are_with_the_very_sample_and_numbers(changed: dict[str, Any], is_repeat: bool) -> None:
    other = replace(A_DAY_LATER, **changed)
    assert _is_repeat(ONE, other) is _is_repeat(other, ONE) is is_repeat


def test_of_two_days_without_samples_they_are_two() -> None:
    assert not _is_repeat(replace(ONE, sample_size=None), replace(A_DAY_LATER, sample_size=None))
