"""S17, S18: names are what they look like, and a message is one line."""

from pipelines.sources.errors import PageRefused
from pipelines.sources.reading import Ids, name_refusal, name_warning, slug
from pipelines.sources.text import hidden_marks, mixed_scripts, one_line, tidy


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
