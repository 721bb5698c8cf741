"""What changed is said as it is: the same numbers in every language, and no movement that was none."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from dashboard import compared, news
from dashboard.i18n import Translator, translator
from dashboard.reader import Reader
from dashboard.render.text import say
from dashboard.serve.app import create_app
from dashboard.view import View
from pipelines.editions.changes import changes
from pipelines.editions.records import Changes, Crossing
from pipelines.editions.store import EditionStore
from tests.dashboard import editions

FIRST, SECOND = date(2019, 8, 25), date(2019, 9, 1)


@pytest.fixture
def store(tmp_path: Path) -> EditionStore:
    """Two editions a week apart, with what changed and why kept beside them."""
    base = editions.projection(editions.draws())
    lists = [item.model_copy(update={"trend_seats": item.trend_seats - 2}) for item in base.lists[:1]] + base.lists[1:]
    blocs = [item.model_copy(update={"p_majority": item.p_majority / 2}) for item in base.blocs]
    before = editions.publish(tmp_path, as_of=FIRST, lists=lists, blocs=blocs)
    after = editions.publish(tmp_path, as_of=SECOND)
    store = EditionStore(tmp_path)
    parts = {"alpha": {"poll:2019-08-30-firm": 1.5, "model": 0.5}}
    store.keep_changes(changes(before, after, parts))
    return store


def view_of(store: EditionStore, lang: str = "en") -> View:
    return View("/", Reader(store.objects.root).edition(), None, lang, date(2019, 9, 2), {}, (), ())


def between(store: EditionStore) -> Changes:
    changes_between = compared.since_previous(view_of(store).edition)
    assert changes_between is not None
    return changes_between


def texts_of(view: View, changes: Changes, t: Translator) -> list[str]:
    return [say(text, t) for text in news.statements(view, changes)]


def test_a_line_that_moved_is_said_with_what_moved_it(store: EditionStore, en: Translator) -> None:
    sentences = texts_of(view_of(store), between(store), en)
    assert "Alpha +2.0 seats in the poll average: Firm (30 Aug) +1.5, the method itself +0.5." in sentences
    assert not [text for text in sentences if text.startswith("Beta")]


def test_a_chance_that_moved_is_said_beside_what_it_was(store: EditionStore, en: Translator) -> None:
    view = view_of(store)
    bloc = view.projection.blocs[0]
    now, was = round(100 * bloc.p_majority), round(50 * bloc.p_majority)
    assert [text for text in texts_of(view, between(store), en) if f"in {now} of 100" in text and f"in {was}." in text]


def test_both_languages_say_the_same_numbers(store: EditionStore) -> None:
    moved = between(store)
    numbers = [
        sorted(re.findall(r"\d+(?:\.\d+)?", " ".join(texts_of(view_of(store, lang), moved, translator(lang)))))
        for lang in ("en", "he")
    ]
    assert numbers[0] == numbers[1]


def test_nothing_is_made_of_nothing(store: EditionStore, en: Translator) -> None:
    edition = view_of(store).edition
    sentences = texts_of(view_of(store), changes(edition, edition), en)
    assert sentences == ["No new poll. No bloc moved. No list moved by a third of a seat in the poll average."]


@pytest.mark.parametrize(("before", "is_said"), [(0.8996, False), (0.884, True)])
def test_a_chance_that_went_past_a_level_is_news_only_where_it_reads_otherwise(
    store: EditionStore, en: Translator, before: float, is_said: bool
) -> None:
    edition = view_of(store).edition
    passed = Crossing(what="list-passes", id="gamma", level_pct=90, direction="up", before=before, after=0.9003)
    crossed = changes(edition, edition).model_copy(update={"crossings": [passed]})
    sentence = "Gamma passes the threshold in 90 of 100 simulations, before in 88."
    assert texts_of(view_of(store), crossed, en)[:-1] == ([sentence] if is_said else [])


@pytest.mark.parametrize(("days", "is_there"), [(6, False), (7, True), (13, True), (14, False)])
def test_a_week_is_seven_days_to_a_fortnight(tmp_path: Path, days: int, is_there: bool) -> None:
    editions.publish(tmp_path, as_of=SECOND - timedelta(days=days))
    edition = editions.publish(tmp_path, as_of=SECOND)
    assert (compared.since_last_week(edition) is not None) == is_there


def test_a_record_of_when_medians_were_kept_is_compared_anew_without_causes(
    store: EditionStore, en: Translator
) -> None:
    path = next((store.objects.root / "changes" / "test-1").glob("*.json"))
    path.write_text(path.read_text("utf-8").replace('"seats_', '"median_'), "utf-8")
    view = view_of(store)
    moved = between(store)
    printed = view.projection.allocation
    assert {row.id: row.seats_after for row in moved.lists} == printed
    assert {row.id: row.seats_after for row in moved.blocs} == {
        bloc.id: sum(printed[name] for name in bloc.lists) for bloc in view.projection.blocs
    }
    assert "In the poll average, in seats: Alpha +2.0." in texts_of(view, moved, en)


def test_a_week_has_the_causes_of_every_edition_on_the_way(tmp_path: Path) -> None:
    days = (SECOND - timedelta(days=8), SECOND - timedelta(days=3), SECOND)
    published = [editions.publish(tmp_path, as_of=day) for day in days]
    store = EditionStore(tmp_path)
    for before, after, seats in ((published[0], published[1], 1.0), (published[1], published[2], -0.25)):
        store.keep_changes(changes(before, after, {"alpha": {"ageing": seats, "model": 0.5}}))
    (key, week), (other, previous) = compared.comparisons(published[2])
    assert (key, other, previous.from_edition) == ("news.week", "news.since", published[1].id)
    assert {row.id: row.parts for row in week.lists}["alpha"] == {"ageing": 0.75, "model": 1.0}
    assert not compared.is_replayed(published[2], week)


def test_without_the_causes_of_one_on_the_way_nothing_is_said_of_them(tmp_path: Path) -> None:
    published = [editions.publish(tmp_path, as_of=SECOND - timedelta(days=days)) for days in (8, 3, 0)]
    EditionStore(tmp_path).keep_changes(changes(published[1], published[2], {"alpha": {"ageing": 1.0}}))
    week = compared.since_last_week(published[2])
    assert week is not None
    assert {row.id: row.parts for row in week.lists}["alpha"] is None


def test_any_day_up_to_an_edition_can_be_chosen_and_a_replayed_one_is_called_so(tmp_path: Path) -> None:
    editions.publish(tmp_path, as_of=FIRST, kind="hindcast")
    edition = editions.publish(tmp_path, as_of=SECOND)
    assert [day for day, _ in compared.days(edition)] == [SECOND, FIRST]
    client = create_app(Reader(tmp_path), lambda: date(2019, 9, 2)).server.test_client()
    page = client.get("/?lang=en").text
    assert "The edition of 25 Aug 2019 was replayed" in page
    assert f"edition={FIRST}-00000000" in page
    assert '<input type="date" name="as_of"' in page
