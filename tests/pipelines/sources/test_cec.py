"""Result files: every form of 2015–2022 adds up to votes by ballot letters, and a count in progress says so."""

import csv
import re
from pathlib import Path

import pytest

from pipelines.errors import PageRefused
from pipelines.sources.cec import Stage, by_list, parse
from tests.conftest import IS_SOAK
from tests.pipelines.sources.real import real_page

LETTERS = "אמת,ג,מחל,מרץ,נ,ן"
BOXES = f"שם ישוב,סמל ישוב,מספר קלפי,בזב,מצביעים,פסולים,כשרים,{LETTERS}\n"
LOCALITIES = f"סמל ועדה,שם ישוב,סמל ישוב,בזב,מצביעים,פסולים,כשרים,{LETTERS}\n"
BOX = 'אבו גוש,472,1,518,197,6,191,4,0,150,30,5,2\n"ניר ח""ן",11,1,300,101,1,100,0,50,30,10,10,0\n'
ENVELOPES = "מעטפות חיצוניות,99999,1,0,103,3,100,50,0,50,0,0,0\n"
LOCALITY = "18,אבו גוש,472,518,197,6,191,4,0,150,30,5,2\n99,מעטפות חיצוניות,9999,0,103,3,100,50,0,50,0,0,0\n"
PADDED = (
    f" שם ישוב,סמל ישוב,בזב,מצביעים,פסולים,כשרים,{LETTERS}\n"
    "אבו גוש, 0000472, 0000518, 0000197, 0000006, 0000191, 0000004, 0000000, 0000150, 0000030, 0000005, 0000002\n"
    ", 0000000, 0000000, 0000103, 0000003, 0000100, 0000050, 0000000, 0000050, 0000000, 0000000, 0000000\n\n"
)


@pytest.mark.parametrize(
    ("body", "unit", "valid"),
    [
        ((BOXES + BOX + ENVELOPES).encode("cp1255"), "box", 391),
        ((LOCALITIES + LOCALITY).encode("cp1255"), "locality", 291),
        ((LOCALITIES + LOCALITY).replace("\n", "\r\n").encode("utf-8-sig"), "locality", 291),
        ((LOCALITIES + LOCALITY).replace("\n", ",\n").encode("cp1255"), "locality", 291),
        (PADDED.encode("cp1255"), "locality", 291),
    ],
)
def test_each_form_adds_up(body: bytes, unit: str, valid: int) -> None:
    """The unit is told from the columns: expb and expc changed places between elections."""
    count = parse(body, "knesset-99", official_valid=valid)
    assert (count.unit, count.valid, count.stage) == (unit, valid, Stage.FINAL)
    assert sum(count.votes.values()) == valid
    assert list(count.votes) == LETTERS.split(",")
    assert (count.refused, count.warnings) == ((), ())


@pytest.mark.parametrize("thousand", ["1300", "1300.0", '"1,300"', "1.300", "1 300", "1'300", "1’300"])
def test_a_number_is_read_whatever_parts_its_thousands(thousand: str) -> None:
    count = parse((BOXES + f"אבו גוש,472,1,{thousand},{thousand},0,{thousand},0,0,{thousand},0,0,0\n").encode(), "k")
    assert (count.valid, count.votes["מחל"], count.refused) == (1300, 1300, ())


@pytest.mark.parametrize(
    ("header", "row", "why"),
    [
        (BOXES.replace("\n", ",\n"), BOX.replace("\n", ",7\n"), "row 2 has 14 cells under 13 .*drop what has no name"),
        (BOXES.replace("נ,ן", "נ,נ"), BOX, "two columns of the file are called 'נ'; drop one"),
        (BOXES.replace("נ,ן", "נ,turnout"), BOX, "'turnout' is neither known nor ballot letters; drop it"),
    ],
)
def test_a_column_that_cannot_be_read_is_named_with_the_remedy(header: str, row: str, why: str) -> None:
    with pytest.raises(PageRefused, match=why):
        parse((header + row).encode(), "k")


