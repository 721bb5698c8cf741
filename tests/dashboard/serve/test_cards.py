"""Cards of links: every page has one in two shapes, in its own type, drawn once, named only where we know our name."""

import json
import re
import struct
import time
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from dashboard.i18n import HIDDEN, POP_ISOLATE
from dashboard.pages import PAGES
from dashboard.render import card
from dashboard.serve.cards import draw
from dashboard.serve.documents import Documents
from dashboard.settings import PUBLIC_URL, settings
from tests.dashboard.conftest import Client

IN_TYPE = set(json.loads((card.TYPE / "advances.json").read_text("utf-8"))) | {chr(code) for code in card.NOT_IN_TYPE}
LONGEST_SECONDS = 0.15


@pytest.mark.parametrize("lang", ["en", "he"])
def test_every_page_has_a_card_whose_letters_are_all_in_the_type(documents: Documents, lang: str) -> None:
    for path in PAGES:
        drawn = draw(documents, documents.key(path, {"lang": lang}), "wide")
        text = "".join(re.findall(r">([^<]+)<", drawn))
        assert "Edition" in text or "מהדורה" in text
        assert set("".join(HIDDEN.sub("", text).split())) - IN_TYPE == set(), path


@pytest.mark.parametrize("address", ["tonight/seats", "tonight/blocs", "what_if/change?out=gamma&to=nobody"])
def test_the_letters_of_a_wide_picture_are_all_in_the_type(client: FlaskClient, address: str) -> None:
    path, _, state = address.partition("?")
    drawn = client.get(f"/api/v1/test-1/{path}.svg?{state}&lang=he").get_data(as_text=True)
    text = "".join(re.findall(r">([^<]+)<", re.sub(r"<style.*?</style>", "", drawn, flags=re.DOTALL)))
    assert "→" in text or "blocs" in path, "what the type has not is in it"
    assert set("".join(HIDDEN.sub("", unescape(text)).split())) - IN_TYPE == set()


@pytest.mark.parametrize(("shape", "size"), [("wide", (1200, 630)), ("tall", (1080, 1350))])
def test_a_card_is_a_picture_of_its_size(client: FlaskClient, shape: str, size: tuple[int, int]) -> None:
    answer = client.get("/card/test-1/tonight.png", query_string={"shape": shape})
    assert (answer.status_code, answer.mimetype) == (200, "image/png")
    assert struct.unpack(">II", answer.data[16:24]) == size
    assert answer.headers["Hemicycle-Edition"] == "2019-09-01-00000000"
    for wrong in ("/card/test-1/nowhere.png", "/card/evil/tonight.png", "/card/test-1/tonight.png?shape=evil"):
        assert client.get(wrong).status_code == 404


def test_a_card_is_drawn_once_and_quickly(
    client: FlaskClient, documents: Documents, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = documents.key("/trends", {})
    draw(documents, key, "wide")
    taken = []
    for _ in range(3):
        started = time.process_time()
        card.png(draw(documents, key, "wide"), scale=1)
        taken.append(time.process_time() - started)
    assert min(taken) <= LONGEST_SECONDS
    first = client.get("/card/test-1/trends.png?utm=1").data
    monkeypatch.setattr(card, "png", lambda *_, **__: pytest.fail("drawn again"))
    assert client.get("/card/test-1/trends.png?utm=2").data == first


def test_greek_and_hebrew_letters_are_drawn_by_the_type() -> None:
    def drawn(letter: str) -> bytes:
        size = 'width="60" height="20" font-family="Heebo"'
        text = f'<style></style><text y="15">{letter}</text>'
        return card.png(f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{text}</svg>')

    absent = {drawn("\ue000"), drawn(" ")}
    assert [letter for letter in "αΣώἀאףłŹ" if drawn(letter) in absent] == []


ISOLATED = ("\u2068גוש נתניהו\u2069", "\u206647–60\u2069")
WORDS = st.lists(st.sampled_from(["Likud", "23,", "simulations", *ISOLATED]), min_size=1, max_size=30)


@given(WORDS, st.sampled_from([24, 38]), st.sampled_from([300, 410]))
def test_lines_fit_and_what_is_isolated_stays_so(words: list[str], size: int, room: int) -> None:
    lines = card._wrapped(" ".join(words), size, room)
    assert " ".join(HIDDEN.sub("", line) for line in lines) == HIDDEN.sub("", " ".join(words))
    for line in lines:
        assert card.width_of(line, size) <= room or " " not in line
        assert sum(line.count(letter) for letter in card.ISOLATES) == line.count(POP_ISOLATE)


def test_a_link_names_its_card_only_where_the_operator_says_where_we_are(
    client: FlaskClient, processed: Path, client_of: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "og:image" not in client.get("/", headers={"Host": "evil.example"}).text
    monkeypatch.setenv(PUBLIC_URL, "https://polls.example.org/")
    page = client_of(processed).get("/trends?lang=he", headers={"Host": "evil.example"}).text
    address = re.search('og:image" content="([^"]+)"', page)[1].replace("&amp;", "&")  # type: ignore[index]
    assert address == "https://polls.example.org/card/test-1/trends.png?edition=2019-09-01-00000000&lang=he"
    assert client.get(address.removeprefix("https://polls.example.org")).status_code == 200
    assert "evil" not in page
    monkeypatch.setenv(PUBLIC_URL, "polls.example.org")
    with pytest.raises(ValueError, match="write it as https"):
        settings()
