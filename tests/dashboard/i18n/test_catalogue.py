"""Every word is there, in every language, and every one is used."""

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel import Locale

from dashboard.i18n import DEFAULT, FOLDER, HIDDEN, Language, Text, keys, languages, offered, translator

DASHBOARD = Path(__file__).parents[3] / "dashboard"
SCRIPTS = {"Hebr": ("\u0590", "\u05ff")}
SAME_IN_EVERY_LANGUAGE = {"trends.line_lowess"}
FORMATS = {"date.full", "date.month"}  # CLDR's skeletons, not words
EXACT = re.compile(r"\d+", re.ASCII)


def forms(text: Text) -> list[str]:
    return [text] if isinstance(text, str) else list(text.values())


def slots(text: str) -> set[str]:
    """The slots of a form; a language says the house with its article or without."""
    return {name.removeprefix("the_") for _, name, _, _ in string.Formatter().parse(text) if name}


def sources() -> Iterator[ast.AST]:
    for path in DASHBOARD.rglob("*.py"):
        yield from ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def constants() -> tuple[set[str], set[str]]:
    """Whole string constants in the code, and the beginnings of composed ones."""
    whole, beginnings = set(), set()
    for node in sources():
        if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
            beginnings.add(node.values[0].value)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            whole.add(node.value)
    return whole, beginnings


def used_keys() -> set[str]:
    """Keys the code asks the translator for by name."""
    keys = set()
    for node in sources():
        if (
            isinstance(node, ast.Call)
            and (getattr(node.func, "id", "") in ("t", "words") or getattr(node.func, "attr", "") == "__call__")
            and node.args
            and isinstance(node.args[0], ast.Constant)
        ):
            keys.add(node.args[0].value)
    return keys


def test_every_key_the_code_asks_for_exists() -> None:
    assert used_keys() <= keys()
    assert len(used_keys()) > 60


def test_every_key_is_used() -> None:
    whole, beginnings = constants()
    sections = {key.split(".")[0] for key in keys()}
    composed = {start for start in beginnings if start.count(".") and start.split(".")[0] in sections}
    unused = {key for key in keys() if key not in whole and not any(key.startswith(start) for start in composed)}
    assert unused == set()


def test_a_language_is_a_file() -> None:
    assert {path.stem for path in FOLDER.glob("*.toml")} == set(languages())
    assert next(iter(languages())) == DEFAULT


OTHERS = [language for code, language in languages().items() if code != DEFAULT]


@pytest.mark.parametrize("language", languages().values(), ids=lambda language: language.code)
def test_a_language_quotes_by_one_pair_of_marks(language: Language) -> None:
    printed = {mark for text in language.texts.values() for form in forms(text) for mark in form if mark in "“”„«»״"}
    assert printed <= {*"“”"} or len(printed) == 1


@pytest.mark.parametrize("language", OTHERS, ids=lambda language: language.code)
def test_languages_have_the_same_keys_with_the_same_slots(language: Language) -> None:
    english = languages()[DEFAULT].texts
    assert set(language.texts) == set(english)
    for key, text in language.texts.items():
        wanted = set.union(*map(slots, forms(english[key])))
        filled = set.union(*map(slots, forms(text)))
        assert filled == wanted, key


@pytest.mark.parametrize("language", languages().values(), ids=lambda language: language.code)
def test_plural_forms_are_those_of_the_language(language: Language) -> None:
    """Every category that CLDR has for whole numbers, and no other; a count of its own may stand beside them."""
    wanted = {language.plural(n) for n in range(200)}
    english = languages()[DEFAULT].texts
    for key, text in language.texts.items():
        assert not isinstance(english[key], dict) or isinstance(text, dict) or len(wanted) == 1, key
        if not isinstance(text, str):
            assert {form for form in text if not EXACT.fullmatch(form)} == wanted, key


@pytest.mark.parametrize("language", languages().values(), ids=lambda language: language.code)
def test_nothing_is_empty_and_words_are_in_the_script_of_the_language(language: Language) -> None:
    first, last = SCRIPTS.get(language.script, ("A", "\u024f"))
    for key, text in language.texts.items():
        assert all(form.strip() for form in forms(text)), key
        if key not in SAME_IN_EVERY_LANGUAGE | FORMATS:
            assert all(any(first <= letter <= last for letter in form) for form in forms(text) if has_words(form)), key


