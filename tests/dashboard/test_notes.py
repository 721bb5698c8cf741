"""What a desk writes beside an edition and what the law says of earlier numbers stand on every page."""

import copy
from datetime import date, datetime
from pathlib import Path

import pytest

from dashboard import status
from dashboard.i18n import translator
from dashboard.names import phrase
from dashboard.pages import PAGES
from dashboard.reader import Clock, Reader, notes_folder, read_note
from dashboard.render.text import name_text, plain
from dashboard.serve import release
from dashboard.settings import settings
from tests.dashboard import editions
from tests.dashboard.conftest import TODAY, Client, view_of

SENTENCES = {
    "en": "This poll is not up to date; nothing about voting or opinion today can be learned from it.",
    "he": "הסקר אינו עדכני ואין ללמוד ממנו על דפוסי הצבעה או עמדות של הציבור ביום הפרסום",
}
WORDS = {lang: {**found, "outdated_poll": SENTENCES[lang]} for lang, found in editions.ELECTORATE.words.items()}
BAN = (datetime(2019, 9, 1), datetime(2019, 9, 17, 22))


def write(processed: Path, edition: str, text: str) -> None:
    folder = notes_folder(processed)
    folder.mkdir(parents=True, exist_ok=True)
    fresh = folder / "fresh"
    fresh.write_text(text, "utf-8")
    fresh.rename(folder / f"{edition}.toml")


def test_a_note_stands_above_the_numbers_of_its_edition_from_the_next_request_on(
    processed: Path, client_of: Client
) -> None:
    client, reader = client_of(processed), Reader(processed)
    edition = reader.edition()
    clock, electorate = Clock(lambda: TODAY), edition.reference.electorate
    before = release.name(reader, clock, electorate)
    assert "Editor’s note" not in client.get("/?lang=en").get_data(as_text=True)
    write(processed, edition.id, 'en = "One firm <b>withdrew</b> a poll."\nhe = "סוקר אחד משך סקר."')
    page = client.get("/?lang=en").get_data(as_text=True)
    assert "Editor’s note: " in page
    assert "&lt;b&gt;withdrew" in page
    assert "הערת העורך" in client.get("/coalitions?lang=he").get_data(as_text=True)
    assert release.name(reader, clock, electorate) != before


def test_a_note_that_cannot_be_read_is_left_out_and_said(processed: Path, caplog: pytest.LogCaptureFixture) -> None:
    write(processed, "x", "en = unquoted")
    assert read_note(processed, "x") == {}
    assert "write one text a language" in caplog.text
    assert read_note(processed, "y") == {}


@pytest.mark.parametrize("lang", SENTENCES)
@pytest.mark.parametrize("path", PAGES)
def test_inside_a_ban_every_page_and_picture_carries_the_sentence_of_the_law(
    tmp_path: Path, path: str, lang: str
) -> None:
    electorate = editions.ELECTORATE.model_copy(update={"words": WORDS})
    edition = editions.publish(tmp_path, ban=BAN, electorate=electorate)
    t = translator(lang)
    inside, before = view_of(edition, path, lang), view_of(edition, path, lang, date(2019, 8, 30))
    assert SENTENCES[lang] in [plain(notice, t) for _, notice in status.notices(inside)]
    assert SENTENCES[lang] in plain(status.source_line(inside), t)
    assert SENTENCES[lang] not in plain(status.source_line(before), t)
    assert SENTENCES[lang] not in [plain(notice, t) for _, notice in status.notices(before)]


def test_the_knesset_has_the_words_of_its_law() -> None:
    """To the letter, as data of the electorate."""
    settings_text = (Path(__file__).parents[2] / "data/raw/electorates/il/electorate.toml").read_text("utf-8")
    assert all(f'outdated_poll = "{sentence}"' in settings_text for sentence in SENTENCES.values())


@pytest.mark.parametrize(
    ("written", "link"),
    [("desk@example.org", "mailto:desk@example.org"), ("https://example.org/errors", "https://example.org/errors")],
)
def test_a_reader_can_report_an_error(
    processed: Path, client_of: Client, monkeypatch: pytest.MonkeyPatch, written: str, link: str
) -> None:
    assert "Report an error" not in client_of(processed).get("/?lang=en").get_data(as_text=True)
    monkeypatch.setenv("HEMICYCLE_CORRECTIONS", written)
    assert f'href="{link}"' in client_of(processed).get("/?lang=en").get_data(as_text=True)


@pytest.mark.parametrize("wrong", ["javascript:alert(1)", "desk", "https://", 'a@b" onclick="x'])
def test_an_address_for_corrections_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    monkeypatch.setenv("HEMICYCLE_CORRECTIONS", wrong)
    with pytest.raises(ValueError, match="HEMICYCLE_CORRECTIONS"):
        settings()


def test_a_source_is_said_part_by_part_in_the_readers_language(processed: Path) -> None:
    edition = copy.copy(Reader(processed).edition())
    phrases = {"The page": {"he": "הדף"}, "The page and more": {"he": "הדף ועוד"}, "+ n": {"en": "and sizes"}}
    vars(edition)["reference"] = edition.reference.model_copy(update={"phrases": phrases})
    view = view_of(edition)
    assert name_text(phrase(view, "The page + n"), translator("he")) == "הדף + n"
    assert name_text(phrase(view, "The page and more"), translator("he")) == "הדף ועוד"
    assert name_text(phrase(view, "The page + n"), translator("en")) == "The page and sizes"
    assert name_text(phrase(view, "other"), translator("he")) == "other"
