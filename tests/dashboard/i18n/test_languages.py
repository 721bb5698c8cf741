"""One more language is one more file: nothing else has to change."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard import i18n
from dashboard.i18n import Text, Translator, languages, translator
from dashboard.reader import Reader
from dashboard.serve.app import create_app
from tests.dashboard import editions
from tests.dashboard.conftest import TODAY

POLLS = {"one": "{n} опрос", "few": "{n} опроса", "many": "{n} опросов", "other": "{n} опроса"}


def russian_of(key: str, text: Text) -> Text:
    """English words between angle quotes, and one real plural."""
    if key == "count.polls":
        return POLLS
    if key.startswith("date."):
        return text
    return f"«{text}»" if isinstance(text, str) else {form: f"«{part}»" for form, part in text.items()}


def in_toml(value: Text) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return "{" + ", ".join(f"{form} = {in_toml(part)}" for form, part in value.items()) + "}"


@pytest.fixture
def russian(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Translator]:
    """Russian made up for the test, beside the languages there are."""
    folder = tmp_path / "words"
    shutil.copytree(i18n.FOLDER, folder, ignore=shutil.ignore_patterns("*.py*", "__pycache__"))
    english = languages()["en"].texts
    lines = []
    for key, text in english.items():
        section, _, name = key.partition(".")
        lines.append(f'{section}."{name}" = {in_toml(russian_of(key, text))}')
    (folder / "ru.toml").write_text("\n".join(lines), "utf-8")
    monkeypatch.setattr(i18n, "FOLDER", folder)
    languages.cache_clear()
    yield translator("ru")
    monkeypatch.undo()
    languages.cache_clear()


@pytest.mark.parametrize(
    ("n", "words"), [(1, "1 опрос"), (3, "3 опроса"), (5, "5 опросов"), (11, "11 опросов"), (21, "21 опрос")]
)
def test_a_languages_own_plural_rule_is_followed(russian: Translator, n: int, words: str) -> None:
    assert russian("count.polls", n=n) == words


@pytest.mark.usefixtures("russian")
@pytest.mark.parametrize("path", ["", "trends", "coalitions", "threshold", "what-if", "pollsters", "polls", "data"])
def test_every_page_is_there_in_one_more_language(tmp_path: Path, path: str) -> None:
    speaks = editions.ELECTORATE.model_copy(update={"languages": ("en", "he", "ru")})
    editions.publish(tmp_path / "processed", electorate=speaks)
    client = create_app(Reader(tmp_path / "processed"), lambda: TODAY).server.test_client()
    page = client.get(f"/{path}?lang=ru").get_data(as_text=True)
    assert '<html lang="ru" dir="ltr">' in page
    assert "«" in page
    assert "Русский" not in page
    assert "עברית" in page
    assert 'id="language-ru"' not in page
    assert "Русский" in client.get(f"/{path}?lang=en").get_data(as_text=True)


def test_a_language_that_the_electorate_does_not_have_is_not_offered(tmp_path: Path) -> None:
    editions.publish(tmp_path)
    client = create_app(Reader(tmp_path), lambda: TODAY).server.test_client()
    assert "Svenska" not in client.get("/").get_data(as_text=True)
    assert client.get("/?lang=sv").status_code == 404