@pytest.mark.parametrize(
    ("text", "official", "stage", "why"),
    [
        (BOXES + BOX, None, Stage.INTERIM, "no official total.*counted last, are not in it"),
        (BOXES + BOX + ENVELOPES, None, Stage.INTERIM, "no official total.*outside envelopes have begun to come in"),
        (BOXES + BOX + ENVELOPES, 392, Stage.INTERIM, "391 valid votes, the official total is 392"),
        (BOXES + BOX + ENVELOPES, 390, Stage.INTERIM, "391 valid votes, the official total is 390"),
        (BOXES + BOX + ENVELOPES, 391, Stage.FINAL, "the official total of 391 valid votes is met"),
        (BOXES + BOX, 291, Stage.FINAL, "is met"),
    ],
)
def test_only_an_official_total_makes_a_count_final(text: str, official: int | None, stage: Stage, why: str) -> None:
    count = parse(text.encode(), "k", official_valid=official)
    assert count.stage is stage
    assert re.search(why, count.why)


TOTALS = {
    "named": 'סה"כ,,,818,298,7,291,54,0,180,40,15,2',
    "named otherwise": "סך הכל ארצי,900,,818,298,7,291,54,0,180,40,15,2",
    "without a code": ",,,818,298,7,291,54,0,180,40,15,2",
    "by its sums alone": "הכל,900,,818,298,7,291,54,0,180,40,15,2",
    "with thousands parted": 'סה״כ,,,"1,818","1,298","1,007","1,291",54,0,180,40,15,2',
    "that cannot be read": "סה״כ,,,n/a,,,,,,,,,",
}
THIRD = "כפר,12,1,0,0,0,0,0,0,0,0,0,0\nעיר,13,1,20,10,0,10,4,0,3,1,1,1\n"


@pytest.mark.parametrize("name", TOTALS)
@pytest.mark.parametrize("is_first", [True, False])
def test_a_total_is_said_and_not_counted(name: str, is_first: bool) -> None:
    total = TOTALS[name]
    boxes = BOX + THIRD
    total = total.replace(",818,298,7,291,54,0,180,40,15,2", ",838,308,7,301,8,50,183,41,16,3")
    body = BOXES + (f"{total}\n{boxes}" if is_first else f"{boxes}{total}\n")
    count = parse(body.encode(), "k")
    assert (count.valid, count.refused, count.stage) == (301, (), Stage.INTERIM)
    assert "is a total and is not counted" in count.warnings[0]


def test_a_total_that_differs_from_its_rows_is_said() -> None:
    count = parse((BOXES + BOX + "סה״כ,,,818,298,7,999,54,0,180,740,15,10\n").encode(), "k")
    assert "it says 999 valid votes, the rows 291" in count.warnings[0]


def test_a_blank_code_is_neither_envelopes_nor_a_place() -> None:
    count = parse((BOXES + BOX + THIRD + "נווה,,1,30,10,0,10,5,0,2,1,1,1\n").encode(), "k", official_valid=301)
    assert "סמל ישוב is blank and the row is no total of the others" in count.refused[0].reason
    assert (count.valid, count.stage) == (301, Stage.INTERIM)
    envelopes = parse((BOXES + BOX + ENVELOPES.replace("99999", "")).encode(), "k")
    assert "begun to come in" in envelopes.why


def rows_with(*columns: tuple[str, int]) -> str:
    """Four boxes, and columns after them that hold the first so many letters of each row added up."""
    head, lines = BOXES.rstrip("\n"), []
    for number in range(4):
        votes = [10 + number, 3 * number, 50 - number, 7, number * number, 1]
        sums = [sum(votes[:parts]) for _, parts in columns]
        lines.append(
            ",".join(map(str, (f"place {number}", number + 1, 1, 500, sum(votes), 0, sum(votes), *votes, *sums)))
        )
    return "\n".join([",".join([head, *(name for name, _ in columns)]), *lines]) + "\n"


