"""One more language is a column in the catalogue and a line in the list: nothing else has to change."""

from importlib import import_module
from pathlib import Path

import pytest

from dashboard import address, frame
from dashboard.app import create_app
from dashboard.i18n import Translator, translator
from dashboard.i18n.translator import Entry, catalogue
from dashboard.reader import Reader
from tests.dashboard import editions
from tests.dashboard.conftest import TODAY

POLLS = {"one": "{n} опрос", "few": "{n} опроса", "many": "{n} опросов", "other": "{n} опроса"}


@pytest.fixture
def russian(monkeypatch: pytest.MonkeyPatch) -> Translator:
    """Russian made up for the test: the English words between angle quotes, and one real plural."""

    def quoted(entry: Entry) -> Entry:
        english = entry["en"]
        said = f"«{english}»" if isinstance(english, str) else {form: f"«{text}»" for form, text in english.items()}
        return {**entry, "ru": said}

    made = {key: quoted(entry) for key, entry in catalogue().items()}
    made["count.polls"] = {**made["count.polls"], "ru": POLLS}
    # the package offers a function of the module's name
    monkeypatch.setattr(import_module("dashboard.i18n.translator"), "catalogue", lambda: made)
    for module in (address, frame):
        monkeypatch.setattr(module, "LANGUAGES", ("en", "he", "ru"))
    return translator("ru")


@pytest.mark.parametrize(
    ("n", "said"), [(1, "1 опрос"), (3, "3 опроса"), (5, "5 опросов"), (11, "11 опросов"), (21, "21 опрос")]
)
def test_a_languages_own_plural_rule_is_followed(russian: Translator, n: int, said: str) -> None:
    assert russian("count.polls", n=n) == said


@pytest.mark.usefixtures("russian")
@pytest.mark.parametrize("path", ["", "trends", "coalitions", "threshold", "what-if", "pollsters", "polls", "data"])
def test_every_page_is_there_in_one_more_language(tmp_path: Path, path: str) -> None:
    editions.publish(tmp_path)
    client = create_app(Reader(tmp_path), lambda: TODAY).server.test_client()
    page = client.get(f"/{path}?lang=ru").get_data(as_text=True)
    assert '<html lang="ru" dir="ltr">' in page
    assert "«" in page
    assert "Русский" not in page
    assert "עברית" in page
    assert 'id="language-ru"' not in page
    assert "Русский" in client.get(f"/{path}?lang=en").get_data(as_text=True)
