"""S17, S18: names are what they look like, a name has one spelling, and a message is one line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.errors import PageRefused, one_line
from pipelines.sources.reading import Ids, name_refusal, name_warning, slug
from pipelines.sources.text import close_dashes, hidden_marks, is_dash, mixed_scripts, spelling_key, tidy


def test_bidi_and_zero_width_marks_are_dropped_and_flagged() -> None:
    printed = "La\u202ez\u200bar\u2066"
    assert tidy(printed) == "Lazar"
    assert hidden_marks(printed) == ("U+202E", "U+200B", "U+2066")
    assert "U+202E" in str(name_warning(printed))
    assert name_warning("Lazar") is None
    assert name_warning("\u200fמנחם לזר") is None


def test_homoglyphs_are_no_new_pollster() -> None:
    assert mixed_scripts("L\u0430zar")
    assert "mixes alphabets" in str(name_refusal(["Maariv", "L\u0430zar"]))
    assert name_refusal(["Lazar", "Ма́рив", "מעריב", None, "i24 News", "Café"]) is None


def test_a_message_is_one_line_whatever_it_quotes() -> None:
    evil = "x\r\nERROR root: fake\x1b[31m\u2028\u202e"
    assert one_line(evil).isprintable()
    assert str(PageRefused(f"the name is {evil}")).isprintable()
    assert len(one_line("a" * 10_000)) < 130


def test_ids_are_those_of_the_archive() -> None:
    from datetime import date

    from electoral.polls import PollKind

    ids, day = Ids(), date(2026, 1, 1)
    assert ids.next(day, "Yossi Tatika", "Zman Israel") == "2026-01-01-yossi-tatika-zman-israel"
    assert ids.next(day, "Yossi Tatika", "Zman Israel") == "2026-01-01-yossi-tatika-zman-israel-2"
    assert ids.next(day, None, "Channel 2", PollKind.EXIT_POLL) == "2026-01-01-channel-2-exit"
    assert ids.next(day, "Lazar", "Maariv", PollKind.SCENARIO) == "2026-01-01-lazar-maariv-scenario"
    assert slug("מנחם לזר").isalnum()


DASHES = "-‐‑‒–—―−־⁃﹣－"
QUOTES = "'\"`´’‘“”„׳״′″＇＂"
NAMES = ("RZP-Zehut", "Ra'am", "ש״ס", "Blue & White", "Hadash-Ta'al", "Reserv.-NEP", "Joint List")


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        *((f"RZP{before}{dash}{after}Zehut", "RZP-Zehut") for dash in DASHES for before in ("", " ", "\n")
          for after in ("", " ", "\u00a0\n")),
        *((f"Ra{quote}am", "Ra'am") for quote in QUOTES),
        *((f"ש{quote}ס", "ש״ס") for quote in (*QUOTES, "''", "׳׳")),
        ("RZP -- Zehut", "RZP-Zehut"), ("Blue &\u00a0White", "Blue&White"), ("Bennett +Cohen", "Bennett+Cohen"),
        ("Polling firm / Publisher", "polling firm/publisher"), ("ＬＩＫＵＤ", "Likud"),
        ("  Joint \r\n List ", "joint list"),
        ("\u200fיש״ר!\u200f", 'יש"ר!'), ("L\u200bik\u2066ud\u2069", "Likud"), ("חד״ש–תע״ל", "חד״ש־תע״ל"),
        ("STRASSE", "straße"), ("\ufeffLikud", "Likud"), ("Yis\u00adrael", "Yisrael"),
    ],
)  # fmt: skip
def test_one_name_has_one_key_however_it_is_printed(printed: str, name: str) -> None:
    assert spelling_key(printed) == spelling_key(name)


@pytest.mark.parametrize(
    ("one", "other"),
    [("RZP-Zehut", "RZP Zehut"), ("Likud", "Likud B"), ("New Hope", "NewHope"), ("נ", "ן"), ("", "-"), ("1%", "1")],
)
def test_names_that_differ_in_more_than_spelling_stay_apart(one: str, other: str) -> None:
    assert spelling_key(one) != spelling_key(other)


@given(st.text())
def test_the_key_is_total_and_idempotent(text: str) -> None:
    key = spelling_key(text)
    assert spelling_key(key) == key
    assert key == " ".join(key.split())
    assert not any(is_dash(c) and c != "-" for c in key)


@given(st.sampled_from(NAMES), st.sampled_from(DASHES), st.sampled_from(QUOTES), st.data())
def test_respelling_a_name_keeps_its_key(name: str, dash: str, quote: str, data: st.DataObject) -> None:
    blanks = st.sampled_from(("", " ", "\n", "\u00a0", "\u2009 "))
    respelt = "".join(
        data.draw(blanks) + dash + data.draw(blanks)
        if is_dash(c)
        else quote if c in "'״" else data.draw(st.sampled_from((" ", "\n", " \u200f "))) if c == " "
        else data.draw(st.sampled_from((c.upper(), c.lower(), c + "\u200d")))
        for c in name
    )  # fmt: skip
    assert spelling_key(respelt) == spelling_key(name)


@given(st.text())
def test_a_closed_dash_changes_no_key(text: str) -> None:
    assert spelling_key(close_dashes(text)) == spelling_key(text)


@pytest.mark.parametrize(
    ("printed", "label"),
    [("RZP- Zehut", "RZP-Zehut"), ("UAL -Ta'al", "UAL-Ta'al"), ("Labor‑ Gesher", "Labor‑Gesher"),
     ("RZP - OY", "RZP - OY"),
     ("31 Dec – 1 Jan", "31 Dec – 1 Jan"), ("Likud & Shas", "Likud & Shas"), ("– N/a", "– N/a"),
     ("a (b) c", "a (b) c")],
)  # fmt: skip
def test_a_label_stays_as_printed_but_for_its_broken_dash(printed: str, label: str) -> None:
    assert close_dashes(printed) == label