@pytest.mark.parametrize("totals", [[("סה״כ", 6)], [("Total", 6)], [("גוש", 3)], [("ימין", 2), ("גוש", 4)]])
def test_a_total_column_is_said_and_not_counted(totals: list[tuple[str, int]]) -> None:
    count = parse(rows_with(*totals).encode(), "k")
    assert count.votes == parse(rows_with().encode(), "k").votes
    assert sorted(count.warnings) == sorted(f"the column {name!r} is a total and is not counted" for name, _ in totals)
    assert count.refused == ()


def test_letters_of_a_list_are_no_total_and_a_file_whose_rows_do_not_add_is_refused_whole() -> None:
    with pytest.raises(
        PageRefused, match=r"4 of 4 rows cannot be counted: the ballots add to \d+, כשרים is \d+ \(row 2\)"
    ):
        parse(rows_with(("גוש", 3)).encode(), "k", ballot={"גוש"})


def test_a_total_without_a_name_that_stands_twice_is_no_part() -> None:
    total = "," * 3 + "818,298,7,291,4,50,180,40,15,2\n"
    count = parse((BOXES + BOX + total + total).encode(), "k", official_valid=291)
    assert (count.stage, len(count.warnings)) == (Stage.FINAL, 2)


def test_two_places_alike_are_no_total() -> None:
    """A row that equals the one other row with votes is another place, not its sum."""
    same = "א,1,1,10,5,0,5,3,0,2,0,0,0\nב,2,1,10,5,0,5,3,0,2,0,0,0\n"
    assert parse((BOXES + same).encode(), "k").valid == 10


def test_a_box_listed_twice_is_counted_once_and_said() -> None:
    first = BOX.splitlines(keepends=True)[0]
    count = parse((BOXES + BOX + first).encode(), "k", official_valid=291)
    assert (count.valid, count.rows, count.stage) == (291, 2, Stage.FINAL)
    assert count.warnings == ("rows 2, 4 are one אבו גוש listed twice: counted once",)
    padded = first.replace(",472,1,", ",0472,1,")
    assert parse((BOXES + BOX + padded).encode(), "k").valid == 291


def test_a_box_with_two_counts_is_refused_naming_both_rows() -> None:
    other = BOX.splitlines()[0].replace(",191,4,", ",191,5,").replace(",30,5,2", ",29,5,2")
    count = parse((BOXES + BOX + other + "\n").encode(), "k")
    assert count.valid == 100
    assert "rows 2, 4 are one place with 191 and 191 valid votes" in count.refused[0].reason
    assert count.stage is Stage.INTERIM


def test_two_boxes_of_one_place_are_two() -> None:
    second = BOX.splitlines()[0].replace(",472,1,", ",472,1.1,")
    assert parse((BOXES + BOX + second + "\n").encode(), "k").valid == 482


@pytest.mark.parametrize("separator", [";", "\t"])
def test_files_saved_by_spreadsheets_are_read(separator: str) -> None:
    text = (BOXES + BOX).replace(",", separator).replace(f"{separator}518", f'{separator}"518.0"')
    title = f"תוצאות הספירה{separator * 5}\n"
    note = f"{separator}הנתונים נכונים לשעה זו\n"
    spelt = text.replace("בזב", 'בז"ב' if separator != '"' else "בזב").replace("סמל ישוב", "סמל יישוב")
    count = parse((title + spelt.replace('בז"ב', '"בז""ב"') + note).encode(), "k")
    assert (count.valid, count.eligible) == (291, 818)
    assert "is a note and is not counted" in count.warnings[0]


def test_turnout_that_differs_is_a_warning_and_votes_that_do_not_add_are_refused() -> None:
    turnout = parse((BOXES + BOX.replace(",197,", ",199,") + ENVELOPES).encode(), "k", official_valid=391)
    assert len(turnout.warnings) == 1
    assert turnout.stage is Stage.FINAL
    votes = parse((BOXES + BOX.replace(",150,", ",151,") + ENVELOPES).encode(), "k", official_valid=200)
    assert "add to 192" in votes.refused[0].reason
    assert votes.stage is Stage.INTERIM


