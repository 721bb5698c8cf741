"""Result files: every form of 2015–2022 adds up to votes by ballot letters, and a count in progress says so."""

import csv
from pathlib import Path

import pytest

from pipelines.sources.cec.parse import Stage, by_list, parse
from pipelines.sources.errors import PageRefused
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
    count = parse(body, "knesset-99")
    assert (count.unit, count.valid, count.stage) == (unit, valid, Stage.FINAL)
    assert sum(count.votes.values()) == valid
    assert list(count.votes) == LETTERS.split(",")
    assert (count.refused, count.warnings) == ((), ())


def test_a_count_in_progress_is_interim() -> None:
    assert parse((BOXES + BOX).encode(), "k").stage is Stage.INTERIM
    assert parse((BOXES + BOX + ENVELOPES).encode(), "k", official_valid=392).stage is Stage.INTERIM
    assert parse((BOXES + BOX + ENVELOPES).encode(), "k", official_valid=391).stage is Stage.FINAL


def test_turnout_that_differs_is_a_warning_and_votes_that_do_not_add_are_refused() -> None:
    turnout = parse((BOXES + BOX.replace(",197,", ",199,") + ENVELOPES).encode(), "k")
    assert len(turnout.warnings) == 1
    assert turnout.stage is Stage.FINAL
    votes = parse((BOXES + BOX.replace(",150,", ",151,") + ENVELOPES).encode(), "k")
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
    known = {"מרצ": "meretz", "נ": "new-right", "ן": "betach"}
    assert by_list(votes, known) == ({"meretz": 5, "new-right": 3, "betach": 2}, ("ץ",))
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
    found, unknown = by_list(count.votes, {row["ballot_letters"]: row["list"] for row in official})
    assert len(found) == len(official)
    assert sum(count.votes[letters] for letters in unknown) == 0 or not final
    if final:
        assert found == {row["list"]: int(row["votes"]) for row in official}
        assert count.valid == int(turnout["valid"])


def _rows(name: str) -> list[dict[str, str]]:
    path = Path(__file__).parents[3] / "data" / "raw" / "electorates/il" / name
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))