def has_words(form: str) -> bool:
    """Whether a form has words of its own, not only slots."""
    return any(char.isalpha() for literal, *_ in string.Formatter().parse(form) for char in literal)


def test_never_will_and_never_promise() -> None:
    texts = [form for text in languages()[DEFAULT].texts.values() for form in forms(text)]
    assert not [form for form in texts if " will " in f" {form} " or "promise" in form or " eve " in f" {form} "]


OF_ONE_ELECTORATE = re.compile(
    r"knesset|israel|jerusalem|hebrew|friday|bader|ofer|likud|arab|riksdag|bundestag|kamer"
    r"|\bה?כנסת|ישראל|ירושלים|שישי|\bבדר|ערבי|fredag",
    re.IGNORECASE,
)


@pytest.mark.parametrize("language", languages().values(), ids=lambda language: language.code)
def test_no_word_belongs_to_one_electorate(language: Language) -> None:
    wrong = {
        key: form for key, text in language.texts.items() for form in forms(text) if OF_ONE_ELECTORATE.search(form)
    }
    assert wrong == {}


AGREEMENTS = re.compile("surplus|עודפים|överskott", re.IGNORECASE)


@pytest.mark.parametrize("language", languages().values(), ids=lambda language: language.code)
def test_words_about_agreements_stand_only_where_they_can_be_left_out(language: Language) -> None:
    about_agreements = {key for key, text in language.texts.items() for form in forms(text) if AGREEMENTS.search(form)}
    always = {"threshold.agreements", "what_if.agreements", "method.seats_agreements", "footer.basis_agreements"}
    assert always <= about_agreements <= {*always, "what_if.headline_agreements"}


NEVER_SAID = {  # what a copy desk took out, by language
    "en": r"nought|in store|\d %|(?<!line is )\bbroken\b|\bbreaks?\b(?! the line)"
    r"|\b(?:lied|liars?|promise[ds]?)\b|printed so",
    "he": r"מדומ[הו]|זיכוי|לזכות|הודפס|נדפס|המוחלק|(?<!ה)רווח(?! הוא)|רווחי|(?<!עבודת )השדה|\d אחוז|(\S+) אחר \1"
    r"|בתיקו|מול השדה|ל\{bloc\}|לא משויכים|שאינם בוחרים|ערכים סבירים|בונה הקואליציה|הבטח|הבטיח|שיקר|הפר[הו]?\b"
    r"|לאחר החלקה|מבחן העבר|מי נספר היכן|^קווים של|נקודות של|לוח לכל קו|חלק חיוור|לפי מה שחלק|הרצועה מחזיקה|כמה צירופים"
    r"|אין בכך כדי|שלילה מוצהרת|חלוקה מרכזית|הקולות מול אחוז|\d בסך הכול|איתו, מתוך|נמסר שיבוא|מי אומר|היו אחרים"
    r"|של מי שמשנה|מהקולות נשמרים|חתימה על נוסף|עומד בנפרד|או צדק|ב־\+|אין עבר|המקרה לבדו|כל השורות האלה|היה אחיד"
    r"|מפרידות מעט|מאין באים|[“„]",
}
STANDS = {  # what the copy desk put in its place, by key
    "readings.title": "לפי אילו סקרים", "nav.record": "כמה דייקנו", "pollsters.records": "הדיוק בבחירות קודמות",
    "blocs.open": "אילו רשימות בכל גוש", "trends.of": "לפי", "trends.firm": "נקודות: סקרי", "trends.panels": "תרשים",
    "trends.panels_one": "משותף", "trends.panels_each": "תרשים לכל רשימה", "pollsters.ninety": "טווח של 90%",
    "pollsters.skill": "ביחס לשאר הסוקרים", "pollsters.field_error": "השגיאה הממוצעת של כולם",
    "pollsters.apart": "בלי הסוקר החריג, או אם הוא צודק", "coalitions.list_title": "קואליציות אפשריות",
    "coalitions.list_short": "זה אינו אומדן לסיכוי שתקום ממשלה כזאת", "coalitions.conflict_with": "שללה ישיבה עם",
    "coalitions.open": "מחשבון הקואליציה", "coalitions.meter": "התפלגות המנדטים בסימולציות",
    "threshold.lost": "קולות אבודים", "threshold.votes": "שיעור הקולות ואחוז החסימה",
    "threshold.overall": "בכלל הסימולציות", "threshold.bloc_seats": "מנדטים: {bloc}",
    "threshold.chance_with": "סיכוי ל־{majority} עם ההסכם", "threshold.chance_without": "בלי ההסכם",
    "threshold.said_some": "דווח שייחתם", "threshold.sources": "מקורות", "what_if.headline": "ומה אם? איחוד, פרישה",
    "what_if.lead": "הנחה שלכם", "what_if.keep": "שיעור הקולות שנשמר", "what_if.part": "פלג א׳",
    "what_if.part_pct": "חלקו של הפלג הראשון", "what_if.sign": "הסכם נוסף", "polls.files": "הורדת השורות",
    "pollsters.headline_apart": "חורג מממוצע הסוקרים", "pollsters.spread_said": "הפיזור גדול פי {ratio} מן הצפוי",
    "pollsters.records_note": "לסוקר חדש אין נתון", "record.calibration": "כיול: היכן נפלו התוצאות בטווח",
    "record.calibration_summary": "בכיול מושלם: 20", "record.differences_rolling": "מעטות מכדי להבחין",
    "data.success": "קריאה אחרונה", "data.change": "עדכון אחרון", "data.failure": "תקלה אחרונה",
    "data.headline": "מקורות הנתונים", "footer.basis": "סימולציות של הבחירות", "status.live": "מחר",
}  # fmt: skip