@pytest.mark.parametrize("number", ["-5", "1.5", "٥", "1_0", "", "x", "1e3"])
def test_numbers_are_whole_ascii_numbers(number: str) -> None:
    count = parse((BOXES + BOX.replace(",150,", f",{number},") + ENVELOPES).encode(), "k")
    assert count.refused[0].check == "count"


@pytest.mark.parametrize(
    "body",
    [
        b"", b"a,b\n1,2\n", (BOXES.replace("אמת", "ועדה חדשה") + BOX).encode(),
        (BOXES.replace("אמת", "code") + BOX).encode(),
        (BOXES.replace(",ג,", ",אמת,") + BOX).encode(), BOXES.encode(), (BOXES + BOX)[:-20].encode(), b"\xff\xfe\xfa",
        (BOXES + "א,1,1,0,0,0,0,0,0,0,0,0,0\n").encode(),
    ],
)  # fmt: skip
def test_another_file_is_refused(body: bytes) -> None:
    with pytest.raises(PageRefused):
        parse(body, "k")


def test_letters_are_matched_as_printed_and_then_without_final_forms() -> None:
    votes = {"מרץ": 5, "נ": 3, "ן": 2, "ץ": 1}
    ballot = {"מרצ": "meretz", "נ": "new-right", "ן": "betach"}
    assert by_list(votes, ballot) == ({"meretz": 5, "new-right": 3, "betach": 2}, ("ץ",))
    assert by_list({"ן": 2}, {"נ": "new-right"}) == ({}, ("ן",))


@pytest.mark.parametrize(
    ("name", "election", "final"),
    [
        ("k21_expb_cp1255.csv", "knesset-21", True),
        ("k25_expc_utf8bom_final.csv", "knesset-25", True),
        ("k25_expc_utf8bom_interim.csv", "knesset-25", False),
        ("k23_expc_cp1255_interim.csv", "knesset-23", False),
        ("k20_expb_cp1255_interim.csv", "knesset-20", False),
    ],
)
def test_real_files_equal_the_official_result_or_say_they_are_interim(name: str, election: str, final: bool) -> None:
    official = [row for row in _rows("results.csv") if row["election"] == election]
    turnout = next(row for row in _rows("turnout.csv") if row["election"] == election)
    count = parse(real_page(f"cec/{name}").read_bytes(), election, official_valid=int(turnout["valid"]))
    assert (count.refused, count.warnings) == ((), ())
    assert count.stage is (Stage.FINAL if final else Stage.INTERIM)
    counted, unknown = by_list(count.votes, {row["ballot_letters"]: row["list"] for row in official})
    assert len(counted) == len(official)
    assert sum(count.votes[letters] for letters in unknown) == 0 or not final
    if final:
        assert counted == {row["list"]: int(row["votes"]) for row in official}
        assert count.valid == int(turnout["valid"])


def _rows(name: str) -> list[dict[str, str]]:
    path = Path(__file__).parents[3] / "data" / "raw" / "electorates/il" / name
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


NIGHT = (
    "24-03_02-59-41", "24-03_03-41-54", "24-03_05-23-24", "24-03_07-04-55", "24-03_09-42-24", "24-03_20-52-23",
    "25-03_04-27-19", "25-03_13-31-02", "25-03_16-54-16", "25-03_19-57-16",
)  # fmt: skip
VALID_24 = 4_410_052


@pytest.mark.parametrize("moment", NIGHT if IS_SOAK else (NIGHT[0], *NIGHT[-2:]))
def test_no_file_of_a_real_night_calls_itself_final(moment: str) -> None:
    body = real_page(f"cec/night-24/expb_{moment}.csv").read_bytes()
    alone, official = parse(body, "knesset-24"), parse(body, "knesset-24", official_valid=VALID_24)
    assert (alone.stage, alone.refused) == (Stage.INTERIM, ())
    assert (official.stage is Stage.FINAL) == (official.valid == VALID_24)
    assert official.warnings == ()