@pytest.mark.parametrize("lang", NEVER_SAID)
def test_what_a_copy_desk_took_out_stays_out(lang: str) -> None:
    """No sham elections, profits, acquittals or printed polls in Hebrew; nobody is called a liar anywhere."""
    texts_by_key = {key: form for key, text in languages()[lang].texts.items() for form in forms(text)}
    assert {key: form for key, form in texts_by_key.items() if re.search(NEVER_SAID[lang], form)} == {}


def test_what_the_copy_desk_put_in_its_place_stands() -> None:
    texts = languages()["he"].texts
    assert {key: forms(texts[key]) for key, part in STANDS.items() if part not in " ".join(forms(texts[key]))} == {}


def test_a_prefix_joins_a_hebrew_word_and_keeps_apart_from_any_other() -> None:
    he = translator("he")
    assert he("tonight.near_item_now", chance=he.chance(0.001), seats="4", share="3%").startswith(
        "עוברת בפחות מ־1 מתוך 100"
    )
    assert HIDDEN.sub("", he.join([he.isolated("הליכוד"), he.isolated("MP+TM")])) == "הליכוד ו־MP+TM"
    assert HIDDEN.sub("", he.join([he.isolated("הליכוד"), he.isolated("כחול לבן")])) == "הליכוד וכחול לבן"


def test_the_eve_of_a_vote_says_tomorrow() -> None:
    assert "מחר" in translator("he")("status.live", n=1, date="")
    assert "tomorrow" in translator("en")("status.live", n=1, date="")


def test_words_say_whether_somebody_read_them() -> None:
    """A file without the mark counts as unread; none has been read by somebody whose language it is."""
    assert {code for code, language in languages().items() if language.is_reviewed} == set()


def test_only_languages_with_words_are_offered() -> None:
    assert offered(["xx", "sv", "en", "sv"]) == ("sv", "en")
    assert offered([]) == (DEFAULT,)


@pytest.mark.parametrize("language", languages().values(), ids=lambda language: language.code)
def test_a_language_names_a_territory(language: Language) -> None:
    """Where a page says its locale to others, a bare language is none."""
    assert language.locale.territory
    assert Locale.parse(language.code).language == language.locale.language
